"""`model list|pull|probe|calibrate|audit`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import asdict, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import (
    Printed,
    PrintedExit,
    awaited,
    flag,
    joined,
    moment,
    open_current,
    pass_settings,
    table,
)
from aggregator.cli.progress import watcher
from aggregator.domain.operation.calibration import Calibration, Point
from aggregator.errors import LlmError
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.adapters.ollama import PullProgress
    from aggregator.domain.settings import AnalysisSettings, Settings
    from aggregator.ops.judge_status import Standing
    from aggregator.ops.probe import ProbeResult
    from aggregator.services import Watch
    from aggregator.story.stage.auditing import ShownDraft
    from aggregator.verify.judge.policy import Decision

_MOST_ROWS = 12  # of the judge's curve, for people
_AUDIT = 77  # drafts: if at most one of them is false, the bound is 5 %
_ANSWERS = frozenset("tfsq")


@click.group()
def model() -> None:
    """Manage the writing model and the judging model."""


@model.command("list")
@pass_settings
def list_models(whole: Settings) -> Printed:
    """List the models on the server and mark the configured one."""
    from aggregator.adapters.openai import ANY_MODEL

    settings = whole.analysis
    found = awaited(_models(settings))
    wanted = settings.server.model
    if settings.server is settings.openai:
        hint = "set analysis.openai.model to a listed model."
        meant = {served["name"] for served in found[:1]} if wanted == ANY_MODEL else {wanted}
    else:
        hint = f"`aggregator model pull {wanted}`, or set analysis.ollama.model."
        meant = {wanted, f"{wanted}:latest"}  # to Ollama, a name without a tag means the latest
    used = next((served["name"] for served in found if served["name"] in meant), None)
    objects = [{**served, "configured": served["name"] == used} for served in found]
    as_object = {"engine": settings.engine.value, "configured": wanted, "models": objects}
    rows = [
        (
            served["name"],
            "" if served["size_bytes"] is None else f"{served['size_bytes'] / 1e9:.1f} GB",
            served["digest"].removeprefix("sha256:")[:12],
            "←" if served["configured"] else "",
        )
        for served in objects
    ]
    listed = table(("model", "size", "digest", "in use"), rows)
    missing = used is None and f"The configured model {wanted} is not there: {hint}"
    return as_object, joined(listed, missing, between="\n\n")


@model.command()
@click.argument("name", required=False)
@pass_settings
def pull(settings: Settings, name: str | None) -> Printed:
    """Download a model with Ollama. Default: the configured one."""
    wanted = name or settings.analysis.ollama.model
    servers = awaited(_pull(settings.analysis, wanted))
    return {"model": wanted, "servers": servers}, f"{wanted} is on {', '.join(servers)}."


@model.command("probe")
@pass_settings
def probe_model(settings: Settings) -> PrintedExit:
    """Test what the model can do.

    Checks the format of its answers, reasoning output, real context size and speed.
    """
    probes = awaited(_probe_results(settings.analysis))
    judge = awaited(_judge(settings)) if any(probe.facts for probe in probes) else None
    as_object = {
        "probes": [*map(_probe_object, probes)],
        "judge": _judge_object(judge) if judge else None,
    }
    said = judge and f"judge: {judge.words}"
    text = joined(*map(_probe_text, probes), said, between="\n\n")
    return as_object, text, int(not all(probe.is_ok for probe in probes))


async def _models(settings: AnalysisSettings) -> list[dict[str, Any]]:
    from aggregator.bootstrap import language_model

    async with language_model(settings) as llm:
        return [asdict(served) for served in await llm.models()]


async def _pull(settings: AnalysisSettings, name: str) -> list[str]:
    """The servers that have the model now. Raises `LlmError`."""
    from aggregator.adapters.ollama import pull
    from aggregator.bootstrap import language_model

    if settings.server is settings.openai:
        reason = (
            "models cannot be pulled with the openai engine: its server provides the model it was"
            " started with"
        )
        raise LlmError(
            reason, remedy="start the server with another model, or set analysis.engine to ollama"
        )
    show = _show_bars if sys.stderr.isatty() else _print_lines
    async with language_model(settings) as llm, aclosing(pull(llm, name)) as steps:
        return await show(steps)


async def _print_lines(steps: AsyncIterator[PullProgress]) -> list[str]:
    """Prints a line on standard error whenever the status changes."""
    printed: dict[tuple[str, str], None] = {}
    async for progress in steps:
        step = (progress.server, progress.status)
        if step not in printed:
            click.echo(f"{progress.server}: {progress.status}", err=True)
        printed[step] = None
    return list(dict.fromkeys(server for server, _ in printed))


async def _show_bars(steps: AsyncIterator[PullProgress]) -> list[str]:
    """Shows a bar for each layer on standard error, as long as it is downloaded."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    servers: dict[str, None] = {}
    words = TextColumn("{task.description}", markup=False)
    columns = (
        words,
        BarColumn(bar_width=24),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[tuple[str, str], Any] = {}
        async for progress in steps:
            servers[progress.server] = None
            step = (progress.server, progress.status)
            if step not in tasks:
                tasks[step] = bars.add_task(" ".join(step)[:60], total=None)
            size = progress.total or 1
            bars.update(
                tasks[step], total=size, completed=progress.completed if progress.total else 1
            )
    return list(servers)


async def _probe_results(settings: AnalysisSettings) -> list[ProbeResult]:
    """One probe a server, one after the other, as they may share a machine."""
    from aggregator.bootstrap import language_model
    from aggregator.ops.probe import WantedContext, probe

    ollama, openai = settings.ollama, settings.openai
    if settings.server is openai:
        wanted = WantedContext(context=openai.context, key="analysis.openai.context")
        alone = [settings]
    else:
        wanted = WantedContext(context=ollama.num_ctx, key="analysis.ollama.num_ctx")
        hosts = dict.fromkeys(ollama.hosts)
        alone = [replace(settings, ollama=replace(ollama, host=host)) for host in hosts]
    found = []
    for server in alone:
        async with language_model(server) as llm:
            found.append(await probe(llm, wanted, moment().isoformat()))
    return found


async def _judge(settings: Settings) -> Standing | None:
    """What is known of the judge; None where there is none, or it does not answer."""
    from aggregator.bootstrap import judge_model, open_database
    from aggregator.ops.judge_status import standing

    try:
        judge = await judge_model(settings.analysis)
        if judge is None:
            return None
        async with judge:
            facts = await judge.facts()
    except LlmError:
        return None
    with open_database(settings.database) as database:
        return standing(database, facts, settings.analysis.judge)


def _probe_object(found: ProbeResult) -> dict[str, Any]:
    return (asdict(found.facts) if found.facts else {}) | _checks_object(found)


_share = partial(round, ndigits=3)
_per_s = partial(round, ndigits=1)
_judge_object = shape(
    "model digest calibrated=calibration.made threshold=rates.threshold"
    " false_passed=rates.false_passed true_refused=rates.true_refused prior=rates.prior"
    " audited=rates.audited",
    false_passed=_share,
    true_refused=_share,
    prior=_share,
)
_checks_object = shape(
    "prompt_tokens_per_s=speed.prompt answer_tokens_per_s=speed.answer checks",
    prompt_tokens_per_s=_per_s,
    answer_tokens_per_s=_per_s,
    checks=shape("check=name ok=is_ok what remedy"),
)


def _probe_text(found: ProbeResult) -> str:
    rows = [
        (check.name, "ok" if check.is_ok else "FAILED", check.what, check.remedy)
        for check in found.checks
    ]
    return table(("check", "", "found", "what to do"), rows)


@model.command()
@pass_settings
def calibrate(settings: Settings) -> Printed:
    """Measure the judge on labelled claims and set its threshold.

    The judge's scores determine which of the writing model's sentences are printed. The threshold
    follows from its measured errors. You can stop at any time: finished judgements are kept.
    """
    from aggregator.bootstrap import open_database
    from aggregator.ops.judge_status import decision_for, passes, taken
    from aggregator.verify.judge.policy import curve

    with watcher() as watch:
        found = awaited(_calibrated(settings, watch))
    with open_database(settings.database) as database:
        decision = decision_for(database, found, settings.analysis.judge)
    points = curve(found.outcomes)
    lines = [
        f"{found.model} (digest {found.digest.removeprefix('sha256:')[:12]}), on"
        f" {len(found.outcomes)} claims:",
        table(
            ("threshold", "false accepted", "true accepted", "false on pages"),
            _rows(points, decision),
        ),
    ]
    if decision.threshold is None or decision.found is None:
        lines.append(f"No threshold: {decision.why}.")
    else:
        lines += [
            f"Threshold {decision.threshold:.3g}{taken(decision.prior)}: {decision.why}.",
            "No inferences are printed: no threshold is safe enough for them."
            if decision.inferred is None
            else f"Inferences need {decision.inferred:.3g}.",
            f"On stories not used to choose it: {passes(decision.found)}.",
        ]
    as_object = _calibration_object(found) | _decision_object(decision)
    return as_object | {"curve": [*map(asdict, points)]}, "\n".join(lines)


async def _calibrated(settings: Settings, watch: Watch) -> Calibration:
    """The calibration, kept in the database. Raises LlmError."""
    from aggregator.adapters.clock import SystemClock
    from aggregator.bootstrap import judge_seat
    from aggregator.config.calibration_file import load_labelled
    from aggregator.verify.stage import Bench, calibrated

    async with AsyncExitStack() as open_models:
        seat = await judge_seat(settings.analysis, open_models)
        if seat is None:
            raise LlmError(
                "no judge is configured",
                remedy="set analysis.judge.model, and set analysis.engine to a model",
            )
        with open_current(settings, upgrade=True) as database:
            bench = Bench(seat=seat, database=database, clock=SystemClock())
            return await calibrated(bench, load_labelled(), watch, _expect)


def _expect(claims: int, seconds: float) -> None:
    click.echo(
        f"At most about {_duration(seconds)} for the remaining {claims} claims. You can stop at"
        " any time: finished judgements are kept, and the next call continues from there.",
        err=True,
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def _rows(points: Sequence[Point], decision: Decision) -> list[tuple[str, ...]]:
    """Some points of the curve, the chosen one among them."""
    from aggregator.verify.judge.policy import ASSUMED, expected_false

    prior = (decision.prior or ASSUMED.stated).share

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


_calibration_object = shape(
    "judge=. set=labelled claims=.",
    judge=shape("model digest prompts"),
    claims=lambda found: len(found.outcomes),
)
_decision_object = shape("prior threshold inferred why found", prior=asdict, found=asdict)


@model.command()
@flag("--inferences", help="Check inferences instead of statements.")
@click.option("--most", default=_AUDIT, show_default=True, help="Most drafts to check now.")
@pass_settings
def audit(settings: Settings, *, inferences: bool, most: int) -> Printed:
    """Check what the model writes, one draft at a time.

    Shows random drafts of the model that wrote last, as they were before the judge, beside the
    passages they cite. Press t for true, f for false or not stated, s to skip, q to stop; every
    answer is kept. The share of false ones replaces the assumed share when the judge's threshold is
    chosen.
    """
    found = awaited(_audited(settings, most, is_inferred=inferences))
    lines = [f"{found['model']}:"]
    for kind in ("statements", "inferences"):
        prior, false, read = (found[kind][key] for key in ("prior", "false", "read"))
        how = "assumed" if found[kind]["assumed"] else "90% bound"
        lines.append(f"{kind}: {false} of {read} false; taken as {prior:.1%} ({how})")
    return found, "\n".join(lines)


async def _audited(settings: Settings, most: int, *, is_inferred: bool) -> dict[str, Any]:
    """The samples of the model that wrote last, after a person went on with them."""
    from aggregator.bootstrap import open_services
    from aggregator.config.calibration_file import load_labelled
    from aggregator.store.writing.drafts import newest_writer, samples
    from aggregator.story.stage.auditing import drafts_to_check, keep_finding
    from aggregator.verify.stage import priors_for

    async with open_services(settings, None) as services:
        services.database.demand_current()
        with services.database.reading() as connection:
            newest = newest_writer(connection)
        if newest is None:
            raise LlmError(
                "no model has written anything yet",
                remedy="run `aggregator refresh` with a model and a judge",
            )
        writer, name = newest
        shown = islice(drafts_to_check(services, writer, is_inferred=is_inferred), most)
        for number, draft in enumerate(shown, start=1):
            answer = _asked(draft, number, most)
            if answer == "q":
                break
            if answer != "s":
                keep_finding(services, draft, is_true=answer == "t")
        with services.database.reading() as connection:
            checked = samples(connection, writer)
            priors = priors_for(connection, writer, load_labelled())
    kinds = zip(
        ("statements", "inferences"), checked, (priors.stated, priors.inferred), strict=True
    )
    return {
        "model": name,
        **{
            kind: {
                "read": sample.read,
                "false": sample.false,
                "prior": round(prior.share, 4),
                "assumed": not prior.audited,
            }
            for kind, sample, prior in kinds
        },
    }


def _asked(draft: ShownDraft, number: int, most: int) -> str:
    """What a person says of a draft: t, f, s or q."""
    click.echo(
        f"\n{number} of {most} · {draft.headline}\n\n{draft.premise}\n\nDRAFT: {draft.text}\n"
        "[t]rue, [f]alse, [s]kip, [q]uit? ",
        err=True,
        nl=False,
    )
    while (key := _key().lower()) not in _ANSWERS:
        pass
    click.echo(key, err=True)
    return key


def _key() -> str:
    """The next key, or character of a pipe; q at its end."""
    return click.getchar() if sys.stdin.isatty() else sys.stdin.read(1) or "q"
