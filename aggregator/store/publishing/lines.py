"""What is made of each analysed story for lists and for other stories, and which lists show it.

All of it can be made again from the stories: whoever deletes these tables loses time, no words.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from heapq import merge
from itertools import count as count_from
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    String,
    cast,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from aggregator.domain.article import Read
from aggregator.domain.claim import ClaimKind, Rejection, known_rejections
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import JudgeRates
from aggregator.domain.outline import Outline
from aggregator.domain.publishing.page import ListId
from aggregator.domain.source import Lane
from aggregator.store.news.newsletters import votes_by_story
from aggregator.store.publishing.outlines import outline_text
from aggregator.store.rows import add, among, batches, count, drop, put, row_of
from aggregator.store.schema import (
    UNSHOWN,
    analyses,
    articles,
    facts,
    insights,
    lines,
    listings,
    predictions,
    stories,
)

_STREAMED = {"yield_per": 1000}  # rows of a cursor at once: an archive does not fit into memory


@frozen
class StoredLine:
    """A row of `lines`: see `store.schema`. `listed` are the lists that the story stands in; `path`
    is empty where it has no page.
    """

    story_id: str
    own: str
    line: str
    outline: Outline
    document: str
    path: str
    week: str
    lane: str
    published: datetime
    changed: datetime
    score: float
    pinned: bool
    read: bool
    origins: int
    counts: str
    errata: str
    corrected: datetime | None
    listed: tuple[ListId, ...]


def own_digests(connection: Connection, rendition: str) -> Iterator[tuple[str, str]]:
    """For each analysed story, by id: SHA-256 of everything of its own that is stored and that
    a page can show.

    `rendition` goes into each. Equal digests mean equal pages but for what is drawn from other
    stories.
    """
    own = (
        select(*_shown_columns(stories), *_shown_columns(analyses))
        .join(analyses, analyses.story_id == stories.id)
        .where(stories.merged_into.is_(None))
        .order_by(stories.id)
    )
    beside = (
        _of_articles(articles, articles.id),
        select(facts.story_id, *_shown_columns(facts)).order_by(facts.story_id, facts.n),
        _of_articles(predictions, predictions.id),
        select(insights.story_id, *_shown_columns(insights)).order_by(insights.story_id),
        votes_by_story(published=type_coerce(cast(articles.published, String), String)),
    )
    seed = hashlib.sha256(rendition.encode())
    with ExitStack() as opened:
        results = [
            opened.enter_context(connection.execute(statement, execution_options=_STREAMED))
            for statement in (own, *beside)
        ]
        in_order = merge(*map(_rows_by_story, count_from(0), results))
        for story_id, found in groupby(in_order, key=itemgetter(0)):
            rows = [(number, row) for _, number, row in found]
            number, first = rows[0]
            if number == 0 and '"dropped"' not in str(first.operator):  # 0: it is analysed
                digest = seed.copy()
                digest.update(repr(rows).encode("utf-8", "surrogatepass"))
                yield story_id, digest.hexdigest()


def _rows_by_story(number: int, rows: Iterable[Any]) -> Iterator[tuple[str, int, Any]]:
    """The rows of a query, whose first column is the story, with the number of the query."""
    return ((row[0], number, row) for row in rows)


def _of_articles(table: Any, order: ColumnElement[Any]) -> Any:
    """The rows of articles in a story, or of what these state, by story."""
    chosen = select(articles.story_id, *_shown_columns(table)).where(articles.story_id.is_not(None))
    if table is not articles:
        chosen = chosen.join(articles, articles.id == table.article_id)
    return chosen.order_by(articles.story_id, order)


def _shown_columns(table: Any) -> list[ColumnElement[str]]:
    """The columns that a page can show, as the database keeps them: nothing is parsed that only
    goes into a digest.
    """
    return [
        type_coerce(cast(column, String), String).label(column.name)
        for column in table.table.columns
        if UNSHOWN not in column.info
    ]


def digests(connection: Connection) -> dict[str, str]:
    """The digests of the stories that the lines were made from, by story."""
    chosen = select(lines.story_id, lines.own).order_by(lines.story_id)
    rows = connection.execute(chosen, execution_options=_STREAMED)
    return {row.story_id: row.own for row in rows}


def without_page(connection: Connection) -> dict[str, str]:
    """The stories that are lines in lists and have no page, by id: each with the slug of the page
    that it had, or nothing.
    """
    chosen = select(stories.id, stories.slug, stories.had_page).join(
        lines, lines.story_id == stories.id
    )
    found = connection.execute(chosen.where(lines.path == "").order_by(stories.id))
    return {row.id: row.slug if row.had_page else "" for row in found}


def save_lines(connection: Connection, made: Sequence[StoredLine]) -> None:
    """Replaces the stories' lines, and the lists that these are in."""
    rows = (row_of(line, lines, outline=outline_text(line.outline)) for line in made)
    put(connection, lines, *rows)
    for some in batches([line.story_id for line in made if line.path]):
        chosen = stories.id.in_(some) & ~stories.had_page
        connection.execute(update(stories).where(chosen).values(had_page=True))
    drop(connection, listings.story_id, [line.story_id for line in made])
    places = [
        {"kind": kind, "key": key, "story_id": line.story_id}
        for line in made
        for kind, key in sorted(set(line.listed))
    ]
    add(connection, listings, places)


def remove_lines(connection: Connection, story_ids: Sequence[str]) -> None:
    """Takes stories out of all lists."""
    drop(connection, listings.story_id, story_ids)
    drop(connection, lines.story_id, story_ids)


def lines_of(connection: Connection, story_ids: Sequence[str]) -> dict[str, str]:
    """The lines of these stories."""
    chosen = select(lines.story_id, lines.line)
    return {row.story_id: row.line for row in among(connection, chosen, lines.story_id, story_ids)}


def listed(connection: Connection, which: ListId, most: int | None = None) -> tuple[str, ...]:
    """The lines of a list, the newest first, at most so many."""
    return tuple(connection.scalars(_of_list(lines.line, which, lines.published, most)))


def listed_ids(connection: Connection, which: ListId, most: int) -> tuple[str, ...]:
    """The stories of a list with the highest scores, at most so many."""
    return tuple(connection.scalars(_of_list(lines.story_id, which, lines.score, most)))


def pinned(connection: Connection) -> tuple[str, ...]:
    """The lines of the stories that the operator pinned, by story."""
    return tuple(
        connection.scalars(select(lines.line).where(lines.pinned).order_by(lines.story_id))
    )


def newest_read(connection: Connection, most: int, but: Sequence[str]) -> tuple[str, ...]:
    """The newest stories of which something was read, those of some lanes left out."""
    chosen = select(lines.story_id).where(lines.read, lines.lane.not_in(but))
    return tuple(
        connection.scalars(chosen.order_by(lines.published.desc(), lines.story_id).limit(most))
    )


def documents(connection: Connection) -> Iterator[str]:
    """The search documents of all stories, by week."""
    chosen = select(lines.document).order_by(lines.week, lines.story_id)
    for row in connection.execute(chosen, execution_options=_STREAMED):
        yield row.document


def errata(connection: Connection, most: int) -> tuple[str, ...]:
    """The corrections of the stories that were corrected last: of so many, and of those that were
    at the same moment.
    """
    newest_first = (
        select(lines.corrected).where(lines.corrected.is_not(None)).order_by(lines.corrected.desc())
    )
    since = connection.scalar(newest_first.offset(most - 1).limit(1))
    chosen = (
        select(lines.errata)
        .where(lines.corrected.is_not(None))
        .order_by(lines.corrected.desc(), lines.story_id)
    )
    return tuple(
        connection.scalars(chosen if since is None else chosen.where(lines.corrected >= since))
    )


def addresses(connection: Connection) -> Iterator[tuple[str, datetime]]:
    """Path and last change of the stories that have a page, the oldest story first."""
    chosen = (
        select(lines.path, lines.changed)
        .where(lines.path != "")
        .order_by(lines.published, lines.story_id)
    )
    for row in connection.execute(chosen, execution_options=_STREAMED):
        yield row.path, row.changed


def counts(connection: Connection, kind: str) -> dict[str, int]:
    """How many stories stand in each list of a kind, by key."""
    chosen = select(listings.key, func.count()).where(listings.kind == kind).group_by(listings.key)
    return {row[0]: row[1] for row in connection.execute(chosen.order_by(listings.key))}


def by_week(connection: Connection, kind: str) -> dict[tuple[str, str], int]:
    """How many stories that a source dates stand in the lists of a kind, by week and key."""
    chosen = select(lines.week, listings.key, func.count()).join(
        listings, listings.story_id == lines.story_id
    )
    found = connection.execute(
        chosen.where(
            listings.kind == kind, ~lines.line.contains('"is_dated":false', autoescape=True)
        ).group_by(lines.week, listings.key)
    )
    return {(week, key): number for week, key, number in found}


def numbers(connection: Connection) -> dict[str, Any]:
    """The counts that `site.lists.about.StoryNumbers` names, of all published stories."""
    chosen = select(func.count(), func.coalesce(func.sum(cast(lines.origins > 1, Integer)), 0))
    stories_told, corroborated = connection.execute(chosen).one()
    placed = select(articles).join(lines, lines.story_id == articles.story_id).subquery()
    claims, rejected = Counter[ClaimKind](), Counter[Rejection]()
    alike = select(lines.counts, func.count().label("several")).group_by(lines.counts)
    for row in connection.execute(alike, execution_options=_STREAMED):
        printed, refused = json.loads(row.counts)
        claims.update({ClaimKind(kind): row.several * count for kind, count in printed.items()})
        rejected.update(
            {
                reason: row.several * count
                for reason, count in known_rejections(refused.items()).items()
            }
        )
    return {
        "stories": stories_told,
        "corroborated": corroborated,
        "lanes": _counts_by(
            connection, select(lines.lane, func.count()).group_by(lines.lane), Lane
        ),
        "read": _counts_by(
            connection, select(placed.c.read, func.count()).group_by(placed.c.read), Read
        ),
        "copies": count(connection, placed, placed.c.copy_of.is_not(None)),
        "claims": claims,
        "rejected": rejected,
        "newest": connection.scalar(select(func.max(placed.c.first_seen))),
    }


_Key = TypeVar("_Key")


def _counts_by(
    connection: Connection, statement: Any, kind: Callable[[str], _Key]
) -> Counter[_Key]:
    return Counter({kind(name): count for name, count in connection.execute(statement)})


def stories_by_list(connection: Connection, kind: str) -> Iterator[tuple[str, str]]:
    """The key of a list and the id of a story in it, of all lists of a kind, in this order."""
    chosen = select(listings.key, listings.story_id).where(listings.kind == kind)
    in_order = chosen.order_by(listings.key, listings.story_id)
    for row in connection.execute(in_order, execution_options=_STREAMED):
        yield row.key, row.story_id


def _of_list(
    column: ColumnElement[str], which: ListId, highest: ColumnElement[Any], most: int | None
) -> Select[str]:
    """A column of the lines of a list, the highest first, equals by story."""
    joined = select(column).join(listings, listings.story_id == lines.story_id)
    chosen = joined.where(listings.kind == which.kind, listings.key == which.key)
    return chosen.order_by(highest.desc(), lines.story_id).limit(most)


def engines(connection: Connection) -> tuple[str, ...]:
    """What wrote the stories: models, or engines that need none, by name."""
    name = func.coalesce(analyses.model, analyses.engine)
    chosen = select(name).join(lines, lines.story_id == analyses.story_id).distinct()
    return tuple(sorted(connection.scalars(chosen)))


def newest_judge(connection: Connection) -> JudgeRates | None:
    """The judge of the newest story on the site whose sentences were judged."""
    chosen = (
        select(analyses.judge)
        .join(lines, lines.story_id == analyses.story_id)
        .where(analyses.judge.is_not(None))
        .order_by(analyses.analysed.desc(), analyses.story_id)
        .limit(1)
    )
    judge = connection.scalar(chosen)
    return JudgeRates(**judge) if judge else None
