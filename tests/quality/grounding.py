"""Scores the anchors on judged claims: `python -m tests.quality.grounding --data FOLDER --json`.

FOLDER is one of `../shared/corpus/faithfulness`. A claim cites its whole document, which is its
story; no label and no other summary is in reach. It passes where the anchors have nothing against
any of its sentences, as with a judge that agrees to everything (`--judge yes` of
`tests.quality.claims`): what is false in other ways than by a figure, date, name, version,
quotation or speaker is a judge's to find. Found (`precision`, `recall`) are errors.
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
from tests.quality.faithfulness import Judged, judged, reasons

ANCHORS = frozenset(
    {
        Rejection.NUMBER,
        Rejection.VERSION,
        Rejection.DATE,
        Rejection.NAME,
        Rejection.QUOTATION,
        Rejection.SPEAKER,
    }
)  # form is not at issue here

Scored = tuple[bool, bool]  # whether a claim passes, and whether people found it true


def report(folder: Path) -> dict[str, Any]:
    """The counts, scores and seconds of a folder; of QAGS each of its two sets is scored by itself,
    and both together.
    """
    began = time.process_time()
    found = [(claim, passes(claim)) for claim in judged(folder)]
    sets = sorted({claim.data for claim, _ in found})
    by_set = {name: _figures([pair for pair in found if pair[0].data == name]) for name in sets}
    whole = by_set[sets[0]] if len(sets) == 1 else _figures(found) | by_set
    return {"claims": len(found)} | whole | {"seconds": round(time.process_time() - began, 2)}


def passes(claim: Judged) -> bool:
    """Whether the anchors have nothing against a claim."""
    return ANCHORS.isdisjoint(reasons(claim))


def _figures(found: Sequence[tuple[Judged, bool]]) -> dict[str, Any]:
    scored = [(passed, claim.is_true) for claim, passed in found]
    recall = _share([not passed for passed, is_true in scored if not is_true])
    if not any(is_true for _, is_true in scored):
        return {"recall": round(recall, 4)}
    kept = _share([passed for passed, is_true in scored if is_true])
    return {
        "balanced_accuracy": round((kept + recall) / 2, 4),
        "precision": round(_share([not is_true for passed, is_true in scored if not passed]), 4),
        "recall": round(recall, 4),
        "true_kept": round(kept, 4),
    }


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
