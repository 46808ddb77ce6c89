"""The outlines of stories as they are kept: one line of JSON each, read all at once whenever
anything changed.
"""

from __future__ import annotations

import json
from base64 import b85decode, b85encode
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from aggregator.domain.dates import Precision
from aggregator.domain.outline import Outline, OutlineDate
from aggregator.domain.source import Lane
from aggregator.domain.story import Entity, EntityKind
from aggregator.store.schema import lines

_STREAMED = {"yield_per": 1000}


def outlines(connection: Connection) -> Iterator[Outline]:
    """The outlines of all published stories, by id."""
    shared = _SharedValues()
    chosen = select(lines.story_id, lines.outline).order_by(lines.story_id)
    for row in connection.execute(chosen, execution_options=_STREAMED):
        yield _outline(row.story_id, json.loads(row.outline), shared)


def outline_text(outline: Outline) -> str:
    """An outline as it is kept: equal outlines give equal text."""
    kept = [
        outline.slug,
        outline.published.isoformat(),
        outline.first_seen.isoformat(),
        outline.lane,
        outline.affairs,
        outline.independent_origins,
        outline.topics,
        [[entity.key, entity.name, entity.kind] for entity in outline.entities],
        outline.subjects,
        [
            [
                row.day.isoformat(),
                row.precision,
                row.this_event,
                b85encode(row.words).decode("ascii"),
            ]
            for row in outline.dates
        ],
        outline.names,
    ]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


class _SharedValues:
    """What many outlines have in common, each once in memory."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._days: dict[str, date] = {}
        self._entities: dict[tuple[str, ...], Entity] = {}

    def names(self, several: Iterable[str] = ()) -> tuple[str, ...]:
        return tuple(self._names.setdefault(name, name) for name in several)

    def day(self, kept: str) -> date:
        return self._days.setdefault(kept, date.fromisoformat(kept))

    def entity(self, kept: list[str]) -> Entity:
        key, name, kind = kept
        found = self._entities.get((key, name, kind))
        if found is None:
            found = self._entities[key, name, kind] = Entity(
                key=key, name=name, kind=EntityKind(kind)
            )
        return found


def _outline(story_id: str, kept: list[Any], shared: _SharedValues) -> Outline:
    (
        slug,
        published,
        first_seen,
        lane,
        affairs,
        origins,
        topics,
        entities,
        subjects,
        dates,
        *added,
    ) = kept
    return Outline(
        id=story_id,
        slug=slug,
        published=datetime.fromisoformat(published),
        first_seen=datetime.fromisoformat(first_seen),
        lane=Lane(lane),
        affairs=shared.names(affairs),
        independent_origins=origins,
        topics=shared.names(topics),
        entities=tuple(shared.entity(entity) for entity in entities),
        subjects=shared.names(subjects),
        dates=tuple(
            OutlineDate(
                day=shared.day(day),
                precision=Precision(precision),
                this_event=is_event,
                words=b85decode(words),
            )
            for day, precision, is_event, words in dates
        ),
        names=shared.names(*added),
    )
