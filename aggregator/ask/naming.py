"""Whether a sentence is about whom and what a question names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.ask.question import Evidence, Question, named_in, stems_of, whole_names
from aggregator.english.questions import Asked
from aggregator.english.stemming import act
from aggregator.english.vocabulary import MONTH_NAMES
from aggregator.verify.names import names
from aggregator.verify.wording import read

_OPENING = 4  # words of a sentence in which its subject stands


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
    if not named_in(name, evidence.article, longer=question.longer):
        return False
    whole = {each for each in names(evidence.article) if each.startswith(f"{name} ")}
    heads = {each.split()[-1].lower() for each in (name, *whole) if " " in each}
    return any(re.search(rf"\b[Tt]he {re.escape(head)}\b", text) for head in heads)


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
    """Whether who acts in the question does not come behind the act in the sentence: a round that
    somebody led is not one that they raised.
    """
    name, done, text = question.actor, question.done, evidence.text
    if not name or done not in evidence.stems or not named_in(name, text):
        return True
    tokens = (token for part in read(text) for token in part.tokens)
    start = next((token.start for token in tokens if act(token.stem) == done), 0)
    return named_in(name, text[: text.index(" ", start) if " " in text[start:] else len(text)])


def is_compared(question: Question, evidence: Evidence) -> bool:
    """Whether the sentence is about a sibling of what is asked about, which it is compared with:
    "Heron 3 has four times that of Heron 2" says nothing of Heron 2.
    """
    for name in question.names:
        family, _, rest = name.partition(" ")
        sibling = re.search(rf"(?<!\w){re.escape(family)}\s[A-Z\d].*", evidence.text)
        if rest and sibling:
            first = sibling[0][: 2 * len(name)]
            if not named_in(name, first, longer=question.longer):
                return True
    return False
