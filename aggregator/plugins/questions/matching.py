"""Whether a sentence is about whom and what a question names, and what it has of the kind that is
asked for: figures, days or names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from aggregator.domain.dates import DateMention, day_text
from aggregator.english.amounts import is_worth
from aggregator.english.lexical import stem
from aggregator.english.vocabulary import MONTH_NAMES
from aggregator.plugins.questions.acts import act
from aggregator.plugins.questions.asked import REASONS, Asked
from aggregator.plugins.questions.events import amounts_of, days_of, doers, is_reversed
from aggregator.plugins.questions.question import (
    Evidence,
    Question,
    named_in,
    short_forms,
    stems_of,
    whole_names,
)
from aggregator.verify.figures import Figure, figures
from aggregator.verify.names import names
from aggregator.verify.wording import read

_OPENING = 4  # words of a sentence in which its subject stands
Given = Figure | DateMention | str
_CURRENCY = re.compile(r"[A-Z]{3}")
_PRICED = frozenset(act(stem(word)) for word in "cost fee spend raise sell buy bill".split())
_WORTH = frozenset(act(stem(word)) for word in "value worth".split())
_CLAUSE_END = re.compile(r"[,;:()—–](?!\d)|\.\s")
_NEAR = 4  # words from a figure to what it counts, both counted
_TIMES = frozenset("second minute hour day week month year".split())


def is_named(name: str, question: Question, evidence: Evidence) -> bool:
    """Whether a sentence, one before it in its passage or its headline names somebody."""
    longer = question.longer
    return (
        any(named_in(name, text, longer=longer) for text in (*evidence.before, evidence.text))
        or named_in(name, evidence.found.title, in_title=True, longer=longer)
        or _means(name, question, evidence.text, evidence)
    )


def names_all(question: Question, evidence: Evidence) -> bool:
    """Whether every name of the question is named, at least one of them by the sentence itself or
    as what it goes on about: the first name of the sentences before it, or of the headline.

    A name that only stands beside, "under the act", is no subject: the sentence may be about
    another.
    """
    if not all(is_named(name, question, evidence) for name in question.names):
        return False
    principal = (question.actor,) if question.actor else question.names
    if not principal or any(_names(name, question, evidence) for name in principal):
        return True
    is_free = question.asked is Asked.NAME or set(principal) <= set(question.beside)
    if not is_free and _opens_with_another(question, evidence):
        return False
    return any(_is_subject(name, question, evidence) for name in principal)


def _names(name: str, question: Question, evidence: Evidence) -> bool:
    """Whether the sentence itself names somebody, or means them."""
    text, title = evidence.text, evidence.is_title
    return named_in(name, text, in_title=title, longer=question.longer) or _means(
        name, question, text, evidence
    )


def _means(name: str, question: Question, text: str, evidence: Evidence) -> bool:
    """Whether a text means somebody whom its article names by the last word of their name, as "the
    office" does.
    """
    return any(re.search(each, text) for each in short_forms(name, question, evidence.article))


def _others(text: str, question: Question, evidence: Evidence) -> Iterator[str]:
    """The names of a text but for months and for words that its article or the question has in
    lower case too.
    """
    plain = set(re.findall(r"\b[a-z]+\b", evidence.article))
    for name in whole_names(text):
        is_word = name.lower() in plain or stems_of(name) <= question.stems
        if name.lower() not in MONTH_NAMES and not is_word:
            yield name


def _opens_with_another(question: Question, evidence: Evidence) -> bool:
    """Whether a sentence begins with a name that the question lacks: it is about that one."""
    opening = " ".join(evidence.text.split()[:_OPENING])
    return any(name not in question.names for name in _others(opening, question, evidence))


def _is_subject(name: str, question: Question, evidence: Evidence) -> bool:
    """Whether a sentence that does not name somebody goes on about them: the last sentence before
    it that names anybody names them first, or the headline does.
    """
    if name in question.beside and named_in(name, evidence.found.title, in_title=True):
        return True
    for text in (*reversed(evidence.before), evidence.found.title):
        first = next(_others(text, question, evidence), "")
        if first:
            start = text.index(first)
            reach = text[start : start + max(len(first), len(name))]
            return named_in(name, first) or named_in(name, reach)
    return False


def acts(question: Question, evidence: Evidence) -> bool:
    """Whether who acts in the question does not come behind the act in the sentence, nor what it is
    done to before it: a round that somebody led is not one that they raised.
    """
    if question.asked is Asked.NAME and is_reversed(question, evidence):
        return False
    name, done, text = question.actor, question.done, evidence.text
    if not name or done not in evidence.stems or not named_in(name, text):
        return True
    tokens = (token for part in read(text) for token in part.tokens)
    start = next((token.start for token in tokens if act(token.stem) == done), 0)
    return named_in(name, text[: text.index(" ", start) if " " in text[start:] else len(text)])


def is_compared(question: Question, evidence: Evidence) -> bool:
    """Whether the sentence is about a sibling of what is asked about, which it is compared with:
    "Heron 3 has four times that of Heron 2" says nothing of Heron 2. Of a day, `days_of` has looked
    whose it is.
    """
    for name in question.names:
        family, _, rest = name.partition(" ")
        sibling = re.search(rf"(?<!\w){re.escape(family)}\s[A-Z\d].*", evidence.text)
        if rest and sibling and question.asked is not Asked.DAY:
            first = sibling[0][: 2 * len(name)]
            if not named_in(name, first, longer=question.longer):
                return True
    return False


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
    return form(question, evidence, _of_relation(question, evidence, new)) if form else ()


def _of_relation(question: Question, evidence: Evidence, new: Sequence[Figure]) -> Sequence[Figure]:
    """The figures that say what is asked for: of sums, what something is worth or what was paid; of
    amounts, those of the act.
    """
    worth = [
        each
        for each in new
        if _CURRENCY.fullmatch(each.unit) and is_worth(evidence.text, each.start, each.end)
    ]
    if question.stems & _WORTH:
        return worth or new
    if question.asked is not Asked.AMOUNT:
        return new
    return amounts_of(question, evidence, [each for each in new if each not in worth])


def values(
    question: Question, stated: Sequence[Evidence]
) -> tuple[tuple[str, list[Evidence]], ...]:
    """The figures or days that answers give, each as text with the sentences that give it; more
    than one where sentences with as many of the question's words differ. Figures differ only in
    reports of one event, and in the same unit. A question that only names something asks for none.
    """
    if question.asked is Asked.NEW and not question.stems:
        return ()
    groups: list[tuple[Figure | DateMention, list[Evidence]]] = []
    for evidence in stated:
        found = [each for each in given(question, evidence) if not isinstance(each, str)]
        same = next(
            (kept for value, kept in groups if any(_agree(value, one) for one in found)), None
        )
        if same is not None:
            same.append(evidence)
        elif found and all(
            _may_differ(found[0], evidence, value, kept[0])
            and evidence.stems >= kept[0].stems & question.stems
            for value, kept in groups
        ):
            groups.append((found[0], [evidence]))
    return tuple((_value_text(value, kept[0]), kept) for value, kept in groups)


def _agree(one: Figure | DateMention, other: Figure | DateMention) -> bool:
    if isinstance(one, Figure):
        return isinstance(other, Figure) and one.rounds_to(other)
    return isinstance(other, DateMention) and (
        one.states(other.day, other.precision) or other.states(one.day, one.precision)
    )


def _may_differ(
    one: Figure | DateMention, by: Evidence, other: Figure | DateMention, to: Evidence
) -> bool:
    if isinstance(one, Figure) and isinstance(other, Figure):
        return one.unit == other.unit and by.found.story_id == to.found.story_id
    return type(one) is type(other)


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
    Asked.DAY: lambda question, evidence, new: days_of(question, evidence),
    Asked.DURATION: lambda question, evidence, new: [each for each in new if each.unit in _TIMES],
    Asked.FIGURE: lambda question, evidence, new: new,
    Asked.NAME: lambda question, evidence, new: (
        (*_new_names(question, evidence.text), *doers(question, evidence))
        if {question.first} <= evidence.stems | {""}
        else ()
    ),
    Asked.REASON: lambda question, evidence, new: REASONS.findall(evidence.text),
    Asked.NEW: lambda question, evidence, new: (*new, *_new_names(question, evidence.text)),
}
