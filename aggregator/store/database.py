"""The open database: SQLite in WAL mode with foreign keys on, read and write transactions, migration and backup."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - re-exported: what the functions of this room take
from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from aggregator.errors import DatabaseError, NewerDatabaseError
from aggregator.resources import MIGRATIONS
from aggregator.store.schema import REVISION

_BUSY_TIMEOUT_MS = 30_000  # a disk may stall for seconds; a writer that gave up then would end its whole command


class Database:
    """One database address, opened lazily. Use `reading()` and `writing()`; each is one transaction.

    A commit outlives the process; a `durable` one outlives the machine too, for 2 ms of waiting for the disk.
    """

    def __init__(self, url: str, *, durable: bool = False) -> None:
        self.url = url
        self.path = Path(make_url(url).database or "")
        self._engine = _engine(url, foreign_keys=True, durable=durable)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot that never waits for a writer. Raises DatabaseError."""
        with _told(self.path), self._engine.connect() as connection:
            yield connection.execution_options(read_only=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction, taken at once (BEGIN IMMEDIATE) so that it cannot fail half-way for a lock."""
        with _told(self.path), self._engine.begin() as connection:
            yield connection

    def revision(self) -> str | None:
        """The migration the database stands at, None for an empty or missing one."""
        if not self.path.exists():
            return None
        with self.reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision

    def known_revision(self) -> str | None:
        """The migration the database stands at, if this program knows it. Raises NewerDatabaseError."""
        found = self.revision()
        if found is not None and found > REVISION:
            raise NewerDatabaseError(
                f"{self.path} was written by a newer version (schema {found}, this program knows {REVISION}): "
                "upgrade the program, or restore the backup made before the upgrade"
            )
        return found

    def upgrade(self, now: datetime) -> Path | None:
        """Migrates to the newest schema; returns the backup made beside an older database before. Raises NewerDatabaseError."""
        found = self.known_revision()
        if found == REVISION:
            return None
        backup = self._backup_beside(found, now) if found is not None else None
        self._migrate()
        return backup

    def backup(self, target: Path) -> None:
        """A consistent copy, taken while others write (VACUUM INTO). Raises DatabaseError where the target exists."""
        if target.exists():
            raise DatabaseError(f"backup not written: {target} exists already; choose another name")
        with _told(target):
            pooled = self._engine.raw_connection()  # VACUUM stands outside any transaction
            try:
                pooled.cursor().execute("VACUUM INTO ?", (str(target),))
            finally:
                pooled.close()

    def scrub(self) -> bool:
        """Rewrites the file without what was deleted from it, and empties its log; False where a reader kept the log open.

        SQLite leaves deleted rows in free pages and in the write-ahead log until both are written over.
        """
        with _told(self.path):
            pooled = self._engine.raw_connection()  # VACUUM stands outside any transaction
            try:
                cursor = pooled.cursor()
                cursor.execute("VACUUM")
                is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
            finally:
                pooled.close()
        return not is_busy

    def problems(self) -> tuple[str, ...]:
        """What `PRAGMA integrity_check` and `foreign_key_check` find; nothing for a sound database."""
        with self.reading() as connection:
            damaged = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
            orphans = [
                f"{row[0]} row {row[1]} points to no {row[2]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
            ]
        return tuple(damaged + orphans)

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def _backup_beside(self, found: str, now: datetime) -> Path:
        target = self.path.with_name(f"{self.path.name}.{found}-{now:%Y%m%dT%H%M%S}.bak")
        if not target.exists():  # a run that died after its backup finds it again
            self.backup(target)
        return target

    def _migrate(self) -> None:
        from alembic import command  # noqa: PLC0415 - 100 ms that only a migration needs
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        engine = _engine(self.url, foreign_keys=False)
        try:
            with _told(self.path), engine.connect() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                    raise DatabaseError(f"{self.path}: {len(orphans)} rows point nowhere after the migration; restore the backup")
        finally:
            engine.dispose()


def _engine(url: str, *, foreign_keys: bool, durable: bool = False) -> Engine:
    """Foreign keys are off while migrating: a batch rebuild of a parent table would delete its children."""
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, below
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = getattr(error, "orig", None) or error
        raise DatabaseError(f"database {path}: {cause}; see `aggregator doctor`") from error
