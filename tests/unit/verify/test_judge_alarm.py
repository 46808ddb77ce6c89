"""The alarm: drafts that a judge likes less than the assumed share of false ones explains."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import pytest

from aggregator.domain.operation.calibration import Outcome, Prior, Priors, WrittenDraft
from aggregator.verify.judge.alarm import LEAST_STORIES, with_alarm
from aggregator.verify.judge.policy import ASSUMED

STRENGTH = 2.5  # standard deviations between the scores of true and of false claims
CLAIMS = 8  # of a story


def score(number: int, of: int, *, is_true: bool) -> float:
    """One of so many scores that are spread as they would be by chance."""
    mean = STRENGTH / 2 if is_true else -STRENGTH / 2
    return NormalDist().cdf(NormalDist(mean, 1.0).inv_cdf((number * 41 % of + 0.5) / of))


OUTCOMES = tuple(
    Outcome(
        story=f"{number % 32}", is_true=is_true, score=score(number, 32 * CLAIMS, is_true=is_true)
    )
    for is_true in (True, False)
    for number in range(32 * CLAIMS)
)


def drafts(stories: int, false: int, of: int = 20) -> tuple[WrittenDraft, ...]:
    """The drafts on so many stories, so many of twenty of them false."""
    whole = stories * CLAIMS
    return tuple(
        WrittenDraft(
            story_id=f"{number * 7 % stories}",
            text="",
            cited=(),
            is_inferred=False,
            score=score(number, whole, is_true=number % of >= false),
        )
        for number in range(whole)
    )


def test_a_writer_as_good_as_assumed_rings_nothing() -> None:
    assert with_alarm(ASSUMED, OUTCOMES, drafts(80, false=1)) == ASSUMED


@pytest.mark.parametrize(("false", "share"), [(4, 0.20), (12, 0.30)])
def test_a_writer_with_too_many_false_drafts_is_given_what_they_speak_for(
    false: int, share: float
) -> None:
    found = with_alarm(ASSUMED, OUTCOMES, drafts(80, false))

    assert [found.stated.share, found.inferred.share] == pytest.approx([share, share])
    assert (found.stated.is_raised, found.inferred.is_raised) == (True, True)


def test_an_alarm_never_lowers_what_is_assumed() -> None:
    strict = Priors(stated=Prior(share=0.1), inferred=Prior(share=0.5))
    found = with_alarm(strict, OUTCOMES, drafts(80, false=8))

    assert (found.stated.is_raised, found.inferred) == (True, strict.inferred)


def test_fewer_than_forty_stories_say_too_little() -> None:
    assert with_alarm(ASSUMED, OUTCOMES, drafts(LEAST_STORIES - 1, false=12)) == ASSUMED
    assert with_alarm(ASSUMED, OUTCOMES, drafts(LEAST_STORIES, false=12)) != ASSUMED


def test_drafts_that_no_judge_saw_say_nothing() -> None:
    unjudged = [replace(draft, score=None) for draft in drafts(80, false=12)]

    assert with_alarm(ASSUMED, OUTCOMES, unjudged) == ASSUMED


def test_a_judge_that_scores_all_drafts_lower_than_its_claims_rings_it_too() -> None:
    lower = [
        replace(draft, score=NormalDist().cdf(NormalDist().inv_cdf(draft.score or 0.5) - 1.0))
        for draft in drafts(80, false=1)
    ]

    assert with_alarm(ASSUMED, OUTCOMES, lower).stated.is_raised


def test_an_inference_is_compared_with_inferred_claims() -> None:
    """A judge may score these lower altogether."""
    low = [replace(one, is_inferred=True, score=(one.score or 0.0) / 9) for one in OUTCOMES]
    inferred = [
        replace(draft, is_inferred=True, score=(draft.score or 0.0) / 9)
        for draft in drafts(80, false=1)
    ]

    assert with_alarm(ASSUMED, [*OUTCOMES, *low], inferred) == ASSUMED
    assert with_alarm(ASSUMED, OUTCOMES, inferred) != ASSUMED
