"""A real database for each test: copied from one that was migrated once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from aggregator.store.database import Database
from tests.integration.stored import NOW


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row, made once."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'news.db'}")
    database.upgrade(NOW)
    database.close()
    return database.path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{shutil.copy(empty_database, tmp_path / 'news.db')}")
    yield opened
    opened.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as writing:
        yield writing
