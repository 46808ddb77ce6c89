"""Dates of a claim that the story does not have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from aggregator.domain.dates import DateMention, Precision, date_mentions, floor_day
from aggregator.verify.anchors.index import StoryIndex


def missing_dates(text: str, story: StoryIndex) -> tuple[str, ...]:
    """The dates of a claim, read as of the day of any report, that no report states and on which
    none appeared.
    """
    readings = dated(text, story)
    return tuple(
        text[start:end]
        for (start, end), mentions in readings.items()
        if not any(_stands(mention, text[start:end], story) for mention in mentions)
    )


def dated(text: str, story: StoryIndex) -> dict[tuple[int, int], tuple[DateMention, ...]]:
    """Where dates stand in a text, each with what it means as of the days of the reports."""
    found: dict[tuple[int, int], tuple[DateMention, ...]] = {}
    for day in story.days:
        for mention in date_mentions(text, day):
            place = (mention.start, mention.end)
            found[place] = (*found.get(place, ()), mention)
    return found


def _stands(claimed: DateMention, words: str, story: StoryIndex) -> bool:
    return (
        any(mention.states(claimed.day, claimed.precision) for mention in _mentions(story))
        or any(
            floor_day(day, claimed.precision) == floor_day(claimed.day, claimed.precision)
            for day in story.days
        )
        or any(_bounds(mention, claimed) for mention in _mentions(story))
        or any(
            line.text[mention.start : mention.end].lower() == words.lower()
            for line in story.lines
            for mention in line.dates
        )
        or (claimed.precision is Precision.YEAR and claimed.day.year in story.units)
    )


def _mentions(story: StoryIndex) -> Iterator[DateMention]:
    return (mention for line in story.lines for mention in line.dates)


def _bounds(stated: DateMention, claimed: DateMention) -> bool:
    """Whether a claimed day begins or ends a stated month or year: 1 January of "from 2027"."""
    if claimed.precision is not Precision.DAY or stated.precision is Precision.DAY:
        return False
    after = floor_day(claimed.day + timedelta(days=1), stated.precision)
    return stated.day == claimed.day or (
        after == claimed.day + timedelta(days=1)
        and stated.day == floor_day(claimed.day, stated.precision)
    )
