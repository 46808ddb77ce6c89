"""The threshold of a judge, by scripted judges of known strength."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from statistics import NormalDist

import pytest

from aggregator.domain.operation.calibration import (
    Calibration,
    Outcome,
    Point,
    Prior,
    Sample,
    Share,
)
from aggregator.verify.judge.policy import (
    LEAST_KEPT,
    MOST_FALSE,
    cross_validated,
    curve,
    decision,
    expected_false,
    is_enough,
    lowest_threshold,
    point_at,
    priors_of,
    rates,
)

PRIOR = 0.1
PRIORS = priors_of(PRIOR)
# how many standard deviations a judge's scores of true and of false claims lie apart
STRENGTHS = {"hopeless": 0.0, "weak": 1.0, "fair": 1.8, "strong": 3.5}


def judged(strength: float, stories: int, claims: int = 14) -> tuple[Outcome, ...]:
    """Outcomes whose shares at each threshold are those of two normal distributions, spread over
    the stories: as many true claims on each as false ones.
    """
    number = stories * claims
    outcomes = []
    for is_true in (True, False):
        scores = NormalDist(strength / 2 if is_true else -strength / 2, 1.0)
        outcomes += [
            Outcome(
                story=f"{place * 7 % stories:02}",
                is_true=is_true,
                score=NormalDist().cdf(scores.inv_cdf((place * 41 % number + 0.5) / number)),
            )
            for place in range(number)
        ]
    return tuple(outcomes)


def calibration(strength: float) -> Calibration:
    return Calibration(
        model="scripted",
        digest="d" * 64,
        prompts="p" * 8,
        labelled="s" * 16,
        made=datetime(2026, 11, 28, tzinfo=UTC),
        outcomes=judged(strength, 48),
    )


def share(value: float, high: float | None = None) -> Share:
    return Share(value=value, low=value, high=value if high is None else high)


def point(threshold: float, passed_high: float, kept: float) -> Point:
    return Point(
        threshold=threshold, false_passed=share(passed_high / 2, passed_high), true_kept=share(kept)
    )


def printed_false(found: Point) -> float:
    """The share of false sentences among those printed, with one draft in ten false."""
    false = PRIOR * found.false_passed.value
    return false / (false + (1 - PRIOR) * found.true_kept.value)


def test_the_upper_bound_of_what_passes_counts() -> None:
    assert expected_false(point(0.5, 0.2, 0.8), PRIOR) == pytest.approx(0.02 / (0.02 + 0.72))


def test_the_lowest_threshold_that_keeps_to_the_formula_is_taken() -> None:
    points = [point(0.3, 0.25, 0.85), point(0.5, 0.2, 0.8), point(0.9, 0.01, 0.3)]

    assert lowest_threshold(points, PRIOR) == points[1]  # 3.2 %, 2.7 %, 0.4 %


def test_fewer_false_drafts_allow_a_lower_threshold() -> None:
    points = [point(0.3, 0.25, 0.85), point(0.5, 0.2, 0.8)]

    assert lowest_threshold(points, 0.05) == points[0]


def test_a_judge_that_would_keep_too_few_true_claims_prints_nothing() -> None:
    assert lowest_threshold([point(0.9, 0.001, LEAST_KEPT - 0.01)], PRIOR) is None


@pytest.mark.parametrize("strength", ["weak", "fair", "strong"])
def test_the_policy_picks_the_threshold_that_the_formula_asks_for(strength: str) -> None:
    given = calibration(STRENGTHS[strength])
    found = decision(given, PRIORS)

    allowed = [
        point.threshold
        for point in curve(given.outcomes)
        if expected_false(point, PRIOR) <= MOST_FALSE
    ]
    assert found.threshold == min(allowed)


@pytest.mark.parametrize("strength", ["weak", "fair", "strong"])
def test_on_stories_that_no_threshold_was_chosen_on_at_most_three_sentences_in_a_hundred_are_false(
    strength: str,
) -> None:
    found = decision(calibration(STRENGTHS[strength]), PRIORS)

    assert found.found is not None
    assert printed_false(found.found) <= MOST_FALSE


def test_a_weaker_judge_prints_fewer_sentences_and_no_more_errors() -> None:
    found = [
        decision(calibration(STRENGTHS[name]), PRIORS).found for name in ("strong", "fair", "weak")
    ]

    kept = [point.true_kept.value for point in found if point]
    assert kept == sorted(kept, reverse=True)
    assert (kept[0] > 0.99, 0.6 < kept[1] < 0.9, kept[2] < 0.4) == (True, True, True)


def test_a_hopeless_judge_leaves_the_page_to_the_rules() -> None:
    given = calibration(STRENGTHS["hopeless"])
    found = decision(given, PRIORS)

    assert (found.threshold, rates(given, found)) == (None, None)
    assert "pages are written by rules" in found.why


def test_a_judge_that_only_says_yes_or_no_gets_a_threshold_too() -> None:
    fit = tuple(
        Outcome(story=f"{place % 32:02}", is_true=is_true, score=float(place % 10 < yes))
        for is_true, yes in ((True, 9), (False, 1))
        for place in range(448)
    )

    found = lowest_threshold(curve(fit), PRIOR)
    assert found is not None
    assert (found.threshold, round(found.true_kept.value, 1)) == (1.0, 0.9)


def test_what_the_anchors_refuse_passes_at_no_threshold() -> None:
    refused = [Outcome(story="a", is_true=True, score=None)]
    outcomes = [*refused, *judged(3.5, 8)]

    kept = point_at(outcomes, 0.0).true_kept.value
    assert kept == pytest.approx(112 / 113)


def with_an_odd_story(claims: int) -> Calibration:
    """A strong judge that gives 0.8 to so many false claims on one more story."""
    given = calibration(STRENGTHS["strong"])
    odd = [Outcome(story="odd", is_true=False, score=0.8)] * claims
    return replace(
        given, outcomes=(*given.outcomes, *odd, Outcome(story="odd", is_true=True, score=0.99))
    )


def test_rates_are_of_stories_that_the_threshold_was_not_chosen_on() -> None:
    given = with_an_odd_story(60)
    chosen = lowest_threshold(curve(given.outcomes), PRIOR)
    validated = cross_validated(given.outcomes, PRIOR)

    assert chosen is not None
    assert validated is not None
    assert (validated.threshold, chosen.false_passed.value < 0.1) == (chosen.threshold, True)
    assert validated.false_passed.value > chosen.false_passed.value + 0.1


def test_a_threshold_that_does_not_hold_on_other_stories_is_not_taken() -> None:
    found = decision(with_an_odd_story(250), PRIORS)

    assert (found.threshold, "unseen stories" in found.why) == (None, True)


def test_intervals_are_clopper_and_pearsons_where_each_story_has_one_claim() -> None:
    outcomes = [
        Outcome(story=f"{number:03}", is_true=is_true, score=float(number < 5))
        for number in range(100)
        for is_true in (True, False)
    ]

    passed = point_at(outcomes, 1.0).false_passed
    assert (passed.low, passed.high) == pytest.approx((0.0240, 0.0919), abs=0.0001)


def test_claims_that_fail_together_widen_the_interval() -> None:
    def passed(stories: int) -> Share:
        """Of 20 stories with ten false claims each, twenty pass, on so many stories."""
        most = 20 // stories
        outcomes = [
            Outcome(story=f"{story:02}", is_true=False, score=float(story < stories and n < most))
            for story in range(20)
            for n in range(10)
        ]
        return point_at([*outcomes, Outcome(story="00", is_true=True, score=1.0)], 1.0).false_passed

    assert (passed(20).value, passed(2).value) == (0.1, 0.1)
    assert passed(2).high > passed(20).high + 0.1


def test_where_nothing_false_passed_some_still_may() -> None:
    outcomes = [
        Outcome(story=f"{number % 50}", is_true=is_true, score=float(is_true))
        for number in range(100)
        for is_true in (True, False)
    ]

    passed = point_at(outcomes, 1.0).false_passed
    assert (passed.value, passed.low, 0.02 < passed.high < 0.06) == (0.0, 0.0, True)


def test_an_early_look_trusts_what_it_sees_less() -> None:
    def bound(stories: int) -> float:
        """The bound of so many stories whose false claims all fail."""
        outcomes = [
            Outcome(story=f"{story}", is_true=is_true, score=float(is_true))
            for story in range(stories)
            for is_true in (True, False)
        ]
        return point_at(outcomes, 1.0).false_passed.high

    assert bound(10) > 2 * bound(20)
    assert bound(20) > 2 * bound(32)


@pytest.mark.parametrize(("strength", "is_over"), [(6.0, True), (STRENGTHS["fair"], False)])
def test_a_judge_that_is_hardly_wrong_is_asked_no_more_than_it_takes_to_know(
    strength: float, is_over: bool
) -> None:
    assert is_enough(judged(strength, 10)) is is_over


def test_a_curve_without_false_claims_is_none() -> None:
    with pytest.raises(ValueError, match="true and false"):
        curve([Outcome(story="a", is_true=True, score=0.5)])


def test_an_operators_threshold_is_taken_with_the_rates_that_it_has() -> None:
    given = calibration(STRENGTHS["fair"])
    found = decision(given, PRIORS, 0.2)

    stated = rates(given, found)
    at = point_at(given.outcomes, 0.2)
    assert stated is not None
    assert (stated.threshold, stated.false_passed, stated.true_refused) == (
        0.2,
        at.false_passed.value,
        1 - at.true_kept.value,
    )


@pytest.mark.parametrize(
    ("false", "read", "share"),
    [(0, 45, 0.05), (1, 77, 0.05), (2, 105, 0.05), (3, 132, 0.05), (0, 120, 0.019)],
)
def test_an_audit_gives_the_upper_bound_of_what_was_false_in_it(
    false: int, read: int, share: float
) -> None:
    found = priors_of(stated=Sample(false=false, read=read)).stated

    assert found.share == pytest.approx(share, abs=0.001)
    assert found.audited == read


def test_an_audit_too_small_to_say_more_leaves_what_is_assumed() -> None:
    assert priors_of(stated=Sample(false=1, read=30)) == priors_of()


def test_an_audit_in_which_more_is_false_than_assumed_counts_however_small() -> None:
    found = priors_of(stated=Sample(false=3, read=20)).stated

    assert (found.share > 0.25, found.audited) == (True, 20)


def test_inferences_need_a_higher_score_than_statements_where_nobody_read_a_draft() -> None:
    found = decision(calibration(STRENGTHS["fair"]))

    assert found.threshold is not None
    assert found.inferred is not None
    assert found.inferred > found.threshold
    assert found.prior == Prior(share=0.07)


def test_a_judge_too_weak_for_inferences_may_still_let_statements_pass() -> None:
    found = decision(
        calibration(STRENGTHS["weak"]),
        replace(priors_of(0.04), inferred=Prior(share=0.3)),
    )

    assert (found.threshold is not None, found.inferred) == (True, None)
