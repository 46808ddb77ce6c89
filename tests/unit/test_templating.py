"""How moments are shown: in the zone of the site, and a day that came without a time as the day it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.templating import renderer

SHOWN = "{{ at | day }} / {{ at | date }} / {{ at | clock }} / {{ at | moment }} / {{ at | machine }} / {{ at | iso }}"


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        pytest.param(
            datetime(2026, 7, 4, 22, 5, tzinfo=UTC),
            "Asia/Tokyo",
            "5 July 2026 / 2026-07-05 / 07:05 / 5 July 2026, 07:05 JST / 2026-07-04T22:05:00Z / 2026-07-04T22:05:00Z",
            id="a moment",
        ),
        pytest.param(
            datetime(2026, 7, 4, tzinfo=UTC),
            "America/New_York",
            "4 July 2026 / 2026-07-04 /  / 4 July 2026 / 2026-07-04 / 2026-07-04T00:00:00Z",
            id="a day, west of Greenwich",
        ),
        pytest.param(
            datetime(2026, 7, 4, 4, tzinfo=UTC),
            "America/New_York",
            "4 July 2026 / 2026-07-04 / 00:00 / 4 July 2026, 00:00 EDT / 2026-07-04T04:00:00Z / 2026-07-04T04:00:00Z",
            id="midnight of the site alone is a time",
        ),
        pytest.param(
            datetime(2026, 7, 4, 12, tzinfo=UTC),
            "Asia/Kathmandu",
            "4 July 2026 / 2026-07-04 / 17:45 / 4 July 2026, 17:45 UTC+05:45 / 2026-07-04T12:00:00Z / 2026-07-04T12:00:00Z",
            id="a zone without letters",
        ),
    ],
)
def test_a_moment_is_shown_as_far_as_it_is_known(tmp_path: Path, at: datetime, zone: str, shown: str) -> None:
    (tmp_path / "time.txt").write_text(SHOWN)

    assert renderer(tmp_path, zone)("time.txt", at=at) == shown
