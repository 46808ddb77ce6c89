"""Headlines get their vectors once, and a run without an embedder is as one that wants none."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from aggregator.adapters.embedder import LOCAL_MODEL, is_installed
from aggregator.bootstrap import open_services
from aggregator.cluster.stage.cluster import cluster_stage
from aggregator.domain.article import Article
from aggregator.domain.operation.report import Failure
from aggregator.domain.settings import (
    DatabaseSettings,
    EmbeddingEngine,
    EmbeddingSettings,
    OllamaSettings,
    Settings,
)
from aggregator.errors import LlmError
from aggregator.services import Tally
from aggregator.store.database import Database
from aggregator.store.schema import articles as rows
from aggregator.store.schema import vectors
from tests.fakes import FakeEmbedder
from tests.integration.newsroom import Silent
from tests.integration.stored import NOW, article, keep
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer

FIRST = article("Acme opens a robot plant in Turin", "Workers came.", key="one")
SECOND = article("Zenith sues a maker of pumps", "Judges met.", key="two", hours=3)
THIRD = article("Ofcom investigates Grok", "Pictures came about.", key="three", hours=4)
LONG = article(
    "Long report on the mills",
    " ".join(f"In town {n} the mill of owner{n} was sold to the firm{n}." for n in range(9)),
    key="long",
    hours=5,
)


def arrive(database: Database, embedder: FakeEmbedder | Failure | None, *several: Article) -> Tally:
    """Stores articles and runs the stage over them with an embedder."""

    async def find() -> FakeEmbedder | Failure | None:
        return embedder

    async def run() -> Tally:
        tally = Tally()
        async with open_services(
            Settings(database=DatabaseSettings(url=database.url)), NOW
        ) as services:
            await cluster_stage(replace(services, find_embedder=find), Silent(), tally)
        return tally

    with database.writing() as connection:
        keep(connection, *several)
    return asyncio.run(run())


def embedded(database: Database) -> dict[str, str]:
    with database.reading() as connection:
        return {row.article_id: row.model for row in connection.execute(select(vectors))}


def test_each_headline_is_embedded_once_and_a_text_never(database: Database) -> None:
    embedder = FakeEmbedder()
    arrive(database, embedder, FIRST, LONG)
    arrive(database, embedder, SECOND)

    assert sorted(embedder.asked) == [FIRST.title, SECOND.title]
    assert embedded(database) == {FIRST.id: "fake", SECOND.id: "fake"}


def test_a_run_after_the_embedder_was_named_embeds_what_is_there(database: Database) -> None:
    embedder = FakeEmbedder()
    arrive(database, None, FIRST)
    arrive(database, embedder, SECOND)

    assert sorted(embedder.asked) == [FIRST.title, SECOND.title]


def test_vectors_of_another_model_are_made_anew(database: Database) -> None:
    arrive(database, FakeEmbedder(), FIRST)
    with database.writing() as connection:
        connection.execute(update(vectors).values(model="other@1"))
    embedder = FakeEmbedder()
    arrive(database, embedder, SECOND)

    assert sorted(embedder.asked) == [FIRST.title, SECOND.title]


def test_vectors_of_long_ago_are_forgotten(database: Database) -> None:
    old = replace(
        FIRST, published=replace(FIRST.published, at=FIRST.published.at - timedelta(days=40))
    )
    arrive(database, FakeEmbedder(), old)
    arrive(database, FakeEmbedder(), SECOND)

    assert embedded(database) == {SECOND.id: "fake"}


@pytest.mark.parametrize(
    "embedder",
    [
        pytest.param(
            FakeEmbedder(error=LlmError("it broke", remedy="mend it")), id="fails on the way"
        ),
        pytest.param(
            Failure(source="ollama", stage="embedding", reason="it is not there"), id="is not there"
        ),
    ],
)
def test_an_embedder_that_fails_is_told_and_done_without(
    database: Database, embedder: FakeEmbedder | Failure
) -> None:
    tally = arrive(database, embedder, FIRST, SECOND)
    with database.reading() as connection:
        placed = connection.scalars(select(rows.placed_in)).all()

    assert [failure.stage for failure in tally.failures] == ["embedding"]
    assert None not in placed


@pytest.mark.parametrize("engine", EmbeddingEngine)
def test_the_settings_name_the_embedder(database: Database, engine: EmbeddingEngine) -> None:
    if engine is EmbeddingEngine.LOCAL and not is_installed():
        pytest.skip("the extra `embed` is not installed")
    with database.writing() as connection:
        keep(connection, FIRST)

    async def run(settings: Settings) -> None:
        async with open_services(settings, NOW) as services:
            await cluster_stage(services, Silent(), Tally())

    with OllamaServer(extractive_writer, name="nomic-embed-text") as server:
        asyncio.run(
            run(
                replace(
                    Settings(
                        database=DatabaseSettings(url=database.url),
                        embedding=EmbeddingSettings(engine=engine),
                    ),
                    analysis=replace(Settings().analysis, ollama=OllamaSettings(host=server.url)),
                )
            )
        )

    models = {model.partition("@")[0] for model in embedded(database).values()}
    assert (
        models
        == {"builtin": set(), "local": {LOCAL_MODEL}, "ollama": {"nomic-embed-text"}}[engine.value]
    )
