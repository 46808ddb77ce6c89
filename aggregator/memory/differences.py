"""Where the reports of a story differ: two origins that state another figure for the same thing.

What differs by rounding ("about 55", "54.7") or is left open ("more than 50") does not contradict;
what is said of another time, name or version is another thing; and what comes days later is news,
not a contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from aggregator.domain.claim import Citation, Claim, ClaimKind, Disagreement, difference_of
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import Precision, report_day
from aggregator.domain.story import Member, without_copies
from aggregator.english.lexical import content_words, overlap, stem
from aggregator.english.text import sentences, word_count, words
from aggregator.english.vocabulary import FUNCTION_WORDS
from aggregator.verify.figures import Figure, figures, has_value
from aggregator.verify.names import name_spans
from aggregator.verify.versions import version_spans

_MOST = 3  # on one page
_SAME_NEWS = timedelta(days=2)  # between two reports; what is later is a new development
_OF_NOW = timedelta(
    days=10
)  # a day so near the report is the day of the news; any other date is another time
_ALIKE = 0.6  # share of content words, figures apart, from which on two sentences speak of the same
_FEWEST_ALIKE = 4  # words
_TAIL_WORDS = 4  # of what follows the figures, in the question
_LOOK_BACK = 24  # characters
_ABOVE = re.compile(
    r"\b(?:more than|over|at least|above|exceed\w*|upwards? of|surpass\w*|no fewer than)\s+$",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"\b(?:less than|fewer than|under|up to|below|at most|as (?:many|much) as|no more than)\s+$",
    re.IGNORECASE,
)
_NEARLY = re.compile(r"\b(?:nearly|almost|close to|just under)\s+$", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|some|an estimated|circa)\s+|~)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A figure in a sentence of an original article, with what shows whether another one is about
    the same.
    """

    member: Member
    passage: str
    sentence: str
    figure: Figure
    subject: frozenset[str]
    counted: str
    names: frozenset[str]
    versions: frozenset[str]
    times: frozenset[tuple[date, Precision]]


def differences(members: Sequence[Member], quote_words: int) -> tuple[Disagreement, ...]:
    """The figures that originals of different families state differently, each sentence quoted
    whole; at most three.
    """
    originals = without_copies(members)
    if len({member.family for member in originals}) < 2:
        return ()
    groups: list[list[_Statement]] = []
    for statement in (each for member in originals for each in _statements(member, quote_words)):
        for group in groups:
            if all(_differ(other, statement) for other in group):
                group.append(statement)
                break
        else:
            groups.append([statement])
    return tuple(_disagreement(group) for group in groups if len(group) > 1)[:_MOST]


def _statements(member: Member, quote_words: int) -> Iterator[_Statement]:
    published = report_day(member.article.published.at)
    for passage in member.article.passages:
        for sentence in sentences(passage.text) if passage.n else ():
            for figure in figures(sentence) if word_count(sentence) <= quote_words else ():
                if figure.is_amount:
                    yield _statement(member, passage.key, sentence, figure, published)


def _statement(
    member: Member, passage: str, sentence: str, figure: Figure, published: date
) -> _Statement:
    following = [
        word.lower() for word in words(sentence[figure.end :]) if word.lower() not in FUNCTION_WORDS
    ]
    return _Statement(
        member=member,
        passage=passage,
        sentence=sentence,
        figure=figure,
        subject=frozenset(word for word in content_words(sentence) if not word[0].isdigit()),
        counted=stem(following[0]) if following else "",
        names=frozenset(sentence[start:end] for start, end in name_spans(sentence)),
        versions=frozenset(sentence[start:end] for start, end in version_spans(sentence)),
        times=frozenset(
            (mention.day, mention.precision)
            for mention in date_mentions(sentence, published)
            if mention.precision is not Precision.DAY or abs(mention.day - published) > _OF_NOW
        ),
    )


def _differ(one: _Statement, other: _Statement) -> bool:
    """Whether two sentences of different origins give the same thing figures that cannot both be
    right.
    """
    return (
        one.member.family != other.member.family
        and _is_of_same(one, other)
        and abs(one.member.article.published.at - other.member.article.published.at) <= _SAME_NEWS
        and not _agree(_range(one), _range(other))
        and not has_value(one.member.article, other.figure)
        and not has_value(other.member.article, one.figure)
    )


def _is_of_same(one: _Statement, other: _Statement) -> bool:
    """Whether the figures of two sentences are of the same thing, as far as words can tell."""
    return (
        one.figure.unit == other.figure.unit
        and one.counted == other.counted
        and len(one.subject & other.subject) >= _FEWEST_ALIKE
        and overlap(one.subject, other.subject) >= _ALIKE
        and not any(
            _clash(getattr(one, what), getattr(other, what)) for what in ("names", "versions")
        )
        and one.times == other.times
    )


def _clash(one: frozenset[object], other: frozenset[object]) -> bool:
    """Whether each has something that the other lacks."""
    return bool(one - other) and bool(other - one)


def _agree(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _range(statement: _Statement) -> tuple[Decimal, Decimal]:
    """From where to where the true figure may lie, as the words before it and its last digit have
    it.
    """
    figure = statement.figure
    value, before = (
        figure.value,
        statement.sentence[max(0, figure.start - _LOOK_BACK) : figure.start],
    )
    slack = figure.last_digit / 2
    if _ABOVE.search(before):
        return value - slack, Decimal("Infinity")
    if _BELOW.search(before):
        return Decimal(0), value + slack
    if _NEARLY.search(before):
        return value * Decimal("0.9"), value + slack
    if _ABOUT.search(before):
        slack = max(slack, value / 20)
    return value - slack, value + slack


def _disagreement(group: Sequence[_Statement]) -> Disagreement:
    first, *others = [
        text[0].lower() + text[1:] if text[1:2].islower() else text
        for text in map(_in_source_words, group)
    ]
    return Disagreement(
        question=difference_of(
            [f"{first}{_tail(group)}", *others],
            [statement.member.source_name for statement in group],
        ),
        claims=tuple(_claim(statement) for statement in group),
    )


def _in_source_words(statement: _Statement) -> str:
    """The figure with the words that leave it open: "more than 60 percent"."""
    start = statement.figure.start
    before = statement.sentence[max(0, start - _LOOK_BACK) : start]
    hedge = next(
        (
            found
            for pattern in (_ABOVE, _BELOW, _NEARLY, _ABOUT)
            if (found := pattern.search(before))
        ),
        None,
    )
    return (hedge[0] if hedge else "") + statement.figure.text


def _tail(group: Sequence[_Statement]) -> str:
    """The words that follow the figure in all sentences, up to four."""
    common: list[str] = []
    for several in zip(
        *(statement.sentence[statement.figure.end :].split()[:_TAIL_WORDS] for statement in group),
        strict=False,
    ):
        if len({word.lower() for word in several}) > 1:
            break
        common.append(several[0])
    while common and common[-1].lower() in FUNCTION_WORDS:
        common.pop()
    return f" {' '.join(common)}".rstrip(" .,;:")


def _claim(statement: _Statement) -> Claim:
    citation = Citation(passage=statement.passage, quote=statement.sentence)
    return Claim(text=statement.sentence, kind=ClaimKind.EXTRACTED, citations=(citation,))
