"""The plugin `charts` switched off: the numbers stand in tables and lists alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregator.domain.settings import SiteSettings
from aggregator.hooks.plugins import Plugins, activate
from aggregator.resources import TEMPLATES
from aggregator.site.story.page import story_page
from aggregator.templating.environment import renderer
from tests.builders import leverage_story


@pytest.fixture
def without() -> Iterator[None]:
    activate(Plugins(["charts"]))
    yield
    activate(Plugins())


@pytest.mark.usefixtures("without")
def test_a_page_without_the_plugin_has_its_sources_and_no_chart() -> None:
    site = SiteSettings()
    page = story_page(leverage_story(), site)

    static = {name: name for name in ("style.css", "icon.svg", "reader.js")}
    html = renderer(TEMPLATES / "site", "UTC", site=site, static=static)(
        "story.html", page=page, root="../../"
    )

    assert (page.parts, "<figure>" in html, 'class="origins"' in html) == ((), False, True)
