"""Asks sources how they are: those that are followed as a refresh would, those switched off without
keeping an entry.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from aggregator.crawl.crawler import ask_sources
from aggregator.crawl.plan import due_sources
from aggregator.crawl.sources.health import HISTORY_DAYS, health
from aggregator.crawl.stage.fetch import fetch_stage, visited
from aggregator.crawl.stage.listings import listing_rules
from aggregator.crawl.stage.source_status import standings
from aggregator.domain.source import FetchState, Source, SourceDay, SourceHealth
from aggregator.services import RefreshOptions, Services, Tally, Watch
from aggregator.store.news import sources as stored_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A source with its fetch state, its verdict and its history, oldest day first.

    `notes` say what this visit showed: entries left out, a move, a recovery.
    """

    source: Source
    state: FetchState | None
    health: SourceHealth
    days: tuple[SourceDay, ...]
    notes: tuple[str, ...] = ()


async def check_stage(
    services: Services, keys: Collection[str], watch: Watch, *, everything: bool
) -> tuple[Checked, ...]:
    """How the sources named are, by default all that are followed, with `everything` also those
    switched off.

    What the followed ones list is stored, to be read by the next refresh. Nobody is asked against
    its Retry-After.
    """
    chosen = _chosen(services, keys, everything=everything)
    followed = frozenset(source.key for source in chosen if source.enabled)
    tally = Tally()
    if followed:
        await fetch_stage(services, RefreshOptions(everything=True, only=followed), watch, tally)
    idle = await _asked_idle(services, [source for source in chosen if not source.enabled], watch)
    told = {key: tuple(note.told for note in tally.notes if note.source == key) for key in followed}
    return tuple(
        replace(checked, notes=told.get(checked.source.key, ()))
        for checked in _checked(services, chosen, idle)
    )


def known(services: Services, keys: Collection[str], *, everything: bool) -> tuple[Checked, ...]:
    """The same from what is stored; nobody is asked."""
    return _checked(services, _chosen(services, keys, everything=everything), {})


def _chosen(services: Services, keys: Collection[str], *, everything: bool) -> list[Source]:
    return [
        source
        for source in services.settings.sources
        if (source.key in keys if keys else everything or source.enabled)
    ]


async def _asked_idle(services: Services, off: list[Source], watch: Watch) -> dict[str, FetchState]:
    """The state of each source that is switched off as one visit shows it; of the visit the counts
    of the day are kept.
    """
    now = services.clock.now()
    asks = due_sources([replace(source, enabled=True) for source in off], {}, now).asked
    watch.stage("switched off", len(asks))
    states, days = {}, []
    async for outcome in ask_sources(
        services.web, asks, services.settings.fetch, now, listing_rules(services, asks, now)
    ):
        visit = await visited(services, outcome, now)
        states[visit.state.source_key] = visit.state
        days.append(visit.day)
        watch.step(outcome.ask.source.name)
    with services.database.writing() as connection:
        stored_sources.add_to_days(connection, days)
    return states


def _checked(
    services: Services, chosen: list[Source], idle: dict[str, FetchState]
) -> tuple[Checked, ...]:
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
        days = stored_sources.source_days(
            connection, (services.clock.now() - timedelta(days=HISTORY_DAYS)).date()
        )
        told = {standing.source.key: standing for standing in standings(connection, chosen)}
    found = []
    for source in chosen:
        state = idle.get(source.key) or states.get(source.key)
        verdict = health(source, state) if source.key in idle else told[source.key].health
        found.append(
            Checked(source=source, state=state, health=verdict, days=days.get(source.key, ()))
        )
    return tuple(found)
