"""The policy: which score of a judge lets a sentence be printed, chosen by what a reader meets.

The threshold is the lowest at which at most 3 % of the printed sentences are expected to be false:

    share = prior × false accepted ÷ (prior × false accepted + (1 − prior) × true accepted)

with the upper bound of false accepted. So a weak judge prints fewer sentences, not more errors.
The prior is the share of this writer's drafts that are false. Where nobody has read a sample of
them it is assumed, higher for inferences than for statements, and pages say so.

Bounds hold with 90 %, one-sided, and are Korn and Graubard's (1998): Clopper and Pearson's with the
effective sample size. Claims on one story are read from the same text and fail together, so 672 of
them on 48 stories say less than 672 would; the design effect (Kish) says how much less. A bootstrap
over stories would give 0 where no false claim passed, and Wilson's interval is not conservative for
rare events: both would let through what this one holds back. The tenth that a bound may fail is
shared out over the looks of a calibration (`verify.judge.slices`), most of it for the last.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import betaincinv, stdtrit

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import (
    Calibration,
    JudgeRates,
    Outcome,
    Point,
    Prior,
    Priors,
    Sample,
    Share,
)
from aggregator.verify.judge.slices import LOOKS

ASSUMED = Priors(stated=Prior(share=0.07), inferred=Prior(share=0.10))
NOTHING_READ = Sample()
MOST_FALSE = 0.03  # of the sentences that a page prints
LEAST_KEPT = 0.15  # of the true claims: a judge that keeps fewer is not worth its time
FOLDS = 8  # of stories: six of the forty-eight are left out at a time
_TAILS = (0.001, 0.004, 0.095)  # beyond a bound at each look of a calibration
_TAIL = sum(_TAILS)  # the same of an audit, which is read as one sample
_LITTLE = 0.02  # share of the true claims that more questions are not asked for

Counts = np.ndarray[Any, np.dtype[np.float64]]


@frozen
class Decision:
    """What the policy says of a judge behind a writer. `threshold` is that of statements, None
    where the page is the rules'; `inferred` that of inferences, None where none is printed.

    `found` are the rates at the threshold, cross-validated over the stories; `prior` is that of
    statements, None where the threshold does not rest on one; `why` is a sentence for people.
    """

    prior: Prior | None
    threshold: float | None
    inferred: float | None
    found: Point | None
    why: str


def curve(outcomes: Sequence[Outcome]) -> tuple[Point, ...]:
    """What each threshold does, the lowest first: one for each score that a claim got.

    Empty where no claim was scored. Raises ValueError where true or false claims are missing.
    """
    return _points(outcomes, _scores(outcomes), _tail(outcomes))


def point_at(outcomes: Sequence[Outcome], threshold: float) -> Point:
    """What one threshold does. Raises ValueError where true or false claims are missing."""
    (point,) = _points(outcomes, [threshold], _tail(outcomes))
    return point


def _scores(outcomes: Sequence[Outcome]) -> list[float]:
    return sorted({outcome.score for outcome in outcomes if outcome.score is not None})


def _tail(outcomes: Sequence[Outcome]) -> float:
    """What a bound may fail by at the look that has so many stories."""
    stories = len({outcome.story for outcome in outcomes})
    return _TAILS[min(bisect_left(LOOKS, stories), len(LOOKS) - 1)]


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
    Raises ValueError where true or false claims are missing.
    """
    chosen = lowest_threshold(curve(outcomes), prior)
    if chosen is None:
        return None
    judged: list[Outcome] = []
    for fold in range(FOLDS):
        inside, outside = _parted(outcomes, fold)
        points = _points(inside, _scores(inside), _tail(outcomes)) if inside else ()
        point = lowest_threshold(points, prior)
        judged += (_as_decided(outcome, point) for outcome in outside)
    return replace(point_at(judged, 1.0), threshold=chosen.threshold)


def priors_of(
    chosen: float = 0.0, stated: Sample = NOTHING_READ, inferred: Sample = NOTHING_READ
) -> Priors:
    """The priors of a writer: the operator's own where one is chosen, else by an audit of its
    statements and of its inferences, else those that are assumed.
    """
    if chosen:
        return Priors(stated=Prior(share=chosen), inferred=Prior(share=chosen))
    return Priors(
        stated=_audited(stated, ASSUMED.stated), inferred=_audited(inferred, ASSUMED.inferred)
    )


def _audited(sample: Sample, assumed: Prior) -> Prior:
    """The prior after a sample was read: Clopper and Pearson's upper bound, 90 %. None of 45 false
    gives 5 %, or one of 77, two of 105, three of 132.

    What is assumed stays while the sample is too small to say more, unless more of it is false.
    """
    if not sample.read:
        return assumed
    left = sample.read - sample.false
    bound = float(betaincinv(sample.false + 1, left, 1 - _TAIL)) if left else 1.0
    if bound > assumed.share >= sample.false / sample.read:
        return assumed
    return Prior(share=bound, audited=sample.read)


def decision(
    calibration: Calibration, priors: Priors = ASSUMED, threshold: float | None = None
) -> Decision:
    """What the policy says of a calibrated judge; `threshold` is the operator's own, if set."""
    outcomes = calibration.outcomes
    if threshold is not None:
        return Decision(
            prior=None,
            threshold=threshold,
            inferred=threshold,
            found=point_at(outcomes, threshold),
            why="the threshold is set in the configuration",
        )
    found = cross_validated(outcomes, priors.stated.share)
    if found is None:
        why = (
            f"no threshold keeps the share of false sentences at {MOST_FALSE:.0%} and"
            f" {LEAST_KEPT:.0%} of the true ones"
        )
    elif not _holds(found, priors.stated):
        found, why = None, "its threshold does not hold on unseen stories"
    else:
        why = f"the lowest threshold with at most {MOST_FALSE:.0%} false sentences on a page"
    if found is None:
        why = f"{why}: pages are written by rules"
        return Decision(prior=priors.stated, threshold=None, inferred=None, found=None, why=why)
    inferred = cross_validated(outcomes, priors.inferred.share)
    is_printed = inferred is not None and _holds(inferred, priors.inferred)
    return Decision(
        prior=priors.stated,
        threshold=found.threshold,
        inferred=inferred.threshold if inferred and is_printed else None,
        found=found,
        why=why,
    )


def is_enough(outcomes: Sequence[Outcome]) -> bool:
    """Whether the thresholds of these outcomes keep nearly as many true claims as those would that
    rest on what was measured instead of on its bound: more claims could bring back no more.
    Raises ValueError where true or false claims are missing.
    """
    points = curve(outcomes)
    for prior in (ASSUMED.stated, ASSUMED.inferred):
        chosen, found = (
            lowest_threshold(points, prior.share),
            cross_validated(outcomes, prior.share),
        )
        if chosen is None or found is None or not _holds(found, prior):
            return False
        at_best = next(point.true_kept.value for point in points if _holds(point, prior))
        if chosen.true_kept.value < at_best - _LITTLE:
            return False
    return True


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
        prior=decided.prior.share if decided.prior else None,
        audited=decided.prior.audited if decided.prior else None,
        is_raised=decided.prior.is_raised if decided.prior else False,
    )


def _holds(found: Point, prior: Prior) -> bool:
    """Whether a point keeps to the policy by its rates themselves, without their bounds."""
    share = _false_share(found.false_passed.value, found.true_kept.value, prior.share)
    return share <= MOST_FALSE


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


def _points(
    outcomes: Sequence[Outcome], thresholds: Sequence[float], tail: float
) -> tuple[Point, ...]:
    false = _shares([outcome for outcome in outcomes if not outcome.is_true], thresholds, tail)
    true = _shares([outcome for outcome in outcomes if outcome.is_true], thresholds, tail)
    return tuple(
        Point(threshold=threshold, false_passed=passed, true_kept=kept)
        for threshold, passed, kept in zip(thresholds, false, true, strict=True)
    )


def _shares(
    outcomes: Sequence[Outcome], thresholds: Sequence[float], tail: float
) -> tuple[Share, ...]:
    """The share of claims at or above each threshold, with its interval."""
    if not outcomes:
        raise ValueError("a curve needs true and false claims")
    stories = sorted({outcome.story for outcome in outcomes})
    passed = np.array([_passed(outcomes, story, thresholds) for story in stories])
    sizes = np.array([[sum(outcome.story == story for outcome in outcomes)] for story in stories])
    low, high = _interval(passed, sizes, tail)
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


def _interval(passed: Counts, sizes: Counts, tail: float) -> tuple[Counts, Counts]:
    """The ends of the intervals. `passed` has a row for each story and a column for each threshold,
    `sizes` the claims of each story.
    """
    stories, claims = len(passed), float(sizes.sum())
    share = passed.sum(axis=0) / claims
    within = share * (1 - share) / claims
    spread = ((passed - share * sizes) ** 2).sum(axis=0) / claims**2
    between = spread * stories / max(1, stories - 1)
    effect = np.where(within > 0, between / np.where(within > 0, within, 1.0), 1.0)
    degrees = stdtrit(max(1.0, claims - 1), 1 - tail) / stdtrit(max(1.0, stories - 1), 1 - tail)
    effective = np.minimum(claims, claims * degrees**2 / np.maximum(effect, 1.0))
    found = share * effective
    low = np.where(share > 0, betaincinv(np.maximum(found, 1e-9), effective - found + 1, tail), 0)
    rest = np.maximum(effective - found, 1e-9)
    high = np.where(share < 1, betaincinv(found + 1, rest, 1 - tail), 1)
    return low, high
