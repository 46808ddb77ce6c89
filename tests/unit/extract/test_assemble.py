"""An article from what the feeds and the page gave: the best text, the most trusted date, how much
was read.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from aggregator.domain.article import Article, PageText, Read
from aggregator.domain.entry import DateOrigin, Entry, EntryDate, EntryState, SeenEntry
from aggregator.extract.page.assemble import (
    FeedText,
    article_from_feed,
    article_from_page,
    best_feed_text,
)

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
FIRST_SEEN = NOW - timedelta(hours=1)
IN_FEED = EntryDate(at=datetime(2026, 7, 4, 12, 0, tzinfo=UTC), origin=DateOrigin.FEED)
ON_PAGE = EntryDate(at=datetime(2026, 7, 3, 12, 0, tzinfo=UTC), origin=DateOrigin.PAGE)
LONG = " ".join(f"Sentence {n} says one more thing about it." for n in range(30))  # 240 words
PAGE = " ".join(f"Paragraph {n} of the page tells more of the model." for n in range(7))  # 70 words
TEASER = "Northwind opened its second model on Saturday. Hospitals had asked for it."


def seen(
    content: str = "",
    *,
    title: str = "Northwind opens a second model",
    key: str = "daily",
    guid: str = "g",
    url: str = "https://daily.example/1?utm_source=rss",
    authors: tuple[str, ...] = (),
    published: EntryDate | None = IN_FEED,
    language: str | None = None,
) -> SeenEntry:
    """An entry of an article, first seen an hour ago."""
    entry = Entry(
        source_key=key,
        guid=guid,
        url=url,
        title=title,
        content=content,
        authors=authors,
        published=published,
        language=language,
    )
    return SeenEntry(
        entry=entry, article_id="abcdefghijkl", first_seen=FIRST_SEEN, state=EntryState.PENDING
    )


def feed(content: str = "", **changes: object) -> FeedText:
    """The text of one entry."""
    return best_feed_text([seen(content, **changes)])  # type: ignore[arg-type]


def page(*paragraphs: str, published: EntryDate | None = None, **facts: Any) -> PageText:
    """A page with these paragraphs."""
    return PageText(paragraphs=paragraphs, published=published, **facts)


def from_feed(text: FeedText, *, shortfall: str | None = None) -> Article:
    """The article that a feed alone gives."""
    return article_from_feed(text, shortfall=shortfall, now=NOW)[0]


def from_page(text: FeedText, read: PageText) -> Article:
    """The article that feed and page give together."""
    return article_from_page(text, read, now=NOW)[0]


def outcome(article: Article) -> tuple[Read, str, str | None]:
    """How much was read, the text, and why it is not more."""
    return article.read, article.text, article.shortfall


@pytest.mark.parametrize(
    ("entries", "chosen"),
    [
        pytest.param(
            [seen(TEASER, guid="a"), seen(LONG, guid="b")], "b", id="a full text before an excerpt"
        ),
        pytest.param(
            [seen("", guid="a"), seen(TEASER, guid="b")],
            "b",
            id="a longer excerpt before a shorter",
        ),
        pytest.param(
            [seen(TEASER, guid="b", key="z"), seen(TEASER, guid="c", key="a")],
            "c",
            id="of equal ones by source",
        ),
        pytest.param(
            [seen(TEASER, guid="b"), seen(TEASER, guid="a")],
            "a",
            id="of equal ones of a source by guid",
        ),
    ],
)
def test_of_the_entries_that_point_to_an_article_the_best_text_is_taken(
    entries: list[SeenEntry], chosen: str
) -> None:
    assert (
        best_feed_text(entries).seen.entry.guid,
        best_feed_text(entries[::-1]).seen.entry.guid,
    ) == (
        chosen,
        chosen,
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(LONG, (Read.FULL, LONG, None), id="a full feed needs no page"),
        pytest.param(
            TEASER, (Read.EXCERPT, TEASER, "http 404"), id="an excerpt says why it is not more"
        ),
        pytest.param("", (Read.HEADLINE, "", "http 404"), id="a headline says so too"),
    ],
)
def test_a_feed_alone_gives_as_much_as_it_carries(
    content: str, expected: tuple[Read, str, str | None]
) -> None:
    article = from_feed(feed(content), shortfall="http 404")

    assert (article.read, article.text.replace("\n\n", " "), article.shortfall) == expected


@pytest.mark.parametrize(
    ("content", "read", "expected"),
    [
        pytest.param(TEASER, page(PAGE), (Read.FULL, PAGE, None), id="a page that says more"),
        pytest.param("", page(PAGE), (Read.FULL, PAGE, None), id="a page behind a headline"),
        pytest.param(
            "A note on it.",
            page("A short note on it, told in full."),
            (Read.FULL, "A short note on it, told in full.", None),
            id="a short page that is longer than the feed",
        ),
        pytest.param(
            TEASER,
            page("Please turn on your scripts."),
            (Read.EXCERPT, TEASER, "the page has no more text than the feed"),
            id="a page with less than the feed",
        ),
        pytest.param(
            TEASER,
            page(TEASER),
            (Read.EXCERPT, TEASER, "the page has no more text than the feed"),
            id="the same text",
        ),
        pytest.param(
            TEASER,
            page(),
            (Read.EXCERPT, TEASER, "the page has no more text than the feed"),
            id="an empty page",
        ),
        pytest.param(
            TEASER,
            page(
                (
                    "Deux universités ont testé le modèle pour les hôpitaux et il est "
                    "dans les pages que nous avons. "
                )
                * 5
            ),
            (Read.EXCERPT, TEASER, "the page is in a different language than the feed"),
            id="a page in another language",
        ),
        pytest.param(
            TEASER,
            page(
                (
                    "We and our 843 partners would like to store what you do on this site on your "
                    "device. "
                )
                * 5
            ),
            (Read.EXCERPT, TEASER, "the page is about something else"),
            id="a page of consent",
        ),
        pytest.param(
            TEASER,
            page(PAGE, is_walled=True),
            (Read.EXCERPT, TEASER, "paywalled"),
            id="a page for those who pay",
        ),
        pytest.param(
            "",
            page(PAGE, is_walled=True),
            (Read.HEADLINE, "", "paywalled"),
            id="a headline before a wall",
        ),
        pytest.param(
            TEASER,
            page(PAGE, is_garbled=True),
            (Read.EXCERPT, TEASER, "the page's character encoding is unknown"),
            id="garbled",
        ),
        pytest.param(
            "",
            page("A crumb of a page."),
            (Read.EXCERPT, "A crumb of a page.", "the page has almost no text"),
            id="a crumb behind a headline",
        ),
        pytest.param(
            "",
            page(),
            (Read.HEADLINE, "", "the page has almost no text"),
            id="nothing behind a headline",
        ),
    ],
)
def test_a_page_counts_where_it_holds_more_than_the_feed(
    content: str, read: PageText, expected: tuple[Read, str, str | None]
) -> None:
    assert outcome(from_page(feed(content), read)) == expected


@pytest.mark.parametrize(
    ("in_feed", "on_page", "expected"),
    [
        pytest.param(IN_FEED, ON_PAGE, IN_FEED, id="the feed's date first"),
        pytest.param(None, ON_PAGE, ON_PAGE, id="then the page's"),
        pytest.param(
            None,
            EntryDate(
                at=datetime(2026, 7, 3, 14, 0, tzinfo=timezone(timedelta(hours=2))),
                origin=DateOrigin.PAGE,
            ),
            EntryDate(at=datetime(2026, 7, 3, 12, 0, tzinfo=UTC), origin=DateOrigin.PAGE),
            id="in UTC, whatever the page's zone",
        ),
        pytest.param(
            None,
            None,
            EntryDate(at=FIRST_SEEN, origin=DateOrigin.FIRST_SEEN),
            id="then the first sight",
        ),
        pytest.param(
            EntryDate(at=NOW + timedelta(days=900), origin=DateOrigin.FEED),
            ON_PAGE,
            ON_PAGE,
            id="a far future is refused",
        ),
        pytest.param(
            EntryDate(at=datetime(1970, 1, 1, tzinfo=UTC), origin=DateOrigin.FEED),
            ON_PAGE,
            ON_PAGE,
            id="1970 is refused",
        ),
        pytest.param(
            EntryDate(at=NOW + timedelta(days=900), origin=DateOrigin.FEED),
            EntryDate(at=NOW + timedelta(days=901), origin=DateOrigin.PAGE),
            EntryDate(at=FIRST_SEEN, origin=DateOrigin.FIRST_SEEN),
            id="both are refused",
        ),
        pytest.param(
            EntryDate(at=NOW + timedelta(hours=20), origin=DateOrigin.FEED),
            None,
            EntryDate(at=NOW + timedelta(hours=20), origin=DateOrigin.FEED),
            id="a clock that runs ahead is believed",
        ),
    ],
)
def test_the_most_trusted_plausible_date_is_kept_with_its_provenance(
    in_feed: EntryDate | None, on_page: EntryDate | None, expected: EntryDate
) -> None:
    published = from_page(feed(TEASER, published=in_feed), page(PAGE, published=on_page)).published

    assert (published, published.at.tzinfo) == (expected, UTC)


def test_without_a_page_a_dateless_entry_is_dated_by_its_first_sight() -> None:
    assert from_feed(feed(LONG, published=None)).published == EntryDate(
        at=FIRST_SEEN, origin=DateOrigin.FIRST_SEEN
    )


@pytest.mark.parametrize(
    ("title", "on_page", "expected"),
    [
        pytest.param("In the feed", "On the page", "In the feed", id="the feed's"),
        pytest.param("", "On the page", "On the page", id="else the page's"),
        pytest.param("", "", "https://daily.example/1?utm_source=rss", id="else the address"),
    ],
)
def test_a_title_is_always_found(title: str, on_page: str, expected: str) -> None:
    article = from_page(feed(TEASER, title=title), page(PAGE, title=on_page))

    assert (article.title, article.passages[0].text) == (expected, expected)


def test_the_words_of_an_address_give_way_to_the_title_of_the_page() -> None:
    listed = {"title": "Northwind 12b", "url": "https://daily.example/news/northwind-12b.html"}

    titles = [
        from_page(feed(**listed), page(LONG, title=title)).title
        for title in ("Northwind opens a second model", "")
    ]

    assert titles == ["Northwind opens a second model", "Northwind 12b"]


def test_byline_and_language_are_told_by_feed_and_page() -> None:
    by_feed = from_page(
        feed(TEASER, authors=("Ada Holt", "Bo Li"), language="en"),
        page(PAGE, byline="Staff", language="en-GB"),
    )
    by_page = from_page(feed(TEASER), page(PAGE, byline="Staff"))

    assert [(article.byline, article.language) for article in (by_feed, by_page)] == [
        ("Ada Holt, Bo Li", "en-GB"),
        ("Staff", None),
    ]


@pytest.mark.parametrize(
    ("on_page", "expected"),
    [
        pytest.param(page(PAGE), "https://daily.example/1", id="the link without what tracks"),
        pytest.param(
            page(PAGE, canonical_url="http://daily.example/2?utm_x=1"),
            "https://daily.example/2",
            id="what it says",
        ),
        pytest.param(
            page(canonical_url="https://daily.example/consent"),
            "https://daily.example/1",
            id="not what consent says",
        ),
    ],
)
def test_the_canonical_address_is_the_pages_where_it_states_one(
    on_page: PageText, expected: str
) -> None:
    article = from_page(feed(TEASER), on_page)

    assert (article.canonical_url, article.url) == (
        expected,
        "https://daily.example/1?utm_source=rss",
    )


def test_the_picture_and_the_wall_of_a_page_are_kept() -> None:
    article = from_page(
        feed(TEASER), page(PAGE, image_url="https://daily.example/1.jpg", is_walled=True)
    )

    assert (article.image_url, article.is_walled) == ("https://daily.example/1.jpg", True)


def test_passages_are_numbered_from_the_headline_and_belong_to_the_article() -> None:
    article = from_page(
        feed(TEASER), page("One thing of Northwind.", "Another thing of its model. " * 10)
    )

    assert [passage.key for passage in article.passages] == [
        "abcdefghijkl.1.0",
        "abcdefghijkl.1.1",
        "abcdefghijkl.1.2",
    ]


def test_the_digest_tells_a_changed_text_from_the_same() -> None:
    once = article_from_feed(feed(LONG), shortfall=None, now=NOW)[1]
    later = article_from_feed(feed(LONG), shortfall=None, now=NOW + timedelta(days=3))[1]
    changed = article_from_feed(feed(LONG.replace("one more", "another")), shortfall=None, now=NOW)[
        1
    ]

    assert (once == later, once == changed) == (True, False)
