"""Floors under the tags of entities, where the newsletter is there."""

from __future__ import annotations

from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest

from tests.quality.entities import report

FLOORS = {
    ("company", "exact", "precision"): 0.86,
    ("company", "exact", "recall"): 0.60,
    ("model", "exact", "precision"): 0.79,
    ("model", "line", "precision"): 0.86,
    ("model", "line", "recall"): 0.72,
    ("person", "exact", "precision"): 0.90,
}
DATA = Path(__file__).parents[3] / "shared" / "corpus" / "digests" / "smol-ainews"


def test_entities_stay_above_their_floors() -> None:
    if not DATA.is_dir():
        pytest.skip("the newsletter smol-ainews is not on this machine")

    found: Any = report(DATA)

    kept = {path: reduce(getitem, path, found) for path in FLOORS}
    assert {path: kept[path] for path, floor in FLOORS.items() if kept[path] < floor} == {}
