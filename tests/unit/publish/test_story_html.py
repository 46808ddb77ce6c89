"""What a story's page says of its dates, to readers and to machines."""

from __future__ import annotations

import pytest

from aggregator.compose.story import story_page
from aggregator.domain.entry import DateOrigin
from aggregator.domain.settings import SiteSettings
from aggregator.resources import TEMPLATES
from aggregator.templating import renderer
from tests.builders import article, member, story, told

SITE = SiteSettings(base_url="https://news.example")
STATIC = {"style.css": "", "icon.svg": "", "reader.js": ""}
DAY_OF_PUBLICATION = ('"datePublished"', "article:published_time", "<dt>Published</dt>")


@pytest.mark.parametrize(("origin", "is_dated"), [(DateOrigin.FEED, True), (DateOrigin.FIRST_SEEN, False)], ids=str)
def test_a_day_of_publication_is_named_where_a_source_gave_one(origin: DateOrigin, is_dated: bool) -> None:
    page = story_page(told(story((member(article(origin=origin)),))), SITE)
    html = renderer(TEMPLATES / "site", "UTC", site=SITE, static=STATIC)("story.html", page=page, root="../../")

    assert [each in html for each in DAY_OF_PUBLICATION] == [is_dated] * 3
    assert ('<p class="facts">First seen <time' in html) is not is_dated
