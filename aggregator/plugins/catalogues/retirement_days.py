"""When models are switched off, for the calendar.

A calendar waits for a second reading that agrees: until then a day that changed, or that a
catalogue has no more, stays as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from aggregator.domain.frozen import grouped
from aggregator.domain.publishing.dated_fact import DatedFact
from aggregator.plugins.catalogues import store
from aggregator.plugins.catalogues.differences import AGREEING_AFTER, CatalogueValue, Ending
from aggregator.plugins.catalogues.names import model_key, subject_of
from aggregator.plugins.catalogues.page import PATH, labels, of_makers, stored_catalogues
from aggregator.plugins.catalogues.records import ValueKind
from aggregator.services import Services
from aggregator.store.database import Connection


def retirement_facts(
    connection: Connection, services: Services, named: Collection[str]
) -> Iterator[DatedFact]:
    """The days on which models are switched off, by their makers where these say so; `named` are
    the keys of names that stories speak of.
    """
    known, called = (
        stored_catalogues(connection, services.settings),
        labels(services.settings, services.registry, {key: key for key in named}),
    )
    settled = replace(
        known,
        records=tuple(replace(record, unlisted=None) for record in known.records),
        values=tuple(_settled(known.values, store.last_answers(connection))),
    )
    offers = [offer for offer in settled.offers() if offer.values]
    for offer in of_makers(offers, called):
        first, *_ = ordered = sorted(offer.values, key=lambda value: value.value)
        page = called.models.get(model_key(offer.subject), "")
        lines = [called.line(offer, value) for value in ordered]
        key = f"{subject_of(offer.provider)}/{offer.subject}"
        yield DatedFact(
            key=key,
            about=key,
            day=date.fromisoformat(first.value),
            title=called.words("%(name)s is switched off", name=offer.name),
            stated=" / ".join(f"“{line.text}” ({line.source})" for line in lines),
            url="" if page else PATH,
            origin=lines[0].url,
            subjects=(f"entity/{page}",) if page else (),
        )


def _settled(
    values: Collection[CatalogueValue], answers: Mapping[str, datetime]
) -> Iterator[CatalogueValue]:
    """Of each record the last day that something else agreed with, as if it stood, unless the
    catalogue has had none for so long that it was read again.
    """
    days = grouped(
        ((value.source_key, value.record), value)
        for value in values
        if value.kind is ValueKind.RETIREMENT and value.ending != Ending.WITHDRAWN
    )
    for several in days.values():
        ended, agreed = several[-1].until, [value for value in several if value.confirmed]
        is_over = ended and answers[several[-1].source_key] - ended >= AGREEING_AFTER
        if agreed and not is_over:
            yield replace(agreed[-1], until=None)
