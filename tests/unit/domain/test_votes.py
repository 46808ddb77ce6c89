from __future__ import annotations

import pytest

from aggregator.domain.entry import votes_in, without_votes


@pytest.mark.parametrize(
    ("summary", "votes"),
    [
        pytest.param(
            "<p>Article URL: <a>https://a.example</a></p><p>Points: 118</p><p># Comments: 45</p>",
            163,
            id="hnrss",
        ),
        pytest.param("score: 12 comments: 3", 15, id="a link board"),
        pytest.param("A paper.<br/>Upvotes: 498<br/>GitHub Stars: 5", 498, id="votes for a paper"),
        pytest.param("<p>Comments URL: <a>https://b.example/1</a></p>", 0, id="an address alone"),
        pytest.param("Three talking points: none", 0, id="words"),
    ],
)
def test_points_and_comments_are_read_where_a_summary_counts_them(summary: str, votes: int) -> None:
    assert votes_in(summary) == votes


def test_a_summary_is_the_same_however_many_votes_it_counts() -> None:
    earlier, later = (f"<p>A report: 12 pages.</p><p>Points: {points}</p>" for points in (118, 240))

    assert without_votes(earlier) == without_votes(later) != without_votes("<p>Points: 118</p>")
