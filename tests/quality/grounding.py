"""Scores the support check on judged claims: `python -m tests.quality.grounding --data FOLDER
--json`.

FOLDER is one of `../shared/corpus/faithfulness`. A claim cites its whole document and has the
`credence` that `verify.doubt` gives it, or none where a gate refuses it; no label and no other
summary is in reach. The threshold with the best balanced accuracy on the documents of one half
(`dev`, whose documents gave the weights) is applied to those of the other, which is reported; of a
set of errors alone, at the product's own threshold. Found (`precision`, `recall`) are errors.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aggregator.domain.claim import Rejection
from aggregator.english.text import sentences
from aggregator.verify.overlap.support_classifier import LEAST_CREDENCE, credence
from tests.quality.faithfulness import Judged, judged, refusal

OF_SUBSTANCE = frozenset(
    {
        Rejection.NUMBER,
        Rejection.VERSION,
        Rejection.DATE,
        Rejection.NAME,
        Rejection.QUOTATION,
        Rejection.SPEAKER,
    }
    | {Rejection.NEGATION, Rejection.DIRECTION, Rejection.CERTAINTY}
)  # the gates that speak of what is true; support is weighed, and form is not at issue here

Scored = tuple[float, bool]  # the score, and whether people found the claim true


def report(folder: Path) -> dict[str, Any]:
    """The counts, scores and seconds of a folder; of QAGS each of its two sets is scored by itself,
    and both together.
    """
    began = time.process_time()
    found = [(each, score(each)) for each in judged(folder)]
    sets = sorted({each.data for each, _ in found})
    told = {name: _figures([pair for pair in found if pair[0].data == name]) for name in sets}
    whole = told[sets[0]] if len(sets) == 1 else _figures(found) | told
    return {"claims": len(found)} | whole | {"seconds": round(time.process_time() - began, 2)}


def score(claim: Judged) -> float:
    """How well its document supports a claim, 0 to 1: as well as its weakest sentence, not at all
    where a gate refuses one.
    """
    told = sentences(claim.text)
    passages = claim.passages
    if any(refusal(each, passages) in OF_SUBSTANCE for each in told):
        return 0.0
    return min((credence(each, passages) for each in told), default=0.0)


def tuned(scored: Sequence[Scored]) -> float:
    """The least score to let pass that gives the best balanced accuracy; among equals the
    lowest.
    """
    return max(
        sorted({value for value, _ in scored}),
        key=lambda least: _balanced(scored, least),
        default=0.0,
    )


def _figures(found: Sequence[tuple[Judged, float]]) -> dict[str, Any]:
    if not any(each.is_true for each, _ in found):
        recall = _share([value < LEAST_CREDENCE for _, value in found])
        return {"threshold": LEAST_CREDENCE, "recall": round(recall, 4)}
    dev, held = (
        [(value, each.is_true) for each, value in found if each.half == half]
        for half in ("dev", "held")
    )
    least = tuned(dev)
    errors = [is_true for value, is_true in held if value < least]
    return {
        "threshold": round(least, 4),
        "held": len(held),
        "balanced_accuracy": round(_balanced(held, least), 4),
        "precision": round(_share([not is_true for is_true in errors]), 4),
        "recall": round(_share([value < least for value, is_true in held if not is_true]), 4),
    }


def _balanced(scored: Sequence[Scored], least: float) -> float:
    """The mean of the shares of true claims kept and of errors found."""
    kept = _share([value >= least for value, is_true in scored if is_true])
    return (kept + _share([value < least for value, is_true in scored if not is_true])) / 2


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0


def main() -> int:
    """Prints the report of a folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    found = report(arguments.data)
    print(
        json.dumps(found)
        if arguments.json
        else "\n".join(f"{key:18} {value}" for key, value in found.items())
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
