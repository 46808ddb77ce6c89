"""The database: migrations and schema agree, older ones are backed up, newer ones refused, moments keep their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, select, text

from aggregator.errors import DatabaseError, NewerDatabaseError
from aggregator.resources import MIGRATIONS
from aggregator.store.database import Database
from aggregator.store.runs import latest_run, start_run
from aggregator.store.schema import REVISION, metadata, runs

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(f"sqlite:///{tmp_path / 'news.db'}")
    opened.upgrade(NOW)
    return opened


def test_migrations_build_the_schema_that_the_code_declares(database: Database) -> None:
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    assert differences == []


def test_the_newest_migration_is_the_revision_that_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_a_database_of_this_version_is_left_alone(database: Database) -> None:
    assert (database.upgrade(NOW), database.revision(), database.problems()) == (None, REVISION, ())


_SAMPLES = {int: 1, float: 1.0, bool: True, datetime: NOW, str: "one", object: []}


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """A database as the first version of the program made it, with a row in every table."""
    path = tmp_path / "first.db"
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert().values({each.name: _SAMPLES[each.type.python_type] for each in table.columns}))
    engine.dispose()
    return path


def rows_of(path: Path) -> dict[str, list[dict[str, object]]]:
    """Every row of every table that has any, but for the version."""
    database = Database(f"sqlite:///{path}")
    with database.reading() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        found = {name: [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in names}
    database.close()
    return {name: rows for name, rows in found.items() if rows and name != "alembic_version"}


def test_a_database_of_the_first_version_keeps_every_row_and_has_its_backup(first_version: Path) -> None:
    before = rows_of(first_version)
    database = Database(f"sqlite:///{first_version}")
    backup = database.upgrade(NOW)
    after = rows_of(first_version)

    assert backup is not None
    assert {"runs", "source_states", "articles", "passages", "stories", "analyses", "claims", "citations"} <= before.keys()
    assert {name: [row | old for row, old in zip(after[name], rows, strict=True)] for name, rows in before.items()} == after
    assert rows_of(backup) == before
    assert (database.revision(), Database(f"sqlite:///{backup}").revision(), database.problems()) == (REVISION, "0001", ())


def test_a_database_of_the_first_version_has_the_schema_of_a_new_one_once_migrated(first_version: Path) -> None:
    database = Database(f"sqlite:///{first_version}")
    database.upgrade(NOW)

    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_missing_database_is_not_created_by_asking_for_its_revision(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.db'}")

    assert (database.revision(), database.path.exists()) == (None, False)


def test_an_older_database_is_backed_up_before_it_is_migrated(database: Database) -> None:
    with database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(text(f"DROP TABLE {table.name}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    with pytest.raises(Exception, match="0000"):  # there is no migration 0000: what matters is that the backup came first
        database.upgrade(NOW)

    backups = list(database.path.parent.glob("*.bak"))
    assert [Database(f"sqlite:///{backup}").revision() for backup in backups] == ["0000"]


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NewerDatabaseError, match="upgrade the program") as refused:
        database.upgrade(NOW)

    assert refused.value.exit_code == 2


def test_a_moment_comes_back_aware_and_in_utc(database: Database) -> None:
    noon_in_berlin = datetime(2026, 7, 6, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    with database.writing() as connection:
        start_run(connection, "one", noon_in_berlin)
        read = connection.scalar(select(runs.c.started))

    assert (read, read.tzinfo if read else None) == (datetime(2026, 7, 6, 10, 0, tzinfo=UTC), UTC)


def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(DatabaseError, match="naive datetime"), database.writing() as connection:
        start_run(connection, "one", NOW.replace(tzinfo=None))


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.writing() as connection:
            start_run(connection, "one", NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()

    with database.reading() as connection:
        assert latest_run(connection) is None


def test_a_backup_is_a_whole_database_and_never_overwrites(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    database.backup(target)

    assert Database(f"sqlite:///{target}").revision() == REVISION
    with pytest.raises(DatabaseError, match="exists already"):
        database.backup(target)


def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    with database.writing() as writing:
        start_run(writing, "one", NOW)
        with database.reading() as reading:
            seen = latest_run(reading)

    assert seen is None


def test_a_file_that_is_no_database_is_told_by_name(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    path.write_bytes(b"not a database, but long enough to look like a damaged one" * 40)

    with pytest.raises(DatabaseError, match=r"news\.db"):
        Database(f"sqlite:///{path}").upgrade(NOW)
