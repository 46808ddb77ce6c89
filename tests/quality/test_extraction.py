"""Floors under the reading of pages and feeds, where the public gold is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.domain.article import PageText
from tests.quality.extraction import report, text_scores
from tests.quality.feeds import report as feeds_report
from tests.quality.gold_pages import GoldPage

SCORES = ("f1", "title", "author", "date_f1")
DATA = Path(__file__).parents[3] / "shared" / "corpus"
PAGES = (
    "article-extraction-benchmark",
    *(
        pytest.param(name, marks=pytest.mark.whole)
        for name in ("fundus", "postlight-parser", "readability-js", "trafilatura-eval")
    ),
)
# What trafilatura has in the same run, and how far above it we are at least.
ABOVE = {"article-extraction-benchmark": 0.005}
FEEDS = {  # agreement with feedparser
    "olshansk-rss-feeds": 0.994,  # 11 of 2,175 titles have a section, date or summary glued on
    "ai-news-direct": 0.999,
    "fastfeedparser-captures": 0.999,
    "parser-suites/feedparser": 0.999,
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_read_no_worse_than_trafilatura_reads_them(name: str) -> None:
    if not (DATA / "pages" / name).is_dir():
        pytest.skip(f"the gold pages {name} are not on this machine")

    found = report(DATA / "pages" / name, peers=True)
    theirs = found["peers"].values()
    best = {
        score: max(their[score] for their in theirs) for score in SCORES if found[score] is not None
    }
    floors = {**best, "f1": best["f1"] + ABOVE.get(name, 0)}

    assert {
        score: (found[score], floor) for score, floor in floors.items() if found[score] < floor
    } == {}


@pytest.mark.whole
def test_dates_are_found_no_worse_than_by_trafilatura() -> None:
    folder = DATA / "pages" / "htmldate-mediacloud"
    if not folder.is_dir():
        pytest.skip("the gold pages htmldate-mediacloud are not on this machine")

    found = report(folder, peers=True)

    assert found["date_f1"] >= found["peers"]["trafilatura"]["date_f1"]


@pytest.mark.parametrize(("name", "floor"), FEEDS.items())
def test_feeds_are_read_as_feedparser_reads_them(name: str, floor: float) -> None:
    if not (DATA / "feeds" / name).is_dir():
        pytest.skip(f"the captured feeds {name} are not on this machine")

    found = feeds_report(DATA / "feeds" / name)

    assert (found["crashes"], found["agreement"] >= floor) == (0, True)


def test_whole_texts_are_compared_by_shingles() -> None:
    gold = [GoldPage(name="a", body=b"", text="one two three four five")]

    assert text_scores(gold, [PageText(text="one two three four\nsix")]) == {
        "f1": 0.5,
        "precision": 0.5,
        "recall": 0.5,
    }


def test_pieces_of_text_are_counted() -> None:
    gold = [GoldPage(name="a", body=b"", inside=("One", "two"), outside=("three",))]

    assert text_scores(gold, [PageText(text="one three")]) == {
        "f1": 0.5,
        "precision": 0.5,
        "recall": 0.5,
    }


def test_a_page_without_text_has_no_precision() -> None:
    gold = [
        GoldPage(name="a", body=b"", text="one two three four"),
        GoldPage(name="b", body=b"", text="five six seven eight"),
    ]

    assert text_scores(gold, [PageText(text="one two three four"), PageText()]) == {
        "f1": 0.6667,
        "precision": 1.0,
        "recall": 0.5,
    }
