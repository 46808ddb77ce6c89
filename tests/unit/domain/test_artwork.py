"""The pattern and the size of the letters of a generated picture."""

from __future__ import annotations

import pytest

from aggregator.domain.publishing.artwork import Artwork
from aggregator.domain.publishing.news_section import NewsSection


@pytest.mark.parametrize("section", NewsSection)
@pytest.mark.parametrize(("width", "height"), [(640, 400), (1200, 400), (400, 630)])
def test_a_pattern_follows_from_section_and_seed_and_begins_on_its_area(
    section: NewsSection, width: int, height: int
) -> None:
    def shapes(seed: str) -> object:
        return Artwork(section=section, seed=seed).shapes(width, height)

    found = Artwork(section=section, seed="a").shapes(width, height)

    assert shapes("a") == found
    assert shapes("a") != shapes("b")
    assert 0 < len(found) < 200
    assert all(shape.width > 0 and 1 <= shape.tone <= 4 for shape in found)
    assert all(shape.height > 0 for shape in found if shape.kind == "box")


def test_a_long_name_is_set_smaller_than_a_figure() -> None:
    figure, name = (
        Artwork(section=NewsSection.MONEY, seed="a", large=large) for large in ("$9", "Northwinds")
    )

    assert (figure.size(510, 190), name.size(510, 190)) == (190, 72)
