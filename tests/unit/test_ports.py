"""The derived facts of the ports' records."""

from __future__ import annotations

import pytest

from aggregator.ports import Response


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(None, "https://a.example/feed", id="nothing said"),
        pytest.param("", "https://a.example/feed", id="nothing in it"),
        pytest.param(
            "/news/feed.xml", "https://a.example/news/feed.xml", id="relative to what was asked"
        ),
        pytest.param("https://b.example/feed.xml", "https://b.example/feed.xml", id="another host"),
        pytest.param(
            "https://ada:pw@a.example/x", "https://a.example/x", id="a password is none of ours"
        ),
        pytest.param("javascript:alert(1)", "https://a.example/feed", id="no address to ask"),
    ],
)
def test_relative_links_are_relative_to_the_content_location(
    said: str | None, expected: str
) -> None:
    headers = {} if said is None else {"content-location": said}

    assert Response(url="https://a.example/feed", status=200, headers=headers).base_url == expected
