"""Implications that sources state themselves: a plan, a schedule or a forecast with a date by which
it can be found right or wrong.

A verb that looks ahead governs a date that lies ahead; what hangs on an "if", was planned once, or
is denied predicts nothing. The words of the source say how likely it is. Few and sure, as
everything that the scorecard will hold against somebody.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from aggregator.domain.claim import Claim, Implication, Likelihood
from aggregator.domain.dates import DateMention, Precision, date_mentions, report_day
from aggregator.domain.entry import DateOrigin
from aggregator.domain.prediction import TOOK_EFFECT, TOOK_PLACE, WAS_DONE, sign_of
from aggregator.domain.source import Lane
from aggregator.domain.story import Story
from aggregator.english.lexical import content_words, overlap, stem
from aggregator.extract.quotable_sentences import QuotableSentence, extracted_claim

_MOST = 3  # of one story
_FARTHEST_YEARS = 15  # ahead: nobody will be there to score it
_REACH = 100  # characters between a verb that looks ahead and its date
_ALIKE = 0.6  # share of content words from which on two sentences foretell the same
_FEWEST_WORDS = 3  # of an implication, its date included

_ADVERB = r"(?:\w+ly |also |now |still |then |soon |first |both |each )?"
_IS = r"(?:is|are|['’]s|['’]re)"
_LAW = (
    r"take[s]? effect|come[s]? into (?:force|effect)|enter[s]? into"
    r" (?:force|application)|appl(?:y|ies) from"
)
_CUES: tuple[tuple[Likelihood, str], ...] = (
    (Likelihood.UNLIKELY, rf"\b{_IS} (?:unlikely|not expected) to"),
    (Likelihood.VERY_LIKELY, rf"\b(?:will|shall) {_ADVERB}(?:{_LAW})\b|\b(?:{_LAW})\b"),
    (Likelihood.VERY_LIKELY, rf"\b{_IS} {_ADVERB}scheduled (?:to|for)\b|\bscheduled (?:to|for)\b"),
    (Likelihood.VERY_LIKELY, rf"\b(?:will|shall) {_ADVERB}(?!not\b|never\b)"),
    (
        Likelihood.VERY_LIKELY,
        r"\b(?:begins|starts|opens|launches|ends|expires)\b(?= (?:on|in|from) )",
    ),
    (
        Likelihood.LIKELY,
        rf"\b(?:plans?|expects?|intends?|aims?|targets?|pledge[sd]?|promise[sd]?|committed|on"
        rf" track|"
        rf"(?:{_IS} )?{_ADVERB}(?:planning|set|"
        rf"due|slated|expected|likely|preparing|aiming|projected|forecast|poised))(?: for [\w"
        rf" ]{{1,20}})? to\b",
    ),
    (Likelihood.LIKELY, r"\b(?:expect|forecast|predict|project)s? (?!to\b)(?:[\w’'-]+ ){1,4}to\b"),
    (
        Likelihood.EVEN,
        rf"\b(?:may|might|could) {_ADVERB}(?!not\b|have\b)|\bhopes? to\b|\b{_IS} considering\b",
    ),
)
_CUE = re.compile("|".join(f"(?P<c{n}>{pattern})" for n, (_, pattern) in enumerate(_CUES)))
_LAWFUL = re.compile(_LAW)
_BREAKS = re.compile(  # between a verb that looks ahead and its date: another clause, another time
    r"[;:—–?]|[“”\"]|\b(?:but|although|though|which|who|whose|after|since|until|because|whereas|"
    r"where|while|when|than|said|says|told|was|were|had|has|have been|from|compared)\b"
)
_BEFORE_DATE = re.compile(
    r"\b(?:in|on|by|as|before|during|for|early|late|mid|this|next|later|end of|half of|quarter"
    r" of|starting|beginning|from|within|"
    r"course of|spring|summer|autumn|fall|winter|start of|beginning of|at|Q[1-4])[\s-]+"
    r"(?:the\s+)?(?:\w+day,?\s+)?(?:early\s+|late\s+|mid-?\s*)?$"
    r"|\b(?:effect|force|launch(?:es)?|begins?|opens?|starts?|released?|scheduled"
    r" for|date)\s+(?:\w+day,?\s+)?$",
    re.IGNORECASE,
)
_NOT_NOW = re.compile(
    r"\b(?:if|unless|would|wouldn|provided that|had (?:planned|hoped|expected)|(?:was|were)"
    r" (?:\w+ )?"
    r"(?:planned|expected|scheduled|due|"
    r"set|supposed|slated)|originally|no"
    r" longer|cancel\w*|scrapp\w+|denied|denies|until|hypothetical|scenario|imagine|suppose|"
    r"register|registration|applicants|deadline for"
    r" submissions)\b|\d{4}-\d\d|n['’]t\b|\bnot\b|\bnever\b",
    re.IGNORECASE,
)
_SCHEDULED_FOR = re.compile(
    r"(?:scheduled|slated|set|due) for\b|^(?:begins|starts|opens|launches|ends|expires)$"
)
_EARLY = re.compile(
    r"\b(?:early|first half(?: of)?|spring(?: of)?|H1|Q[12]|(?:first|second) quarter(?:"
    r" of)?|start of|"
    r"beginning of)[\s-]+(?:the\s+)?$",
    re.I,
)
_MID = re.compile(
    r"\b(?:mid|middle of|summer(?: of)?|Q3|third quarter(?: of)?)[\s-]*$", re.IGNORECASE
)
_END_OF_CLAUSE = re.compile(
    r"[;:—–]|,\s|\s(?=(?:when|while|as|will|is|are|was|has|according)\b|(?:and|but)"
    r" (?:will|is|are|has|have|plans?|expects?|the|it|they|that)\b)"
)
_NAMELESS = re.compile(  # "The rollout will begin": whose?
    r"(?:The|A|An|This|That|These|Its|Their) [^A-Z“\"]*?"
    r"\b(?:will|has|have|is|are|was|were|plans?|expects?|aims?|helps?|said|could|may)\b"
)
_POINTS = re.compile(
    r"\b(?:it|them)\b"
)  # "the schools will use it too": what? nobody could say whether it came true
_NAMED = re.compile(rf"(?<!^)\b(?!(?:{'|'.join(calendar.month_name[1:])})\b)[A-Z]\w")
_IN_RELATIVE = re.compile(
    r"\b(?:that|which|whom) (?:[A-Z][\w’'.-]*|the \w+|it|they)(?: [A-Z]\w*)* $"
)  # "the app that Halden plans to"
_OPENING = re.compile(
    r"^(?:In|On|By|From|Starting|Beginning|Next|Later|This|Before|During|Early|"
    r"Late)\b[\w\s-]{0,24}$|^$"
)
_SOON = re.compile(
    r"\b(?:by|as (?:early|soon) as|later|next|this)[\s-]+(?:the\s+)?(?:\w+\s+){0,2}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A sentence that looks ahead, with the verb that does and the date that it governs."""

    candidate: QuotableSentence
    claim: Claim
    cue: re.Match[str]
    mention: DateMention
    horizon: date

    @property
    def likelihood(self) -> Likelihood:
        return next(
            likelihood for n, (likelihood, _) in enumerate(_CUES) if self.cue[f"c{n}"] is not None
        )


def implications(
    found: Sequence[QuotableSentence], story: Story, quote_words: int
) -> tuple[Implication, ...]:
    """The implications that the sources of a story state, in the order of trust and of reading, at
    most three.

    What was due before we learnt of the story is history.
    """
    kept: list[Implication] = []
    titles = _stems(" ".join(member.article.title for member in story.members))
    for plan in _plans(found, quote_words):
        words = content_words(plan.claim.text)
        is_told = any(
            overlap(words, content_words(implication.claim.text)) >= _ALIKE for implication in kept
        )
        if (
            plan.horizon > story.first_seen.date()
            and _stems(plan.claim.text) & titles
            and not is_told
        ):
            kept.append(
                Implication(
                    claim=plan.claim,
                    horizon=plan.horizon,
                    likelihood=plan.likelihood,
                    sign=_sign(plan),
                )
            )
        if len(kept) == _MOST:
            break
    return tuple(kept)


def looks_ahead(sentence: str) -> bool:
    """Whether a sentence predicts something that neither hangs on an "if" nor is denied."""
    return bool(_CUE.search(sentence)) and not _NOT_NOW.search(sentence)


def _plans(found: Sequence[QuotableSentence], quote_words: int) -> Iterator[_Plan]:
    for candidate in found:
        member = candidate.member
        is_dated = member.article.published.origin is not DateOrigin.FIRST_SEEN
        if member.lane is Lane.PAPER or not is_dated or not _CUE.search(candidate.sentence):
            continue
        claim = (
            extracted_claim(candidate, quote_words)
            if not _NOT_NOW.search(candidate.sentence)
            else None
        )
        plan = _plan(candidate, claim, report_day(member.article.published.at)) if claim else None
        if plan:
            yield plan


def _plan(candidate: QuotableSentence, claim: Claim, published: date) -> _Plan | None:
    """The first verb of a sentence with a date ahead that it governs."""
    quote = claim.citations[0].quote
    if _NAMELESS.match(quote):
        return None
    for mention in date_mentions(quote, published):
        horizon = last_day(quote, mention)
        if not published < horizon <= date(published.year + _FARTHEST_YEARS, 12, 31) or not is_led(
            quote, mention
        ):
            continue
        plans = (_Plan(candidate, claim, cue, mention, horizon) for cue in _CUE.finditer(quote))
        if plan := next((plan for plan in plans if _is_governed(plan, quote)), None):
            return plan
    return None


def _is_governed(plan: _Plan, quote: str) -> bool:
    """Whether the verb that looks ahead governs the date, with enough words to be found right or
    wrong.
    """
    cue, mention = plan.cue, plan.mention
    is_before = cue.end() <= mention.start
    between = quote[cue.end() : mention.start] if is_before else quote[mention.end : cue.start()]
    if len(between) > _REACH or cue.start() < mention.start < cue.end() or _BREAKS.search(between):
        return False
    led = quote[: mention.start]
    is_vague = plan.likelihood is Likelihood.EVEN and not _SOON.search(led)
    is_loose = not is_before and not _OPENING.search(led)
    what = _statement(plan)
    is_pointing = bool(_POINTS.search(what)) and not _NAMED.search(quote)
    return not (is_vague or is_loose or is_pointing) and len(what.split()) >= _FEWEST_WORDS


def is_led(quote: str, mention: DateMention) -> bool:
    """Whether a date says when something is to be: "in 2026", "next month", and not "the 2026
    budget".
    """
    led = quote[: mention.start]
    return bool(_BEFORE_DATE.search(led)) or quote[mention.start : mention.end].lower().startswith(
        ("next ", "this ", "tomorrow")
    )


def last_day(quote: str, mention: DateMention) -> date:
    """The last day that a date can mean: "early 2026" is over by the end of June in every
    reading.
    """
    day, led = mention.day, quote[: mention.start]
    match mention.precision:
        case Precision.DAY:
            return day
        case Precision.MONTH:
            return day.replace(day=calendar.monthrange(day.year, day.month)[1])
        case Precision.YEAR:
            if _EARLY.search(led):
                return date(day.year, 6, 30)
            return date(day.year, 9, 30) if _MID.search(led) else date(day.year, 12, 31)


def _sign(plan: _Plan) -> str:
    """What would show that it came true."""
    if _LAWFUL.search(plan.cue[0]):
        return TOOK_EFFECT
    if _SCHEDULED_FOR.search(plan.cue[0]):
        return TOOK_PLACE
    if _IN_RELATIVE.search(plan.claim.citations[0].quote[: plan.cue.start()]):
        return WAS_DONE
    return sign_of(_statement(plan))


def _statement(plan: _Plan) -> str:
    """The words behind the verb that looks ahead, to the end of its clause; of a law or a date the
    clause itself.
    """
    quote = plan.claim.citations[0].quote
    if _LAWFUL.search(plan.cue[0]) or _SCHEDULED_FOR.search(plan.cue[0]):
        return quote
    start = plan.cue.end()
    end = _END_OF_CLAUSE.search(
        quote, max(start, plan.mention.end if plan.mention.start > start else start)
    )
    return quote[start : end.start() if end else len(quote)].strip(' .,”"')


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in content_words(text))
