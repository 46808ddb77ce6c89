"""The labelled set that judges are calibrated on."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.config.calibration_file import load_labelled
from aggregator.config.layers import json_lines
from aggregator.domain.operation.calibration import LabelledSet
from aggregator.verify.judge.premise import basis_digest

LABELLED = load_labelled()
CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "claims"
_SHARED_WORDS = 9  # in a row: no two texts share so many by chance


def runs(text: str) -> Iterator[str]:
    """Every nine words in a row."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return (" ".join(words[n : n + _SHARED_WORDS]) for n in range(len(words) - _SHARED_WORDS + 1))


def test_the_set_has_hundreds_of_true_and_of_false_claims_on_48_stories() -> None:
    counts = Counter(claim.is_true for claim in LABELLED.claims)

    assert (len(LABELLED.stories), counts[True] >= 600, counts[False] >= 600) == (48, True, True)


def test_every_kind_of_error_is_there_as_often_as_another() -> None:
    counts = Counter(claim.error for claim in LABELLED.claims if not claim.is_true)

    assert (len(counts), len(set(counts.values()))) == (14, 1)


def test_every_story_has_two_or_three_articles_and_as_many_true_claims_as_false_ones() -> None:
    truths = Counter((claim.story, claim.is_true) for claim in LABELLED.claims)

    assert {len(story.articles) for story in LABELLED.stories.values()} <= {2, 3}
    assert all(truths[name, True] == truths[name, False] for name in LABELLED.stories)


def test_no_claim_is_there_twice() -> None:
    assert len({(claim.story, claim.text) for claim in LABELLED.claims}) == len(LABELLED.claims)


def test_the_set_shares_no_text_with_what_floors_are_measured_on() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the shared corpus is not here")
    own = {run for claim in LABELLED.claims for run in runs(claim.text)}
    for story in LABELLED.stories.values():
        own.update(
            run
            for article in story.articles
            for text in article.passages.values()
            for run in runs(text)
        )

    measured = {
        run
        for file in CORPUS.glob("*/*.json*")
        for line in file.read_text("utf-8").splitlines()
        for run in runs(line)
    }
    assert own & measured == set()


def test_only_false_claims_have_an_error_and_every_claim_cites_passages_of_its_story() -> None:
    for claim in LABELLED.claims:
        articles = LABELLED.stories[claim.story].articles
        assert claim.is_true is not bool(claim.error)
        assert claim.cited
        assert all(n in articles[place].passages for place, n in claim.cited)


def test_passages_are_numbered_within_their_article_and_the_headline_is_the_first() -> None:
    first = LABELLED.stories["oriolane-sarabande-3"].articles[0]

    assert first.passages[0] == "Introducing Sarabande 3"
    assert first.passages[1].startswith("Sarabande 3, our third family")
    assert all(
        sorted(article.passages) == list(range(len(article.passages)))
        for story in LABELLED.stories.values()
        for article in story.articles
    )


def test_a_calibration_rests_on_the_set_and_on_the_code_that_checks_claims(tmp_path: Path) -> None:
    code = tmp_path / "anchors.py"
    digests = set()
    for text, given in (("one", LABELLED), ("two", LABELLED), ("two", other_set())):
        code.write_text(text, "utf-8")
        digests.add(basis_digest(given, [code]))

    assert len(digests) == 3


def other_set() -> LabelledSet:
    return replace(LABELLED, digest="0" * 16)


def test_only_a_line_feed_ends_a_line_of_json() -> None:
    rows = [{"text": "one\u2028two\x85three\u2029\x0c"}, {"text": "four"}]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)

    assert list(json_lines(f"{text}\n")) == rows
