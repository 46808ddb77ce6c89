"""What the reports of a story do not know: what a source says is not disclosed or not clear, and
what none of them states.

A question that another report of the same days answers is none. One that a later report answers
keeps its answer. Few and sure: a sentence that only sounds like a question ("the unknown author")
would have readers wait for nothing.

What is asked decides what answers it: a sum of money, a date, a number of the thing counted; for
anything else nearly all words of the question must come back. What is only expected or rumoured
answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from aggregator.domain.article import Passage, Read
from aggregator.domain.claim import NO_PRICE, Claim, ClaimKind, Unknown
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import DateMention, Precision, report_day
from aggregator.domain.frozen import frozen
from aggregator.domain.source import Lane
from aggregator.domain.story import Member
from aggregator.english.lexical import content_words, overlap, stem, subject_stems
from aggregator.english.text import sentences, word_count, words
from aggregator.english.vocabulary import HEDGE, WEEKDAYS
from aggregator.verify.figures import Figure, figures, has_value
from aggregator.verify.names import names

_MOST = 3  # on one page
_SAME_NEWS = timedelta(days=1)  # what another report says within it was known already
_ALIKE = 0.6  # share of content words from which on two sentences ask the same
_OF_NOW = timedelta(days=45)  # a sentence with an older date is old news
_LONGEST = 60  # words

_INFORMATION = (
    r"(?:details?|specifics|terms|prices?|pricing|costs?|amounts?|values?|valuations?|dates?|"
    r"timelines?|timing|schedules?|figures?|metrics|results|benchmarks?|sizes?|reasons?|causes?|"
    r"motives?|identity|numbers?|names?|plans|documentation|information|parameters|locations?|"
    r"scope)(?<!this information)"
)
_NOT = r"(?:not|n['’]t|never)(?: yet| publicly| immediately)?"
_ASKS = r"(?:whether|if|how|who|what|when|where|which|why)"
_STATED = (
    r"(?:disclosed|revealed|announced|specified|made public|confirmed|given|provided|shared|"
    r"published|released)"
)
UNKNOWN = re.compile(
    rf"""
      \b(?:did|does|do|has|have)\s?{_NOT}\ (?:disclosed?|reveal(?:ed)?|specif(?:y|ied))
        \ (?!(?:any\ )?(?:further|more|other)\b)\w
    | \b(?:did|does|do|has|have|would|could|will)\s?{_NOT}
        \ (?:sa(?:y|id)|explain(?:ed)?|confirm(?:ed)?)\ {_ASKS}\b
    | \b(?:did|does|do|has|have)\s?{_NOT}
        \ (?:shared?|provided?|give[n]?|offer(?:ed)?|publish(?:ed)?|releas(?:ed?)|announced?)
        \ (?:[\w’'-]+\ ){{0,3}}{_INFORMATION}\b
    | \b(?:declin|refus)(?:ed|es)\ to
        \ (?:(?:disclose|specify|name|reveal|detail)\ \w|(?:say|confirm)\ {_ASKS}\b
        |(?:share|give|provide)\ (?:[\w’'-]+\ ){{0,3}}{_INFORMATION}\b)
    | \b{_INFORMATION}\ (?:[\w’'-]+\ ){{0,6}}(?:was|were|is|are|has|have)\s?{_NOT}
        (?:\ been)?\ {_STATED}\b
    | (?:\b(?:is|are|remains?)|['’]s)\ (?:still\ |yet\ |not\ yet\ )?
        (?:unclear|unknown|not\ (?:yet\ )?(?:clear|known))
        \ (?:exactly\ )?{_ASKS}\b
    | \b{_INFORMATION}\ (?:[\w’'-]+\ ){{0,10}}(?:is|are|was|were|remains?)
        \ (?:still\ |yet\ |as\ yet\ |not\ yet\ )?
        (?:unknown|unclear|undisclosed|not\ (?:yet\ |publicly\ )?(?:known|clear|public))\b
    | \b{_INFORMATION}\ (?:[\w’'-]+\ ){{0,10}}(?:is|are|has|have)\ yet\ to\ be
        \ (?:{_STATED}|determined|decided|set|agreed|named)\b
    | \bremains?\ (?:undisclosed|unclear|unknown)\b
    | \b(?:giv(?:es?|en|ing)|gave|with|was|is)\ no
        \ (?:indication|word|hint)\ (?:yet\ )?(?:of|on|as\ to|about)\ {_ASKS}\b
    | \bwithout\ (?:giving|disclosing|specifying|revealing|providing|naming|sharing|stating)
        \ (?:any\ |a\ |an\ |the\ |its\ )?{_INFORMATION}\b
    | \b(?:for|at)\ an\ undisclosed\ (?:amount|sum|price)\b
    | \byet\ to\ (?:announce|disclose|reveal|confirm|name|say\ {_ASKS})\b
    | \bno\ {_INFORMATION}\ (?:was|were|has\ been|have\ been)\ {_STATED}\b
    | \b(?:gave|gives|offered|offers)\ no\ {_INFORMATION}\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# letters of which every match of it has some: most texts have none, and the search is dear
_HINTS = (
    "no ", "not", "n't", "n’t", "never", "declin", "refus", "unclear", "unknown", "undisclosed",
    "yet to", "without",
)  # fmt: skip
_CONTRAST = re.compile(r",? (?:but|although|though|while|even as)\b|;")
_OF_DEALS = re.compile(
    r"\b(?:financial terms|terms of the (?:deal|agreement)|undisclosed (?:amount|sum|price))\b",
    re.IGNORECASE,
)
_DEAL = re.compile(
    r"\b(?:acquir(?:es|ed|ing|e)|acquisition of|buys|bought|to buy|buyout)\b", re.IGNORECASE
)

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
    rf"\b(?:{HEDGE}|believed|unclear|unknown|undisclosed|not)\b|n['’]t\b", re.IGNORECASE
)
_NO_SUBJECT = frozenset(
    stem(word.lower())
    for word in (
        *WEEKDAYS,
        *"disclose disclosed reveal announce specify say share provide confirm decline detail "
        "details term terms financial price pricing cost amount deal date company model ai "
        "unclear unknown clear know known yet publish release".split(),
    )
)


@dataclass(frozen=True, slots=True)
class _OpenQuestion:
    """A question while its answer is looked for: where it was found, and what would answer it."""

    member: Member
    claim: Claim
    asked: Question


def unknowns(
    members: Sequence[Member], quotable: Quotable, beside: Sequence[Member] = ()
) -> tuple[Unknown, ...]:
    """What these originals leave open, and what a later one answered, with the answer; at most
    three, in the order of reading.

    `beside` are originals of later stories about the same: they may answer.
    """
    found: list[Unknown] = []
    titles = (
        frozenset().union(*(subject_stems(member.article.title) for member in members))
        if members
        else frozenset[str]()
    )
    asked_before: list[frozenset[str]] = []
    for question in (*_stated(members, titles, quotable), *_gaps(members)):
        words = content_words(question.claim.text)
        if len(found) == _MOST or any(overlap(words, before) >= _ALIKE for before in asked_before):
            continue
        asked_before.append(words)
        reply = find_answer(question.asked, question.member, members, quotable)
        reply = reply or find_answer(
            question.asked, question.member, beside, quotable, elsewhere=True
        )
        if reply is None:
            found.append(Unknown(claim=question.claim))
        elif reply.member.article.published.at - question.member.article.published.at > _SAME_NEWS:
            found.append(Unknown(claim=question.claim, answer=reply.claim))
    return tuple(found)


def leaves_open(text: str) -> bool:
    """Whether a sentence, or one of a text, says that something is not known or not said."""
    lower = text.lower()
    return any(hint in lower for hint in _HINTS) and bool(UNKNOWN.search(text))


def _stated(
    members: Sequence[Member], titles: frozenset[str], quotable: Quotable
) -> Iterator[_OpenQuestion]:
    """The sentences that state an open question themselves, in the order of trust and of reading.
    Papers ask by trade.
    """
    for member in members:
        for passage in member.article.passages if member.lane is not Lane.PAPER else ():
            if passage.n == 0 or not leaves_open(passage.text):
                continue
            for sentence in sentences(passage.text):
                claim = (
                    quotable(member, passage, sentence)
                    if _is_question(sentence, member, titles)
                    else None
                )
                claim = _until_contrast(claim) if claim else None
                if claim and leaves_open(claim.citations[0].quote):
                    yield _OpenQuestion(
                        member, claim, question_of(claim.citations[0].quote, UNKNOWN, titles)
                    )


def _until_contrast(claim: Claim) -> Claim:
    """A sentence that was cut, cut before what it sets against the question, where that is all that
    was lost.
    """
    (citation,) = claim.citations
    found = UNKNOWN.search(citation.quote)
    contrast = _CONTRAST.search(citation.quote, found.end()) if found else None
    if contrast is None or claim.text == citation.quote:
        return claim
    quote = citation.quote[: contrast.start()]
    return replace(claim, text=f"{quote} …", citations=(replace(citation, quote=quote),))


def _is_question(sentence: str, member: Member, titles: frozenset[str]) -> bool:
    """Whether a sentence asks for something of this story, and not of a thing without a name."""
    if (
        word_count(sentence) > _LONGEST
        or not leaves_open(sentence)
        or not subject_stems(sentence) & titles
    ):
        return False
    if not names(sentence) and not _OF_DEALS.search(sentence):
        return False
    published = report_day(member.article.published.at)
    return all(published - mention.day <= _OF_NOW for mention in date_mentions(sentence, published))


def _gaps(members: Sequence[Member]) -> Iterator[_OpenQuestion]:
    """What the first reports of a purchase leave out: its price. None where no article could be
    read whole.
    """
    first = min(
        members, key=lambda member: (member.article.published.at, member.article.id), default=None
    )
    if first is None or not _DEAL.search(first.article.title):
        return
    early = [
        member
        for member in members
        if member.article.published.at - first.article.published.at <= _SAME_NEWS
    ]
    texts = [passage.text for member in early for passage in member.article.passages]
    is_read = any(member.article.read is Read.FULL for member in early)
    if is_read and not any(has_price(text) or leaves_open(text) for text in texts):
        gap = Claim(text=NO_PRICE, kind=ClaimKind.ABSENT, citations=())
        yield _OpenQuestion(
            first, gap, question_of("price", UNKNOWN, subject_stems(first.article.title))
        )


class AnswerKind(StrEnum):
    """What an answer must state."""

    MONEY = "money"
    DATE = "date"
    COUNT = "count"
    OTHER = "other"


@frozen
class Question:
    """A question as far as an answer must meet it: `about` names the thing, `words` are its own."""

    kind: AnswerKind
    about: frozenset[str]
    words: frozenset[str]


@frozen
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
                _CURRENCY.fullmatch(figure.unit) and not has_value(asker.article, figure)
                for figure in figures(sentence)
            )
        case AnswerKind.DATE:
            return len(content & question.words) >= _SAME_THING and _has_new_date(
                sentence, member, asker
            )
        case AnswerKind.COUNT:
            return any(
                not _CURRENCY.fullmatch(figure.unit)
                and not has_value(asker.article, figure)
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
