"""The sentence of another report that answers an open question: it states what the question asks
for, of the same thing.

What is asked decides what counts: a sum of money, a date, a number of the thing counted; for
anything else nearly all words of the question must come back. What is only expected or rumoured
answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aggregator.domain.article import Passage
from aggregator.domain.claim import Claim
from aggregator.domain.dates import DateMention, Precision, date_mentions, report_day
from aggregator.domain.story import Member
from aggregator.english.lexical import subject_stems
from aggregator.english.stemming import stem
from aggregator.english.text import sentences, words
from aggregator.verify.figures import Figure, figures, stated_units

Quotable = Callable[
    [Member, Passage, str], Claim | None
]  # a sentence as a claim, where it is fit to be shown

_CURRENCY = re.compile(r"[A-Z]{3}")
_SAME_THING = 2  # words of an answer that stand in the question or in the titles of its story
_SAME_ELSEWHERE = 3  # the same where it is in another story
_MOST_OF_IT = 0.6  # of the words of a question that asks for neither money, date nor number
_FEWEST_ASKED = 3  # words
_COUNTED_WITHIN = 3  # words after a figure

_MONEY = re.compile(
    r"\b(?:pric\w*|costs?|financial terms|terms of the|terms|dollar value|valuation|undisclosed"
    r" (?:amount|sum|price)|"
    r"how much (?:it|the|they|he|she)\b|size of the (?:deal|investment|round)|fees?)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\bwhen\b|\b(?:\w+ )?(?:dates?|timelines?|timing|schedules?)\b", re.IGNORECASE)
_COUNT = re.compile(
    r"\bhow (?:many|large|big)\b|\bnumbers? of\b|\bsizes?\b|\bparameters\b", re.IGNORECASE
)
_DEAL_TALK = re.compile(
    r"\b(?:pric\w*|costs?|pays?|paid|paying|worth|valu\w+|deal|acqui\w+|bought|buys?|sold|for|at|"
    r"per|a month|a year|a seat|charges?)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:reportedly|rumou?r\w*|could|may|might|would|expect\w*|estimat\w+|speculat\w+|believed|"
    r"unclear|unknown|undisclosed|not|n['’]t|if|whether)\b|n['’]t\b",
    re.IGNORECASE,
)
_NO_SUBJECT = frozenset(
    stem(word)
    for word in (
        "disclose disclosed reveal announce specify say share provide confirm decline detail "
        "details term terms financial price pricing cost amount deal date company model ai "
        "unclear unknown clear know known yet publish release monday tuesday wednesday thursday "
        "friday saturday sunday"
    ).split()
)


class AnswerKind(StrEnum):
    """What an answer must state."""

    MONEY = "money"
    DATE = "date"
    COUNT = "count"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as far as an answer must meet it: `about` names the thing, `words` are its own."""

    kind: AnswerKind
    about: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, and whose it is."""

    member: Member
    claim: Claim


def question_of(question: str, opening: re.Pattern[str], titles: frozenset[str]) -> Question:
    """What a question asks for. `opening` matches the words that say it is open; what follows them
    is asked.
    """
    found = opening.search(question)
    tail = question[found.start() :] if found else question
    kind = next((kind for kind, pattern in _KINDS if pattern.search(tail)), None)
    kind = kind or next(
        (kind for kind, pattern in _KINDS[:1] if pattern.search(question)), AnswerKind.OTHER
    )
    return Question(
        kind=kind,
        about=(subject_stems(question) | titles) - _NO_SUBJECT,
        words=subject_stems(tail) - _NO_SUBJECT,
    )


def find_answer(
    question: Question,
    asker: Member,
    members: Sequence[Member],
    quotable: Quotable,
    *,
    elsewhere: bool = False,
) -> Answer | None:
    """The first answer that another article gives, the earliest article first; None where none
    does.

    `elsewhere`: they are of other stories, which must speak of the same thing all the more clearly.
    """
    least = _SAME_ELSEWHERE if elsewhere else _SAME_THING
    others = (member for member in members if member.article.id != asker.article.id)
    for member in sorted(
        others, key=lambda member: (member.article.published.at, member.article.id)
    ):
        for passage, sentence in _sentences(member):
            if _answers(question, sentence, member, asker, least):
                claim = quotable(member, passage, sentence)
                if claim and _answers(question, claim.citations[0].quote, member, asker, least):
                    return Answer(member=member, claim=claim)
    return None


def has_price(text: str) -> bool:
    """Whether a text states a sum of money that may be a price."""
    return any(_CURRENCY.fullmatch(figure.unit) for figure in figures(text))


def _sentences(member: Member) -> Iterator[tuple[Passage, str]]:
    for passage in member.article.passages:
        for sentence in sentences(passage.text) if passage.n else ():
            yield passage, sentence


def _answers(question: Question, sentence: str, member: Member, asker: Member, least: int) -> bool:
    """Whether a sentence states what is asked; what the asking article states itself is no answer
    to it.
    """
    content = subject_stems(sentence)
    if _HEDGED.search(sentence) or len(content & question.about) < least:
        return False
    match question.kind:
        case AnswerKind.MONEY:
            return bool(_DEAL_TALK.search(sentence)) and any(
                _CURRENCY.fullmatch(figure.unit) and not _is_stated(figure, asker)
                for figure in figures(sentence)
            )
        case AnswerKind.DATE:
            return len(content & question.words) >= _SAME_THING and _has_new_date(
                sentence, member, asker
            )
        case AnswerKind.COUNT:
            return any(
                not _CURRENCY.fullmatch(figure.unit)
                and not _is_stated(figure, asker)
                and _counts(sentence, figure, question.words)
                for figure in figures(sentence)
                if not (figure.in_date or figure.in_version or figure.is_year)
            )
        case AnswerKind.OTHER:
            is_met = len(content & question.words) >= max(
                _FEWEST_ASKED, _MOST_OF_IT * len(question.words)
            )
            return is_met and not any(
                sentence in passage.text for passage in asker.article.passages
            )


def _is_stated(figure: Figure, asker: Member) -> bool:
    return any(figure.value in stated_units(passage.text) for passage in asker.article.passages)


def _has_new_date(sentence: str, member: Member, asker: Member) -> bool:
    found = {date.day for date in _dates(sentence, member)}
    return bool(found) and not any(
        date.day in found
        for passage in asker.article.passages
        for date in _dates(passage.text, asker)
    )


def _dates(text: str, member: Member) -> Iterator[DateMention]:
    mentions = date_mentions(text, report_day(member.article.published.at))
    return (mention for mention in mentions if mention.precision is not Precision.YEAR)


def _counts(sentence: str, figure: Figure, wanted: frozenset[str]) -> bool:
    """Whether a figure counts something that the question names."""
    following = words(sentence[figure.end :])[:_COUNTED_WITHIN]
    return any(stem(word.lower()) in wanted for word in following)


_KINDS = ((AnswerKind.MONEY, _MONEY), (AnswerKind.DATE, _WHEN), (AnswerKind.COUNT, _COUNT))
