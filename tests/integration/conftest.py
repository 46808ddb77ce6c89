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
from tests.integration.newsroom import Newsroom, stored_stories
from tests.integration.stored import NOW
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row, made once."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'news.db'}")
    database.upgrade(NOW)
    database.close()
    assert database.path is not None
    return database.path


@pytest.fixture(scope="session")
def three_stories(
    empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, tuple[str, ...]]:
    """A database with three stories that nobody has told, made once, and their ids."""
    return stored_stories(empty_database, tmp_path_factory.mktemp("stories"))


@pytest.fixture
def room(three_stories: tuple[Path, tuple[str, ...]], tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom(tmp_path, *three_stories) as made:
        yield made


@pytest.fixture
def bare(room: Newsroom) -> Newsroom:
    """The same, whose refreshes publish nothing."""
    room.publishes = False
    return room


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    """A server with qwen3:4b-instruct, behind both APIs."""
    with OllamaServer(extractive_writer) as running:
        yield running


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: postgres.Server) -> str:
    """The address of a migrated database that tests share, one after the other."""
    return postgres_server.migrated()


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
