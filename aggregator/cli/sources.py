"""`sources list`."""

from __future__ import annotations

import click

from aggregator.cli.context import Invocation, pass_invocation, table
from aggregator.cli.sources_check import check


@click.group()
def sources() -> None:
    """What is followed."""


sources.add_command(check)


@sources.command("list")
@pass_invocation
def list_sources(invocation: Invocation) -> None:
    """List every source with what it gave and how it fares."""
    from aggregator.bootstrap import open_database
    from aggregator.store import sources as stored

    settings = invocation.settings()
    database = open_database(settings.database)
    if database.known_revision() is None:
        states, standings = {}, {}
    else:
        with database.reading() as connection:
            states = stored.fetch_states(connection)
            standings = {each.source.key: each for each in stored.standings(connection, settings.sources, states)}
    rows, objects = [], []
    for source in settings.sources:
        state, standing = states.get(source.key), standings.get(source.key)
        how = "off" if not source.enabled else "not asked yet" if state is None else state.reason or "ok"
        due = f"{state.due:%Y-%m-%d %H:%M}" if state and state.due and source.enabled else ""
        articles = standing.articles if standing else 0
        rows.append((source.key, source.lane.value, str(articles), how, due, source.note))
        objects.append(
            {
                "key": source.key,
                "name": source.name,
                "url": source.url,
                "lane": source.lane.value,
                "enabled": source.enabled,
                "articles": articles,
                "state": how,
                "failures": state.failures if state else 0,
                "due": state.due.isoformat() if state and state.due else None,
                "note": source.note,
            }
        )
    invocation.result({"sources": objects}, table(("source", "lane", "articles", "state", "next (UTC)", "note"), rows))
