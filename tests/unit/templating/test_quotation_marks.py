"""Curly marks in what a page says itself, and the characters of a source in what it quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.templating.environment import renderer
from aggregator.templating.typography import typographic


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Pennant&#39;s agents", "Pennant’s agents", id="an apostrophe"),
        pytest.param("the writers&#39; guild", "the writers’ guild", id="of a plural"),
        pytest.param("since &#39;24", "since ’24", id="before a figure"),
        pytest.param("a &#34;safe&#34; model", "a “safe” model", id="double marks"),
        pytest.param("The \\&#34;think\\&#34; tool", "The \\“think\\” tool", id="escaped marks"),
        pytest.param("&#34;It ends.&#34;", "“It ends.”", id="after a full stop"),
        pytest.param("(&#39;safe&#39;)", "(‘safe’)", id="single marks"),
        pytest.param("a 27&#34; screen", "a 27&#34; screen", id="an inch"),
        pytest.param("<b>Auk</b>&#39;s price", "<b>Auk</b>’s price", id="after a name in bold"),
        pytest.param("<b>&#34;Auk&#34;</b>", "<b>“Auk”</b>", id="at the beginning of an element"),
        pytest.param("the 1990&#39;s", "the 1990’s", id="after a year"),
    ],
)
def test_straight_marks_become_curly(text: str, shown: str) -> None:
    assert typographic(f"<p>{text}</p>") == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    "html",
    [
        '<q class="claim">It&#39;s so</q>',
        "<blockquote>Before. <mark>It&#39;s so</mark> It&#39;s late.</blockquote>",
        '<span class="q" dir="auto">“It&#39;s so”</span>',
        "<code>print(&#39;x&#39;)</code>",
        '<a title="It&#39;s so">x</a>',
    ],
)
def test_quotations_code_and_attributes_keep_their_characters(html: str) -> None:
    assert typographic(html) == html


def test_pages_are_rendered_so_and_feeds_are_not(tmp_path: Path) -> None:
    for name in ("page.html", "feed.xml"):
        (tmp_path / name).write_text("<p>{{ text }}</p>", "utf-8")
    render, plain = renderer(tmp_path, "UTC"), renderer(tmp_path, "UTC", is_verbatim=True)

    assert render("page.html", text="It's so") == "<p>It’s so</p>"
    assert {render("feed.xml", text="It's so"), plain("page.html", text="It's so")} == {
        "<p>It&#39;s so</p>"
    }
