"""What is forgotten after its time, and that nothing a page shows is among it; copies of the
database.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from aggregator.bootstrap import open_services
from aggregator.digest.stage.release import sendable_edition
from aggregator.domain.claim import Citation, Implication, Likelihood
from aggregator.domain.entry import Entry, EntryState, SeenEntry
from aggregator.domain.operation.report import RunKind, RunState
from aggregator.domain.prediction import Decision, Outcome, prediction_id
from aggregator.domain.publishing.subscriber import DeliveryState
from aggregator.domain.settings import EngineChoice, RetentionSettings, Settings
from aggregator.errors import DatabaseError, MailError
from aggregator.ops.retention import backup_stage, backups, retention_stage
from aggregator.plugins.predictions.store import decide
from aggregator.ports import FinishReason, Reply
from aggregator.site.stage.publish import publish_stage
from aggregator.store import runs
from aggregator.store.database import Database
from aggregator.store.news import stories
from aggregator.store.news.entries import save_entries
from aggregator.store.publishing import deliveries, editions
from aggregator.store.schema import analyses, articles, entries, passages
from aggregator.store.writing import models
from aggregator.store.writing.predictions import add_predictions
from tests import builders
from tests.fakes import FixedClock
from tests.integration.newsroom import Newsroom, Silent
from tests.integration.stored import NOW, article, placed
from tests.postroom import EDITION, WEEK, publish_edition, reader

pytestmark = pytest.mark.clock

LATER = NOW + timedelta(days=500)
RULES = RetentionSettings()


@pytest.fixture(scope="module")
def told(
    three_stories: tuple[Path, tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Newsroom]:
    """Three stories told by rules; who changes them takes `room`."""
    with Newsroom(tmp_path_factory.mktemp("told"), *three_stories) as made:
        made.refreshed("", engine=EngineChoice.EXTRACTIVE)
        yield made


@pytest.fixture
def room(told: Newsroom, tmp_path: Path) -> Iterator[Newsroom]:
    with told.copied(tmp_path) as made:
        yield made


def settings_of(room: Newsroom) -> Settings:
    return room.settings("", engine=EngineChoice.EXTRACTIVE)


def forgotten(
    database: Database, now: datetime = LATER, rules: RetentionSettings = RULES
) -> dict[str, int]:
    return retention_stage(database, rules, FixedClock(now))


def built(room: Newsroom, now: datetime) -> dict[str, bytes]:
    """The files of the site built anew."""

    async def run() -> None:
        async with open_services(settings_of(room), now) as services:
            publish_stage(services, Silent(), full=True)

    asyncio.run(run())
    site = room.folder / "site"
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def count(database: Database, table: object) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_text_that_nothing_cites_goes_and_the_site_stays_byte_for_byte(room: Newsroom) -> None:
    before, texts = built(room, LATER), count(room.database, passages)
    reported = forgotten(room.database)

    assert reported["passages"] > 10
    assert count(room.database, passages) == texts - reported["passages"]
    assert built(room, LATER) == before
    assert room.is_sound()
    assert room.database.problems() == ()


def test_text_of_stories_that_are_young_stays(room: Newsroom) -> None:
    assert forgotten(room.database, NOW + timedelta(days=390))["passages"] == 0


def test_text_is_kept_for_ever_where_that_is_asked_for(room: Newsroom) -> None:
    assert "passages" not in forgotten(room.database, rules=RetentionSettings(texts_days=0))


def test_the_passages_of_predictions_stay(database: Database) -> None:
    of = article(
        "Northwind opens a model",
        "It plans a second one by August.",
        "It opened the second one.",
        "It is blue.",
    )
    predicted = Implication(
        claim=builders.claim("It plans a second one by August.", of),
        horizon=date(2026, 8, 31),
        likelihood=Likelihood.LIKELY,
        sign="A report that it did.",
    )
    came = Citation(passage=of.passages[2].key, quote="It opened the second one.")
    with database.writing() as connection:
        placed(connection, of)
        add_predictions(connection, [predicted], NOW)
        decision = Decision(outcome=Outcome.CAME_TRUE, at=NOW, citation=came)
        decide(connection, prediction_id(predicted), decision)
    reported = forgotten(database)
    with database.reading() as connection:
        left = connection.execute(select(passages.n).order_by(passages.n)).scalars().all()

    assert (reported["passages"], left) == (1, [0, 1, 2])


def test_a_story_whose_text_is_forgotten_is_not_told_anew_by_other_rules(room: Newsroom) -> None:
    forgotten(room.database)
    with room.database.writing() as connection:
        connection.execute(update(analyses).values(rules="of an older version"))
        stories.mark_outdated(connection, "extractive", ("new",), since=LATER - timedelta(days=400))
        late = stories.stale_stories(connection)
        stories.mark_outdated(connection, "extractive", ("new",))

        assert (late, len(stories.stale_stories(connection))) == ((), 3)


def test_a_feed_that_still_lists_a_forgotten_entry_brings_nothing_new(database: Database) -> None:
    listed = Entry(
        source_key="daily",
        guid="one",
        url="https://daily.example/one",
        title="One",
        summary="What it said. " * 9,
    )
    seen = SeenEntry(entry=listed, article_id="a1", first_seen=NOW, state=EntryState.READ)
    waiting = replace(seen, entry=replace(listed, guid="two"), state=EntryState.HELD)
    with database.writing() as connection:
        first = sum(save_entries(connection, [seen, waiting]).values())
    reported = forgotten(database)
    with database.writing() as connection:
        again = sum(save_entries(connection, [replace(seen, first_seen=LATER)]).values())
        kept = connection.execute(select(entries.summary).order_by(entries.guid)).scalars().all()

    assert (first, reported["entry texts"], again, kept) == (2, 1, 0, ["", listed.summary])


def test_of_the_runs_the_newest_of_each_kind_stays(database: Database) -> None:
    with database.writing() as connection:
        for n, kind in enumerate((RunKind.REFRESH, RunKind.REFRESH, RunKind.EDITION)):
            runs.start_run(connection, f"run-{n}", NOW + timedelta(hours=n), kind)
            runs.finish_run(connection, f"run-{n}", {"run": "x"})
    reported = forgotten(database)
    with database.reading() as connection:
        left = [
            run.id for run in runs.recent_runs(connection, 9) if run.kind is not RunKind.RETENTION
        ]

    assert (reported["runs"], left) == (1, ["run-2", "run-1"])


def test_answers_of_models_go_after_their_time(database: Database) -> None:
    reply = Reply(
        text="{}", finish=FinishReason.STOP, prompt_tokens=1, completion_tokens=1, seconds=1
    )
    with database.writing() as connection:
        models.save_answer(connection, "old", "brief", reply, NOW)
        models.save_answer(connection, "new", "brief", reply, LATER - timedelta(days=1))

    assert forgotten(database)["answers"] == 1


def test_who_got_an_edition_is_forgotten_and_then_it_cannot_be_sent_any_more(
    database: Database, tmp_path: Path
) -> None:
    with database.writing() as connection:
        editions.save_edition(connection, EDITION)
        deliveries.enqueue(connection, WEEK, [(reader(0).id, "<0@x>")], NOW)
        publish_edition(connection, tmp_path / "site", WEEK)
    settings = replace(Settings(), site=replace(Settings().site, output=str(tmp_path / "site")))
    reported = forgotten(database)
    with database.reading() as connection:
        left = deliveries.counts(connection, WEEK)[DeliveryState.QUEUED]

    assert (reported["deliveries"], left) == (1, 0)
    assert sendable_edition(database, settings, WEEK, NOW + timedelta(days=300), old=True)
    with pytest.raises(MailError, match="delivery records of"):
        sendable_edition(database, settings, WEEK, LATER, old=True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_room_that_was_freed_is_given_back_to_the_disk(database: Database) -> None:
    reply = Reply(
        text="x" * 9000, finish=FinishReason.STOP, prompt_tokens=1, completion_tokens=1, seconds=1
    )
    with database.writing() as connection:
        for n in range(300):
            models.save_answer(connection, f"{n}", "brief", reply, NOW)
    database.scrub()
    before = size_of(database)
    forgotten(database)

    assert (size_of(database) < before / 3, database.problems()) == (True, ())


def size_of(file: Database) -> int:
    """The bytes of its file."""
    assert file.path is not None
    return file.path.stat().st_size


def test_what_was_forgotten_stands_in_the_history(database: Database) -> None:
    reported = forgotten(database)
    with database.reading() as connection:
        (kept,) = runs.recent_runs(connection, 1)

    assert (kept.kind, (kept.report or {})["forgotten"]) == (RunKind.RETENTION, reported)


# Copies


def test_a_copy_holds_every_row_and_the_newest_few_are_kept(room: Newsroom, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    made = [
        backup_stage(room.database, folder, 2, FixedClock(NOW + timedelta(days=day)))
        for day in range(4)
    ]

    assert backups(folder) == (made[3], made[2])
    assert [path for path in folder.iterdir() if path not in made] == []
    with Database(f"sqlite:///{made[3]}") as copy:
        assert count(copy, articles) == count(room.database, articles) == 3
    assert made[3].stat().st_mode & 0o777 == 0o600


def test_a_copy_that_cannot_be_written_is_told_and_recorded(database: Database) -> None:
    with pytest.raises(
        DatabaseError, match=r"backup not written: /proc/copies: .*retention\.folder"
    ):
        backup_stage(database, Path("/proc/copies"), 2, FixedClock(NOW))

    with database.reading() as connection:
        (kept,) = runs.recent_runs(connection, 1)
    assert (kept.kind, kept.state) == (RunKind.BACKUP, RunState.FAILED)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_damaged_database_makes_no_copy_and_costs_no_older_one(
    database: Database, tmp_path: Path
) -> None:
    old = backup_stage(database, tmp_path / "copies", 1, FixedClock(NOW))
    with closing(
        sqlite3.connect(str(database.path))
    ) as connection:  # a plain connection minds no foreign key
        connection.execute("INSERT INTO passages VALUES ('lost', 1, 0, 'x', '')")
        connection.commit()

    with pytest.raises(DatabaseError, match="backup not written: passages row"):
        backup_stage(database, tmp_path / "copies", 1, FixedClock(NOW + timedelta(days=1)))
    assert list((tmp_path / "copies").iterdir()) == [old]
