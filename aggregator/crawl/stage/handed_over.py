"""What plugins read of a source that are no entries: given to them as it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aggregator.domain.operation.report import Note
from aggregator.domain.source import Source
from aggregator.hooks.plugins import plugins
from aggregator.services import Services
from aggregator.store.database import Connection


def hand_over(
    connection: Connection, services: Services, source: Source, records: tuple[Any, ...]
) -> Iterator[Note]:
    """Gives plugins what they read of a source; what they say of it, for the report."""
    if records:
        for text in plugins().all(
            "records_read", connection=connection, services=services, source=source, records=records
        ):
            yield Note(source=source.key, text=text)
