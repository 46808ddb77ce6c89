"""Editions in the database and on the site: kept as they were published, numbered without gaps,
corrected beside.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from aggregator.bootstrap import open_services
from aggregator.digest.stage.edition import (
    BuiltEdition,
    build_edition,
    correct_edition,
    demand_over,
    preview_edition,
)
from aggregator.domain.article import Read
from aggregator.domain.claim import ClaimKind, Draft
from aggregator.domain.publishing.edition import Correction, Edition, StoredEdition
from aggregator.domain.publishing.period import PeriodKind, last_period
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    JudgeSettings,
    Settings,
    SiteSettings,
)
from aggregator.domain.story import HistoryEntry, HistoryKind
from aggregator.errors import ArgumentError, DatabaseError, EditionError, LlmError
from aggregator.ports import ModelEngine, Prompt, WritingOptions
from aggregator.services import Services
from aggregator.store.database import Database
from aggregator.store.publishing import editions
from aggregator.store.publishing.pages import editions_digest
from aggregator.store.schema import editions as editions_table
from aggregator.store.writing import analyses
from aggregator.store.writing import history as stored_history
from tests import builders
from tests.fakes import FakeLlm
from tests.integration.newsroom import Silent, agreeing, tried
from tests.integration.stored import analysis, article, placed
from tests.unit.site.makers import BUILT, edition, news

pytestmark = pytest.mark.clock

WEEK, NEXT = "2026-W27", "2026-W28"
MONDAY = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
T = TypeVar("T")


def made(number: int = 1, week: str = WEEK) -> Edition:
    """An edition of three stories with a citation each."""
    stories = [news(item, at=BUILT - timedelta(days=3)) for item in range(3)]
    return replace(edition(stories, number=number), week=week)


def test_an_edition_comes_back_as_it_was_stored(connection: Connection) -> None:
    saved = editions.save_edition(connection, made())

    assert (
        editions.stored_edition(connection, WEEK)
        == saved
        == StoredEdition(edition=made(), digest=saved.digest)
    )


def test_the_record_is_canonical_json_and_the_digest_is_its_sha_256(connection: Connection) -> None:
    saved = editions.save_edition(connection, made())
    record = connection.execute(select(editions_table.record)).scalar_one()

    assert record == json.dumps(
        json.loads(record), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    assert hashlib.sha256(record.encode()).hexdigest() == saved.digest


def test_a_week_is_published_once(connection: Connection) -> None:
    editions.save_edition(connection, made())

    with pytest.raises(EditionError, match="2026-W27 is published"):
        editions.save_edition(connection, replace(made(), number=2, title="Another"))


def test_numbers_count_from_one_without_gaps(connection: Connection) -> None:
    numbers = [editions.next_number(connection, PeriodKind.WEEK)]
    editions.save_edition(connection, made())
    numbers.append(editions.next_number(connection, PeriodKind.WEEK))

    with pytest.raises(EditionError, match=r" 3, .* 2;"):
        editions.save_edition(connection, made(3, NEXT))
    editions.save_edition(connection, made(2, NEXT))
    assert numbers == [1, 2]
    assert [item.edition.number for item in editions.stored_editions(connection)] == [1, 2]


def test_the_newest_edition_is_that_of_the_newest_week_whenever_it_was_built(
    connection: Connection,
) -> None:
    editions.save_edition(connection, made(1, NEXT))
    editions.save_edition(connection, made(2))

    assert editions.newest_period(connection) == NEXT


def test_corrections_stand_beside_the_edition_in_the_order_they_were_made(
    connection: Connection,
) -> None:
    saved = editions.save_edition(connection, made())
    several = [
        Correction(at=BUILT + timedelta(hours=hours), text=f"It was {hours}.") for hours in (2, 1)
    ]
    before = editions_digest(connection)
    for correction in several:
        editions.append_correction(connection, WEEK, correction)

    assert editions.stored_edition(connection, WEEK) == replace(saved, corrections=tuple(several))
    assert editions_digest(connection) != before  # the site is published anew


def test_an_edition_is_new_until_it_is_held_or_approved(connection: Connection) -> None:
    editions.save_edition(connection, made())
    states = [editions.approval(connection, WEEK)]
    editions.set_approval(connection, WEEK, "held")
    states.append(editions.approval(connection, WEEK))
    editions.set_approval(connection, WEEK, "approved")

    assert [*states, editions.approval(connection, WEEK)] == ["new", "held", "approved"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(lambda connection: editions.approval(connection, WEEK), id="dispatch"),
        pytest.param(
            lambda connection: editions.set_approval(connection, WEEK, "held"), id="set dispatch"
        ),
        pytest.param(
            lambda connection: editions.append_correction(
                connection, WEEK, Correction(at=BUILT, text="x")
            ),
            id="correct",
        ),
    ],
)
def test_a_week_without_an_edition_is_told(
    connection: Connection, asked: Callable[[Connection], object]
) -> None:
    assert editions.stored_edition(connection, WEEK) is None
    with pytest.raises(ArgumentError, match="no edition of 2026-W27"):
        asked(connection)


def test_a_record_that_somebody_changed_is_never_shown(connection: Connection) -> None:
    editions.save_edition(connection, made())
    record = connection.execute(select(editions_table.record)).scalar_one()
    connection.execute(update(editions_table).values(record=record.replace("Report 0", "Report X")))

    with pytest.raises(DatabaseError, match=r"2026-W27 .* restore a backup"):
        editions.stored_editions(connection)


def test_a_record_of_a_later_version_is_told_with_a_remedy(connection: Connection) -> None:
    editions.save_edition(connection, made())
    record = json.dumps({"week": WEEK})
    digest = hashlib.sha256(record.encode()).hexdigest()
    connection.execute(update(editions_table).values(record=record, digest=digest))

    with pytest.raises(DatabaseError, match=r"2026-W27 .*; upgrade the program"):
        editions.stored_edition(connection, WEEK)


def test_an_edition_from_before_topics_were_counted_is_read(connection: Connection) -> None:
    editions.save_edition(connection, made())
    record = json.loads(connection.execute(select(editions_table.record)).scalar_one())
    del record["topics"]
    old = json.dumps(record)
    connection.execute(
        update(editions_table).values(record=old, digest=hashlib.sha256(old.encode()).hexdigest())
    )

    read = editions.stored_edition(connection, WEEK)

    assert read is not None
    assert read.edition == made()


# Building


@pytest.fixture
def newsroom(database: Database) -> Database:
    """Three stories of a week, one of them of a headline alone."""
    for number, read in enumerate((Read.FULL, Read.FULL, Read.HEADLINE)):
        tell(database, number, read)
    return database


def tell(database: Database, number: int, read: Read = Read.FULL) -> None:
    """A story of Saturday noon, told with its first sentence."""
    of = article(f"Report {number}", f"Sentence {number} of it.", key=f"s{number}", read=read)
    hook = builders.claim(f"Sentence {number} of it.", of) if read is Read.FULL else None
    with database.writing() as connection:
        story = placed(connection, of)
        draft = Draft(headline=builders.headline(of), hook=hook)
        analyses.save_analyses(connection, [analysis(story, draft)], "rules")


def settings_of(database: Database, folder: Path) -> Settings:
    """The settings of a site that rules tell, whatever model runs on this machine."""
    return Settings(
        site=SiteSettings(output=str(folder / "site"), base_url="https://news.example"),
        database=DatabaseSettings(url=database.url),
        analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
    )


def served(
    database: Database, folder: Path, work: Callable[[Services], T], now: datetime = MONDAY
) -> T:
    """What some work with the services of a run gives."""

    async def worked() -> T:
        async with open_services(settings_of(database, folder), now) as services:
            return work(services)

    return asyncio.run(worked())


def built(
    database: Database,
    folder: Path,
    week: str | None,
    now: datetime = MONDAY,
    around: Callable[[Services], Services] = lambda same: same,
) -> BuiltEdition:
    """What building an edition gives; `around` changes what it is given."""

    async def worked() -> BuiltEdition:
        async with open_services(settings_of(database, folder), now) as services:
            return await build_edition(around(services), week, Silent())

    return asyncio.run(worked())


def test_the_edition_of_the_last_week_that_is_over_is_built_and_published(
    newsroom: Database, tmp_path: Path
) -> None:
    result = built(newsroom, tmp_path, None)
    page = json.loads((tmp_path / "site/week/2026-W27/index.json").read_text("utf-8"))

    assert (result.is_new, result.stored.edition.week, result.stored.edition.number) == (
        True,
        WEEK,
        1,
    )
    assert [lead.headline for lead in result.stored.edition.leads] == ["Report 0", "Report 1"]
    assert [("headline" in out.reason, out.stories) for out in result.stored.edition.left_out] == [
        (True, 1)
    ]
    assert (page["digest"], page["number"]) == (result.stored.digest, 1)


def test_built_twice_the_first_stays_whatever_is_told_meanwhile(
    newsroom: Database, tmp_path: Path
) -> None:
    first = built(newsroom, tmp_path, WEEK)
    tell(newsroom, 7)
    later = built(newsroom, tmp_path, WEEK, MONDAY + timedelta(days=1))

    assert (later.is_new, later.stored) == (False, first.stored)


@pytest.mark.parametrize(
    ("week", "now", "message"),
    [
        pytest.param(
            NEXT,
            MONDAY,
            "not over.* from 2026-07-13 00:00 UTC on",
            id="not over",
        ),
        pytest.param(
            WEEK,
            MONDAY - timedelta(hours=6, seconds=1),
            "not over.* from 2026-07-06 00:00 UTC",
            id="a second early",
        ),
        pytest.param("2026-W20", MONDAY, "no stories from week 2026-W20", id="no story"),
        pytest.param(
            None,
            MONDAY + timedelta(days=7),
            "no stories from week 2026-W28",
            id="the default",
        ),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_week_that_cannot_be_told_is_refused(
    newsroom: Database, tmp_path: Path, week: str | None, now: datetime, message: str
) -> None:
    with pytest.raises(EditionError, match=message):
        built(newsroom, tmp_path, week, now)
    with newsroom.reading() as connection:
        assert editions.stored_editions(connection) == ()


@pytest.mark.parametrize(
    "now", [MONDAY - timedelta(days=2), MONDAY + timedelta(days=30)], ids=["in its week", "backlog"]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_there_can_be_looked_at_as_an_edition_and_nothing_is_kept(
    newsroom: Database, tmp_path: Path, now: datetime
) -> None:
    def previewed(services: Services) -> StoredEdition:
        with services.database.reading() as connection:
            return preview_edition(connection, services, None)

    shown = served(newsroom, tmp_path, previewed, now).edition

    assert (shown.week, shown.number, [lead.headline for lead in shown.leads]) == (
        WEEK,
        1,
        ["Report 0", "Report 1"],
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_where_there_are_no_weekly_editions_the_preview_is_of_a_day(
    newsroom: Database, tmp_path: Path
) -> None:
    def previewed(services: Services) -> StoredEdition:
        settings = services.settings
        daily = replace(settings, edition=replace(settings.edition, period=(PeriodKind.DAY,)))
        with services.database.reading() as connection:
            return preview_edition(connection, replace(services, settings=daily), None)

    shown = served(newsroom, tmp_path, previewed, MONDAY + timedelta(days=30)).edition

    assert shown.kind is PeriodKind.DAY
    with newsroom.reading() as connection:
        assert editions.stored_editions(connection) == ()
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("now", "message"),
    [
        pytest.param(
            MONDAY - timedelta(days=2),
            ["3", "2026-W27", "2026-07-06", "00:00"],
            id="the day of installation",
        ),
        pytest.param(
            MONDAY + timedelta(days=7),
            [
                "published, or first read",
                "none belongs to this week, 2026-W29, and 3 to earlier weeks",
            ],
            id="earlier weeks alone",
        ),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_where_the_stories_are_and_when_the_first_edition_comes_is_told(
    newsroom: Database, tmp_path: Path, now: datetime, message: list[str]
) -> None:
    with pytest.raises(EditionError) as refused:
        built(newsroom, tmp_path, None, now)

    assert [text for text in message if text not in str(refused.value)] == []


@pytest.mark.parametrize("week", ["last week", "2026-W60"])
def test_what_is_no_week_is_refused(week: str) -> None:
    with pytest.raises(ArgumentError, match=f"'{week}' .* 2026-W47"):
        demand_over(week, MONDAY, ZoneInfo("UTC"))


def test_a_week_of_which_nothing_was_read_has_no_edition(
    database: Database, tmp_path: Path
) -> None:
    tell(database, 1, Read.HEADLINE)

    with pytest.raises(EditionError, match=": 1 only the headline"):
        built(database, tmp_path, WEEK)


@pytest.mark.parametrize(
    ("now", "zone", "week"),
    [
        pytest.param(
            "2026-07-05T23:59:59+00:00", "UTC", "2026-W26", id="the last second of a week"
        ),
        pytest.param(
            "2026-07-06T00:00:00+00:00", "UTC", "2026-W27", id="the first second of the next"
        ),
        pytest.param(
            "2026-07-05T15:00:00+00:00", "Asia/Tokyo", "2026-W27", id="Monday in Tokyo already"
        ),
        pytest.param("2027-01-04T06:00:00+00:00", "UTC", "2026-W53", id="a year of 53 weeks"),
        pytest.param(
            "2026-03-29T22:30:00+00:00",
            "Europe/Berlin",
            "2026-W13",
            id="after a Sunday of 23 hours",
        ),
        pytest.param(
            "2026-10-25T23:30:00+00:00",
            "Europe/Berlin",
            "2026-W43",
            id="after a Sunday of 25 hours",
        ),
    ],
)
def test_weeks_end_at_midnight_of_the_site_s_zone(now: str, zone: str, week: str) -> None:
    moment = datetime.fromisoformat(now)

    demand_over(week, moment, ZoneInfo(zone))

    assert last_period(PeriodKind.WEEK, moment, ZoneInfo(zone)) == week


def test_a_correction_is_published_at_the_end_of_the_page_and_changes_the_feed_entry(
    newsroom: Database, tmp_path: Path
) -> None:
    result = built(newsroom, tmp_path, WEEK)
    before = (tmp_path / "site/week/feed.xml").read_text("utf-8")
    corrected = served(
        newsroom,
        tmp_path,
        lambda services: correct_edition(
            services, WEEK, " It was\n<b>two</b>\x00 cards. ", Silent()
        ),
        MONDAY + timedelta(hours=3),
    )
    page = (tmp_path / "site/week/2026-W27/index.html").read_text("utf-8")
    after = (tmp_path / "site/week/feed.xml").read_text("utf-8")

    assert (corrected.edition, corrected.digest) == (result.stored.edition, result.stored.digest)
    assert (
        page.index("Report 1")
        < page.index("It was &lt;b&gt;two&lt;/b&gt; cards.")
        < page.index("</main>")
    )
    assert "<updated>2026-07-06T06:00:00Z</updated>" in before
    assert "<updated>2026-07-06T09:00:00Z</updated>" in after
    assert "It was &lt;b&gt;two&lt;/b&gt; cards." in after


@pytest.mark.parametrize(
    ("text", "message"),
    [(" \x00\n", "needs a text"), ("word " * 500, "has 2,499 characters; the limit is 2,000")],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_correction_that_says_nothing_or_too_much_is_refused(
    newsroom: Database, tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        served(newsroom, tmp_path, lambda services: correct_edition(services, WEEK, text, Silent()))


def test_a_story_that_was_told_is_an_update_where_something_new_is_known_of_it(
    newsroom: Database, tmp_path: Path
) -> None:
    first = built(newsroom, tmp_path, WEEK)
    again = article("Report 0 goes on", "It goes on.", key="other", hours=72)
    old = article("Report 0", "Sentence 0 of it.", key="s0")
    with newsroom.writing() as connection:
        story = placed(connection, old, again)
        draft = Draft(headline=builders.headline(old), hook=builders.claim("It goes on.", again))
        analyses.save_analyses(connection, [analysis(story, draft)], "rules")
        learnt = MONDAY + timedelta(days=1)
        new = HistoryEntry(
            n=1,
            article_id=again.id,
            at=learnt,
            kind=HistoryKind.ADDED,
            text="It goes on.",
            passage=again.passages[1].key,
        )
        stored_history.save_history(connection, story.id, [new])
    tell_next = built(newsroom, tmp_path, None, MONDAY + timedelta(days=7))

    assert (tell_next.stored.edition.week, tell_next.stored.edition.number) == (NEXT, 2)
    (update,) = tell_next.stored.edition.stories()
    assert (update.id, update.is_update, update.hook and update.hook.text) == (
        story.id,
        True,
        "It goes on.",
    )
    assert story.id in {story.id for story in first.stored.edition.stories()}


# The opening

ADA = "Northwind opened its second model under the Apache licence on Saturday."
BO = "Halden cut the price of its API by a third on Friday, its founder said."
ADA_ANEW = "Northwind opened a second model on Saturday, under the Apache licence."
BO_ANEW = "On Friday Halden cut its API price by a third, its founder said."


def tell_two(database: Database, *, closed: str = "") -> None:
    """Two stories of a week, each told with the sentence of its article; the one of `closed` is
    closed to models.
    """
    for key, sentence in (("a", ADA), ("b", BO)):
        of = replace(
            article(f"News of {key}", sentence, key=key),
            reserved="robots: noai" if key == closed else "",
        )
        with database.writing() as connection:
            story = placed(connection, of)
            draft = Draft(headline=builders.headline(of), hook=builders.claim(sentence, of))
            analyses.save_analyses(connection, [analysis(story, draft)], "rules")


def writing(*statements: str, mixed: bool = False) -> FakeLlm:
    """A model that opens an edition with these sentences, each on the statement that names whom it
    names (`mixed`: on all).
    """

    def opening(prompt: Prompt) -> str:
        shown = re.findall(r"^\[(\d+)\] (.+)$", prompt.prefix, re.MULTILINE)
        rows = [
            {
                "text": text,
                "passages": [
                    int(n) for n, of in shown if mixed or any(name in text for name in names(of))
                ],
            }
            for text in statements
        ]
        return json.dumps({"opening": rows})

    return FakeLlm(opening)


def names(text: str) -> list[str]:
    """Whom a sentence of these stories names."""
    return re.findall("Northwind|Halden", text)


def opened(database: Database, folder: Path, llm: FakeLlm) -> list[tuple[str, str]]:
    """Kind and text of each sentence of the opening that a model has a hand in."""
    options = WritingOptions(language="en", quote_words=25, evidence_tokens=3000)
    engine = ModelEngine(
        name="fake", model="fake:1b", digest="f" * 64, prompts="p", llm=llm, options=options
    )

    async def find() -> ModelEngine:
        return engine

    def with_models(services: Services) -> Services:
        analysis = replace(services.settings.analysis, judge=JudgeSettings(threshold=0.5))
        settings = replace(services.settings, analysis=analysis)
        return replace(services, settings=settings, find_model=find, find_judge=agreeing)

    with database.writing() as connection:
        tried(connection)
    edition = built(database, folder, WEEK, around=with_models).stored.edition
    assert ("fake (fake:1b)" in edition.engine) == any(
        claim.kind is ClaimKind.WRITTEN for claim in edition.opening
    )
    return [(claim.kind.value, claim.text) for claim in edition.opening]


def test_a_model_opens_the_edition_with_sentences_that_pass_the_gates(
    database: Database, tmp_path: Path
) -> None:
    tell_two(database)
    llm = writing(ADA_ANEW, BO_ANEW)

    assert opened(database, tmp_path, llm) == [("written", ADA_ANEW), ("written", BO_ANEW)]
    assert all(shown in llm.asked[0].prefix for shown in (ADA, BO))


@pytest.mark.parametrize(
    "llm",
    [
        pytest.param(
            writing(
                ADA_ANEW.replace("second", "ninth"), BO_ANEW.replace("third", "half of 80 dollars")
            ),
            id="lies",
        ),
        pytest.param(writing(ADA_ANEW), id="one sentence"),
        pytest.param(writing(ADA_ANEW, ADA_ANEW), id="the same twice"),
        pytest.param(writing(ADA_ANEW, BO_ANEW, mixed=True), id="two stories in one sentence"),
        pytest.param(FakeLlm(lambda prompt: "Sure! Here is your opening."), id="talk"),
        pytest.param(
            FakeLlm(lambda prompt: LlmError("the server is gone", remedy="start it")),
            id="no answer",
        ),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_two_sound_sentences_of_a_model_the_ledes_open_the_edition(
    llm: FakeLlm, database: Database, tmp_path: Path
) -> None:
    tell_two(database)
    before = len(llm.asked)  # on another database

    assert [kind for kind, _ in opened(database, tmp_path, llm)] == ["extracted", "extracted"]
    assert len(llm.asked) == before + 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_model_that_opens_the_edition_sees_nothing_of_what_is_closed_to_it(
    database: Database, tmp_path: Path
) -> None:
    tell_two(database, closed="b")
    llm = writing(ADA_ANEW, BO_ANEW)
    opened(database, tmp_path, llm)

    assert [text in llm.asked[0].prefix for text in (ADA, "News of a", BO, "News of b")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_day_has_an_edition_of_its_own_beside_that_of_its_week(
    newsroom: Database, tmp_path: Path
) -> None:
    results = [
        built(newsroom, tmp_path, period).stored.edition for period in (WEEK, "2026-07-04", WEEK)
    ]
    page = json.loads((tmp_path / "site/day/2026-07-04/index.json").read_text("utf-8"))

    assert [(edition.period, edition.kind, edition.number) for edition in results] == [
        (WEEK, "week", 1),
        ("2026-07-04", "day", 1),
        (WEEK, "week", 1),
    ]
    assert (page["week"], page["day"], page["number"]) == (WEEK, "2026-07-04", 1)
    assert {path.name for path in (tmp_path / "site/day").iterdir()} == {
        "2026-07-04",
        "feed.json",
        "feed.xml",
        "index.html",
        "index.json",
        "edition.epub",
        "index.md",
    }
