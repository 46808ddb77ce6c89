"""Which claims of the labelled set a judge is asked of."""

from __future__ import annotations

from collections import Counter

from aggregator.config.calibration_file import load_labelled
from aggregator.verify.judge.premise import cases, statements
from aggregator.verify.judge.slices import LOOKS, slices

LABELLED = load_labelled()


def test_each_look_has_more_stories_with_all_their_false_claims_and_five_true_ones() -> None:
    for stories, claims in zip(LOOKS, slices(LABELLED), strict=True):
        count = Counter((claim.story, claim.is_true) for claim in claims)

        assert len({story for story, _ in count}) == stories
        assert {number for (_, is_true), number in count.items() if is_true} == {5}
        assert {number for (_, is_true), number in count.items() if not is_true} == {14}


def test_a_later_look_asks_again_what_the_earlier_ones_asked() -> None:
    first, second, last = (frozenset(claims) for claims in slices(LABELLED))

    assert first < second < last


def test_a_judge_is_asked_at_most_560_questions() -> None:
    *_, last = slices(LABELLED)
    asked = [statements(case.claim.text) for case in cases(LABELLED, last) if case.premise]

    assert 500 < sum(map(len, asked)) <= 560
