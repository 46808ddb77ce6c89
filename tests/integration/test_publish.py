"""Publishing into a real folder: only changed files, in order, atomically, with the same bytes
whatever came between.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import feedparser
import pytest
from lxml import etree

from aggregator.domain.article import Read
from aggregator.domain.claim import Draft
from aggregator.domain.operation.source_status import SourceStatus
from aggregator.domain.publishing.page import Page, PageFile, PublishedFile
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.errors import PublishError
from aggregator.site.paths import story_path
from tests.builders import (
    SAMPLE_TOPICS,
    article,
    claim,
    files,
    headline,
    leverage_story,
    member,
    news_story,
    published_story,
    sample_standings,
    sample_stories,
    story,
)
from tests.memory_site import MemoryContent, Publication, publish, site_pages
from tests.unit.site.makers import published as published_edition

SITE = SiteSettings(base_url="https://news.example/ai", contact="editor@news.example")


class StoppedError(Exception):
    """Stands for a kill in the middle."""


def pages(
    stories: Sequence[PublishedStory], statuses: Sequence[SourceStatus] | None = None
) -> Iterator[Page]:
    followed = sample_standings() if statuses is None else statuses
    editions = (published_edition(stories),) if stories else ()
    gone = (
        {"story/a-story-that-went-into-another-gonegonegone/": stories[0].story.id}
        if stories
        else {}
    )
    content = MemoryContent(
        stories=stories,
        statuses=followed,
        engine="extractive",
        editions=editions,
        redirects=gone,
        topic_names=SAMPLE_TOPICS,
    )
    return site_pages(content, SITE)


def published(
    output: Path, stories: Sequence[PublishedStory], before: Publication | None = None
) -> Publication:
    return publish(pages(stories), output, SITE, before.manifest if before else {})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    published(folder, sample_stories())
    return folder


def test_a_rebuild_without_news_touches_no_file(tmp_path: Path) -> None:
    first = published(tmp_path, sample_stories(20))
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    second = published(tmp_path, sample_stories(20), first)

    assert (second.written, second.removed, second.unchanged) == (0, 0, first.written)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times
    assert second.manifest == first.manifest


def test_making_every_page_again_gives_the_same_bytes(tmp_path: Path) -> None:
    first = published(tmp_path, sample_stories(20))
    again = publish(pages(sample_stories(20)), tmp_path, SITE, first.manifest, full=True)

    assert (again.written, again.removed) == (0, 0)


def test_a_build_with_a_lost_manifest_writes_nothing_that_lies_there(tmp_path: Path) -> None:
    published(tmp_path, sample_stories(20))

    assert published(tmp_path, sample_stories(20)).written == 0


@pytest.mark.parametrize("stop", [0, 3, 40, 90], ids=lambda stop: f"after {stop}")
def test_a_build_that_was_killed_ends_like_one_that_was_not(tmp_path: Path, stop: int) -> None:
    seen: list[str] = []

    def kill(path: str) -> None:
        seen.append(path)
        if len(seen) > stop:
            raise StoppedError

    before = published(tmp_path / "killed", sample_stories(10))
    with pytest.raises(StoppedError):
        publish(pages(sample_stories(30)), tmp_path / "killed", SITE, before.manifest, on_page=kill)
    published(tmp_path / "killed", sample_stories(30), before)
    published(tmp_path / "calm", sample_stories(30))

    assert files(tmp_path / "killed") == files(tmp_path / "calm")


def test_a_new_story_writes_its_files_and_the_lists_it_is_in(tmp_path: Path) -> None:
    first = published(tmp_path, sample_stories(20))
    before = files(tmp_path)
    first_report = article(
        "A story of its own week", at=news_story(0).story.published.replace(year=2025)
    )
    several = tuple(claim(f"It {verb}.", first_report) for verb in ("speaks", "sings", "reads"))
    fresh = published_story(
        story((member(first_report),)),
        Draft(headline=headline(first_report), what_changed=several),
    )
    published(tmp_path, (*sample_stories(20), fresh), first)
    changed = {path for path, body in files(tmp_path).items() if before.get(path) != body}
    changed = {
        path for path in changed if not path.startswith("search/volume/")
    }  # named by their content

    path = f"story/{fresh.story.slug}-{fresh.story.id}"
    newer = min(
        (each.story for each in sample_stories(20) if each.has_page),
        key=lambda each: (each.published, each.id),
    )
    assert changed == {
        f"{story_path(newer)}index.html",  # leads to the older story
        *(f"{path}/{name}" for name in ("index.html", "index.json", "index.md")),
        "about/index.html",
        "archive/index.html",
        "search/index.html",
        "search/manifest.json",
        "sitemap.xml",
        "source/daily/index.html",
        "week/2025-W27/index.html",
        "week/2026-W27/all/index.html",  # names the week before
    }


def test_a_story_that_is_gone_takes_its_folder_along_and_nothing_else(tmp_path: Path) -> None:
    first = published(tmp_path, sample_stories(3))
    (tmp_path / "operator.txt").write_text("mine")
    gone = leverage_story().story
    after = published(
        tmp_path, [story for story in sample_stories(3) if story.story.id != gone.id], first
    )

    assert after.removed >= 3
    assert not (tmp_path / "story" / f"{gone.slug}-{gone.id}").exists()
    assert (tmp_path / "operator.txt").read_text() == "mine"


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    first = published(tmp_path, ())
    (tmp_path / "index.html").write_text("cut of")
    after = published(tmp_path, (), first)

    assert after.written == 1
    assert b"</html>" in (tmp_path / "index.html").read_bytes()


def test_what_a_killed_run_left_half_written_is_removed(tmp_path: Path) -> None:
    (tmp_path / "week").mkdir()
    (tmp_path / "week" / ".index.html.aggregator-partial").write_text("half")
    published(tmp_path, ())

    assert not [path for path in files(tmp_path) if "partial" in path]


def test_a_record_that_leads_out_of_the_folder_removes_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    site = tmp_path / "site"
    site.mkdir()
    (site / "linked").symlink_to(outside)
    paths = ("../outside/kept.txt", str(outside / "kept.txt"), "linked/kept.txt")
    manifest = {path: PublishedFile(path=path, digest="", inputs="", bytes=4) for path in paths}
    result = publish(pages(()), site, SITE, manifest)

    assert result.removed == 0
    assert (outside / "kept.txt").exists()


def test_a_page_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    page = Page(record=None, files=(PageFile(path="source/../../x", text=lambda: ""),))

    with pytest.raises(PublishError, match=r"'source/\.\./\.\./x'"):
        publish([page], tmp_path / "site", SITE, {})


def test_a_file_where_the_folder_should_be_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file")

    with pytest.raises(PublishError, match="site: File exists; a file "):
        publish(pages(()), tmp_path / "site", SITE, {})


def test_a_file_where_a_page_s_folder_should_be_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "about").write_text("a file")

    with pytest.raises(PublishError, match=r"about/index.html: Not a directory; a file "):
        publish(pages(()), tmp_path, SITE, {})


def test_a_folder_where_a_page_should_be_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "index.html").mkdir()

    with pytest.raises(PublishError, match=r"index.html: Is a directory; a folder "):
        publish(pages(()), tmp_path, SITE, {})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_writable_is_told_with_a_remedy(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(PublishError, match=r"Permission denied; .* writable"):
        publish(pages(()), tmp_path, SITE, {})


def test_progress_names_files_in_the_order_assets_stories_lists_feeds(tmp_path: Path) -> None:
    seen: list[str] = []
    publish(pages(sample_stories(3)), tmp_path, SITE, {}, on_page=seen.append)
    kinds = [path.partition("/")[0] for path in seen]

    assert kinds[0] == "static"
    assert (
        kinds.index("story")
        < kinds.index("week")
        < kinds.index("feed.xml")
        < kinds.index("_headers")
    )


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]
        self.ids += [value for name, value in attrs if name == "id" and value]


def test_every_link_within_the_site_leads_to_a_file(site: Path) -> None:
    broken = []
    for path in sorted(site.rglob("*.html")):
        at = f"https://news.example/ai/{path.relative_to(site).as_posix()}"
        for link in Links(path.read_text("utf-8")).found:
            target = urldefrag(urljoin(at, link)).url
            if target.startswith("https://news.example/"):
                inside = target.removeprefix("https://news.example/ai/")
                file = (
                    site / inside / "index.html"
                    if not inside or inside.endswith("/")
                    else site / inside
                )
                broken += [] if file.is_file() else [(path.relative_to(site).as_posix(), link)]

    assert broken == []


def test_every_place_that_a_page_points_to_is_there(tmp_path: Path) -> None:
    published(
        tmp_path,
        [
            replace(story, story=replace(story.story, week="2026-W27"))
            for story in map(news_story, range(320))
        ],
    )
    links = {path: Links(path.read_text("utf-8")) for path in sorted(tmp_path.rglob("*.html"))}
    missing = []
    for path, of in links.items():
        for link in of.found:
            file, place = urldefrag(link)
            if place and "://" not in file:
                target = (path.parent / file / "index.html").resolve() if file else path
                missing += [] if place in links[target].ids else [(path.as_posix(), link)]

    assert missing == []


def test_each_publisher_of_a_story_is_named_once_where_it_is_credited_and_led_to(
    tmp_path: Path,
) -> None:
    twice = [
        member(article(f"Northwind opens shop {n}", key="one", read=Read.EXCERPT), name="One")
        for n in range(2)
    ]
    of = story((*twice, member(article(key="two", read=Read.EXCERPT), name="Two")))
    first = twice[0].article
    draft = Draft(headline=headline(first), what_changed=(claim("It opens on Monday.", first),))
    published(tmp_path, [published_story(of, draft)])
    (page,) = (tmp_path / "story").glob("northwind-*/index.html")
    (credit,) = etree.HTML(page.read_text("utf-8")).xpath("//p[@class='note credit']")

    (gap,) = etree.HTML(page.read_text("utf-8")).xpath("//p[@class='gap']")

    assert [[link.text for link in named.xpath(".//a")] for named in (credit, gap)] == [
        ["One", "Two"]
    ] * 2


def test_no_two_words_are_glued_where_the_markup_is_taken_away(site: Path) -> None:
    blocks = (
        "//p | //h1 | //h2 | //h3 | //li | //dt | //dd | //th | //td | //tr | //div | //section |"
        " //figure | //details"
    )
    glued = [
        (path.name, etree.tostring(block, encoding="unicode")[:80])
        for path in sorted(site.rglob("*.html"))
        for block in etree.HTML(path.read_text("utf-8")).xpath(blocks)
        if block.getnext() is not None and not block.tail
    ]

    assert glued == []


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    loading = [
        (path.name, link.get("href") or link.get("src"))
        for path in sorted(site.rglob("*.html"))
        for link in etree.HTML(path.read_text("utf-8")).xpath(
            "//link[@rel='stylesheet' or @rel='icon'] | //*[@src]"
        )
        if "//" in (link.get("href") or link.get("src"))
    ]

    assert loading == []


def test_no_page_holds_a_script_or_a_style_in_itself(site: Path) -> None:
    data = "@type='application/ld+json' or @type='application/json'"  # which no browser runs
    scripts = f"//script[not({data} or (@src and not(text())))]"
    inline = [
        path.as_posix()
        for path in sorted(site.rglob("*.html"))
        if etree.HTML(path.read_text("utf-8")).xpath(f"//style | //@style | {scripts}")
    ]

    assert inline == []


def test_links_out_are_marked_as_such(site: Path) -> None:
    unmarked = [
        (path.name, link.get("href"))
        for path in sorted(site.rglob("*.html"))
        for link in etree.HTML(path.read_text("utf-8")).xpath("//a[starts-with(@href, 'http')]")
        if link.get("rel") != "noopener external"
    ]

    assert unmarked == []


def test_every_claim_of_a_json_twin_stands_on_its_page_with_its_quotes(site: Path) -> None:
    missing = []
    for twin in sorted(site.glob("story/*/index.json")):
        tree = etree.HTML(twin.with_name("index.html").read_text("utf-8"))
        text = " ".join(" ".join(tree.itertext()).split())
        printed = _printed(json.loads(twin.read_text("utf-8")))
        missing += [(twin.parent.name, part) for part in printed if part not in text]

    assert missing == []


def test_the_feed_is_well_formed_and_complete(site: Path) -> None:
    parsed = feedparser.parse(io.BytesIO((site / "feed.xml").read_bytes()))

    assert parsed.bozo is False
    assert parsed.feed.id == "https://news.example/ai/"
    assert len({entry.id for entry in parsed.entries}) == len(parsed.entries) == 50
    assert all(entry.link.startswith("https://news.example/ai/story/") for entry in parsed.entries)
    assert all(
        "What changed" in entry.content[0].value or "adopted" in entry.content[0].value
        for entry in parsed.entries
    )


def test_characters_that_xml_has_no_place_for_do_not_break_the_feed(tmp_path: Path) -> None:
    first = article("Bell \x07, lone \ud800 surrogate, \ufffe and ]]> & <b>")
    published(
        tmp_path,
        (
            published_story(
                story((member(first),)),
                Draft(headline=headline(first), hook=claim("Nul \x00 and \x1b.", first)),
            ),
        ),
    )

    etree.fromstring((tmp_path / "feed.xml").read_bytes())
    etree.fromstring((tmp_path / "sitemap.xml").read_bytes())
    json.loads((next(tmp_path.glob("story/*/index.json"))).read_bytes())


def test_the_sitemap_lists_every_story_and_edition_with_the_time_of_its_last_change(
    site: Path,
) -> None:
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    tree = etree.fromstring((site / "sitemap.xml").read_bytes())
    listed = tree.xpath("//s:url[s:lastmod]/s:loc/text()", namespaces=names)

    stories = [
        f"https://news.example/ai/story/{story.story.slug}-{story.story.id}/"
        for story in sample_stories()
        if story.has_page
    ]

    assert sorted(listed) == sorted([*stories, "https://news.example/ai/week/2026-W27/"])


def test_the_headers_carry_the_policy_of_the_pages_for_the_path_of_the_site(site: Path) -> None:
    headers = (site / "_headers").read_text()
    policy = etree.HTML((site / "index.html").read_text("utf-8")).xpath(
        "//meta[@http-equiv]/@content"
    )[0]

    assert headers.startswith("/ai/*\n")
    assert f"  Content-Security-Policy: {policy}; frame-ancestors 'none'\n" in headers


def test_pages_of_a_busy_week_stay_small(tmp_path: Path) -> None:
    busy = []
    for number in range(620):
        each = news_story(number)
        busy.append(replace(each, story=replace(each.story, week="2026-W27")))
    published(tmp_path, busy)
    largest = max(path.stat().st_size for path in tmp_path.rglob("*.html"))

    assert (tmp_path / "week/2026-W27/all/3/index.html").is_file()
    assert largest < 150_000


def test_nothing_of_the_settings_is_missed_when_they_change(tmp_path: Path) -> None:
    first = published(tmp_path, sample_stories(3))
    renamed = replace(SITE, title="Other name")
    content = MemoryContent(
        stories=sample_stories(3), statuses=sample_standings(), engine="extractive"
    )
    publish(site_pages(content, renamed), tmp_path, renamed, first.manifest)
    stale = [
        path.name for path in tmp_path.rglob("*.html") if SITE.title in path.read_text("utf-8")
    ]

    assert stale == []


def _printed(value: object) -> Iterator[str]:
    """The texts and quotes of all claims within a JSON value."""
    if isinstance(value, dict):
        yield from [value["quote"]] if "quote" in value else []
        yield from [value["text"]] if "verdict" in value else []
        for part in value.values():
            yield from _printed(part)
    elif isinstance(value, list):
        for part in value:
            yield from _printed(part)
