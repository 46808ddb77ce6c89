"""The measurement of the clustering, short: that it runs, and what it must find on generated news
whatever the machine.
"""

from __future__ import annotations

from pathlib import Path

from bench.archive import MORE, spent_on_more
from bench.cluster import stream
from bench.news import TEXT


def test_planted_copies_and_events_are_found_in_a_stream() -> None:
    found = stream(2_000, TEXT, 500)

    assert found["articles"] == 2_000
    assert found["copies"]["planted"] > 40
    assert found["copies"]["precision"] >= 0.99
    assert found["copies"]["recall"] >= 0.95
    assert found["event"]["pairwise_precision"] >= 0.99


def test_the_stage_is_timed_round_after_round(tmp_path: Path) -> None:
    assert len(spent_on_more(tmp_path / "archive.db", MORE, rounds=2)) == 2
