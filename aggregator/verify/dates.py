"""Dates: every date of a claim, and the day of a timeline row, stands in what is cited.

A date of a passage is read as of the day that its article was published; `published` holds these
days by article.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from aggregator.domain.article import Passage
from aggregator.domain.claim import TimelineRow
from aggregator.domain.dates import DateMention, Precision, date_mentions, floor_day
from aggregator.verify.figures import stated_units


def missing_dates(
    text: str, cited: Sequence[Passage], published: Mapping[str, date]
) -> tuple[str, ...]:
    """The dates of a claim that no cited passage states, each read as of the day that passage was
    published.
    """
    stated: dict[tuple[int, int], bool] = {}
    for passage in cited:
        day = published[passage.article_id]
        for mention in _mentions(text, day):
            place = (mention.start, mention.end)
            stated[place] = stated.get(place, False) or _states(
                passage, day, mention, text[mention.start : mention.end]
            )
    return tuple(text[start:end] for (start, end), found in stated.items() if not found)


def is_undated(row: TimelineRow, cited: Sequence[Passage], published: Mapping[str, date]) -> bool:
    """Whether no cited passage states the row's day or appeared on it; the claim's own words count
    as the passage's.
    """
    return not any(
        floor_day(published[passage.article_id], row.precision) == floor_day(row.day, row.precision)
        or any(
            mention.states(row.day, row.precision)
            for text in (passage.text, row.claim.text)
            for mention in _mentions(text, published[passage.article_id])
        )
        for passage in cited
    )


def _states(passage: Passage, day: date, mention: DateMention, words: str) -> bool:
    """Whether a passage states a date: as a date, in the claim's own words, or as the bare year
    ("the 2026 budget").
    """
    return any(
        found.states(mention.day, mention.precision)
        or passage.text[found.start : found.end].lower() == words.lower()
        for found in _mentions(passage.text, day)
    ) or (
        mention.precision is Precision.YEAR
        and Decimal(mention.day.year) in stated_units(passage.text)
    )


@lru_cache(maxsize=512)
def _mentions(text: str, published: date) -> tuple[DateMention, ...]:
    return date_mentions(text, published)
