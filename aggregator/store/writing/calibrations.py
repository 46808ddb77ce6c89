"""How judges did on the shipped set, by build of the model and wording of the question."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from aggregator.domain.operation.calibration import Calibration, Outcome
from aggregator.store.database import Connection
from aggregator.store.schema import calibrations

_KEY = ("digest", "prompts", "labelled")


def kept_calibration(
    connection: Connection, digest: str, prompts: str, labelled: str
) -> Calibration | None:
    """The calibration of a build of a model, asked in these words, on this set; None where it was
    not calibrated so.
    """
    row = connection.execute(
        select(calibrations).where(
            calibrations.c.digest == digest,
            calibrations.c.prompts == prompts,
            calibrations.c.labelled == labelled,
        )
    ).one_or_none()
    if row is None:
        return None
    return Calibration(
        model=row.model,
        digest=row.digest,
        prompts=row.prompts,
        labelled=row.labelled,
        made=row.made,
        fit=_outcomes(row.outcomes["fit"]),
        report=_outcomes(row.outcomes["report"]),
    )


def keep_calibration(connection: Connection, calibration: Calibration) -> None:
    """Stores a calibration in place of an older one of this build, wording and set."""
    values = {
        "digest": calibration.digest,
        "prompts": calibration.prompts,
        "labelled": calibration.labelled,
        "model": calibration.model,
        "made": calibration.made,
        "outcomes": {
            "fit": _rows(calibration.fit),
            "report": _rows(calibration.report),
        },
    }
    connection.execute(
        insert(calibrations)
        .values(values)
        .on_conflict_do_update(index_elements=list(_KEY), set_=values)
    )


def _rows(outcomes: tuple[Outcome, ...]) -> list[list[Any]]:
    return [[outcome.story, outcome.is_true, outcome.score] for outcome in outcomes]


def _outcomes(rows: list[list[Any]]) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(story=story, is_true=is_true, score=score) for story, is_true, score in rows
    )
