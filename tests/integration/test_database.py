"""The database: migrations and schema agree, older ones are backed up, newer ones refused, moments
keep their zone.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, func, insert, inspect, select, text

from aggregator.domain.entry import Entry, EntryState, SeenEntry
from aggregator.errors import DatabaseError, UnknownSchemaError
from aggregator.resources import MIGRATIONS
from aggregator.store.copying import contents
from aggregator.store.database import Database
from aggregator.store.news.entries import save_entries
from aggregator.store.runs import start_run
from aggregator.store.schema import (
    BEFORE_RELEASE,
    RELEASED,
    REVISION,
    claims,
    entries,
    metadata,
    runs,
    stories,
)
from tests import postgres
from tests.integration.stored import latest_run
from tests.messages import named

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
ENTRY = SeenEntry(
    entry=Entry(
        source_key="daily",
        guid="g1",
        url="https://daily.example/1",
        title="Northwind opens a model",
        authors=(),
        published=None,
        updated=None,
        summary="",
        content="",
        tags=(),
        language=None,
    ),
    article_id="a1",
    first_seen=NOW,
    state=EntryState.PENDING,
)


_SINCE_RELEASE = {
    "addresses",
    "announced",
    "calibrations",
    "catalogue_readings",
    "catalogue_records",
    "catalogue_values",
    "evaluations",
    "canaries",
    "daily_places",
    "drafts",
    "fact_citations",
    "listing_repairs",
    "notifications",
    "model_speeds",
    "owners",
    "newsletter_items",
    "plugin_values",
    "route_failures",
    "story_facts",
    "verdicts",
    "writing_forms",
}  # tables


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that is still empty; beside `database`, the address of that."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'news.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    made = server.migrated() if "database" in request.fixturenames else server.database()
    yield made
    server.drop(made)


@pytest.fixture
def database(url: str, empty_database: Path, tmp_path: Path) -> Iterator[Database]:
    """A database of its own without a row, copied from one that was migrated."""
    if url.startswith("sqlite"):
        shutil.copy(empty_database, tmp_path / "news.db")
    with Database(url) as opened:
        yield opened


SCRIPTS = ScriptDirectory(str(MIGRATIONS))


@pytest.fixture
def other(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> Iterator[Database]:
    """An empty database of the other kind."""
    if not url.startswith("sqlite"):
        with Database(f"sqlite:///{tmp_path / 'other.db'}") as opened:
            yield opened
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with Database(server.database()) as opened:
        yield opened
    server.drop(opened.url)


ONLY_A_FILE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def test_migrations_build_the_schema_that_the_code_declares(database: Database) -> None:
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    assert differences == []


def test_the_newest_migration_is_the_revision_that_the_code_expects() -> None:
    assert SCRIPTS.get_heads() == [REVISION]


def test_a_database_of_this_version_is_left_alone(database: Database) -> None:
    assert (database.upgrade(NOW), database.revision(), database.problems()) == (None, REVISION, ())


_SAMPLES = {
    int: 1,
    float: 1.0,
    bool: True,
    datetime: NOW,
    date: NOW.date(),
    bytes: b"one",
    str: "one",
    object: [],
}


def fill(url: str, samples: dict[type, object]) -> None:
    """Writes a row into every table of a database."""
    engine = create_engine(url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                row = {column.name: samples[column.type.python_type] for column in table.columns}
                short = {
                    column.name: "week"
                    for column in table.columns
                    if getattr(column.type, "length", None)
                }
                connection.execute(table.insert().values(row | short))
    engine.dispose()


def filled(url: str, revision: str) -> None:
    """Makes a database of a revision, with a row in each table."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    fill(url, _SAMPLES)


def at_revision(url: str, revision: str) -> None:
    """Makes a database with the tables of the release, a row in each, and the number of an earlier
    migration.
    """
    filled(url, RELEASED)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
    engine.dispose()


def revision_of(path: Path) -> str | None:
    with Database(f"sqlite:///{path}") as database:
        return database.revision()


def rows_of(url: str) -> dict[str, list[dict[str, object]]]:
    """Every row of every table that has any, but for the version. What is NULL is left out: so a
    row is the same when a later migration adds a column.
    """
    database = Database(url)
    with database.reading() as connection:
        names = inspect(connection).get_table_names()
        found = {
            name: [
                {column: value for column, value in row._mapping.items() if value is not None}
                for row in connection.execute(text(f"SELECT * FROM {name}"))
            ]
            for name in names
        }
    database.close()
    return {name: rows for name, rows in found.items() if rows and name != "alembic_version"}


_RENAMED = {"week": "period"}  # of editions, corrections and deliveries


def test_a_database_of_the_last_revision_before_the_release_gets_a_new_number_and_keeps_every_row(
    url: str,
) -> None:
    at_revision(url, BEFORE_RELEASE)
    before = rows_of(url)
    with Database(url) as database:
        database.upgrade(NOW)
        found = (database.revision(), database.problems(), database.differences())

    assert {"runs", "passages", "citations", "subscribers", "deliveries"} <= before.keys()
    after = rows_of(url)
    del before["lists"]  # the next build makes them again
    changed = {
        (name, column)
        for name, rows in before.items()
        for kept, row in zip(rows, after[name], strict=True)
        for column, value in kept.items()
        if row.get(column if column in row else _RENAMED.get(column, column)) != value
    }
    # later migrations add columns, have every story tagged again, keep no digest of a line, and
    # look for no answers
    gone = {
        ("lines", "digest"),
        ("lines", "page"),
        ("analyses", "is_open"),
        ("analyses", "is_weighed"),
    }
    assert (changed, found) == (
        {("stories", "tagged"), *gone},
        (REVISION, (), ()),
    )


def test_a_story_loses_the_addends_of_importance_that_are_no_more(url: str) -> None:
    filled(url, "0123")
    reasons = [["origins", 0.4, "", 2], ["novelty", 0.2, "", 0], ["lane", -0.5, "paper", 0]]
    engine = create_engine(url)
    with engine.begin() as connection:
        change = text("UPDATE stories SET reasons = :reasons")
        connection.execute(change, {"reasons": json.dumps(reasons)})
    engine.dispose()

    with Database(url) as database:
        database.upgrade(NOW)
        with database.reading() as connection:
            kept = connection.scalars(select(stories.reasons)).all()

    assert kept == [[["origins", 0.4, "", 2]]]


@pytest.mark.parametrize(("alike", "expected"), [(0.31, 0.0), (1.0, 1.0)], ids=["cosine", "copy"])
def test_a_cosine_is_not_kept_as_the_likelihood_that_an_article_belongs_to_its_story(
    url: str, alike: float, expected: float
) -> None:
    filled(url, "0137")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE articles SET placed_similarity = :alike"), {"alike": alike})
    engine.dispose()

    with Database(url) as database:
        database.upgrade(NOW)
        with database.reading() as connection:
            kept = connection.scalars(text("SELECT placed_similarity FROM articles")).all()

    assert kept == [expected]


def test_a_story_loses_answers_and_keeps_what_is_not_known_and_where_reports_differ(
    url: str,
) -> None:
    filled(url, "0141")
    engine = create_engine(url)
    with engine.begin() as connection:
        (row,) = connection.execute(select(claims)).mappings()
        added = (
            ("disagreements", 0, {"n": 0, "question": "Five or six?"}),
            ("disagreements", 1, {"n": 0, "question": "Five or six?"}),
            ("disagreements", 2, {"n": 0, "question": "Five or six?", "answer": True}),
            ("unknowns", 0, {"n": 0}),
            ("unknowns", 1, {"n": 1}),
            ("unknowns", 2, {"n": 1, "answer": True}),
            ("unknowns", 3, {"n": 2}),
        )
        for section, position, detail in added:
            place = {"section": section, "position": position, "detail": detail}
            kind = "absent" if position == 3 else row["kind"]
            connection.execute(insert(claims).values({**row, **place, "kind": kind}))
    engine.dispose()

    with Database(url) as database:
        database.upgrade(NOW)
        with database.reading() as connection:
            kept = connection.execute(select(claims.section, claims.position)).all()

    assert sorted(map(tuple, kept)) == sorted(
        [(row["section"], row["position"]), *(added[n][:2] for n in (0, 1, 3))]
    )


@pytest.mark.parametrize("revision", ["0001", "0015", "0020"])
def test_a_database_from_before_the_release_is_refused_with_what_to_do_and_is_as_it_was(
    url: str, revision: str, tmp_path: Path
) -> None:
    at_revision(url, revision)
    before = rows_of(url)
    with Database(url) as database:
        with pytest.raises(UnknownSchemaError) as refused:
            database.upgrade(NOW)
        found = database.revision()

    assert refused.value.exit_code == 2
    assert {"0.1.0", revision} <= set(named(refused.value.reason))
    assert "code of commit 9ed1e41, in a separate clone" in refused.value.remedy
    assert "aggregator refresh --force" in refused.value.remedy
    assert (found, rows_of(url), list(tmp_path.glob("*.bak"))) == (revision, before, [])


def test_a_migration_that_fails_leaves_schema_and_rows_as_they_were(
    url: str, tmp_path: Path
) -> None:
    at_revision(url, BEFORE_RELEASE)
    engine = create_engine(url)
    broken = _failing(tmp_path / "migrations")
    before = (schema_of(engine), rows_of(url))
    with Database(url) as database:
        with pytest.raises(DatabaseError):
            database.upgrade(NOW, migrations=broken)
        found = database.revision()
    after = (schema_of(engine), rows_of(url))
    engine.dispose()

    assert (after, found) == (before, BEFORE_RELEASE)


def schema_of(engine: Engine) -> list[tuple[object, ...]]:
    """Every table with its columns and indexes."""
    seen = inspect(engine)
    return [
        (
            name,
            [(column["name"], str(column["type"])) for column in seen.get_columns(name)],
            sorted((index["name"], index["column_names"]) for index in seen.get_indexes(name)),
        )
        for name in sorted(seen.get_table_names())
    ]


def _failing(folder: Path) -> Path:
    """The migrations with one more, which changes much and then fails."""
    shutil.copytree(MIGRATIONS, folder)
    steps = (
        "op.add_column('runs', sa.Column('more', sa.Text()))",
        "op.execute('DELETE FROM robots')",
        "op.execute('nonsense')",
    )
    body = "\n    ".join(steps)
    (folder / "versions" / "9999_broken.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '9999'\ndown_revision ="
        f" '{REVISION}'\ndef upgrade():\n    {body}\n"
    )
    return folder


def test_tables_that_are_not_as_declared_are_named_and_end_an_upgrade_with_what_to_do(
    database: Database,
) -> None:
    changes = (
        "ALTER TABLE lines DROP COLUMN document",
        "ALTER TABLE lines ADD COLUMN claims INTEGER",
        "ALTER TABLE runs DROP COLUMN report",
        "ALTER TABLE runs ADD COLUMN report INTEGER",
        "ALTER TABLE owners DROP COLUMN digest",
        "ALTER TABLE owners ADD COLUMN digest VARCHAR(64)",
        "DROP TABLE listings",
    )
    with database.writing() as connection:
        for change in changes:
            connection.execute(text(change))

    wording = {"column", "table", "has", "an", "is", "of", "type", "may", "be"}
    assert [
        [word for word in each.split() if word not in wording]
        for each in sorted(database.differences())
    ] == [
        ["owners.digest", "empty"],
        ["runs.report", "INTEGER"],
        ["lines", "unknown", "claims"],
        ["lines", "no", "document"],
        ["listings", "missing"],
    ]
    with pytest.raises(DatabaseError, match=r" 2 more; .* restore a backup"):
        database.upgrade(NOW)


def test_a_database_that_cannot_be_upgraded_says_so_and_is_as_it_was(url: str) -> None:
    at_revision(url, BEFORE_RELEASE)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE articles DROP COLUMN page_read"))
    before = (schema_of(engine), rows_of(url))
    database = Database(url)
    with pytest.raises(
        DatabaseError,
        match="left unchanged: table articles has no column page_read; ",
    ):
        database.upgrade(NOW)
    database.close()
    after = (schema_of(engine), rows_of(url))
    engine.dispose()

    assert after == before


@ONLY_A_FILE
def test_a_file_of_an_earlier_version_has_its_backup_beside_it(url: str) -> None:
    at_revision(url, BEFORE_RELEASE)
    before = rows_of(url)
    with Database(url) as database:
        backup = database.upgrade(NOW)

    assert backup is not None
    assert rows_of(f"sqlite:///{backup}") == before
    assert revision_of(backup) == BEFORE_RELEASE


def test_a_missing_database_is_not_created_by_asking_for_its_revision(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.db'}")

    assert (database.revision(), database.is_there()) == (None, False)


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(UnknownSchemaError, match="upgrade the program") as refused:
        database.upgrade(NOW)

    assert refused.value.exit_code == 2


def test_a_moment_comes_back_aware_and_in_utc(database: Database) -> None:
    noon_in_berlin = datetime(2026, 7, 6, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    with database.writing() as connection:
        start_run(connection, "one", noon_in_berlin)
        read = connection.scalar(select(runs.started))

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


def test_a_backup_is_a_whole_database_and_never_overwrites(
    database: Database, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    database.backup(target)

    assert revision_of(target) == REVISION
    with pytest.raises(DatabaseError, match="already exists"):
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
        revision_of(path)


@pytest.fixture
def told(database: Database) -> Database:
    """A database with a row in every table, with what the two kinds of database keep in different
    ways.
    """
    fill(database.url, _SAMPLES | {str: "ß, é, 中", object: {"a": [1, "é"]}, float: 0.1})
    return database


def test_what_a_backup_holds_is_restored_in_an_empty_database(
    told: Database, tmp_path: Path, other: Database
) -> None:
    told.backup(tmp_path / "kept.db")
    with told.reading() as connection:
        before = contents(connection)
    restored = other.restore(tmp_path / "kept.db", NOW)
    with other.reading() as connection:
        after = contents(connection)

    assert {each.rows for each in before.values()} == {1}
    assert (restored.tables, after, other.problems()) == (before, before, ())


def test_entries_are_numbered_on_after_a_restore(
    told: Database, tmp_path: Path, other: Database
) -> None:
    told.backup(tmp_path / "kept.db")
    other.restore(tmp_path / "kept.db", NOW)
    with other.writing() as connection:
        save_entries(connection, [ENTRY])
        numbers = sorted(connection.scalars(select(entries.id)))

    assert numbers == [1, 2]


def test_what_is_there_is_replaced_by_force_only(told: Database, tmp_path: Path) -> None:
    told.backup(tmp_path / "kept.db")
    with told.writing() as connection:
        start_run(connection, "later", NOW)

    with pytest.raises(DatabaseError, match="not empty"):
        told.restore(tmp_path / "kept.db", NOW)
    told.restore(tmp_path / "kept.db", NOW, force=True)
    with told.reading() as connection:
        assert [row.id for row in connection.execute(select(runs))] != ["later"]


def damage(path: Path) -> bytes:
    """Writes over all of a database but its first page, so that it opens and cannot be read; what
    lies there then.
    """
    body = path.read_bytes()
    path.write_bytes(body[:4096] + b"\xff" * (len(body) - 4096))
    return path.read_bytes()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_damaged_database_is_set_aside_for_a_backup_by_force_only(
    told: Database, tmp_path: Path
) -> None:
    told.backup(tmp_path / "kept.db")
    with told.reading() as connection:
        before = contents(connection)
    told.close()
    assert told.path is not None
    broken = damage(told.path)

    with pytest.raises(DatabaseError, match="damaged; `aggregator db restore --force"):
        told.restore(tmp_path / "kept.db", NOW)
    restored = told.restore(tmp_path / "kept.db", NOW, force=True)
    assert restored.set_aside == told.path.with_name(f"{told.path.name}.damaged-20260706T060000Z")
    assert restored.set_aside.read_bytes() == broken
    with told.reading() as connection:
        assert (restored.tables, contents(connection), told.problems()) == (before, before, ())


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("revision", ["9999", "0015"], ids=["newer", "from before the release"])
def test_a_database_of_another_version_is_set_aside_for_a_backup_by_force_only(
    told: Database, tmp_path: Path, revision: str
) -> None:
    told.backup(tmp_path / "kept.db")
    with told.reading() as connection:
        before = contents(connection)
    with told.writing() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
    assert told.path is not None

    with pytest.raises(UnknownSchemaError):
        told.restore(tmp_path / "kept.db", NOW)
    restored = told.restore(tmp_path / "kept.db", NOW, force=True)
    aside = told.path.with_name(f"{told.path.name}.schema-{revision}-20260706T060000Z")
    assert restored.set_aside == aside
    with Database(f"sqlite:///{aside}") as kept:
        assert kept.revision() == revision
    with told.reading() as connection:
        assert contents(connection) == before


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_newer_database_names_the_backup_made_before_its_upgrade(told: Database) -> None:
    assert told.path is not None
    for made in ("0101-20260101T000000", f"{REVISION}-20260601T000000", "9998-20260701T000000"):
        told.path.with_name(f"{told.path.name}.{made}.bak").touch()
    with told.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(UnknownSchemaError, match=rf"--force \S+\.{REVISION}-\S+\.bak`"):
        told.demand_current()


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The umask of a machine on which everybody may use every new file."""
    before = os.umask(0)
    yield
    os.umask(before)


@ONLY_A_FILE
@pytest.mark.usefixtures("open_umask")
def test_a_database_its_log_and_its_copies_are_for_their_owner_alone(
    url: str, tmp_path: Path
) -> None:
    at_revision(url, BEFORE_RELEASE)
    (tmp_path / "news.db").chmod(0o644)  # of an earlier version of the program: its operator's
    database = Database(url)
    database.upgrade(NOW)
    database.backup(tmp_path / "kept.db")
    database.close()
    damage(tmp_path / "news.db")
    database.restore(tmp_path / "kept.db", NOW, force=True)
    with database.writing():
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    database.close()

    names = "kept.db news.db news.db-wal news.db-shm".split()
    assert modes == dict.fromkeys(
        [
            *names,
            f"news.db.{BEFORE_RELEASE}-20260706T060000.bak",
            "news.db.damaged-20260706T060000Z",
        ],
        0o600,
    )


@ONLY_A_FILE
def test_the_rights_of_a_file_that_is_there_are_left_to_its_operator(database: Database) -> None:
    assert database.path is not None
    database.path.chmod(0o640)
    with database.writing():
        mode = database.path.stat().st_mode & 0o777

    assert mode == 0o640


def test_a_backup_into_a_folder_that_is_not_there_says_how_to_make_it(
    told: Database, tmp_path: Path
) -> None:
    with pytest.raises(DatabaseError, match=f"{tmp_path / 'backups'}; .*mkdir -p"):
        told.backup(tmp_path / "backups" / "kept.db")


def test_a_backup_of_an_earlier_version_is_restored_at_this_one(
    database: Database, tmp_path: Path
) -> None:
    earlier = f"sqlite:///{tmp_path / 'earlier.db'}"
    at_revision(earlier, BEFORE_RELEASE)
    database.restore(tmp_path / "earlier.db", NOW)

    with database.reading() as connection:
        found = contents(connection)
    assert {name for name, table in found.items() if table.rows != 1} == _SINCE_RELEASE


def test_a_backup_from_before_the_release_is_refused_by_its_own_name(
    told: Database, tmp_path: Path
) -> None:
    at_revision(f"sqlite:///{tmp_path / 'earlier.db'}", "0015")
    with told.reading() as connection:
        before = contents(connection)
    with pytest.raises(UnknownSchemaError, match=f"^{tmp_path / 'earlier.db'} is from before"):
        told.restore(tmp_path / "earlier.db", NOW, force=True)

    with told.reading() as connection:
        assert contents(connection) == before


@pytest.mark.parametrize(
    "content", [b"", b"no database at all" * 400], ids=["empty", "of another kind"]
)
def test_what_is_no_backup_is_refused_and_changes_nothing(
    told: Database, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "kept.db").write_bytes(content)
    with told.reading() as connection:
        before = contents(connection)
    with pytest.raises(DatabaseError, match="`aggregator db backup`"):
        told.restore(tmp_path / "kept.db", NOW, force=True)

    with told.reading() as connection:
        assert contents(connection) == before


def test_a_backup_that_could_not_be_made_leaves_no_file(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with database.writing() as connection:
        connection.execute(text("DROP TABLE robots"))
        connection.execute(text("CREATE TABLE robots (origin TEXT)"))
        if database.path:
            connection.execute(text("PRAGMA writable_schema = ON"))
            connection.execute(
                text("UPDATE sqlite_master SET rootpage = 99999 WHERE name = 'runs'")
            )
    database.close()  # the next connection reads the damaged schema

    with pytest.raises(DatabaseError):
        database.backup(folder / "kept.db")
    assert list(folder.iterdir()) == []


def test_two_writers_take_turns(database: Database) -> None:
    def count_on(_: int) -> None:
        with database.writing() as connection:
            before = connection.scalar(select(func.count()).select_from(runs)) or 0
            start_run(
                connection, str(before), NOW
            )  # two that saw the same number would keep one row

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_on, range(20)))

    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(runs)) == 20


def test_texts_sort_by_their_bytes_whatever_the_language_of_the_server(database: Database) -> None:
    with database.writing() as connection:
        for each in ("b", "B", "ä", "a", "é", "_", "-"):
            start_run(connection, each, NOW)
        found = list(connection.scalars(select(runs.id).order_by(runs.id)))

    assert found == ["-", "B", "_", "a", "b", "ä", "é"]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_text_with_a_nul_is_kept_without_it_on_a_server(database: Database) -> None:
    with database.writing() as connection:
        start_run(connection, "o\0ne", NOW)
        found = latest_run(connection)

    assert found is not None
    assert found[0] == "one"


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_lock_on_a_server_is_one_connections_and_ends_with_it(database: Database) -> None:
    with (
        database.held("run") as first,
        database.held("run") as second,
        database.held("edition") as another,
    ):
        seen = (first, second, another)
    with database.held("run") as later:
        assert (seen, later) == ((True, False, True), True)
