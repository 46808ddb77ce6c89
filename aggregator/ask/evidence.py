"""Sentences of the archive as evidence: which of them share most with a question, and which state
what it asks for.

Whether the archive knows an answer is decided here, by code: whom and what a question names, its
figures and its days must be stated, most of its other words too, and the form of what is asked for
must be there and not in the question already. What only resembles the question is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aggregator.ask.question import Question, named_in, stems_of, whole_names
from aggregator.domain.article import FoundPassage
from aggregator.domain.dates import date_mentions
from aggregator.english.lexical import overlap
from aggregator.english.questions import Asked
from aggregator.english.stemming import stem
from aggregator.english.text import sentences
from aggregator.english.vocabulary import MONTH_NAMES
from aggregator.extract.statements import statements
from aggregator.verify.alignment import read
from aggregator.verify.figures import Figure, figures
from aggregator.verify.names import names

_IN_PASSAGE, _IN_TITLE = 0.6, 0.4  # of what a word of the sentence itself counts
_FORM = 0.35  # of the whole, for what the question asks for
_NAMED = 0.5  # likewise for its names
_ALIKE = 0.8  # of two sentences' words: they say the same
LEAST_STATED = 0.75  # of a question's words by weight, in the sentence and what it goes on from
LEAST_OWN = 0.4  # likewise in the sentence itself
_UNREAL = re.compile(r"\b(?:would|could|might|if|unless)\b", re.IGNORECASE)
_CURRENCY = re.compile(r"[A-Z]{3}")
_PRICED = frozenset(map(stem, "cost price pay charge fee spend raise sell buy bill".split()))
_CLAUSE_END = re.compile(r"[,;:()—–](?!\d)|\.\s")
_OPENING = 4  # words of a sentence in which its subject stands
_NEAR = 4  # words from a figure to what it counts, both counted
_TIMES = frozenset("second minute hour day week month year".split())


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A sentence of the archive with the passage it stands in, and what it goes on from: the
    sentences before it there.
    """

    text: str
    before: tuple[str, ...]
    found: FoundPassage
    score: float = 0.0

    @property
    def is_title(self) -> bool:
        """Whether it is a headline."""
        return self.found.passage.n == 0

    @cached_property
    def stems(self) -> frozenset[str]:
        """Its own words with content."""
        return stems_of(self.text)

    @cached_property
    def stems_before(self) -> frozenset[str]:
        """Those of the sentences that it goes on from."""
        return stems_of(" ".join(self.before))


def ranked(
    question: Question, found: Sequence[FoundPassage], rarity: Mapping[str, float], language: str
) -> tuple[Evidence, ...]:
    """The sentences of these passages that state something, best first; of those that say the same
    only the best. `rarity` weighs the words of the question.
    """
    made = [
        _scored(question, evidence, rarity)
        for passage in found
        for evidence in _sentences_of(passage, language)
    ]
    made.sort(key=lambda evidence: (-evidence.score, evidence.found.passage.key, evidence.text))
    kept: list[Evidence] = []
    for evidence in made:
        if evidence.score > 0 and not any(_is_alike(evidence, other) for other in kept[:20]):
            kept.append(evidence)
    return tuple(kept)


def answers(question: Question, evidence: Evidence, rarity: Mapping[str, float]) -> bool:
    """Whether a sentence states what is asked."""
    return (
        names_all(question, evidence)
        and _has_anchors(question, evidence)
        and _has_form(question, evidence)
        and _is_covered(question, evidence, rarity)
        and _is_prose(evidence)
        and _acts(question, evidence)
        and not _is_compared(question, evidence)
        and (bool(_UNREAL.search(question.text)) or not _UNREAL.search(evidence.text))
    )


def _sentences_of(found: FoundPassage, language: str) -> Iterator[Evidence]:
    stated = statements(found.passage.text, language)
    several = sentences(stated) if stated else ()
    for place, text in enumerate(several):
        yield Evidence(text=text, before=several[:place], found=found)


def _scored(question: Question, evidence: Evidence, rarity: Mapping[str, float]) -> Evidence:
    whole = sum(rarity.values()) or 1.0
    title = stems_of(evidence.found.title)
    shared = sum(
        weight
        * (
            1.0
            if word in evidence.stems
            else _IN_PASSAGE
            if word in evidence.stems_before
            else _IN_TITLE
            if word in title
            else 0.0
        )
        for word, weight in rarity.items()
    )
    named = sum(_is_named(name, evidence) for name in question.names) / (len(question.names) or 1)
    form = _FORM * _has_form(question, evidence)
    score = shared / whole + _NAMED * named + form if shared else 0.0
    return Evidence(text=evidence.text, before=evidence.before, found=evidence.found, score=score)


def _is_alike(one: Evidence, other: Evidence) -> bool:
    return overlap(one.stems, other.stems) >= _ALIKE and {
        figure.value for figure in figures(one.text)
    } <= {figure.value for figure in figures(other.text)}


def _is_named(name: str, evidence: Evidence) -> bool:
    title = evidence.found.title
    return (
        named_in(name, evidence.text, in_title=evidence.is_title)
        or any(named_in(name, text) for text in evidence.before)
        or named_in(name, title, in_title=True)
    )


def names_all(question: Question, evidence: Evidence) -> bool:
    """Whether every name of the question is named, at least one of them by the sentence itself or
    as what it goes on about: the first name of the sentences before it, or of the headline.
    """
    if not all(_is_named(name, evidence) for name in question.names):
        return False
    principal = (question.actor[0],) if question.actor[0] else question.names
    title = evidence.is_title
    if not principal or any(named_in(name, evidence.text, in_title=title) for name in principal):
        return True
    if question.asked is not Asked.NAME and _opens_with_another(question, evidence.text):
        return False
    return any(_is_subject(name, evidence) for name in principal)


def _opens_with_another(question: Question, text: str) -> bool:
    """Whether a sentence begins with a name that the question lacks: it is about that one."""
    opening = " ".join(text.split()[:_OPENING])
    return any(
        name not in question.names and name.lower() not in MONTH_NAMES
        for name in whole_names(opening)
    )


def _is_subject(name: str, evidence: Evidence) -> bool:
    """Whether a sentence that does not name somebody goes on about them: the last sentence before
    it that names anybody names them first, or the headline does.
    """
    for text in (*reversed(evidence.before), evidence.found.title):
        first = next((found for found in names(text) if found.lower() not in MONTH_NAMES), "")
        if first:
            start = text.index(first)
            reach = text[start : start + max(len(first), len(name))]
            return named_in(name, first) or named_in(name, reach)
    return False


def _is_prose(evidence: Evidence) -> bool:
    text = evidence.text
    return evidence.is_title or (not text[0].islower() and text[-1] in '.!?"”’)')


def _acts(question: Question, evidence: Evidence) -> bool:
    """Whether who acts in the question does not come behind the act in the sentence: a round that
    somebody led is not one that they raised.
    """
    name, done = question.actor
    text = evidence.text
    if not name or done not in evidence.stems or not named_in(name, text):
        return True
    act = next(token.start for part in read(text) for token in part.tokens if token.stem == done)
    return named_in(name, text[: text.index(" ", act) if " " in text[act:] else len(text)])


def _is_compared(question: Question, evidence: Evidence) -> bool:
    """Whether the sentence is about a sibling of what is asked about, which it is compared with:
    "Heron 3 has four times that of Heron 2" says nothing of Heron 2.
    """
    for name in question.names:
        family, _, rest = name.partition(" ")
        before = re.split(rf"(?<!\w){re.escape(name)}(?!\w)", evidence.text, maxsplit=1, flags=re.I)
        if rest and len(before) > 1:
            siblings = re.findall(rf"(?<!\w){re.escape(family)}\s\w+", before[0], re.I)
            if siblings:
                return True
    return False


def _has_anchors(question: Question, evidence: Evidence) -> bool:
    """Whether the figures, days and ordinals of the question are stated."""
    context = " ".join((*evidence.before, evidence.text))
    day = evidence.found.published.date()
    stated = {figure.value for figure in figures(context)}
    dates = date_mentions(context, day)
    lowered = context.lower()
    return (
        all(figure.value in stated for figure in question.figures)
        and all(
            any(date.states(asked.day, asked.precision) for date in dates)
            or (asked.precision.value == "year" and asked.day.year == day.year)
            for asked in question.days
        )
        and all(ordinal in lowered for ordinal in question.ordinals)
    )


def _has_form(question: Question, evidence: Evidence) -> bool:
    """Whether a sentence has what is asked for, beyond what the question has itself."""
    text = evidence.text
    known = {figure.value for figure in question.figures}
    new = [
        figure
        for figure in figures(text)
        if not (figure.in_version or figure.in_date) and figure.value not in known
    ]
    test = _FORMS.get(question.asked)
    return test is None or test(question, evidence, new)


def _counts(figure: Figure, counted: str, text: str) -> bool:
    """Whether a figure counts such things: their word is its unit, or stands close behind it."""
    if figure.unit in ("%", "ordinal"):
        return False
    behind = _CLAUSE_END.split(text[figure.start :], maxsplit=1)[0]
    return counted in [token.stem for part in read(behind) for token in part.tokens][:_NEAR]


def _is_amount(figure: Figure) -> bool:
    return (bool(figure.unit) and figure.unit not in ("%", "ordinal")) or figure.factor > 1


def _new_names(question: Question, text: str) -> tuple[str, ...]:
    asked = question.text.lower()
    return tuple(
        name
        for name in names(text)
        if name.lower() not in asked and name.lower() not in MONTH_NAMES
    )


def _is_covered(question: Question, evidence: Evidence, rarity: Mapping[str, float]) -> bool:
    asked = {stem: rarity.get(stem, 1.0) for stem in question.stems}
    whole = sum(asked.values())
    if not whole:
        return bool(question.names)
    context = evidence.stems | evidence.stems_before | stems_of(evidence.found.title)
    stated = sum(weight for stem, weight in asked.items() if stem in context)
    own = sum(weight for stem, weight in asked.items() if stem in evidence.stems)
    return stated >= LEAST_STATED * whole and own >= LEAST_OWN * whole


def _is_priced(evidence: Evidence, new: Sequence[Figure]) -> bool:
    words = stems_of(" ".join((*evidence.before, evidence.text)))
    return any(_CURRENCY.fullmatch(figure.unit) for figure in new) and bool(words & _PRICED)


# what asks for nothing in particular is not here
_FORMS: Mapping[Asked, Callable[[Question, Evidence, Sequence[Figure]], bool]] = {
    Asked.COUNT: lambda question, evidence, new: any(
        _counts(figure, question.counted, evidence.text) for figure in new
    ),
    Asked.MONEY: lambda question, evidence, new: _is_priced(evidence, new),
    Asked.AMOUNT: lambda question, evidence, new: any(map(_is_amount, new)),
    Asked.SHARE: lambda question, evidence, new: any(figure.unit == "%" for figure in new),
    Asked.DAY: lambda question, evidence, new: bool(
        date_mentions(evidence.text, evidence.found.published.date())
    ),
    Asked.DURATION: lambda question, evidence, new: any(figure.unit in _TIMES for figure in new),
    Asked.FIGURE: lambda question, evidence, new: bool(new),
    Asked.NAME: lambda question, evidence, new: bool(_new_names(question, evidence.text)),
    Asked.NEW: lambda question, evidence, new: bool(new or _new_names(question, evidence.text)),
}
