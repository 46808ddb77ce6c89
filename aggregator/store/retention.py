"""Forgets what nobody will ask for again: the bounds of how much is stored.

What a page shows stays: stories, claims, the passages they cite, editions, and what tells an entry
that was seen from a new one. So permalinks hold for ever, and a site can always be built again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from aggregator.domain.article import article_of
from aggregator.domain.entry import EntryState
from aggregator.store.rows import batches, drop
from aggregator.store.schema import (
    Rows,
    alerts,
    answers,
    articles,
    deliveries,
    editions,
    entries,
    facts,
    metadata,
    notifications,
    passages,
    predictions,
    robots,
    runs,
    sketches,
    stories,
    verdicts,
)


def forget_texts(connection: Connection, before: datetime) -> int:
    """Drops the text that nothing cites, of articles whose story had its last news before a moment;
    returns the passages.
    """
    old = connection.scalars(_old_articles(before)).all()
    cited_by_predictions = _passages_of_predictions(connection)
    key = (
        passages.article_id + "." + cast(passages.version, String) + "." + cast(passages.n, String)
    )
    is_told = exists().where(facts.article_id == passages.article_id, facts.passage == key)
    uncited = (passages.n > 0) & ~or_(*_cited()) & ~is_told
    count = 0
    for some in batches(old):
        drop(connection, sketches.article_id, some)
        kept = [passage for article_id in some for passage in cited_by_predictions[article_id]]
        gone = passages.article_id.in_(some) & uncited & key.not_in(kept)
        count += connection.execute(delete(passages).where(gone)).rowcount
    return count


def forget_entry_texts(connection: Connection, before: datetime) -> int:
    """Drops what entries said that were first seen before a moment; their digests stay, so that
    none counts as new.
    """
    waiting = (EntryState.PENDING, EntryState.HELD)
    has_text = (
        (entries.first_seen < before)
        & entries.state.not_in(waiting)
        & ((entries.summary != "") | (entries.content != ""))
    )
    return connection.execute(
        update(entries).where(has_text).values(summary="", content="")
    ).rowcount


def forget_answers(connection: Connection, before: datetime) -> int:
    """Forgets what models answered before a moment."""
    return _forgotten(connection, answers, answers.answered < before)


def forget_verdicts(connection: Connection, before: datetime) -> int:
    """Forgets what judges said before a moment."""
    return _forgotten(connection, verdicts, verdicts.judged < before)


def forget_runs(connection: Connection, before: datetime) -> int:
    """Forgets the runs before a moment, but the newest of each kind, the alerts that were over
    and the notifications that were settled by then.
    """
    newest = select(func.max(runs.started)).where(runs.report.is_not(None)).group_by(runs.kind)
    _forgotten(connection, alerts, alerts.ended < before)
    _forgotten(connection, notifications, notifications.changed < before)
    return _forgotten(connection, runs, (runs.started < before) & runs.started.not_in(newest))


def forget_deliveries(connection: Connection, before: datetime) -> int:
    """Forgets who was sent the editions that were published before a moment."""
    old = select(editions.period).where(editions.published < before)
    return _forgotten(connection, deliveries, deliveries.period.in_(old))


def forget_robots(connection: Connection, before: datetime) -> int:
    """Forgets the robots.txt files that were fetched before a moment."""
    return _forgotten(connection, robots, robots.fetched < before)


def _cited() -> Iterator[ColumnElement[bool]]:
    """For each table whose rows point to passages, citations among them, whether one points to this
    passage.
    """
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table is passages.table:
                yield exists().where(
                    *(element.parent == element.column for element in key.elements)
                )


def _passages_of_predictions(connection: Connection) -> defaultdict[str, set[str]]:
    """The passages that predictions rest on, or were decided by, by article."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for basis, decided in connection.execute(select(predictions.basis, predictions.passage)):
        for passage in (*(passage for passage, _ in basis), *filter(None, [decided])):
            found[article_of(passage)].add(passage)
    return found


def _old_articles(before: datetime) -> Select[str]:
    is_old = or_(stories.updated < before, stories.id.is_(None) & (articles.published < before))
    return select(articles.id).outerjoin(stories, stories.id == articles.story_id).where(is_old)


def _forgotten(connection: Connection, table: Rows, which: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(which)).rowcount
