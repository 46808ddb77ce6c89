"""A refresh with a model and a judge: what is printed of what the model wrote."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from aggregator.config.calibration_file import load_labelled
from aggregator.domain.claim import ClaimKind
from aggregator.domain.operation.calibration import Calibration, Outcome
from aggregator.domain.operation.report import RunReport
from aggregator.domain.settings import JudgeSettings
from aggregator.errors import LlmError
from aggregator.ports import JudgeSeat
from aggregator.services import Services
from aggregator.store.writing import analyses
from aggregator.store.writing.models import keep_calibration
from aggregator.verify.judge.premise import basis_digest, statements
from tests.fakes import FakeJudge, FixedClock
from tests.integration.newsroom import Newsroom
from tests.integration.stored import NOW
from tests.ollama_models import shortening_writer
from tests.ollama_server import OllamaServer

UNCALIBRATED = JudgeSettings()
FROM_HALF = JudgeSettings(threshold=0.5)


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(shortening_writer) as serving:
        yield serving


def judged(judge: FakeJudge | None) -> Callable[[Services], Services]:
    """Services whose judge this is; none where there is none."""

    async def find() -> JudgeSeat | None:
        if judge is None:
            return None
        facts = await judge.facts()
        return JudgeSeat(model=facts.model, digest=facts.digest, prompts="tests", judge=judge)

    return lambda services: replace(services, find_judge=find)


def written(newsroom: Newsroom) -> set[str]:
    """The sentences on the pages that a model wrote."""
    with newsroom.database.reading() as connection:
        kept = analyses.analyses_of(connection, newsroom.ids).values()
    kinds = (ClaimKind.WRITTEN, ClaimKind.INFERRED)
    return {claim.text for one in kept for claim in one.kept.claims() if claim.kind in kinds}


def notes(report: RunReport) -> list[str]:
    """What the report says of the judge."""
    return [note.text for note in report.notes if note.source == "judge"]


def rejected(report: RunReport) -> int:
    """How many claims the judge turned away."""
    return dict(report.claims_rejected).get("judged", 0)


def test_a_judge_that_agrees_is_asked_once_and_has_written_sentences_printed(
    bare: Newsroom, server: OllamaServer
) -> None:
    judge = FakeJudge(lambda premise, claim: 0.9)

    report = bare.refreshed(server.url, judged(judge), judge=FROM_HALF)

    assert written(bare)
    asked = {claim for _, claim in judge.asked}
    assert asked >= {part for text in written(bare) for part in statements(text)}
    twice = [claim for (_, claim), times in Counter(judge.asked).items() if times > 1]
    assert set(twice) <= set(judge.inferred)  # as a statement, and as an inference
    assert set() < set(judge.inferred) < asked  # why it matters is inferred, the hook is not
    assert (rejected(report), notes(report)) == (0, [])


def test_a_sentence_below_the_threshold_is_not_printed(
    bare: Newsroom, server: OllamaServer
) -> None:
    judge = FakeJudge(lambda premise, claim: 0.49)

    report = bare.refreshed(server.url, judged(judge), judge=FROM_HALF)

    assert written(bare) == set()
    assert rejected(report) > 0


def test_a_name_of_another_story_opens_no_sentence_though_the_judge_agrees(
    bare: Newsroom,
) -> None:
    def mistaken(system: str, prompt: str, schema: dict[str, Any] | None) -> str:
        return shortening_writer(system, prompt, schema).replace('"Northwind ', '"Ferrow ')

    with OllamaServer(mistaken) as server:
        report = bare.refreshed(server.url, judge=FROM_HALF)

    assert written(bare)
    assert [text for text in written(bare) if text.startswith("Ferrow released")] == []
    assert dict(report.claims_rejected)["name"] > 0


def calibrate(newsroom: Newsroom, judge: FakeJudge) -> None:
    """Keeps how a judge did: of 25 false claims it let one pass, of 25 true ones it refused 3."""
    outcomes = tuple(
        Outcome(
            story=f"story {number % 5}",
            is_true=is_true,
            score=0.9 if (number >= 3 if is_true else number < 1) else 0.1,
        )
        for is_true in (True, False)
        for number in range(25)
    )
    facts = asyncio.run(judge.facts())
    found = Calibration(
        model=facts.model,
        digest=facts.digest,
        prompts="tests",
        labelled=basis_digest(load_labelled()),
        made=NOW,
        outcomes=outcomes,
    )
    with newsroom.database.writing() as connection:
        keep_calibration(connection, found)


def test_the_site_states_the_rates_of_the_judge_that_let_its_sentences_pass(
    room: Newsroom, server: OllamaServer
) -> None:
    judge = FakeJudge(lambda premise, claim: 0.9)
    calibrate(room, judge)

    room.refreshed(server.url, judged(judge), judge=FROM_HALF)

    site = room.folder / "site"
    twins = [json.loads(path.read_text("utf-8")) for path in site.glob("story/*/index.json")]
    rates = {"model": "fake:1b", "threshold": 0.5, "false_passed": 0.04, "true_refused": 0.12}
    assert [twin["provenance"].get("judge") for twin in twins] == [rates] * 3
    stating = [
        *site.glob("story/*/index.html"),
        *site.glob("story/*/index.md"),
        site / "about" / "index.html",
    ]
    shown = "accepts 4 in 100 false ones and wrongly rejects 12 in 100 true ones"
    assert [shown in path.read_text("utf-8") for path in stating] == [True] * 7


@pytest.mark.parametrize(
    ("judge", "why"),
    [
        pytest.param(None, "analysis.judge.model is empty", id="none"),
        pytest.param(
            FakeJudge(
                lambda premise, claim: LlmError(
                    "the judge is gone", remedy="start it", is_final=True
                )
            ),
            "the judge is gone; start it",
            id="away",
        ),
    ],
)
def test_without_a_calibrated_judge_pages_are_quotations_and_the_report_says_why(
    bare: Newsroom, server: OllamaServer, judge: FakeJudge | None, why: str
) -> None:
    report = bare.refreshed(server.url, judged(judge), judge=UNCALIBRATED)

    assert written(bare) == set()
    assert [note.partition(": ")[2] for note in notes(report)] == [why]


def test_a_calibration_longer_than_the_budget_is_left_to_the_command(
    bare: Newsroom, server: OllamaServer
) -> None:
    clock = FixedClock(NOW)

    def slow(premise: str, claim: str) -> float:
        clock.advance(10.0)
        return 0.9

    judge = FakeJudge(slow)
    report = bare.refreshed(
        server.url,
        lambda services: judged(judge)(replace(services, clock=clock)),
        judge=UNCALIBRATED,
        time_budget_s=1000.0,
    )

    (note,) = notes(report)
    assert "run `aggregator model calibrate`" in note
    assert 0 < len(judge.asked) < 50  # ten claims, some of two statements
    assert written(bare) == set()


def test_pages_are_written_anew_once_the_judge_lets_sentences_pass(
    bare: Newsroom, server: OllamaServer
) -> None:
    judge = FakeJudge(lambda premise, claim: 0.9)
    bare.refreshed(server.url, judged(None), judge=UNCALIBRATED)

    bare.refreshed(server.url, judged(judge), judge=FROM_HALF)

    questions = [next(iter((call.schema or {})["properties"])) for call in server.calls]
    assert written(bare)
    assert (questions.count("events"), questions.count("headline")) == (3, 3)  # facts, pages


def test_a_judge_is_not_calibrated_where_there_is_nothing_to_write(
    bare: Newsroom, server: OllamaServer
) -> None:
    bare.refreshed(server.url, judged(None), judge=UNCALIBRATED)
    judge = FakeJudge(lambda premise, claim: 0.9)

    bare.refreshed(server.url, judged(judge), judge=UNCALIBRATED)

    assert judge.asked == []
