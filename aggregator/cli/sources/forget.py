"""`sources forget`: a publisher's texts and pages are removed, and stay away."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import NOW, Invocation, awaited, pass_invocation
from aggregator.domain.wording import counted
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.domain.publishing.page import PublishResult
    from aggregator.domain.settings import Settings
    from aggregator.ops.removal import Removal


@click.command()
@click.argument("key", metavar="KEY")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option(
    "--undo", is_flag=True, help="Allow it to be fetched again. Removed content is not restored."
)
@NOW
@pass_invocation
def forget(invocation: Invocation, key: str, yes: bool, undo: bool, now: datetime | None) -> None:
    """Remove a source's content for good.

    Deletes its texts, passages and quotations, and the pages of stories based on it alone. Stories
    with other sources are rewritten from those. Neither the source nor its hosts are fetched again
    until `--undo`.
    """
    from aggregator.cli.progress import set_up_log, watcher

    settings = invocation.settings()
    set_up_log()
    if undo:
        _undo(invocation, settings, key)
        return
    planned = _plan(settings, key)
    if not yes:
        click.confirm(
            f"{_plan_text(planned)}\nThis cannot be undone. Continue?", abort=True, err=True
        )
    with watcher() as watch:
        gone, published, is_clean = awaited(_forget(settings, key, now, watch))
    invocation.result(
        _object(gone, published, is_clean), _as_text(gone, published, settings, is_clean)
    )


def _plan(settings: Settings, key: str) -> Removal:
    from aggregator.bootstrap import open_reading
    from aggregator.cli.refresh import refuse_unknown
    from aggregator.ops.removal import removal

    with open_reading(settings.database) as connection:
        planned = removal(connection, settings, key)
    if not planned.articles:
        refuse_unknown(settings, (key,), "KEY")
    return planned


async def _forget(
    settings: Settings, key: str, now: datetime | None, watch: Any
) -> tuple[Removal, PublishResult, bool]:
    from aggregator.adapters.locks import run_lock
    from aggregator.bootstrap import open_services
    from aggregator.ops.removal import forget as forgotten
    from aggregator.pipeline import build

    with run_lock(settings.database):
        async with open_services(settings, now) as services:
            gone = forgotten(services, key)
            published = await build(services, watch)
            return gone, published, services.database.scrub()


def _undo(invocation: Invocation, settings: Settings, key: str) -> None:
    from aggregator.adapters.locks import run_lock
    from aggregator.bootstrap import open_database
    from aggregator.cli.refresh import refuse_unknown
    from aggregator.store.news.tombstones import lift_tombstone

    with run_lock(settings.database), open_database(settings.database) as database:
        database.demand_current()
        with database.writing() as connection:
            was_forgotten = lift_tombstone(connection, key)
    if not was_forgotten:
        refuse_unknown(settings, (key,), "KEY")
        raise AggregatorError(f"{key} was not removed: there is nothing to undo")
    invocation.result(
        {"key": key, "forgotten": False},
        f"{key} may be fetched again.\nNext: aggregator refresh --source {key}",
    )


def _plan_text(gone: Removal) -> str:
    hosts = f", and everything at {', '.join(gone.hosts)}" if gone.hosts else ""
    return (
        f"{gone.source.name} ({gone.source.key}){hosts}: {counted(len(gone.articles), 'article')};"
        f" {counted(len(gone.removed), 'story', 'stories')} to delete, {len(gone.reanalysed):,} to"
        f" rewrite from other sources, {counted(len(gone.editions), 'edition')} to shorten."
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
        "Earlier backups, emails already sent and copies of the site elsewhere still contain it.",
    ]
    if not is_clean:
        lines.append(
            "Another process kept the database log open: run `aggregator sources forget"
            f" {gone.source.key} --yes` again."
        )
    return "\n".join(lines)
