"""The open database: read and write transactions, migration and backup, be it a file or on a server
(see `store.sqlite`).
"""

from __future__ import annotations

import copy
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - others name it by us
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from aggregator.domain.frozen import frozen
from aggregator.errors import DatabaseError, UnknownSchemaError
from aggregator.resources import MIGRATIONS
from aggregator.store.copying import TableContent, clear, copy_rows, differences, is_empty
from aggregator.store.postgresql import PostgresServer
from aggregator.store.schema import BEFORE_RELEASE, RELEASED, REVISION
from aggregator.store.sqlite import SqliteFile, copy_of_file

_MOST_LISTED = 3  # differences in one message; `aggregator db check` lists all
_LOOK = "see `aggregator doctor`"
_NAME_A_BACKUP = "use a file that `aggregator db backup` wrote"
_LAST_COMMIT_BEFORE_RELEASE = "9ed1e41"
_RENUMBER = text(
    f"UPDATE alembic_version SET version_num = '{RELEASED}' WHERE version_num = '{BEFORE_RELEASE}'"
)


@frozen
class Restored:
    """What a restore took over, by table, and where the file lies now whose place it took: a
    damaged one, or one of another version.
    """

    tables: dict[str, TableContent]
    set_aside: Path | None = None


class Database:
    """One database address, opened lazily. Use `reading()` and `writing()`; each is one
    transaction.

    A commit survives a power cut, at the cost of some milliseconds of waiting for the disk. One
    that is not `durable` survives only a crash of the process until a durable one follows: use it
    for what can be fetched and computed again, never for what a person did.

    Its connections stay open for the next transaction until `close()`, or the end of
    `with Database(…) as database`.
    `name` is the address as people may see it, `path` the file if it is one.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        self._place = PostgresServer(url) if url.startswith("postgresql") else SqliteFile(url)
        self.name, self.path = self._place.name, self._place.path
        self._engine, self._durable = self._place.engine(), durable
        self._save_progress: Callable[[Connection], None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot that never waits for a writer. Raises DatabaseError."""
        with _translated_errors(self.name), self._engine.connect() as connection:
            yield connection.execution_options(**self._place.snapshot)

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[Connection]:
        """A write transaction, one at a time; it waits for its lock first, so that it does not fail
        half-way. Raises DatabaseError.

        A `durable` one survives a power cut even if the database was opened as not durable.
        """
        with _translated_errors(self.name), self._engine.connect() as opened:
            connection = opened.execution_options(durable=durable or self._durable)
            with connection.begin():
                yield connection
                if self._save_progress:
                    self._save_progress(connection)

    def saving_progress(self, save: Callable[[Connection], None]) -> Database:
        """The same database, where each write transaction ends by saving what was done so
        far.
        """
        other = copy.copy(self)
        other._save_progress = save
        return other

    def is_there(self) -> bool:
        """Whether there is anything to ask: a file, or a server."""
        return self._place.is_there()

    def revision(self) -> str | None:
        """The migration the database stands at, None for an empty or missing one."""
        if not self.is_there():
            return None
        with self.reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            revision: str | None = connection.scalar(
                text("SELECT version_num FROM alembic_version")
            )
            return revision

    def known_revision(self) -> str | None:
        """The migration the database stands at, if this program knows it. Raises
        UnknownSchemaError.
        """
        found = self.revision()
        if found is None:
            return None
        if found > REVISION:
            raise UnknownSchemaError(
                f"{self.name} was written by a newer version (schema {found}, this program knows"
                f" {REVISION})",
                remedy=(
                    "upgrade the program, or restore a backup made before the upgrade:"
                    f" {self._restoring}"
                ),
            )
        if found < RELEASED and found != BEFORE_RELEASE:
            raise UnknownSchemaError(
                f"{self.name} is from before release 0.1.0 (schema {found}, this program upgrades"
                f" from {BEFORE_RELEASE})",
                remedy=(
                    f"first upgrade it with the code of commit {_LAST_COMMIT_BEFORE_RELEASE}, in a"
                    " separate clone of the repository, as no package has it (docs/maintenance.md,"
                    f" “From before 0.1.0”, has the commands); or {self._out_of_the_way} and start"
                    " over with `aggregator refresh --force`"
                ),
            )
        return found

    def demand_current(self) -> None:
        """Raises DatabaseError where there is no database yet or it is to be upgraded,
        UnknownSchemaError where it cannot be.
        """
        found = self.known_revision()
        if found is None:
            raise DatabaseError(f"no database yet at {self.name}; `aggregator refresh` creates it")
        if found != REVISION:
            raise DatabaseError(
                f"{self.name}: the schema is {found}, but this version needs {REVISION}:"
                " run `aggregator db upgrade`"
            )

    def upgrade(self, now: datetime, migrations: Path = MIGRATIONS) -> Path | None:
        """Migrates to the newest schema, all in one transaction; returns the backup made beside an
        older file before.

        Raises UnknownSchemaError, and DatabaseError if it cannot be upgraded: it is then left
        unchanged.
        """
        found = self.known_revision()
        if found == REVISION:
            self._demand_columns()
            return None
        backup = (
            self._backup_beside(self.path, found, now) if self.path and found is not None else None
        )
        self._migrate(migrations)
        return backup

    def backup(self, target: Path) -> None:
        """A whole and checked copy in a SQLite file, taken while others write.

        Raises DatabaseError where the target exists or its folder does not, or where the copy is
        not sound; there is then no file.
        """
        if target.exists():
            raise DatabaseError(f"backup not written: {target} already exists; choose another name")
        if not target.parent.is_dir():
            raise DatabaseError(
                f"backup not written: no such folder: {target.parent}; create it: mkdir -p"
                f" {target.parent}"
            )
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)  # a backup that died left it
        file = SqliteFile(f"sqlite:///{part}")
        copy = Database(file.url)
        try:
            with _translated_errors(str(target), "check free space and permissions of its folder"):
                self._write_copy(copy, part)
                if problems := copy.problems():
                    raise DatabaseError(
                        f"backup not written: {problems[0]}; see `aggregator db check`"
                    )
                file.settle(copy._engine)
            part.rename(target)
        finally:
            copy.close()
            for leftover in (
                part,
                *(part.with_name(f"{part.name}-{log}") for log in ("wal", "shm")),
            ):
                leftover.unlink(missing_ok=True)

    def restore(self, backup: Path, now: datetime, *, force: bool = False) -> Restored:
        """Takes over what a backup holds, of this version or an older one.

        Raises DatabaseError where the file is no sound backup, or where this database holds rows
        (`force`: they are removed), or is damaged or of a version that this program does not know
        (`force`: its file is kept under another name).
        """
        with tempfile.TemporaryDirectory(dir=self.path.parent if self.path else None) as folder:
            copied = Path(folder) / "backup.db"
            with _translated_errors(str(backup), _NAME_A_BACKUP):
                copy_of_file(backup, copied)
            source = Database(f"sqlite:///{copied}")
            source.name = str(backup)
            try:
                if source.known_revision() is None or source.problems():
                    raise DatabaseError(
                        f"{backup} is not a valid backup of an aggregator database;"
                        f" {_NAME_A_BACKUP}"
                    )
                source._migrate()
                aside = self._set_aside_if_unusable(now, force=force)
                self.upgrade(now)
                return Restored(tables=self.take_over(source, force=force), set_aside=aside)
            finally:
                source.close()

    def _set_aside_if_unusable(self, now: datetime, *, force: bool) -> Path | None:
        """The name that a file got which cannot be read, or which another version of the program
        wrote; None for one that can be replaced row by row. Raises DatabaseError without `force`.
        """
        if not isinstance(self._place, SqliteFile) or not self.is_there():
            return None
        with _translated_errors(self.name):
            is_damaged = self._place.is_damaged(self._engine)
        if is_damaged:
            word = "damaged"
            if not force:
                raise DatabaseError(
                    f"{self.name} is damaged; `aggregator db restore --force FILE` moves it aside"
                    " first"
                )
        else:
            try:
                self.known_revision()
            except UnknownSchemaError:
                if not force:
                    raise
                word = f"schema-{self.revision()}"
            else:
                return None
        self._engine.dispose()
        return self._place.set_aside(f"{word}-{now:%Y%m%dT%H%M%SZ}")

    def _write_copy(self, copy: Database, part: Path) -> None:
        if isinstance(self._place, SqliteFile):
            self._place.copy(self._engine, part)
        else:
            copy._migrate()
            copy.take_over(self)

    def take_over(self, source: Database, *, force: bool = False) -> dict[str, TableContent]:
        """Copies every row of another database at this version's schema; what was copied, by table.

        In one transaction: others see all of it or nothing. Raises DatabaseError where this one
        holds rows (`force`: they are removed), or where the copy does not hold what the source
        does.
        """
        with source.reading() as reading, self.writing() as writing:
            if force:
                clear(writing)
            elif not is_empty(writing):
                raise DatabaseError(
                    f"{self.name} is not empty; choose another one, or use --force to"
                    " replace its contents"
                )
            return copy_rows(reading, writing)

    def scrub(self) -> bool:
        """Rewrites the database without what was deleted from it; False where a reader was in the
        way. Raises DatabaseError.
        """
        with _translated_errors(self.name):
            return self._place.scrub(self._engine)

    def problems(self) -> tuple[str, ...]:
        """What is damaged, and which rows point nowhere; nothing for a sound database."""
        with self.reading() as connection:
            return tuple(self._place.problems(connection))

    def differences(self) -> tuple[str, ...]:
        """How its tables differ from this version's schema; for a database whose revision says that
        they should not.
        """
        with self.reading() as connection:
            return differences(connection)

    def _demand_columns(self) -> None:
        if found := self.differences():
            raise DatabaseError(
                f"{self.name} claims to be at schema {REVISION}, but {_listed(found)};"
                f" {self.remedy}"
            )

    @property
    def remedy(self) -> str:
        """What to do with a database that cannot be used or upgraded."""
        return (
            f"{self._out_of_the_way}, then restore a backup (`aggregator db restore FILE`), or"
            " `aggregator refresh --force` to start from scratch"
        )

    @property
    def _out_of_the_way(self) -> str:
        return "move the file away" if self.path else "set database.url to an empty database"

    @property
    def _restoring(self) -> str:
        """How a backup takes the place of a database of another version."""
        if self.path is None:
            return "set database.url to an empty database, then `aggregator db restore FILE`"
        start = f"{self.path.name}."
        beside = self.path.parent.glob(f"{start}*.bak")
        ours = [path for path in beside if path.name.removeprefix(start)[:4] <= REVISION]
        return f"`aggregator db restore --force {max(ours, default='FILE')}`"

    @contextmanager
    def held(self, name: str, *, shared: bool = False) -> Iterator[bool]:
        """The lock of this name on a server, held while the context lasts; False where another
        connection has it.

        A `shared` one is had by several at once, and by nobody while it is had alone. Raises
        DatabaseError.
        """
        with _translated_errors(self.name), self._server().held(name, shared=shared) as is_ours:
            yield is_ours

    @property
    def driver_url(self) -> str:
        """The address of a server as its driver takes it, password included."""
        return self._server().driver_url

    def _server(self) -> PostgresServer:
        assert isinstance(self._place, PostgresServer), (
            "the locks of a database file are files beside it"
        )
        return self._place

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def _backup_beside(self, path: Path, found: str, now: datetime) -> Path:
        target = path.with_name(f"{path.name}.{found}-{now:%Y%m%dT%H%M%S}.bak")
        if not target.exists():  # a run that died after its backup finds it again
            self.backup(target)
        return target

    def _migrate(self, migrations: Path = MIGRATIONS) -> None:
        from alembic import command  # noqa: PLC0415 - 100 ms that only a migration needs
        from alembic.config import Config  # noqa: PLC0415
        from alembic.util import CommandError  # noqa: PLC0415

        failed = f"{self.name} cannot be upgraded and was left unchanged"
        config = Config()
        config.set_main_option("script_location", str(migrations).replace("%", "%%"))
        config.attributes["check"] = self._check_migrated
        is_renumbered = self.revision() == BEFORE_RELEASE
        engine = self._place.engine(migrating=True)
        try:
            with (
                _translated_errors(failed, f"if it happens again, {self.remedy}"),
                engine.begin() as connection,
            ):
                if is_renumbered:
                    connection.execute(_RENUMBER)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise DatabaseError(f"{failed}: {error}; {self.remedy}") from error
        finally:
            engine.dispose()

    def _check_migrated(self, connection: Connection) -> None:
        """Raises DatabaseError if the migrations did not produce the schema that this version
        declares.
        """
        self._place.check_migrated(connection)
        if found := differences(connection):
            raise DatabaseError(
                f"{self.name} cannot be upgraded and was left unchanged: {_listed(found)};"
                f" {self.remedy}"
            )


def overwrite_what_is_deleted(connection: Connection) -> None:
    """Has the transaction leave no byte of what it deletes in a file; a server drops it when it
    vacuums.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def _listed(found: Sequence[str]) -> str:
    more = len(found) - _MOST_LISTED
    return ", ".join(found[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


@contextmanager
def _translated_errors(name: str, remedy: str = _LOOK) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise DatabaseError(f"database {name}: {cause}; {remedy}") from error
