"""Floors under the tags of entities, where the newsletter is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.entities import report

DATA = Path(__file__).parents[3] / "shared" / "corpus" / "digests" / "smol-ainews"


def test_entities_stay_above_their_floors() -> None:
    if not DATA.is_dir():
        pytest.skip("the newsletter smol-ainews is not on this machine")

    found = report(DATA)

    assert found["company"]["exact"]["precision"] >= 0.86
    assert found["company"]["exact"]["recall"] >= 0.60
    assert found["model"]["exact"]["precision"] >= 0.79
    assert found["model"]["line"]["precision"] >= 0.86
    assert found["model"]["line"]["recall"] >= 0.72
    assert found["person"]["exact"]["precision"] >= 0.90
