"""False claims made of true ones: sentences of the stories of `evaluation.toml` in which a figure,
a date, a name or a version is swapped for one that stands nowhere in the story.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.frozen import frozen
from aggregator.english.vocabulary import MONTHS
from aggregator.plugins.evaluation.gold import Case
from aggregator.verify.anchors.index import StoryIndex, report_of, story_index
from aggregator.verify.names import name_spans
from aggregator.verify.versions import version_spans
from aggregator.verify.wording import casing_of

Span = tuple[int, int]
MOST_ALIKE = 2  # swaps of one kind in one sentence
_MONTHS = sorted(MONTHS)
_COUNTS = "two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = re.compile(
    rf"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])|\b(?:{'|'.join(_COUNTS)})\b", re.IGNORECASE
)
_EVERYWHERE = frozenset({"ai", "us"})  # names that any story may use
_ANY_DAY = date(2026, 5, 12)


@frozen
class Swapped:
    """A false claim on a story, and which kind of value was swapped."""

    story: StoryIndex
    text: str
    kind: str


def evaluation_stories(cases: Sequence[Case]) -> tuple[StoryIndex, ...]:
    """The stories of the evaluation, each with the casing of all as its archive."""
    reports = [[report_of(member) for member in case.story.members] for case in cases]
    archive = casing_of(text for story in reports for report in story for text in report.paragraphs)
    return tuple(story_index(report, archive=archive) for report in reports)


def swapped(stories: Sequence[StoryIndex]) -> Iterator[Swapped]:
    """All swaps that the sentences of the stories have room for, in order."""
    for number, story in enumerate(stories):
        for line in story.lines:
            yield from swaps_of(line.text, story, stories[number - 1])


def swaps_of(text: str, story: StoryIndex, stranger: StoryIndex) -> Iterator[Swapped]:
    """The swaps that one true claim on a story has room for; names come from another story."""
    for kind, (spans, others) in _SWAPS.items():
        texts = (
            text[:start] + other + text[end:]
            for start, end in spans(text)
            for other in islice(_strangers(text[start:end], story, stranger, others), 1)
        )
        for found in islice(texts, MOST_ALIKE):
            yield Swapped(story=story, text=found, kind=kind)


def _strangers(
    words: str,
    story: StoryIndex,
    stranger: StoryIndex,
    others: Callable[[str, StoryIndex], Iterator[str]],
) -> Iterator[str]:
    """What could stand in the place of some words and stands nowhere in the story."""
    return (other for other in others(words, stranger) if other != words and not _has(story, other))


def _has(story: StoryIndex, words: str) -> bool:
    pattern = re.compile(rf"(?<![\w.,]){re.escape(words)}(?!\w|[.,]\d)", re.IGNORECASE)
    return any(pattern.search(text) for text in story.texts)


def _dates(text: str) -> list[Span]:
    """Days and months with a month's name: weekdays and years stand nearly everywhere."""
    spans = [(mention.start, mention.end) for mention in date_mentions(text, _ANY_DAY)]
    return [span for span in spans if _month(text[slice(*span)])]


def _month(words: str) -> str:
    return next((month for month in _MONTHS if month in words), "")


def _other_dates(words: str, stranger: StoryIndex) -> Iterator[str]:
    month = _month(words)
    place = _MONTHS.index(month)
    return (words.replace(month, other) for other in (*_MONTHS[place + 1 :], *_MONTHS[:place]))


def _figures(text: str) -> list[Span]:
    taken = [
        *version_spans(text),
        *((mention.start, mention.end) for mention in date_mentions(text, _ANY_DAY)),
    ]
    return [
        match.span()
        for match in _NUMBER.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    ]


def _other_figures(words: str, stranger: StoryIndex) -> Iterator[str]:
    if words.lower() in _COUNTS:
        place = _COUNTS.index(words.lower())
        others = (*_COUNTS[place + 3 :], *_COUNTS[:place])
        return (other.capitalize() if words[0].isupper() else other for other in others)
    return (
        words[0] + str((int(digit) + shift) % 10) + words[2:]
        for shift in (3, 4, 6, 7)
        for digit in words[1:2] or "0"
        if digit.isdigit()
    )


def _names(text: str) -> list[Span]:
    """The names inside a sentence: a first word may be no name."""
    return [span for span in name_spans(text) if span[0]]


def _other_names(words: str, stranger: StoryIndex) -> Iterator[str]:
    count = words.count(" ")
    return (
        name
        for line in stranger.lines
        for start, end in name_spans(line.text)
        if start
        and (name := line.text[start:end]).count(" ") == count
        and not date_mentions(f"in {name}", _ANY_DAY)
        and not date_mentions(name, _ANY_DAY)
        and name.lower() not in _EVERYWHERE
    )


def _other_versions(words: str, stranger: StoryIndex) -> Iterator[str]:
    last = re.search(r"\d+(?=\D*$)", words)
    if last:
        for step in (3, 5, 2):
            yield words[: last.start()] + str(int(last[0]) + step) + words[last.end() :]


_SWAPS: dict[
    str, tuple[Callable[[str], Sequence[Span]], Callable[[str, StoryIndex], Iterator[str]]]
] = {
    "figure": (_figures, _other_figures),
    "date": (_dates, _other_dates),
    "name": (_names, _other_names),
    "version": (version_spans, _other_versions),
}
