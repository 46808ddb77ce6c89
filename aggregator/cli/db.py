"""`db upgrade|check`."""

from __future__ import annotations

import click

from aggregator.cli.context import Invocation, pass_invocation
from aggregator.errors import DatabaseError


@click.group()
def db() -> None:
    """Upgrade or check the database."""


@db.command()
@pass_invocation
def upgrade(invocation: Invocation) -> None:
    """Migrate the database to this version, after a backup beside it."""
    from aggregator.adapters.clock import SystemClock
    from aggregator.bootstrap import open_database, run_lock

    settings = invocation.settings()
    database = open_database(settings.database)
    with run_lock(settings.database):
        backup = database.upgrade(SystemClock().now())
    as_object = {"database": str(database.path), "schema": database.revision(), "backup": str(backup) if backup else None}
    kept = f" The database as it was: {backup}" if backup else ""
    invocation.result(as_object, f"{database.path} stands at schema {database.revision()}.{kept}")


@db.command()
@pass_invocation
def check(invocation: Invocation) -> None:
    """Check that the database is whole and at this version's schema."""
    from aggregator.bootstrap import open_database
    from aggregator.store.schema import REVISION

    database = open_database(invocation.settings().database)
    found = database.known_revision()
    problems = list(database.problems())
    if found != REVISION:
        problems.append(f"schema is {found or 'empty'}, this version needs {REVISION}: run `aggregator db upgrade`")
    if problems:
        raise DatabaseError("\n".join((f"{database.path}: {len(problems)} problem(s)", *(f"  {each}" for each in problems))))
    invocation.result(
        {"database": str(database.path), "schema": found, "problems": []}, f"{database.path} is sound (schema {found})."
    )
