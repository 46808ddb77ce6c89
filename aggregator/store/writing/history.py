"""The histories of stories: what each report of an article added, changed or withdrew; and the
versions of the articles they are made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from aggregator.domain.article import Passage, Read
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.story import HistoryEntry
from aggregator.store.rows import among, drop, record_of, row_of
from aggregator.store.schema import articles, facts, passages, runs, versions


@frozen
class StoredVersion:
    """One version of an article with its passages.

    `learnt` is the beginning of the run that read it. What we read in full only later was published
    with the excerpt.
    """

    article_id: str
    version: int
    learnt: datetime
    passages: tuple[Passage, ...]


def reported_again(connection: Connection, story_ids: Sequence[str]) -> tuple[str, ...]:
    """Those of the stories with more than one report: several articles, or several versions of
    one.
    """
    joined = select(articles.story_id).join(versions, versions.article_id == articles.id)
    several = joined.group_by(articles.story_id).having(func.count() > 1)
    ordered = several.order_by(articles.story_id)
    return tuple(found for (found,) in among(connection, ordered, articles.story_id, story_ids))


def versions_of(connection: Connection, story_id: str) -> tuple[StoredVersion, ...]:
    """Every version of every article of a story, oldest first, with when we learnt of it."""
    joined = (
        select(versions)
        .join(articles, articles.id == versions.article_id)
        .where(articles.story_id == story_id)
    )
    rows = connection.execute(
        joined.order_by(versions.extracted, versions.article_id, versions.version)
    ).fetchall()
    texts: dict[tuple[str, int], list[Passage]] = {
        (row.article_id, row.version): [] for row in rows
    }
    of_story = (
        select(passages)
        .join(articles, articles.id == passages.article_id)
        .where(articles.story_id == story_id)
    )
    for row in connection.execute(
        of_story.order_by(passages.article_id, passages.version, passages.n)
    ):
        passage = record_of(Passage, row)
        texts[row.article_id, row.version].append(passage)
    learnt: dict[str, datetime] = {}
    is_whole: set[str] = set()
    found = []
    for row in rows:
        if row.article_id in is_whole or row.article_id not in learnt:
            learnt[row.article_id] = _run_of(connection, row.extracted)
        if row.read == Read.FULL:
            is_whole.add(row.article_id)
        several = tuple(texts[row.article_id, row.version])
        found.append(record_of(StoredVersion, row, learnt=learnt[row.article_id], passages=several))
    return tuple(found)


def save_history(connection: Connection, story_id: str, entries: Sequence[HistoryEntry]) -> None:
    """Replaces the history of a story."""
    drop(connection, facts.story_id, [story_id])
    if entries:
        connection.execute(
            insert(facts), [row_of(fact, facts, story_id=story_id) for fact in entries]
        )


def history_of(
    connection: Connection, story_ids: Sequence[str]
) -> dict[str, tuple[HistoryEntry, ...]]:
    """The histories of these stories, in the order in which we learnt of the entries; stories
    without one are left out.
    """
    ordered = select(facts).order_by(facts.story_id, facts.n)
    rows = among(connection, ordered, facts.story_id, story_ids)
    return grouped((row.story_id, record_of(HistoryEntry, row)) for row in rows)


def newest(connection: Connection) -> dict[str, datetime]:
    """When we learnt the newest entry of each story that has a history."""
    return {
        row[0]: row[1]
        for row in connection.execute(
            select(facts.story_id, func.max(facts.at)).group_by(facts.story_id)
        )
    }


def _run_of(connection: Connection, moment: datetime) -> datetime:
    """The beginning of the run under way at a moment: all that one run reads is learnt at once."""
    began: datetime | None = connection.scalar(
        select(func.max(runs.started)).where(runs.started <= moment)
    )
    return began or moment
