"""The plain way of reading a feed against feedparser's, on every captured feed, where those are
there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.extract.feed.plain_feed import read_plain_feed
from tests.quality.feeds import documents
from tests.unit.extract.test_plain_feed import read, the_long_way

DATA = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.mark.parametrize(
    ("folder", "least"),
    [
        ("feeds/olshansk-rss-feeds", 20),
        ("feeds/ai-news-direct", 12),
        ("feeds/fastfeedparser-captures", 33),
        ("feeds/parser-suites", 370),
        ("ainews/feeds", 75),
    ],
)
def test_what_is_plain_is_read_as_feedparser_reads_it(folder: str, least: int) -> None:
    if not (DATA / folder).is_dir():
        pytest.skip(f"the captured feeds {folder} are not on this machine")
    plain = {
        name: body
        for name, body in documents(DATA / folder)
        if read_plain_feed(body, "", "https://feeds.example/all.xml")
    }

    unlike = [name for name, body in plain.items() if read(body) != read(the_long_way(body))]

    assert (len(plain) >= least, unlike) == (True, [])
