"""The entries of a feed as they are stored: which of them count, and for what."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.crawl.relevance import entry_state
from aggregator.domain.entry import Feed, SeenEntry
from aggregator.domain.settings import Settings
from aggregator.domain.source import Source


def without_texts(feed: Feed) -> Feed:
    """The feed as it is kept where its texts are closed to AI systems: headlines and links."""
    return replace(
        feed, entries=tuple(replace(entry, summary="", content="") for entry in feed.entries)
    )


def seen_entries(
    feed: Feed,
    source: Source,
    settings: Settings,
    now: datetime,
    *,
    is_backlog: bool,
    share: float | None,
) -> tuple[SeenEntry, ...]:
    """The entries that have an address, each with what is to be done with it."""
    oldest = now - timedelta(days=source.max_age_days or settings.fetch.max_age_days)
    found = []
    for entry in feed.entries:
        if article_id := entry.article_id:
            state = entry_state(entry, source, oldest=oldest, share=share)
            found.append(
                SeenEntry(
                    entry=entry,
                    article_id=article_id,
                    first_seen=now,
                    state=state,
                    backlog=is_backlog,
                )
            )
    return tuple(found)
