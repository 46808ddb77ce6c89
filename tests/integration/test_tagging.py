"""Tags of stories in a real database: found once, and anew where the articles or the registry
changed.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.bootstrap import open_services
from aggregator.cluster.stage.tag import tag_stage
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.settings import ClusterSettings, DatabaseSettings, Settings, SiteSettings
from aggregator.domain.source import Lane, Source
from aggregator.domain.story import Signals, Story
from aggregator.domain.web.urls import host
from aggregator.store.database import Database
from aggregator.store.news import stories
from aggregator.store.publishing.lines import own_digests
from aggregator.store.writing import analyses
from tests.integration.stored import NOW, analysis, article, keep, placed, with_texts

FIRST = article(
    "Northwind releases GPT-5.1 weights",
    "The open-weight model was trained by OpenAI, and OpenAI says so.",
    key="a",
)


@pytest.fixture
def story(database: Database) -> Story:
    with database.writing() as connection:
        return placed(connection, FIRST)


def tagged(
    database: Database, folder: Path, story: Story, sources: tuple[Source, ...] = ()
) -> Story:
    """The story after the stage."""
    settings = Settings(
        sources=sources,
        site=SiteSettings(output=str(folder / "site")),
        database=DatabaseSettings(url=database.url),
        cluster=ClusterSettings(registry=str(folder / "registry.toml")),
    )

    async def run() -> None:
        async with open_services(settings, NOW) as services:
            tag_stage(services)

    asyncio.run(run())
    with database.reading() as connection:
        return stories.stories_by_id(connection, [story.id])[0]


def keys(of: Story) -> set[str]:
    """The keys of the story's entities."""
    return {entity.key for entity in of.entities}


def test_a_story_gets_its_tags_and_keeps_its_analysis(
    database: Database, tmp_path: Path, story: Story
) -> None:
    with database.writing() as connection:
        stories.mark_fresh(connection, [story.id])

    tagged_story = tagged(database, tmp_path, story)

    assert (tagged_story.topics, keys(tagged_story), tagged_story.section) == (
        ("open-weights", "models"),
        {"gpt-5-1", "openai"},
        NewsSection.MODELS,
    )
    with database.reading() as connection:
        assert stories.stale_stories(connection) == ()


@pytest.mark.parametrize(
    ("lane", "expected"),
    [(Lane.LAB, {"gpt-5-1", "openai", "nvidia"}), (Lane.NEWS, {"gpt-5-1", "openai"})],
)
def test_a_company_is_named_by_what_it_announces_itself(
    database: Database, tmp_path: Path, story: Story, lane: Lane, expected: set[str]
) -> None:
    url = f"https://{host(FIRST.url)}/feed"
    source = Source(key=FIRST.source_key, url=url, name="Nvidia Newsroom", lane=lane)

    assert keys(tagged(database, tmp_path, story, (source,))) == expected


def test_with_nothing_new_nothing_is_done(database: Database, tmp_path: Path, story: Story) -> None:
    tagged_story = tagged(database, tmp_path, story)
    with database.writing() as connection:  # a trace that a second tagging would remove
        digest = str(connection.exec_driver_sql("SELECT tagged FROM stories").scalar_one())
        stories.save_tags(
            connection, {story.id: (("trace",), tagged_story.entities, Signals())}, digest=digest
        )

    assert tagged(database, tmp_path, story).topics == ("trace",)


def test_a_changed_registry_tags_anew_and_the_site_is_published_anew(
    database: Database, tmp_path: Path, story: Story
) -> None:
    tagged(database, tmp_path, story)
    with database.writing() as connection:
        analyses.save_analyses(connection, [analysis(story)], "1")
    with database.reading() as connection:
        before = dict(own_digests(connection, "r"))
    (tmp_path / "registry.toml").write_text(
        '[company]\nnorthwind = "Northwind"\nopenai = { off = true }\n', "utf-8"
    )

    assert keys(tagged(database, tmp_path, story)) == {"gpt-5-1", "northwind"}
    with database.reading() as connection:
        assert dict(own_digests(connection, "r")) != before


def test_a_changed_text_tags_anew(database: Database, tmp_path: Path, story: Story) -> None:
    tagged(database, tmp_path, story)
    with database.writing() as connection:
        keep(
            connection,
            with_texts(FIRST, FIRST.title, "It runs on chips of Nvidia, Nvidia says.", version=2),
            digest="edited",
        )

    assert keys(tagged(database, tmp_path, story)) == {"gpt-5-1", "nvidia", "openai"}


def test_a_story_that_grew_is_tagged_anew(database: Database, tmp_path: Path, story: Story) -> None:
    tagged(database, tmp_path, story)
    with database.writing() as connection:
        stories.save_story(connection, replace(story, score=9.0))
        assert connection.exec_driver_sql("SELECT tagged FROM stories").scalar_one() is None

    assert keys(tagged(database, tmp_path, story)) == {"gpt-5-1", "openai"}
