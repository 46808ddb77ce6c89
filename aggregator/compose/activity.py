"""How many stories a listing had in each week: a small chart drawn at build, and the same in words and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from aggregator.compose.lines import StoryLine
from aggregator.domain.dates import local_day
from aggregator.words import ENGLISH_WORDS, Words

WEEKS = 13  # a quarter
_FEWEST = 5  # stories; of fewer, a chart tells nothing that the list does not
_HEIGHT, _TOP = 56, 14  # of the tallest bar, and of the figures above it, in units of the drawing
_STEP, _WIDTH = 20, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBar:
    """A week of the chart: its days in words, its number, and where its bar stands in the drawing."""

    week: str
    stories: int
    x: int
    y: int
    height: int
    middle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """The weeks up to the newest that has a story, oldest first; `words` says what the drawing shows."""

    bars: tuple[WeekBar, ...]
    words: str
    first: str
    last: str
    width: int


def activity(lines: Iterable[StoryLine], zone: tzinfo, words: Words = ENGLISH_WORDS) -> Activity | None:
    """The chart of a listing's stories; None where it would hold fewer than five, or a single week."""
    days = [local_day(line.published, zone) for line in lines]
    mondays = Counter(day - timedelta(days=day.weekday()) for day in days)
    if not mondays:
        return None
    newest = max(mondays)
    shown = [newest - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    shown = shown[next(place for place, monday in enumerate(shown) if mondays[monday]) :]
    numbers = [mondays[monday] for monday in shown]
    if len(shown) == 1 or sum(numbers) < _FEWEST:
        return None
    names = [words.week("{}-W{:02}".format(*monday.isocalendar())) for monday in shown]
    most = max(numbers)
    return Activity(
        bars=tuple(_bar(place, name, number, most) for place, (name, number) in enumerate(zip(names, numbers, strict=True))),
        words=words(
            "%(stories)s in %(weeks)s weeks; the most, %(most)s, from %(week)s.",
            stories=words.counted(sum(numbers), "%s story", "%s stories"),
            weeks=len(numbers),
            most=words.number(most),
            week=names[numbers.index(most)],
        ),
        first=words.day_of_year(shown[0]),
        last=words.day_of_year(newest + timedelta(days=6)),
        width=(len(shown) - 1) * _STEP + _WIDTH,
    )


def _bar(place: int, week: str, number: int, most: int) -> WeekBar:
    height = max(round(_HEIGHT * number / most), 2 if number else 0)
    x = place * _STEP
    return WeekBar(week=week, stories=number, x=x, y=_TOP + _HEIGHT - height, height=height, middle=x + _WIDTH // 2)
