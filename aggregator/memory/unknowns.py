"""What the reports of a story do not know: what a source says is not disclosed or not clear, and
what none of them states.

A question that another report of the same days answers is none. One that a later report answers
keeps its answer. Few and sure: a sentence that only sounds like a question ("the unknown author")
would have readers wait for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aggregator.domain.article import Read
from aggregator.domain.claim import NO_PRICE, Claim, ClaimKind, Unknown
from aggregator.domain.dates import date_mentions, report_day
from aggregator.domain.source import Lane
from aggregator.domain.story import Member
from aggregator.english.lexical import content_words, overlap, subject_stems
from aggregator.english.text import sentences, word_count
from aggregator.memory.answers import Question, Quotable, find_answer, has_price, question_of
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
_CONTRAST = re.compile(r",? (?:but|although|though|while|even as)\b|;")
_OF_DEALS = re.compile(
    r"\b(?:financial terms|terms of the (?:deal|agreement)|undisclosed (?:amount|sum|price))\b",
    re.IGNORECASE,
)
_DEAL = re.compile(
    r"\b(?:acquir(?:es|ed|ing|e)|acquisition of|buys|bought|to buy|buyout)\b", re.IGNORECASE
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


def leaves_open(sentence: str) -> bool:
    """Whether a sentence says that something is not known or not said."""
    return bool(UNKNOWN.search(sentence))


def _stated(
    members: Sequence[Member], titles: frozenset[str], quotable: Quotable
) -> Iterator[_OpenQuestion]:
    """The sentences that state an open question themselves, in the order of trust and of reading.
    Papers ask by trade.
    """
    for member in members:
        for passage in member.article.passages if member.lane is not Lane.PAPER else ():
            if passage.n == 0 or not UNKNOWN.search(passage.text):
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
    if is_read and not any(has_price(text) or UNKNOWN.search(text) for text in texts):
        gap = Claim(text=NO_PRICE, kind=ClaimKind.ABSENT, citations=())
        yield _OpenQuestion(
            first, gap, question_of("price", UNKNOWN, subject_stems(first.article.title))
        )
