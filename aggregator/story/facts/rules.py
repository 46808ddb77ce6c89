"""The second extractor of facts: sentences of the articles, chosen by rules, in their own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from aggregator.domain.dates import report_day
from aggregator.domain.fact import Fact
from aggregator.domain.story import Member
from aggregator.extract.quotable_sentences import (
    QuotableSentence,
    extracted_claim,
    quotable_sentences,
)
from aggregator.story.facts.kinds import evident_day, kind_of_sentence

_MOST_OF_ARTICLE = 25  # sentences: a news text leads with what matters
_LEAD = 3  # sentences of an article that tell its news


def facts_by_rules(members: Sequence[Member], quote_words: int) -> tuple[Fact, ...]:
    """A fact for each sentence of the articles that can stand alone, in the order of trust and of
    reading. What they state of products is read of each article by itself
    (`story.attributes.extraction`).
    """
    found = quotable_sentences(tuple(members))
    return tuple(
        fact
        for rank in range(len(members))
        for fact in islice(
            _stated([each for each in found if each.article_rank == rank], quote_words),
            _MOST_OF_ARTICLE,
        )
    )


def fact_of(candidate: QuotableSentence, quote_words: int) -> Fact | None:
    """A sentence as a fact in its own words; None where it is too long and cannot be cut."""
    claim = extracted_claim(candidate, quote_words)
    if claim is None:
        return None
    reported = report_day(candidate.member.article.published.at)
    found = evident_day(claim.citations[0].quote, [(candidate.passage.text, reported)])
    day, precision = found or (None, None)
    return Fact(
        kind=kind_of_sentence(claim.text, day, reported, is_lead=candidate.position < _LEAD),
        text=claim.text,
        citations=claim.citations,
        day=day,
        precision=precision,
    )


def _stated(found: Sequence[QuotableSentence], quote_words: int) -> Iterator[Fact]:
    facts = (fact_of(each, quote_words) for each in found)
    return (fact for fact in facts if fact)
