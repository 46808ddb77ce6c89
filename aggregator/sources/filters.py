"""Which entries of a source are read, and which are only remembered."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from aggregator.domain.entry import Entry, EntryState
from aggregator.domain.source import Source


def entry_state(entry: Entry, source: Source, *, now: datetime, max_age_days: int) -> EntryState:
    """Whether an entry is to be read: wanted by the source's `include` and `exclude` words, and not too old.

    Words are matched whole, without regard to case, in title, tags and summary. An entry without a date counts as new.
    """
    told = " ".join((entry.title, *entry.tags, entry.summary))
    wanted = not source.include or bool(_any_of(source.include).search(told))
    if not wanted or (source.exclude and _any_of(source.exclude).search(told)):
        return EntryState.FILTERED
    if entry.published and entry.published.at < now - timedelta(days=max_age_days):
        return EntryState.OLD
    return EntryState.PENDING


@lru_cache(maxsize=512)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(phrase)}(?!\w)" for phrase in phrases), re.IGNORECASE)
