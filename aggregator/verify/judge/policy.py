"""The policy: which score of a judge lets a sentence be printed, chosen by what a reader meets.

The threshold is the lowest at which at most 3 % of the printed sentences are expected to be false:

    share = prior × false accepted ÷ (prior × false accepted + (1 − prior) × true accepted)

with the upper bound of false accepted. So a weak judge prints fewer sentences, not more errors.

Intervals are Korn and Graubard's (1998): Clopper and Pearson's with the effective sample size.
Claims on one story are read from the same text and fail together, so 448 of them on 32 stories say
less than 448 would; the design effect (Kish) says how much less. A bootstrap over stories would
give [0, 0] where no false claim passed, and Wilson's interval is not conservative for rare events:
both would let through what this one holds back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import betaincinv, stdtrit

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import Calibration, JudgeRates, Outcome, Point, Share

MOST_FALSE = 0.03  # of the sentences that a page prints
LEAST_KEPT = 0.15  # of the true claims: a judge that keeps fewer is not worth its time
FOLDS = 8  # of stories: four of the thirty-two are left out at a time
_TAIL = 0.025  # on either side

Counts = np.ndarray[Any, np.dtype[np.float64]]


@frozen
class Decision:
    """What the policy says of a judge. `threshold` is None where the page is the rules'.

    `found` are the rates cross-validated over the stories of the fit, `reported` those on the
    stories that were kept apart, at the threshold; `why` is a sentence for people.
    """

    threshold: float | None
    found: Point | None
    reported: Point | None
    why: str


def curve(outcomes: Sequence[Outcome]) -> tuple[Point, ...]:
    """What each threshold does, the lowest first: one for each score that a claim got.

    Empty where no claim was scored. Raises ValueError where true or false claims are missing.
    """
    scores = sorted({outcome.score for outcome in outcomes if outcome.score is not None})
    return _points(outcomes, scores)


def point_at(outcomes: Sequence[Outcome], threshold: float) -> Point:
    """What one threshold does. Raises ValueError where true or false claims are missing."""
    (point,) = _points(outcomes, [threshold])
    return point


def expected_false(point: Point, prior: float) -> float:
    """The share of false sentences among those that a threshold prints, if `prior` of all drafts
    are false; with the upper bound of false accepted. 1 where it prints none.
    """
    return _false_share(point.false_passed.high, point.true_kept.value, prior)


def lowest_threshold(points: Sequence[Point], prior: float) -> Point | None:
    """The lowest threshold that keeps to the policy; None where there is none, or where it would
    keep too few true claims.
    """
    for point in points:
        if expected_false(point, prior) <= MOST_FALSE:
            return point if point.true_kept.value >= LEAST_KEPT else None
    return None


def cross_validated(outcomes: Sequence[Outcome], prior: float) -> Point | None:
    """The rates of the policy on stories that its threshold was not chosen on, pooled over the
    folds; None where no fold has a threshold. The point's own threshold is that of all stories.
    """
    chosen = lowest_threshold(curve(outcomes), prior)
    if chosen is None:
        return None
    judged: list[Outcome] = []
    for fold in range(FOLDS):
        inside, outside = _parted(outcomes, fold)
        point = lowest_threshold(curve(inside), prior) if inside else None
        judged += (_as_decided(outcome, point) for outcome in outside)
    return replace(point_at(judged, 1.0), threshold=chosen.threshold)


def decision(calibration: Calibration, prior: float, threshold: float | None = None) -> Decision:
    """What the policy says of a calibrated judge; `threshold` is the operator's own, if set."""
    if threshold is not None:
        return Decision(
            threshold=threshold,
            found=point_at(calibration.fit, threshold),
            reported=point_at(calibration.report, threshold),
            why="the threshold is set in the configuration",
        )
    found = cross_validated(calibration.fit, prior)
    if found is None:
        return _rules_write(
            f"no threshold keeps the share of false sentences at {MOST_FALSE:.0%} and"
            f" {LEAST_KEPT:.0%} of the true ones"
        )
    if _false_share(found.false_passed.value, found.true_kept.value, prior) > MOST_FALSE:
        return _rules_write("its threshold does not hold on unseen stories")
    return Decision(
        threshold=found.threshold,
        found=found,
        reported=point_at(calibration.report, found.threshold),
        why=f"the lowest threshold with at most {MOST_FALSE:.0%} false sentences on a page",
    )


def rates(calibration: Calibration, decided: Decision) -> JudgeRates | None:
    """The rates that a page states; None where its sentences are the rules'."""
    if decided.threshold is None or decided.found is None:
        return None
    return JudgeRates(
        model=calibration.model,
        digest=calibration.digest,
        threshold=decided.threshold,
        false_passed=decided.found.false_passed.value,
        true_refused=1.0 - decided.found.true_kept.value,
    )


def _rules_write(why: str) -> Decision:
    return Decision(
        threshold=None, found=None, reported=None, why=f"{why}: pages are written by rules"
    )


def _false_share(false_passed: float, true_kept: float, prior: float) -> float:
    false, true = prior * false_passed, (1 - prior) * true_kept
    return false / (false + true) if true else 1.0


def _parted(outcomes: Sequence[Outcome], fold: int) -> tuple[list[Outcome], list[Outcome]]:
    """The outcomes to choose on, and those of the stories of a fold."""
    stories = sorted({outcome.story for outcome in outcomes})
    left_out = frozenset(stories[fold::FOLDS])
    return (
        [outcome for outcome in outcomes if outcome.story not in left_out],
        [outcome for outcome in outcomes if outcome.story in left_out],
    )


def _as_decided(outcome: Outcome, point: Point | None) -> Outcome:
    """The outcome with 1 as its score if it is printed, else 0."""
    is_printed = (
        point is not None and outcome.score is not None and outcome.score >= point.threshold
    )
    return replace(outcome, score=float(is_printed))


def _points(outcomes: Sequence[Outcome], thresholds: Sequence[float]) -> tuple[Point, ...]:
    false = _shares([outcome for outcome in outcomes if not outcome.is_true], thresholds)
    true = _shares([outcome for outcome in outcomes if outcome.is_true], thresholds)
    return tuple(
        Point(threshold=threshold, false_passed=passed, true_kept=kept)
        for threshold, passed, kept in zip(thresholds, false, true, strict=True)
    )


def _shares(outcomes: Sequence[Outcome], thresholds: Sequence[float]) -> tuple[Share, ...]:
    """The share of claims at or above each threshold, with its interval."""
    if not outcomes:
        raise ValueError("a curve needs true and false claims")
    stories = sorted({outcome.story for outcome in outcomes})
    passed = np.array([_passed(outcomes, story, thresholds) for story in stories])
    sizes = np.array([[sum(outcome.story == story for outcome in outcomes)] for story in stories])
    low, high = _interval(passed, sizes)
    value = passed.sum(axis=0) / len(outcomes)
    return tuple(
        Share(value=float(one), low=float(bottom), high=float(top))
        for one, bottom, top in zip(value, low, high, strict=True)
    )


def _passed(outcomes: Sequence[Outcome], story: str, thresholds: Sequence[float]) -> Counts:
    """How many claims of a story reach each threshold."""
    scores = sorted(
        outcome.score
        for outcome in outcomes
        if outcome.story == story and outcome.score is not None
    )
    below = np.searchsorted(scores, thresholds, side="left")
    return (len(scores) - below).astype(np.float64)


def _interval(passed: Counts, sizes: Counts) -> tuple[Counts, Counts]:
    """The ends of the intervals. `passed` has a row for each story and a column for each threshold,
    `sizes` the claims of each story.
    """
    stories, claims = len(passed), float(sizes.sum())
    share = passed.sum(axis=0) / claims
    within = share * (1 - share) / claims
    spread = ((passed - share * sizes) ** 2).sum(axis=0) / claims**2
    between = spread * stories / max(1, stories - 1)
    effect = np.where(within > 0, between / np.where(within > 0, within, 1.0), 1.0)
    degrees = stdtrit(max(1.0, claims - 1), 1 - _TAIL) / stdtrit(max(1.0, stories - 1), 1 - _TAIL)
    effective = np.minimum(claims, claims * degrees**2 / np.maximum(effect, 1.0))
    found = share * effective
    low = np.where(share > 0, betaincinv(np.maximum(found, 1e-9), effective - found + 1, _TAIL), 0)
    rest = np.maximum(effective - found, 1e-9)
    high = np.where(share < 1, betaincinv(found + 1, rest, 1 - _TAIL), 1)
    return low, high
