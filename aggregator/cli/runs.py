"""`runs list|show`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import Printed, pass_settings, table
from aggregator.cli.group import ExtensibleGroup
from aggregator.domain.wording import counted
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.domain.operation.report import Run, RunKind
    from aggregator.domain.settings import Settings
    from aggregator.store.database import Connection


_object = shape("run=id kind started state report")


@click.group(cls=ExtensibleGroup)
def runs() -> None:
    """Show the run history."""


@runs.command("list")
@click.option(
    "--most",
    default=20,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="Number of runs to list.",
)
@pass_settings
def list_runs(settings: Settings, most: int) -> Printed:
    """List the newest runs."""
    from aggregator.bootstrap import open_stored
    from aggregator.store.runs import recent_runs

    found: tuple[Run, ...] = ()
    with open_stored(settings.database) as connection:
        if connection:
            found = _with_interrupted(settings, connection, recent_runs(connection, most))
    rows = [
        (run.id, run.kind, f"{run.started:%Y-%m-%d %H:%M}", run.state, _seconds(run), _summary(run))
        for run in found
    ]
    heads = ("run", "job", "started (UTC)", "state", "seconds", "result")
    return {"runs": [*map(_object, found)]}, table(heads, rows, empty="No runs yet.")


@runs.command()
@click.argument("run_id", metavar="ID")
@pass_settings
def show(settings: Settings, run_id: str) -> Printed:
    """Show one run: counts, time per stage, tokens, failures.

    ID: the id of a run, or `last`.
    """
    past = past_run(settings, run_id)
    state = f"failed: {past.error}" if past.error else past.state
    lines = [f"{past.kind} {past.id}, started {past.started:%Y-%m-%d %H:%M:%S} UTC, {state}"]
    lines += _lines(past.report or {})
    return _object(past), "\n".join(lines)


def past_run(settings: Settings, run_id: str, last_of: RunKind | None = None) -> Run:
    """The run of an id; `last` is the newest, of a kind where one is given. Raises BadParameter."""
    from aggregator.bootstrap import open_reading
    from aggregator.store.runs import recent_runs, run_of

    with open_reading(settings.database) as connection:
        found = (
            recent_runs(connection, 1, last_of)
            if run_id == "last"
            else (run_of(connection, run_id),)
        )
        found = _with_interrupted(settings, connection, found)
    past = found[0] if found else None
    if past is None:
        raise click.BadParameter(
            f"no run {run_id!r}; `aggregator runs list` shows all runs", param_hint="ID"
        )
    return past


def _with_interrupted(
    settings: Settings, connection: Connection, found: Sequence[Run | None]
) -> tuple[Run, ...]:
    """The runs; one without an end that is no longer running was killed, and counts as interrupted
    too.
    """
    from aggregator.domain.operation.report import RunState

    known = tuple(run for run in found if run)
    lost = {
        run.id
        for run in known
        if run.state is RunState.OPEN and not _is_under_way(settings, connection, run)
    }
    return tuple(
        replace(run, report={"run": run.id, "interrupted": True}) if run.id in lost else run
        for run in known
    )


def _is_under_way(settings: Settings, connection: Connection, run: Run) -> bool:
    """Whether an open run may still be running. Mailing and backup hold no lock, so their newest
    run always may be.
    """
    from aggregator.adapters.locks import is_locked
    from aggregator.domain.operation.report import RunKind
    from aggregator.store.runs import open_runs, recent_runs

    if run.id in open_runs(connection):
        return True
    is_newest = recent_runs(connection, 1, run.kind)[0].id == run.id
    return is_newest and (
        run.kind in (RunKind.DIGEST, RunKind.BACKUP) or is_locked(settings.database)
    )


def _summary(run: Run) -> str:
    """What a run did in a line."""
    report = run.report or {}
    if "interrupted" in report and not run.error:
        return "the next run continues from there"
    if why := run.error or report.get("nothing"):
        return str(why).partition("\n")[0][:80]
    counts = [
        counted(report[name][what] if what else report[name], one, many)
        for name, what, one, many in (
            ("articles", "new", "new article", "new articles"),
            ("stories", "new", "new story", "new stories"),
            ("analysed", "", "analysed", "analysed"),
            ("pages", "written", "page written", "pages written"),
        )
        if name in report
    ]
    failed = (
        [f"{counted(number, 'source')} failed"]
        if (number := report.get("sources", {}).get("failed"))
        else []
    )
    return ", ".join(counts + failed)


def _seconds(run: Run) -> str:
    seconds = (run.report or {}).get("seconds")
    return "" if seconds is None else f"{seconds:.1f}"


def _value_text(value: Any) -> str:
    """A value of a report in the words of the summary of a refresh."""
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(_count_text(what, count) for what, count in value.items())
        case list():
            return json.dumps(value, ensure_ascii=False)
    return "–" if value is None else str(value)


def _count_text(what: str, count: Any) -> str:
    """`3 unchanged`; a count by reasons is their sum and the reasons."""
    name = "unchanged" if what == "not_modified" else what.replace("_", " ")
    if not isinstance(count, dict):
        return f"{_value_text(count)} {name}"
    reasons = ", ".join(f"{number} {reason}" for reason, number in count.items())
    return f"{sum(count.values())} {name}" + (f" ({reasons})" if reasons else "")


def _lines(report: dict[str, Any]) -> list[str]:
    """The report of a run, a line a count; times and failures at the end."""
    lines = []
    for name, value in report.items():
        if name in ("run", "failures", "stages", "error", "interrupted"):
            continue
        lines.append(f"  {name:<10} {_value_text(value)}")
    lines += [
        f"  {f'{name} took':<14} {seconds:.2f} s"
        for name, seconds in report.get("stages", {}).items()
    ]
    for failure in report.get("failures", ()):
        many = f" ({failure['pages']} pages)" if failure.get("pages") else ""
        lines.append(
            f"  failed: {failure['source']}{many}, {failure['stage']}: {failure['reason']}"
        )
    return lines
