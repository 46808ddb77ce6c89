"""`sources list`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import Invocation, pass_invocation, table

if TYPE_CHECKING:
    from aggregator.crawl.polling import PollingInterval
    from aggregator.domain.operation.tombstone import Tombstone
    from aggregator.domain.source import FetchState, Source


@click.command("list")
@pass_invocation
def list_sources(invocation: Invocation) -> None:
    """List all sources with their status and next fetch.

    Shows what each source delivered, its problems, and how often it is fetched and why.
    """
    from aggregator.bootstrap import open_database
    from aggregator.crawl.polling import polling_interval
    from aggregator.domain.operation.tombstone import REMOVED, is_forgotten
    from aggregator.store.news import sources as stored
    from aggregator.store.news.tombstones import tombstones

    settings = invocation.settings()
    left_out: tuple[Tombstone, ...] = ()
    with open_database(settings.database) as database:
        if database.known_revision() is None:
            states, standings = {}, {}
        else:
            database.demand_current()
            with database.reading() as connection:
                states = stored.fetch_states(connection)
                standings = {
                    standing.source.key: standing
                    for standing in stored.source_statuses(connection, settings.sources, states)
                }
                left_out = tombstones(connection)
    rows, objects = [], []
    for source in settings.sources:
        state = states.get(source.key)
        state = (
            state if state and state.url == source.url else None
        )  # what is kept of another address counts no more
        articles = standings[source.key].articles if source.key in standings else 0
        paced = polling_interval(state, settings.fetch) if state and source.enabled else None
        how = REMOVED if is_forgotten(source, left_out) else _how(source, state)
        due = state.due if state and source.enabled else None
        interval = f"{_length(paced.interval)}: {paced.why}" if paced else ""
        when = f"{due:%Y-%m-%d %H:%M}" if due else ""
        since = (
            f", since {state.failing_since:%Y-%m-%d}"
            if state and state.failing_since and how == state.reason
            else ""
        )
        rows.append(
            (
                source.key,
                source.lane.value,
                str(articles),
                f"{how}{since}",
                interval,
                when,
                source.note,
            )
        )
        objects.append(_object(source, state, articles, how, paced))
    heads = ("source", "lane", "articles", "state", "interval", "next (UTC)", "note")
    invocation.result({"sources": objects}, table(heads, rows))


def _how(source: Source, state: FetchState | None) -> str:
    """How a source fares, in a few words; what keeps it from being asked or read first."""
    if not source.enabled:
        return "off"
    if state is None:
        return "not fetched yet"
    if state.retired:
        return f"retired on {state.retired:%Y-%m-%d}: reported as gone twice"
    if state.quarantined:
        return f"in quarantine since {state.quarantined:%Y-%m-%d}: {state.quarantine_reason}"
    moved = (
        f", moved to {state.ask_url}"
        if state.ask_url
        else f", redirects to {state.moved_to}"
        if state.moved_to
        else ""
    )
    closed = f", closed to AI systems: {state.reserved}" if state.reserved else ""
    left_out = f", {state.left_out} skipped: no link or no title" if state.left_out else ""
    return state.reason or f"ok{moved}{closed}{left_out}"


def _length(interval: timedelta) -> str:
    """`45 min`, `6 h`, `10 d`, rounded."""
    minutes = round(interval.total_seconds() / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} d"


def _object(
    source: Source, state: FetchState | None, articles: int, how: str, paced: PollingInterval | None
) -> dict[str, Any]:
    due = state.due if state else None
    return {
        "key": source.key,
        "name": source.name,
        "url": source.url,
        "lane": source.lane.value,
        "enabled": source.enabled,
        "articles": articles,
        "state": how,
        "failures": state.failures if state else 0,
        "interval_s": round(paced.interval.total_seconds()) if paced else None,
        "interval_why": paced.why if paced else None,
        "due": due.isoformat() if due else None,
        "asked_at": (state.ask_url if state else None) or source.url,
        "moved_to": state.moved_to if state else None,
        "retired": state.retired.isoformat() if state and state.retired else None,
        "quarantined": state.quarantined.isoformat() if state and state.quarantined else None,
        "reserved": state.reserved if state else "",
        "left_out": state.left_out if state else 0,
        "note": source.note,
    }
