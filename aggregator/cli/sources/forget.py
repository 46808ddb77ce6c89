"""`sources forget`: a publisher's texts and pages are removed, and stay away."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import (
    NOW,
    Printed,
    flag,
    joined,
    open_current,
    pass_settings,
    with_services,
)
from aggregator.cli.progress import watcher
from aggregator.cli.refresh import refuse_unknown
from aggregator.domain.wording import counted
from aggregator.errors import AggregatorError
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.domain.publishing.page import PublishResult
    from aggregator.domain.settings import Settings
    from aggregator.ops.removal import Removal
    from aggregator.services import Services, Watch


@click.command()
@click.argument("key", metavar="KEY")
@flag("--yes", help="Do not ask for confirmation.")
@flag("--undo", help="Allow it to be fetched again. Removed content is not restored.")
@NOW
@pass_settings
def forget(settings: Settings, key: str, yes: bool, undo: bool, now: datetime | None) -> Printed:
    """Remove a source's content for good.

    Deletes its texts, passages and quotations, and the pages of stories based on it alone. Stories
    with other sources are rewritten from those. Neither the source nor its hosts are fetched again
    until `--undo`.
    """
    if undo:
        return _undone(settings, key)
    planned = _plan(settings, key)
    if not yes:
        click.confirm(
            f"{_plan_text(planned)}\nThis cannot be undone. Continue?", abort=True, err=True
        )
    with watcher() as watch:
        gone, published, is_clean = with_services(
            settings, now, lambda services: _forget(services, key, watch)
        )
    pages = {"written": published.written, "removed": published.removed}
    as_object = _object(gone) | {"pages": pages, "scrubbed": is_clean}
    return as_object, _as_text(gone, published, settings, is_clean)


def _plan(settings: Settings, key: str) -> Removal:
    from aggregator.bootstrap import open_reading
    from aggregator.ops.removal import removal

    with open_reading(settings.database) as connection:
        planned = removal(connection, settings, key)
    if not planned.articles:
        refuse_unknown(settings, (key,), "KEY")
    return planned


async def _forget(
    services: Services, key: str, watch: Watch
) -> tuple[Removal, PublishResult, bool]:
    from aggregator.ops.removal import forget as forgotten
    from aggregator.pipeline import build

    gone = forgotten(services, key)
    return gone, await build(services, watch), services.database.scrub()


def _undone(settings: Settings, key: str) -> Printed:
    from aggregator.store.news.tombstones import lift_tombstone

    with open_current(settings, alone=True) as database, database.writing() as connection:
        was_forgotten = lift_tombstone(connection, key)
    if not was_forgotten:
        refuse_unknown(settings, (key,), "KEY")
        raise AggregatorError(f"{key} was not removed: there is nothing to undo")
    text = f"{key} may be fetched again.\nNext: aggregator refresh --source {key}"
    return {"key": key, "forgotten": False}, text


def _plan_text(gone: Removal) -> str:
    hosts = f", and everything at {', '.join(gone.hosts)}" if gone.hosts else ""
    return (
        f"{gone.source.name} ({gone.source.key}){hosts}: {counted(len(gone.articles), 'article')};"
        f" {counted(len(gone.removed), 'story', 'stories')} to delete, {len(gone.reanalysed):,} to"
        f" rewrite from other sources, {counted(len(gone.editions), 'edition')} to shorten."
    )


_object = shape(
    "key=source.key forgotten=. hosts articles stories_removed=removed stories_told_anew=reanalysed"
    " editions",
    forgotten=lambda _: True,
    articles=len,
)


def _as_text(gone: Removal, published: PublishResult, settings: Settings, is_clean: bool) -> str:
    return joined(
        _plan_text(gone),
        f"{settings.site.output}: {published.written:,} files written, {published.removed:,}"
        " removed.",
        "Earlier backups, emails already sent and copies of the site elsewhere still contain it.",
        not is_clean
        and "Another process kept the database log open: run `aggregator sources forget"
        f" {gone.source.key} --yes` again.",
    )
