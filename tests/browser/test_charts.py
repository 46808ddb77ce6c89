"""Charts and cards as a browser shows them: at any width, in both schemes, without JavaScript, for
those who hear a page.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import SiteSettings
from aggregator.plugins.charts.bars import BarsChart, coverage_chart
from aggregator.resources import TEMPLATES
from aggregator.site.head import Head
from aggregator.site.paths import story_path
from aggregator.site.publish.assets import static_assets
from aggregator.site.story.page import story_page
from aggregator.templating.environment import renderer
from tests.browser.conftest import EACH_ONCE
from tests.builders import leverage_story

STORY = story_path(leverage_story().story)
EDITION = "week/2026-W27/"
_TEMPLATE = """{% extends "base.html" %}
{% from "charts.html" import bars, reports %}
{% block main %}
<h1>Charts</h1>
{{ bars(page.coverage, "coverage") }}
{{ bars(page.activity, "activity") }}
{{ bars(page.single, "single") }}
{{ reports(page.reports) }}
{% endblock %}
"""


@frozen
class ChartsPage:
    """A page with every chart."""

    head: Head
    coverage: BarsChart | None
    activity: BarsChart | None
    single: BarsChart | None
    reports: object


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page with every chart, its style within."""
    folder = tmp_path_factory.mktemp("charts")
    (folder / "charts-page.html").write_text(_TEMPLATE, "utf-8")
    site = SiteSettings()
    style = next(asset for asset in static_assets() if asset.name == "style.css")
    static = {
        "style.css": "data:text/css;base64," + base64.b64encode(style.body).decode(),
        "icon.svg": "data:,",
        "reader.js": "data:,",
    }
    topics = ("Open weights", "Regulation and law", "Chips, data centres and other infrastructure")
    weeks = [f"2026-W{number:02}" for number in range(2, 28)]
    record = ChartsPage(
        head=Head(title="Charts", description="All of them.", url="http://localhost/"),
        coverage=coverage_chart(
            Counter((week, topics[place % 3]) for place, week in enumerate(weeks * 9))
        ),
        activity=coverage_chart(Counter((week, "Law") for week in weeks[::3] * 3)),
        single=coverage_chart({(weeks[-1], "Law"): 3}),
        reports=story_page(leverage_story(), site).parts[0].record,
    )
    render = renderer((folder, TEMPLATES / "site"), "UTC", site=site, static=static)
    return render("charts-page.html", page=record, root="")


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe-core finds on the page, its details opened."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is not here: pip install axe-playwright-python")
    page.evaluate(Path(found.origin).with_name("axe.min.js").read_text("utf-8"))
    page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (violation["id"], node["html"][:120])
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(("width", "scheme"), EACH_ONCE)
def test_charts_have_no_flaw_that_axe_knows_and_fit(
    open_page: Callable[..., Page], charts: str, scheme: str, width: int
) -> None:
    page = open_page(width, scheme, bypasses_policy=True)
    page.set_content(charts)
    found, wide = violations(page), page.evaluate("document.documentElement.scrollWidth")

    assert (found, wide) == ([], width)


@pytest.mark.parametrize("width", [320, 1280])
def test_letters_keep_their_size_and_do_not_run_into_each_other(
    open_page: Callable[..., Page], charts: str, width: int
) -> None:
    page = open_page(width, bypasses_policy=True)
    page.set_content(charts)
    boxes = page.eval_on_selector_all(
        ".plot svg[role=img] :is(text, .label > span)",
        """all => all.map(each => { const box = each.getBoundingClientRect();
        return [box.left, box.right, Math.round(box.top + scrollY),
            parseFloat(getComputedStyle(each).fontSize)] })""",
    )
    rows = [(left, right, top) for left, right, top, _ in boxes]
    overlapping = [
        (one, other)
        for one in rows
        for other in rows
        if one < other and abs(one[2] - other[2]) < 10 and one[1] > other[0]
    ]

    assert min(size for *_, size in boxes) >= 12
    assert overlapping == []


def test_the_chart_of_a_story_has_a_name_a_description_and_its_numbers_without_javascript(
    open_page: Callable[..., Page], sample: str
) -> None:
    page = open_page(runs_scripts=False)
    page.goto(sample + STORY)
    page.locator("#sources").click()
    drawing = page.get_by_role("img", name="Who reported it when")
    marks = drawing.locator("circle, rect").count()
    rows = page.locator(".origins li li").all_inner_texts()
    description = drawing.locator("desc").text_content()

    assert (marks, len(rows)) == (4, 4)
    assert any("Wire Copy" in row and "copy of The Next Wire" in row for row in rows)
    assert (description or "").startswith("Mistral AI first, The Next Wire 5 hours later")


@pytest.mark.parametrize("path", [STORY, EDITION])
def test_the_card_that_a_page_names_is_a_picture_of_the_announced_size(
    page: Page, sample: str, path: str
) -> None:
    page.goto(sample + path)
    named = {
        name: page.get_attribute(f'meta[property="og:image{name}"]', "content")
        for name in ("", ":width", ":height", ":alt")
    }
    kind = page.get_attribute('meta[name="twitter:card"]', "content")
    page.goto(named[""] or "")
    size = page.evaluate(
        "[document.images[0].naturalWidth, document.images[0].naturalHeight].map(String)"
    )

    assert size == [named[":width"], named[":height"]] == ["1200", "630"]
    assert kind == "summary_large_image"
    assert named[":alt"]


@pytest.mark.parametrize(
    ("width", "beside"), [(320, "78, busiest 3"), (1280, "78 stories, 3 in the busiest week")]
)
def test_at_any_width_a_strip_says_how_many_its_highest_bar_stands_for(
    open_page: Callable[..., Page], charts: str, width: int, beside: str
) -> None:
    page = open_page(width, bypasses_policy=True)
    page.set_content(charts)
    shown = page.locator(".plot").first.locator(".label .axis").first.inner_text()

    assert shown == beside
