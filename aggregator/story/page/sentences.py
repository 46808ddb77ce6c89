"""What a sentence of a page is made of, the days that its sources give it, and the draft that
sentences make.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from aggregator.domain.article import article_of
from aggregator.domain.claim import (
    Action,
    Audience,
    Claim,
    ClaimKind,
    Draft,
    Implication,
    Likelihood,
    Rejection,
)
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import Precision, day_text, machine_date
from aggregator.domain.fact import Fact
from aggregator.domain.frozen import frozen
from aggregator.domain.sections import Content, Section, SectionPlace
from aggregator.english.lexical import content_words, overlap, unlike
from aggregator.english.text import sentences
from aggregator.hooks.sections import all_sections
from aggregator.story.material import Material
from aggregator.story.rules.commitment import is_led, last_day, looks_ahead
from aggregator.story.sections import writing_of

_MOST = 2  # of one story
_FARTHEST = timedelta(days=3 * 366)  # who predicts more than three years guesses
# share of content words that a prediction has in common with the sentence that gives its day
_SAME_MATTER = 0.5
_ALIKE = 0.6  # share of content words from which on two sentences predict the same
_VAGUE = re.compile(
    r"\b(?:increasing\w*|more and more|growing\w*|continu\w+|evolv\w+|over time|sooner or later|"
    r"in (?:the )?(?:near |long )?(?:future|term|run)|trends?|likely|potential\w*|may|might|"
    r"could|improv\w+|enhanc\w+|impact\w*|shape\w*|influenc\w+)\b",
    re.IGNORECASE,
)
TIMELINE, UNKNOWNS = "timeline", "unknowns"  # sections that a writer is not asked for
HEADLINE = "headline"  # asked for with the page; where it is refused, the best source's stands
_HEADLINE = Section(content=Content.CLAIM, place=SectionPlace.OPENING, key=HEADLINE)


def section_of(key: str) -> Section | None:
    """The section of this key, the headline among them; None where none has it."""
    return next((each for each in (_HEADLINE, *all_sections()) if each.key == key), None)


def content_of(key: str) -> Content:
    """What the section of this key holds."""
    section = section_of(key)
    return section.content if section else Content.CLAIMS


def grounded(implication: Implication, cited: Sequence[tuple[str, date]]) -> Implication | None:
    """The prediction with the last day that its sources' own date can mean; None where no sentence
    of theirs has one.

    `cited` are the passages that it cites, each with the day of its report. The date must stand in
    a sentence that looks ahead and speaks of the same: a model takes the day from the next
    sentence, or invents one, and would be held against nobody's word.
    """
    text = implication.claim.text
    own = {
        last_day(text, mention)
        for _, published in cited
        for mention in date_mentions(text, published)
    }
    ahead = [
        (mention.day, last_day(sentence, mention))
        for passage, published in cited
        for sentence in sentences(passage)
        if looks_ahead(sentence)
        and overlap(content_words(text), content_words(sentence)) >= _SAME_MATTER
        for mention in date_mentions(sentence, published)
        if is_led(sentence, mention) and mention.day > published
    ]
    named = [last for _, last in ahead if last in own] or [
        last for first, last in ahead if first <= implication.horizon <= last
    ]
    days = named or ([] if own else [last for _, last in ahead])
    return replace(implication, horizon=days[0]) if len(set(days)) == 1 else None


def unfalsifiable(implication: Implication, reported: date) -> Rejection | None:
    """Why a prediction cannot be held against anybody: no day ahead of the last report, or nothing
    that happens.
    """
    if not reported < implication.horizon <= reported + _FARTHEST:
        return Rejection.DATE
    return Rejection.PHRASE if _VAGUE.search(implication.claim.text) else None


def joined(own: Sequence[Implication], by_rules: Sequence[Implication]) -> tuple[Implication, ...]:
    """What the sources predict, then what a model does that they do not, at most two."""
    more = unlike(own, by_rules, lambda implication: implication.claim.text, _ALIKE)
    return (*by_rules, *more)[:_MOST]


@frozen
class Sentence:
    """One sentence of a page under way, with the facts it rests on: its premise where it is
    inferred.

    `section` is a key of `writing_of`, or one of those that facts fill by themselves. `role`,
    `trigger`, `effort` and `by` are a step's, `role` an audience's too; `likelihood`, `horizon` and
    `sign` are those of what is to come.
    """

    section: str
    claim: Claim
    facts: tuple[Fact, ...] = ()
    role: str | None = None
    trigger: Claim | None = None
    effort: str = ""
    by: str = ""
    likelihood: Likelihood | None = None
    horizon: date = date.max
    sign: str = ""

    @property
    def is_asked_for(self) -> bool:
        """Whether a writer is asked for such a sentence, and may be asked for another."""
        return self.section in writing_of()

    @property
    def content(self) -> Content:
        """What its section holds."""
        return content_of(self.section)

    @property
    def judged(self) -> Claim:
        """Its claim as a judge is asked about it: with the day that stands beside it, unless its
        own words have one.
        """
        day, shown = self._day_beside()
        if day is None or date_mentions(self.claim.text, day):
            return self.claim
        kind = ClaimKind.INFERRED if self.claim.kind is ClaimKind.INFERRED else ClaimKind.WRITTEN
        return replace(self.claim, text=f"{self.claim.text.rstrip('.')} ({shown}).", kind=kind)

    @property
    def has_sign(self) -> bool:
        """Whether it has a sign in other words than its own."""
        return bool(self.sign) and self.sign != self.claim.text

    @property
    def judged_sign(self) -> Claim:
        """The sign of what is to come as a judge is asked about it."""
        return replace(self.claim, text=self.sign, kind=ClaimKind.INFERRED)

    def _day_beside(self) -> tuple[date | None, str]:
        """The day that a page shows beside it, and in words."""
        first = next(iter(self.facts), None)
        if self.section == TIMELINE and first and first.day and first.precision:
            return first.day, day_text(first.day, first.precision)
        if self.content is Content.IMPLICATIONS and self.horizon != date.max:
            return self.horizon, f"by {day_text(self.horizon, Precision.DAY)}"
        return None, ""


def kind_in(section: str) -> ClaimKind:
    """What a sentence of a writer's own is in a section."""
    return ClaimKind.INFERRED if writing_of()[section].is_inferred else ClaimKind.WRITTEN


def draft_of(headline: Claim, sentences: Sequence[Sentence]) -> Draft:
    """The draft of these sentences, each in its section, in their order; under a headline of their
    own, if they have one.
    """
    filled = {
        key: tuple(item for each in sentences if each.section == key and (item := _item(each)))
        for key in writing_of()
    }
    own = next((one for one in filled.pop(HEADLINE) if isinstance(one, Claim)), headline)
    return Draft(headline=own).with_items(
        {
            section: filled[section.key][: writing_of()[section.key].most]
            for section in all_sections()
            if section.key in filled
        }
    )


def implication_of(sentence: Sentence) -> Implication | None:
    """What a sentence predicts; None where it does not."""
    if sentence.content is not Content.IMPLICATIONS or sentence.likelihood is None:
        return None
    return Implication(
        claim=sentence.claim,
        horizon=sentence.horizon,
        likelihood=sentence.likelihood,
        sign=sentence.sign,
    )


def _item(sentence: Sentence) -> Claim | Action | Audience | Implication | None:
    """A sentence as its section holds it; None where what belongs to it is missing."""
    match sentence.content:
        case Content.ACTIONS:
            return _action(sentence)
        case Content.AUDIENCES:
            role = sentence.role
            return Audience(role=role, claim=sentence.claim) if role else None
        case Content.IMPLICATIONS:
            return implication_of(sentence)
        case _:
            return sentence.claim


def _action(sentence: Sentence) -> Action | None:
    if sentence.role is None:
        return None
    return Action(
        role=sentence.role,
        claim=sentence.claim,
        trigger=sentence.trigger,
        effort=sentence.effort,
        by=sentence.by,
    )


def dated(sentence: Sentence, material: Material) -> Sentence:
    """The sentence with the day that its sources give it.

    What is to come keeps the day that its writer gave, which is part of what is inferred, where its
    passages give it none.
    """
    implication = implication_of(sentence)
    if implication:
        found = grounded(implication, _cited(implication.claim, material))
        return replace(sentence, horizon=found.horizon) if found else sentence
    if sentence.content is Content.ACTIONS:
        claims = [each for each in (sentence.trigger, sentence.claim) if each]
        return replace(sentence, by=_due(claims, material))
    return sentence


def _cited(claim: Claim, material: Material) -> list[tuple[str, date]]:
    keys = dict.fromkeys(each.passage for each in claim.citations)
    return [
        (material.texts[key], material.days[article_of(key)])
        for key in keys
        if key in material.texts
    ]


def _due(claims: Sequence[Claim], material: Material) -> str:
    """The first day that a step or its trigger states, not before the news itself."""
    for claim in claims:
        if claim.citations:
            published = material.days[claim.citations[0].article_id]
            for mention in date_mentions(claim.text, published):
                if mention.day >= published:
                    return machine_date(mention.day, mention.precision)
    return ""
