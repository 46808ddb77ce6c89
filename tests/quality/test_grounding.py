"""Floors under the anchors on claims that people judged, where those are there.

A floor is raised when the anchors get better; whoever lowers one says so in the commit that does.
"""

from __future__ import annotations

from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest

from tests.quality.faithfulness import Judged
from tests.quality.grounding import passes, report

DATA = Path(__file__).parents[3] / "shared" / "corpus" / "faithfulness"
# Lower than before the gates by overlap, negation, direction and certainty went: of claims that are
# false in such ways a judge decides, and here there is none.
FLOORS = {
    ("summedits", "balanced_accuracy"): 0.62,
    ("qags", "qags-cnndm", "balanced_accuracy"): 0.52,
    ("qags", "qags-xsum", "balanced_accuracy"): 0.59,
    ("faithbench", "balanced_accuracy"): 0.56,
    ("aggrefact-unified", "recall"): 0.21,
}


@pytest.mark.parametrize("path", FLOORS, ids="/".join)
def test_grounding_stays_above_its_floors(path: tuple[str, ...]) -> None:
    if not (DATA / path[0]).is_dir():
        pytest.skip(f"the judged claims {path[0]} are not on this machine")

    found: Any = reduce(getitem, path[1:], report(DATA / path[0]))

    assert found >= FLOORS[path]


@pytest.mark.parametrize(("figure", "passing"), [("300", True), ("400", False)])
def test_a_claim_passes_whose_every_sentence_the_document_bears_out(
    figure: str, passing: bool
) -> None:
    claim = Judged(
        data="ours",
        text=f"Northwind opened a centre. It hired {figure} people.",
        document="Northwind opened a research centre in Bergen and hired 300 people.",
        is_true=passing,
    )

    assert passes(claim) is passing
