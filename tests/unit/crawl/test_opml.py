"""OPML in and out: nothing is lost on the way, and what only an attacker would write is refused."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from aggregator.crawl.opml import (
    MOST_BYTES,
    MOST_OUTLINES,
    Subscription,
    opml_text,
    read_opml,
)
from aggregator.domain.source import Lane, Listing, ListingFormat, Route, Source, SourceKind
from aggregator.domain.web.address import HIDDEN
from aggregator.errors import AggregatorError

LISTS = Path(__file__).parents[4] / "shared" / "corpus" / "feeds" / "feed-lists"


def listed(outlines: str) -> tuple[Subscription, ...]:
    """The feeds of a file with these outlines."""
    return read_opml(
        f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode(), "a.opml"
    ).subscriptions


def sources(subscriptions: Iterable[Subscription]) -> list[Source]:
    """The sources that follow the feeds of a list."""
    return [
        Source(
            key=f"s{n}",
            name=subscription.name,
            url=subscription.url,
            folder=subscription.folder,
            opml=subscription.opml,
        )
        for n, subscription in enumerate(subscriptions)
    ]


def described(subscriptions: Iterable[Subscription]) -> list[tuple[str, str, str, dict[str, str]]]:
    """What a list says of its feeds, without what is ours."""
    return [
        (subscription.name, subscription.url, subscription.folder, dict(subscription.opml))
        for subscription in subscriptions
    ]


def test_a_feed_is_read_with_what_other_programs_wrote_of_it() -> None:
    found = listed(
        '<outline type="rss" text="The Lab" title="The Lab" xmlUrl="https://lab.example/feed"'
        ' htmlUrl="https://lab.example/" category="/a,/b" xmlns:n="urn:n" n:mark="1"/>'
    )

    assert found == (
        Subscription(
            name="The Lab",
            url="https://lab.example/feed",
            opml={"htmlUrl": "https://lab.example/", "category": "/a,/b", "{urn:n}mark": "1"},
        ),
    )


def test_folders_nest_and_a_slash_in_a_name_is_told_from_one_between_names() -> None:
    found = listed(
        '<outline text="AI"><outline text="Labs/Vendors"><outline text="A"'
        ' xmlUrl="https://a.example/f"/></outline><outline text="B"'
        ' xmlUrl="https://b.example/f"/></outline><outline text="C" xmlUrl="https://c.example/f"/>'
    )

    assert [(subscription.name, subscription.folder) for subscription in found] == [
        ("A", "AI/Labs\\/Vendors"),
        ("B", "AI"),
        ("C", ""),
    ]
    assert described(
        read_opml(opml_text(sources(found), "T", with_secrets=True), "b").subscriptions
    ) == described(found)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param('text="T" xmlUrl="https://a.example/f"', ("T", {}), id="no title"),
        pytest.param('title="T" xmlUrl="https://a.example/f"', ("T", {}), id="no text"),
        pytest.param(
            'text="t" title="T" xmlUrl="https://a.example/f"', ("T", {"text": "t"}), id="two names"
        ),
        pytest.param(
            'xmlUrl="https://a.example/f"', ("https://a.example/f", {}), id="no name at all"
        ),
        pytest.param(
            'text="T" type="atom" xmlurl=" https://a.example/f "',
            ("T", {"type": "atom"}),
            id="other letters",
        ),
    ],
)
def test_a_feed_is_read_however_it_is_named(
    attributes: str, expected: tuple[str, dict[str, str]]
) -> None:
    (found,) = listed(f"<outline {attributes}/>")

    assert (found.name, found.opml, found.url) == (*expected, "https://a.example/f")


def test_what_has_no_web_address_is_counted_and_a_folder_is_not() -> None:
    found = read_opml(
        b'<opml><head><title> Mine </title></head><body><outline text="F"><outline text="x"'
        b' xmlUrl="file:///etc/passwd"/><outline text="y" type="link"'
        b' url="https://y.example/"/></outline></body></opml>',
        "a.opml",
    )

    assert (found.title, found.subscriptions, found.skipped) == ("Mine", (), 2)


def test_what_only_we_know_of_a_source_survives_the_way_out_and_in() -> None:
    source = Source(
        key="lab",
        name="The Lab",
        url="https://lab.example/news",
        kind=SourceKind.LISTING,
        lane=Lane.LAB,
        weight=1.2,
        family="2026",
        include=("AI", "machine learning"),
        listing=Listing(format=ListingFormat.HTML, items="li", minimum=3),
        enabled=False,
        note="true",
    )

    (found,) = read_opml(opml_text([source], "T"), "a.opml").subscriptions

    assert (found.name, found.url, found.settings) == (
        source.name,
        source.url,
        {
            "key": "lab",
            "kind": "listing",
            "lane": "lab",
            "weight": 1.2,
            "family": "2026",
            "include": ["AI", "machine learning"],
            "listing": {"format": "html", "items": "li", "minimum": 3},
            "enabled": False,
            "note": "true",
        },
    )


def test_a_source_keeps_its_url_and_its_routes_beside_the_page_that_readers_are_sent_to() -> None:
    source = Source(
        key="lab",
        name="The Lab",
        url="https://lab.example/feed",
        public_url="https://lab.example/news",
        routes=(
            Route(url="https://mirror.example/lab.xml", kind=SourceKind.MIRROR, by="a reader"),
            Route(
                url="https://lab.example/news",
                kind=SourceKind.LISTING,
                listing=Listing(format=ListingFormat.HTML, items="li"),
            ),
        ),
    )

    (found,) = read_opml(opml_text([source], "T"), "a.opml").subscriptions

    assert (found.url, found.settings["public_url"]) == (source.url, source.public_url)
    assert found.settings["routes"] == [
        {"url": "https://mirror.example/lab.xml", "kind": "mirror", "by": "a reader"},
        {
            "url": "https://lab.example/news",
            "kind": "listing",
            "listing": {"format": "html", "items": "li"},
        },
    ]


@pytest.mark.parametrize(
    ("with_secrets", "written"),
    [
        (True, "https://lab.example/b?token=abcdefgh1234"),
        (False, f"https://lab.example/b?token={HIDDEN}"),
    ],
)
def test_secrets_of_routes_are_written_only_where_asked_for(
    *, with_secrets: bool, written: str
) -> None:
    route = Route(url="https://lab.example/b?token=abcdefgh1234")
    source = Source(key="lab", name="L", url="https://lab.example/a", routes=(route,))

    (found,) = read_opml(opml_text([source], "T", with_secrets=with_secrets), "a").subscriptions

    assert found.settings["routes"] == [{"url": written}]


def test_a_listing_is_no_feed_for_other_programs() -> None:
    source = Source(key="lab", name="L", url="https://lab.example/news", kind=SourceKind.LISTING)

    text = opml_text([source], "T").decode()

    assert ('type="link" url="https://lab.example/news"' in text, "xmlUrl" in text) == (True, False)


def test_a_source_that_was_renamed_is_exported_under_its_new_name() -> None:
    (found,) = listed('<outline text="old" title="Old" xmlUrl="https://a.example/f" n="1"/>')
    renamed = Source(key="a", name="New", url=found.url, opml=found.opml)

    assert described(read_opml(opml_text([renamed], "T"), "b").subscriptions) == [
        ("New", found.url, "", {"n": "1"})
    ]


def test_characters_that_xml_forbids_are_left_out() -> None:
    source = Source(key="a", name='A\x00B\x1b <&" é', url="https://a.example/f")

    (found,) = read_opml(opml_text([source], "\x07T"), "b").subscriptions

    assert found.name == 'AB <&" é'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "is not well-formed OPML", id="empty"),
        pytest.param(b"<rss><channel/></rss>", "is not OPML: its root element is 'rss'", id="feed"),
        pytest.param(b"<opml/>", "is not OPML", id="no body"),
        pytest.param(
            b"<opml><body><outline></body></opml>", "is not well-formed OPML", id="tags that cross"
        ),
        pytest.param(
            b"<!DOCTYPE o [<!ENTITY a SYSTEM"
            b' "file:///etc/hostname">]><opml><body>&a;</body></opml>',
            "declares XML entities of its own",
            id="file as an entity",
        ),
        pytest.param(
            b'<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
            + b']><opml><body><outline text="&j;"/></body></opml>',
            "is not well-formed OPML",
            id="entity bomb in an attribute",
        ),
        pytest.param(
            b"<opml><body>" + b"<outline>" * 30 + b"</outline>" * 30 + b"</body></opml>",
            "more than 20 deep",
            id="deep folders",
        ),
        pytest.param(
            b"<opml><body>" + b"<outline>" * 5000 + b"</outline>" * 5000 + b"</body></opml>",
            "not well-formed",
            id="abyss",
        ),
        pytest.param(
            b"<opml><body>" + b"<outline/>" * (MOST_OUTLINES + 1) + b"</body></opml>",
            "more than 20000 outlines",
            id="many",
        ),
        pytest.param(b"<opml>" + b" " * MOST_BYTES, "is larger than 10 MB", id="huge"),
    ],
)
def test_what_is_no_list_of_feeds_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(AggregatorError, match=reason):
        read_opml(body, "a.opml")


@pytest.mark.parametrize(
    "name",
    ["allainews-sources.opml", "netnewswire-Subs.opml", "netnewswire-SubsNoTitleAttributes.opml"],
)
def test_a_real_list_loses_nothing_on_the_way_in_out_and_in(name: str) -> None:
    if not (LISTS / name).is_file():
        pytest.skip("the shared corpus is not there")
    found = read_opml((LISTS / name).read_bytes(), name)

    again = read_opml(
        opml_text(sources(found.subscriptions), found.title, with_secrets=True), "again"
    )

    assert len(found.subscriptions) > 200
    assert (again.title, described(again.subscriptions)) == (
        found.title,
        described(found.subscriptions),
    )
