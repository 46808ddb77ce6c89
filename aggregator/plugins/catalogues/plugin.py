"""The hooks of `catalogues`: a kind of sources, and what becomes of their readings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def commands() -> Iterable[Any]:
    """`prices`."""
    from aggregator.plugins.catalogues.command import prices

    return (prices,)


@hook
def source_kinds() -> Iterable[Any]:
    """Catalogues of models, read by their mapping."""
    from aggregator.domain.source import SourceReader
    from aggregator.plugins.catalogues.reading import read_catalogue
    from aggregator.plugins.catalogues.records import CatalogueMapping

    return (SourceReader(kind="catalogue", read=read_catalogue, mapping=CatalogueMapping),)


@hook
def records_read(connection: Any, services: Any, source: Any, records: Iterable[Any]) -> list[str]:
    """Stores what a reading changes."""
    from aggregator.plugins.catalogues.records import CatalogueReading
    from aggregator.plugins.catalogues.stage import take_reading

    readings = [each for each in records if isinstance(each, CatalogueReading)]
    return [text for each in readings for text in take_reading(connection, services, source, each)]


@hook
def stages() -> Iterable[Any]:
    """The stage that confirms differences."""
    from aggregator.domain.operation.report import Step
    from aggregator.pipeline import Mode, Stage

    return (
        Stage(
            name="confirm",
            run=_confirm,
            reported="cluster",
            step=Step.CLUSTER,
            after="cluster",
            modes={Mode.REFRESH: _is_any_unconfirmed},
            takes="differences between readings of catalogues",
            leaves="differences that something else agrees with",
        ),
    )


def _is_any_unconfirmed(work: Any) -> bool:
    from aggregator.plugins.catalogues.store import stated_values

    with work.services.database.reading() as connection:
        return bool(stated_values(connection, confirmed=None, until=None))


async def _confirm(work: Any) -> None:
    from aggregator.plugins.catalogues.stage import confirm_stage

    confirm_stage(work.services)


@hook
def forget_stored(connection: Any) -> Iterable[int]:
    """What was read of all catalogues."""
    from aggregator.plugins.catalogues.store import forget

    return (forget(connection),)


@hook
def doctor_checks(settings: Any, now: Any) -> Iterable[Any]:
    """Catalogues in quarantine, and those that changed long ago."""
    from aggregator.plugins.catalogues.doctor import catalogue_findings

    return catalogue_findings(settings, now)


@hook
def templates() -> Iterable[Path]:
    """Those of prices and of what changed."""
    return (Path(__file__).with_name("templates"),)


@hook
def site_pages() -> Iterable[Any]:
    """The page of prices and windows, once a catalogue was read."""
    from aggregator.domain.publishing.page import AddedPage
    from aggregator.domain.wording import N_

    def shown(inputs: Any) -> object:
        from aggregator.plugins.catalogues.page import prices_page

        return prices_page(inputs)

    def is_there(connection: Any, services: Any) -> bool:
        from aggregator.plugins.catalogues.store import followed_readings

        return bool(followed_readings(connection, services.settings))

    def state(connection: Any) -> str:
        from aggregator.plugins.catalogues.store import catalogues_digest

        return catalogues_digest(connection)

    page = AddedPage(
        path="prices/",
        template="prices.html",
        record=shown,
        name=N_("Prices and windows"),
        is_there=is_there,
        state=state,
    )
    return (page,)


@hook
def stored_parts(
    connection: Any, services: Any, place: str, keys: Mapping[str, str], named: Mapping[str, str]
) -> Iterable[Any]:
    """What models cost, and what changed."""
    from aggregator.plugins.catalogues.page import changed_parts, entity_parts

    if place == "entity":
        return entity_parts(connection, services, named)
    if place == "story":
        from aggregator.plugins.catalogues.joined import joined_parts

        return joined_parts(connection, services, keys, named)
    return changed_parts(connection, services, place, keys, named) if place != "list" else ()


@hook
def listed_facts(connection: Any, services: Any, text: str) -> Iterable[Any]:
    """What models cost, how much they read, and when they retire."""
    from aggregator.plugins.catalogues.asked import listed_facts

    return listed_facts(connection, services, text)


@hook
def dated_facts(connection: Any, services: Any, named: Collection[str]) -> Iterable[Any]:
    """When models are switched off."""
    from aggregator.plugins.catalogues.store import followed_readings

    if not followed_readings(connection, services.settings):
        return ()
    from aggregator.plugins.catalogues.retirement_days import retirement_facts

    return retirement_facts(connection, services, named)
