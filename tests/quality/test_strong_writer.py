"""The frozen pages of a strong writer, and what the product prints of the seed story's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.house import SEED
from tests.quality.site.captured import captured_house
from tests.quality.strong_pages import Page, frozen_pages
from tests.quality.strong_writer import played, report

PAGES = frozen_pages()
CAPTURE = Path(__file__).parents[3] / "shared" / "corpus" / "ainews"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_frozen_sentence_has_a_label_and_facts_of_its_page(page: Page) -> None:
    ids = {fact["id"] for fact in page.facts}

    assert len(page.lines) > 15
    for line in page.lines:
        assert line.label in {"true", "inference", "false"}
        assert line.entry["facts"]
        assert ids.issuperset(line.entry["facts"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_of_a_page_remains_what_rests_on_the_articles_of_its_story(page: Page) -> None:
    first = page.articles[0]
    kept = page.within({first})
    ids = {fact["id"] for fact in kept.facts}

    assert page.within(set(page.articles)) == page
    assert {key.partition("#")[0] for key in kept.passages} <= {first}
    assert ids == {
        fact["id"]
        for fact in page.facts
        if any(key.startswith(f"{first}#") for key in fact["passages"])
    }
    assert kept.lines == tuple(line for line in page.lines if ids.issuperset(line.entry["facts"]))


def test_the_seed_story_is_printed_as_a_strong_writer_wrote_it(tmp_path: Path) -> None:
    found = report(played(captured_house(SEED, tmp_path / "house").house))

    assert found["stories"] == 1
    assert found["printed"] >= 0.9
    assert found["false_printed"] == 0
    assert found["timelines"] == {"seed-story": True}


@pytest.mark.whole
@pytest.mark.timeout(1_800)
def test_stories_of_a_captured_web_are_printed_as_a_strong_writer_wrote_them(
    tmp_path: Path,
) -> None:
    if not CAPTURE.is_dir():
        pytest.skip("the captured web is not on this machine")

    found = report(played(captured_house(CAPTURE, tmp_path / "house").house))

    assert found["stories"] == len(PAGES) - 1  # the seed story is not among them
    assert found["printed"] >= 0.93
    assert found["false_printed"] == 0
    assert list(found["timelines"].values()) == [True] * 7  # the days of uk-grok are apart now
