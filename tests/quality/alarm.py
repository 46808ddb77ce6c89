"""How often the alarm of a judge rings: `python -m tests.quality.alarm --seeds 100 --json`.

Judges and writers are those of `tests.quality.thresholds`: a writer's stories have twelve drafts,
some of them false, which the judge scores as it scores the claims of the set. The alarm looks after
every run of twelve stories, from the fortieth story on.

Prints for each judge how often it rang within 50 runs of a writer with 4 % false drafts, within 60
stories of one with 20 % and of one with 4 % whose true drafts the judge scores lower by one
standard deviation than the claims of the set; and what is printed after these 60 stories.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from statistics import NormalDist, mean

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import Calibration, Outcome, Priors, WrittenDraft
from aggregator.verify.judge.alarm import LEAST_STORIES, with_alarm
from aggregator.verify.judge.policy import ASSUMED, decision
from tests.quality.thresholds import (
    ACCURACIES,
    TOGETHER,
    Printed,
    averaged,
    calibrated,
    graded,
    printed,
)

SEEDS = 40
DRAFTS = 12  # of a story
INFERRED = 3  # of these
RUN = 12  # stories
RUNS = 50
EARLY = 60  # stories


@frozen
class Writer:
    """The share of its drafts that is false, and how many standard deviations the judge scores them
    higher than the claims of the set.
    """

    false: float
    shift: float = 0.0


def drafts(accuracy: float, writer: Writer, stories: int, seed: int) -> tuple[WrittenDraft, ...]:
    """The drafts on so many stories with the scores of a judge of this accuracy."""
    chance = random.Random(f"drafts {accuracy} {writer.false} {writer.shift} {seed}")
    strength = NormalDist().inv_cdf(accuracy)
    found = []
    for story in range(stories):
        shift = chance.gauss(writer.shift, TOGETHER)
        for number in range(DRAFTS):
            own = -strength if chance.random() < writer.false else strength
            score = NormalDist().cdf(own + shift + chance.gauss(0.0, 1.0))
            found.append(
                WrittenDraft(
                    story_id=f"{story}",
                    text="",
                    cited=(),
                    is_inferred=number < INFERRED,
                    score=score,
                )
            )
    return tuple(found)


def known(calibration: Calibration) -> tuple[Outcome, ...]:
    """What became of all claims that the judge was asked of."""
    return (*calibration.outcomes, *calibration.further)


def rung(calibration: Calibration, found: Sequence[WrittenDraft]) -> bool:
    """Whether the alarm rings at any run of these stories."""
    stories = len(found) // DRAFTS
    looks = (*range(LEAST_STORIES, stories, RUN), stories)
    return any(
        with_alarm(ASSUMED, known(calibration), found[: look * DRAFTS]).stated.is_raised
        for look in looks
    )


def after(
    accuracy: float, calibration: Calibration, priors: Priors, writer: float, seed: int
) -> Printed:
    """What is printed of a writer's next stories with these priors."""
    return printed(decision(calibration, priors), graded(accuracy, -1 - seed), writer)


def report(accuracy: float, seeds: int) -> dict[str, object]:
    """The row of a judge."""
    in_vain, bad, shifted, pages = [], [], [], []
    for seed in range(seeds):
        calibration = calibrated(graded(accuracy, seed))
        in_vain.append(rung(calibration, drafts(accuracy, Writer(false=0.04), RUN * RUNS, seed)))
        lower = Writer(false=0.04, shift=-1.0)
        shifted.append(rung(calibration, drafts(accuracy, lower, EARLY, seed)))
        early = drafts(accuracy, Writer(false=0.20), EARLY, seed)
        bad.append(rung(calibration, early))
        priors = with_alarm(ASSUMED, known(calibration), early)
        pages.append(after(accuracy, calibration, priors, 0.20, seed))
    found = averaged(pages)
    return {
        "judge": accuracy,
        "in_vain": round(mean(in_vain), 3),
        "rang": round(mean(bad), 3),
        "rang_shifted": round(mean(shifted), 3),
        "kept": round(found.kept, 3),
        "false": round(found.false, 4),
    }


def rows(seeds: int) -> Iterator[dict[str, object]]:
    """The rows of all judges."""
    for accuracy in ACCURACIES:
        yield report(accuracy, seeds)


def main() -> int:
    """Prints the rows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=SEEDS, help="draws to average")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    for row in rows(arguments.seeds):
        text = "  ".join(f"{value!s:>8}" for value in row.values())
        print(json.dumps(row) if arguments.json else text, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
