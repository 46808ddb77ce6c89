"""A database that is a SQLite file: WAL mode, foreign keys on, immediate write transactions.

It contains subscribers' addresses, so every file created here is accessible to its owner only,
whatever the umask; SQLite gives its log and the log's index the mode of the database. The mode of
an existing file is left to its operator.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from aggregator.errors import DatabaseError
from aggregator.store.rows import json_text

# a disk may stall for seconds; a writer that gave up then would end its whole command
_BUSY_TIMEOUT_MS = 30_000
_PRIVATE = 0o600
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class SqliteFile:
    """The place of a `Database` in one file."""

    snapshot: Mapping[str, Any] = {"read_only": True}

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = Path(make_url(url).database or "")
        self.name = str(self.path)

    def engine(self, *, migrating: bool = False) -> Engine:
        """Foreign keys are off while migrating: a batch rebuild of a parent table would delete its
        children.
        """
        engine = create_engine(self.url, hide_parameters=True, json_serializer=json_text)

        @event.listens_for(engine, "do_connect")
        def _make(*_: Any) -> None:
            _make_private(self.path)

        @event.listens_for(engine, "connect")
        def _configure(connection: sqlite3.Connection, _: Any) -> None:
            connection.isolation_level = None  # we begin transactions ourselves, below
            try:
                connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
                connection.execute("PRAGMA journal_mode = WAL")  # the first access to the file
                connection.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")
            except sqlite3.Error:
                # SQLAlchemy does not close a connection that its listener refuses
                connection.close()
                raise

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            options = connection.get_execution_options()
            if options.get("read_only"):
                connection.exec_driver_sql("BEGIN")
                return
            # cannot change within a transaction
            level = "FULL" if options.get("durable", True) else "NORMAL"
            connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def is_there(self) -> bool:
        """Whether the file is there: asking it would make it."""
        return self.path.exists()

    def is_damaged(self, engine: Engine) -> bool:
        """Whether pages of the file are broken, or it is no database. One that is merely locked
        raises SQLAlchemyError.
        """
        try:
            with engine.connect() as connection:
                return connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() != "ok"
        except (DBAPIError, sqlite3.DatabaseError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if getattr(cause, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                raise
            return True

    def set_aside(self, word: str) -> Path:
        """Gives the file another name, and the log beside it, without which it cannot be repaired;
        the new name.
        """
        target = self.path.with_name(f"{self.path.name}.{word}")
        for log in ("-wal", "-shm", ""):
            if (beside := self.path.with_name(f"{self.path.name}{log}")).exists():
                beside.chmod(_PRIVATE)
                beside.rename(target.with_name(f"{target.name}{log}"))
        return target

    def scrub(self, engine: Engine) -> bool:
        """Rewrites the file without what was deleted from it, and empties its log; False where a
        reader kept the log open.

        SQLite leaves deleted rows in free pages and in the write-ahead log until both are written
        over.
        """
        pooled = engine.raw_connection()  # VACUUM stands outside any transaction
        try:
            cursor = pooled.cursor()
            cursor.execute("VACUUM")
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
        finally:
            pooled.close()
        return not is_busy

    def copy(self, engine: Engine, target: Path) -> None:
        """Writes a consistent copy of the file, while others write."""
        _make_private(target)
        pooled = engine.raw_connection()  # VACUUM stands outside any transaction
        try:
            pooled.cursor().execute("VACUUM INTO ?", (str(target),))
        finally:
            pooled.close()

    def settle(self, engine: Engine) -> None:
        """Brings all into the one file, on the disk, so that it may be moved."""
        pooled = engine.raw_connection()  # the journal is changed outside any transaction
        try:
            pooled.cursor().execute("PRAGMA journal_mode = DELETE")
        finally:
            pooled.close()
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    def problems(self, connection: Connection) -> Iterator[str]:
        """What `PRAGMA integrity_check` and `foreign_key_check` find."""
        yield from (
            row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"
        )
        for table, row_id, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"{table} row {row_id} refers to a missing row of {parent}"

    def check_migrated(self, connection: Connection) -> None:
        """Raises DatabaseError where the migration, which looked at no foreign key, left rows that
        point nowhere.
        """
        if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
            raise DatabaseError(
                f"{self.name}: {len(orphans)} rows refer to missing rows after the"
                " migration; restore the backup"
            )


def copy_of_file(file: Path, target: Path) -> None:
    """Writes a copy of a file that is only read. Raises sqlite3.Error where it is not there or no
    database.
    """
    _make_private(target)
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        opened.execute("VACUUM INTO ?", (str(target),))


def _make_private(path: Path) -> None:
    """Creates a missing file, accessible to its owner only; to SQLite an empty file is an empty
    database.

    Errors are left to SQLite, which meets the same one and reports it in a form that callers know.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
