"""Implications that sources state themselves: what a source commits itself to, by a day on which it
can be found right or wrong.

Whether it does is decided by a linear model over named features of a sentence, the verb that looks
ahead in it and the date. The verb says how sure the source is: ruled, scheduled, announced, planned
or forecast. Few and sure, as everything that the scorecard will hold against somebody.

Words of the features stand here, weights in `commitment.toml`, which `tests/quality/predictions.py`
fits on labels of ours.
"""

from __future__ import annotations

import calendar
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from aggregator.domain.claim import Claim, Implication, Likelihood
from aggregator.domain.date_mentions import date_mentions, names_other_year
from aggregator.domain.dates import DateMention, Precision, report_day
from aggregator.domain.entry import DateOrigin
from aggregator.domain.source import Lane
from aggregator.domain.story import Story
from aggregator.english.lexical import content_words, stems, unlike
from aggregator.english.vocabulary import MONTH
from aggregator.extract.quotable_sentences import QuotableSentence, extracted_claim

FILE = Path(__file__).with_suffix(".toml")
_FARTHEST_YEARS = 15  # ahead: nobody will be there to score it
_FAR = 30  # characters before a date that opens a sentence
_TABLE = tomllib.loads(FILE.read_text("utf-8"))
_WEIGHTS: Mapping[str, float] = _TABLE["weights"]
LEAST = 0.5  # of the probability, from which on a source is taken at its word
_ACTS = frozenset(
    "acquire announce ban begin build buy close cut debate double end enforce file halve head hire"
    " hold honour host integrate invest join launch leave manufacture meet open present produce"
    " publish raise release replace report roll rule sell ship show sign start stop travel triple"
    " unveil vote".split()
)
_VAGUE = frozenset(
    "allow become bring change continue evolve explode feel grow help improve make need play remain"
    " see shape squeeze support transform".split()
)
_VERB = re.compile(r"(?:\w+ly |more than |be )?(?P<verb>\w+)")

_ADVERB = r"(?:\w+ly |also |now |still |then |soon |first |both |each |once again )?"
_IS = r"(?:is|are|['’]s|['’]re)"
CUES: Mapping[Likelihood, str] = {
    Likelihood.UNLIKELY: rf"\b{_IS} (?:unlikely|not expected) to\b",
    Likelihood.RULED: (
        r"\b(?:(?:will|shall|(?:is|are) set to) )?(?:takes? effect|comes? into (?:force|effect)|"
        r"goe?s? into (?:force|effect)|enters? into (?:force|application)|appl(?:y|ies)(?= from))\b"
    ),
    Likelihood.SCHEDULED: (
        rf"\b(?:{_IS} )?{_ADVERB}(?:scheduled|slated|due|set)(?: to|(?= for))\b|"
        r"(?<!\bto )(?<!\bwill )(?<!\bcould )(?<!\bmay )(?<!ly )\b(?:begins?|starts?|opens?|"
        r"launches|ends?|expires?|closes?|takes? place|kicks? off)\b"
        r"(?= (?:on|in|from|at|midnight|next|this)\b| [A-Z]\w+ \d)"
    ),
    Likelihood.ANNOUNCED: (
        rf"\b(?:will|shall) {_ADVERB}(?!not\b|never\b|{_ADVERB}have\b)|"
        r"\b(?:pledge[sd]?|promise[sd]?|committed|vow(?:s|ed)?|agreed) to\b"
    ),
    Likelihood.FORECAST: (
        r"\b(?:expect|forecast|predict|project|estimate|believe)s? (?!to\b)(?:that )?"
        r"(?P<who>(?:[\w’'.-]+ ){1,5}?)(?:to|will)\b|"
        rf"\b(?:{_IS} )?{_ADVERB}(?:expected|projected|forecast|predicted|poised|on track) to\b|"
        r"\b(?:it|he|she|they) (?:believes?|expects?) (?:to|will)\b"
    ),
    Likelihood.LIKELY: rf"\b{_IS} {_ADVERB}likely to\b",
    Likelihood.PLANNED: (
        rf"\b(?:(?:plans?|intends?|aims?|targets?|expects?)|(?:{_IS}|was|were) {_ADVERB}"
        r"(?:planning|planned|preparing|aiming|going))(?: for [\w ]{1,20})? to\b"
    ),
}
_CUE = re.compile("|".join(f"(?P<c{n}>{pattern})" for n, pattern in enumerate(CUES.values())))
_BREAK = re.compile(
    r"[;:—–?]|[“”\"]|\b(?:but|although|though|which|who|whose|after|since|because|whereas|"
    r"where|while|when|than|said|says|told|was|were|had|has|have|from|compared)\b"
)
_LED_IN = (
    r"(?:\b(?:in|on|by|as (?:soon|early|late) as|as|before|during|for|early|late|mid|this|next|"
    r"later|end of|half of|quarter of|starting|beginning|from|within|"
    r"course of|spring|summer|autumn|fall|winter|start of|beginning of|at|Q[1-4])[\s-]+"
    r"(?:the\s+)?(?:\w+day,?\s+)?(?:early\s+|late\s+|mid-?\s*)?)+$"
)
_LED = re.compile(
    rf"{_LED_IN}|\b(?:effect|force|launch(?:es)?|begins?|opens?|starts?|released?|scheduled"
    r" for|date)\s+(?:\w+day,?\s+)?$",
    re.IGNORECASE,
)
_LAST_DAYS = {  # of a part of a year, in every reading of the words before the year
    day: re.compile(rf"\b(?:{words})[\s-]+(?:the\s+)?$", re.IGNORECASE)
    for day, words in {
        (3, 31): r"Q1|first quarter(?: of)?",
        (6, 30): (
            r"Q2|second quarter(?: of)?|H1|first half(?: of)?|early|spring(?: of)?|start of|"
            r"beginning of"
        ),
        (9, 30): r"Q3|third quarter(?: of)?|mid|middle of|summer(?: of)?",
    }.items()
}
_NOT_SURE = {
    "a condition": re.compile(
        r"\b(?:if|unless|would|wouldn|until|provided that|suppose|imagine|scenario|hypothetical)\b",
        re.IGNORECASE,
    ),
    "a denial": re.compile(
        r"n['’]t\b|\b(?:not|never|no longer|cancel\w*|scrapp\w+|denied|denies)\b", re.IGNORECASE
    ),
    "a plan of the past": re.compile(
        r"\b(?:had (?:planned|hoped|expected)|(?:was|were) (?:\w+ )?(?:planned|expected|scheduled|"
        r"due|set|supposed|slated)|originally)\b",
        re.IGNORECASE,
    ),
}
_HAS = {
    "a hedge": re.compile(
        r"\b(?:may|might|could|hop(?:es?|ing)|considering|possibly|[Rr]umou?rs?)\b(?! \d)"
    ),
    "a call to apply": re.compile(
        r"\b(?:regist(?:er|ration)|applicants?|deadline|you|your|submissions?)\b", re.IGNORECASE
    ),
    "a writer who speaks": re.compile(r"\b(?:I|we|We|our|us|my)\b"),
    "a nameless subject": re.compile(
        r"^(?:The|A|An|This|That|These|Its|Their|It|They|He|She) [^A-Z“\"]*?"
        r"\b(?:will|has|have|is|are|was|were|plans?|expects?|aims?|helps?|said|could|may)\b"
    ),
    "a question": re.compile(r"\?"),
}
_OPEN = (_HAS["a hedge"], _NOT_SURE["a condition"])
_BACK = re.compile(r"\b(?:earlier|since|ago|past)\s+(?:the\s+)?$|^last ", re.IGNORECASE)
_NOUN = re.compile(
    r"['’]s\b|[-–]\d| (?!(?:in|on|at|by|to|for|and|with|as|when|from|of|or|but|after|before|that|"
    r"will|is|are|has|said|says|according|followed)\b)[a-z]+"
)
_CLOSE = re.compile(r"\b(?:by|later|next|starting|beginning|end of)\s+(?:the\s+)?$", re.IGNORECASE)


_CAPITAL = re.compile(rf"\b(?!{MONTH}\b)[A-Z][\w’'.-]*")
_RELATIVE = re.compile(r"\b(?:that|which|who|where|when|until)(?: \w+){0,2} $")

_MOST = 2  # of one story
_ALIKE = 0.6  # share of content words from which on two sentences predict the same


@dataclass(frozen=True, slots=True)
class Ahead:
    """A date that lies ahead in a sentence, the verb that looks ahead to it, and its last day."""

    text: str
    cue: re.Match[str]
    mention: DateMention
    horizon: date

    @property
    def likelihood(self) -> Likelihood:
        """The word of the source for how likely it is."""
        return likelihood_of(self.cue)


def likelihood_of(cue: re.Match[str]) -> Likelihood:
    """The word that a verb that looks ahead stands for."""
    return next(word for n, word in enumerate(CUES) if cue[f"c{n}"] is not None)


def looks_ahead(sentence: str) -> bool:
    """Whether a sentence predicts something that neither hangs on an "if" nor is denied."""
    is_sure = not any(mark.search(sentence) for mark in _NOT_SURE.values())
    return bool(_CUE.search(sentence)) and is_sure


def most_likely(premise: Sequence[str]) -> Likelihood:
    """The highest word of a likelihood that sentences bear out: what nobody predicts is likely at
    most, and what they say may come or is expected is about as likely as not.
    """
    words = [likelihood_of(cue) for text in premise for cue in _CUE.finditer(text)]
    is_open = any(mark.search(text) for text in premise for mark in _OPEN)
    if is_open or {Likelihood.FORECAST, Likelihood.UNLIKELY} & {*words}:
        return Likelihood.EVEN
    return Likelihood.VERY_LIKELY if words else Likelihood.LIKELY


def ahead(text: str, published: date) -> Ahead | None:
    """The finest date of a sentence that was ahead when it was published, the first of several,
    with the verb that is nearest to it; None where there is none of either.
    """
    latest = date(published.year + _FARTHEST_YEARS, 12, 31)
    found = [
        mention
        for mention in date_mentions(text, published)
        if published < last_day(text, mention) <= latest
        and not _BACK.search(text[: mention.start])
        and not _BACK.search(text[mention.start : mention.end])
        and not names_other_year(text, mention)
    ]
    mention = min(found, key=lambda mention: list(Precision).index(mention.precision), default=None)
    cue = _nearest(text, mention) if mention else None
    return Ahead(text, cue, mention, last_day(text, mention)) if mention and cue else None


def commits(found: Ahead) -> float:
    """The probability that the source commits itself to something that can be checked."""
    total = sum(_WEIGHTS.get(name, 0.0) * value for name, value in features(found).items())
    return 1.0 / (1.0 + math.exp(-total))


def features(found: Ahead) -> dict[str, float]:
    """What speaks for and against a commitment, each 0 or 1."""
    text, cue, mention = found.text, found.cue, found.mention
    is_before = cue.end() <= mention.start
    between = text[cue.end() : mention.start] if is_before else text[mention.end : cue.start()]
    led = text[: mention.start]
    verb = _VERB.match(text, cue.end())
    base = verb["verb"] if verb else ""
    is_to_be = text.startswith("be ", cue.end())
    before = text[: cue.start()] if is_before else text[mention.end : cue.start()]
    rest = f"{text[: mention.start]} {text[mention.end :]}"
    marks = {
        "always": True,
        "has a name": any(map(_is_name, _CAPITAL.findall(rest))),
        "has a name for a subject": any(map(_is_name, _CAPITAL.findall(before))),
        "has a figure": bool(re.search(r"\d", rest)),
        "is in a relative clause": bool(_RELATIVE.search(before)),
        "verb is an act": base in _ACTS,
        "verb is vague": base in _VAGUE,
        "verb is passive": is_to_be and base.endswith(("ed", "en", "de")),
        "verb is to be": is_to_be and not base.endswith(("ed", "en", "de")),
        "date is led": is_led(text, mention),
        "date in another clause": bool(_BREAK.search(between)),
        "date before the verb": not is_before,
        "date far into the sentence, before the verb": not is_before and mention.start > _FAR,
        "date names an end or a start": bool(_CLOSE.search(led)),
        "date belongs to a noun": bool(_NOUN.match(text, mention.end)),
        "date is a day": mention.precision is Precision.DAY,
    }
    marks |= {f"is {word.value}": word is found.likelihood for word in CUES}
    marks |= {f"has {name}": bool(mark.search(text)) for name, mark in (_NOT_SURE | _HAS).items()}
    return {name: float(value) for name, value in marks.items()}


def is_led(text: str, mention: DateMention) -> bool:
    """Whether a date says when something is to be: "in 2026", "next month", and not "the 2026
    budget".
    """
    dated = text[mention.start : mention.end].lower()
    return bool(_LED.search(text[: mention.start])) or dated.startswith(
        ("next ", "this ", "tomorrow")
    )


def last_day(text: str, mention: DateMention) -> date:
    """The last day that a date can mean: "early 2026" is over by the end of June in every
    reading.
    """
    day, led = mention.day, text[: mention.start]
    match mention.precision:
        case Precision.DAY:
            return day
        case Precision.MONTH:
            return day.replace(day=calendar.monthrange(day.year, day.month)[1])
        case Precision.YEAR:
            parts = (part for part, words in _LAST_DAYS.items() if words.search(led))
            part = next(parts, (12, 31))
            return date(day.year, *part)


def _is_name(word: str) -> bool:
    return bool(content_words(word))


def _nearest(text: str, mention: DateMention) -> re.Match[str] | None:
    """The last verb before a date, a forecast before any other; else the first one behind it."""
    cues = list(_CUE.finditer(text))
    before = [cue for cue in cues if cue.end() <= mention.start]
    forecast = [cue for cue in before if likelihood_of(cue) is Likelihood.FORECAST]
    behind = [cue for cue in cues if cue.start() >= mention.end]
    return next(iter((*forecast[-1:], *before[-1:], *behind[:1])), None)


def implications(
    found: Sequence[QuotableSentence], story: Story, quote_words: int
) -> tuple[Implication, ...]:
    """The implications that the sources of a story state, in the order of trust and of reading, at
    most two.

    What was due before we learnt of the story is history.
    """
    titles = stems(" ".join(member.article.title for member in story.members))
    stated = (
        Implication(claim=claim, horizon=plan.horizon, likelihood=plan.likelihood, sign=claim.text)
        for claim, plan in _plans(found, quote_words)
        if plan.horizon > story.first_seen.date() and stems(claim.text) & titles
    )
    return tuple(islice(unlike(stated, (), lambda each: each.claim.text, _ALIKE), _MOST))


def plan_of(candidate: QuotableSentence, claim: Claim) -> Ahead | None:
    """What a sentence of a dated report looks ahead to, whether or not the source commits itself to
    it.
    """
    article = candidate.member.article
    is_dated = article.published.origin is not DateOrigin.FIRST_SEEN
    if candidate.member.lane is Lane.PAPER or not is_dated:
        return None
    return ahead(claim.citations[0].quote, report_day(article.published.at))


def _plans(found: Sequence[QuotableSentence], quote_words: int) -> Iterator[tuple[Claim, Ahead]]:
    for candidate in found:
        claim = extracted_claim(candidate, quote_words)
        plan = plan_of(candidate, claim) if claim else None
        if claim and plan and commits(plan) >= LEAST:
            yield claim, plan
