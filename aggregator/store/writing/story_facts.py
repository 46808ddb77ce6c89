"""The facts of stories, each citation tied to a stored passage by foreign key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from aggregator.domain.claim import Citation
from aggregator.domain.fact import Fact, FactKind
from aggregator.domain.frozen import grouped
from aggregator.store.rows import (
    add,
    among,
    batches,
    drop,
    passage_key,
    place_of,
    record_of,
    row_of,
)
from aggregator.store.schema import fact_citations, noted, story_facts

_PARTS = ("product", "attribute", "value")


def save_facts(connection: Connection, of_story: Mapping[str, Sequence[Fact]]) -> None:
    """Replaces the facts of these stories."""
    drop_facts(connection, [*of_story])
    rows = [
        _row(story_id, number, fact)
        for story_id, facts in of_story.items()
        for number, fact in enumerate(facts)
    ]
    cited = [
        {
            "story_id": story_id,
            "fact": number,
            "number": place,
            "quote": citation.quote,
            **place_of(citation.passage),
        }
        for story_id, facts in of_story.items()
        for number, fact in enumerate(facts)
        for place, citation in enumerate(fact.citations)
    ]
    add(connection, story_facts, rows)
    add(connection, fact_citations, cited)


def facts_of(connection: Connection, story_ids: Collection[str]) -> dict[str, tuple[Fact, ...]]:
    """The facts of these stories in the order in which they were noted; a story without any is
    left out.
    """
    cited = _cited(connection, story_ids)
    ordered = select(story_facts).order_by(story_facts.story_id, story_facts.number)
    return grouped(
        (
            row.story_id,
            record_of(
                Fact,
                row,
                citations=cited.get((row.story_id, row.number), ()),
                **{part: row.detail[part] for part in _PARTS if part in row.detail},
            ),
        )
        for row in among(connection, ordered, story_facts.story_id, story_ids)
    )


def drop_facts(connection: Connection, story_ids: Sequence[str]) -> None:
    """Removes the facts of these stories; articles of which attributes were noted are to be read
    for them again.
    """
    of_attribute = (fact_citations.fact == story_facts.number) & (
        story_facts.kind == FactKind.ATTRIBUTE
    )
    cited = select(fact_citations.article_id).join(
        story_facts, (fact_citations.story_id == story_facts.story_id) & of_attribute
    )
    for some in batches(story_ids):
        stating = cited.where(story_facts.story_id.in_(some))
        connection.execute(delete(noted).where(noted.article_id.in_(stating)))
        for table in (fact_citations, story_facts):
            drop(connection, table.story_id, some)


def _row(story_id: str, number: int, fact: Fact) -> dict[str, Any]:
    detail = {part: value for part in _PARTS if (value := getattr(fact, part))}
    return row_of(fact, story_facts, story_id=story_id, number=number, detail=detail)


def _cited(
    connection: Connection, story_ids: Collection[str]
) -> dict[tuple[str, int], tuple[Citation, ...]]:
    table = fact_citations
    ordered = select(table).order_by(table.story_id, table.fact, table.number)
    return grouped(
        ((row.story_id, row.fact), Citation(passage=passage_key(row), quote=row.quote))
        for row in among(connection, ordered, table.story_id, story_ids)
    )
