"""How prominent the subjects of a story are: how often they were the subject of widely covered
stories before its own week, and at the start of an archive how often the registry says they were.

A story is measured by the weeks before its own, so that what comes later changes no old page, and
the order in which articles arrive changes nothing. In whole doublings, since a count that grows by
one should not write pages again.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import log2

REACH = timedelta(days=180)  # older coverage has faded
WIDE = 2  # independent origins of a widely covered story
MOST = 6  # doublings: about sixty stories in half a year


class Prominence:
    """The coverage of each entity by time; `seeds` are the stories that the registry counts."""

    def __init__(self, seeds: Mapping[str, int]) -> None:
        self._seeds = seeds
        self._covered: defaultdict[str, list[datetime]] = defaultdict(list)

    def add(self, subjects: Iterable[str], published: datetime, origins: int) -> None:
        """Counts a story if it was widely covered."""
        if origins >= WIDE:
            for key in subjects:
                insort(self._covered[key], published)

    def best(self, subjects: Iterable[str], published: datetime) -> tuple[int, str]:
        """The highest level among the subjects of a story, and whose it is; 0 and nobody for a
        story without one.
        """
        before = week_start(published)
        levels = [(self._level(key, before), key) for key in subjects]
        return min(levels, key=lambda pair: (-pair[0], pair[1]), default=(0, ""))

    def _level(self, key: str, before: datetime) -> int:
        covered = self._covered.get(key, [])
        count = bisect_left(covered, before) - bisect_left(covered, before - REACH)
        return min(MOST, int(log2(1 + count + self._seed(key))))

    def _seed(self, key: str) -> int:
        """A version of a model has the seed of its line: `gpt-5.1` that of `gpt`."""
        while key not in self._seeds and "-" in key:
            key = key.rpartition("-")[0]
        return self._seeds.get(key, 0)


def week_start(moment: datetime) -> datetime:
    """The beginning of a moment's ISO week, in UTC."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
