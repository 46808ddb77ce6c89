"""The address that an entry points to, behind what aggregators put around it."""

from __future__ import annotations

import base64

import pytest

from aggregator.domain.entry import Entry
from aggregator.extract.feed.entries import usable_entries
from aggregator.extract.feed.wrapped_links import hides_address, unwrapped

STORY = "https://www.site.example.com/2026/01/05/story"
LONG = f"{STORY}/{'a-long-headline-' * 12}"


def news(url: str, rest: bytes = b"\xd2\x01\x00") -> str:
    """An address of Google News as it was until 2024: a protocol buffer that holds the address."""
    length = (
        bytes([len(url)]) if len(url) < 0x80 else bytes([len(url) & 0x7F | 0x80, len(url) >> 7])
    )
    name = (
        base64.urlsafe_b64encode(b"\x08\x13\x22" + length + url.encode() + rest)
        .decode()
        .rstrip("=")
    )
    return f"https://news.google.com/rss/articles/{name}?oc=5"


NEWER = news("AU_yqLOpaqueToGoogleAlone" * 4)
TECHMEME = (
    '<A HREF="https://www.techmeme.com/260105/p7#a260105p7"><IMG SRC="x.png"></A> Ada / <A'
    f' HREF="https://www.site.example.com/">Site</A>:<BR><B><A HREF="{STORY}?a=1&amp;b=2">Lab'
    ' ships</A></B> <A HREF="https://other.example.org/x">More</A>'
)
REDDIT = (
    'submitted by <a href="https://www.reddit.com/user/ada">ada</a> <span><a'
    f' href="{STORY}">[link]</a></span>'
)


def entry(url: str, text: str = "") -> Entry:
    """An entry with this address and text."""
    return Entry(source_key="list", guid="1", url=url, title="Lab ships", content=text)


@pytest.mark.parametrize(
    ("url", "text", "expected"),
    [
        pytest.param(STORY, "", STORY, id="nothing-around-it"),
        pytest.param(
            f"https://www.google.com/url?rct=j&url={STORY}&ct=ga", "", STORY, id="google-alert"
        ),
        pytest.param(
            f"https://www.google.de/amp/s/{STORY.removeprefix('https://')}",
            "",
            STORY,
            id="google-amp",
        ),
        pytest.param(
            (
                f"https://www-site-example-com.cdn.ampproject.org/c/s/"
                f"{STORY.removeprefix('https://')}?x=1"
            ),
            "",
            f"{STORY}?x=1",
            id="amp-cache",
        ),
        pytest.param(
            f"https://cdn.ampproject.org/v/{STORY.removeprefix('https://')}",
            "",
            STORY.replace("https", "http"),
            id="amp-http",
        ),
        pytest.param(news(STORY), "", STORY, id="google-news"),
        pytest.param(news(LONG), "", LONG, id="google-news-long"),
        pytest.param(NEWER, "", NEWER, id="google-news-untold"),
        pytest.param(
            f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&url={STORY}", "", STORY, id="bing"
        ),
        pytest.param(
            f"https://www.google.com/url?q=https://www.bing.com/news/apiclick.aspx%3Furl%3D{STORY}",
            "",
            STORY,
            id="twice",
        ),
        pytest.param(
            "https://www.techmeme.com/260105/p7#a260105p7",
            TECHMEME,
            f"{STORY}?a=1&b=2",
            id="techmeme",
        ),
        pytest.param(
            "https://www.techmeme.com/260105/p7",
            "No link.",
            "https://www.techmeme.com/260105/p7",
            id="techmeme-alone",
        ),
        pytest.param("https://www.reddit.com/r/ai/comments/1/x/", REDDIT, STORY, id="reddit"),
        pytest.param(
            "https://www.reddit.com/r/ai/comments/1/x/",
            '<a href="https://www.reddit.com/r/ai/comments/1/x/">[link]</a>',
            "https://www.reddit.com/r/ai/comments/1/x/",
            id="reddit-text-post",
        ),
        pytest.param(
            "https://www.google.com/search?q=https://a.example",
            "",
            "https://www.google.com/search?q=https://a.example",
            id="no-wrapper",
        ),
        pytest.param(
            "https://www.google.com/url?q=javascript:alert(1)",
            "",
            "https://www.google.com/url?q=javascript:alert(1)",
            id="script",
        ),
        pytest.param(
            "https://www.google.com/url?q=http://169.254.169.254/",
            "",
            "https://www.google.com/url?q=http://169.254.169.254/",
            id="private",
        ),
        pytest.param(
            "https://www.techmeme.com/1/p1",
            '<a href="http://127.0.0.1/x">x</a>',
            "https://www.techmeme.com/1/p1",
            id="private-in-text",
        ),
    ],
)
def test_an_entry_is_known_by_what_it_points_to(url: str, text: str, expected: str) -> None:
    assert unwrapped(entry(url, text)) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (NEWER, True),
        (STORY, False),
        ("https://news.google.com/topics/AAAAAAAAAAAAAAAAAAAAAAAA", False),
    ],
)
def test_an_address_that_only_google_can_read_is_told_from_others(url: str, expected: bool) -> None:
    assert hides_address(url) is expected


def test_entries_of_a_feed_are_listed_under_what_they_point_to() -> None:
    kept = usable_entries(
        [entry(f"https://www.google.com/url?q={STORY}"), entry("https://lab.example.com/b")]
    ).entries

    assert [entry.url for entry in kept] == [STORY, "https://lab.example.com/b"]
