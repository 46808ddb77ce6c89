"""The database and what it remembers: room, locks, schema, damage, how the last runs went and how
the sources are.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from glob import escape
from itertools import chain
from pathlib import Path

from aggregator.adapters.locks import is_locked
from aggregator.bootstrap import open_database
from aggregator.config.overrides_file import load_overrides
from aggregator.crawl.plan import route_label, way_in_use
from aggregator.domain.fetch_state import FetchState, RouteFailure
from aggregator.domain.operation.override import unknown
from aggregator.domain.operation.report import Run, RunKind, RunState
from aggregator.domain.settings import Settings
from aggregator.domain.source import ListingRepair
from aggregator.domain.wording import counted
from aggregator.errors import ConfigError, DatabaseError, UnknownSchemaError
from aggregator.ops.doctor.finding import Environment, Finding, error, existing, ok, warning
from aggregator.ops.health import is_dead
from aggregator.ops.retention import backups
from aggregator.store.database import Connection, Database
from aggregator.store.news.placements import override_targets
from aggregator.store.news.sources import fetch_states, route_failures, stored_repairs
from aggregator.store.publishing.editions import altered_editions
from aggregator.store.runs import recent_runs
from aggregator.store.schema import REVISION
from aggregator.store.statistics import page_fetches

LEAST_FREE_BYTES = 500_000_000  # a year of fifty sources with their pages
_MOST_LOG_BYTES = 500_000_000  # SQLite empties its log at 4 MB, if no reader holds it
_LONG_SILENCE = timedelta(days=3)
_LONG_RUN = timedelta(hours=6)
_RESTORE = (
    "restore a backup: `aggregator db restore --force FILE`; without a backup, move the"
    " file away and refresh"
)
_PAGES_SINCE = timedelta(days=7)
_LEAST_PAGES = 10  # fewer requests say nothing
_UNFINISHED = frozenset({RunState.OPEN, RunState.INTERRUPTED})
_AHEAD = timedelta(minutes=5)  # clocks differ by seconds


def database_findings(
    settings: Settings, now: datetime, environment: Environment, *, quick: bool = False
) -> Iterator[Finding]:
    """What is so of the database; with `quick` its pages are not read through."""
    database = open_database(settings.database)
    barred: tuple[Finding, ...] = ()
    if database.path:
        yield _room(database.path, environment)
        yield from (barred := tuple(_barred(database.path)))
    yield from _readable(
        (database.path,) if database.path else (), backups(Path(settings.retention.folder))
    )
    try:
        if not database.is_there():
            yield warning(f"no database yet at {database.name}", "run `aggregator refresh`")
            return
        if database.path:
            yield from _log_beside(database.path)
        is_running = not barred and is_locked(settings.database)
        yield from _database(database, settings, now, is_running=is_running, quick=quick)
    except UnknownSchemaError as unknown:
        yield error(unknown.reason, unknown.remedy)
    except DatabaseError as problem:
        if barred:
            return  # a file that may not be written cannot be read either while its log is missing
        remedy = _RESTORE if database.path else "check that the server is running, and database.url"
        yield error(str(problem).removesuffix("; see `aggregator doctor`"), remedy)
    finally:
        database.close()


def _room(path: Path, environment: Environment) -> Finding:
    free = environment.free_bytes(existing(path.parent))
    if free < LEAST_FREE_BYTES:
        return error(f"{free // 1_000_000} MB free on the database's disk", "free some disk space")
    return ok(f"{free // 1_000_000_000} GB free on the database's disk")


def _barred(path: Path) -> Iterator[Finding]:
    """What of database, log and locks cannot be written: all lie in one folder, which may still be
    missing.
    """
    lock = path.with_name(f"{path.name}.run.lock")
    for needed in (existing(path.parent), *(file for file in (path, lock) if file.exists())):
        if not os.access(needed, os.W_OK) or (needed == lock and not needed.is_file()):
            yield error(f"{needed} cannot be written", "change its owner, or run as its owner")


def _readable(*databases: Sequence[Path]) -> Iterator[Finding]:
    """Which of these files, or of the files next to them that begin with the same name, other users
    can access.
    """
    beside = (
        file
        for path in chain(*databases)
        for file in sorted(path.parent.glob(f"{escape(path.name)}*"))
    )
    wide = [
        path
        for path in beside
        if _is_database(path) and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if wide:
        more = f" and {len(wide) - 1} more" if wide[1:] else ""
        what = f"{wide[0]}{more}: subscribers' addresses can be read by other users of this machine"
        yield warning(what, f"`chmod 600 {shlex.join(map(str, wide))}`")


def _is_database(file: Path) -> bool:
    """Whether a file is a database, its log or a copy; lock files are empty."""
    return file.is_file() and not file.name.endswith(".lock") and file.stat().st_size > 0


def _log_beside(path: Path) -> Iterator[Finding]:
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > _MOST_LOG_BYTES:
        yield warning(
            f"the database's write-ahead log is {log.stat().st_size // 1_000_000} MB",
            "stop the program that keeps it open",
        )


def _database(
    database: Database, settings: Settings, now: datetime, *, is_running: bool, quick: bool
) -> Iterator[Finding]:
    found = database.known_revision()
    if found != REVISION:
        yield warning(
            f"the database has schema {found or 'none'}, this version needs {REVISION}",
            "run `aggregator db upgrade`, or just refresh",
        )
        return
    if others := database.differences():
        yield error(f"the tables do not match schema {found}: {', '.join(others)}", database.remedy)
        return
    if not quick:
        yield from _whole(database, found)
    with database.reading() as connection:
        yield from _altered(connection)
        yield from _runs(recent_runs(connection, 2, RunKind.REFRESH), now, is_running=is_running)
        yield from _sources(settings, fetch_states(connection), now)
        yield from _routes(settings, fetch_states(connection), route_failures(connection))
        yield from _repairs(stored_repairs(connection))
        yield from _pages(connection, now)
        yield from _overrides(connection, settings)


def _routes(
    settings: Settings,
    states: Mapping[str, FetchState],
    failures: Mapping[str, Sequence[RouteFailure]],
) -> Iterator[Finding]:
    """Sources that are read at a later address, as those before it fail."""
    for source in settings.sources:
        way = way_in_use(source, states.get(source.key))
        if not source.enabled or way is None or way.url == source.url:
            continue
        why = next(
            (found.reason for found in failures.get(source.key, ()) if found.url == source.url), ""
        )
        yield warning(
            f"{source.key} is read from its {route_label(way)}, as its first URL fails"
            f" ({why or 'no reason recorded'})",
            f"`aggregator sources check {source.key}` tries all its URLs",
        )


def _repairs(repairs: Mapping[str, Sequence[ListingRepair]]) -> Iterator[Finding]:
    """Pages that changed their layout and are read by what a model proposed."""
    for key, several in repairs.items():
        for repair in several:
            if repair.listing:
                yield warning(
                    f"the page of {key} changed and is read by selectors that a model proposed",
                    f"`aggregator sources list` shows them: check {repair.url} and put them into"
                    " its listing table",
                )


def _whole(database: Database, revision: str) -> Iterator[Finding]:
    problems = database.problems()
    if problems:
        yield error(f"the database is damaged: {problems[0]}", _RESTORE)
    else:
        yield ok(f"the database is intact (schema {revision})")


def _altered(connection: Connection) -> Iterator[Finding]:
    for period in altered_editions(connection):
        yield error(
            f"the edition of {period} was changed after publication",
            "restore a backup (`aggregator db restore --force FILE`): an edition is never"
            " rewritten",
        )


def _runs(newest: Sequence[Run], now: datetime, *, is_running: bool) -> Iterator[Finding]:
    """How the last refreshes went; `newest` are the two newest, newest first."""
    if is_running:
        long = (
            bool(newest)
            and newest[0].state is RunState.OPEN
            and now - newest[0].started > _LONG_RUN
        )
        since = f" since {newest[0].started:%Y-%m-%d %H:%M} UTC" if long else ""
        remedy = (
            "stop its process if it hangs"
            if long
            else "wait for it to finish; crashed runs leave no lock behind"
        )
        yield warning(f"a run is in progress{since}", remedy)
    if not newest:
        yield warning("no refresh yet", "run `aggregator refresh`")
        return
    yield _newest(newest[0], now)
    if newest[0].state in _UNFINISHED and not is_running:
        how = "stopped" if newest[0].state is RunState.INTERRUPTED else "killed"
        yield warning(
            f"the last refresh was {how} before it finished",
            "refresh again: it continues where it stopped",
        )
    if newest[0].state is RunState.FAILED:
        reason = newest[0].error.partition("\n")[0]
        twice = len(newest) > 1 and newest[1].state is RunState.FAILED
        what = "the last two refreshes failed" if twice else "the newest refresh failed"
        yield (error if twice else warning)(
            f"{what}: {reason}", f"`aggregator runs show {newest[0].id}` says where"
        )


def _newest(run: Run, now: datetime) -> Finding:
    began = f"{run.started:%Y-%m-%d %H:%M} UTC"
    if run.started > now + _AHEAD:
        return error(f"the newest run began in the future ({began})", "set this machine's clock")
    if now - run.started > _LONG_SILENCE:
        ago = f"{(now - run.started).days} days ago: the site shows nothing newer"
        return warning(
            f"the newest refresh began on {began}, {ago}",
            "run `aggregator refresh`, or `aggregator run` as a service",
        )
    return ok(f"the newest refresh began on {began}")


def _sources(settings: Settings, states: dict[str, FetchState], now: datetime) -> Iterator[Finding]:
    on = [source.key for source in settings.sources if source.enabled]
    asked = [states[key] for key in on if key in states]
    failing = sorted(state.source_key for state in asked if state.reason)
    if len(failing) == len(asked) > 1:
        yield error(
            f"none of the {len(asked)} sources responded",
            "check this machine's network, DNS and proxy",
        )
    elif failing:
        yield warning(
            f"{counted(len(failing), 'source')} failed at the last fetch: {_named(failing)}",
            "`aggregator sources list` says why",
        )
    dead = sorted(state.source_key for state in asked if is_dead(state, now))
    if dead and len(failing) < len(asked):
        yield warning(
            f"{counted(len(dead), 'dead source')}: {_named(dead)}",
            "find their new URL, or run `aggregator sources disable KEY`",
        )
    held = sorted(state.source_key for state in asked if state.quarantined)
    if held:
        yield warning(
            f"{counted(len(held), 'source')} in quarantine: {_named(held)}",
            "`aggregator sources check` checks them again",
        )


def _pages(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Reported if most pages fail: a few that are gone or behind a paywall are normal."""
    asked, failed = page_fetches(connection, now - _PAGES_SINCE)
    if asked >= _LEAST_PAGES and failed * 2 > asked:
        yield warning(
            f"{failed} of {asked} article pages of the last {_PAGES_SINCE.days} days could not be"
            " fetched",
            "`aggregator runs show last` lists the reasons; check this machine's network"
            " and proxy, and whether publishers block fetch.user_agent",
        )


def _overrides(connection: Connection, settings: Settings) -> Iterator[Finding]:
    try:
        overrides = load_overrides(Path(settings.cluster.overrides))
    except ConfigError:
        return  # reported with the settings
    for entry in unknown(overrides, override_targets(connection, overrides)):
        yield warning(
            f"{settings.cluster.overrides}: {entry}", "correct or remove it: it has no effect"
        )


def _named(keys: Sequence[str]) -> str:
    return ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
