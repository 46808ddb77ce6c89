"""A real database for each test, on SQLite and on PostgreSQL: copied from one that was migrated
once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from aggregator.store.database import Database
from tests import postgres
from tests.integration.stored import NOW


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row, made once."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'news.db'}")
    database.upgrade(NOW)
    database.close()
    assert database.path is not None
    return database.path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: postgres.Server) -> str:
    """The address of a migrated database that tests share, one after the other."""
    url = postgres_server.database()
    database = Database(url)
    database.upgrade(NOW)
    database.close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database without a row; `parametrize("database", ["sqlite"], indirect=True)` for
    what only a file can do.
    """
    if request.param == "sqlite":
        url = (
            f"sqlite:///"
            f"{shutil.copy(request.getfixturevalue('empty_database'), tmp_path / 'news.db')}"
        )
    else:
        url = request.getfixturevalue("migrated_postgres")
        request.getfixturevalue("postgres_server").empty(url)
    opened = Database(url, durable=False)  # nothing stored here need survive a power cut
    yield opened
    opened.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as writing:
        yield writing
