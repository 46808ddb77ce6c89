"""Facts of a story, from a model's answer and by rules. Pure.

The reader of an answer trusts nothing and looks up in the passages what a fact rests on. An answer
that was cut keeps the facts that are whole. What is said again, what no passage has a word of and
what is no statement is left out. The rules choose sentences of the articles, in their own words,
and say what kind a fact is and on which day, where its words show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aggregator.domain.claim import Citation
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import Precision, machine_date, report_day
from aggregator.domain.fact import Fact, FactKind
from aggregator.domain.story import Member
from aggregator.english.lexical import carrying, content_words, overlap
from aggregator.english.presentable import is_fragment
from aggregator.english.speech_acts import QUOTED, is_statement
from aggregator.extract.quotable_sentences import (
    QuotableSentence,
    extracted_claim,
    quotable_sentences,
)
from aggregator.ports import Reply
from aggregator.story.answers import Unusable, apart, parsed, quote_for, sentences_of
from aggregator.story.evidence import Evidence
from aggregator.story.rules.choosing import says_why
from aggregator.story.rules.commitment import looks_ahead

_MOST_OF_ARTICLE = 25  # sentences: a news text leads with what matters
_LEAD = 3  # sentences of an article that tell its news
_FIGURE = re.compile(r"\d")
_HAPPENED = (FactKind.EVENT, FactKind.CHANGE)
READING = "facts-4"  # how answers are read: part of the digest of every analysis by a model

_MOST_CITATIONS = 3
_MOST_NAMED = 50  # passages of one entry: who names more names all
_LEAST_SHARED = 0.5  # of a fact's content words that its passages must have, or the best is added
_LEAST_FOUND = 0.34  # of them that the passages must have for it to be a fact of theirs
# "change, 2026-06-03: Osprey Labs cut its prices. [2, 5]"
_LINE = re.compile(
    rf"^(?P<kind>{'|'.join(FactKind)})?[\s,(]*(?P<day>\d{{4}}(?:-\d\d){{0,2}})?\)?\s*:\s+(?=\S)",
    re.IGNORECASE,
)
_ALIKE = 0.85  # share of content words from which on two facts of one kind are one


def facts_by_rules(members: Sequence[Member], quote_words: int) -> tuple[Fact, ...]:
    """A fact for each sentence of the articles that can stand alone, in the order of trust and of
    reading. What they state of products is read of each article by itself
    (`plugins.attributes.extraction`).
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


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: FactKind = FactKind.ATTRIBUTE
    text: str = ""
    passages: list[int] = Field(default_factory=list, max_length=_MOST_NAMED)
    day: str = ""
    product: str = ""
    attribute: str = ""
    value: str = ""

    @property
    def statement(self) -> str:
        """What it says; an attribute is stated by its value."""
        if self.text or not (self.product and self.attribute and self.value):
            return self.text
        return cell_sentence(self.product, self.attribute, self.value)


def cell_sentence(product: str, attribute: str, value: str) -> str:
    """The sentence that a cell says: "GLM-4.7-Flash has 31B parameters."."""
    value = value.removesuffix(".")
    if attribute.endswith("s") and value[:1].isdigit():
        is_named = attribute.lower() in value.lower()
        return f"{product} has {value}." if is_named else f"{product} has {value} {attribute}."
    return f"The {attribute} of {product} is {value}."


def noted(
    reply: Reply,
    evidence: Evidence,
    days: Mapping[str, date],
    names: Mapping[str, str],
    quote_words: int,
) -> tuple[Fact, ...] | Unusable:
    """The facts that an answer notes; `days` are those of the reports, and `names` those of their
    sources, by the id of the article.

    An answer without any fact is unusable: each story has one.
    """
    answer = parsed(reply.text)
    if isinstance(answer, Unusable):
        return answer
    reader = _Reader(evidence, days, names, quote_words)
    for entry in _entries(answer):
        reader.read(entry)
    if not reader.facts:
        return Unusable(reason="the answer has no fact that a passage bears out")
    return tuple(reader.facts)


def _entries(value: Mapping[str, Any]) -> Iterator[_Entry]:
    """The entries of the three lists, in the order of the question, without those out of shape."""
    for name in ("events", "facts", "attributes"):
        listed = value.get(name)
        for each in listed if isinstance(listed, list) else []:
            with suppress(ValidationError):
                yield _entry(each, name) if isinstance(each, str) else _Entry.model_validate(each)


def _entry(line: str, name: str) -> _Entry:
    """A line of a list: its kind and its day before a colon, the numbers of passages at its end."""
    text, numbers = apart(line)
    head = _LINE.match(text)
    given = FactKind.EVENT if name == "events" else FactKind.CONTEXT
    return _Entry(
        kind=FactKind(head["kind"].lower()) if head and head["kind"] else given,
        day=(head["day"] or "") if head else "",
        text=text[head.end() :] if head else text,
        passages=list(numbers[:_MOST_NAMED]),
    )


class _Reader:
    """An answer under way: what was noted of it so far."""

    def __init__(
        self,
        evidence: Evidence,
        days: Mapping[str, date],
        names: Mapping[str, str],
        quote_words: int,
    ) -> None:
        self._passages, self._earlier = evidence.numbered(), evidence.earlier()
        self._days, self._names, self._quote_words = days, names, quote_words
        self._words = {number: content_words(each.text) for number, each in self._passages.items()}
        self.facts: list[Fact] = []

    def read(self, entry: _Entry) -> None:
        """Notes the facts of an entry that are some and new: one in each of its sentences."""
        for text in sentences_of(entry.statement):
            fact = self._fact(entry, text)
            if fact and not self._is_noted(fact):
                self.facts.append(fact)

    def _fact(self, entry: _Entry, text: str) -> Fact | None:
        numbers = self._naming(entry) or self._borne_out(text, entry.passages)
        is_stated = is_statement(text, self._names.values())
        if not numbers or is_fragment(text) or not is_stated:
            return None
        passages = [self._passages[number] for number in numbers]
        cited = [(each.text, self._days[each.article_id]) for each in passages]
        found = evident_day(text, cited, entry.day)
        day, precision = found or (None, None)
        return Fact(
            kind=self._kind(entry, text, numbers, day, max(when for _, when in cited)),
            text=text,
            citations=tuple(
                Citation(passage=each.key, quote=quote_for(text, each.text, self._quote_words))
                for each in passages
            ),
            day=day,
            precision=precision,
            product=entry.product.strip(),
            attribute=entry.attribute.strip(),
            value=entry.value.strip(),
        )

    def _kind(
        self, entry: _Entry, text: str, numbers: Sequence[int], day: date | None, reported: date
    ) -> FactKind:
        if entry.product and entry.attribute and entry.value:
            return FactKind.ATTRIBUTE
        if not self._earlier.isdisjoint(numbers):
            return FactKind.CONTEXT  # what the archive has is what was before
        given = FactKind.CONTEXT if entry.kind is FactKind.ATTRIBUTE else entry.kind
        return evident_kind(given, text, day, reported)

    def _naming(self, entry: _Entry) -> list[int]:
        """The passages of an attribute that name its product: a table has "4B" for "4 billion"."""
        if not (entry.product and entry.attribute and entry.value):
            return []
        own = content_words(entry.product)
        named = [number for number in dict.fromkeys(entry.passages) if number in self._words]
        return [number for number in named if self._share(own, [number]) >= _LEAST_SHARED][
            :_MOST_CITATIONS
        ]

    def _borne_out(self, text: str, given: Sequence[int]) -> list[int]:
        """The passages that a fact rests on: those named that have most of its words, the best of
        all where they have too few, and none that has little of it. None where hardly a word of it
        stands in them.
        """
        own = content_words(text)
        named = [number for number in dict.fromkeys(given) if number in self._words]
        best = self._best(own, with_earlier=not self._earlier.isdisjoint(named))
        if best and best not in named and self._share(own, named) < _LEAST_SHARED:
            named.append(best)
        named = carrying(own, {number: self._words[number] for number in named})
        named = named[:_MOST_CITATIONS]
        return named if self._share(own, named) >= _LEAST_FOUND else []

    def _best(self, own: frozenset[str], *, with_earlier: bool) -> int | None:
        among = [each for each in self._words if with_earlier or each not in self._earlier]
        return min(
            among, key=lambda number: (-len(own & self._words[number]), number), default=None
        )

    def _share(self, own: frozenset[str], numbers: Sequence[int]) -> float:
        stated = frozenset[str]().union(*(self._words[number] for number in numbers))
        return len(own & stated) / len(own) if own else 0.0

    def _is_noted(self, fact: Fact) -> bool:
        own = content_words(fact.text)
        return any(
            fact.text == each.text
            or (
                (fact.kind is FactKind.ATTRIBUTE) == (each.kind is FactKind.ATTRIBUTE)
                and overlap(own, content_words(each.text)) >= _ALIKE
                and _figures(fact.text) == _figures(each.text)
            )
            for each in self.facts
        )


def _figures(text: str) -> frozenset[str]:
    return frozenset(each for each in content_words(text) if each[0].isdigit())
