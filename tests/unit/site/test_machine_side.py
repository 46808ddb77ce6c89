"""What machines read, as records: feeds of listings, corrections, sitemaps, security.txt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import HistoryEntry, HistoryKind, PublishedStory
from aggregator.site.edition.page import edition_pages, editions_page
from aggregator.site.feeds import edition_feed, errata_feed, feed, listing_feed
from aggregator.site.lists.errata import (
    Erratum,
    ErratumKind,
    SourceSentence,
    errata,
    story_errata,
)
from aggregator.site.lists.lines import story_line
from aggregator.site.record_json import record_from_json, record_json
from aggregator.site.server_files import (
    SitemapAddress,
    llms_text,
    recent_news,
    security_text,
    sitemap_pages,
)
from aggregator.site.story.updates import updates_shown
from tests.builders import (
    NOON,
    article,
    leverage_story,
    member,
    news_story,
    published_story,
    sample_stories,
    story,
)
from tests.unit.site.makers import BUILT, WEEK, news, published

SITE = SiteSettings(base_url="https://news.example", contact="desk@news.example")


def test_the_feed_of_a_listing_holds_its_thirty_newest_read_lines_in_any_order_given() -> None:
    lines = [story_line(news_story(number), "en") for number in range(80)]
    read = [line for line in lines if line.hook]
    newest = sorted(read, key=lambda line: (-line.published.timestamp(), line.id))[:30]
    made = listing_feed("topic/models/", "Models", lines, SITE)

    assert [entry.content for entry in made.entries] == newest
    assert made == listing_feed("topic/models/", "Models", reversed(lines), SITE)
    assert (made.url, made.json_url, made.home) == (
        "https://news.example/topic/models/feed.xml",
        "https://news.example/topic/models/feed.json",
        "https://news.example/topic/models/",
    )


def test_a_feed_is_as_new_as_the_newest_change_of_what_it_holds() -> None:
    stories = [news(number) for number in range(3)]
    later = replace(
        stories[1], analysis=replace(stories[1].analysis, analysed_at=NOON + timedelta(days=9))
    )

    assert feed([stories[0], later, stories[2]], SITE).updated == NOON + timedelta(days=9)
    assert feed([], SITE).updated == datetime(1970, 1, 1, tzinfo=UTC)


def corrected(*facts: tuple[HistoryKind, str, int | None, int]) -> PublishedStory:
    """A story of two articles with this ledger: kind, text, what it replaces, and which of the
    articles says it.
    """
    articles = (article("One", key="one"), article("Two", key="two"))
    ledger = tuple(
        HistoryEntry(
            n=n, article_id=articles[by].id, at=NOON + timedelta(hours=n), kind=kind, text=text,
            passage=f"{articles[by].id}.{n}.1", replaces=replaces,
        )
        for n, (kind, text, replaces, by) in enumerate(facts, start=1)
    )  # fmt: skip
    return published_story(
        replace(story([member(each, name=each.title) for each in articles]), history=ledger)
    )


ADDED = (HistoryKind.ADDED, "It has 12 billion parameters.", None, 0)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(
            [ADDED, (HistoryKind.CHANGED, "It has 14 billion parameters.", 1, 0)],
            [
                (
                    ErratumKind.CHANGED,
                    "It has 12 billion parameters.",
                    "It has 14 billion parameters.",
                )
            ],
            id="its source says otherwise",
        ),
        pytest.param(
            [ADDED, (HistoryKind.CHANGED, "It has 14 billion parameters.", 1, 1)],
            [],
            id="another says otherwise: news",
        ),
        pytest.param(
            [ADDED, (HistoryKind.WITHDRAWN, "It has 12 billion parameters.", 1, 0)],
            [(ErratumKind.WITHDRAWN, "It has 12 billion parameters.", None)],
            id="its source took it back",
        ),
        pytest.param(
            [ADDED, (HistoryKind.WITHDRAWN, "Correction: it has fewer.", None, 0)],
            [(ErratumKind.WITHDRAWN, None, "Correction: it has fewer.")],
            id="its source says that it was wrong",
        ),
        pytest.param([ADDED, ADDED], [], id="nothing but additions"),
    ],
)
def test_what_a_source_says_otherwise_than_it_did_is_a_correction(
    facts: list[tuple[HistoryKind, str, int | None, int]],
    expected: list[tuple[ErratumKind, str | None, str | None]],
) -> None:
    def text(of: SourceSentence | None) -> str | None:
        assert of is None or (of.source, of.url) == ("One", "https://one.example/one")
        return of.text if of else None

    assert [
        (erratum.kind, text(erratum.before), text(erratum.now))
        for erratum in story_errata(corrected(*facts), SITE)
    ] == expected


def test_a_publishers_note_stands_once_with_what_it_takes_back() -> None:
    other = (HistoryKind.ADDED, "It runs on one card.", None, 1)
    note = (HistoryKind.WITHDRAWN, "An earlier version misstated the size.", None, 0)
    taken_back = (HistoryKind.WITHDRAWN, "It has 12 billion parameters.", 1, 0)
    published = corrected(ADDED, other, note, taken_back)
    facts = published.story.history
    told = replace(
        published.story,
        first_seen=facts[0].at,
        history=(*facts[:3], replace(facts[3], at=facts[2].at)),
    )

    shown = [(fact.text, before.text if before else None) for fact, before in updates_shown(told)]
    assert shown == [(note[1], taken_back[1]), (other[1], None)]
    assert [
        (erratum.before.text, erratum.now.text)
        for erratum in story_errata(replace(published, story=told), SITE)
        if erratum.before and erratum.now
    ] == [(taken_back[1], note[1])]


@pytest.mark.parametrize(
    ("text", "replaces", "name"),
    [
        pytest.param(
            "The original version of this story misstated the price.",
            None,
            "corrected by its source",
            id="a note",
        ),
        pytest.param(
            "Retraction: this story rested on forged mails.",
            None,
            "withdrawn by its source",
            id="a retraction",
        ),
        pytest.param(
            "It has 12 billion parameters.", 1, "withdrawn by its source", id="said no longer"
        ),
    ],
)
def test_a_publishers_note_of_its_own_mistake_is_called_a_correction(
    text: str, replaces: int | None, name: str
) -> None:
    published = corrected(ADDED, (HistoryKind.WITHDRAWN, text, replaces, 0))

    assert [erratum.name for erratum in story_errata(published, SITE)] == [name]


def test_editions_stand_by_week_and_their_feed_by_when_they_were_built() -> None:
    late = published([news(1)], "2026-W02")
    late = replace(late, edition=replace(late.edition, number=2))
    pages = edition_pages([late, published([news(1)])], (), SITE)

    assert [page.line.week for page in pages] == ["2026-W02", WEEK]
    assert [line.week for line in editions_page(pages, "", SITE).lines] == [WEEK, "2026-W02"]
    assert (pages[0].later, pages[0].earlier) == (pages[1].line, None)
    assert [(entry.id, entry.url) for entry in edition_feed(pages, SITE).entries] == [
        (f"https://news.example/edition/{week}/", f"https://news.example/week/{week}/")
        for week in ("2026-W02", WEEK)
    ]


def test_corrections_of_stories_and_editions_stand_newest_first_with_an_address_each() -> None:
    of_edition = edition_pages([published([news(1)])], (), SITE)
    of_story = corrected(ADDED, (HistoryKind.WITHDRAWN, "It has 12 billion parameters.", 1, 0))
    found = errata(
        [*story_errata(of_story, SITE), *story_errata(leverage_story(), SITE)], of_edition, SITE
    )

    assert [(erratum.kind, erratum.at) for erratum in found] == [
        (ErratumKind.EDITION, BUILT),
        (ErratumKind.WITHDRAWN, NOON + timedelta(hours=2)),
    ]
    assert [entry.url for entry in errata_feed(found, SITE).entries] == [
        f"https://news.example/errata/#{erratum.id}" for erratum in found
    ]
    assert len({erratum.id for erratum in found}) == 2
    assert record_from_json(tuple[Erratum, ...], record_json(found)) == found


def test_the_feed_links_a_corrected_article_once() -> None:
    changed = (HistoryKind.CHANGED, "It has 14 billion parameters.", 1, 0)
    (entry,) = errata_feed([*story_errata(corrected(ADDED, changed), SITE)], SITE).entries

    assert [link.url for link in entry.sources] == ["https://one.example/one"]


def sitemaps(stories: int, lists: int) -> dict[str, tuple[SitemapAddress, ...]]:
    """The sitemaps of so many stories and lists, by path."""
    addresses = (
        SitemapAddress(url=f"https://news.example/{n}", changed=NOON + timedelta(hours=n))
        for n in range(stories)
    )
    pages = sitemap_pages(addresses, [f"list/{n}/" for n in range(lists)], SITE)
    return {page.files[0].path: page.record for page in pages}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("stories", "lists", "expected"),
    [
        pytest.param(3, 2, {"sitemap.xml": 5}, id="a small site"),
        pytest.param(9_990, 10, {"sitemap.xml": 10_000}, id="one file that is full"),
        pytest.param(
            9_991,
            10,
            {"sitemap-1.xml": 10, "sitemap-2.xml": 9_991, "sitemap.xml": 2},
            id="one address too many",
        ),
        pytest.param(
            25_000,
            1,
            {
                "sitemap-1.xml": 1,
                "sitemap-2.xml": 10_000,
                "sitemap-3.xml": 10_000,
                "sitemap-4.xml": 5_000,
                "sitemap.xml": 4,
            },
            id="an index of parts",
        ),
    ],
)
def test_a_sitemap_that_is_too_long_is_split_under_an_index(
    stories: int, lists: int, expected: dict[str, int]
) -> None:
    made = sitemaps(stories, lists)

    assert {path: len(addresses) for path, addresses in made.items()} == expected


def test_a_new_story_changes_the_last_part_of_a_long_sitemap_and_the_index() -> None:
    before, after = sitemaps(25_000, 3), sitemaps(25_001, 3)

    assert {path for path in after if before.get(path) != after[path]} == {
        "sitemap-4.xml",
        "sitemap.xml",
    }


def test_the_sitemap_for_news_counts_its_two_days_from_the_newest_story() -> None:
    hours = (0, 1, 47.9, 48, 48.1, 300)
    lines = [
        story_line(news(n, at=NOON - timedelta(hours=each)), "en") for n, each in enumerate(hours)
    ]

    assert [line.headline for line in recent_news(lines)] == [f"Report {n}" for n in range(4)]
    assert recent_news([]) == ()


@pytest.mark.parametrize(
    ("contact", "told_as"),
    [
        pytest.param("desk@news.example", "mailto:desk@news.example", id="an address"),
        pytest.param(
            "mailto:desk@news.example", "mailto:desk@news.example", id="one with its scheme"
        ),
        pytest.param("https://news.example/contact", "https://news.example/contact", id="a page"),
        pytest.param(
            "http://news.example/contact", None, id="a page in the clear, which RFC 9116 refuses"
        ),
        pytest.param("", None, id="none"),
        pytest.param("ask me", None, id="no address"),
    ],
)
def test_security_txt_names_the_contact_where_there_is_one_that_the_standard_allows(
    contact: str, told_as: str | None
) -> None:
    made = security_text(NOON, replace(SITE, contact=contact))

    assert made.partition("\n")[0] == (f"Contact: {told_as}" if told_as else "")


@pytest.mark.parametrize(
    ("newest", "expires"),
    [
        pytest.param(
            datetime(2026, 7, 1, tzinfo=UTC), "2027-06-01T00:00:00Z", id="first of a month"
        ),
        pytest.param(
            datetime(2026, 7, 31, 23, tzinfo=UTC), "2027-06-01T00:00:00Z", id="last of it"
        ),
        pytest.param(datetime(2026, 1, 9, tzinfo=UTC), "2026-12-01T00:00:00Z", id="December"),
        pytest.param(datetime(2026, 2, 9, tzinfo=UTC), "2027-01-01T00:00:00Z", id="January"),
    ],
)
def test_security_txt_expires_within_a_year_and_stays_as_it_is_for_a_month(
    newest: datetime, expires: str
) -> None:
    assert security_text(newest, SITE) == (
        f"Contact: mailto:desk@news.example\nExpires: {expires}\nPreferred-Languages: en\n"
        "Canonical: https://news.example/.well-known/security.txt\n"
    )


def test_llms_txt_leads_to_the_twins_and_lets_no_title_be_markup() -> None:
    lines = [page.line for page in edition_pages([published([news(1)])], (), SITE)]
    text = llms_text(lines, replace(SITE, title="# [x](y) <b>"))

    assert text.startswith("# \\# \\[x\\](y) \\<b\\>\n\n> ")
    assert "https://news.example/week/2026-W27/index.md" in text


def test_without_news_every_record_for_machines_is_the_same() -> None:
    stories = sample_stories(30)

    assert feed(stories, SITE) == feed(tuple(reversed(stories)), SITE)
    assert errata(_corrections(stories), (), SITE) == errata(
        _corrections(reversed(stories)), (), SITE
    )


def _corrections(stories: Iterable[PublishedStory]) -> list[Erratum]:
    return [erratum for story in stories for erratum in story_errata(story, SITE)]
