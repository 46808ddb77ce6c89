"""What is printed of a page: what passed, and where a section came to nothing, what rules chose for
it. Form is checked here, truth by a check that is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from aggregator.domain.article import article_of
from aggregator.domain.claim import Claim, ClaimKind, Draft, Implication, Rejection
from aggregator.domain.date_mentions import stated_years
from aggregator.domain.sections import Content, Section
from aggregator.english.lexical import content_words
from aggregator.english.speech_acts import is_statement
from aggregator.english.text import word_count, words
from aggregator.hooks.sections import all_sections
from aggregator.story.material import Material
from aggregator.story.page.noted import told_by, with_rows
from aggregator.story.page.sentences import (
    HEADLINE,
    TIMELINE,
    Sentence,
    implication_of,
    joined,
    section_of,
    unfalsifiable,
)
from aggregator.story.rules.choosing import says_why
from aggregator.story.sections import Writing, writing_of
from aggregator.verify.gates import Refusal

# A claim, and what the page says before it: why it may not be printed, None if it may.
Check = Callable[[Claim, Sequence[Claim]], Refusal | None]

_MOST_HOOK_WORDS, _MOST_HEADLINE = 25, 90
_NOTED = Writing(most=0)
# What has no name or figure, and words of its own mostly, fits any news.
_SPECIFIC = re.compile(r"(?<!^)\b[A-Z]|\d")
_LEAST_STATED = 0.5


def refusals(
    sentences: Sequence[Sentence],
    material: Material,
    check: Check,
    judged: Mapping[Claim, Refusal] | None = None,
) -> dict[int, Refusal]:
    """The sentences that may not be printed, by their place. `judged` are the claims that a judge
    rejected, as it was asked about them.
    """
    refused: dict[int, Refusal] = {}
    before = [material.headline]
    for place, sentence in enumerate(sentences):
        claim, is_headline = sentence.claim, sentence.section == HEADLINE
        found = (
            check(claim, () if sentence.section in (HEADLINE, TIMELINE) else before)
            or unfit(sentence, material)
            or (judged or {}).get(sentence.judged)
        )
        if found:
            refused[place] = found
        elif sentence.is_asked_for:
            before = [claim] if is_headline else [*before, claim]
    return refused


def unfit(sentence: Sentence, material: Material) -> Refusal | None:
    """Why a sentence does not do in its section, however true it is."""
    if sentence.section == HEADLINE and len(sentence.claim.text) > _MOST_HEADLINE:
        because = f"It has more than {_MOST_HEADLINE} characters."
        return Refusal(reason=Rejection.PHRASE, because=because)
    if sentence.content is Content.CLAIM and word_count(sentence.claim.text) > _MOST_HOOK_WORDS:
        because = f"It has more than {_MOST_HOOK_WORDS} words."
        return Refusal(reason=Rejection.PHRASE, because=because)
    forecast = implication_of(sentence)
    reason = _unverifiable(forecast, material) if forecast else _misfit(sentence, material)
    return Refusal(reason=reason) if reason else None


def _unverifiable(forecast: Implication, material: Material) -> Rejection | None:
    any_news = _fits_any_news(material, forecast.claim.text, forecast.sign)
    return unfalsifiable(forecast, material.reported) or (Rejection.PHRASE if any_news else None)


def _misfit(sentence: Sentence, material: Material) -> Rejection | None:
    claim, writing = sentence.claim, writing_of().get(sentence.section, _NOTED)
    is_quoted, is_step = claim.kind is ClaimKind.EXTRACTED, sentence.content is Content.ACTIONS
    reasons = (
        (Rejection.LEAK, not is_step and not is_statement(claim.text, material.names.values())),
        # a copy that cannot stand alone: else it would be a quotation
        (Rejection.QUOTE_TOO_LONG, not is_quoted and words(claim.text) in material.sentences),
        (Rejection.EARLIER, is_out_of_time(sentence, material)),
        (Rejection.REASON, writing.gives_reasons and is_quoted and not says_why(claim.text)),
        (Rejection.PHRASE, is_step and _fits_any_news(material, claim.text)),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _fits_any_news(material: Material, *said: str) -> bool:
    """Whether what is to be done or to come names nothing, and has few words of the story."""
    own = content_words(" ".join(said))
    shared = own & content_words(" ".join(material.texts.values()))
    return not any(map(_SPECIFIC.search, said)) and len(shared) < _LEAST_STATED * len(own)


def is_out_of_time(sentence: Sentence, material: Material) -> bool:
    """Whether it rests on the archive where news is asked for, or on both without the year of the
    earlier; what is inferred from both is no news of the archive's.
    """
    passages = [each.passage for each in sentence.claim.citations]
    earlier = [each for each in passages if article_of(each) in material.earlier]
    if not earlier:
        return False
    if len(earlier) < len(passages):
        if writing_of().get(sentence.section, _NOTED).is_inferred:
            return False
        years = frozenset[int]().union(
            *(stated_years(material.texts.get(each, ""), material.reported) for each in earlier)
        )
        return stated_years(sentence.claim.text, material.reported).isdisjoint(years)
    section = section_of(sentence.section)
    return section is None or not section.recalls


def settled(
    sentences: Sequence[Sentence], refused: Mapping[int, Refusal], check: Check
) -> list[Sentence]:
    """The sentences that are printed, in their order. Nothing stands in for a refused one: the
    nearest quotation repeated the page or missed its point in five of five cases.
    """
    return [_bare(each, check) for place, each in enumerate(sentences) if place not in refused]


def _bare(sentence: Sentence, check: Check) -> Sentence:
    """A sentence without a trigger that may not be printed, and with its claim as the sign where
    its own may not be.
    """
    trigger = sentence.trigger
    if trigger and check(trigger, (sentence.claim,)):
        trigger = None
    sign = sentence.sign
    if sign and check(replace(sentence.claim, text=sign), ()):
        sign = sentence.claim.text
    return replace(sentence, trigger=trigger, sign=sign)


def filled(written: Draft, by_rules: Draft, is_stated: Callable[[Claim], bool]) -> Draft:
    """A writer's draft, with the sentences that rules chose where a section of it came to nothing,
    and their figures and rows of the timeline.

    A sentence that the writer's sections state already is not chosen again, and one that the rules
    lead with stands nowhere else.
    """
    quoted = {citation.quote for claim in written.claims() for citation in claim.citations}
    lead = by_rules.hook.text if by_rules.hook and not written.hook else ""

    def chosen(section: Section) -> tuple[Claim, ...]:
        kept = tuple(claim for claim in written.statements(section) if claim.text != lead)
        fresh = tuple(
            claim
            for claim in by_rules.statements(section)
            if claim.citations[0].quote not in quoted and not is_stated(claim)
        )
        return kept if len(kept) >= section.fewest else kept + fresh

    plain = {
        section: chosen(section)
        for section in all_sections()
        if section.content is Content.CLAIMS and section.key in writing_of()
    }
    return replace(
        written.with_items(plain),
        hook=written.hook or by_rules.hook,
        figures=by_rules.figures,
        what_to_do_next=written.what_to_do_next
        or tuple(
            each for each in by_rules.what_to_do_next if each.claim.citations[0].quote not in quoted
        ),
        who_should_care=written.who_should_care or by_rules.who_should_care,
        implications=joined(written.implications, by_rules.implications),
        timeline=with_rows(told_by(written.headline, by_rules.timeline), written.timeline),
    )
