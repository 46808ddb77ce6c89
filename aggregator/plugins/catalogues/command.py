"""`aggregator prices`: what models cost, as catalogues state it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import Printed, awaited, pass_settings, table
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings
    from aggregator.plugins.catalogues.differences import ReadingState
    from aggregator.plugins.catalogues.offers import Offer


@click.command()
@click.argument("words", nargs=-1)
@pass_settings
def prices(settings: Settings, words: tuple[str, ...]) -> Printed:
    """Show what models cost, by catalogues.

    WORDS: only models whose name or provider has all of these words.
    """
    from aggregator.plugins.catalogues.offers import shown_value
    from aggregator.plugins.catalogues.page import COLUMNS
    from aggregator.templating.translation import IN_ENGLISH

    offers, readings = awaited(_stored(settings))
    wanted = [word.lower() for word in words]
    chosen = [
        offer
        for offer in offers
        if all(word in f"{offer.provider} {offer.name} {offer.subject}".lower() for word in wanted)
    ]
    rows = [
        (
            offer.provider,
            offer.name,
            *(
                " / ".join(shown_value(kind, each.value, IN_ENGLISH) for each in offer.of(kind))
                for kind in COLUMNS
            ),
        )
        for offer in chosen
    ]
    heads = ("provider", "model", "input", "output", "window", "longest output", "retirement")
    nothing = "No catalogue has been read yet: `aggregator refresh` reads those among the sources."
    nothing = "No model has this name." if offers else nothing
    as_object = {"models": [*map(_object, chosen)], "catalogues": _catalogues(readings)}
    return as_object, table(heads, rows, empty=nothing)


async def _stored(
    settings: Settings,
) -> tuple[tuple[Offer, ...], tuple[tuple[ReadingState, dict[str, int]], ...]]:
    from aggregator.bootstrap import open_services
    from aggregator.plugins.catalogues import store
    from aggregator.plugins.catalogues.page import stored_catalogues
    from aggregator.plugins.catalogues.stage import held_counts

    async with open_services(settings, None) as services:
        if services.database.known_revision() is None:
            return (), ()
        services.database.demand_current()
        with services.database.reading() as connection:
            states = store.readings(connection).values()
            held = tuple((state, held_counts(connection, state)) for state in states)
            return stored_catalogues(connection, services.settings).offers(), held


def _object(offer: Offer) -> dict[str, Any]:
    return {
        "provider": offer.provider,
        "model": offer.name,
        "id": offer.subject,
        "values": [
            _value_object(value)
            | {"url": offer.pages[value.source_key, value.record], "quote": value.text}
            for value in offer.values
        ],
    }


def _catalogues(
    readings: tuple[tuple[ReadingState, dict[str, int]], ...],
) -> list[dict[str, Any]]:
    return [
        _reading_object(state) | {"held": held} | _doubt_object(state) for state, held in readings
    ]


_value_object = shape(
    "kind value since confirmed=. source=source_key",
    since=datetime.date,
    confirmed=lambda value: value.confirmed is not None,
)
_reading_object = shape("source=source_key read=at records")
_doubt_object = shape("quarantined=suspected.since reason=suspicion")
