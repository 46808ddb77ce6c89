"""The picture of a story: its figure."""

from __future__ import annotations

import pytest

from aggregator.domain.publishing.artwork import Artwork, story_artwork
from aggregator.domain.publishing.news_section import NewsSection


@pytest.mark.parametrize(
    ("headline", "hook", "large", "small"),
    [
        pytest.param("Northwind raises $4bn", "", "$4", "billion", id="of the headline"),
        pytest.param(
            "Northwind raises money", "It raised $9 million.", "$9", "million", id="of the hook"
        ),
        pytest.param("Northwind opens", "It did so on Monday.", "", "", id="without a figure"),
    ],
)
def test_the_picture_of_a_story_is_its_figure_if_it_has_one(
    headline: str, hook: str, large: str, small: str
) -> None:
    found = story_artwork(NewsSection.MONEY, "Northwind", headline, hook)

    name = "Northwind" if large else ""
    assert found == Artwork(section=NewsSection.MONEY, large=large, small=small, name=name)
