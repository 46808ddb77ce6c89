"""Floors under the reading of pages and feeds, where the public gold is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.domain.article import PageText
from tests.quality.extraction import report, text_scores
from tests.quality.feeds import report as feeds_report
from tests.quality.gold_pages import GoldPage

DATA = Path(__file__).parents[3] / "shared" / "corpus"
# A point or two under what was measured when they were set. trafilatura's own default has 0.963 on the first.
FLOORS = {
    "article-extraction-benchmark": {"f1": 0.96},
    "fundus": {"f1": 0.93, "date_f1": 0.99, "title": 0.8, "author": 0.88},
    "trafilatura-eval": {"f1": 0.91, "date_f1": 0.85, "title": 0.77, "author": 0.7},
    "readability-js": {"f1": 0.88, "author": 0.67},
    "postlight-parser": {"recall": 0.72, "date_f1": 0.75, "title": 0.86, "author": 0.64},
    "htmldate-mediacloud": {"date_f1": 0.82},
}


@pytest.mark.parametrize("name", FLOORS)
def test_pages_are_read_above_the_floor(name: str) -> None:
    if not (DATA / "pages" / name).is_dir():
        pytest.skip(f"the gold pages {name} are not on this machine")

    found = report(DATA / "pages" / name)

    assert {score: found[score] for score, floor in FLOORS[name].items() if found[score] < floor} == {}


@pytest.mark.parametrize(
    ("name", "floor"), [("olshansk-rss-feeds", 0.99), ("ai-news-direct", 0.99), ("fastfeedparser-captures", 0.99)]
)
def test_feeds_are_read_as_feedparser_reads_them(name: str, floor: float) -> None:
    if not (DATA / "feeds" / name).is_dir():
        pytest.skip(f"the captured feeds {name} are not on this machine")

    found = feeds_report(DATA / "feeds" / name)

    assert (found["crashes"], found["agreement"] >= floor) == (0, True)


def test_whole_texts_are_compared_by_shingles() -> None:
    gold = [GoldPage(name="a", body=b"", text="one two three four five")]

    assert text_scores(gold, [PageText(paragraphs=("one two three four", "six"))]) == {"f1": 0.5, "precision": 0.5, "recall": 0.5}


def test_pieces_of_text_are_counted() -> None:
    gold = [GoldPage(name="a", body=b"", inside=("One", "two"), outside=("three",))]

    assert text_scores(gold, [PageText(paragraphs=("one three",))]) == {"f1": 0.5, "precision": 0.5, "recall": 0.5}
