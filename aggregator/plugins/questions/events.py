"""Which dates of a sentence are the day of the event that a question asks for, which amounts belong
to it, and which words are who did it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import DateMention
from aggregator.english.lexical import stem
from aggregator.english.vocabulary import NUMBERS
from aggregator.plugins.questions.acts import act
from aggregator.plugins.questions.question import (
    Evidence,
    Question,
    name_spans_in,
    named_in,
    short_forms,
    whole_names,
)
from aggregator.verify.figures import Figure
from aggregator.verify.wording import read

_Span = tuple[int, int]
_PREPOSITIONS = (
    "about|after|against|as|at|before|beside|besides|by|for|from|in|into|like|of|on|over|than|"
    "through|to|under|unlike|until|with|without"
)
_DETERMINERS = "(?:an?|its|our|the|their|this)"
_BEHIND = re.compile(
    rf"\b(?:{_PREPOSITIONS})\s+(?:{_DETERMINERS}\s+)?(?:[a-z-]+\s+){{0,2}}$", re.IGNORECASE
)
_PREPOSITION = re.compile(rf"\b(?:{_PREPOSITIONS})\b", re.IGNORECASE)
_HEAD = re.compile(rf"\b([a-z]\w+)\s+(?:{_PREPOSITIONS})\s+(?:{_DETERMINERS}\s+)?$")
_OTHER_CLAUSE = re.compile(
    r"[,;:()—–]|\b(?:after|although|as|because|before|but|if|since|than|that|until|when|where|"
    r"which|while|who|whose)\b|\b(?:and|or)\s+[a-z]",
    re.IGNORECASE,
)
_INSERTED = re.compile(r"^,[^,]*,")
_BE = re.compile(r"\b(?:are|be|been|being|is|was|were)\b")
_RELATIVE = re.compile(r"^,?\s*(?:that|which)\b")
_ADVERB = re.compile(r"\b\w+ly\b")
_NAME = re.compile(r"\b[A-Z][\w.]*")
_PAST = re.compile(r"\b(?:did|was|were)\b")
_NOT_YET = re.compile(
    r"\b(?:can|could|may|might|never|not|should|to|will|would)\s+(?:be\s+)?$|n['’]t\s+(?:be\s+)?$"
)
_TOWARDS = re.compile(r"\b(?:for|from|to)\s+(?:the\s+(?:\w+\s+){1,3}of\s+)?$")
_WHO_DID = re.compile(r"\bwho\s+\w+\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
_OPENING = re.compile(r"^(?:(?:early|in|late|on)\s+)*$", re.IGNORECASE)
_BARE_SUBJECT = re.compile(rf"(?:an?|several|{'|'.join(NUMBERS)}|\d[\d,]*)(?:\s[a-z-]+){{1,3}}\s$")


def days_of(question: Question, evidence: Evidence) -> tuple[DateMention, ...]:
    """The dates of a sentence that its verb has, if that is the question's, and if its subject or
    object is what was asked about.
    """
    text = evidence.text
    dates = date_mentions(text, evidence.day)
    acted = [each for each in _verbs(question, evidence) if _is_event(question, evidence, each)]
    return tuple(date for date in dates if any(_belongs(date, each, text) for each in acted))


def amounts_of(question: Question, evidence: Evidence, amounts: Sequence[Figure]) -> list[Figure]:
    """Those amounts of a sentence that stand in the clause of the asked act, if it has that act."""
    text = evidence.text
    acted = _verbs(question, evidence) if question.done else []
    own = [verb for verb in acted if not _is_of_another(question, text, verb)]
    return [one for one in amounts if not acted or any(_belongs(one, verb, text) for verb in own)]


def is_reversed(question: Question, evidence: Evidence) -> bool:
    """Whether a sentence has whom "who" did something to as the one who did it."""
    name, head = _asked_about(question)
    if question.actor or head or not name or not _WHO_DID.search(question.text.partition(name)[0]):
        return False
    text, things = evidence.text, list(_things(question, evidence))
    verbs = [span for span in _tokens(text) if question.first == _stem(text, span)]
    pairs = [(verb, thing) for verb in verbs for thing in things]
    return any(
        thing[1] <= verb[0] and _is_subject(text, verb, thing, is_done_to=False)
        for verb, thing in pairs
    ) and not any(
        thing[0] >= verb[1] and _is_object(evidence, verb, thing) for verb, thing in pairs
    )


def doers(question: Question, evidence: Evidence) -> tuple[str, ...]:
    """Who did what is asked, where they have no name: "eleven authors" that sued."""
    return tuple(
        text.strip()
        for start, end in _verbs(question, evidence)
        for text in (evidence.text[:start],)
        if _BARE_SUBJECT.fullmatch(text.lower())
        and not _NOT_YET.search(text)
        and any(
            _is_object(evidence, (start, end), thing)
            for thing in _things(question, evidence)
            if thing[0] >= end
        )
    )


def _verbs(question: Question, evidence: Evidence) -> list[_Span]:
    done = _done(question)
    return [span for span in _tokens(evidence.text) if done == _stem(evidence.text, span)]


def _done(question: Question) -> str:
    return question.done or next(reversed(_plain(question)), "")


def _plain(question: Question) -> list[str]:
    return [word.stem for word in question.words if not word.is_named]


def _tokens(text: str) -> Iterator[_Span]:
    return (found.span() for found in re.finditer(r"\w+", text))


def _stem(text: str, span: _Span) -> str:
    return act(stem(text[span[0] : span[1]].lower()))


def _asked_about(question: Question) -> tuple[str, str]:
    """What the event of a question is of: a name, or the word that the name belongs to, as
    "report" in "the safety report for Auk 4".
    """
    others = [name for name in question.names if name not in (question.actor, *question.beside)]
    name = next(iter(others or question.names), "")
    before, _, behind = question.text.partition(name) if name else ("", "", "")
    if re.match("['’]", behind):
        return name, next(
            (each for each in reversed(_plain(question)) if each != _done(question)), ""
        )
    head = _HEAD.search(before)
    return name, act(stem(head[1])) if head else ""


def _things(question: Question, evidence: Evidence) -> Iterator[_Span]:
    """Where a sentence has what the question is about, by its name, its short form or "it"."""
    text = evidence.text
    name, head = _asked_about(question)
    if head:
        yield from (span for span in _tokens(text) if _stem(text, span) == head)
    elif name:
        spelt = list(name_spans_in(name, text, longer=question.longer))
        meant = (*short_forms(name, question, evidence.article), r"\b[Ii]t\b")
        yield from spelt or (found.span() for each in meant for found in re.finditer(each, text))


def _is_event(question: Question, evidence: Evidence, verb: _Span) -> bool:
    """Whether a verb of a sentence says what was asked of what was asked about."""
    text = evidence.text
    name, head = _asked_about(question)
    if not name or head == _stem(text, verb):
        return True
    if _PAST.search(question.text) and _NOT_YET.search(text[: verb[0]]):
        return False
    is_done_to = bool(_BE.search(question.text)) or question.actor not in ("", name)
    return any(
        _is_object(evidence, verb, thing)
        if thing[0] >= verb[1]
        else _is_subject(text, verb, thing, is_done_to=is_done_to)
        for thing in _things(question, evidence)
        if is_done_to or thing[1] <= verb[0]
    )


def _is_object(evidence: Evidence, verb: _Span, thing: _Span) -> bool:
    """Whether a verb has a thing as its object: "released Auk 4", but not "released Auk 4's
    report", nor "released the report for Auk 4".
    """
    text = evidence.text
    between, behind = text[verb[1] : thing[0]], re.match(r"\s(\w+)|['’-]", text[thing[1] :])
    is_dated = any(date.start == thing[1] + 1 for date in date_mentions(text, evidence.day))
    is_part = behind and not is_dated and (not behind[1] or _content(behind[1]))
    return not (is_part or _PREPOSITION.search(between) or _OTHER_CLAUSE.search(between))


def _is_subject(text: str, verb: _Span, thing: _Span, *, is_done_to: bool) -> bool:
    """Whether a thing does what a verb says, or has it done: "Auk 4 was released", "Auk 3, which we
    released".
    """
    before = _INSERTED.sub("", text[thing[1] : verb[0]])
    between = _ADVERB.sub("", _RELATIVE.sub("", before.removesuffix(", ")))
    of_others = between != before and between.strip()
    is_passive = bool(_BE.search(between) or of_others or before == ", ")
    return (
        is_passive is is_done_to
        and not (
            _OTHER_CLAUSE.search(between)
            or re.match(r"\s[A-Z]", before)  # a longer name
            or _content(_NAME.sub("", between))
            or _BEHIND.search(text[: thing[0]])
        )
    )


def _content(text: str) -> bool:
    return any(token.stem for part in read(text) for token in part.tokens)


def _is_of_another(question: Question, text: str, verb: _Span) -> bool:
    """Whether the clause of a verb, or what "which" in it stands for, names others than who acts in
    the question, whom the sentence names too.
    """
    if not question.actor or not named_in(question.actor, text):
        return False
    ends = [found.start() for found in _OTHER_CLAUSE.finditer(text[: verb[0]])]
    start = ends[-1] if ends else 0
    named = whole_names(text[start : verb[0]])
    if not named and re.match(r"(?:that|which|who)\b", text[start:]):
        named = whole_names(text[:start])[-1:]
    return bool(named) and not any(named_in(question.actor, name) for name in named)


def _belongs(thing: DateMention | Figure, verb: _Span, text: str) -> bool:
    """Whether a date or figure is in the clause of a verb, or opens the sentence before it."""
    if thing.start >= verb[1]:
        between = text[verb[1] : thing.start]
        is_aim = isinstance(thing, DateMention) and _TOWARDS.search(between)
        return not (is_aim or _OTHER_CLAUSE.search(between))
    between = text[thing.end : verb[0]]
    if _OPENING.match(text[: thing.start]):
        between = re.sub(r"^(?:\s\w+)?,", "", between)
    return not _OTHER_CLAUSE.search(between)
