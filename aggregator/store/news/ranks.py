"""The importance of stories, and which of them are to be ranked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, or_, select, update

from aggregator.domain.frozen import frozen
from aggregator.domain.story import RankReason, Reason, Signals
from aggregator.store.rows import batches, listed, record_of
from aggregator.store.schema import articles, stories


@frozen
class Covered:
    """What prominence needs to know of a story: who is in its headlines, how many sources
    reported it, and the level at which it is ranked.
    """

    id: str
    published: datetime
    subjects: tuple[str, ...]
    sources: int
    level: float


def unranked_stories(connection: Connection, digest: str) -> tuple[str, ...]:
    """The stories with articles that changed since they were ranked, or that other weights ranked;
    by id.
    """
    is_due = or_(stories.ranked.is_(None), stories.ranked != digest)
    has_articles = exists().where(articles.story_id == stories.id)
    chosen = select(stories.id).where(is_due, stories.merged_into.is_(None), has_articles)
    return tuple(connection.scalars(chosen.order_by(stories.id)))


def earliest(connection: Connection, story_ids: Sequence[str]) -> datetime | None:
    """When the oldest of these stories was published."""
    found = [
        connection.scalar(select(func.min(stories.published)).where(stories.id.in_(some)))
        for some in batches(story_ids)
    ]
    return min((moment for moment in found if moment), default=None)


def covered_since(connection: Connection, since: datetime) -> Iterator[Covered]:
    """The stories published since a moment, by id; the sources of copies are not counted."""
    origins = (
        select(articles.story_id, func.count(func.distinct(articles.source_key)).label("sources"))
        .where(articles.copy_of.is_(None))
        .group_by(articles.story_id)
        .subquery()
    )
    chosen = (
        select(stories.id, stories.published, stories.signals, stories.reasons, origins.c.sources)
        .join(origins, origins.c.story_id == stories.id)
        .where(stories.published >= since, stories.merged_into.is_(None))
        .order_by(stories.id)
    )
    for row in connection.execute(chosen):
        yield record_of(
            Covered,
            row,
            subjects=tuple(row.signals.get("subjects", ())),
            level=next((count for name, _, _, count in row.reasons if name == Reason.ACTOR), 0),
        )


@frozen
class Unranked:
    """A story to be ranked, without its articles."""

    id: str
    published: datetime
    signals: Signals


def to_rank(connection: Connection, story_ids: Collection[str]) -> tuple[Unranked, ...]:
    """These stories, by id."""
    chosen = select(stories.id, stories.published, stories.signals)
    return tuple(
        record_of(Unranked, row)
        for row in connection.execute(
            chosen.where(stories.id.in_(list(story_ids))).order_by(stories.id)
        )
    )


def save_ranks(
    connection: Connection,
    found: Mapping[str, tuple[float, float, tuple[RankReason, ...]]],
    *,
    digest: str,
) -> None:
    """Stores importance, score and reasons of stories, by their id."""
    rows = [
        {"story": story_id, "worth": importance, "hot": score, "why": listed(reasons), "by": digest}
        for story_id, (importance, score, reasons) in found.items()
    ]
    statement = update(stories).where(stories.id == bindparam("story"))
    connection.execute(
        statement.values(
            importance=bindparam("worth"),
            score=bindparam("hot"),
            reasons=bindparam("why"),
            ranked=bindparam("by"),
        ),
        rows,
    )
