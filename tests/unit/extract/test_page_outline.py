"""What a model is shown of a page that changed its layout."""

from __future__ import annotations

import time

import pytest

from aggregator.extract.feed.html_listing import MOST_CHARACTERS, page_outline


def test_an_outline_names_elements_as_selectors_do_and_leaves_out_what_repeats() -> None:
    posts = "".join(
        f'<li class="post wide"><a href="/news/{n}">Title {n}</a></li>' for n in range(9)
    )
    body = f"""<html><head><script>x()</script></head><body><nav><a href="/">Home</a></nav>
    <main id="top"><ul>{posts}</ul><time datetime="2026-07-06">6 July</time></main></body></html>"""

    assert page_outline(body.encode(), content_type="text/html").splitlines() == [
        "main#top",
        " ul",
        *(
            line
            for n in range(3)
            for line in ("  li.post.wide", f'   a href=/news/{n} "Title {n}"')
        ),
        ' time datetime=2026-07-06 "6 July"',
    ]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div>" * 50_000, id="deep"),
        pytest.param("".join(f"<p class=c{n}>x</p>" for n in range(50_000)), id="wide"),
        pytest.param(f"<p class='{'x ' * 500_000}'>{'y' * 2_000_000}</p>", id="long"),
        pytest.param("\0" * 1_000 + "<main>" + "<a href='" + "z" * 1_000_000, id="broken"),
        pytest.param("", id="empty"),
    ],
)
def test_an_outline_of_a_hostile_page_is_short_and_quick(body: str) -> None:
    began = time.process_time()
    outline = page_outline(body.encode(), content_type="text/html")

    assert len(outline) <= MOST_CHARACTERS
    assert time.process_time() - began < 10
