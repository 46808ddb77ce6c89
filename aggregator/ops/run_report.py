"""The report of a refresh, from what its stages counted."""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.domain.operation.report import RunReport
from aggregator.services import Tally


def run_report(
    tally: Tally, *, run: str, seconds: float, stages: Mapping[str, float], engine: str
) -> RunReport:
    """The report of a run; `engine` is the one that tells where no model did, `stages` are seconds
    by name.
    """
    return RunReport(
        run=run,
        seconds=seconds,
        engine=tally.engine or engine,
        stages=tuple(stages.items()),
        claims_rejected=tuple(sorted(tally.rejected.items())),
        failures=tuple(
            sorted(tally.failures, key=lambda each: (each.stage, each.source, each.reason))
        ),
        notes=tuple(sorted(tally.notes, key=lambda each: (each.source, each.told))),
        is_cut_off=tally.is_cut_off,
        **tally.counts,
    )
