"""Implications that sources state themselves: what a source commits itself to, by a day on which it
can be found right or wrong.

The word of the source says how sure it is: ruled, scheduled, announced, planned or forecast. Few
and sure, as everything that the scorecard will hold against somebody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aggregator.domain.claim import Claim, Implication
from aggregator.domain.dates import report_day
from aggregator.domain.entry import DateOrigin
from aggregator.domain.source import Lane
from aggregator.domain.story import Story
from aggregator.english.lexical import content_words, overlap, stems
from aggregator.extract.quotable_sentences import QuotableSentence, extracted_claim
from aggregator.story.rules.commitment import LEAST, Ahead, ahead, commits

_MOST = 2  # of one story
_ALIKE = 0.6  # share of content words from which on two sentences foretell the same


def implications(
    found: Sequence[QuotableSentence], story: Story, quote_words: int
) -> tuple[Implication, ...]:
    """The implications that the sources of a story state, in the order of trust and of reading, at
    most two.

    What was due before we learnt of the story is history.
    """
    kept: list[Implication] = []
    titles = stems(" ".join(member.article.title for member in story.members))
    for claim, plan in _plans(found, quote_words):
        words = content_words(claim.text)
        is_known = any(
            overlap(words, content_words(implication.claim.text)) >= _ALIKE for implication in kept
        )
        is_ahead = plan.horizon > story.first_seen.date()
        if is_ahead and stems(claim.text) & titles and not is_known:
            kept.append(
                Implication(
                    claim=claim,
                    horizon=plan.horizon,
                    likelihood=plan.likelihood,
                    sign=claim.text,
                )
            )
        if len(kept) == _MOST:
            break
    return tuple(kept)


def plan_of(candidate: QuotableSentence, claim: Claim) -> Ahead | None:
    """What a sentence of a dated report looks ahead to, whether or not the source commits itself to
    it.
    """
    article = candidate.member.article
    is_dated = article.published.origin is not DateOrigin.FIRST_SEEN
    if candidate.member.lane is Lane.PAPER or not is_dated:
        return None
    return ahead(claim.citations[0].quote, report_day(article.published.at))


def _plans(found: Sequence[QuotableSentence], quote_words: int) -> Iterator[tuple[Claim, Ahead]]:
    for candidate in found:
        claim = extracted_claim(candidate, quote_words)
        plan = plan_of(candidate, claim) if claim else None
        if claim and plan and commits(plan) >= LEAST:
            yield claim, plan
