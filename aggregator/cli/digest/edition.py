"""`aggregator edition`: builds, lists and corrects editions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import (
    DAY,
    NOW,
    PERIOD,
    WEEK,
    Printed,
    aligned,
    awaited,
    flag,
    pass_settings,
    table,
)
from aggregator.cli.progress import watcher
from aggregator.domain.publishing.period import last_period
from aggregator.errors import NothingToPublishError
from aggregator.log import log
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.digest.stage.edition import BuiltEdition
    from aggregator.domain.publishing.edition import StoredEdition
    from aggregator.domain.settings import Settings


@click.group()
def edition() -> None:
    """Build, list and correct editions."""


@edition.command("build")
@click.option(
    "--edition",
    "periods",
    multiple=True,
    type=PERIOD,
    help="ISO week such as 2026-W47, or day such as 2026-11-18; may be repeated. Default: the last"
    " complete week, day or both, as edition.period says.",
)
@click.option("--week", type=WEEK, hidden=True)
@click.option("--day", type=DAY, hidden=True)
@flag(
    "--preview",
    help="Print the edition as it would be now, without publishing. Default: the current week, or"
    " the current day if edition.period has no weeks.",
)
@NOW
@pass_settings
def build_edition(
    settings: Settings,
    periods: tuple[str, ...],
    week: str | None,
    day: str | None,
    preview: bool,
    now: datetime | None,
) -> Printed:
    """Build and publish the edition of a week or a day.

    A published edition is never rebuilt.
    """
    named = [period for period in (*periods, week, day) if period]
    if preview:
        return _previewed(awaited(preview_of(settings, (*named, None)[0], now)), settings)
    with watcher() as watch:
        results = awaited(build_now(settings, named, now, watch))
    objects = [_object(result.stored, settings) | {"new": result.is_new} for result in results]
    shown = objects[0] if len(objects) == 1 else {"editions": objects}
    return shown, "\n\n".join(_built_text(result, settings) for result in results)


@edition.command("list")
@pass_settings
def list_editions(settings: Settings) -> Printed:
    """List published editions."""
    from aggregator.bootstrap import open_stored
    from aggregator.store.publishing.editions import stored_editions

    with open_stored(settings.database) as connection:
        kept = stored_editions(connection) if connection else ()
    rows = [
        (
            f"{stored.edition.number}",
            stored.edition.period,
            f"{stored.edition.published:%Y-%m-%d}",
            _stories(stored),
            stored.edition.title,
        )
        for stored in kept
    ]
    text = table(("number", "period", "published", "stories", "title"), rows, empty=_NONE)
    return {"editions": [_object(stored, settings) for stored in kept]}, text


@edition.command("correct")
@click.argument("period", type=PERIOD)
@click.argument("text")
@NOW
@pass_settings
def correct_edition(settings: Settings, period: str, text: str, now: datetime | None) -> Printed:
    """Append a correction to the edition of a week or a day.

    The published text itself is not changed.
    """
    with watcher() as watch:
        corrected = awaited(_correct(settings, period, text, now, watch))
    number = len(corrected.corrections)
    summary = (
        f"Correction {number} to the edition of {period} published: {_address(corrected, settings)}"
    )
    return _object(corrected, settings), summary


_NONE = "No edition yet. `aggregator edition build` builds the one for the last complete week."


async def build_now(
    settings: Settings, periods: Sequence[str], now: datetime | None, watch: Any
) -> tuple[BuiltEdition, ...]:
    """Builds editions under the lock of a run, where none is named those of the last periods that
    are over. Raises EditionError; a period that is not over is no run, and one without stories no
    failed one.
    """
    from aggregator.bootstrap import open_run
    from aggregator.digest.stage import edition as editing
    from aggregator.domain.operation.report import RunKind
    from aggregator.ops.runs import recorded_run
    from aggregator.pipeline import prepare

    built: list[BuiltEdition] = []
    empty: list[NothingToPublishError] = []
    async with open_run(settings, now) as services:
        moment, zone = services.clock.now(), settings.site.zone
        chosen = list(periods) or [
            last_period(kind, moment, zone) for kind in settings.edition.period
        ]
        for period in chosen:
            editing.demand_over(period, moment, zone)
        for period in chosen:
            try:
                with recorded_run(services.database, services.clock, RunKind.EDITION) as run:
                    await prepare(services, watch)
                    result = await editing.build_edition(services, period, watch)
                    edition = result.stored.edition
                    run.report = {
                        edition.kind.value: edition.period,
                        "number": edition.number,
                        "new": result.is_new,
                    }
                built.append(result)
            except NothingToPublishError as nothing:
                empty.append(nothing)
    if not built:
        raise empty[0]
    for without_stories in empty:
        log().info("no edition", reason=str(without_stories))
    return tuple(built)


async def preview_of(settings: Settings, period: str | None, now: datetime | None) -> StoredEdition:
    """A preview of an edition, by default the current week's. Raises NothingToPublishError,
    ArgumentError.
    """
    from aggregator.bootstrap import open_services
    from aggregator.digest.stage.edition import preview_edition

    async with open_services(settings, now) as services:
        services.database.demand_current()
        with services.database.reading() as connection:
            return preview_edition(connection, services, period)


def _previewed(stored: StoredEdition, settings: Settings) -> Printed:
    from aggregator.site.edition.exports import edition_json
    from aggregator.site.edition.page import edition_pages
    from aggregator.site.story.markdown import edition_markdown
    from aggregator.templating.translation import translations

    (page,) = edition_pages(
        [stored], [story.path for story in stored.edition.stories()], settings.site
    )
    text = edition_markdown(page, translations(settings.site.language), settings.site.zone)
    return edition_json(page) | {"preview": not stored.digest}, text


async def _correct(
    settings: Settings, period: str, text: str, now: datetime | None, watch: Any
) -> StoredEdition:
    from aggregator.bootstrap import open_run
    from aggregator.digest.stage import edition as editing

    async with open_run(settings, now) as services:
        return editing.correct_edition(services, period, text, watch)


def _object(stored: StoredEdition, settings: Settings) -> dict[str, Any]:
    edition = stored.edition
    head = {edition.kind: edition.period} | _edition_object(edition)
    corrections = [*map(asdict, stored.corrections)]
    address = _address(stored, settings)
    return head | {"digest": stored.digest, "url": address, "corrections": corrections}


_edition_object = shape(
    "number published title stories=.", stories=lambda edition: len(edition.stories())
)


def _built_text(result: BuiltEdition, settings: Settings) -> str:
    edition, kind = result.stored.edition, result.stored.edition.kind.value
    head = f"Edition {edition.number}, {kind} {edition.period}: {edition.title}"
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
        (
            "reading",
            f"{edition.minutes} min" + (f", a quiet {edition.kind.value}" if edition.quiet else ""),
        ),
        ("page", _address(result.stored, settings)),
    ]
    return f"{head}\n\n{aligned(rows, 9)}"


def _stories(stored: StoredEdition) -> str:
    corrected = f", {len(stored.corrections)} corrected" if stored.corrections else ""
    return f"{len(stored.edition.stories())}{corrected}"


def _address(stored: StoredEdition, settings: Settings) -> str:
    from aggregator.site.head import absolute
    from aggregator.site.paths import edition_path

    return absolute(settings.site, edition_path(stored.edition.period))
