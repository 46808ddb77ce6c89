"""What articles state of products and companies, and the sections that stories get from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, or_, select

from aggregator.domain.article import Article
from aggregator.domain.fact import Attribute, AttributeFact
from aggregator.domain.frozen import grouped
from aggregator.domain.insight import Insight
from aggregator.domain.operation.rules import ADMISSION
from aggregator.domain.settings import AnalysisSettings
from aggregator.store.rows import (
    add,
    among,
    drop,
    passage_key,
    place_of,
    record_of,
    row_of,
)
from aggregator.store.schema import articles, attributes, insight_subjects, insights, noted

# Each goes into what is stored: one that is raised has every article looked at again.
ATTRIBUTES = "attributes-11"
COMPARISON = "comparing-4"
_MOST_OF_SUBJECT = 200  # facts of one subject, the newest: more than any section looks at

_IN_STORY = articles.story_id.is_not(None)
_INSIGHTS = TypeAdapter(Insight)


def noting_rules(settings: AnalysisSettings, registry_digest: str) -> str:
    """What the attributes noted of an article rest on besides its text."""
    return (
        f"{ATTRIBUTES} {COMPARISON} {ADMISSION} {registry_digest} {settings.language}"
        f" {settings.quote_words}"
    )


def pending_articles(connection: Connection, rules: str) -> dict[str, frozenset[str]]:
    """The articles that were not read for attributes as they are now, by the story they are in now.

    A story that an article left is named too, with no article of its own.
    """
    chosen = _placed(articles.id, articles.story_id, noted.story_id.label("before"))
    found: dict[str, set[str]] = {}
    for row in connection.execute(chosen.where(_is_other(rules))):
        found.setdefault(row.story_id, set()).add(row.id)
        if row.before and row.before != row.story_id:
            found.setdefault(row.before, set())
    return {story_id: frozenset(found[story_id]) for story_id in sorted(found)}


def is_any_pending(connection: Connection, rules: str) -> bool:
    """Whether an article changed, or moved, or was read by other rules than these."""
    waiting = _placed(articles.id).where(_is_other(rules)).limit(1)
    return bool(connection.execute(waiting).first() or articles_without_story(connection))


def unread_among(connection: Connection, story_ids: Sequence[str]) -> frozenset[str]:
    """Those of some stories with an article that was not read for attributes, or is to be read
    again.
    """
    unread = _placed(articles.story_id).where(noted.article_id.is_(None)).distinct()
    return frozenset(
        story_id for (story_id,) in among(connection, unread, articles.story_id, story_ids)
    )


def _placed(*columns: ColumnElement[Any]) -> Select[Any]:
    """The articles that are in a story, beside how they were read for attributes."""
    chosen = (
        select(*columns).select_from(articles).outerjoin(noted, noted.article_id == articles.id)
    )
    return chosen.where(_IN_STORY)


def _is_other(rules: str) -> ColumnElement[bool]:
    return or_(
        noted.article_id.is_(None),
        noted.version != articles.version,
        noted.published != articles.published,
        noted.story_id != articles.story_id,
        noted.copy_of.is_distinct_from(articles.copy_of),
        noted.rules != rules,
    )


def articles_without_story(connection: Connection) -> dict[str, str]:
    """The articles that were read for attributes and are in no story any more, each with the story
    it was in.
    """
    chosen = select(noted.article_id, noted.story_id).join(
        articles, articles.id == noted.article_id
    )
    return {
        row.article_id: row.story_id
        for row in connection.execute(chosen.where(articles.story_id.is_(None)))
    }


def save_facts(
    connection: Connection, stated: Mapping[str, Sequence[AttributeFact]]
) -> frozenset[str]:
    """Replaces what each of these articles states; returns the subjects of which another thing is
    stated now.
    """
    before = facts_of_articles(connection, stated)
    changed = {
        article_id: several
        for article_id, several in stated.items()
        if tuple(several) != before.get(article_id, ())
    }
    drop_facts(connection, changed)
    rows = [
        row_of(fact, attributes, number=number, **place_of(fact.passage))
        for several in changed.values()
        for number, fact in enumerate(several)
    ]
    add(connection, attributes, rows)
    affected = {
        fact
        for article_id in changed
        for fact in (*before.get(article_id, ()), *changed[article_id])
    }
    return frozenset(fact.subject for fact in affected)


def mark_extracted(
    connection: Connection, read: Sequence[tuple[str, Article, str | None]], rules: str
) -> None:
    """Records that these articles, each with its story and what it is a copy of, were read for
    attributes as they are.
    """
    rows = [
        row_of(
            article,
            noted,
            article_id=article.id,
            published=article.published.at,
            story_id=story_id,
            copy_of=copy_of,
            rules=rules,
        )
        for story_id, article, copy_of in read
    ]
    forget_extracted(connection, [article.id for _, article, _ in read])
    add(connection, noted, rows)


def drop_facts(connection: Connection, article_ids: Collection[str]) -> frozenset[str]:
    """Removes what these articles state; returns of whom they stated it."""
    rows = among(connection, select(attributes.subject), attributes.article_id, article_ids)
    found = frozenset(subject for (subject,) in rows)
    drop(connection, attributes.article_id, article_ids)
    return found


def forget_extracted(connection: Connection, article_ids: Collection[str]) -> None:
    """Forgets that these articles were read."""
    drop(connection, noted.article_id, article_ids)


def facts_of_articles(
    connection: Connection, article_ids: Collection[str]
) -> dict[str, tuple[AttributeFact, ...]]:
    """What each of these articles states, in reading order; those that state nothing are left
    out.
    """
    ordered = select(attributes).order_by(attributes.article_id, attributes.number)
    rows = among(connection, ordered, attributes.article_id, article_ids)
    return grouped((row.article_id, _fact(row)) for row in rows)


def facts_of_kinds(
    connection: Connection, kinds: Iterable[Attribute], without: Collection[str]
) -> tuple[AttributeFact, ...]:
    """What the archive states of some attributes, by article, but for these stories."""
    chosen = _in_stories(
        attributes.attribute.in_(sorted(kinds)), articles.story_id.not_in(sorted(without))
    )
    ordered = chosen.order_by(attributes.article_id, attributes.number)
    return tuple(map(_fact, connection.execute(ordered)))


def facts_about(connection: Connection, subjects: Iterable[str]) -> tuple[AttributeFact, ...]:
    """What the archive states of these subjects, of each the newest, by passage."""
    found: list[AttributeFact] = []
    newest_first = (attributes.as_of.desc(), attributes.article_id, attributes.number)
    for subject in sorted(set(subjects)):
        chosen = _in_stories(attributes.subject == subject).order_by(*newest_first)
        found += map(_fact, connection.execute(chosen.limit(_MOST_OF_SUBJECT)))
    return tuple(
        sorted(
            found,
            key=lambda fact: (
                fact.passage,
                fact.subject,
                fact.attribute,
                fact.qualifier,
                fact.text,
            ),
        )
    )


def _in_stories(*conditions: ColumnElement[bool]) -> Select[Any]:
    """What articles in stories state, as far as it fits some conditions."""
    chosen = select(attributes).join(articles, articles.id == attributes.article_id)
    return chosen.where(_IN_STORY, *conditions)


def stated_beside(connection: Connection, subjects: Collection[str], most: int) -> tuple[str, ...]:
    """Those of which most articles in stories state something that state something of these
    subjects too.
    """
    other, number = attributes.table.alias("other"), func.count(attributes.article_id.distinct())
    for_subjects = attributes.subject.in_(sorted(subjects)[:_MOST_OF_SUBJECT])
    chosen = (
        select(other.c.subject)
        .join(attributes, attributes.article_id == other.c.article_id)
        .join(articles, articles.id == other.c.article_id)
        .where(for_subjects, other.c.subject.not_in(sorted(subjects)[:_MOST_OF_SUBJECT]))
        .where(_IN_STORY)
        .group_by(other.c.subject)
        .order_by(number.desc(), other.c.subject)
        .limit(most)
    )
    return tuple(connection.scalars(chosen))


def stories_about(connection: Connection, subjects: Collection[str]) -> frozenset[str]:
    """The stories whose sections look at these subjects."""
    chosen = select(insight_subjects.story_id)
    rows = among(connection, chosen, insight_subjects.subject, subjects)
    return frozenset(story_id for (story_id,) in rows)


def save_insight(
    connection: Connection, story_id: str, made: Insight, subjects: Collection[str]
) -> None:
    """Replaces the sections of a story, with the subjects they look at."""
    drop_insights(connection, [story_id])
    connection.execute(
        insert(insights).values(story_id=story_id, record=_INSIGHTS.dump_json(made).decode())
    )
    rows = [{"story_id": story_id, "subject": subject} for subject in sorted(set(subjects))]
    add(connection, insight_subjects, rows)


def drop_insights(connection: Connection, story_ids: Collection[str]) -> None:
    """Removes the sections of these stories."""
    for table in (insights, insight_subjects):
        drop(connection, table.story_id, story_ids)


def insights_of(connection: Connection, story_ids: Sequence[str]) -> dict[str, Insight]:
    """The sections of these stories; those that nothing is known of are left out."""
    return {
        row.story_id: _INSIGHTS.validate_json(row.record)
        for row in among(connection, select(insights), insights.story_id, story_ids)
    }


def _fact(row: Row[tuple[object, ...]]) -> AttributeFact:
    return record_of(AttributeFact, row, passage=passage_key(row))
