"""What a feed carries of an article, and when that is the article."""

from __future__ import annotations

import pytest

from aggregator.domain.entry import Entry
from aggregator.extract.page.assemble import EntryText, entry_text, with_standfirst

LONG = " ".join(f"Sentence {n} says one more thing about it." for n in range(30))  # 240 words
SHORT = "Two sentences are here. They are no article."


def entry(content: str = "", summary: str = "", title: str = "A title") -> Entry:
    """An entry that carries these texts."""
    return Entry(
        source_key="k",
        guid="g",
        url="https://a.example/1",
        title=title,
        content=content,
        summary=summary,
    )


@pytest.mark.parametrize(
    ("content", "full"),
    [
        pytest.param(f"<p>{LONG}</p>", True, id="long-and-uncut"),
        pytest.param(f"<p>{SHORT}</p>", False, id="short"),
        pytest.param(f"<p>{LONG} […]</p>", False, id="bracketed-dots"),
        pytest.param(f"<p>{LONG} [&#8230;]</p>", False, id="bracketed-dots-escaped"),
        pytest.param(f"<p>{LONG} and then some...</p>", False, id="trails-off"),
        pytest.param(f"<p>{LONG}</p><p>{LONG} and so on…</p>", True, id="an-essay-may-trail-off"),
        pytest.param(
            f"<p>{LONG}</p><p><a href='#'>Continue reading →</a></p>", False, id="continue-reading"
        ),
        pytest.param(f"<p>{LONG} <a href='#'>Read more</a></p>", False, id="read-more"),
        pytest.param(
            f"<p>{LONG} […]</p><p>The post X appeared first on Y.</p>",
            False,
            id="cut-before-the-credit",
        ),
        pytest.param(
            f"<p>{LONG}</p><p>The post X appeared first on Y.</p>", True, id="a-credit-is-no-cut"
        ),
        pytest.param(
            f"<p>{LONG}</p><p>Read more: Another story</p>", True, id="a-related-link-is-no-cut"
        ),
    ],
)
def test_a_feed_text_serves_as_the_article_where_it_is_long_and_not_cut(
    content: str, full: bool
) -> None:
    assert entry_text(entry(content)).full is full


def test_the_longer_of_summary_and_content_is_taken() -> None:
    assert entry_text(entry(content=f"<p>{SHORT}</p>", summary="Less.")) == entry_text(
        entry(summary=SHORT)
    )


def test_an_entry_without_text_has_none() -> None:
    assert entry_text(entry()) == EntryText()


def test_a_first_paragraph_that_repeats_the_title_is_dropped() -> None:
    assert entry_text(entry("<p>A title</p><p>Its text is here.</p>")).paragraphs == (
        "Its text is here.",
    )


@pytest.mark.parametrize(
    ("content", "paragraphs"),
    [
        pytest.param(
            "<p>News.</p><p>The post <a>News</a> appeared first on <a>Site</a>.</p>",
            ("News.",),
            id="wordpress",
        ),
        pytest.param(
            "News. The post News first appeared on Site.", ("News.",), id="wordpress-glued"
        ),
        pytest.param(
            'Hello. submitted by <a href="#">/u/one</a> to <a href="#">r/two</a> <br/>'
            " <a>[link]</a> <a>[comments]</a>",
            ("Hello.",),
            id="reddit",
        ),
        pytest.param(
            '<a href="https://news.ycombinator.com/item?id=1">Comments</a>', (), id="hacker-news"
        ),
        pytest.param(
            "<p>Article URL: https://a.example</p><p>Comments URL: https://b.example</p><p>Points:"
            " 3</p><p># Comments: 4</p>",
            (),
            id="hnrss",
        ),
        pytest.param(
            "arXiv:2601.12345v1 Announce Type: new \nAbstract: We show it.",
            ("We show it.",),
            id="arxiv",
        ),
        pytest.param(
            "<p>It shipped.</p><p>Sign up for our newsletter and follow us on X.</p>",
            ("It shipped.",),
            id="promotion",
        ),
        pytest.param(
            "<p>It shipped.<p>By Jane Doe · 05 July 2026</p>", ("It shipped.",), id="byline"
        ),
    ],
)
def test_what_no_author_wrote_is_left_out(content: str, paragraphs: tuple[str, ...]) -> None:
    assert entry_text(entry(content)).paragraphs == paragraphs


@pytest.mark.parametrize(
    ("summary", "is_added"),
    [
        pytest.param("<p>The council of Oslo bought its first oven on Friday.</p>", True, id="own"),
        pytest.param("The council bought an oven.", False, id="a-label"),
        pytest.param(
            "The baker's oven is never cold, not even at night in winter.",
            False,
            id="straight-marks",
        ),
        pytest.param(
            "Bread is old. The baker\u00a0bakes it in the morning!", False, id="in-the-text"
        ),
        pytest.param("The council of Oslo bought its first oven and then …", False, id="cut"),
        pytest.param(LONG, False, id="an-excerpt"),
        pytest.param(
            "<p>The council of Oslo bought its first oven.</p><p>More.</p>", False, id="two"
        ),
        pytest.param("", False, id="none"),
    ],
)
def test_the_summary_of_a_feed_stands_above_a_text_that_does_not_have_it(
    summary: str, is_added: bool
) -> None:
    text = (
        "Bread is old.",
        "The baker bakes it in the morning. It is warm. The baker’s oven is never cold,"
        " not even at night in winter.",
    )
    own = ("The council of Oslo bought its first oven on Friday.", *text)

    assert with_standfirst(entry(summary=summary), text) == (own if is_added else text)
