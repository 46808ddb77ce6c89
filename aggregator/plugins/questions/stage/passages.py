"""What is looked up in the archive: the passages that hold some words, best first, longer names,
and what is new.

There is no index: of 103,000 passages a question is answered in 0.6 s at the median on SQLite and
in 0.9 s on PostgreSQL, reading of the sentences included (two busy cores); nothing is to be
migrated, and nothing can be out of date.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from math import log
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from aggregator.domain.article import Passage
from aggregator.domain.frozen import frozen
from aggregator.domain.story import HistoryEntry
from aggregator.plugins.questions.question import FoundPassage
from aggregator.store.news.stories import dropped
from aggregator.store.rows import record_of
from aggregator.store.schema import articles, facts, passages, stories

_IN_TITLE = 0.5  # of what a word of the passage itself counts


@frozen
class FoundPassages:
    """The best passages, and of each word how rare it is in the archive: the logarithm of one in
    how many passages has it.
    """

    passages: tuple[FoundPassage, ...]
    rarity: tuple[float, ...]


def passages_with(
    connection: Connection, words: Sequence[Sequence[str]], most: int
) -> FoundPassages:
    """The passages of stories that hold most of these words, each weighed by how rare it is.

    A word is given as the strings of which a text holds one, of any case. What is a copy, closed to
    models by its publisher, or of a story that was dropped is left out.
    """
    if not words:
        return FoundPassages(passages=(), rarity=())
    held = [_holds(passages.text, forms) for forms in words]
    counts = [func.sum(case((holds, 1), else_=0)) for holds in held]
    counted: Sequence[Any] = connection.execute(_placed(func.count(), *counts)).one()
    rarity = [log((1 + counted[0]) / (1 + (count or 0))) for count in counted[1:]]
    score = sum(
        (
            case((holds, weight), (_holds(articles.title, forms), weight * _IN_TITLE), else_=0.0)
            for holds, forms, weight in zip(held, words, rarity, strict=True)
        ),
        start=case((passages.n == 0, 0.0), else_=0.01),
    )
    columns = (
        passages.article_id,
        passages.version,
        passages.n,
        passages.text,
        articles.story_id,
        articles.source_key,
        articles.url,
        articles.title,
        articles.published,
    )
    chosen = _placed(*columns).where(or_(*held))
    order = score.desc(), articles.published.desc(), passages.article_id, passages.n
    gone = dropped(connection)
    rows = connection.execute(chosen.order_by(*order).limit(most))
    kept = tuple(
        record_of(FoundPassage, row, passage=record_of(Passage, row))
        for row in rows
        if row.story_id not in gone
    )
    return FoundPassages(passages=kept, rarity=tuple(rarity))


def first_seen_since(
    connection: Connection, after: tuple[datetime, str], until: datetime, most: int
) -> tuple[tuple[datetime, str], ...]:
    """When stories were first seen, with their ids, in that order, behind a moment and story and
    before another moment: so many at most.
    """
    order = stories.first_seen, stories.id
    last = (literal(value, column.type) for value, column in zip(after, order, strict=True))
    chosen = select(*order).where(
        tuple_(*order) > tuple_(*last),
        stories.first_seen < until,
        stories.merged_into.is_(None),
        stories.removed.is_(False),
    )
    return tuple(
        (row[0], row[1]) for row in connection.execute(chosen.order_by(*order).limit(most))
    )


def longer_names(connection: Connection, names: Collection[str]) -> tuple[str, ...]:
    """The names of known entities that have one of these known names as their part, in order."""
    shown = cast(stories.entities, String)
    parts = (shown.icontains(name, autoescape=True) for name in sorted(names))
    rows = connection.scalars(select(stories.entities).where(or_(false(), *parts)))
    known = {str(entity[1]) for row in rows for entity in row}
    shorter = {name.lower() for name in names} & {name.lower() for name in known}
    return tuple(
        sorted(
            name
            for name in known
            if any(short in name.lower() for short in shorter - {name.lower()})
        )
    )


def _holds(column: ColumnElement[str], forms: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(form, autoescape=True) for form in forms))


def _placed(*columns: ColumnElement[Any]) -> Select[Any]:
    """A choice among the passages of the newest versions of the articles of stories."""
    return (
        select(*columns)
        .select_from(passages)
        .join(
            articles, (articles.id == passages.article_id) & (articles.version == passages.version)
        )
        .join(stories, stories.id == articles.story_id)
        .where(
            stories.merged_into.is_(None),
            stories.removed.is_(False),
            articles.copy_of.is_(None),
            articles.reserved == "",
        )
    )


def learnt_since(
    connection: Connection, after: tuple[datetime, str, int], until: datetime, most: int
) -> tuple[tuple[str, HistoryEntry], ...]:
    """What stories gained, in the order in which we learnt it, behind a moment, story and entry and
    before another moment: so many entries at most, each with the id of its story.
    """
    order = facts.at, facts.story_id, facts.n
    last = (literal(value, column.type) for value, column in zip(after, order, strict=True))
    later = tuple_(*order) > tuple_(*last)
    rows = connection.execute(
        select(facts).where(later, facts.at < until).order_by(*order).limit(most)
    )
    return tuple((row.story_id, record_of(HistoryEntry, row)) for row in rows)
