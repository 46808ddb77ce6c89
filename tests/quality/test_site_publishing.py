"""A site that is published while it is read: every link of every page leads somewhere at any
moment.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.site.publishing import trial
from tests.quality.site.reader import Reader


@pytest.mark.parametrize("publishes", [8, pytest.param(300, marks=pytest.mark.soak)])
def test_three_readers_meet_no_error_no_empty_page_and_no_dangling_link(
    tmp_path: Path, publishes: int
) -> None:
    found = trial(tmp_path / "site", publishes)

    assert (found["publishes"], found["told"]) == (publishes, [])
    assert found["pages"] > 20 * publishes
    assert found["links"] > 10 * found["pages"]


def test_a_reader_tells_what_is_missing_and_what_is_half_there(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<a href="half/"></a><a href="gone/#x"></a><a href="https://a.example/"></a></html>'
    )
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "index.html").write_text("<!doctype html>")
    reader = Reader(tmp_path, 1)
    for _ in range(10):
        reader.walk()

    assert set(reader.errors) | set(reader.empty) | set(reader.dangling) == {
        f"gone/: [Errno 2] No such file or directory: '{tmp_path}/gone/index.html'",
        "half/: 15 characters",
        "front -> gone/",
    }
