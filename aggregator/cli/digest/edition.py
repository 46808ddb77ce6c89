"""`aggregator edition`: builds, lists and corrects the weekly edition."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.arguments import NOW, WEEK
from aggregator.cli.context import Invocation, pass_invocation, table

if TYPE_CHECKING:
    from aggregator.digest.stage.edition import BuiltEdition
    from aggregator.domain.publishing.edition import StoredEdition
    from aggregator.domain.settings import Settings


@click.group()
def edition() -> None:
    """Build, list and correct weekly editions."""


@edition.command("build")
@click.option(
    "--week", type=WEEK, help="ISO week such as 2026-W47. Default: the last complete week."
)
@click.option(
    "--preview",
    is_flag=True,
    help="Print the edition as it would be now, without publishing. Default: the current week.",
)
@NOW
@pass_invocation
def build_edition(
    invocation: Invocation, week: str | None, preview: bool, now: datetime | None
) -> None:
    """Build and publish a week's edition. A published edition is never rebuilt."""
    from aggregator.cli.progress import set_up_log, watcher

    settings = invocation.settings()
    set_up_log(verbose=invocation.verbose)
    if preview:
        _print(invocation, asyncio.run(preview_of(settings, week, now)), settings)
        return
    with watcher() as watch:
        result = asyncio.run(build_now(settings, week, now, watch))
    shown = _object(result.stored, settings) | {"new": result.is_new}
    invocation.result(shown, _built_text(result, settings))


@edition.command("list")
@pass_invocation
def list_editions(invocation: Invocation) -> None:
    """List published editions."""
    from aggregator.bootstrap import open_database
    from aggregator.store.publishing.editions import stored_editions

    settings = invocation.settings()
    kept: tuple[StoredEdition, ...] = ()
    with open_database(settings.database) as database:
        if database.known_revision() is not None:
            database.demand_current()
            with database.reading() as connection:
                kept = stored_editions(connection)
    rows = [
        (
            f"{stored.edition.number}",
            stored.edition.week,
            f"{stored.edition.published:%Y-%m-%d}",
            _stories(stored),
            stored.edition.title,
        )
        for stored in kept
    ]
    text = table(("number", "week", "published", "stories", "title"), rows) if rows else _NONE
    invocation.result({"editions": [_object(stored, settings) for stored in kept]}, text)


@edition.command("correct")
@click.argument("week", type=WEEK)
@click.argument("text")
@NOW
@pass_invocation
def correct_edition(invocation: Invocation, week: str, text: str, now: datetime | None) -> None:
    """Append a correction to the edition of a week.

    The published text itself is not changed.
    """
    from aggregator.cli.progress import set_up_log, watcher

    settings = invocation.settings()
    set_up_log(verbose=invocation.verbose)
    with watcher() as watch:
        corrected = asyncio.run(_correct(settings, week, text, now, watch))
    number = len(corrected.corrections)
    summary = (
        f"Correction {number} to the edition of {week} published: {_address(corrected, settings)}"
    )
    invocation.result(_object(corrected, settings), summary)


_NONE = "No edition yet. `aggregator edition build` builds the one for the last complete week."


async def build_now(
    settings: Settings, week: str | None, now: datetime | None, watch: Any
) -> BuiltEdition:
    """Builds an edition under the lock of a run. Raises EditionError; a week that is not over is no
    run, and one without stories no failed one.
    """
    from zoneinfo import ZoneInfo

    from aggregator.bootstrap import open_services, run_lock
    from aggregator.digest.stage import edition as editing
    from aggregator.domain.operation.report import RunKind
    from aggregator.ops.runs import recorded_run
    from aggregator.pipeline import prepare

    with run_lock(settings.database):
        async with open_services(settings, now) as services:
            services.database.upgrade(services.clock.now())
            chosen = editing.finished_week(
                week, services.clock.now(), ZoneInfo(settings.site.timezone)
            )
            with recorded_run(services.database, services.clock, RunKind.EDITION) as run:
                await prepare(services, watch)
                result = await editing.build_edition(services, chosen, watch)
                run.report = {
                    "week": result.stored.edition.week,
                    "number": result.stored.edition.number,
                    "new": result.is_new,
                }
            return result


async def preview_of(settings: Settings, week: str | None, now: datetime | None) -> StoredEdition:
    """A preview of a week's edition, by default the current week's. Raises NothingToTellError,
    ArgumentError.
    """
    from aggregator.bootstrap import open_services
    from aggregator.digest.stage.edition import preview_edition

    async with open_services(settings, now) as services:
        services.database.demand_current()
        with services.database.reading() as connection:
            return preview_edition(connection, services, week)


def _print(invocation: Invocation, stored: StoredEdition, settings: Settings) -> None:
    from zoneinfo import ZoneInfo

    from aggregator.site.edition.exports import edition_json, edition_markdown
    from aggregator.site.edition.page import edition_pages
    from aggregator.templating.translation import translations

    (page,) = edition_pages(
        [stored], [story.path for story in stored.edition.stories()], settings.site
    )
    text = edition_markdown(
        page, translations(settings.site.language), ZoneInfo(settings.site.timezone)
    )
    invocation.result(edition_json(page) | {"preview": not stored.digest}, text)


async def _correct(
    settings: Settings, week: str, text: str, now: datetime | None, watch: Any
) -> StoredEdition:
    from aggregator.bootstrap import open_services, run_lock
    from aggregator.digest.stage import edition as editing

    with run_lock(settings.database):
        async with open_services(settings, now) as services:
            services.database.upgrade(services.clock.now())
            return editing.correct_edition(services, week, text, watch)


def _object(stored: StoredEdition, settings: Settings) -> dict[str, Any]:
    edition = stored.edition
    return {
        "week": edition.week,
        "number": edition.number,
        "published": edition.published.isoformat(),
        "title": edition.title,
        "stories": len(edition.stories()),
        "digest": stored.digest,
        "url": _address(stored, settings),
        "corrections": [
            {"at": correction.at.isoformat(), "text": correction.text}
            for correction in stored.corrections
        ],
    }


def _built_text(result: BuiltEdition, settings: Settings) -> str:
    edition = result.stored.edition
    head = f"Edition {edition.number}, week {edition.week}: {edition.title}"
    if not result.is_new:
        return (
            f"{head}\nPublished on {edition.published:%Y-%m-%d}; a published edition is"
            f" never rebuilt: {_address(result.stored, settings)}"
        )
    rows = [
        (
            "stories",
            f"{len(edition.leads)} leads, {len(edition.further)} further, "
            f"{len(edition.papers)} papers, {len(edition.releases)} releases",
        ),
        (
            "left out",
            f"{sum(out.stories for out in edition.left_out)} of {edition.numbers.stories}",
        ),
        *(("", f"{out.stories:>5}  {out.reason}") for out in edition.left_out),
        ("reading", f"{edition.minutes} min" + (", a quiet week" if edition.quiet else "")),
        ("page", _address(result.stored, settings)),
    ]
    return "\n".join((head, "", *(f"{name:<9} {value}" for name, value in rows)))


def _stories(stored: StoredEdition) -> str:
    corrected = f", {len(stored.corrections)} corrected" if stored.corrections else ""
    return f"{len(stored.edition.stories())}{corrected}"


def _address(stored: StoredEdition, settings: Settings) -> str:
    return f"{settings.site.base_url.rstrip('/')}/week/{stored.edition.week}/"
