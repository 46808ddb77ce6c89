"""Checks the health of sources: followed ones are fetched as by a refresh, those switched off
without storing entries.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from aggregator.crawl.crawler import fetch_sources
from aggregator.crawl.plan import due_sources
from aggregator.crawl.sources.health import HISTORY_DAYS, health
from aggregator.crawl.stage.fetch import fetch_stage, visit_of
from aggregator.crawl.stage.listings import listing_rules
from aggregator.crawl.stage.source_status import source_statuses
from aggregator.domain.source import FetchState, Source, SourceDay, SourceHealth
from aggregator.services import RefreshOptions, Services, Tally, Watch
from aggregator.store.news import sources as stored_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
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
) -> tuple[SourceCheck, ...]:
    """The checks of the sources named, by default all that are followed, with `everything` also
    those switched off.

    New entries of the followed ones are stored for the next refresh. Retry-After is obeyed.
    """
    chosen = _chosen(services, keys, everything=everything)
    followed = frozenset(source.key for source in chosen if source.enabled)
    tally = Tally()
    if followed:
        await fetch_stage(services, RefreshOptions(everything=True, only=followed), watch, tally)
    idle = await _asked_idle(services, [source for source in chosen if not source.enabled], watch)
    notes = {
        key: tuple(note.text for note in tally.notes if note.source == key) for key in followed
    }
    return tuple(
        replace(checked, notes=notes.get(checked.source.key, ()))
        for checked in _checked(services, chosen, idle)
    )


def stored_checks(
    services: Services, keys: Collection[str], *, everything: bool
) -> tuple[SourceCheck, ...]:
    """The same from what is stored; nothing is fetched."""
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
    async for outcome in fetch_sources(
        services.web, asks, services.settings.fetch, now, listing_rules(services, asks, now)
    ):
        visit = await visit_of(services, outcome, now)
        states[visit.state.source_key] = visit.state
        days.append(visit.day)
        watch.step(outcome.ask.source.name)
    with services.database.writing() as connection:
        stored_sources.add_to_days(connection, days)
    return states


def _checked(
    services: Services, chosen: list[Source], idle: dict[str, FetchState]
) -> tuple[SourceCheck, ...]:
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
        days = stored_sources.source_days(
            connection, (services.clock.now() - timedelta(days=HISTORY_DAYS)).date()
        )
        statuses = {status.source.key: status for status in source_statuses(connection, chosen)}
    found = []
    for source in chosen:
        state = idle.get(source.key) or states.get(source.key)
        verdict = health(source, state) if source.key in idle else statuses[source.key].health
        found.append(
            SourceCheck(source=source, state=state, health=verdict, days=days.get(source.key, ()))
        )
    return tuple(found)
