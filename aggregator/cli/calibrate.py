"""`model calibrate`: what the judge of a model's sentences lets through, measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import Invocation, awaited, pass_invocation, table

if TYPE_CHECKING:
    from aggregator.domain.operation.calibration import Calibration, Point
    from aggregator.domain.settings import Settings
    from aggregator.services import Watch
    from aggregator.verify.judge.policy import Decision

_MOST_ROWS = 12  # of the curve, for people


@click.command()
@pass_invocation
def calibrate(invocation: Invocation) -> None:
    """Measure the judge on labelled claims and set its threshold.

    The judge decides which of the writing model's sentences are printed. The threshold follows from
    its measured errors. You can stop at any time: finished judgements are kept.
    """
    from aggregator.cli.progress import set_up_log, watcher
    from aggregator.ops.judge_status import decided, passes
    from aggregator.verify.judge.policy import curve

    settings = invocation.settings()
    set_up_log()
    with watcher() as watch:
        found = awaited(_calibrated(settings, watch))
    decision, points = decided(found, settings.analysis.judge), curve(found.fit)
    lines = [
        f"{found.model} (digest {found.digest.removeprefix('sha256:')[:12]}), on"
        f" {len(found.fit)} claims:",
        table(
            ("threshold", "false accepted", "true accepted", "false on pages"),
            _rows(points, decision, settings.analysis.judge.prior),
        ),
    ]
    if decision.threshold is None or decision.found is None or decision.reported is None:
        lines.append(f"No threshold: {decision.why}.")
    else:
        lines += [
            f"Threshold {decision.threshold:.3g}: {decision.why}.",
            f"On stories not used to choose it: {passes(decision.found)};",
            f"on {len(found.report)} claims held out for the report: {passes(decision.reported)}.",
        ]
    invocation.result(_object(found, decision, points), "\n".join(lines))


async def _calibrated(settings: Settings, watch: Watch) -> Calibration:
    """The calibration, kept in the database. Raises LlmError."""
    from contextlib import AsyncExitStack

    from aggregator.adapters.clock import SystemClock
    from aggregator.bootstrap import judge_seat, open_database
    from aggregator.config.calibration_file import load_labelled
    from aggregator.errors import LlmError
    from aggregator.verify.stage.bench import Bench
    from aggregator.verify.stage.calibrate import calibrated

    clock = SystemClock()
    async with AsyncExitStack() as open_models:
        seat = await judge_seat(settings.analysis, open_models)
        if seat is None:
            raise LlmError(
                "no judge is configured",
                remedy="set analysis.judge.model, and set analysis.engine to a model",
            )
        with open_database(settings.database) as database:
            database.upgrade(clock.now())
            bench = Bench(seat=seat, database=database, clock=clock)
            return await calibrated(bench, load_labelled(), watch, _expect)


def _expect(claims: int, seconds: float) -> None:
    click.echo(
        f"About {_duration(seconds)} for the remaining {claims} claims. You can stop at"
        " any time: finished judgements are kept, and the next call continues from there.",
        err=True,
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def _rows(points: Sequence[Point], decision: Decision, prior: float) -> list[tuple[str, ...]]:
    """Some points of the curve, the chosen one among them."""
    from aggregator.verify.judge.policy import expected_false

    step = max(1, len(points) // _MOST_ROWS)
    shown = [
        point
        for number, point in enumerate(points)
        if number % step == 0 or point.threshold == decision.threshold
    ]
    return [
        (
            f"{point.threshold:.4g}{' ←' if point.threshold == decision.threshold else ''}",
            f"{point.false_passed.value:.0%} (at most {point.false_passed.high:.0%})",
            f"{point.true_kept.value:.0%}",
            f"{expected_false(point, prior):.1%}",
        )
        for point in shown
    ]


def _object(found: Calibration, decision: Decision, points: Sequence[Point]) -> dict[str, Any]:
    return {
        "judge": {"model": found.model, "digest": found.digest, "prompts": found.prompts},
        "set": found.labelled,
        "claims": {"fit": len(found.fit), "report": len(found.report)},
        "threshold": decision.threshold,
        "why": decision.why,
        "found": asdict(decision.found) if decision.found else None,
        "reported": asdict(decision.reported) if decision.reported else None,
        "curve": [asdict(point) for point in points],
    }
