"""Makes the weights of `aggregator/verify/overlap/support_classifier.py`:
`python -m tests.quality.weights --data ../shared/corpus/faithfulness`.

Learns from the documents of the half `dev` alone: true claims that the other gates let pass, false
ones, and errors that `tests.quality.planted` plants and those gates miss; each claim once with all
of its document and once with the passages it would cite. Prints what is to be pasted. The threshold
is the one with the greatest sum of true paraphrases kept and planted errors turned away
(`tests.quality.planted --curve` shows the others).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from aggregator.domain.claim import Rejection
from aggregator.verify.overlap import support_classifier as doubt
from aggregator.verify.overlap.features import NAMES, SUPPORT, traits
from tests.quality.errors import KINDS, Kind, Sample
from tests.quality.faithfulness import paragraphs
from tests.quality.grounding import tuned
from tests.quality.planted import RETOLD, cited, is_claim, planted, samples, verdict


def _common(sample: Sample, n: int) -> str | None:
    """A word made its opposite by WordNet."""
    for word in re.finditer(r"\b[a-z]{3,}\b", sample.text):
        if other := _OPPOSITES.get(word[0]):
            return sample.text[: word.start()] + other[n % len(other)] + sample.text[word.end() :]
    return None


_OPPOSITES: dict[str, list[str]] = {}
for _line in (Path(doubt.__file__).with_name("opposites.txt")).read_text("utf-8").splitlines():
    if not _line.startswith("#"):
        for _one, _other in (_line.split(" "), reversed(_line.split(" "))):
            _OPPOSITES.setdefault(_one, []).append(_other)
COMMON = Kind(plant=_common, meant=frozenset())
RIDGE = 5.0
# what a false claim of the data counts beside a planted one: many are false for what no word shows
FALSE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A claim's traits, whether it is true, what it counts, and whether the other gates let it
    pass.

    `is_bench` marks the paraphrases and the errors in them, with the passages that they would cite.
    """

    values: tuple[float, ...]
    is_true: bool
    weight: float
    passes: bool
    is_bench: bool


def rows(data: Path) -> Iterator[Row]:
    """The claims of the half that is learnt from."""
    own = [sample for sample in samples(data) if sample.half == "dev" and is_claim(sample)]
    for each in own:
        yield from _row(
            each,
            each.text,
            is_true=each.is_true,
            weight=1.0 if each.is_true else FALSE,
            is_planted=False,
        )
    true = [sample for sample in own if sample.is_true]
    for kind in (*KINDS.values(), COMMON):
        for each, text in planted(true, kind):
            yield from _row(each, text, is_true=False, weight=1.0, is_planted=kind is not COMMON)


def _row(
    sample: Sample, text: str, *, is_true: bool, weight: float, is_planted: bool
) -> Iterator[Row]:
    whole = paragraphs(sample.document)
    is_retold = (
        sample.data in RETOLD and sample.text not in sample.document and (is_true or is_planted)
    )
    for passages, is_bench in ((whole, False), (cited(sample.text, whole), is_retold)):
        passes = verdict(replace(sample, passages=passages), text) in (None, Rejection.SUPPORT)
        yield Row(
            values=traits(text, passages),
            is_true=is_true,
            weight=weight,
            passes=passes,
            is_bench=is_bench,
        )


def least(found: Sequence[Row], scores: NDArray[np.float64]) -> float:
    """The least credence with the greatest sum of the shares of true claims kept and of errors
    turned away.
    """
    own = [
        (score if each.passes else -1.0, each.is_true)
        for each, score in zip(found, scores, strict=True)
        if each.is_bench
    ]
    return tuned(own)


def learnt(found: Sequence[Row]) -> tuple[float, dict[str, float]]:
    """The bias and the weights by trait, from the rows that the other gates let pass."""
    passing = [row for row in found if row.passes]
    values = np.array([row.values for row in passing])
    truth = np.array([1.0 if row.is_true else -1.0 for row in passing])
    counts = np.array([row.weight for row in passing])
    scale = values.std(axis=0) + 1e-9

    def loss(parameters: NDArray[np.float64]) -> float:
        margin = truth * (parameters[0] + (values / scale) @ parameters[1:])
        return float(counts @ np.logaddexp(0, -margin) + RIDGE * parameters[1:] @ parameters[1:])

    bounds = [(None, None), *((0, None) if name in SUPPORT else (None, 0) for name in NAMES)]
    best = minimize(loss, np.zeros(len(NAMES) + 1), bounds=bounds).x
    return round(float(best[0]), 3), {
        name: round(float(each), 3) for name, each in zip(NAMES, best[1:] / scale, strict=True)
    }


def main() -> int:
    """Prints the constants."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    found = list(rows(parser.parse_args().data))
    bias, weights = learnt(found)
    scores = expit(bias + np.array([row.values for row in found]) @ list(weights.values()))
    print(f"LEAST_CREDENCE = {least(found, scores):.3f}\nBIAS = {bias}\nWEIGHTS = {weights}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
