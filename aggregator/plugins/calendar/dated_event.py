"""What is kept of an event of the calendar."""

from __future__ import annotations

from datetime import datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.dated_fact import DatedFact


@frozen
class DatedEvent:
    """An event as it was last published; `subjects` are all lists that it ever belonged to."""

    fact: DatedFact
    changed: datetime
    subjects: tuple[str, ...]
    sequence: int = 0
    is_cancelled: bool = False
