"""An alarm: a writer whose drafts its judge likes less than the assumed share of false ones
explains. It only ever makes thresholds stricter. Pure.

A draft counts the more, the fewer of the true claims of the calibration its score beats: false
drafts are found at that end, so this says more than the share that is accepted. What the drafts
count on average is compared with what true and false claims would, mixed by the prior. Sentences on
one story fail together, on either side, so both means have the variance of their stories (as in
Korn and Graubard). The calibration's own is the larger one and the same in every run: after it,
further runs add little to the error of this test, which no bet on single drafts could say (those
rang as often, and four times as often in vain).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil, sqrt
from typing import Any, Literal

import numpy as np

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import Outcome, Prior, Priors, WrittenDraft

LEAST_STORIES = 40  # whose drafts were judged: fewer say little
_CRITICAL = (
    1.8  # standard errors: a writer with 4 % false drafts gets there 5 times in 100 in 50 runs
)
_MOST = 0.30  # that is ever assumed
_STEP = 0.05  # to which it is rounded up, so that not every run judges all pages again
_HALF = 0.05  # share of the true claims beaten at which a draft counts half

_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_Numbers = np.ndarray[Any, np.dtype[np.float64]]


def with_alarm(
    priors: Priors, outcomes: Sequence[Outcome], drafts: Sequence[WrittenDraft]
) -> Priors:
    """The priors, raised to what the scores of a writer's drafts speak for where the assumed ones
    do not explain them.
    """
    judged = [draft for draft in drafts if draft.score is not None]
    if len({draft.story_id for draft in judged}) < LEAST_STORIES:
        return priors
    count = _counted(outcomes)
    drafted = _mean(
        [(draft.story_id, count(draft.is_inferred, draft.score or 0.0)) for draft in judged]
    )
    true, false = (
        _mean(
            [
                (outcome.story, count(outcome.is_inferred, outcome.score))
                for outcome in outcomes
                if outcome.score is not None and outcome.is_true is is_true
            ]
        )
        for is_true in (True, False)
    )
    of_inferences = sum(draft.is_inferred for draft in judged) / len(judged)
    prior = (1 - of_inferences) * priors.stated.share + of_inferences * priors.inferred.share
    explained = (1 - prior) * true.value + prior * false.value
    error = sqrt(drafted.variance + (1 - prior) ** 2 * true.variance + prior**2 * false.variance)
    if drafted.value - explained <= _CRITICAL * error or false.value <= true.value:
        return priors
    share = (drafted.value - true.value) / (false.value - true.value)
    raised = min(_MOST, ceil(share / _STEP) * _STEP)
    return Priors(stated=_raised(priors.stated, raised), inferred=_raised(priors.inferred, raised))


def _raised(prior: Prior, share: float) -> Prior:
    return replace(prior, share=share, is_raised=True) if share > prior.share else prior


def _counted(outcomes: Sequence[Outcome]) -> Callable[[bool, float], float]:
    """What a draft of a kind with a score counts."""
    beaten = {
        is_inferred: np.sort(
            [
                outcome.score
                for outcome in outcomes
                if outcome.is_true
                and outcome.is_inferred is is_inferred
                and outcome.score is not None
            ]
        )
        for is_inferred in (False, True)
    }

    def count(is_inferred: bool, score: float) -> float:
        of_kind = beaten[is_inferred]
        below, up_to = (float(np.searchsorted(of_kind, score, side)) for side in _SIDES)
        share = (below + up_to) / 2 / max(1, len(of_kind))  # ties count half
        return _HALF / (_HALF + share)

    return count


@frozen
class _Mean:
    value: float
    variance: float


def _mean(counted: Sequence[tuple[str, float]]) -> _Mean:
    """The mean of what claims or drafts count, with its variance over their stories."""
    stories = sorted({story for story, _ in counted})
    place = {story: number for number, story in enumerate(stories)}
    values: _Numbers = np.array([value for _, value in counted])
    mean = float(values.mean())
    apart = np.zeros(len(stories))
    np.add.at(apart, [place[story] for story, _ in counted], values - mean)
    several = max(2, len(stories))
    variance = float((apart**2).sum()) / len(values) ** 2 * several / (several - 1)
    return _Mean(value=mean, variance=variance)
