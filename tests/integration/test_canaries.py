"""A model and its judge are tried out before the first story, once for each build and each version
of the server; one whose answers are of no use is not used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from aggregator.domain.settings import JudgeSettings
from aggregator.errors import LlmError
from aggregator.ports import JudgeSeat
from aggregator.services import Services
from aggregator.store.schema import canaries
from tests.fakes import FakeJudge
from tests.integration.newsroom import Newsroom
from tests.ollama_api import Trouble
from tests.ollama_models import Model, Schema, shortening_writer
from tests.ollama_server import OllamaServer

CANARY = "Say in one sentence what passage 37 says"


@pytest.fixture
def untried(bare: Newsroom) -> Newsroom:
    """Three stories, and models that nobody has tried yet."""
    with bare.database.writing() as connection:
        connection.execute(delete(canaries))
    return bare


def answering(canary: str) -> Model:
    """A good writer that answers the canary so."""

    def model(system: str, prompt: str, schema: Schema | None) -> str:
        return canary if CANARY in prompt else shortening_writer(system, prompt, schema)

    return model


def canaries_asked(server: OllamaServer) -> list[int]:
    """The places of the canaries among the questions."""
    return [place for place, call in enumerate(server.calls) if CANARY in call.prompt]


def test_a_model_is_tried_before_its_first_story_and_only_once(untried: Newsroom) -> None:
    with OllamaServer(shortening_writer) as server:
        report = untried.refreshed(server.url)
        untried.change_best_story()
        untried.refreshed(server.url)

    assert (canaries_asked(server), untried.tellers()) == ([0], ["ollama"] * 3)
    assert report.tokens_prompt >= server.calls[0].prompt_tokens > 500


def test_another_version_of_the_server_has_the_model_tried_anew(untried: Newsroom) -> None:
    with OllamaServer(shortening_writer) as server:
        untried.refreshed(server.url)
        with untried.database.writing() as connection:
            connection.execute(update(canaries).values(version="0.22.0"))
        untried.change_best_story()
        untried.refreshed(server.url)

    assert len(canaries_asked(server)) == 2


@pytest.mark.parametrize(
    ("canary", "flaw"),
    [
        ('<think>Passage 37 …</think>{"text": "It stood.", "passages": [37]}', "reasons before"),
        ('{"statement": "It stood at 1369.", "passages": [37]}', "does not follow the schema"),
        ('{"text": "On day 37 of the trial the coun', "does not follow the schema"),
    ],
    ids=["reasons", "breaks the schema", "stops in the middle"],
)
def test_a_model_of_no_use_is_not_used_and_the_report_says_why(
    untried: Newsroom, canary: str, flaw: str
) -> None:
    with OllamaServer(answering(canary)) as server:
        first = untried.refreshed(server.url)
        second = untried.refreshed(server.url)

    assert (len(server.calls), untried.tellers()) == (1, ["extractive"] * 3)
    for report in (first, second):
        (failure,) = report.failures
        assert (failure.source, flaw in failure.reason) == ("ollama", True)
        assert "aggregator model probe" in failure.reason


def test_a_server_that_cuts_prompts_is_not_used(untried: Newsroom) -> None:
    with OllamaServer(shortening_writer) as server:
        server.misbehave(Trouble.SMALL_CONTEXT)
        report = untried.refreshed(server.url)

    assert (untried.tellers(), len(report.failures)) == (["extractive"] * 3, 1)


def seated(probability: Callable[[str, str], float | LlmError]) -> Callable[[Services], Services]:
    """Services with a judge that says so."""

    async def find() -> JudgeSeat:
        judge = FakeJudge(probability)
        facts = await judge.facts()
        return JudgeSeat(
            model=facts.model,
            digest=facts.digest,
            prompts="tests",
            judge=judge,
            version=facts.version,
        )

    return lambda services: replace(services, find_judge=find)


@pytest.mark.parametrize(
    ("probability", "why"),
    [
        (lambda premise, claim: 0.9 if "withdrew" in claim else 0.1, "less likely"),
        (lambda premise, claim: LlmError("it mumbles", remedy="take another"), "it mumbles"),
    ],
    ids=["takes no for yes", "answers neither"],
)
def test_a_judge_of_no_use_lets_nothing_be_printed_and_the_report_says_why(
    untried: Newsroom, probability: Callable[[str, str], float | LlmError], why: str
) -> None:
    with OllamaServer(shortening_writer) as server:
        report = untried.refreshed(
            server.url, seated(probability), judge=JudgeSettings(threshold=0.05)
        )

    assert [why in note.text for note in report.notes if note.source == "judge"] == [True]


def test_what_a_judge_reads_is_counted(untried: Newsroom) -> None:
    with OllamaServer(shortening_writer) as server:
        report = untried.refreshed(server.url, seated(lambda premise, claim: 0.9))

    assert report.tokens_judged > 100
