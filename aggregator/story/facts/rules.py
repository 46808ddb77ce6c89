"""The second extractor of facts: sentences of the articles, chosen by rules, in their own words;
and what kind a fact is and on which day, where its words show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from aggregator.domain.dates import Precision, date_mentions, machine_date, report_day
from aggregator.domain.fact import Fact, FactKind
from aggregator.domain.story import Member
from aggregator.english.speech_acts import QUOTED
from aggregator.extract.quotable_sentences import (
    QuotableSentence,
    extracted_claim,
    quotable_sentences,
)
from aggregator.story.rules.choosing import says_why
from aggregator.story.rules.commitment import looks_ahead

_MOST_OF_ARTICLE = 25  # sentences: a news text leads with what matters
_LEAD = 3  # sentences of an article that tell its news
_FIGURE = re.compile(r"\d")
_HAPPENED = (FactKind.EVENT, FactKind.CHANGE)


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


def evident_kind(given: FactKind, text: str, day: date | None, reported: date) -> FactKind:
    """The kind of a fact that was given as another: what is still to come is a plan, what stands in
    quotation marks a quotation, what has no figure no figure. `reported` is the day of its report.
    """
    is_ahead = looks_ahead(text) and (day is None or day > reported)
    if given in _HAPPENED and is_ahead and day is not None:
        return FactKind.PLAN
    if given is FactKind.PLAN and not is_ahead:
        return FactKind.EVENT
    if given in (FactKind.CONTEXT, FactKind.FIGURE) and QUOTED.search(text):
        return FactKind.QUOTE
    if given is FactKind.FIGURE and not _FIGURE.search(text):
        return FactKind.EFFECT if says_why(text) else FactKind.CONTEXT
    return given


def kind_of_sentence(text: str, day: date | None, reported: date, *, is_lead: bool) -> FactKind:
    """The kind of a sentence of a report, of which nobody said one."""
    if looks_ahead(text) and day is not None and day > reported:
        return FactKind.PLAN
    if QUOTED.search(text):
        return FactKind.QUOTE
    if says_why(text):
        return FactKind.EFFECT
    if is_lead:
        return FactKind.EVENT
    return FactKind.FIGURE if _FIGURE.search(text) else FactKind.CONTEXT


def evident_day(
    text: str, cited: Sequence[tuple[str, date]], given: str = ""
) -> tuple[date, Precision] | None:
    """The day of a fact as its own words state it; else the one that was given, if a passage states
    that; else none.

    `cited` are its passages, each with the day of its report; `given` is YYYY-MM-DD or YYYY-MM.
    """
    reported = max((day for _, day in cited), default=date.max)
    own = next(((each.day, each.precision) for each in date_mentions(text, reported)), None)
    if own or not given:
        return own
    for passage, day in cited:
        for mention in date_mentions(passage, day):
            if machine_date(mention.day, mention.precision) == given.strip():
                return mention.day, mention.precision
    return None
