from __future__ import annotations

import pytest

from aggregator.extract.feed.votes import votes_in


@pytest.mark.parametrize(
    ("summary", "votes"),
    [
        pytest.param(
            "<p>Article URL: <a>https://a.example</a></p><p>Points: 118</p><p># Comments: 45</p>",
            163,
            id="hnrss",
        ),
        pytest.param("score: 12 comments: 3", 15, id="a link board"),
        pytest.param("<p>Comments URL: <a>https://b.example/1</a></p>", 0, id="an address alone"),
        pytest.param("Three talking points: none", 0, id="words"),
    ],
)
def test_points_and_comments_are_read_where_a_summary_counts_them(summary: str, votes: int) -> None:
    assert votes_in(summary) == votes
