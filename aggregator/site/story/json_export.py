"""The JSON of a story, by the contract of the site folder; the key of an empty section is
absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from aggregator.domain.insight import CellState
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.site.story.implications import PageImplication
from aggregator.site.story.insight import PageAttribute, PageCell
from aggregator.site.story.provenance import Provenance
from aggregator.site.story.questions import PageAnswered
from aggregator.site.story.records import PageAction, PageSection, PageUpdate, StoryPage

_encoded = json.JSONEncoder(ensure_ascii=False).encode
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


def story_json(page: StoryPage) -> dict[str, Json]:
    """The story as plain JSON values."""
    return _present(
        {
            "id": page.id,
            "url": page.url,
            "image": page.head.card.url if page.head.card else None,
            "headline": claim_json(page.headline),
            "headlines_as_published": [
                {"source": headline.source, "text": headline.text}
                for headline in page.headlines_as_published
            ],
            "published": moment(page.published),
            "first_seen": moment(page.first_seen),
            "analysed": moment(page.analysed),
            "updated": moment(page.updated),
            "hook": claim_json(page.hook) if page.hook else None,
            "gap": page.gap,
            "since": [
                {
                    "product": change.product,
                    "name": change.name,
                    "value": change.value,
                    "as_of": change.as_of,
                }
                for change in page.changes
            ],
            "brief": _brief(page),
            "insight": _insight(page),
            "timeline": [
                {
                    "date": row.day,
                    "precision": row.precision.value,
                    "planned": row.planned,
                    "this_event": row.this_event,
                    "claim": claim_json(row.claim),
                }
                for row in page.timeline
            ],
            "disagreements": [
                {"question": disagreement.question, "claims": _claims(disagreement.claims)}
                for disagreement in page.disagreements
            ],
            "unknowns": _claims(page.unknowns),
            "answered": [_answered(answered) for answered in page.answered],
            "updates": [_update(update) for update in page.updates],
            "operator": _operator(page),
            "related": [
                {"url": related.url, "headline": related.headline, "reason": related.reason}
                for related in page.related
            ],
            "importance": _importance(page),
            "newsletters": [{"source": link.name, "url": link.url} for link in page.carried],
            "sources": _sources(page),
            "labels": list(page.labels),
            "topics": list(page.tags.topics),
            "entities": [
                {"key": entity.key, "name": entity.name, "kind": entity.kind.value}
                for entity in page.tags.entities
            ],
            "independent_origins": page.independent_origins,
            "week": page.recap.week,
            "provenance": _provenance(page.provenance),
        }
    )


def story_json_text(page: StoryPage) -> str:
    """The text of `index.json`."""
    return _encoded(story_json(page)) + "\n"


def _present(keys: dict[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in keys.items() if value not in (None, "", [], {})}


def moment(at: datetime) -> str:
    """A moment in JSON: UTC to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def claim_json(claim: PrintedClaim) -> dict[str, Json]:
    """A claim as JSON, with the passages that it cites."""
    return {
        "text": claim.text,
        "kind": claim.kind.value,
        "verdict": "supported",  # the gates keep no other
        "citations": [
            {"passage": citation.passage, "url": citation.url, "quote": citation.quote}
            for citation in claim.citations
        ],
    }


def _claims(claims: tuple[PrintedClaim, ...]) -> list[Json]:
    return [claim_json(claim) for claim in claims]


def _importance(page: StoryPage) -> Json:
    if not page.reasons:
        return None
    return {
        "points": page.importance,
        "reasons": [
            {"name": reason.name, "points": reason.points, "text": reason.text}
            for reason in page.reasons
        ],
    }


def _brief(page: StoryPage) -> dict[str, Json]:
    return _present(
        {
            "what_changed": _claims(page.what_changed),
            "why_it_matters": _claims(page.why_it_matters),
            "what_to_do_next": [_action(action) for action in page.what_to_do_next],
            "who_should_care": [
                {
                    "role": audience.role.value,
                    "name": audience.name,
                    "claim": claim_json(audience.claim),
                }
                for audience in page.who_should_care
            ],
        }
    )


def _insight(page: StoryPage) -> dict[str, Json]:
    comparison, specification = page.comparison, page.specification
    return _present(
        {
            **_lists(page.points),
            "comparison": {
                "products": list(comparison.products),
                "rows": [
                    _named(row) | {"cells": [_cell(cell) for cell in row.cells]}
                    for row in comparison.rows
                ],
            }
            if comparison
            else None,
            "technical": [
                *map(_specified, specification.rows if specification else ()),
                *(row for section in page.depth for row in _as_attribute(section)),
            ],
            **_lists(page.depth),
            "implications": [_implication(implication) for implication in page.implications],
        }
    )


def _specified(row: PageAttribute) -> dict[str, Json]:
    """A row of the specification: the first of its claims is `claim`, as a list has one; others are
    `further`.

    A row that sources differ on is stated, too: its marks say so.
    """
    cell = _cell(row.cell)
    cell["state"] = (CellState.STATED if row.cell.as_of else CellState.NOT_STATED).value
    claims = _claims(row.cell.claims)
    del cell["claims"]
    return (
        _named(row) | cell | {"claim": claims[0]} | ({"further": claims[1:]} if claims[1:] else {})
    )


def _lists(sections: Sequence[PageSection]) -> dict[str, Json]:
    """The sections of plain claims that have a key of their own."""
    return {
        section.section.key: _claims(section.claims)
        for section in sections
        if not section.section.attribute
    }


def _as_attribute(section: PageSection) -> Iterator[Json]:
    """The claims of a section as rows of the specification, if they belong there."""
    name = section.section.attribute
    for claim in section.claims if name else ():
        yield {"attribute": name, "state": CellState.STATED.value, "claim": claim_json(claim)}


def _named(row: PageAttribute) -> dict[str, Json]:
    return _present(
        {"attribute": row.attribute.value, "qualifier": row.qualifier, "name": row.name}
    )


def _cell(cell: PageCell) -> dict[str, Json]:
    head = _present({"state": cell.state.value, "as_of": cell.as_of, "marks": list(cell.marks)})
    later: dict[str, Json] = {"later": _cell(cell.later)} if cell.later else {}
    return head | {"claims": _claims(cell.claims)} | later


def _action(action: PageAction) -> dict[str, Json]:
    terms = _present({"trigger": action.trigger, "effort": action.effort, "by": action.by})
    return (
        {"role": action.role.value, "name": action.name}
        | terms
        | {"claim": claim_json(action.claim)}
    )


def _implication(implication: PageImplication) -> Json:
    premise: dict[str, Json] = (
        {"premise": _claims(implication.premise)} if implication.premise else {}
    )
    head: dict[str, Json] = {"id": implication.id, "claim": claim_json(implication.claim)}
    return (
        head
        | premise
        | {
            "horizon": implication.horizon,
            "likelihood": implication.likelihood,
            "sign": implication.sign,
            "outcome": implication.outcome.value,
        }
    )


def _answered(question: PageAnswered) -> Json:
    asked: dict[str, Json] = {"question": question.question} if question.question else {}
    return asked | {"claims": _claims(question.claims), "answer": claim_json(question.answer)}


def _update(update: PageUpdate) -> dict[str, Json]:
    before: dict[str, Json] = {"before": claim_json(update.before)} if update.before else {}
    return {
        "at": moment(update.at),
        "kind": update.kind.value,
        "claim": claim_json(update.claim),
    } | before


def _operator(page: StoryPage) -> dict[str, Json]:
    """The operator's changes by overrides.toml."""
    published = page.headline_as_published
    renamed: dict[str, Json] = {"headline_as_published": claim_json(published)} if published else {}
    return _present({"note": page.note, "pinned": page.pinned or None}) | renamed


def _sources(page: StoryPage) -> list[Json]:
    rows = [(origin.family, row) for origin in page.origins for row in origin.rows]
    return [
        _present(
            {
                "name": row.name,
                "url": row.url,
                "published": moment(row.published) if row.published else None,
                "origin": family,
                "read": row.read.value,
                "copy_of": row.copy_of_url or row.copy_of,
            }
        )
        | {"primary": row.primary}
        for family, row in rows
    ]


def _provenance(provenance: Provenance) -> dict[str, Json]:
    by: dict[str, Json] = {
        "engine": provenance.engine,
        "model": provenance.model,
        "prompts": provenance.prompts,
        "judge": {
            "model": provenance.judge.model,
            "threshold": round(provenance.judge.threshold, 4),
            "false_passed": round(provenance.judge.false_passed, 4),
            "true_refused": round(provenance.judge.true_refused, 4),
        }
        if provenance.judge
        else None,
    }
    return (
        _present(by)
        | {
            "read": {count.read.value: count.number for count in provenance.read},
            "claims": {
                "kept": provenance.kept,
                "rejected": {count.reason.value: count.number for count in provenance.rejected},
            },
            "extracted": provenance.extracted,
            "written": provenance.written,
            "inferred": provenance.inferred,
        }
        | ({"absent": provenance.absent} if provenance.absent else {})
    )
