"""What the policy prints of scripted writers by scripted judges:
`python -m tests.quality.thresholds --seeds 40 --json`.

A judge scores the claims of the shipped set that the anchors leave to it: a claim gets the strength
of the judge, up if it is true and down if it is false, a shift that all claims on its story share,
and chance. Its *accuracy* is the balanced accuracy of its strength by itself; the shared shift
takes a little from it. A threshold is chosen as `model calibrate` does, by as many claims of one
draw as it takes, and measured on all of another. A writer is the
share of its drafts that are false; of an audited one a sample is read first.

Prints for each judge and writer the share of the true drafts that are printed, and of false ones
among what is printed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from statistics import NormalDist, mean

from aggregator.config.calibration_file import load_labelled
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import Calibration, Outcome, Prior, Priors, Sample
from aggregator.verify.judge.policy import ASSUMED, Decision, decision, is_enough, priors_of
from aggregator.verify.judge.premise import cases
from aggregator.verify.judge.slices import further, slices

SEEDS = 10
TOGETHER = 0.5  # standard deviation of the shift that the claims on a story share; chance has 1
ACCURACIES = (0.65, 0.70, 0.77, 0.85)
AUDIT = 120  # drafts of each kind
WRITERS = (0.02, 0.04, 0.10, 0.20)  # shares of false drafts
PRIORS = (0.05, 0.07, 0.10)  # for the table of docs/models.md
MODEST = 0.77  # what the best small fact checkers reach on LLM-AggreFact


@frozen
class Printed:
    """The share of the true drafts that is printed, and of false ones among what is printed."""

    kept: float
    false: float


@cache
def labelled() -> tuple[Outcome, ...]:
    """The claims of the set, with 0 as the score of all that the anchors let pass."""
    return tuple(
        Outcome(
            story=case.claim.story,
            is_true=case.claim.is_true,
            score=None if case.premise is None else 0.0,
            is_inferred=case.claim.is_inferred,
        )
        for case in cases(load_labelled())
    )


def graded(accuracy: float, seed: int) -> tuple[Outcome, ...]:
    """The set as a judge of this accuracy scores it."""
    chance = random.Random(f"{accuracy} {seed}")
    strength = NormalDist().inv_cdf(accuracy)
    stories = sorted({each.story for each in labelled()})
    shifts = {story: chance.gauss(0.0, TOGETHER) for story in stories}

    def score(outcome: Outcome) -> float:
        own = strength if outcome.is_true else -strength
        return NormalDist().cdf(own + shifts[outcome.story] + chance.gauss(0.0, 1.0))

    return tuple(
        each if each.score is None else replace(each, score=score(each)) for each in labelled()
    )


def yes_or_no(wrong: float, seed: int) -> tuple[Outcome, ...]:
    """The set as a judge answers that says yes or no and is wrong of such a share of the claims."""
    chance = random.Random(f"{wrong} {seed}")
    return tuple(
        each
        if each.score is None
        else replace(each, score=float(each.is_true != (chance.random() < wrong)))
        for each in labelled()
    )


def calibrated(drawn: Sequence[Outcome]) -> Calibration:
    """The calibration that a draw of the whole set makes: it ends at the look that is enough."""
    labelled = load_labelled()
    of_claim = dict(zip(labelled.claims, drawn, strict=True))
    for asked in slices(labelled):
        outcomes = tuple(of_claim[claim] for claim in asked)
        if is_enough(outcomes):
            break
    return Calibration(
        model="scripted",
        digest="d" * 64,
        prompts="p" * 8,
        labelled="s" * 16,
        made=datetime(2026, 12, 2, tzinfo=UTC),
        outcomes=outcomes,
        further=tuple(of_claim[claim] for claim in further(labelled, asked)),
        is_whole=True,
    )


def printed(decided: Decision, drawn: Sequence[Outcome], false_drafts: float) -> Printed:
    """What a decision prints of a writer whose drafts are like a draw, this share of them false."""

    def share(*, of_true: bool) -> float:
        scored = [each for each in drawn if each.score is not None]
        return mean(_passes(each, decided) for each in scored if each.is_true is of_true)

    kept, passed = share(of_true=True), share(of_true=False)
    false = false_drafts * passed
    all_printed = false + (1 - false_drafts) * kept
    return Printed(kept=kept, false=false / all_printed if all_printed else 0.0)


def averaged(some: Sequence[Printed]) -> Printed:
    """The mean of both shares."""
    return Printed(kept=mean(each.kept for each in some), false=mean(each.false for each in some))


def by_prior(accuracy: float, priors: Priors, writer: float, seeds: int) -> Printed:
    """What a graded judge prints with these priors."""
    return averaged(
        [
            printed(_decided(accuracy, priors, seed), graded(accuracy, -1 - seed), writer)
            for seed in range(seeds)
        ]
    )


def after_audit(accuracy: float, writer: float, seeds: int) -> Printed:
    """What a graded judge prints of a writer once a sample of its drafts was read."""
    return averaged(
        [
            printed(
                _decided(accuracy, _audit(writer, seed), seed), graded(accuracy, -1 - seed), writer
            )
            for seed in range(seeds)
        ]
    )


def answered(wrong: float, writer: float, seeds: int) -> Printed:
    """What a judge prints that only says yes or no."""
    return averaged(
        [
            printed(
                decision(calibrated(yes_or_no(wrong, seed))), yes_or_no(wrong, -1 - seed), writer
            )
            for seed in range(seeds)
        ]
    )


def same(share: float) -> Priors:
    """This prior for statements and inferences."""
    return Priors(stated=Prior(share=share), inferred=Prior(share=share))


def _decided(accuracy: float, priors: Priors, seed: int) -> Decision:
    return decision(calibrated(graded(accuracy, seed)), priors)


def _audit(writer: float, seed: int) -> Priors:
    """The priors after an audit of this writer's drafts."""
    chance = random.Random(f"audit {writer} {seed}")
    stated, inferred = (
        Sample(false=sum(chance.random() < writer for _ in range(AUDIT)), read=AUDIT)
        for _ in ("stated", "inferred")
    )
    return priors_of(stated=stated, inferred=inferred)


def _passes(each: Outcome, decided: Decision) -> bool:
    threshold = decided.inferred if each.is_inferred else decided.threshold
    score = each.score
    return threshold is not None and score is not None and score >= threshold


def report(seeds: int) -> Iterator[dict[str, object]]:
    """The rows: which judge, which priors, which writer, and what is printed."""

    def row(judge: str, prior: str, writer: float, found: Printed) -> dict[str, object]:
        kept, false = round(found.kept, 3), round(found.false, 4)
        return {"judge": judge, "prior": prior, "writer": writer, "kept": kept, "false": false}

    for accuracy in ACCURACIES:
        yield row(f"{accuracy}", "assumed", 0.04, by_prior(accuracy, ASSUMED, 0.04, seeds))
        yield row(f"{accuracy}", "0.1", 0.04, by_prior(accuracy, same(0.10), 0.04, seeds))
        yield row(f"{accuracy}", "audited", 0.02, after_audit(accuracy, 0.02, seeds))
    yield row("yes or no, wrong for a fifth", "assumed", 0.04, answered(0.2, 0.04, seeds))
    for prior in PRIORS:
        for writer in WRITERS:
            found = by_prior(MODEST, same(prior), writer, seeds)
            yield row(f"{MODEST}", f"{prior}", writer, found)


def main() -> int:
    """Prints the rows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=SEEDS, help="draws to average")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    for row in report(arguments.seeds):
        text = "  ".join(f"{value!s:>8}" for value in row.values())
        print(json.dumps(row) if arguments.json else text, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
