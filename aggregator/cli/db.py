"""`db upgrade|check|backup|restore|copy|readmit|prune`, and what `run` does of it each night."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import (
    NEW_FILE,
    OLD_FILE,
    Printed,
    awaited,
    flag,
    moment,
    open_current,
    pass_settings,
)
from aggregator.domain.wording import counted
from aggregator.errors import DatabaseError

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings
    from aggregator.store.copying import TableContent


@click.group()
def db() -> None:
    """Upgrade, check, back up, restore or move the database."""


@db.command()
@pass_settings
def upgrade(settings: Settings) -> Printed:
    """Upgrade the database schema to this version, after a backup."""
    from aggregator.adapters.locks import run_lock
    from aggregator.bootstrap import open_database

    with open_database(settings.database) as database, run_lock(settings.database):
        backup, schema = database.upgrade(moment()), database.revision()
    as_object = {
        "database": database.name,
        "schema": schema,
        "backup": str(backup) if backup else None,
    }
    kept = f" Backup: {backup}" if backup else ""
    return as_object, f"{database.name} is at schema {schema}.{kept}"


@db.command()
@pass_settings
def check(settings: Settings) -> Printed:
    """Check that the database is intact and at the current schema."""
    from aggregator.bootstrap import open_database
    from aggregator.store.schema import REVISION

    with open_database(settings.database) as database:
        if not database.is_there():
            raise DatabaseError(
                f"no database at {database.name} yet; `aggregator refresh` creates it"
            )
        found = database.known_revision()
        problems = list(database.problems())
        others = database.differences() if found == REVISION else ()
        problems += others
    if found != REVISION:
        problems.append(
            f"the schema is {found or 'empty'}, but this version needs {REVISION}: run"
            " `aggregator db upgrade`"
        )
    if problems:
        lines = [
            f"{database.name}: {counted(len(problems), 'problem')}",
            *(f"  {problem}" for problem in problems),
        ]
        raise DatabaseError("\n".join([*lines, database.remedy] if others else lines))
    text = f"{database.name} is intact (schema {found})."
    return {"database": database.name, "schema": found, "problems": []}, text


@db.command()
@click.argument("file", type=NEW_FILE)
@pass_settings
def backup(settings: Settings, file: Path) -> Printed:
    """Back up the database to FILE and check the copy.

    The copy is always a SQLite database. The database may stay in use meanwhile.
    """
    from aggregator.bootstrap import open_database

    with open_database(settings.database) as database:
        if database.known_revision() is None:
            raise DatabaseError(
                f"{database.name}: nothing to back up yet; `aggregator refresh` creates"
                " the database"
            )
        database.backup(file)
    size = file.stat().st_size
    as_object = {"database": database.name, "backup": str(file), "bytes": size}
    text = f"{database.name} backed up to {file} ({size / 1_000_000:.1f} MB, checked)."
    return as_object, text


@db.command()
@click.argument("file", type=OLD_FILE)
@flag(
    "--force",
    help="Replace the current contents; a damaged database, or one of a newer version, is moved"
    " aside.",
)
@pass_settings
def restore(settings: Settings, file: Path, *, force: bool) -> Printed:
    """Restore the database from the backup FILE.

    Restores everything or nothing, into an empty database.
    """
    from aggregator.adapters.locks import run_lock
    from aggregator.bootstrap import open_database

    with open_database(settings.database) as database, run_lock(settings.database):
        restored = database.restore(file, moment(), force=force)
    of = {
        "database": database.name,
        "backup": str(file),
        "set_aside": str(restored.set_aside) if restored.set_aside else None,
    }
    more = (
        f" The previous database was moved to {restored.set_aside}." if restored.set_aside else ""
    )
    more += " Next: aggregator refresh"
    return _copied(restored.tables, of, f"{file} restored to {database.name}", more)


@db.command()
@click.argument("url")
@flag("--force", help="Replace the contents of the target database.")
@pass_settings
def copy(settings: Settings, url: str, *, force: bool) -> Printed:
    """Copy all rows to the database at URL and compare them.

    Example: postgresql+psycopg://news@127.0.0.1/news
    """
    from aggregator.adapters.locks import run_lock
    from aggregator.bootstrap import open_database
    from aggregator.config.validators import database_url
    from aggregator.domain.settings import DatabaseSettings

    if mistake := database_url(url):
        raise click.BadParameter(mistake, param_hint="URL")
    other = DatabaseSettings(url=url)
    with open_database(settings.database) as source, open_database(other) as target:
        source.demand_current()
        if (
            Path(target.name).resolve() == Path(source.name).resolve()
        ):  # the name of a server database is its address
            raise click.BadParameter(
                f"{target.name} is the source database itself; choose another one", param_hint="URL"
            )
        with run_lock(settings.database), run_lock(other):
            target.upgrade(moment())
            taken = target.take_over(source, force=force)
    remedy = " Set database.url to it; the next refresh continues there."
    of = {"from": source.name, "to": target.name}
    return _copied(taken, of, f"{source.name} copied to {target.name}", remedy)


def _copied(taken: Mapping[str, TableContent], of: dict[str, Any], what: str, more: str) -> Printed:
    tables = {name: {"rows": table.rows, "sha256": table.digest} for name, table in taken.items()}
    rows = sum(content.rows for content in taken.values())
    text = f"{what}: {counted(rows, 'row')} in {counted(len(taken), 'table')}, compared.{more}"
    return of | {"rows": rows, "tables": tables}, text


@db.command()
@pass_settings
def readmit(settings: Settings) -> Printed:
    """Judge again which sentences of the stored articles are evidence.

    Needed only after the rule or analysis.language changed. The next refresh rewrites the stories
    that this changes.
    """
    judged, changed = awaited(_readmitted(settings))
    text = f"Judged {counted(judged, 'article')} again; {changed} changed."
    return {"articles": judged, "changed": changed}, text


async def _readmitted(settings: Settings) -> tuple[int, int]:
    from aggregator.bootstrap import open_run
    from aggregator.extract.stage.readmission import readmit as judge_again

    async with open_run(settings, None) as services:
        return judge_again(services, everything=True)


@db.command()
@pass_settings
def prune(settings: Settings) -> Printed:
    """Delete data older than [retention] allows. Stories, claims, quotes and editions are kept."""
    forgotten = prune_database(settings)
    counts = ", ".join(
        f"{count} {'robots.txt files' if what == 'robots' else what}"
        for what, count in forgotten.items()
    )
    return {"forgotten": forgotten}, f"Deleted: {counts}."


def prune_database(settings: Settings) -> dict[str, int]:
    """What was forgotten, by rule, under the lock of a run. Raises RunningError, DatabaseError."""
    from aggregator.adapters.clock import SystemClock
    from aggregator.ops.retention import retention_stage

    with open_current(settings, upgrade=True, alone=True) as database:
        return retention_stage(database, settings.retention, SystemClock())


def make_backup(settings: Settings) -> Path:
    """The copy of the database that was made. Raises DatabaseError."""
    from aggregator.adapters.clock import SystemClock
    from aggregator.bootstrap import open_database
    from aggregator.ops.retention import backup_stage

    with open_database(settings.database) as database:
        return backup_stage(
            database, Path(settings.retention.folder), settings.retention.backups, SystemClock()
        )
