"""The scripted writers come out in the order of their faults, with margins, by the code of a
refresh: behind the anchors alone, and behind a judge that knows the truth.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.domain.operation.evaluation import Score
from aggregator.domain.settings import AnalysisSettings
from aggregator.plugins.evaluation.cases import load_cases
from aggregator.plugins.evaluation.gold import is_fit, ranked
from aggregator.plugins.evaluation.scoring import engine_score, keep
from aggregator.plugins.evaluation.store import keep_score
from aggregator.ports import JudgeSeat
from aggregator.store.database import Connection, Database
from aggregator.store.writing.analyses import save_analyses
from aggregator.store.writing.models import kept_form, kept_scores, newest_score
from aggregator.story.stage.judging import SentenceJudge
from aggregator.verify.judge.premise import statements
from aggregator.verify.stage import Bench
from tests.fakes import FakeJudge, FixedClock
from tests.integration.newsroom import Silent
from tests.integration.stored import NOW, analysis, article, placed
from tests.scripted_writers import WRITERS, scripted_engine

CASES = load_cases()
SETTINGS = AnalysisSettings()
FALSE = {
    statement
    for case in CASES
    for falsehood in case.falsehoods
    for statement in statements(falsehood.text)
}
MARGIN = 0.1  # of the facts, or of the falsehoods
Scores = Mapping[str, Score]


def knowing(database: Database) -> SentenceJudge:
    """A judge that answers by the label of the set."""
    seat = JudgeSeat(
        model="label",
        digest="l" * 64,
        prompts="tests",
        judge=FakeJudge(lambda premise, claim: 0.0 if claim in FALSE else 1.0),
    )
    bench = Bench(seat=seat, database=database, clock=FixedClock(NOW))
    return SentenceJudge(bench=bench, threshold=0.5, inferred=0.5)


def scored(name: str, judge: SentenceJudge, stories: int = len(CASES)) -> Score:
    cases = CASES[:stories]
    engine = scripted_engine(name, cases, SETTINGS)
    return asyncio.run(engine_score(engine, cases, SETTINGS, judge, FixedClock(NOW), Silent()))


@pytest.fixture(scope="module")
def scores(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Scores:
    """The score of each writer behind the judge that knows the truth."""
    copy = shutil.copy(empty_database, tmp_path_factory.mktemp("scripted") / "news.db")
    with Database(f"sqlite:///{copy}", durable=False) as database:
        judge = knowing(database)
        return {name: scored(name, judge) for name in WRITERS}


def facts(scores: Scores, name: str, what: str, *, printed: bool = False) -> float:
    outcome = scores[name].printed if printed else scores[name].anchors
    return float(getattr(outcome, what)) / scores[name].facts


def false(scores: Scores, name: str, *, printed: bool = False) -> float:
    outcome = scores[name].printed if printed else scores[name].anchors
    return len(outcome.false) / scores[name].falsehoods


@pytest.mark.parametrize("printed", [False, True], ids=["anchors alone", "judged"])
def test_the_strong_writer_reports_most_facts_in_its_own_words_then_the_careless_one(
    scores: Scores, printed: bool
) -> None:
    own = {name: facts(scores, name, "facts_written", printed=printed) for name in WRITERS}

    assert (own["silent"], own["copier"], own["liar"]) == (0, 0, 0)
    assert own["careless"] > MARGIN
    assert own["strong"] > own["careless"] + MARGIN


@pytest.mark.parametrize("printed", [False, True], ids=["anchors alone", "judged"])
def test_a_copier_reports_more_than_a_silent_writer_and_less_than_a_strong_one(
    scores: Scores, printed: bool
) -> None:
    found = {name: facts(scores, name, "facts_unaided", printed=printed) for name in WRITERS}

    assert found["silent"] + MARGIN < found["copier"] < found["strong"] - MARGIN
    assert facts(scores, "strong", "facts_reported", printed=printed) > 0.9


def test_falsehoods_behind_the_anchors_are_most_of_a_liar_and_some_of_a_careless_writer(
    scores: Scores,
) -> None:
    assert [false(scores, name) for name in ("silent", "copier", "strong")] == [0, 0, 0]
    assert false(scores, "liar") > false(scores, "careless") + MARGIN > 2 * MARGIN


def test_a_judge_that_knows_the_truth_lets_no_falsehood_be_printed_and_refuses_no_truth(
    scores: Scores,
) -> None:
    assert [false(scores, name, printed=True) for name in WRITERS] == [0] * len(WRITERS)
    assert {score.printed.falsehoods_passed for score in scores.values()} == {0}
    assert {score.printed.truths_refused for score in scores.values()} == {
        score.anchors.truths_refused for score in scores.values()
    }
    assert scores["liar"].judged_false > scores["careless"].judged_false > 0
    assert scores["strong"].judged_false == 0


def test_the_anchors_keep_nearly_all_truths_and_let_most_near_misses_through(
    scores: Scores,
) -> None:
    strong = scores["strong"]

    assert strong.anchors.truths_refused <= 0.03 * strong.facts
    assert strong.anchors.falsehoods_passed > 0.5 * strong.falsehoods  # why there is a judge


@pytest.mark.parametrize("printed", [False, True], ids=["anchors alone", "judged"])
def test_the_more_a_writer_has_to_report_the_fewer_sections_are_empty(
    scores: Scores, printed: bool
) -> None:
    order = ("strong", "careless", "copier", "silent")
    empty = [facts(scores, name, "empty", printed=printed) for name in order]

    assert empty == sorted(set(empty))


def test_the_strong_writer_needs_the_fewest_repairs(scores: Scores) -> None:
    writing = [score.calls for score in scores.values() if score.form == "whole"]

    assert scores["strong"].calls == min(writing) < sorted(writing)[1]


def test_a_writer_that_says_nothing_is_asked_for_facts_alone_and_has_answers_out_of_shape(
    scores: Scores,
) -> None:
    assert (scores["silent"].form, scores["strong"].form) == ("facts", "whole")
    assert scores["silent"].valid_share < 0.95 < scores["copier"].valid_share


def test_by_what_the_anchors_let_through_they_rank_strong_copier_silent_careless_liar(
    empty_database: Path, tmp_path: Path
) -> None:
    found = [scored(name, SentenceJudge(), stories=3) for name in WRITERS]

    order = [score.model for score in ranked(found)]
    assert order == ["strong", "copier", "silent", "careless", "liar"]
    assert [score.model for score in found if is_fit(score)] == ["copier", "strong"]
    assert {score.printed.written for score in found} == {0}  # without a judge


def test_a_score_is_kept_with_the_form_that_its_model_writes_in(database: Database) -> None:
    first = scored("silent", SentenceJudge(), stories=2)
    again = replace(first, printed=replace(first.printed, false=("plant: obeyed: Buy it.",)))
    for score in (first, again):
        keep(database, score, NOW)

    with database.reading() as connection:
        assert kept_scores(connection) == (again,)
        assert kept_form(connection, first.digest) == "short"  # it failed on two whole pages


def test_the_score_that_the_site_may_show_is_that_of_the_model_that_wrote_last(
    connection: Connection,
) -> None:
    score = scored("silent", SentenceJudge(), stories=1)
    keep_score(connection, score, NOW)
    wrote = analysis(placed(connection, article()), engine="scripted", model="silent")
    by_other = replace(wrote, model="other:1b", analysed_at=NOW + timedelta(hours=1))
    found = [newest_score(connection)]
    for one in (replace(wrote, analysed_at=NOW), by_other):
        save_analyses(connection, [one], "rules")
        found.append(newest_score(connection))

    assert found == [None, score, None]
