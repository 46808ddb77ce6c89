"""The sections of a story that rest on attributes, as they are kept: one line of JSON, equal for
equal sections.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from aggregator.domain.attribute import Attribute, AttributeFact, SubjectKind
from aggregator.domain.insight import (
    Cell,
    CellState,
    Comparison,
    ComparisonRow,
    Insight,
    SectionReason,
    Specification,
    SpecificationRow,
)


def insight_text(made: Insight) -> str:
    """An insight as it is kept."""
    return json.dumps(
        asdict(made), ensure_ascii=False, default=date.isoformat, separators=(",", ":")
    )


def insight_of(text: str) -> Insight:
    """The insight that was kept as this text."""
    kept = json.loads(text)
    return Insight(
        comparison=_comparison(kept["comparison"]) if kept["comparison"] else None,
        specification=_specification(kept["specification"]) if kept["specification"] else None,
        reasons=tuple(SectionReason(**reason) for reason in kept["reasons"]),
    )


def _comparison(kept: dict[str, Any]) -> Comparison:
    rows = (
        ComparisonRow(
            attribute=Attribute(row["attribute"]),
            qualifier=row["qualifier"],
            cells=tuple(map(_cell, row["cells"])),
        )
        for row in kept["rows"]
    )
    return Comparison(products=tuple(kept["products"]), rows=tuple(rows))


def _specification(kept: dict[str, Any]) -> Specification:
    rows = (
        SpecificationRow(
            attribute=Attribute(row["attribute"]),
            qualifier=row["qualifier"],
            cell=_cell(row["cell"]),
        )
        for row in kept["rows"]
    )
    return Specification(product=kept["product"], rows=tuple(rows))


def _cell(kept: dict[str, Any]) -> Cell:
    return Cell(
        state=CellState(kept["state"]),
        facts=tuple(map(_fact, kept["facts"])),
        is_old=kept["is_old"],
        superseded=date.fromisoformat(kept["superseded"]) if kept["superseded"] else None,
    )


def _fact(kept: dict[str, Any]) -> AttributeFact:
    closed = {"kind": SubjectKind(kept["kind"]), "attribute": Attribute(kept["attribute"])}
    return AttributeFact(**(kept | closed | {"as_of": date.fromisoformat(kept["as_of"])}))
