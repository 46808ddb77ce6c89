"""A judge is calibrated on a labelled set: what is asked, what is kept, how it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

import pytest

from aggregator.domain.operation.calibration import (
    Calibration,
    JudgedArticle,
    LabelledClaim,
    LabelledSet,
    LabelledStory,
    Outcome,
)
from aggregator.errors import LlmError
from aggregator.ports import JudgeSeat
from aggregator.store.database import Database
from aggregator.store.retention import forget_verdicts
from aggregator.store.writing.models import keep_verdict, kept_verdict
from aggregator.verify.stage import Bench, calibrated, standing
from tests.fakes import FakeJudge, FixedClock
from tests.integration.stored import NOW

COLOURS = "red green blue black white brown grey pink amber cyan teal olive lilac ivory".split()
BROKEN = LlmError("the judge is away", remedy="start it")


@dataclass
class Followed:
    """Who follows a calibration."""

    stages: list[tuple[str, int]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    expected: list[tuple[int, float]] = field(default_factory=list)

    def stage(self, name: str, total: int) -> None:
        self.stages.append((name, total))

    def step(self, what: str) -> None:
        self.steps.append(what)

    def expect(self, claims: int, seconds: float) -> None:
        self.expected.append((claims, seconds))


def labelled(stories: int = 7) -> LabelledSet:
    """Stories of one article with a true and a false claim each, and on the first one a claim that
    no anchor lets pass.
    """
    made = {
        f"story {number}": LabelledStory(
            headline=f"The {COLOURS[number]} lamp is on",
            articles=(
                JudgedArticle(
                    source="Lab One",
                    day=date(2026, 3, 2),
                    passages={
                        0: f"The {COLOURS[number]} lamp is on",
                        1: f"The {COLOURS[number]} lamp was switched on by a child.",
                    },
                ),
            ),
        )
        for number in range(stories)
    }
    claims = [
        LabelledClaim(
            story=name,
            text=f"A {who} switched the lamp on.",
            is_true=who == "child",
            error="" if who == "child" else "swapped_subject",
            cited=((0, 1),),
        )
        for name in made
        for who in ("child", "dog")
    ]
    refused = LabelledClaim(
        story="story 0",
        text="A child switched 70 lamps on.",
        is_true=False,
        error="wrong_number_of_right_kind",
        cited=((0, 1),),
    )
    return LabelledSet(stories=made, claims=(*claims, refused), digest="s" * 16)


def honest(premise: str, claim: str) -> float:
    return 0.9 if "child" in claim else 0.2


class Courtroom:
    """A database, and a judge that says what `probability` makes of a question."""

    def __init__(
        self,
        database: Database,
        probability: Callable[[str, str], float | LlmError] = honest,
        concurrency: int = 1,
    ) -> None:
        self.clock, self.followed = FixedClock(NOW), Followed()

        def timed(premise: str, claim: str) -> float | LlmError:
            self.clock.advance(2.0)
            return probability(premise, claim)

        self.judge = FakeJudge(timed)
        seat = JudgeSeat(
            model="fake:1b",
            digest="f" * 64,
            prompts="p" * 8,
            judge=self.judge,
            concurrency=concurrency,
        )
        self.bench = Bench(seat=seat, database=database, clock=self.clock)

    def calibrate(self, some: LabelledSet | None = None) -> Calibration:
        """The calibration on a set, else on the small one."""
        return asyncio.run(
            calibrated(self.bench, some or labelled(), self.followed, self.followed.expect)
        )

    def supports(self, premise: str, claim: str) -> float:
        """One verdict."""
        return asyncio.run(self.bench.supports(premise, claim))


def test_each_claim_gets_its_score_and_none_where_the_anchors_refuse_it(
    database: Database,
) -> None:
    found = Courtroom(database).calibrate()

    judged = [
        Outcome(story=f"story {number}", is_true=is_true, score=0.9 if is_true else 0.2)
        for number in range(7)
        for is_true in (True, False)
    ]
    assert [*found.outcomes] == [*judged, Outcome(story="story 0", is_true=False, score=None)]


def test_the_calibration_is_kept_for_this_build_this_question_and_this_set(
    database: Database,
) -> None:
    court = Courtroom(database)
    made = court.calibrate()

    other_build = replace(court.bench, seat=replace(court.bench.seat, digest="0" * 64))
    other_question = replace(court.bench, seat=replace(court.bench.seat, prompts="q" * 8))
    assert standing(court.bench, labelled()) == made
    assert standing(court.bench, replace(labelled(), digest="t" * 16)) is None
    assert standing(other_build, labelled()) is None
    assert standing(other_question, labelled()) is None


def test_the_judge_sees_the_cited_passage_under_its_source(database: Database) -> None:
    court = Courtroom(database)
    court.calibrate()

    assert court.judge.asked[0] == (
        "Lab One, 2 March 2026: The red lamp is on\nThe red lamp was switched on by a child.",
        "A child switched the lamp on.",
    )


def test_claims_with_one_premise_are_judged_one_after_the_other(database: Database) -> None:
    court, found = Courtroom(database), labelled()
    court.calibrate(replace(found, claims=(*found.claims[::2], *found.claims[1::2])))

    premises = [premise for premise, _ in court.judge.asked]
    assert len(premises) == 14
    assert sum(one != other for one, other in pairwise(premises)) == 6


def test_an_inferred_claim_is_judged_as_one_and_never_answered_for_a_stated_one(
    database: Database,
) -> None:
    court, found = Courtroom(database), labelled()
    inferred = replace(found.claims[0], is_inferred=True)
    court.calibrate(replace(found, claims=(inferred, *found.claims)))

    assert (court.judge.inferred, len(court.judge.asked)) == ([inferred.text], 15)


def test_the_first_ten_claims_say_how_long_the_rest_takes(database: Database) -> None:
    court = Courtroom(database)
    court.calibrate()

    assert court.followed.expected == [(4, 8.0)]


def test_every_claim_that_is_judged_is_a_step(database: Database) -> None:
    court = Courtroom(database)
    court.calibrate()

    assert (court.followed.stages, len(court.followed.steps)) == ([("judging", 14)], 14)


def test_a_calibration_that_was_stopped_goes_on_where_it_was(database: Database) -> None:
    left = iter([0.9] * 6)
    with pytest.raises(LlmError, match="away"):
        Courtroom(database, lambda premise, claim: next(left, BROKEN)).calibrate()

    second = Courtroom(database)
    second.calibrate()
    assert (second.followed.stages, len(second.judge.asked)) == ([("judging", 8)], 8)


def test_a_second_calibration_asks_nothing(database: Database) -> None:
    Courtroom(database).calibrate()
    second = Courtroom(database)
    second.calibrate()

    assert (second.judge.asked, second.followed.expected) == ([], [])


def test_runs_ask_the_true_claims_that_are_left_once_the_threshold_is_known(
    database: Database,
) -> None:
    given = labelled()
    more = [replace(given.claims[0], text=f"A child switched it on, as {n}.") for n in "abcdefgh"]
    whole = replace(given, claims=(*given.claims, *more))
    known = Courtroom(database).calibrate(whole)
    court = Courtroom(database)
    further = asyncio.run(
        calibrated(
            court.bench, whole, court.followed, court.followed.expect, 7.0, goes_further=True
        )
    )

    assert (known.is_whole, known.further, further.is_whole) == (False, (), True)
    assert further.outcomes == known.outcomes
    assert len(further.further) == len(court.judge.asked) == 4  # of nine true ones, five were asked


def test_several_claims_are_judged_at_once(database: Database) -> None:
    court = Courtroom(database, concurrency=4)

    assert court.calibrate() == replace(Courtroom(database).calibrate(), made=court.clock.now())


def test_a_claim_that_the_judge_fails_on_counts_as_not_supported(database: Database) -> None:
    def failing(premise: str, claim: str) -> float | LlmError:
        return BROKEN if "green" in premise else honest(premise, claim)

    found = Courtroom(database, failing).calibrate()

    assert [outcome.score for outcome in found.outcomes if outcome.story == "story 1"] == [0.0, 0.0]


def test_an_error_that_lasts_ends_a_calibration_at_once(database: Database) -> None:
    final = LlmError("no model", remedy="pull it", is_final=True)
    court = Courtroom(database, lambda premise, claim: final)

    with pytest.raises(LlmError, match="no model"):
        court.calibrate()
    assert len(court.judge.asked) == 1


def test_the_least_likely_statement_of_a_claim_counts(database: Database) -> None:
    court = Courtroom(database)

    assert court.supports("A premise.", "A child switched it on. A dog switched it off.") == 0.2


def test_a_claim_without_a_premise_is_not_supported_and_nobody_is_asked(
    database: Database,
) -> None:
    court = Courtroom(database)

    assert (court.supports("", "A child came."), court.judge.asked) == (0.0, [])


def test_a_verdict_is_kept_by_what_was_asked(database: Database) -> None:
    court = Courtroom(database)
    for premise in ("One premise.", "One premise.", "Other premise."):
        court.supports(premise, "A child came.")

    assert [premise for premise, _ in court.judge.asked] == ["One premise.", "Other premise."]


def test_old_verdicts_are_forgotten(database: Database) -> None:
    with database.writing() as connection:
        keep_verdict(connection, "k" * 64, "fake:1b", 0.5, NOW)

        assert forget_verdicts(connection, NOW) == 0
        assert kept_verdict(connection, "k" * 64) == 0.5
    with database.writing() as connection:
        assert forget_verdicts(connection, NOW.replace(year=NOW.year + 1)) == 1
