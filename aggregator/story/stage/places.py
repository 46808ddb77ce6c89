"""Which stories a model writes on a day: the most important ones in depth, the next in brief.

Stories are ranked by importance over the last week, not over what waits: so a quiet morning leaves
the places of the day to what the day brings, and what was important all week is written once. A
story takes one place a day however often it is written, and keeps the deeper of two pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Protocol

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.rules import Depth
from aggregator.services import Services
from aggregator.store.database import Connection, Database
from aggregator.store.news import stories
from aggregator.store.writing import models
from aggregator.store.writing.analyses import AnalysisOrigin

DAYS = 7  # an edition's: what had its last news before comes after all that did not


class Places(Protocol):
    """Who says how deep a model may write a story."""

    def take(self, story_id: str, before: Depth | None) -> Depth | None:
        """The depth in which a story may be written now, `before` being that of its page; None if
        not at all.
        """
        ...

    def give_back(self, story_id: str) -> None:
        """Frees the place of a story that could not be written."""
        ...

    def open_count(self, waiting: Collection[str]) -> int:
        """How many of the stories that wait could be written yet."""
        ...


class EveryPlace:
    """Places without limit for what a model wrote before, as deep as then; `others` says it of the
    rest, which is written in depth where there are none.
    """

    def __init__(self, others: Places | None = None) -> None:
        self._others = others

    def take(self, story_id: str, before: Depth | None) -> Depth | None:
        """As deep as before, else as the others say."""
        if before or self._others is None:
            return before or Depth.IN_DEPTH
        return self._others.take(story_id, before)

    def give_back(self, story_id: str) -> None:
        """Frees the place of a story, if it took one."""
        if self._others:
            self._others.give_back(story_id)

    def open_count(self, waiting: Collection[str]) -> int:
        """All of them."""
        return len(waiting)


@frozen
class DailyPlaces:
    """The places of a local day. `ranked` are the stories that may take one, the most important
    first, each with the greatest depth that it may have.
    """

    database: Database
    day: date
    most: Mapping[Depth, int]
    ranked: Mapping[str, Depth]

    def open_to(
        self, held: Mapping[str, Depth], story_id: str, before: Depth | None
    ) -> Depth | None:
        """The depth in which a story may be written where these places are held; never a shallower
        one than it had.
        """
        greatest = self.ranked.get(story_id)
        taken = Counter(held.values())
        for depth in Depth:
            is_too_deep = greatest is not Depth.IN_DEPTH and depth is Depth.IN_DEPTH
            is_open = held.get(story_id) is depth or taken[depth] < self.most[depth]
            if greatest and is_open and not is_too_deep:
                return None if before is Depth.IN_DEPTH and depth is not before else depth
        return None

    def take(self, story_id: str, before: Depth | None) -> Depth | None:
        """The depth in which a story is written now; the place is taken before anything is
        asked.
        """
        with self.database.writing() as connection:
            held = models.places_held(connection, self.day)
            depth = self.open_to(held, story_id, before)
            if depth:
                models.take_place(connection, self.day, story_id, depth)
        return depth

    def give_back(self, story_id: str) -> None:
        """Frees the place of a story that could not be written."""
        with self.database.writing() as connection:
            models.give_back(connection, self.day, story_id)

    def open_count(self, waiting: Collection[str]) -> int:
        """How many of the stories that wait have a place, or find one yet."""
        with self.database.reading() as connection:
            held = models.places_held(connection, self.day)
        taken = Counter(held.values())
        free = sum(max(0, most - taken[depth]) for depth, most in self.most.items())
        others = sum(story_id in self.ranked and story_id not in held for story_id in waiting)
        return len(held.keys() & waiting) + min(free, others)


def daily_places(connection: Connection, services: Services) -> DailyPlaces:
    """The places of the day of a run."""
    now, settings = services.clock.now(), services.settings.analysis
    in_depth, in_brief = DAYS * settings.in_depth, DAYS * settings.in_brief
    ids = stories.most_important(connection, now - timedelta(days=DAYS), in_depth + in_brief)
    return DailyPlaces(
        database=services.database,
        day=now.astimezone(services.settings.site.zone).date(),
        most={Depth.IN_DEPTH: settings.in_depth, Depth.IN_BRIEF: settings.in_brief},
        ranked={
            story_id: Depth.IN_DEPTH if rank < in_depth else Depth.IN_BRIEF
            for rank, story_id in enumerate(ids)
        },
    )


def depth_of(before: AnalysisOrigin | None) -> Depth | None:
    """How deep a model, this one or another, wrote the page that a story has; None if rules did."""
    if before is None or before.model is None:
        return None
    return Depth.IN_BRIEF if before.rules.endswith(f" {Depth.IN_BRIEF}") else Depth.IN_DEPTH
