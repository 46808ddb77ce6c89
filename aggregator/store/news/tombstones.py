"""Tombstones of sources that are to be left out, and the removal of all that was stored of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, or_, select, update

from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.operation.tombstone import Tombstone
from aggregator.store.database import overwrite_what_is_deleted
from aggregator.store.news import newsletters
from aggregator.store.news.stories import end_of
from aggregator.store.rows import among, batches, change, drop, put, record_of, row_of
from aggregator.store.schema import (
    answers,
    articles,
    attributes,
    citations,
    entries,
    fact_citations,
    facts,
    forgotten,
    insight_subjects,
    insights,
    judgements,
    layouts,
    listing_repairs,
    newsletter_items,
    noted,
    passages,
    route_failures,
    sketches,
    source_days,
    source_states,
    stories,
    versions,
)
from aggregator.store.writing.analyses import drop_analyses
from aggregator.store.writing.drafts import strip_drafts
from aggregator.store.writing.predictions import forget_predictions


@frozen
class ListedArticle:
    """An article as far as it tells whose it is. `listed_by` are the sources that list it, its own
    among them.
    """

    id: str
    url: str
    title: str
    story_id: str | None
    source_key: str
    listed_by: frozenset[str]


def tombstones(connection: Connection) -> tuple[Tombstone, ...]:
    """The sources that are to be left out, by key."""
    rows = connection.execute(select(forgotten).order_by(forgotten.key))
    return tuple(record_of(Tombstone, row) for row in rows)


def save_tombstone(connection: Connection, of: Tombstone) -> None:
    """Records that a source is to be left out from now on."""
    put(connection, forgotten, row_of(of, forgotten))


def lift_tombstone(connection: Connection, key: str) -> bool:
    """Lets a source be read again; whether it was left out."""
    return connection.execute(delete(forgotten).where(forgotten.key == key)).rowcount > 0


def barred_hosts(connection: Connection) -> frozenset[str]:
    """The hosts at which nothing is to be read."""
    return frozenset(name for tombstone in tombstones(connection) for name in tombstone.hosts)


def listed_articles(connection: Connection) -> tuple[ListedArticle, ...]:
    """Every article with who lists it, by id."""
    pairs = connection.execute(select(entries.article_id, entries.source_key).distinct())
    listing_sources = grouped((article_id, key) for article_id, key in pairs)
    return tuple(
        record_of(
            ListedArticle,
            row,
            listed_by=frozenset(listing_sources.get(row.id, ())) | {row.source_key},
        )
        for row in connection.execute(select(articles).order_by(articles.id))
    )


def stories_resting_on(connection: Connection, article_ids: Collection[str]) -> tuple[str, ...]:
    """The stories that have these articles, cite them, or name them in their history; by id."""
    found: set[str] = set()
    for some in batches(sorted(article_ids)):
        for table, column in (
            (articles, articles.id),
            (citations, citations.article_id),
            (fact_citations, fact_citations.article_id),
            (facts, facts.article_id),
        ):
            found.update(
                connection.scalars(
                    select(table.story_id).where(column.in_(some), table.story_id.is_not(None))
                )
            )
    return tuple(sorted(found))


def remove(
    connection: Connection,
    key: str,
    article_ids: Collection[str],
    story_ids: Sequence[str],
    hosts: Sequence[str],
) -> None:
    """Removes a source's articles with all that rests on them, its entries, and what was learnt of
    asking it.

    The analyses of `story_ids` go whole: they are made again from what is left. What models
    answered goes too, as no answer tells whose passages it was made from.
    """
    overwrite_what_is_deleted(connection)
    drop_analyses(connection, story_ids)
    strip_drafts(connection, story_ids)
    _forget_attributes(connection, article_ids, story_ids)
    drop(connection, facts.story_id, story_ids)
    forget_predictions(connection, article_ids)
    for some in batches(sorted(article_ids)):
        _remove_articles(connection, some)
    drop(connection, entries.source_key, [key])
    for table in (source_states, source_days, route_failures, listing_repairs):
        drop(connection, table.source_key, [key])
    drop(connection, layouts.host, hosts)
    connection.execute(delete(answers))


def mark_removed(connection: Connection, story_id: str) -> None:
    """Leaves nothing of a story but its permalink, which says why."""
    nothing = {
        "removed": True,
        "stale": False,
        "topics": [],
        "entities": [],
        "reasons": [],
        "operator": {},
    }
    change(connection, stories.id, [story_id], **nothing)


def _forget_attributes(
    connection: Connection, article_ids: Collection[str], story_ids: Collection[str]
) -> None:
    """Removes what these articles state, and the sections of stories that may rest on it: the
    articles of these are to be read for them again.
    """
    rows = among(connection, select(attributes.subject), attributes.article_id, article_ids)
    subjects = {subject for (subject,) in rows}
    resting = among(
        connection, select(insight_subjects.story_id), insight_subjects.subject, subjects
    )
    affected = {*story_ids, *(story_id for (story_id,) in resting)}
    for of_article in (attributes.article_id, noted.article_id):
        drop(connection, of_article, article_ids)
    for of_story in (insights.story_id, insight_subjects.story_id, noted.story_id):
        drop(connection, of_story, affected)


def _remove_articles(connection: Connection, ids: Sequence[str]) -> None:
    for table in (passages, versions, sketches, entries):
        drop(connection, table.article_id, ids)
    connection.execute(
        delete(judgements).where(or_(judgements.one.in_(ids), judgements.other.in_(ids)))
    )
    newsletters.withdraw_votes(connection, ids)
    drop(connection, newsletter_items.issue_id, ids)
    change(connection, newsletter_items.article_id, ids, article_id=None)
    drop(connection, articles.id, ids)
    _adopt_copies(connection, ids)


def _adopt_copies(connection: Connection, gone: Sequence[str]) -> None:
    """Of several copies of a text that is gone the earliest is the original from now on."""
    orphans = select(articles.id, articles.copy_of).where(articles.copy_of.in_(gone))
    heirs: dict[str, str] = {}
    for row in connection.execute(orphans.order_by(articles.published, articles.id)).fetchall():
        heir = heirs.setdefault(row.copy_of, row.id)
        copy_of = None if heir == row.id else heir
        connection.execute(update(articles).where(articles.id == row.id).values(copy_of=copy_of))


def hand_over(connection: Connection, article_id: str, source_key: str) -> None:
    """Records that an article is another source's from now on."""
    change(connection, articles.id, [article_id], source_key=source_key)


def removed_paths(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Id and slug of the stories that were removed, and of those that went into one of them; by
    id.
    """
    columns = (stories.id, stories.slug, stories.removed, stories.merged_into)
    rows = connection.execute(
        select(*columns).where(or_(stories.removed, stories.merged_into.is_not(None)))
    ).fetchall()
    slugs, ways = {row.id: row.slug for row in rows}, {row.id: row.merged_into for row in rows}
    removed = {row.id for row in rows if row.removed}
    return tuple(
        (key, slugs[key]) for key in sorted(slugs) if end_of(key, ways, removed) in removed
    )
