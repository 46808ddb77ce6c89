"""What articles state of products, in a real database: noted once, put right where a text changes,
shared between stories.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from aggregator.bootstrap import open_services
from aggregator.cluster.stage.tag import tag_stage
from aggregator.domain.article import Article
from aggregator.domain.claim import Citation, Draft
from aggregator.domain.fact import Fact, FactKind
from aggregator.domain.insight import Insight
from aggregator.domain.settings import AnalysisSettings, DatabaseSettings, Settings, SiteSettings
from aggregator.domain.story import Story
from aggregator.plugins.attributes import store as attributes
from aggregator.plugins.attributes.stage import note_stage
from aggregator.services import Services
from aggregator.store.database import Database
from aggregator.store.news import articles
from aggregator.store.schema import articles as stored_articles
from aggregator.store.writing import analyses, story_facts
from tests import builders
from tests.integration.stored import NOW, analysis, article, keep, placed, with_texts

LAUNCH = article(
    "OpenAI releases GPT-5.2",
    "GPT-5.2 costs $1.75 per million input tokens.",
    "GPT-5.2 has a context window of 400,000 tokens.",
    "Claude Opus 4.5 costs $5 per million input tokens.",
    key="daily",
)
EARLIER = article(
    "Anthropic opens Claude Opus 4.5",
    "Claude Opus 4.5 has a context window of 200,000 tokens.",
    key="wire",
    hours=-48,
)

Notes = Callable[[], None]


@pytest.fixture
def note(database: Database, tmp_path: Path) -> Notes:
    """Runs the stage with its tags."""
    settings = Settings(
        site=SiteSettings(output=str(tmp_path / "site")),
        database=DatabaseSettings(url=database.url),
        analysis=AnalysisSettings(),
    )

    def run() -> None:
        async def stage() -> None:
            async with open_services(settings, NOW) as services:
                _note(services)

        asyncio.run(stage())

    return run


def _note(services: Services) -> None:
    tag_stage(services)
    note_stage(services)


def told(database: Database, story: Story) -> Insight:
    """The sections of a story."""
    with database.reading() as connection:
        return attributes.insights_of(connection, [story.id]).get(story.id, Insight())


def table(database: Database, story: Story) -> dict[str, list[str]]:
    """Its comparison, each row as the words of its cells."""
    compared = told(database, story).comparison
    rows = compared.rows if compared else ()
    return {
        f"{row.attribute}": [
            " / ".join(fact.text for fact in cell.facts) or "-" for cell in row.cells
        ]
        for row in rows
    }


def kept(database: Database, *several: Article) -> list[Story]:
    """Each article stored as a story of its own."""
    with database.writing() as connection:
        return [placed(connection, each) for each in several]


def test_a_story_compares_what_its_article_states_with_what_an_earlier_one_stated(
    database: Database, note: Notes
) -> None:
    launch, _ = kept(database, LAUNCH, EARLIER)
    note()

    assert table(database, launch) == {
        "context": ["400,000 tokens", "200,000 tokens"],
        "price": ["$1.75 per million input tokens", "$5 per million input tokens"],
    }


def test_a_later_article_adds_to_the_story_that_looks_at_its_product(
    database: Database, note: Notes
) -> None:
    (launch,) = kept(database, LAUNCH)
    note()
    before = table(database, launch)
    kept(database, EARLIER)
    note()

    assert (before["context"], table(database, launch)["context"]) == (
        ["400,000 tokens", "-"],
        ["400,000 tokens", "200,000 tokens"],
    )


def test_what_a_new_version_says_no_longer_is_withdrawn_everywhere(
    database: Database, note: Notes
) -> None:
    launch, _ = kept(database, LAUNCH, EARLIER)
    note()
    with database.writing() as connection:
        keep(
            connection,
            with_texts(EARLIER, EARLIER.title, "Claude Opus 4.5 is a model.", version=2),
            digest="second",
        )
    note()

    assert table(database, launch)["context"] == ["400,000 tokens", "-"]


def test_what_a_new_version_corrects_is_corrected_everywhere(
    database: Database, note: Notes
) -> None:
    launch, _ = kept(database, LAUNCH, EARLIER)
    note()
    text = "Claude Opus 4.5 has a context window of 300,000 tokens."
    with database.writing() as connection:
        keep(connection, with_texts(EARLIER, EARLIER.title, text, version=2), digest="second")
    note()

    assert table(database, launch)["context"] == ["400,000 tokens", "300,000 tokens"]


def test_a_copy_states_nothing_of_its_own(database: Database, note: Notes) -> None:
    copy = replace(
        LAUNCH,
        id="copycopycopy",
        url="https://copy.example/a",
        canonical_url="https://copy.example/a",
    )
    with database.writing() as connection:
        placed(
            connection,
            LAUNCH,
            with_texts(copy, *(passage.text for passage in LAUNCH.passages)),
            copies={copy.id: LAUNCH.id},
        )
    note()

    with database.reading() as connection:
        assert attributes.facts_of_articles(connection, [copy.id]) == {}


def test_an_article_that_left_every_story_states_nothing_any_more(
    database: Database, note: Notes
) -> None:
    launch, _ = kept(database, LAUNCH, EARLIER)
    note()
    with database.writing() as connection:
        connection.execute(
            update(stored_articles).where(stored_articles.id == EARLIER.id).values(story_id=None)
        )
    note()

    assert table(database, launch)["context"] == ["400,000 tokens", "-"]


def test_an_article_that_moved_takes_its_facts_to_the_story_it_is_in_now(
    database: Database, note: Notes
) -> None:
    launch, earlier = kept(database, LAUNCH, EARLIER)
    note()
    with database.writing() as connection:
        articles.place_article(connection, LAUNCH.id, earlier.id, None)
    note()

    assert (told(database, launch), table(database, earlier)["context"]) == (
        Insight(),
        ["200,000 tokens", "400,000 tokens"],
    )


def test_a_run_with_nothing_new_reads_nothing(database: Database, note: Notes) -> None:
    kept(database, LAUNCH, EARLIER)
    note()

    with database.reading() as connection:
        rules = connection.exec_driver_sql("SELECT DISTINCT rules FROM noted").scalars().all()
        assert (
            len(rules),
            attributes.pending_articles(connection, rules[0]),
            attributes.articles_without_story(connection),
        ) == (1, {}, {})


def test_sections_are_the_same_in_whatever_order_the_articles_came(
    database: Database, note: Notes
) -> None:
    second = article(
        "Anthropic speaks",
        "Claude Opus 4.5 costs $4 per million input tokens.",
        key="third",
        hours=-2,
    )
    launch, *_ = kept(database, LAUNCH, EARLIER, second)
    note()
    at_once = told(database, launch)
    with database.writing() as connection:
        for name in ("insights", "insight_subjects", "attributes", "noted"):
            connection.exec_driver_sql(f"DELETE FROM {name}")
        connection.execute(
            update(stored_articles).where(stored_articles.id != LAUNCH.id).values(story_id=None)
        )
    note()
    for each in (second, EARLIER):
        with database.writing() as connection:
            connection.execute(
                update(stored_articles)
                .where(stored_articles.id == each.id)
                .values(story_id=stored_articles.placed_in)
            )
        note()

    assert told(database, launch) == at_once


def test_an_article_that_is_dated_anew_is_read_again(database: Database, note: Notes) -> None:
    launch, _ = kept(database, LAUNCH, EARLIER)
    note()
    with database.writing() as connection:
        earlier = EARLIER.published.at - timedelta(days=300)
        connection.execute(
            update(stored_articles)
            .where(stored_articles.id == EARLIER.id)
            .values(published=earlier)
        )
    note()

    compared = told(database, launch).comparison
    assert [cell.is_old for row in (compared.rows if compared else ()) for cell in row.cells] == [
        False,
        True,
        False,
        False,
    ]


def test_what_a_model_noted_of_a_story_is_compared_until_its_analysis_goes(
    database: Database, note: Notes
) -> None:
    skua = article("Northwind opens Skua 2", "Skua 2 has a context of 64,000 tokens.", key="daily")
    tern = article("Halden opens Tern 1", "Tern 1 has 7 billion parameters.", key="wire")
    told_of_skua, _ = kept(database, skua, tern)
    facts = [
        attribute(skua, "Skua 2", "context window", "64,000 tokens"),
    ]
    with database.writing() as connection:
        headline = Draft(headline=builders.headline(skua))
        analyses.save_analyses(connection, [analysis(told_of_skua, headline)], "1")
        story_facts.save_facts(connection, {told_of_skua.id: facts})
    note()
    with_facts = stated(database, skua)
    with database.writing() as connection:
        analyses.drop_analyses(connection, [told_of_skua.id])
    note()

    assert (with_facts, stated(database, skua)) == (["Skua 2: 64,000 tokens"], [])


def attribute(of: Article, product: str, name: str, value: str) -> Fact:
    """A noted attribute that the first paragraph of an article states."""
    passage = of.passages[1]
    return Fact(
        kind=FactKind.ATTRIBUTE,
        text=passage.text,
        citations=(Citation(passage=passage.key, quote=passage.text),),
        product=product,
        attribute=name,
        value=value,
    )


def stated(database: Database, of: Article) -> list[str]:
    """What the archive has of an article."""
    with database.reading() as connection:
        found = attributes.facts_of_articles(connection, [of.id]).get(of.id, ())
    return [f"{fact.name}: {fact.text}" for fact in found]
