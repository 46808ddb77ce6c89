"""Three stories in a real database, and refreshes of them with a model: for the tests of stage
four.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import delete, select

from aggregator import pipeline
from aggregator.bootstrap import open_services
from aggregator.domain.operation.report import Failure, RunReport
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    JudgeSettings,
    OllamaSettings,
    Settings,
    SiteSettings,
)
from aggregator.pipeline import STAGES, refresh
from aggregator.ports import JudgeSeat, Llm, ModelEngine, ModelFacts, Prompt, Reply
from aggregator.services import RefreshOptions, Services
from aggregator.store.database import Connection, Database
from aggregator.store.news import stories
from aggregator.store.schema import answers
from aggregator.store.writing import analyses
from aggregator.store.writing.models import keep_flaw
from aggregator.story.stage.canary import WRITING
from tests import builders
from tests.fakes import FakeJudge, FixedClock
from tests.integration.stored import NOW, article, keep, placed, with_texts
from tests.ollama_server import DIGEST
from tests.quality.citations import counted

MODEL = "qwen3:4b-instruct"
# What no page quotes, as it leans on what came before it, but what makes a story long enough for
# every question to a model.
_TALK = (
    "They had talked about it for {} months, and nobody in the building was surprised by what they"
    " said in the end. "
)
_FURTHER = tuple((_TALK * 6).format(*(6 * n + k for k in range(6))).strip() for n in range(1, 10))
BEST, SECOND, LAST = (
    (
        "Northwind opens its second model under a free licence",
        "Northwind released the weights of its second model under a free licence on Saturday.",
        "The second model has 12 billion parameters and runs on one graphics card, Northwind says.",
        (
            "The licence means that developers in small companies could help themselves without a"
            " contract."
        ),
        "Northwind plans to publish the training code on 1 September 2026.",
    ),
    (
        "Court orders Halden to disclose its training data",
        "A judge in Oslo gave Halden 30 days on Friday to list the books that it used.",
        "Halden said that it will appeal against the order of the court in Oslo.",
        "The order means that publishers in Norway could ask other companies for such lists.",
    ),
    (
        "Chip maker Ferrow cuts prices of inference cards by a third",
        "The F40 card of Ferrow now costs 2,100 dollars, a third less than it did in March.",
        "Ferrow announced on Friday that it will ship 40,000 cards of the new series in August.",
        "Analysts at Tallis said that the price could force rivals in Taiwan to follow.",
    ),
)


class Silent:
    """Nobody follows the run."""

    def stage(self, name: str, total: int) -> None:
        """Nothing."""

    def step(self, what: str) -> None:
        """Nothing."""


async def agreeing() -> JudgeSeat:
    """A judge that finds every sentence in its sources: what is left is the work of the gates."""
    judge = FakeJudge(lambda premise, claim: 1.0)
    facts = await judge.facts()
    return JudgeSeat(model=facts.model, digest=facts.digest, prompts="tests", judge=judge)


class Newsroom:
    """Three stories in a database, and refreshes of it an hour apart; nothing is fetched."""

    def __init__(self, folder: Path, database: Path, ids: tuple[str, ...]) -> None:
        self.folder, self.ids, self._runs = folder, ids, 0
        self.publishes = True  # a site takes half of a refresh, and few tests look at it
        self.path = folder / "news.db"
        shutil.copy(database, self.path)
        self.database = Database(f"sqlite:///{self.path}")

    def copied(self, folder: Path) -> Newsroom:
        """The same in another folder, to be changed."""
        made = Newsroom(folder, self.path, self.ids)
        made._runs = self._runs
        if self.publishes:
            shutil.copytree(self.folder / "site", folder / "site")
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def settings(self, host: str, **analysis: Any) -> Settings:
        """The settings for a model at an address; `analysis` goes to its table, `ollama` to the
        table below that.
        """
        served = {"host": host, "model": MODEL, "timeout_s": 30.0} | analysis.pop("ollama", {})
        chosen: dict[str, Any] = {
            "engine": EngineChoice.OLLAMA,
            "ollama": OllamaSettings(**served),
            "judge": JudgeSettings(threshold=0.5),
        } | analysis
        return Settings(
            site=SiteSettings(output=str(self.folder / "site"), base_url="https://news.example"),
            database=DatabaseSettings(url=f"sqlite:///{self.path}"),
            analysis=AnalysisSettings(**chosen),
        )

    def refreshed(
        self, host: str, around: Callable[[Services], Services] = lambda same: same, **analysis: Any
    ) -> RunReport:
        """The report of a refresh; `around` changes what it is given."""
        self._runs += 1

        async def run() -> RunReport:
            async with open_services(
                self.settings(host, **analysis), NOW + timedelta(hours=self._runs)
            ) as services:
                judged = replace(services, find_judge=agreeing)
                return await refresh(around(judged), RefreshOptions(), Silent())

        of_site = () if self.publishes else ("publish", "announce")
        stages = [each for each in STAGES if each.name not in of_site]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipeline, "STAGES", tuple(stages))
            return asyncio.run(run())

    def tellers(self) -> list[str | None]:
        """The engine that told each story, best story first."""
        with self.database.reading() as connection:
            made = analyses.analysis_origins(connection)
        return [made[story].engine if story in made else None for story in self.ids]

    def kept_answers(self) -> Counter[str]:
        """How many answers are kept, by section."""
        with self.database.reading() as connection:
            return Counter(connection.scalars(select(answers.section)))

    def forget(self, section: str) -> None:
        """Loses the answers to one question."""
        with self.database.writing() as connection:
            connection.execute(delete(answers).where(answers.section == section))

    def change_best_story(self) -> None:
        """Gives the best story's article a paragraph more, as a publisher that edits does."""
        changed = with_texts(
            article(BEST[0], key="a"),
            *BEST,
            "Halden called the second model a gift on Sunday.",
            *_FURTHER,
            version=2,
        )
        with self.database.writing() as connection:
            keep(connection, changed, digest="edited")
            stories.save_story(
                connection, replace(builders.story([builders.member(changed)]), score=3.0)
            )

    def add_story(self) -> None:
        """Stores a fourth story, less important than the others."""
        with self.database.writing() as connection:
            of = placed(
                connection,
                article(
                    "Robot maker Tallis recalls its arms",
                    "Tallis recalled 1,800 arms on Friday.",
                    key="d",
                ),
            )
            stories.save_story(connection, replace(of, score=0.5))

    def counts(self) -> dict[str, int]:
        """What the site claims, and what of it does not hold."""
        return counted(self.folder / "site", self.path)

    def is_sound(self) -> bool:
        """Whether the site tells the three stories and every claim cites a passage that holds its
        quote.
        """
        counts = self.counts()
        bad = sum(count for name, count in counts.items() if name.startswith("bad_"))
        return (
            (self.folder / "site" / "index.html").is_file()
            and (counts["stories"], bad) == (3, 0)
            and counts["claims"] > 10
        )

    def provenance(self) -> list[set[str]]:
        """The kinds of claims on the page of each story, best first."""
        found = [
            json.loads(path.read_text("utf-8"))
            for path in sorted((self.folder / "site").glob("story/*/index.json"))
        ]
        return [
            _kinds(next(each for each in found if story in json.dumps(each))) for story in self.ids
        ]


def _kinds(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["kind"]} if {"kind", "text", "citations"} <= value.keys() else set()
        return own.union(*map(_kinds, value.values()))
    return set().union(*map(_kinds, value)) if isinstance(value, list) else set()


def stored_stories(empty_database: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """A database with three stories, none told, and their ids, best first; the models were tried
    out.
    """
    path = Path(shutil.copy(empty_database, folder / "stories.db"))
    ids = []
    with Database(f"sqlite:///{path}") as database, database.writing() as connection:
        for score, key, texts in ((3.0, "a", BEST), (2.0, "b", SECOND), (1.0, "c", LAST)):
            of = placed(connection, article(*texts, *_FURTHER, key=key))
            stories.save_story(connection, replace(of, score=score))
            ids.append(of.id)
        tried(connection)
    return path, tuple(ids)


def tried(connection: Connection, flaw: str = "") -> None:
    """Keeps that the models of these tests were tried out before, so that no canary is asked."""
    for question, digest, version in (
        (WRITING, DIGEST, "0.23.0"),
        (WRITING, "f" * 64, ""),
        (WRITING, "f", ""),
        ("tests", "f" * 64, ""),
    ):
        keep_flaw(connection, question, digest, version, flaw, NOW)


class Guarded:
    """A model behind a guard that is asked before each question."""

    def __init__(self, llm: Llm, guard: Callable[[], None]) -> None:
        self._llm, self._guard = llm, guard

    async def facts(self) -> ModelFacts:
        """Those of the model."""
        return await self._llm.facts()

    async def answer(self, prompt: Prompt) -> Reply:
        """The model's, if the guard lets it."""
        self._guard()
        return await self._llm.answer(prompt)


class Counting:
    """A model that counts how many questions are under way at once."""

    def __init__(self, llm: Llm) -> None:
        self._llm, self._under_way, self.most = llm, 0, 0

    async def facts(self) -> ModelFacts:
        """Those of the model."""
        return await self._llm.facts()

    async def answer(self, prompt: Prompt) -> Reply:
        """The model's."""
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        reply = await self._llm.answer(prompt)
        self._under_way -= 1
        return reply


def with_model(change: Callable[[ModelEngine], ModelEngine]) -> Callable[[Services], Services]:
    """Changes the model that is found."""

    def around(services: Services) -> Services:
        async def find() -> ModelEngine | Failure | None:
            found = await services.find_model()
            return change(found) if isinstance(found, ModelEngine) else found

        return replace(services, find_model=find)

    return around


def taking_time(seconds: float) -> Callable[[Services], Services]:
    """Lets every question to the model take its time, on a clock that only that moves."""
    clock = FixedClock(NOW)

    def guarded(engine: ModelEngine) -> ModelEngine:
        return replace(engine, llm=Guarded(engine.llm, lambda: clock.advance(seconds)))

    return lambda services: with_model(guarded)(replace(services, clock=clock))


class KilledError(Exception):
    """Stands for a kill in the middle of a run."""


def killed_at(question: int) -> Callable[[Services], Services]:
    """Ends the run when the model is asked for the so many-th time."""
    asked = iter(range(1, 1000))

    def guard() -> None:
        if next(asked) == question:
            raise KilledError

    return with_model(lambda engine: replace(engine, llm=Guarded(engine.llm, guard)))
