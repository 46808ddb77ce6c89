"""A database on a PostgreSQL server, made to behave as the file does: one writer at a time, texts
in the order of bytes.

Serialised writers are what the functions of this room are written for, and they write for
milliseconds. The lock of the writers and those of runs are advisory locks of the server: they die
with their connection, as flock does with its process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    Table,
    create_engine,
    event,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.sqlite.dml import OnConflictClause
from sqlalchemy.engine import make_url

from aggregator.domain.web.address import Address
from aggregator.errors import DatabaseError
from aggregator.store.rows import json_text
from aggregator.store.schema import metadata

# Statements of this room are SQLite's on both databases, as the clause of PostgreSQL's dialect says
# the same and takes 60 ms to import; its compiler asks for one attribute more.
OnConflictClause.constraint_target = None  # type: ignore[attr-defined]

# As SQLite's, but for the last three: a machine that vanished holds no lock for longer than a
# minute.
_SESSION = {
    "timezone": "UTC",
    "lock_timeout": "30s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
# of our schema, by name
_LOCK = "hashtextextended('aggregator/' || current_schema() || '/' || %s, 0)"
_BEGIN_WRITING = (
    f"SELECT set_config('synchronous_commit', %s, true), pg_advisory_xact_lock({_LOCK})"
)
_WRITERS = " writers"  # no lock of a run has a space in its name


class PostgresServer:
    """The place of a `Database` on a server."""

    path = None
    snapshot: Mapping[str, Any] = {
        "read_only": True,
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
    }

    def __init__(self, url: str) -> None:
        self.url = Address(url)
        self.name = make_url(self.url.unmasked()).render_as_string(hide_password=True)

    def engine(self, *, migrating: bool = False) -> Engine:
        """Connections that wait for other writers. Raises DatabaseError where the driver is
        missing.
        """
        engine = self._connecting(pool_pre_ping=True)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            options = connection.get_execution_options()
            if not options.get("read_only"):
                # off: like NORMAL in SQLite
                level = "on" if options.get("durable", True) else "off"
                connection.exec_driver_sql(_BEGIN_WRITING, (level, _WRITERS))

        return engine

    def is_there(self) -> bool:
        """A server is asked, not looked for."""
        return True

    @property
    def driver_url(self) -> str:
        """The address as the driver itself takes it, password included."""
        return (
            make_url(self.url.unmasked())
            .set(drivername="postgresql")
            .render_as_string(hide_password=False)
        )

    @contextmanager
    def held(self, name: str, *, shared: bool = False) -> Iterator[bool]:
        """Holds the lock of this name while the context lasts; False where another connection has
        it.

        A `shared` one is had by several at once, and by nobody while it is had alone. Raises
        DatabaseError where the driver is missing, SQLAlchemyError where the server is.
        """
        attempt = f"SELECT pg_try_advisory_lock{'_shared' if shared else ''}({_LOCK})"
        engine = self._connecting(poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield bool(connection.exec_driver_sql(attempt, (name,)).scalar())

    def scrub(self, engine: Engine) -> bool:
        """Rewrites the tables without what was deleted from them. The server's own log and archives
        are the operator's.
        """
        with engine.connect().execution_options(
            isolation_level="AUTOCOMMIT", read_only=True
        ) as connection:
            for table in metadata.sorted_tables:
                connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
        return True

    def problems(self, connection: Connection) -> Iterator[str]:
        """Indexes and foreign keys that the server does not vouch for, rows that point nowhere;
        every row is read.
        """
        for row in connection.exec_driver_sql(_UNSOUND):
            yield f"{row[0]} {row[1]} is not valid"
        for table in metadata.sorted_tables:
            connection.execute(select(func.count()).select_from(table)).scalar()
            yield from _orphans(connection, table)

    def check_migrated(self, connection: Connection) -> None:
        """Nothing to check: the server looks at foreign keys while migrating."""

    def _connecting(self, **options: Any) -> Engine:
        try:
            engine = create_engine(
                self.url.unmasked(),
                hide_parameters=True,
                json_serializer=json_text,
                connect_args={"client_encoding": "utf8"},
                **options,
            )
        except ModuleNotFoundError as error:
            raise DatabaseError(
                f"{self.name}: {error.name} is not installed: pip install"
                " 'ai-news-aggregator[postgres]'"
            ) from error

        @event.listens_for(engine, "connect")
        def _configure(connection: Any, _: Any) -> None:
            connection.adapters.register_dumper(str, _storable_text())
            statements = (f"SET {name} TO '{value}'" for name, value in _SESSION.items())
            connection.execute("; ".join(statements))
            connection.commit()

        return engine


def order_texts_by_bytes(connection: Connection) -> None:
    """Gives every text column of this schema the collation that SQLite has: sites must not depend
    on a server's language. Raises DatabaseError where the database is not in UTF-8.
    """
    if connection.dialect.name != "postgresql":
        return
    if (encoding := connection.exec_driver_sql("SHOW server_encoding").scalar()) != "UTF8":
        raise DatabaseError(
            f"the database has the encoding {encoding}: recreate it with CREATE DATABASE …"
            " ENCODING 'UTF8'"
        )
    for table, column, kind in connection.exec_driver_sql(_OTHERWISE_ORDERED).fetchall():
        connection.exec_driver_sql(
            f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"'
        )


_OTHERWISE_ORDERED = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
AND NOT a.attisdropped AND a.attcollation NOT IN (0, '"C"'::regcollation)
AND NOT starts_with(c.relname, 'procrastinate')
ORDER BY c.relname, a.attnum
"""

_UNSOUND = """
SELECT 'index', c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace
UNION ALL SELECT 'constraint', conname FROM pg_constraint
WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
"""


def _orphans(connection: Connection, table: Table) -> Iterator[str]:
    for constraint in table.foreign_key_constraints:
        parent = constraint.referred_table.alias()
        pairs = [(element.parent, parent.c[element.column.name]) for element in constraint.elements]
        points = [column.is_not(None) for column, _ in pairs]
        meets = exists().where(*(column == of for column, of in pairs))
        if count := connection.scalar(
            select(func.count()).select_from(table).where(*points, ~meets)
        ):
            yield (
                f"{count} rows of {table.name} refer to a missing row of"
                f" {constraint.referred_table.name}"
            )


def _storable_text() -> type:
    """How psycopg hands over texts: without NUL, which the server refuses and no page shows."""
    from psycopg.types.string import StrDumperUnknown  # noqa: PLC0415 - of the extra `postgres`

    class _StorableText(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "") if "\0" in obj else obj)

    return _StorableText
