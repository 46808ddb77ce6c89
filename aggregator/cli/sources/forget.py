"""`sources forget`: a publisher's texts and pages are removed, and stay away."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.arguments import NOW
from aggregator.cli.context import Invocation, pass_invocation
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.domain.publishing.page import PublishResult
    from aggregator.domain.settings import Settings
    from aggregator.ops.removal import Removal


@click.command()
@click.argument("key", metavar="KEY")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--undo",
    is_flag=True,
    help="Let it be read again; what was removed does not come back by itself.",
)
@NOW
@pass_invocation
def forget(invocation: Invocation, key: str, yes: bool, undo: bool, now: datetime | None) -> None:
    """Remove what a source gave, and all that rests on it, for good.

    Its texts, passages and quotations go, and the pages of stories that rest on it alone; what
    others tell too is told again from them. It is not read again, nor is any page at its own hosts,
    until `--undo`.
    """
    from aggregator.cli.progress import set_up_log, watcher

    settings = invocation.settings()
    set_up_log(verbose=invocation.verbose)
    if undo:
        _undo(invocation, settings, key)
        return
    planned = _plan(settings, key)
    if not yes:
        click.confirm(
            f"{_plan_text(planned)}\nThis cannot be taken back. Go on?", abort=True, err=True
        )
    with watcher() as watch:
        gone, published, is_clean = asyncio.run(_forget(settings, key, now, watch))
    invocation.result(
        _object(gone, published, is_clean), _as_text(gone, published, settings, is_clean)
    )


def _plan(settings: Settings, key: str) -> Removal:
    from aggregator.bootstrap import open_database
    from aggregator.cli.refresh import refuse_unknown
    from aggregator.ops.removal import removal

    with open_database(settings.database) as database:
        database.demand_current()
        with database.reading() as connection:
            planned = removal(connection, settings, key)
    if not planned.articles:
        refuse_unknown(settings, (key,), "KEY")
    return planned


async def _forget(
    settings: Settings, key: str, now: datetime | None, watch: Any
) -> tuple[Removal, PublishResult, bool]:
    from aggregator.bootstrap import open_services, run_lock
    from aggregator.ops.removal import forget as forgotten
    from aggregator.pipeline import build

    with run_lock(settings.database):
        async with open_services(settings, now) as services:
            gone = forgotten(services, key)
            published = await build(services, watch)
            return gone, published, services.database.scrub()


def _undo(invocation: Invocation, settings: Settings, key: str) -> None:
    from aggregator.bootstrap import open_database, run_lock
    from aggregator.cli.refresh import refuse_unknown
    from aggregator.store.news.tombstones import lift_tombstone

    with run_lock(settings.database), open_database(settings.database) as database:
        database.demand_current()
        with database.writing() as connection:
            was_forgotten = lift_tombstone(connection, key)
    if not was_forgotten:
        refuse_unknown(settings, (key,), "KEY")
        raise AggregatorError(f"{key} is not forgotten: there is nothing to undo")
    invocation.result(
        {"key": key, "forgotten": False},
        f"{key} may be read again.\nNext: aggregator refresh --source {key}",
    )


def _plan_text(gone: Removal) -> str:
    hosts = f", and everything at {', '.join(gone.hosts)}" if gone.hosts else ""
    return (
        f"{gone.source.name} ({gone.source.key}){hosts}: {len(gone.articles):,} articles;"
        f" {len(gone.removed):,} stories go, {len(gone.reanalysed):,} are told again from other"
        f" sources, {len(gone.editions):,} editions are shortened."
    )


def _object(gone: Removal, published: PublishResult, is_clean: bool) -> dict[str, Any]:
    return {
        "key": gone.source.key,
        "forgotten": True,
        "hosts": list(gone.hosts),
        "articles": len(gone.articles),
        "stories_removed": list(gone.removed),
        "stories_told_anew": list(gone.reanalysed),
        "editions": list(gone.editions),
        "pages": {"written": published.written, "removed": published.removed},
        "scrubbed": is_clean,
    }


def _as_text(gone: Removal, published: PublishResult, settings: Settings, is_clean: bool) -> str:
    lines = [
        _plan_text(gone),
        (
            f"{settings.site.output}: {published.written:,} files written, {published.removed:,}"
            " removed."
        ),
        "Backups made before, mails already sent and copies of the site elsewhere still hold it.",
    ]
    if not is_clean:
        lines.append(
            "A reader kept the log of the database open: run `aggregator sources forget"
            f" {gone.source.key} --yes` again."
        )
    return "\n".join(lines)
