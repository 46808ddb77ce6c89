"""What a feed asks of those who read it."""

from __future__ import annotations

import pytest

from aggregator.domain.entry import Feed
from aggregator.extract.feed.crawl_hints import with_crawl_hints
from aggregator.extract.feed.feed import read_feed

META = "<xhtml:meta xmlns:xhtml='http://www.w3.org/1999/xhtml' name='{}' content='{}'/>"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("<ttl>60</ttl>", Feed(told_s=3_600), id="ttl-in-minutes"),
        pytest.param("<ttl>0</ttl>", Feed(), id="no-wait-is-no-wish"),
        pytest.param("<ttl>soon</ttl>", Feed(), id="ttl-that-is-no-number"),
        pytest.param(
            "<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
            Feed(told_s=1_800),
            id="twice-an-hour",
        ),
        pytest.param(
            "<sy:updateFrequency>4</sy:updateFrequency>",
            Feed(told_s=21_600),
            id="a-day-is-meant-if-no-period-is-told",
        ),
        pytest.param(
            "<ttl>5</ttl><sy:updatePeriod>weekly</sy:updatePeriod>",
            Feed(told_s=604_800),
            id="the-longer-counts",
        ),
        pytest.param(
            "<skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>99</hour></skipHours>",
            Feed(skip_hours=(0, 23)),
            id="hours",
        ),
        pytest.param(
            "<skipDays><day>Sunday</day><day>monday</day><day>never</day></skipDays>",
            Feed(skip_days=(0, 6)),
            id="days",
        ),
        pytest.param("<hour>3</hour>", Feed(), id="an-hour-that-is-not-skipped"),
        pytest.param(META.format("robots", "noai"), Feed(reserved="robots: noai"), id="closed"),
        pytest.param(META.format("robots", "noindex"), Feed(), id="an-index-is-no-model"),
        pytest.param(
            META.format("tdm-reservation", "1"), Feed(reserved="tdm-reservation: 1"), id="tdm"
        ),
    ],
)
def test_a_channel_tells_its_wishes(head: str, expected: Feed) -> None:
    body = f"<rss><channel>{head}<item><ttl>7</ttl></item></channel></rss>".encode()

    assert with_crawl_hints(Feed(), body) == expected


@pytest.mark.parametrize("kind", ["", "<!DOCTYPE rss>"], ids=["plain", "feedparser"])
def test_both_ways_of_reading_keep_them(kind: str) -> None:
    head = (
        f"<ttl>60</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day>"
        f"</skipDays>{META.format('robots', 'noai')}"
    )
    body = f"{kind}<rss version='2.0'><channel><title>F</title>{head}</channel></rss>".encode()
    found = read_feed(body, url="https://a.example/", content_type="", source_key="k")

    assert found == Feed(
        title="F", told_s=3_600, skip_hours=(3,), skip_days=(6,), reserved="robots: noai"
    )
