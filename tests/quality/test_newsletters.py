"""Items of captured newsletters are split as a reader splits them, and vote for the right
stories.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.quality.newsletters.__main__ import LABELS, item_scores, vote_scores

ITEMS_FLOOR, VOTES_FLOOR = 0.95, 0.9
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpus")


def test_forty_captured_issues_are_split_rightly() -> None:
    found = item_scores(CORPUS, json.loads(LABELS.read_text("utf-8")))

    assert found["items_right"] >= ITEMS_FLOOR
    assert found["recognised"] == found["issues"]


def test_votes_go_to_the_stories_that_items_are_about() -> None:
    found = vote_scores(CORPUS, json.loads(LABELS.read_text("utf-8")))

    assert found["votes"] >= 50
    assert found["votes_right"] >= VOTES_FLOOR
