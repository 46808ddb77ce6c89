"""What readers see of a source."""

from __future__ import annotations

import pytest

from aggregator.domain.source import Source


@pytest.mark.parametrize(
    ("name", "url", "shown"),
    [
        ("AI (artificial intelligence) | The Daily", "https://thedaily.example/ai", "The Daily"),
        ("Tide Weekly - All content", "https://feeds.tideweekly.example/index", "Tide Weekly"),
        ("Feed: Tide Latest", "https://halden.example/feed", "Feed: Tide Latest"),
        ("Sounds - Ada Holt’s", "https://code.example/feed", "Sounds - Ada Holt’s"),
        ("Halden News", "https://halden.example/feed", "Halden News"),
    ],
    ids=["behind a bar", "before a dash", "nothing of the host", "a name with a dash", "one part"],
)  # fmt: skip
def test_of_a_feeds_title_the_part_that_its_host_has_is_the_name(
    name: str, url: str, shown: str
) -> None:
    assert Source(key="s", name=name, url=url).shown_name == shown
