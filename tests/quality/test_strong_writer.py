"""The frozen pages of a strong writer, and what the product prints of the seed story's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.house import SEED
from tests.quality.site.captured import captured_house
from tests.quality.strong_pages import Page, frozen_pages
from tests.quality.strong_writer import played, report

PAGES = frozen_pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_frozen_sentence_has_a_label_and_facts_of_its_page(page: Page) -> None:
    ids = {fact["id"] for fact in page.facts}

    assert len(page.lines) > 15
    for line in page.lines:
        assert line.label in {"true", "inference", "false"}
        assert line.entry["facts"]
        assert ids.issuperset(line.entry["facts"])


def test_the_seed_story_is_printed_as_a_strong_writer_wrote_it(tmp_path: Path) -> None:
    found = report(played(captured_house(SEED, tmp_path / "house").house))

    assert found["stories"] == 1
    assert found["printed"] >= 0.9
    assert found["false_printed"] == 0
