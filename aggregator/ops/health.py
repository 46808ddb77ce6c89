"""Reads the health of the system from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.domain.fetch_state import FetchState
from aggregator.domain.operation.health import SystemHealth
from aggregator.domain.operation.report import Reach, Run, RunKind, RunState
from aggregator.domain.settings import Settings
from aggregator.domain.source import Source
from aggregator.store import runs, statistics
from aggregator.store.database import Connection, Database
from aggregator.store.news import sources as stored_sources
from aggregator.store.publishing import deliveries, editions
from aggregator.store.publishing.subscribers import request_count
from aggregator.store.schema import REVISION

_MOST_RUNS = 30  # newest runs that are looked at
_DEAD_AFTER = timedelta(days=7)  # of continuous failures


def system_health(database: Database, settings: Settings, now: datetime) -> SystemHealth:
    """The health of the system; empty before the first run. Raises DatabaseError."""
    if database.known_revision() != REVISION:
        return SystemHealth(now=now)
    with database.reading() as connection:
        newest = runs.recent_runs(connection, _MOST_RUNS)
        period = editions.newest_period(connection)
        states = stored_sources.fetch_states(connection)
        refreshes = tuple(run for run in newest if run.kind is RunKind.REFRESH)
        return SystemHealth(
            now=now,
            refreshes=refreshes,
            others=tuple(run for run in newest if run.kind is not RunKind.REFRESH),
            done=_newest_done(connection, refreshes),
            reach=_reach(refreshes, states),
            sources=_by_condition(settings.sources, states, now),
            failing={
                key: state.reason for key, state in _on(settings.sources, states) if state.reason
            },
            dead={
                key: _why_dead(state)
                for key, state in _on(settings.sources, states)
                if is_dead(state, now)
            },
            held=statistics.counts(connection),
            mail={
                state.value: count for state, count in deliveries.counts(connection, period).items()
            }
            if period
            else {},
            edition=period,
            wishes=request_count(connection),
            database_bytes=statistics.size_bytes(connection),
        )


def is_dead(state: FetchState, now: datetime) -> bool:
    """Whether a source is gone for good, or has failed for a week."""
    return state.retired is not None or (
        state.failing_since is not None and now - state.failing_since > _DEAD_AFTER
    )


def _newest_done(connection: Connection, refreshes: Sequence[Run]) -> Run | None:
    """The newest refresh that came to its end, however long ago."""
    found = next((run for run in refreshes if run.state is RunState.DONE), None)
    return found or next(
        (
            run
            for run in runs.recent_runs(connection, 1000, RunKind.REFRESH)
            if run.state is RunState.DONE
        ),
        None,
    )


def _reach(refreshes: Sequence[Run], states: Mapping[str, FetchState]) -> Reach:
    """How many sources the newest refresh could read that had any to ask. Where it asked only
    sources that have failed since before others were last read, it says nothing of the others.
    """
    asking = [run for run in refreshes if run.state is RunState.DONE and run.reach]
    if not asking or asking[0].reach is not Reach.FAILED:
        return (asking[0].reach if asking else None) or Reach.OK
    read = next((run for run in asking if run.reach is not Reach.FAILED), None)
    since = [states[key].failing_since for key in asking[0].failed_sources if key in states]
    is_old = read and all(begun and begun <= (read.ended or read.started) for begun in since)
    return Reach.DEGRADED if is_old else Reach.FAILED


def _on(
    sources: Sequence[Source], states: Mapping[str, FetchState]
) -> list[tuple[str, FetchState]]:
    return [
        (source.key, states[source.key])
        for source in sources
        if source.enabled and source.key in states
    ]


def _by_condition(
    sources: Sequence[Source], states: Mapping[str, FetchState], now: datetime
) -> Mapping[str, int]:
    """How many sources are well, failing, dead, in quarantine, new, or off; each counts once."""
    found = Counter(dict.fromkeys(("well", "failing", "dead", "quarantined", "new", "off"), 0))
    for source in sources:
        found[_condition(states.get(source.key), now) if source.enabled else "off"] += 1
    return found


def _condition(state: FetchState | None, now: datetime) -> str:
    if state is None or state.last_tried is None:
        return "new"
    if is_dead(state, now):
        return "dead"
    return "quarantined" if state.quarantined else "failing" if state.reason else "well"


def _why_dead(state: FetchState) -> str:
    if state.retired:
        return f"permanently gone (http 410) since {state.retired:%Y-%m-%d}"
    return f"failing since {state.failing_since:%Y-%m-%d}: {state.reason or 'no reason recorded'}"
