"""The timeline of a story: the dated facts of its own articles, the event itself always among
them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from aggregator.domain.claim import Claim, TimelineRow
from aggregator.domain.date_mentions import date_mentions, names_other_year
from aggregator.domain.dates import DateMention, Precision, floor_day, report_day
from aggregator.domain.entry import DateOrigin
from aggregator.domain.story import Story, by_article, without_copies
from aggregator.english.lexical import PAST_FORMS, stems
from aggregator.english.speech_acts import QUOTED
from aggregator.extract.quotable_sentences import QuotableSentence, extracted_claim

_MOST_ROWS = 12
_LEAD_SENTENCES = 6  # the day of the event stands early; later dates are background
# words of the headlines that a sentence has in common with them, to tell the day of what they are
# about
_SAME_EVENT = 2
# days before its report within which an event took place, as far as a stated day can be it
_EVENT_DAYS = 10
_FUTURE = re.compile(
    r"\b(?:will|plans?|planned|schedul\w+|set"
    r" to|expect\w+|due|begins?|starts?|launches|opens?|takes? (?:place|effect)|"
    r"until|deadline|upcoming|next|to be|aims?|targets?|slated|tomorrow|summoned|invited)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_FIGURE = r"[$€£₹]?\d\S*\s(?:\w+\s)?"
_WITHIN = r"(?:(?:late|early|mid|in|on|the|same|quarter|period|time|month)[\s-])*$"
_SINCE = re.compile(rf"\b(?:since|than|before|unlike)\s{_WITHIN}", re.IGNORECASE)
# "from 2004 to 2017"; a paper "from November" is of then
_FROM = re.compile(rf"\b(?:from|over|after)\s{_WITHIN}", re.IGNORECASE)
# "down from 73% in 2023", "compared with ₹13,286 crore in the same quarter last year"
_COMPARED = re.compile(
    rf"\b(?:from\s{_FIGURE}|as (?:\w+ as )?in\s"
    rf"|(?:compared (?:with|to)|versus)\s(?:{_FIGURE})?){_WITHIN}",
    re.IGNORECASE,
)
# "Auk 4 replaces Auk 3, which came in 2025" is not what happened in 2025
_RELATIVE_CLAUSE = re.compile(r",? \b(?:which|who|whose|whom|where)\b")
_RELATIVE_TIME = re.compile(r"\b(?:ago|last|past|this|next|yesterday|tomorrow)\b", re.IGNORECASE)
_TODAY = re.compile(r"\btoday\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"^\w+day\b")
_PAST = re.compile(rf"\b(?:{PAST_FORMS}|\w{{2,}}ed)\b")
_OLDEST_YEAR = 1950  # "in 1906" is history, not a step of this story


@dataclass(frozen=True, slots=True)
class _DatedClaim:
    candidate: QuotableSentence
    mention: DateMention
    claim: Claim


def timeline(
    story: Story, found: Sequence[QuotableSentence], first: Claim, quote_words: int
) -> tuple[TimelineRow, ...]:
    """The dated rows, oldest first. Dates that only say when a report appeared are no rows of their
    own.

    The event's day is the one that a lead states within ten days before the report; where none
    does, the day the first report appeared, with its headline, `first`, as the claim.
    """
    last_report = story.updated.date()
    dated = tuple(_dated(found, quote_words))
    event = _event_row(story, dated, first)
    rows = {(event.day, event.precision): event}
    for dated_claim in _first_dates(dated):
        row = _row(dated_claim, last_report)
        is_report = dated_claim.mention.day == report_day(
            dated_claim.candidate.member.article.published.at
        )  # "today, …" says nothing of the past
        candidate = dated_claim.candidate
        if (
            not is_report
            and not candidate.is_publishers_voice
            and is_dated_by(candidate.sentence, dated_claim.mention)
            and not _is_within_event(row, event)
        ):
            rows.setdefault((row.day, row.precision), row)
    return _bounded(sorted(rows.values(), key=lambda row: (row.day, row.precision, row.claim.text)))


def is_dated_by(sentence: str, mention: DateMention) -> bool:
    """Whether a sentence says under this date what happened then: not of another clause, nor
    counted from a day that the reader of a row is not told.
    """
    return not (
        _RELATIVE_TIME.search(sentence[mention.start : mention.end])
        or _RELATIVE_CLAUSE.search(sentence[: mention.start])
        or _is_measure(sentence, mention)
    )


def _dated(found: Sequence[QuotableSentence], quote_words: int) -> Iterator[_DatedClaim]:
    """Every candidate with a date that survives trimming, in order of trust and reading."""
    for candidate in found:
        published = report_day(candidate.member.article.published.at)
        mentions = date_mentions(candidate.sentence, published)
        claim = (
            extracted_claim(candidate, quote_words) if mentions and not candidate.is_bare else None
        )
        if claim is None:
            continue
        quoted = len(claim.citations[0].quote)
        for mention in _stated_dates(candidate.sentence, mentions, published):
            if (
                mention.end <= quoted
                and mention.day.year >= _OLDEST_YEAR
                and _is_sure(candidate, mention, published)
            ):
                yield _DatedClaim(candidate, mention, claim)


def _first_dates(dated: Sequence[_DatedClaim]) -> Iterator[_DatedClaim]:
    """One date a sentence, its first: "in 2017 he named 2024" is about 2017."""
    seen: set[int] = set()
    for dated_claim in dated:
        if id(dated_claim.candidate) not in seen:
            seen.add(id(dated_claim.candidate))
            yield dated_claim


def _is_sure(candidate: QuotableSentence, mention: DateMention, published: date) -> bool:
    """Refuses a date whose year we had to supply where the sentence names another year, looks back
    at a future day, or stands in an article of which nobody says when it appeared.
    """
    sentence = candidate.sentence
    if _YEAR.search(sentence[mention.start : mention.end]):
        return True
    is_dated = candidate.member.article.published.origin is not DateOrigin.FIRST_SEEN
    return (
        is_dated
        and not names_other_year(sentence, mention)
        and (
            mention.day <= published
            or bool(_FUTURE.search(sentence))
            or sentence[: mention.start].endswith("by ")
        )
    )


def _stated_dates(
    sentence: str, mentions: Sequence[DateMention], published: date
) -> Iterator[DateMention]:
    """The dates of a sentence's own events, not of what they are compared with.

    "On January 7 Google passed Apple for the first time since 2019" states no year gone by,
    whatever January 7 is.
    """
    is_doubted = False
    for mention in mentions:
        if _is_spoken(sentence, mention):
            continue
        is_past = mention.day.year <= published.year
        if not is_past or not (is_doubted or _is_measure(sentence, mention)):
            yield mention
        is_doubted = (
            is_doubted or _is_measure(sentence, mention) or names_other_year(sentence, mention)
        )


def _is_spoken(sentence: str, mention: DateMention) -> bool:
    """Whether somebody who is quoted says it without a figure: "yesterday" is the day before the
    speech.
    """
    is_quoted = any(
        match.start() < mention.start and mention.end < match.end()
        for match in QUOTED.finditer(sentence)
    )
    return is_quoted and not any(map(str.isdigit, sentence[mention.start : mention.end]))


def _is_measure(sentence: str, mention: DateMention) -> bool:
    """Whether it only says since when, or what is compared, or what an event of today looks back
    at.
    """
    before = sentence[: mention.start]
    match mention.precision:
        case Precision.DAY:
            # rules that "have applied since 2 August 2025" began on that day; "since Tuesday", no
            is_named = any(map(str.isdigit, sentence[mention.start : mention.end]))
            return bool(_COMPARED.search(before) or (not is_named and _SINCE.search(before)))
        case Precision.MONTH:
            return bool(_SINCE.search(before) or _COMPARED.search(before))
        case Precision.YEAR:
            is_set_against = (
                _SINCE.search(before) or _COMPARED.search(before) or _FROM.search(before)
            )
            return bool(is_set_against or _TODAY.search(before))


def _event_row(story: Story, dated: Sequence[_DatedClaim], first: Claim) -> TimelineRow:
    named = _named(story)
    stated = [
        dated_claim
        for dated_claim in dated
        if _may_be_event(dated_claim)
        and len(named & stems(dated_claim.claim.text)) >= min(_SAME_EVENT, len(named))
    ]
    if stated:
        return replace(_row(stated[0], story.updated.date()), this_event=True, planned=False)
    cited = by_article(story.members)[first.citations[0].article_id]
    day = report_day(cited.article.published.at)
    return TimelineRow(
        day=day, precision=Precision.DAY, planned=False, this_event=True, claim=first
    )


def _named(story: Story) -> frozenset[str]:
    """What the headlines of the originals are about: stems that half of them have, all those of one
    headline alone.
    """
    titles = [stems(member.article.title) for member in without_copies(story.members)]
    counts = Counter(word for title in titles for word in title)
    return frozenset(word for word, count in counts.items() if 2 * count >= len(titles))


def _may_be_event(dated: _DatedClaim) -> bool:
    reported = report_day(dated.candidate.member.article.published.at)
    sentence, mention = dated.candidate.sentence, dated.mention
    if _WEEKDAY.search(sentence[mention.start : mention.end]) and not _PAST.search(sentence):
        return False  # "On Wednesday, as he prepares …" may be the one to come
    return (
        dated.mention.precision is Precision.DAY
        and dated.candidate.position < _LEAD_SENTENCES
        and timedelta(0) <= reported - dated.mention.day <= timedelta(days=_EVENT_DAYS)
    )


def _row(dated: _DatedClaim, last_report: date) -> TimelineRow:
    planned = dated.mention.day > last_report and dated.mention.precision is Precision.DAY
    planned = planned or _starts_after(dated.mention, last_report)
    return TimelineRow(
        day=dated.mention.day,
        precision=dated.mention.precision,
        planned=planned,
        this_event=False,
        claim=dated.claim,
    )


def _starts_after(mention: DateMention, last_report: date) -> bool:
    """Whether a month or year lies wholly in the future: "in 2026" said in July 2026 does not."""
    if mention.precision is Precision.MONTH:
        return (mention.day.year, mention.day.month) > (last_report.year, last_report.month)
    return mention.precision is Precision.YEAR and mention.day.year > last_report.year


def _is_within_event(row: TimelineRow, event: TimelineRow) -> bool:
    """Whether a vaguer date only repeats the event's: its own month or year."""
    own, of_event = (floor_day(day, row.precision) for day in (row.day, event.day))
    return row.precision is not Precision.DAY and own == of_event


def _bounded(rows: Sequence[TimelineRow]) -> tuple[TimelineRow, ...]:
    """At most twelve rows, the ones nearest to the event; the event among them."""
    at = next(index for index, row in enumerate(rows) if row.this_event)
    first = max(0, min(at - _MOST_ROWS + 4, len(rows) - _MOST_ROWS))
    return tuple(rows[first : first + _MOST_ROWS])
