"""A PostgreSQL server for tests: Debian's, on a socket in a folder of its own, without waiting for
the disk.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from aggregator.store.database import Database
from aggregator.store.schema import metadata
from tests.requirements import POSTGRESQL

_DEADLINE_S = 60.0
_HASTY = (
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=60",
    "listen_addresses=",
)


class Server:
    """A running server. `database()` makes one more database, and `migrated()` one with our tables,
    as a copy of one that was migrated once: a fifteenth of the time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers, self._template = folder, count(1), ""

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def database(self, template: str = "template0") -> str:
        """The address of a new database that nobody else uses."""
        name = f"news_{os.getpid()}_{next(self._numbers)}"
        # Copied as files: by its log, as servers do unasked, it takes six times as long.
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def migrated(self) -> str:
        """The address of a new database that has our tables, without a row."""
        if not self._template:
            url = self.database()
            with Database(url) as database:
                database.upgrade(datetime.now(UTC))
            self._template = name_of(url)
        return self.database(self._template)

    def drop(self, url: str) -> None:
        """Removes a database, whoever is connected to it."""
        self.run(f"DROP DATABASE {name_of(url)} WITH (FORCE)")

    def empty(self, url: str) -> None:
        """Removes every row of a database of ours. Deleting from empty tables takes a tenth of a
        new database's time.
        """
        tables = "; ".join(f"DELETE FROM {table.name}" for table in metadata.sorted_tables)
        hasty = "SET session_replication_role = replica"  # no foreign key is looked at
        self.run(f"{hasty}; {tables}; ALTER SEQUENCE entries_id_seq RESTART", name_of(url))

    def run(self, statement: str, database: str = "postgres") -> None:
        """Runs a statement as the server's owner."""
        import psycopg

        with psycopg.connect(
            f"host={self._folder} user=postgres dbname={database}", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


def name_of(url: str) -> str:
    """The name of the database in an address."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def running() -> Iterator[Server]:
    """A server, stopped at the end; it ends with this process in any case. It sorts as Germans do:
    ours must not depend on it.
    """
    initdb = POSTGRESQL.path()
    assert initdb is not None
    bin_folder = initdb.parent
    folder = _new_folder()
    as_user = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() == 0:  # the server refuses root
        shutil.chown(folder, "nobody", "nogroup")
        as_user += ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
    data = folder / "data"
    kind = (
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C",
        "--locale-provider=icu",
        "--icu-locale=de",
        "--no-sync",
    )
    subprocess.run(
        [*as_user, bin_folder / "initdb", "-D", data, *kind],
        check=True,
        capture_output=True,
        cwd="/",
    )
    options = [
        part for each in (*_HASTY, f"unix_socket_directories={folder}") for part in ("-c", each)
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*as_user, bin_folder / "postgres", "-D", data, *options],
            stdout=log,
            stderr=log,
            cwd="/",
        )
    try:
        _await(bin_folder, folder, process)
        yield Server(folder)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(_DEADLINE_S)
        shutil.rmtree(folder, ignore_errors=True)


def _new_folder() -> Path:
    """A folder that the server's user may enter; in memory, where a new database costs a twentieth,
    if the tests are there. Its name is short, as a socket's path has at most 107 bytes, and does
    not look random, as the address of a database with a password does.
    """
    in_memory = os.environ.get("PYTEST_DEBUG_TEMPROOT", "").startswith("/dev/shm")
    place = Path("/dev/shm" if in_memory else "/tmp")
    names = (f"pg-{os.getpid()}-{number}" for number in count(1))
    folder = next(place / name for name in names if not (place / name).exists())
    folder.mkdir(mode=0o700)
    return folder


def _await(bin_folder: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _DEADLINE_S
    while subprocess.run([bin_folder / "pg_isready", "-q", "-h", folder]).returncode:
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until, "the PostgreSQL server does not start"
        process.poll()
