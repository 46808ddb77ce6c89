"""What machines read, as files: feeds that feedparser reads, JSON Feed by its rules, sitemaps,
headers.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from aggregator.domain.claim import Draft
from aggregator.domain.publishing.page import Page
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import HistoryEntry, HistoryKind, PublishedStory
from aggregator.site.feeds import feed_page, listing_feed
from aggregator.site.lists.lines import story_line
from tests.builders import (
    NOON,
    article,
    claim,
    headline,
    leverage_story,
    member,
    published_story,
    sample_standings,
    sample_stories,
    story,
)
from tests.memory_site import MemoryContent, publish, site_pages
from tests.unit.site.makers import published as edition_of

SITE = SiteSettings(base_url="https://news.example/ai", contact="desk@news.example")
HOSTILE = "]]> <script>alert(1)</script> & \"'\x00\x1b\ud800 \u202e\U0001f680 </div></content>"
_SELF = re.compile(r'<link rel="self" [^>]*href="([^"]+)"')
FEEDS = ("feed", "week/feed", "errata/feed", "topic/x/feed")


def hostile() -> PublishedStory:
    """A story whose texts are markup and characters that XML has no place for, and whose source
    took one back.
    """
    first = article(HOSTILE, key="evil", url='https://evil.example/a"onload=x?<>&')
    draft = Draft(
        headline=headline(first),
        hook=claim(HOSTILE, first),
        what_changed=(claim(f"{HOSTILE} changed", first),),
    )
    facts = (
        HistoryEntry(
            n=1,
            article_id=first.id,
            at=NOON,
            kind=HistoryKind.ADDED,
            text=HOSTILE,
            passage=f"{first.id}.1.1",
        ),
        HistoryEntry(
            n=2,
            article_id=first.id,
            at=NOON,
            kind=HistoryKind.WITHDRAWN,
            text=HOSTILE,
            passage=f"{first.id}.1.1",
            replaces=1,
        ),
    )
    return published_story(replace(story([member(first, name=HOSTILE)]), history=facts), draft)


def pages(stories: tuple[PublishedStory, ...]) -> Iterator[Page]:
    """The pages of a site with these stories, an edition, and a listing of all."""
    content = MemoryContent(
        stories=stories,
        statuses=sample_standings(),
        engine="extractive",
        editions=(edition_of(stories),) if stories else (),
    )
    lines = [story_line(story, "en") for story in stories]
    listing = feed_page(listing_feed("topic/x/", HOSTILE, lines, SITE))
    return chain(site_pages(content, SITE), (listing,))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site in whose every feed hostile text stands."""
    folder = tmp_path_factory.mktemp("site")
    publish(pages((hostile(), *sample_stories(40))), folder, SITE, {})
    return folder


@pytest.mark.parametrize("name", FEEDS)
def test_every_atom_feed_is_read_without_a_complaint(site: Path, name: str) -> None:
    parsed = feedparser.parse(io.BytesIO((site / f"{name}.xml").read_bytes()))

    assert parsed.bozo is False
    assert parsed.entries
    assert all(
        entry.id and entry.link and entry.updated_parsed and entry.content[0].value
        for entry in parsed.entries
    )
    assert len({entry.id for entry in parsed.entries}) == len(parsed.entries)


@pytest.mark.parametrize("name", FEEDS)
def test_every_json_feed_keeps_the_rules_of_its_version(site: Path, name: str) -> None:
    assert complaints(json.loads((site / f"{name}.json").read_bytes())) == []


@pytest.mark.parametrize("name", FEEDS)
def test_both_forms_of_a_feed_have_the_same_entries_and_say_the_same(site: Path, name: str) -> None:
    atom = etree.fromstring((site / f"{name}.xml").read_bytes())
    names = {"a": "http://www.w3.org/2005/Atom"}
    from_atom = [
        (
            entry.findtext("a:id", namespaces=names),
            entry.findtext("a:title", namespaces=names),
            entry.findtext("a:published", namespaces=names),
            entry.findtext("a:updated", namespaces=names),
            _words("".join(entry.find("a:content", namespaces=names).itertext())),
        )
        for entry in atom.findall("a:entry", namespaces=names)
    ]
    from_json = [
        (
            item["id"],
            item["title"],
            item["date_published"],
            item["date_modified"],
            _words(_text(item["content_html"])),
        )
        for item in json.loads((site / f"{name}.json").read_bytes())["items"]
    ]

    assert from_atom == from_json


def test_no_markup_of_a_source_is_markup_in_a_feed(site: Path) -> None:
    for name in FEEDS:
        for item in json.loads((site / f"{name}.json").read_bytes())["items"]:
            tree = etree.HTML(item["content_html"])
            assert {element.tag for element in tree.iter()} <= set(
                "html body p h2 h3 ul li a".split()
            ), item["title"]
            assert all(urlsplit(link).scheme == "https" for link in tree.xpath("//@href"))


@pytest.mark.parametrize("stories", [(), (hostile(),)], ids=["nothing yet", "hostile text alone"])
def test_a_site_of_little_has_valid_feeds_and_sitemaps_too(
    stories: tuple[PublishedStory, ...], tmp_path: Path
) -> None:
    publish(pages(stories), tmp_path, SITE, {})

    for name in FEEDS:
        assert feedparser.parse(io.BytesIO((tmp_path / f"{name}.xml").read_bytes())).bozo is False
        assert complaints(json.loads((tmp_path / f"{name}.json").read_bytes())) == []
    for name in ("sitemap.xml", "news-sitemap.xml"):
        etree.fromstring((tmp_path / name).read_bytes())


def test_a_story_that_changes_moves_its_own_time_in_the_feeds_and_no_other(tmp_path: Path) -> None:
    before = tuple(sample_stories(10))
    later = replace(
        before[4], analysis=replace(before[4].analysis, analysed_at=NOON.replace(day=20))
    )
    publish(pages(before), tmp_path / "before", SITE, {})
    publish(pages((*before[:4], later, *before[5:])), tmp_path / "after", SITE, {})

    for name in ("feed", "topic/x/feed"):
        one, other = (
            json.loads((tmp_path / when / f"{name}.json").read_bytes())["items"]
            for when in ("before", "after")
        )
        moved = [
            item["id"]
            for item, changed in zip(one, other, strict=True)
            if item["date_modified"] != changed["date_modified"]
        ]
        assert moved == [f"https://news.example/ai/story/{later.story.slug}-{later.story.id}/"]


def test_the_old_address_of_the_editions_feed_leads_to_the_new_one(site: Path) -> None:
    old, new = ((site / path).read_text("utf-8") for path in ("editions.xml", "week/feed.xml"))

    assert old.replace("/ai/editions.xml", "/ai/week/feed.xml") == new
    assert "/ai/editions.xml /ai/week/feed.xml 301\n" in (site / "_redirects").read_text()


def test_every_feed_names_the_address_at_which_it_lies(site: Path) -> None:
    atom = {
        path: _SELF.findall(path.read_text("utf-8"))
        for path in site.rglob("*.xml")
        if "<feed" in path.read_text("utf-8")
    }
    plain = {path: [json.loads(path.read_bytes())["feed_url"]] for path in site.rglob("feed.json")}
    named = {path.relative_to(site).as_posix(): urls for path, urls in (atom | plain).items()}

    alone = {path.relative_to(site).as_posix() for path in atom} - {
        path.relative_to(site).with_suffix(".xml").as_posix() for path in plain
    }
    assert len(plain) > 4
    assert alone == {"editions.xml", "edition/opds.xml"}  # an old address, and a catalogue of books
    assert named == {path: [f"https://news.example/ai/{path}"] for path in named}


def test_pages_name_the_feeds_that_follow_them(site: Path) -> None:
    def feeds(page: str) -> list[str]:
        tree = etree.HTML((site / page / "index.html").read_text("utf-8"))
        return [link for link in tree.xpath("//link[@rel='alternate']/@href") if "feed" in link]

    assert feeds("") == ["./feed.xml", "./feed.json"]
    assert feeds("week") == ["../feed.xml", "../feed.json", "../week/feed.xml", "../week/feed.json"]
    assert feeds("errata") == [
        "../feed.xml",
        "../feed.json",
        "../errata/feed.xml",
        "../errata/feed.json",
    ]


def test_robots_txt_names_both_sitemaps_and_these_name_only_pages_that_are_there(
    site: Path,
) -> None:
    named = re.findall(r"^Sitemap: (\S+)$", (site / "robots.txt").read_text(), re.MULTILINE)
    trees = [
        etree.fromstring((site / url.removeprefix(SITE.base_url + "/")).read_bytes())
        for url in named
    ]
    listed = [loc for tree in trees for loc in tree.xpath("//*[local-name()='loc']/text()")]
    missing = [
        url
        for url in listed
        if not (site / url.removeprefix(SITE.base_url + "/") / "index.html").is_file()
    ]

    assert named == [f"{SITE.base_url}/sitemap.xml", f"{SITE.base_url}/news-sitemap.xml"]
    assert (missing, len(listed) > 50) == ([], True)


def test_security_txt_lies_where_the_standard_says_and_a_rebuild_leaves_it(tmp_path: Path) -> None:
    first = publish(pages(sample_stories(3)), tmp_path, SITE, {})
    again = publish(pages(sample_stories(3)), tmp_path, SITE, first.manifest)

    assert (
        (tmp_path / ".well-known/security.txt")
        .read_text()
        .startswith("Contact: mailto:desk@news.example\n")
    )
    assert (again.written, again.removed) == (0, 0)


def test_the_page_of_corrections_tells_what_was_taken_back_and_where(site: Path) -> None:
    tree = etree.HTML((site / "errata/index.html").read_text("utf-8"))
    ids = tree.xpath("//article/@id")
    entries = json.loads((site / "errata/feed.json").read_bytes())["items"]

    assert [item["id"] for item in entries] == [f"{SITE.base_url}/errata/#{id_}" for id_ in ids]
    assert len(tree.xpath("//del/q")) == 1


@pytest.mark.parametrize(
    "path",
    ["index.html", "week/2026-W27/index.html", "edition/index.html", "week/index.html", "story"],
)
def test_every_block_of_linked_data_is_json_of_a_known_type(site: Path, path: str) -> None:
    found = site / path
    files = sorted(found.glob("*/index.html")) if found.is_dir() else [found]
    blocks = [
        json.loads(block)
        for file in files
        for block in etree.HTML(file.read_text("utf-8")).xpath(
            "//script[@type='application/ld+json']/text()"
        )
    ]

    assert path == "index.html" or len(blocks) >= len(files)
    assert {block["@context"] for block in blocks} <= {"https://schema.org"}
    assert {block["@type"] for block in blocks} <= {"NewsArticle", "CollectionPage"}
    for block in blocks:
        items = (
            block.get("mainEntity", {}).get("itemListElement", [])
            if block["@type"] == "CollectionPage"
            else []
        )
        assert [item["position"] for item in items] == list(range(1, len(items) + 1))
        assert all(
            urlsplit(each["url"]).scheme == "https"
            for each in (*items, *block.get("isBasedOn", []))
        )


def test_a_page_that_a_machine_had_a_part_in_says_so_to_machines(site: Path) -> None:
    def said(page: Path) -> list[str]:
        return list(
            etree.HTML(page.read_text("utf-8")).xpath("//meta[@name='ai-generated']/@content")
        )

    assert said(next(site.glob(f"story/*{leverage_story().story.id}/index.html"))) == ["false"]
    assert said(site / "week/2026-W27/index.html") == ["false"]


def complaints(feed: dict[str, Any]) -> list[str]:
    """What of JSON Feed 1.1 (jsonfeed.org/version/1.1) a feed does not keep."""
    found = [f"no {key}" for key in ("version", "title", "items") if key not in feed]
    found += ["version"] if feed["version"] != "https://jsonfeed.org/version/1.1" else []
    found += [key for key in ("home_page_url", "feed_url") if urlsplit(feed[key]).scheme != "https"]
    found += (
        ["authors"]
        if not all({"name", "url", "avatar"} & author.keys() for author in feed.get("authors", []))
        else []
    )
    ids = [item.get("id") for item in feed["items"]]
    found += (
        ["ids"]
        if len(set(ids)) != len(ids) or not all(isinstance(id_, str) and id_ for id_ in ids)
        else []
    )
    known = set(
        "id url title summary content_html date_published date_modified language tags authors"
        " external_url".split()
    )
    for item in feed["items"]:
        found += [f"item without text {item['id']}"] if not item.get("content_html") else []
        found += [
            key
            for key in item
            if key not in known and not (key.startswith("_") and isinstance(item[key], dict))
        ]
        found += ["tags"] if not all(isinstance(tag, str) for tag in item.get("tags", [])) else []
        for key in ("date_published", "date_modified"):
            if datetime.fromisoformat(item[key]).tzinfo is None:
                found.append(key)
    return found


def _text(html: str) -> str:
    return "".join(etree.HTML(html).itertext())


def _words(text: str) -> list[str]:
    return text.split()
