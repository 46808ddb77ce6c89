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
from aggregator.domain.operation.calibration import Calibration, Outcome, WrittenDraft
from aggregator.domain.operation.report import RunReport
from aggregator.domain.settings import JudgeSettings
from aggregator.errors import LlmError
from aggregator.ports import JudgeSeat
from aggregator.services import Services
from aggregator.store.writing import analyses
from aggregator.store.writing.drafts import keep_drafts, newest_writer
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


TRUE = {
    statement
    for claim in load_labelled().claims
    if claim.is_true
    for statement in statements(claim.text)
}


def slow_judge(clock: FixedClock, seconds: float) -> FakeJudge:
    """A judge that knows which claims of the set are true, agrees to all others, and takes so long
    for each.
    """
    false = {claim.text for claim in load_labelled().claims if not claim.is_true}
    wrong = {part for text in false for part in statements(text)} - TRUE

    def knowing(premise: str, claim: str) -> float:
        clock.advance(seconds)
        return 0.1 if claim in wrong else 0.9

    return FakeJudge(knowing)


def test_a_calibration_takes_a_fifth_of_the_budget_of_each_run_until_it_is_finished(
    bare: Newsroom, server: OllamaServer
) -> None:
    clock = FixedClock(NOW)
    judge = slow_judge(clock, 4.0)
    asked: list[int] = []
    said: list[str] = []
    while not written(bare) and len(said) < 9:
        report = bare.refreshed(
            server.url,
            lambda services: judged(judge)(replace(services, clock=clock)),
            judge=UNCALIBRATED,
            time_budget_s=1500.0,
        )
        asked.append(len(judge.asked) - sum(asked))
        said += notes(report)

    assert [number for number in asked[:-1] if not 75 <= number <= 76] == []  # 300 s
    assert [note.partition(" (")[2].partition(",")[0] for note in said] == [
        "14% done",
        "28% done",
    ]
    assert said[1].endswith("at most 6 more runs); then written sentences are printed")


def test_the_site_says_how_far_the_calibration_of_its_judge_is(
    room: Newsroom, server: OllamaServer
) -> None:
    clock = FixedClock(NOW)
    judge = slow_judge(clock, 4.0)
    room.refreshed(
        server.url,
        lambda services: judged(judge)(replace(services, clock=clock)),
        judge=UNCALIBRATED,
        time_budget_s=1000.0,
    )

    about = (room.folder / "site" / "about" / "index.html").read_text("utf-8")
    assert "The judging model fake:1b is being tested: " in about


def test_pages_are_written_anew_once_the_judge_lets_sentences_pass(
    bare: Newsroom, server: OllamaServer
) -> None:
    judge = FakeJudge(lambda premise, claim: 0.9)
    bare.refreshed(server.url, judged(None), judge=UNCALIBRATED)

    bare.refreshed(server.url, judged(judge), judge=FROM_HALF)

    questions = [next(iter((call.schema or {})["properties"])) for call in server.calls]
    assert written(bare)
    assert (questions.count("events"), questions.count("headline")) == (3, 3)  # facts, pages


def test_a_writer_whose_drafts_are_rejected_too_often_is_held_to_a_stricter_threshold(
    room: Newsroom, server: OllamaServer
) -> None:
    judge = slow_judge(FixedClock(NOW), 0.0)
    room.refreshed(server.url, judged(judge), judge=UNCALIBRATED)
    with room.database.writing() as connection:
        writer, model = newest_writer(connection) or ("", "")
        rejected = [
            WrittenDraft(story_id=f"{n % 45}", text=f"{n}", cited=(), is_inferred=False, score=0.1)
            for n in range(90)
        ]
        keep_drafts(connection, writer, model, "f" * 12 + " tests", rejected, NOW)

    report = room.refreshed(server.url, judged(judge), judge=UNCALIBRATED)

    assert notes(report)[::-1] == [
        "fake:1b rejects more drafts of this model than the assumed share of false ones explains:"
        " 30% are taken to be false, so fewer sentences are printed; `aggregator model audit` finds"
        " the true share",
        "No written sentences are printed: no threshold keeps the share of false sentences at 3%"
        " and 15% of the true ones: pages are written by rules",
    ]
    assert written(room) == set()


def test_a_judge_is_calibrated_in_a_quiet_hour_too_and_then_nothing_more_is_asked_of_it(
    bare: Newsroom, server: OllamaServer
) -> None:
    bare.refreshed(server.url, judged(None), judge=UNCALIBRATED)
    judge = slow_judge(FixedClock(NOW), 0.0)
    bare.refreshed(server.url, judged(judge), judge=UNCALIBRATED)
    asked = len(judge.asked)

    bare.refreshed(server.url, judged(judge), judge=UNCALIBRATED)

    assert (asked > 150, written(bare) != set()) == (True, True)
    assert len(judge.asked) == asked
