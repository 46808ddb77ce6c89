"""What `aggregator doctor` finds of catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from aggregator.bootstrap import open_stored
from aggregator.domain.settings import Settings
from aggregator.errors import DatabaseError
from aggregator.ops.doctor.finding import Finding, warning
from aggregator.plugins.catalogues.store import readings

_STALE = timedelta(days=30)  # the four that are shipped change every few days


def catalogue_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Catalogues in quarantine, and those that have not changed for a month."""
    try:
        with open_stored(settings.database) as connection:
            found = readings(connection) if connection else {}
    except DatabaseError:
        return  # the findings about the database say so
    for source in settings.sources:
        if not source.enabled or source.key not in found:
            continue
        reading = found[source.key]
        if reading.suspected:
            yield warning(
                f"the catalogue {source.key} is in quarantine since"
                f" {reading.suspected.since:%Y-%m-%d}: {reading.suspicion}",
                f"look at {source.url}: if it changed its layout, correct"
                " [sources.listing.mapping]; a reading that repeats a day later is accepted",
            )
        elif now - reading.at > _STALE:
            yield warning(
                f"the catalogue {source.key} has not changed since {reading.at:%Y-%m-%d}",
                "its prices may be out of date: check whether it has moved, or set enabled = false",
            )
