"""`refresh`, `build` and `run`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import (
    NOW,
    Invocation,
    Printed,
    aligned,
    awaited,
    flag,
    joined,
    moment,
    pass_invocation,
    pass_settings,
    table,
    with_services,
)
from aggregator.cli.progress import IN_REPORT, Lines, set_up_log, watcher
from aggregator.domain.frozen import grouped
from aggregator.domain.wording import counted
from aggregator.errors import MailError, NothingToPublishError, PluginError
from aggregator.hooks.plugins import plugins
from aggregator.log import log
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.domain.operation.report import Failure, RunReport
    from aggregator.domain.settings import Settings
    from aggregator.schedule import ScheduledWork


_MOST_NAMED = 5  # sources that failed for one reason
_FORCE = flag(
    "--force",
    help="Publish although the site shows stories that the database has lost or never had.",
)
_pages_object = shape("written unchanged removed")
_PLAN_NAMES = {
    "pages_to_ask_again": "pages to fetch again",
    "articles_to_place": "articles to group",
    "doubts_for_model": "pairs to ask a model",
    "in_depth": "stories in depth",
    "in_brief": "stories in brief",
}


@click.command()
@flag(
    "--all",
    "everything",
    help="Fetch all sources, due or not (Retry-After and robots.txt still apply).",
)
@click.option(
    "--source",
    "keys",
    multiple=True,
    metavar="KEY",
    help="Fetch only this source; may be repeated.",
)
@flag(
    "--no-analysis",
    help="Stop after grouping articles into stories; the site shows only stories that are already"
    " written.",
)
@flag(
    "--dry-run",
    help="Show what the run would do and cost, without fetching or writing.",
)
@flag("--enqueue", help="Hand the work to the workers (PostgreSQL) and exit.")
@_FORCE
@NOW
@pass_invocation
def refresh(
    invocation: Invocation,
    everything: bool,
    keys: tuple[str, ...],
    no_analysis: bool,
    dry_run: bool,
    enqueue: bool,
    force: bool,
    now: datetime | None,
) -> Printed:
    """Fetch the sources, write the stories, build the site."""
    from aggregator.domain.operation.report import report_object
    from aggregator.ops.reporting import report_health
    from aggregator.services import RefreshOptions

    settings = invocation.settings()
    refuse_unknown(settings, keys, "--source")
    _refuse_off(settings, keys)
    set_up_log(in_report=IN_REPORT)
    options = RefreshOptions(
        everything=everything, only=frozenset(keys), analysis=not no_analysis, force=force
    )
    if dry_run:
        plan = awaited(_plan(settings, options, now))
        return plan, _plan_text(plan)
    if enqueue:
        return _enqueued(settings, options, now)
    with watcher() as watch:
        report = _refresh(
            settings, options, now, watch, lambda: report_health(settings, moment(now))
        )
    return report_object(report), _report_text(report, settings, every=invocation.verbose)


def _enqueued(settings: Settings, options: Any, now: datetime | None) -> Printed:
    if options.only or not options.analysis or options.force:
        raise click.UsageError("--enqueue can only be combined with --all and --now")
    with_workers = plugins().handed("enqueue_refresh")
    if with_workers is None:
        raise PluginError(
            "--enqueue needs the plugin that hands work to workers: `aggregator plugins list`"
            " shows whether it is off"
        )
    (is_new,) = with_workers(settings=settings, now=now, everything=options.everything)
    what = "have started a refresh" if is_new else "are already refreshing"
    text = f"The workers {what}. `aggregator runs list` shows when they are done."
    return {"enqueued": is_new}, text


@click.command()
@flag("--full", help="Render all pages again, changed or not.")
@_FORCE
@NOW
@pass_settings
def build(settings: Settings, full: bool, force: bool, now: datetime | None) -> Printed:
    """Rebuild the site from the database, without the network.

    Changes to overrides.toml are applied first.
    """
    from aggregator.pipeline import build as rebuilt

    with watcher() as watch:
        result = with_services(
            settings, now, lambda services: rebuilt(services, watch, full=full, force=force)
        )
    counts = _pages_object(result)
    text = ", ".join(f"{count} {what}" for what, count in counts.items())
    return {"pages": counts}, f"{settings.site.output}: {text}."


@click.command()
@pass_settings
def run(settings: Settings) -> None:
    """Run scheduled jobs until stopped.

    Jobs: refresh, edition, digest, backup and retention.
    """
    from aggregator.schedule import run_scheduler

    set_up_log(service=True)
    run_scheduler(settings, scheduled_work(settings))


def scheduled_work(settings: Settings) -> ScheduledWork:
    """What the scheduler does, and workers."""
    from aggregator.adapters.clock import SystemClock
    from aggregator.bootstrap import open_database
    from aggregator.cli.db import make_backup, prune_database
    from aggregator.cli.digest.digest import send_now
    from aggregator.cli.digest.edition import build_now
    from aggregator.cli.digest.output import report_object
    from aggregator.domain.operation.report import RunKind
    from aggregator.ops.due import digests_due_now, due_editions
    from aggregator.ops.reporting import report_health
    from aggregator.ops.runs import recorded_run
    from aggregator.schedule import ScheduledWork
    from aggregator.services import RefreshOptions

    def send(stopping: Callable[[], bool]) -> None:
        failed: list[MailError] = []
        for period in digests_due_now(settings, moment()):
            try:
                with (
                    open_database(settings.database) as database,
                    recorded_run(database, SystemClock(), RunKind.DIGEST) as run,
                ):
                    report = send_now(settings, period, Lines(), stopping=stopping)
                    run.report = report_object(report)
                    log().info("edition sent", **run.report)
            except MailError as error:  # what holds the week's edition does not hold the day's
                failed.append(error)
        if failed:
            raise failed[0]

    def edit(_: Callable[[], bool]) -> None:
        editions_due = due_editions(settings, moment())
        try:
            awaited(build_now(settings, editions_due, None, Lines()))
        except NothingToPublishError as nothing:
            log().info("no edition", reason=str(nothing))

    return ScheduledWork(
        do={
            RunKind.REFRESH: lambda _: _refresh(settings, RefreshOptions(), None, Lines()),
            RunKind.EDITION: edit,
            RunKind.DIGEST: send,
            RunKind.BACKUP: lambda _: log().info(
                "database backed up", to=str(make_backup(settings))
            ),
            RunKind.RETENTION: lambda _: log().info("forgotten", **prune_database(settings)),
        },
        notify=lambda: report_health(settings, moment()),
    )


def _refresh(
    settings: Settings,
    options: Any,
    now: datetime | None,
    watch: Any,
    notify_after: Callable[[], None] = lambda: None,
) -> RunReport:
    """Refreshes under the lock of a run, then reports the health outside, even if it failed."""
    from aggregator.adapters.locks import run_lock
    from aggregator.pipeline import refresh as refreshed

    with run_lock(settings.database):
        try:
            return with_services(
                settings, now, lambda services: refreshed(services, options, watch), as_run=False
            )
        finally:
            notify_after()


async def _plan(settings: Settings, options: Any, now: datetime | None) -> dict[str, float | str]:
    from aggregator.bootstrap import open_services
    from aggregator.ops.dry_run import refresh_plan

    async with open_services(settings, now) as services:
        services.database.known_revision()
        return await refresh_plan(services, options)


def _plan_text(plan: Mapping[str, float | str]) -> str:
    """The plan for a person; the tokens are an estimate, without repairs and without what the
    sources have that is new.
    """

    def shown(what: str, value: float | str) -> str:
        is_estimate = what.endswith("_tokens") or what == "minutes"
        is_about = is_estimate and not isinstance(value, str) and value > 0
        return f"about {value}" if is_about else f"{value}"

    return aligned(
        (
            (_PLAN_NAMES.get(what, what.replace("_", " ")), shown(what, value))
            for what, value in plan.items()
        ),
        24,
    )


def refuse_unknown(settings: Settings, keys: Sequence[str], hint_for: str) -> None:
    """Raises a usage error for a key that no source has, with the nearest that one has."""
    import difflib

    known = [source.key for source in settings.sources]
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = (
                f"did you mean {near[0]}?" if near else "`aggregator sources list` shows the keys"
            )
            raise click.BadParameter(f"no source has the key {key!r}; {hint}", param_hint=hint_for)


def _refuse_off(settings: Settings, keys: Sequence[str]) -> None:
    """Raises a usage error for a source that is switched off: nothing would be fetched or
    reported.
    """
    for source in settings.sources:
        if source.key in keys and not source.enabled:
            raise click.BadParameter(
                f"{source.key} is disabled; run `aggregator sources enable {source.key}`",
                param_hint="--source",
            )


def _report_text(report: RunReport, settings: Settings, *, every: bool) -> str:
    """The report for a person: a short table, what failed (with `every`, each source and when it
    is tried again), and what to do next.
    """
    from aggregator.domain.operation.report import Reach

    rejected = f"{sum(count for _, count in report.claims_rejected)} rejected"
    rows = (
        (
            "sources",
            f"{report.sources_ok} read, {report.sources_not_modified} unchanged, "
            f"{report.sources_not_due} not due, {report.sources_failed} failed",
        ),
        (
            "entries",
            f"{report.entries_new} new"
            + (f", {report.entries_off_topic} off topic" if report.entries_off_topic else ""),
        ),
        ("articles", f"{report.articles_new} read, {report.articles_failed} pages not fetched"),
        (
            "stories",
            (
                f"{report.stories_new} new, {report.stories_updated} updated, {report.analysed} "
                f"analysed ({report.engine})"
            ),
        ),
        ("claims", f"{report.claims_kept} kept, {rejected}"),
        (
            "pages",
            (
                f"{report.pages_written} written, {report.pages_unchanged} unchanged, "
                f"{report.pages_removed} removed"
            ),
        ),
        ("time", f"{report.seconds:.1f} s"),
    )
    notes = [(note.source, note.text) for note in report.notes]
    serve = "make serve" if os.environ.get("MAKELEVEL") else "aggregator serve"
    due = counted(report.sources_due, "source was", "sources were")
    is_failed = report.reach is Reach.FAILED
    told = "nothing could" if is_failed else f"{report.sources_failed} of them could not"
    return joined(
        aligned(rows, 9),
        report.failures and _failures_text(report.failures, every=every),
        notes and table(("about", "note"), notes),
        report.advice,
        f"The site is in {settings.site.output}. To view it: {serve}",
        report.reach is not Reach.OK and f"{due} due; {told} be fetched.",
        between="\n\n",
    )


def _failures_text(failures: Sequence[Failure], *, every: bool) -> str:
    """The failed sources; other failures; the pages that could not be fetched, by reason."""
    sources = [failure for failure in failures if failure.is_of_source]
    others = [
        (failure.stage, failure.source, failure.reason)
        for failure in failures
        if not failure.is_of_source and not failure.pages
    ]
    pages: Counter[str] = Counter()
    for failure in failures:
        pages[failure.reason] += failure.pages
    listed = ", ".join(f"{count} {reason}" for reason, count in pages.most_common() if count)
    return joined(
        sources and (_every_source(sources) if every else _sources_by_reason(sources)),
        others and table(("failed stage", "with", "reason"), others),
        listed
        and f"pages not fetched: {listed}\nTheir stories show the feed's excerpt; each"
        " page is retried on its own schedule.",
        between="\n\n",
    )


def _every_source(failed: Sequence[Failure]) -> str:
    rows = [
        (one.source, one.reason, f"{one.next_try:%Y-%m-%d %H:%M}" if one.next_try else "")
        for one in failed
    ]
    return table(("failed source", "reason", "next try (UTC)"), rows)


def _sources_by_reason(failed: Sequence[Failure]) -> str:
    """A row for each reason, the most frequent first."""
    keys = grouped((one.reason, one.source) for one in failed)
    rows = []
    for reason, named in sorted(keys.items(), key=lambda row: -len(row[1])):
        more = ", …" if len(named) > _MOST_NAMED else ""
        rows.append((reason, str(len(named)), ", ".join(named[:_MOST_NAMED]) + more))
    return (
        f"{table(('reason', 'failed sources', 'which'), rows)}\n\n"
        "Each is tried again when it is due. `aggregator sources list` shows them,"
        " `aggregator sources check` says what to do."
    )
