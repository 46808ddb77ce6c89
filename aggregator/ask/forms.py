"""What a sentence has of the kind that a question asks for: figures, days or names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from aggregator.ask.question import Evidence, Question, stems_of
from aggregator.domain.dates import DateMention, date_mentions, day_text
from aggregator.english.questions import REASONS, Asked
from aggregator.english.stemming import act, stem
from aggregator.english.vocabulary import MONTH_NAMES
from aggregator.verify.figures import Figure, figures
from aggregator.verify.names import names
from aggregator.verify.wording import read

Given = Figure | DateMention | str
_CURRENCY = re.compile(r"[A-Z]{3}")
_PRICED = frozenset(act(stem(word)) for word in "cost fee spend raise sell buy bill".split())
_CLAUSE_END = re.compile(r"[,;:()—–](?!\d)|\.\s")
_NEAR = 4  # words from a figure to what it counts, both counted
_TIMES = frozenset("second minute hour day week month year".split())


def has_form(question: Question, evidence: Evidence) -> bool:
    """Whether a sentence has what is asked for, beyond what the question has itself."""
    return question.asked is Asked.ANY or bool(given(question, evidence))


def given(question: Question, evidence: Evidence) -> Sequence[Given]:
    """What a sentence has of the kind that is asked for, beyond what the question has itself."""
    known = {figure.value for figure in question.figures}
    new = [
        figure
        for figure in figures(evidence.text)
        if not (figure.in_version or figure.in_date) and figure.value not in known
    ]
    form = _FORMS.get(question.asked)
    return form(question, evidence, new) if form else ()


def values(
    question: Question, stated: Sequence[Evidence]
) -> tuple[tuple[str, list[Evidence]], ...]:
    """The figures or days that answers give, each as text with the sentences that give it; more
    than one where sentences with as many of the question's words differ.
    """
    groups: list[tuple[Figure | DateMention, list[Evidence]]] = []
    for evidence in stated:
        found = [each for each in given(question, evidence) if not isinstance(each, str)]
        found.sort(key=lambda each: _distance(question, evidence.text, each))
        same = next(
            (kept for value, kept in groups if any(_agree(value, one) for one in found)), None
        )
        if same is not None:
            same.append(evidence)
        elif found and all(evidence.stems >= kept[0].stems & question.stems for _, kept in groups):
            groups.append((found[0], [evidence]))
    return tuple((_value_text(value, kept[0]), kept) for value, kept in groups)


def _distance(question: Question, text: str, value: Figure | DateMention) -> int:
    """How far a date stands from the question's words; figures keep their order."""
    if isinstance(value, Figure):
        return 0
    tokens = (token for part in read(text) for token in part.tokens)
    places = [token.start for token in tokens if act(token.stem) in question.stems]
    return min((abs(place - value.start) for place in places), default=0)


def _agree(one: Figure | DateMention, other: Figure | DateMention) -> bool:
    if isinstance(one, Figure):
        return isinstance(other, Figure) and one.rounds_to(other)
    return isinstance(other, DateMention) and (
        one.states(other.day, other.precision) or other.states(one.day, one.precision)
    )


def _value_text(value: Figure | DateMention, evidence: Evidence) -> str:
    if isinstance(value, DateMention):
        return day_text(value.day, value.precision)
    return evidence.text[value.start : value.end]


def _counts(figure: Figure, question: Question, text: str) -> bool:
    """Whether a figure counts such things: their word is its unit or stands close behind it, or
    before it where it counts nothing else, or it is said of how many of them.
    """
    if figure.unit in ("%", "ordinal"):
        return False
    behind = _CLAUSE_END.split(text[figure.start :], maxsplit=1)[0]
    following = [token for part in read(behind) for token in part.tokens]
    if question.of:
        return bool(re.match(rf"\w+ of (?:the )?{question.of}\b", behind, re.IGNORECASE))
    near = 2 * _NEAR if re.match(r"\S+ of\b", behind) else _NEAR
    if question.counted in [act(token.stem) for token in following[:near]]:
        return True
    is_bare = not figure.unit and not any(token.stem for token in following[1:2])
    before = _CLAUSE_END.split(text[: figure.start])[-1]
    return is_bare and question.counted in stems_of(before)


def _is_amount(figure: Figure) -> bool:
    return (bool(figure.unit) and figure.unit not in ("%", "ordinal")) or figure.factor > 1


def _new_names(question: Question, text: str) -> tuple[str, ...]:
    asked = question.text.lower()
    return tuple(
        name
        for name in names(text)
        if name.lower() not in asked and name.lower() not in MONTH_NAMES
    )


def _priced(evidence: Evidence, new: Sequence[Figure]) -> list[Figure]:
    words = stems_of(" ".join((*evidence.before, evidence.text)))
    is_priced = not words.isdisjoint(_PRICED)
    return [each for each in new if is_priced and _CURRENCY.fullmatch(each.unit)]


# what asks for nothing in particular is not here
_FORMS: Mapping[Asked, Callable[[Question, Evidence, Sequence[Figure]], Sequence[Given]]] = {
    Asked.COUNT: lambda question, evidence, new: [
        each for each in new if _counts(each, question, evidence.text)
    ],
    Asked.MONEY: lambda question, evidence, new: _priced(evidence, new),
    Asked.AMOUNT: lambda question, evidence, new: list(filter(_is_amount, new)),
    Asked.SHARE: lambda question, evidence, new: [each for each in new if each.unit == "%"],
    Asked.DAY: lambda question, evidence, new: date_mentions(evidence.text, evidence.day),
    Asked.DURATION: lambda question, evidence, new: [each for each in new if each.unit in _TIMES],
    Asked.FIGURE: lambda question, evidence, new: new,
    Asked.NAME: lambda question, evidence, new: (
        _new_names(question, evidence.text) if {question.first} <= evidence.stems | {""} else ()
    ),
    Asked.REASON: lambda question, evidence, new: REASONS.findall(evidence.text),
    Asked.NEW: lambda question, evidence, new: (*new, *_new_names(question, evidence.text)),
}
