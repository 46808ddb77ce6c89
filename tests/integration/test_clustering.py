"""Stage three on a real database: stories that join, where their permalinks lead, and what is read
of placed articles.
"""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from aggregator.bootstrap import open_services
from aggregator.cluster.similarity.features import with_terms
from aggregator.cluster.stage.cluster import cluster_stage
from aggregator.domain.article import Article
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import DatabaseSettings, Settings
from aggregator.services import Tally
from aggregator.store.database import Database
from aggregator.store.news import articles, stories
from aggregator.store.schema import articles as rows
from tests.integration.newsroom import Silent
from tests.integration.stored import NOW, article, keep
from tests.unit.cluster.makers import item

FIRST = article("Acme opens a robot plant in Turin", "Workers came.", key="one")
SECOND = article(
    "Turin gets 900 robot jobs at a car maker", "Mayors were glad.", key="two", hours=20
)
BRIDGE = article(
    "Acme opens a robot plant in Turin with 900 jobs at a car maker",
    "Mayors and workers came.",
    key="three",
    hours=21,
)
STORIES = {item.id: stable_id("story", item.id) for item in (FIRST, SECOND, BRIDGE)}


def arrive(database: Database, *several: Article) -> Tally:
    """Stores articles and runs the stage over them."""

    async def run() -> Tally:
        tally = Tally()
        async with open_services(
            Settings(database=DatabaseSettings(url=database.url)), NOW
        ) as services:
            await cluster_stage(services, Silent(), tally)
        return tally

    with database.writing() as connection:
        keep(connection, *several)
    return asyncio.run(run())


def spots(database: Database) -> dict[str, tuple[str, str]]:
    """Where readers and where clustering find each article."""
    with database.reading() as connection:
        found = connection.execute(select(rows.id, rows.story_id, rows.placed_in))
        return {row.id: (row.story_id, row.placed_in) for row in found}


@pytest.fixture
def apart(database: Database) -> Database:
    """Two stories that have nothing to do with each other yet."""
    arrive(database, FIRST, SECOND)
    return database


def test_two_stories_that_a_late_article_joins_become_the_older_to_which_the_younger_leads(
    apart: Database,
) -> None:
    before = spots(apart)
    tally = arrive(apart, BRIDGE)
    with apart.reading() as connection:
        redirects = stories.redirects(connection)
        stale = [story.id for story in stories.stale_stories(connection)]

    assert before[SECOND.id] == (STORIES[SECOND.id],) * 2
    assert spots(apart) == dict.fromkeys(STORIES, (STORIES[FIRST.id],) * 2)
    assert [(redirect.id, redirect.into) for redirect in redirects] == [
        (STORIES[SECOND.id], STORIES[FIRST.id])
    ]
    assert stale == [STORIES[FIRST.id]]
    assert (tally.counts["stories_new"], tally.counts["stories_updated"]) == (0, 2)


def test_a_run_with_nothing_new_changes_nothing(apart: Database) -> None:
    arrive(apart, BRIDGE)
    before = spots(apart)

    assert (arrive(apart).counts, spots(apart)) == ({}, before)


def test_what_is_placed_is_read_as_a_sketch(apart: Database) -> None:
    with apart.reading() as connection:
        placed = articles.placed_articles(
            connection, NOW.replace(year=2000), NOW.replace(year=2100)
        )

    assert {
        placement.article.id: (
            placement.article.passages,
            placement.sketch.lead if placement.sketch else None,
        )
        for placement in placed
    } == {
        FIRST.id: ((), "Workers came."),
        SECOND.id: ((), "Mayors were glad."),
    }


def test_the_terms_of_what_is_placed_are_kept_with_its_sketch(apart: Database) -> None:
    with apart.reading() as connection:
        placed = articles.placed_articles(
            connection, NOW.replace(year=2000), NOW.replace(year=2100)
        )

    one, other = with_terms(
        [item("", article.title, article.passages[1].text) for article in (FIRST, SECOND)]
    )
    assert {
        placement.article.id: placement.sketch and placement.sketch.terms for placement in placed
    } == {
        FIRST.id: one.terms,
        SECOND.id: other.terms,
    }


def test_a_story_knows_the_story_that_opened_its_storyline(apart: Database) -> None:
    with apart.reading() as connection:
        found = stories.stories_by_id(connection, [*STORIES.values()])

    assert {story.id: story.storyline for story in found} == {
        STORIES[FIRST.id]: STORIES[FIRST.id],
        STORIES[SECOND.id]: STORIES[FIRST.id],
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # its trigger is SQLite's
def test_a_run_that_dies_leaves_everything_as_it_was(apart: Database) -> None:
    before = spots(apart)
    with apart.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER dies BEFORE INSERT ON sketches BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    with pytest.raises(Exception, match="full"):
        arrive(apart, BRIDGE)
    with apart.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER dies")

    assert spots(apart) == before | {BRIDGE.id: (None, None)}
