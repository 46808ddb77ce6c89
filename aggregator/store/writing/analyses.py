"""What survived the gates for each story: claims by section, each citation tied to a stored passage
by foreign key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import partial
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from aggregator.domain.claim import (
    Action,
    Analysis,
    Audience,
    Citation,
    Claim,
    Disagreement,
    Draft,
    Implication,
    Item,
    TimelineRow,
    known_rejections,
)
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.sections import Content, Section
from aggregator.hooks.sections import all_sections
from aggregator.store.rows import add, among, drop, passage_key, place_of, record_of, row_of
from aggregator.store.schema import analyses, citations, claims
from aggregator.store.writing.story_facts import drop_facts

_HEADLINE = "headline"
_TRIGGER = "_trigger"  # after a section: what stands there is of the action in the same position


@frozen
class _ClaimRow:
    """A claim with its place: the shape of a row, whatever its section."""

    section: str
    position: int
    claim: Claim
    detail: dict[str, Any]


@frozen
class AnalysisOrigin:
    """The engine, model, rules and inputs of a stored analysis."""

    engine: str
    model: str | None
    rules: str
    inputs: str


def analysis_origins(
    connection: Connection, only: Sequence[str] | None = None
) -> dict[str, AnalysisOrigin]:
    """The origin of each stored analysis, by story; or of some stories only."""
    chosen = select(
        analyses.story_id, analyses.engine, analyses.model, analyses.rules, analyses.inputs
    )
    return {
        row.story_id: record_of(AnalysisOrigin, row)
        for row in among(connection, chosen, analyses.story_id, only)
    }


def save_analyses(connection: Connection, several: Sequence[Analysis], rules: str) -> None:
    """Replaces the analyses of these stories. Fails where a citation names a passage that is not
    stored.
    """
    drop_analyses(connection, [analysis.story_id for analysis in several])
    made = [
        row_of(
            analysis,
            analyses,
            rules=rules,
            analysed=analysis.analysed_at,
        )
        for analysis in several
    ]
    placed = [(each.story_id, claim) for each in several for claim in _placed(each.kept)]
    told = [_claim_row(story_id, claim) for story_id, claim in placed]
    cited = [row for story_id, claim in placed for row in _citation_rows(story_id, claim)]
    for table, rows in ((analyses, made), (claims, told), (citations, cited)):
        add(connection, table, rows)


def cited_versions(connection: Connection, story_id: str) -> frozenset[tuple[str, int]]:
    """The articles that the analysis of a story cites, each with the version that it cites."""
    chosen = select(citations.article_id, citations.version).distinct()
    rows = connection.execute(chosen.where(citations.story_id == story_id))
    return frozenset((str(article_id), int(version)) for article_id, version in rows)


def drop_analyses(connection: Connection, story_ids: Sequence[str]) -> None:
    """Removes the analyses of these stories with their facts, where there are any."""
    found = among(connection, select(analyses.story_id), analyses.story_id, story_ids)
    stored = [row.story_id for row in found]
    drop_facts(connection, stored)
    for table in (citations, claims, analyses):
        drop(connection, table.story_id, stored)


def analyses_of(connection: Connection, story_ids: Sequence[str]) -> dict[str, Analysis]:
    """The analyses of these stories, by story."""
    placed = _claim_rows_of(connection, story_ids)
    return {
        row.story_id: record_of(
            Analysis,
            row,
            analysed_at=row.analysed,
            kept=_draft(placed[row.story_id]),
            rejected=tuple(known_rejections(row.rejected).items()),
        )
        for row in among(connection, select(analyses), analyses.story_id, story_ids)
    }


def _placed(draft: Draft) -> Iterator[_ClaimRow]:
    yield _ClaimRow(section=_HEADLINE, position=0, claim=draft.headline, detail={})
    for section in draft.sections:
        yield from _placed_in(section, draft.items(section))


def _placed_in(section: Section, items: Sequence[Item]) -> Iterator[_ClaimRow]:
    """The claims of a section one after the other, each with the facts of its item; of an action's
    two each in its place.
    """
    if section.content is Content.DISAGREEMENTS:
        several = (
            (claim, _facts(item) | {"n": n})
            for n, item in enumerate(items)
            for claim in item.all_claims()
        )
        for position, (claim, detail) in enumerate(several):
            yield _ClaimRow(section=section.key, position=position, claim=claim, detail=detail)
        return
    for n, item in enumerate(items):
        first, *others = item.all_claims()
        yield _ClaimRow(section=section.key, position=n, claim=first, detail=_facts(item))
        for trigger in others:
            yield _ClaimRow(section=section.key + _TRIGGER, position=n, claim=trigger, detail={})


def _facts(item: Item) -> dict[str, Any]:
    """What an item says beside its claims."""
    if isinstance(item, Claim):
        return {}
    values = ((field.name, getattr(item, field.name)) for field in fields(item))
    return {name: value for name, value in values if not isinstance(value, Claim | tuple | None)}


def _draft(placed: Sequence[_ClaimRow]) -> Draft:
    held = grouped((claim.section, claim) for claim in placed)
    return Draft(headline=held[_HEADLINE][0].claim).with_items(
        {
            section: tuple(
                _ITEMS[section.content](
                    held.get(section.key, ()), held.get(section.key + _TRIGGER, ())
                )
            )
            for section in all_sections()
        }
    )


def _claims(placed: Sequence[_ClaimRow], _: Sequence[_ClaimRow]) -> Iterator[Item]:
    return (row.claim for row in placed)


def _with_facts(
    kind: TypeAdapter[Any], placed: Sequence[_ClaimRow], triggers: Sequence[_ClaimRow]
) -> Iterator[Item]:
    """Items of a kind, each a claim with its facts, and the claim of its trigger if it has one."""
    trigger_at = {trigger.position: {"trigger": trigger.claim} for trigger in triggers}
    for row in placed:
        facts = row.detail | trigger_at.get(row.position, {})
        yield kind.validate_python(facts | {"claim": row.claim})


def _disagreements(placed: Sequence[_ClaimRow], _: Sequence[_ClaimRow]) -> Iterator[Item]:
    for (_n, question), several in groupby(
        placed, key=lambda row: (row.detail["n"], row.detail["question"])
    ):
        yield Disagreement(question=question, claims=tuple(row.claim for row in several))


# what the claims of a section, and those of its triggers, make
_ITEMS: dict[Content, Callable[[Sequence[_ClaimRow], Sequence[_ClaimRow]], Iterator[Item]]] = {
    Content.CLAIM: _claims,
    Content.CLAIMS: _claims,
    Content.ACTIONS: partial(_with_facts, TypeAdapter(Action)),
    Content.AUDIENCES: partial(_with_facts, TypeAdapter(Audience)),
    Content.IMPLICATIONS: partial(_with_facts, TypeAdapter(Implication)),
    Content.TIMELINE: partial(_with_facts, TypeAdapter(TimelineRow)),
    Content.DISAGREEMENTS: _disagreements,
}


def _claim_rows_of(connection: Connection, story_ids: Sequence[str]) -> dict[str, list[_ClaimRow]]:
    """The claims of these stories in order, each with its citations."""
    ordered = (citations.story_id, citations.section, citations.position, citations.number)
    sorted_citations = select(citations).order_by(*ordered)
    cited = grouped(
        (
            (row.story_id, row.section, row.position),
            Citation(passage=passage_key(row), quote=row.quote),
        )
        for row in among(connection, sorted_citations, citations.story_id, story_ids)
    )
    placed: dict[str, list[_ClaimRow]] = {story_id: [] for story_id in story_ids}
    in_order = select(claims).order_by(claims.story_id, claims.section, claims.position)
    for row in among(connection, in_order, claims.story_id, story_ids):
        several = cited.get((row.story_id, row.section, row.position), ())
        claim = record_of(Claim, row, citations=several)
        placed[row.story_id].append(
            _ClaimRow(section=row.section, position=row.position, claim=claim, detail=row.detail)
        )
    return placed


def _claim_row(story_id: str, placed: _ClaimRow) -> dict[str, object]:
    claim = placed.claim
    return row_of(placed, claims, story_id=story_id, text=claim.text, kind=claim.kind)


def _citation_rows(story_id: str, placed: _ClaimRow) -> Iterator[dict[str, object]]:
    for number, citation in enumerate(placed.claim.citations):
        yield {
            "story_id": story_id,
            "section": placed.section,
            "position": placed.position,
            "number": number,
            "quote": citation.quote,
            **place_of(citation.passage),
        }
