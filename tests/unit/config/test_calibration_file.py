"""The labelled set that judges are calibrated on: what is in it, and what is said where it cannot
be read.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aggregator.config.calibration_file import load_labelled
from aggregator.domain.operation.calibration import LabelledClaim, LabelledSet
from aggregator.errors import ConfigError
from aggregator.verify.judge.premise import basis_digest

LABELLED = load_labelled()
CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "claims"
_SHARED_WORDS = 9  # in a row: no two texts share so many by chance
STORY: dict[str, Any] = {
    "half": "fit",
    "headline": "A lamp is on",
    "sources": [{"name": "Lab One", "day": "2026-03-02", "title": "A lamp is on"}],
    "passages": {"1": "A lamp is on", "2": "A child did it."},
    "passage_source": {"1": 0, "2": 0},
}
CLAIM: dict[str, Any] = {
    "story": "lamp",
    "section": "hook",
    "kind": "written",
    "text": "A child did it.",
    "true": True,
    "error": None,
    "passages": [2],
}


def claims(*, for_fit: bool) -> list[LabelledClaim]:
    return [claim for claim in LABELLED.claims if LABELLED.stories[claim.story].for_fit is for_fit]


def runs(text: str) -> Iterator[str]:
    """Every nine words in a row."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return (" ".join(words[n : n + _SHARED_WORDS]) for n in range(len(words) - _SHARED_WORDS + 1))


def test_the_part_for_fitting_has_hundreds_of_true_and_of_false_claims() -> None:
    counts = Counter(claim.is_true for claim in claims(for_fit=True))

    assert (counts[True] >= 300, counts[False] >= 300) == (True, True)


def test_the_part_for_reporting_is_half_as_large_and_of_other_stories() -> None:
    fit, report = ({claim.story for claim in claims(for_fit=for_fit)} for for_fit in (True, False))

    assert (len(fit), len(report), fit & report) == (32, 16, set())
    assert len(claims(for_fit=True)) == 2 * len(claims(for_fit=False))


@pytest.mark.parametrize("for_fit", [True, False], ids=["fit", "report"])
def test_every_kind_of_error_is_there_as_often_as_another(for_fit: bool) -> None:
    counts = Counter(claim.error for claim in claims(for_fit=for_fit) if not claim.is_true)

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


def test_passages_are_numbered_within_their_article_and_the_headline_is_the_first(
    tmp_path: Path,
) -> None:
    found = load_labelled(written(tmp_path, {"lamp": STORY}, [CLAIM]))

    (article,) = found.stories["lamp"].articles
    assert dict(article.passages) == {0: "A lamp is on", 1: "A child did it."}
    assert found.claims[0].cited == ((0, 1),)


@pytest.mark.parametrize(
    ("story", "claim", "told"),
    [
        pytest.param({"half": "third"}, {}, "lamp: 'third' is missing or unknown", id="half"),
        pytest.param({"passage_source": {}}, {}, "lamp: '1' is missing or unknown", id="source"),
        pytest.param({}, {"story": "lamb"}, "line 2: 'lamb' is missing or unknown", id="story"),
        pytest.param({}, {"passages": [7]}, "line 2: 7 is missing or unknown", id="passage"),
        pytest.param({}, {"passages": []}, "line 2: it cites no passage", id="no passage"),
        pytest.param({}, {"true": False}, "line 2: only false claims have an error", id="label"),
    ],
)
def test_each_line_that_is_wrong_is_named_with_the_reason(
    tmp_path: Path, story: dict[str, Any], claim: dict[str, Any], told: str
) -> None:
    folder = written(tmp_path, {"lamp": STORY | story}, [CLAIM, CLAIM | claim])

    with pytest.raises(ConfigError) as caught:
        load_labelled(folder)
    assert told in str(caught.value)


def test_a_set_that_is_not_there_is_named_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"stories\.json: cannot be read"):
        load_labelled(tmp_path)


def test_the_digest_changes_with_any_word(tmp_path: Path) -> None:
    one = load_labelled(written(tmp_path, {"lamp": STORY}, [CLAIM]))
    other = load_labelled(written(tmp_path, {"lamp": STORY}, [CLAIM | {"text": "A dog did it."}]))

    assert one.digest != other.digest


def test_a_calibration_rests_on_the_set_and_on_the_code_that_checks_claims(tmp_path: Path) -> None:
    code = tmp_path / "anchors.py"
    digests = set()
    for text, given in (("one", LABELLED), ("two", LABELLED), ("two", other_set())):
        code.write_text(text, "utf-8")
        digests.add(basis_digest(given, [code]))

    assert len(digests) == 3


def other_set() -> LabelledSet:
    return replace(LABELLED, digest="0" * 16)


def written(folder: Path, stories: dict[str, Any], claims: list[dict[str, Any]]) -> Path:
    """A folder with a set."""
    (folder / "stories.json").write_text(json.dumps(stories), "utf-8")
    lines = "".join(f"{json.dumps(claim)}\n" for claim in claims)
    (folder / "claims.jsonl").write_text(lines, "utf-8")
    return folder
