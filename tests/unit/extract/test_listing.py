"""What lists articles without being a feed: every shape that config.toml describes, and what is
told when one changes.
"""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from aggregator.config.configuration import load
from aggregator.crawl.plan import is_page
from aggregator.domain.entry import Feed, SitemapIndex, Unreadable
from aggregator.domain.source import Listing, ListingFormat, Source, SourceKind
from aggregator.extract.feed.listing import read_listing
from aggregator.extract.feed.listing_items import moment
from aggregator.resources import DEFAULT_CONFIG

CORPUS = Path(__file__).parents[2] / "corpus" / "listings"
POSTS = {
    "northwind-12b": ("Northwind opens a second model under “Apache 2.0”", "2026-09-01"),
    "halden-disclosure": ("Halden & Sons: what we train on", "2026-08-27"),
    "ferrow-f40": ("Ferrow's F40, a third cheaper", "2026-08-13"),
    "tallis-arms": ("Tallis recalls 1,800 arms", "2026-07-30"),
    "agents-at-work": ("Agents at work: a field study", "2026-06-03"),
    "first-year": ("Our first year", "2025-12-15"),
}
# What the links of a source's fixture begin with, where that is not the prefix of its table; and
# what they end in.
BEGINNINGS = {
    "ai2": "https://allenai.org/blog/",
    "anthropic-red-team": "https://red.anthropic.com/2026/",
    "mila": "https://mila.quebec/en/news/",
    "deepseek-models": "https://huggingface.co/deepseek-ai/",
    "hacker-news": "https://lab.example/",
    "arxiv-agents": "https://arxiv.org/abs/",
}
HTML = Listing(format=ListingFormat.HTML, items="li", prefix="https://lab.example/")
JSON = Listing(
    format=ListingFormat.JSON,
    items="posts",
    title="title",
    link="slug, url",
    prefix="https://lab.example/news/",
)


@cache
def shipped() -> dict[str, Source]:
    """The sources of the shipped config.toml that are read as a listing somewhere, as they are read
    there, by key.
    """
    sources = load(DEFAULT_CONFIG, {}).sources
    ways = (way for source in sources for way in source.ways())
    return {way.key: way for way in ways if way.reading and not way.reading.mapping}


def fixture(key: str) -> bytes:
    """The document that was reconstructed for a source."""
    stem = "deepseek-models" if key.endswith("-models") else key
    return next(CORPUS.glob(f"{stem}.*")).read_bytes()


def read(
    body: bytes | str, listing: Listing, url: str = "https://lab.example/news"
) -> Feed | SitemapIndex | Unreadable:
    """What a document gives."""
    encoded = body.encode() if isinstance(body, str) else body
    return read_listing(encoded, url=url, content_type="", source_key="lab", listing=listing)


def listed(
    body: bytes | str, listing: Listing, url: str = "https://lab.example/news"
) -> list[tuple[str, str]]:
    """Title and link of each entry of a document that can be read."""
    feed = read(body, listing, url)
    assert isinstance(feed, Feed), feed
    return [(entry.title, entry.url) for entry in feed.entries]


def reason(body: bytes | str, listing: Listing) -> str:
    """Why a document cannot be read."""
    found = read(body, listing)
    assert isinstance(found, Unreadable), found
    return found.reason


@pytest.mark.parametrize("key", sorted(shipped()))
def test_the_table_of_a_shipped_source_reads_the_shape_that_was_described(key: str) -> None:
    source = shipped()[key]
    assert source.reading is not None

    feed = read(fixture(key), source.reading, source.url)

    assert isinstance(feed, Feed), feed
    titles = {entry.title for entry in feed.entries}
    named_by_slug = key.endswith("-models")
    assert titles == {
        f"deepseek-ai/{slug}" if named_by_slug else title for slug, (title, _) in POSTS.items()
    }
    beginning = BEGINNINGS.get("deepseek-models" if named_by_slug else key, source.reading.prefix)
    assert [entry.url.removeprefix(beginning).strip("/") for entry in feed.entries][:5] == list(
        POSTS
    )[:5]
    assert [entry.summary for entry in feed.entries if entry.summary.startswith("$")] == []
    days = [f"{entry.published.at:%Y-%m-%d}" if entry.published else "" for entry in feed.entries]
    assert days == ([""] * 6 if key == "anthropic-red-team" else [day for _, day in POSTS.values()])


def test_a_page_that_was_never_tried_is_off_or_the_last_resort_and_says_so() -> None:
    sources = load(DEFAULT_CONFIG, {}).sources
    pages = [
        (source, place, way)
        for source in sources
        for place, way in enumerate(source.ways())
        if way.kind is SourceKind.LISTING and way.reading and not way.reading.mapping
    ]

    assert len(pages) == 18
    assert [
        way.key
        for source, place, way in pages
        if not (
            place == len(source.routes) > 0
            if source.enabled
            else f"sources check {source.key}`" in source.note
        )
    ] == []
    assert [
        way.key for _, place, way in pages if place and is_page(way) and "never" not in way.note
    ] == []


def test_every_further_address_says_where_it_was_found_and_every_mirror_who_makes_it() -> None:
    ways = [way for source in load(DEFAULT_CONFIG, {}).sources for way in source.ways()[1:]]
    firsts = [source for source in load(DEFAULT_CONFIG, {}).sources if source.by]

    assert [way.url for way in ways if "2026" not in way.note] == []
    assert [way.url for way in (*ways, *firsts) if bool(way.by) != (way.kind == "mirror")] == []


@pytest.mark.parametrize("format", ListingFormat)
def test_a_document_of_any_format_that_lists_nothing_is_said_to_be_unreadable(
    format: ListingFormat,
) -> None:
    assert reason("[]", Listing(format=format, items="li"))


def test_a_release_is_named_after_its_project_unless_it_names_it_and_drafts_are_left_out() -> None:
    names = [
        title
        for title, _ in listed(fixture("github-releases"), Listing(format=ListingFormat.GITHUB))
    ]

    assert names == [
        "northwind v9.0",
        "Northwind 8.0",
        "northwind v7.0",
        "northwind v6.0",
        "northwind v5.0",
        "northwind v4.0",
    ]


def test_a_news_sitemap_gives_titles_and_dates_of_articles_not_of_pictures() -> None:
    feed = read(fixture("news-sitemap"), Listing(format=ListingFormat.SITEMAP))

    assert isinstance(feed, Feed)
    assert [entry.title for entry in feed.entries] == [title for title, _ in POSTS.values()]
    first = feed.entries[0]
    assert (first.published and first.published.at, first.tags) == (
        datetime(2026, 9, 1, 4, 0, tzinfo=UTC),
        ("models", "weights"),
    )


def test_a_sitemap_gives_what_is_dated_below_the_prefix_newest_first_titled_by_its_address() -> (
    None
):
    listing = Listing(format=ListingFormat.SITEMAP, prefix="https://lab.example/news/")

    feed = read(fixture("sitemap"), listing)

    assert isinstance(feed, Feed)
    assert [entry.title for entry in feed.entries][:2] == ["Northwind 12b", "Halden disclosure"]
    first = feed.entries[0]
    assert (len(feed.entries), first.published, first.updated) == (
        6,
        None,
        datetime(2026, 9, 1, tzinfo=UTC),
    )


def test_a_gzipped_sitemap_is_unpacked_up_to_a_limit() -> None:
    listing = Listing(format=ListingFormat.SITEMAP)
    bomb = gzip.compress(
        b"<urlset>"
        + b"<a>%s</a>" % (b" " * 1_000_000) * 12
        + fixture("sitemap").partition(b'sitemap/0.9">')[2]
    )

    assert len(listed(gzip.compress(fixture("sitemap")), listing)) == 6
    assert reason(bomb, listing).startswith("not a sitemap: ")


def test_a_sitemap_cannot_read_a_file_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2", "utf-8")
    entity = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    page = "<loc>https://lab.example/news/&x;</loc><lastmod>2026-09-01</lastmod>"
    body = f"{entity}<urlset><url>{page}</url></urlset>".encode()

    assert "hunter2" not in repr(read(body, Listing(format=ListingFormat.SITEMAP)))


def test_of_an_index_the_three_sitemaps_of_the_site_that_changed_last_are_read() -> None:
    found = read(fixture("sitemap-index"), Listing(format=ListingFormat.SITEMAP))

    assert found == SitemapIndex(
        urls=tuple(f"https://www.lab.example/sitemap-{n}.xml" for n in (4, 2, 3))
    )


def test_an_index_without_dates_is_read_from_its_end() -> None:
    places = "".join(f"<sitemap><loc>/s{n}.xml</loc></sitemap>" for n in range(9))

    found = read(f"<sitemapindex>{places}</sitemapindex>", Listing(format=ListingFormat.SITEMAP))

    assert found == SitemapIndex(urls=tuple(f"https://lab.example/s{n}.xml" for n in (8, 7, 6)))


def test_a_page_needs_no_more_than_a_selector_of_its_entries() -> None:
    page = """<html lang="de"><title>The Lab: news</title><ul>
      <li><h3>First <em>words</em></h3><a href="/1">Read</a>\
<time datetime="2026-07-04T08:00Z">4 July</time></li>
      <li><a href="2?utm_source=x#top">Second</a><time>5 July 2026</time></li></ul>"""

    feed = read(page, HTML)

    assert isinstance(feed, Feed)
    assert (feed.title, feed.language, feed.home_url) == (
        "The Lab: news",
        "de",
        "https://lab.example/news",
    )
    assert [
        (entry.title, entry.url, entry.published and entry.published.at) for entry in feed.entries
    ] == [
        ("First words", "https://lab.example/1", datetime(2026, 7, 4, 8, 0, tzinfo=UTC)),
        ("Second", "https://lab.example/2?utm_source=x", datetime(2026, 7, 5, tzinfo=UTC)),
    ]


def test_attributes_own_texts_and_tags_are_read_where_the_table_says() -> None:
    page = '<li data-t="By attribute" data-u="/1"><p>Own <b>not own</b></p><i>A</i><i>B</i></li>'
    listing = replace(HTML, title="@data-t", link="@data-u", summary="p::text", tags="i")

    feed = read(page, listing)

    assert isinstance(feed, Feed)
    (entry,) = feed.entries
    assert (entry.title, entry.url, entry.summary, entry.tags) == (
        "By attribute",
        "https://lab.example/1",
        "Own",
        ("A", "B"),
    )


def test_half_a_character_in_json_is_replaced() -> None:
    body = json.dumps({"posts": [{"title": "One", "slug": "one", "text": "\ud83d!"}]})

    found = read(body, replace(JSON, summary="text"))

    assert isinstance(found, Feed)
    assert found.entries[0].summary == "\ufffd!"


def test_json_in_a_script_is_read_without_running_it() -> None:
    page = (
        '<script>window.x = 1</script><script id="data">{"posts": [{"title": "One", "slug":'
        ' "one"}]}</script>'
    )

    assert listed(page, replace(JSON, script="#data")) == [("One", "https://lab.example/news/one")]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        pytest.param("one", "https://lab.example/news/one", id="word"),
        pytest.param(17, "https://lab.example/news/17", id="number"),
        pytest.param("2026/one", "https://lab.example/news/2026/one", id="words with a slash"),
        pytest.param("/news/one", "https://lab.example/news/one", id="path of the site"),
        pytest.param("./news/one", "https://lab.example/news/one", id="path from the page"),
        pytest.param("https://lab.example/news/one", "https://lab.example/news/one", id="address"),
    ],
)
def test_a_bare_word_is_put_behind_the_prefix_and_an_address_is_not(
    link: object, expected: str
) -> None:
    body = json.dumps({"posts": [{"title": "One", "slug": None, "url": link}]})

    assert listed(body, JSON, "https://lab.example/") == [("One", expected)]


def test_entries_that_lead_elsewhere_are_left_out() -> None:
    body = json.dumps(
        {
            "posts": [
                {"title": "One", "slug": "one"},
                {"title": "Jobs", "slug": "https://jobs.example/news/"},
            ]
        }
    )

    assert listed(body, JSON) == [("One", "https://lab.example/news/one")]


@pytest.mark.parametrize(
    ("body", "listing", "problem"),
    [
        pytest.param(
            "<p>We have moved</p>",
            HTML,
            "0 entries where at least 1 were expected: li gives nothing; check",
            id="nothing",
        ),
        pytest.param(
            "<li><a href=/1>One</a></li>",
            replace(HTML, minimum=5),
            "1 entries where at least 5 were expected: li gives only these; check",
            id="fewer than there always are",
        ),
        pytest.param(
            "<li>One</li><li><a href=/2>Two</a></li>",
            replace(HTML, minimum=2),
            "1 entries where at least 2 were expected: li gives 2, 1 of them without a"
            " title or a link; check",
            id="links that are gone",
        ),
        pytest.param(
            "<li><a href=https://jobs.example/1>One</a></li>",
            HTML,
            "0 entries where at least 1 were expected: the links of all 1 are outside"
            " https://lab.example/; check",
            id="links that lead elsewhere",
        ),
        pytest.param(
            "".join(f"<li><a href=/{n}>Read more</a></li>" for n in range(4)),
            HTML,
            "all 4 entries have one title, 'Read more'; check",
            id="one title for all",
        ),
        pytest.param(
            "<li><a href=/1>One</a></li>",
            replace(HTML, date="b"),
            "no entry has a date at b; check",
            id="dates that are gone",
        ),
        pytest.param(
            "<li><a href=/1>One</a><b>vorgestern</b></li>",
            replace(HTML, date="b"),
            "no date can be read, such as 'vorgestern'; check",
            id="dates of another kind",
        ),
        pytest.param(
            "<li>",
            replace(HTML, items="li["),
            "invalid selector in [sources.listing]: ",
            id="selector misspelt",
        ),
        pytest.param(
            "<p>",
            replace(JSON, script="#data"),
            "script '#data' is not in the page; check",
            id="script that is gone",
        ),
        pytest.param("<p>", JSON, "JSON is not well-formed: ", id="page for JSON"),
        pytest.param("[" * 100_000, JSON, "JSON is not well-formed: ", id="JSON without a floor"),
        pytest.param(
            '{"items": []}',
            JSON,
            "0 entries where at least 1 were expected: posts gives nothing",
            id="other JSON",
        ),
        pytest.param(
            "<p>",
            replace(JSON, format=ListingFormat.NEXTJS),
            "the page has no Next.js data; check",
            id="other page",
        ),
        pytest.param(
            "<p/>",
            Listing(format=ListingFormat.SITEMAP),
            "not a sitemap: the root element is 'p'",
            id="page, sitemap",
        ),
        pytest.param(
            "", Listing(format=ListingFormat.SITEMAP), "not a sitemap: ", id="empty sitemap"
        ),
        pytest.param(
            "<urlset><url><loc>https://lab.example/1</loc></url></urlset>",
            Listing(format=ListingFormat.SITEMAP),
            "the sitemap gives no dates",
            id="sitemap without dates",
        ),
        pytest.param(
            (
                "<sitemapindex><sitemap><loc>https://elsewhere.example/s.xml</loc></sitemap>"
                "</sitemapindex>"
            ),
            Listing(format=ListingFormat.SITEMAP),
            "the sitemap is an index that points to no sitemap of this site",
            id="index of another site",
        ),
        pytest.param(
            '{"error": "Repository not found"}',
            Listing(format=ListingFormat.HUGGINGFACE),
            "0 entries where",
            id="error as JSON",
        ),
        pytest.param(
            "<feed"
            ' xmlns="http://www.w3.org/2005/Atom"><title>arXiv</title><entry>'
            "<id>http://arxiv.org/api/errors#bad</id><title>Error</title>"
            '<summary>malformed id</summary><link href="http://arxiv.org/api/errors#bad"/>'
            "</entry></feed>",
            Listing(format=ListingFormat.ARXIV),
            "arXiv refuses the query: malformed id; check",
            id="error as an entry",
        ),
        pytest.param(
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv</title></feed>',
            Listing(format=ListingFormat.ARXIV),
            "0 papers where at least 1 were expected; check",
            id="query without a result",
        ),
    ],
)
def test_a_listing_that_changed_its_shape_is_a_failure_that_says_what_changed(
    body: str, listing: Listing, problem: str
) -> None:
    assert reason(body, listing).startswith(problem)


@pytest.mark.parametrize(
    ("key", "table", "votes"),
    [
        ("hacker-news", Listing(format=ListingFormat.HACKERNEWS), 412),
        ("deepseek-models", Listing(format=ListingFormat.HUGGINGFACE), 0),
        ("hugging-face-papers", shipped()["hugging-face-papers"].listing, 4),
    ],
)
def test_a_listing_states_the_votes_and_comments_of_its_entries(
    key: str, table: Listing, votes: int
) -> None:
    feed = read(fixture(key), table)

    assert isinstance(feed, Feed)
    assert feed.entries[0].votes == votes


def test_few_points_are_no_change_of_shape() -> None:
    body = json.dumps(
        {"hits": [{"objectID": "1", "title": "Quiet", "url": "https://lab.example/", "points": 3}]}
    )

    assert listed(body, Listing(format=ListingFormat.HACKERNEWS, points=100)) == []


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param("2026-09-01T10:00:00+02:00", "2026-09-01 08:00", id="ISO with a zone"),
        pytest.param("2026-09-01", "2026-09-01 00:00", id="ISO day"),
        pytest.param("Published 2026-09-01.", "2026-09-01 00:00", id="ISO within words"),
        pytest.param("Sep 1, 2026", "2026-09-01 00:00", id="American"),
        pytest.param("AUG 27, 2026", "2026-08-27 00:00", id="in capitals"),
        pytest.param(
            "Posted 1 September 2026 · 5 min", "2026-09-01 00:00", id="British within words"
        ),
        pytest.param("Mon, 12 Jan 2026 10:00:00 GMT", "2026-01-12 10:00", id="as feeds write it"),
        pytest.param("2026/1/2", "2026-01-02 00:00", id="with slashes, year first"),
        pytest.param(1767225600, "2026-01-01 00:00", id="seconds"),
        pytest.param(1767225600000, "2026-01-01 00:00", id="milliseconds"),
        pytest.param("1767225600", "2026-01-01 00:00", id="seconds as text"),
        pytest.param("01/02/2026", None, id="of two readings"),
        pytest.param("Sep 1", None, id="without a year"),
        pytest.param("September 2026", None, id="without a day"),
        pytest.param("2026-13-01", None, id="no such month"),
        pytest.param(float("inf"), None, id="endless"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_date_is_read_as_pages_write_it_or_not_at_all(
    stated: str | float, expected: str | None
) -> None:
    found = moment(stated)

    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == expected


def test_a_text_that_looks_like_rows_does_not_hide_those_that_are() -> None:
    rows = "7:T9,\nb:[no json\n" * 3 + 'c:{"posts":[{"title":"One","slug":"one"}]}\n'
    page = f"<script>self.__next_f.push({json.dumps([1, rows])})</script>"

    assert listed(page, replace(JSON, format=ListingFormat.NEXTJS)) == [
        ("One", "https://lab.example/news/one")
    ]


@pytest.mark.parametrize(
    ("body", "listing"),
    [
        pytest.param(b"<li>" * 1_000_000, HTML, id="a million tags"),
        pytest.param(
            b"self.__next_f.push([" * 200_000,
            replace(JSON, format=ListingFormat.NEXTJS),
            id="pushes of nothing",
        ),
        pytest.param(
            b'self.__next_f.push([1,"' + b"a:[\\n" * 400_000 + b'"])',
            replace(JSON, format=ListingFormat.NEXTJS),
            id="broken rows",
        ),
    ],
)
def test_what_is_made_to_take_long_is_cut_short(body: bytes, listing: Listing) -> None:
    started = time.process_time()

    read(body, listing)

    assert time.process_time() - started < 2


def test_ten_thousand_entries_are_cut_at_two_thousand() -> None:
    page = "".join(f"<li><a href=/{n}>Post {n}</a></li>" for n in range(10_000))
    posts = json.dumps({"posts": [{"title": f"Post {n}", "slug": f"p{n}"} for n in range(10_000)]})
    day = datetime(2026, 1, 1, tzinfo=UTC)
    places = "".join(
        (
            f"<url><loc>https://lab.example/{n}</loc>"
            f"<lastmod>{day + timedelta(minutes=n):%Y-%m-%dT%H:%MZ}</lastmod></url>"
        )
        for n in range(10_000)
    )

    counts = [len(listed(page, HTML)), len(listed(posts, JSON))]
    newest = listed(f"<urlset>{places}</urlset>", Listing(format=ListingFormat.SITEMAP))

    assert (counts, len(newest), newest[0][1]) == ([2000, 2000], 2000, "https://lab.example/9999")


def test_entities_of_a_sitemap_are_not_expanded_and_files_not_read() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
    body = (
        f"{bomb}<urlset><url><loc>https://lab.example/1</loc><lastmod>2026-01-01</lastmod>"
        f"<t>&a;&b;</t></url></urlset>"
    )

    assert listed(body, Listing(format=ListingFormat.SITEMAP)) == [("1", "https://lab.example/1")]
