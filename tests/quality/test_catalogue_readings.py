"""The measurement of catalogues on the extracts of the repository."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.quality import catalogues

CORPUS = Path(__file__).parents[1] / "corpus" / "catalogues"


def test_nothing_is_lost_wrong_or_contradicted_and_a_year_stays_small(tmp_path: Path) -> None:
    for key in ("litellm", "deprecations"):
        packed = tmp_path / "catalogues" / key / "2026-06-10.json.gz"
        packed.parent.mkdir(parents=True)
        packed.write_bytes(gzip.compress((CORPUS / f"{key}.json").read_bytes()))

    found = catalogues.measured(tmp_path)

    assert (found["readings"], found["records"]["unexplained"]) == (4, 0)
    assert found["values"]["compared"] > 15
    assert found["values"]["differ"] == found["retirements"]["contradicted"] == 0
    assert found["values_added"] == 900  # of 18 days with 1 % changed: 50 each
    assert found["year_mb"] <= 20
