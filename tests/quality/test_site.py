"""The checks of a built site in small, each with a fault that it must find; the large run is
`python -m tests.quality.site`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain.publishing.newsroom import all_roles, role_name
from aggregator.domain.settings import SiteSettings
from tests.acceptance.house import SEED
from tests.builders import sample_standings, sample_stories
from tests.quality.site import glued, machine, scripts, weight
from tests.quality.site.browsers import chromium
from tests.quality.site.pages import addresses, features, file_of, kind, lists, telling
from tests.quality.site.sample import sample_site
from tests.quality.site.wire import serving
from tests.requirements import CHROMIUM
from tests.unit.site.makers import ledger as sample_ledger

ROOT = Path(__file__).parents[2]
SITE = SiteSettings(base_url="https://news.example", contact="editor@news.example")
VECTORS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "</script></title></style></textarea></noscript><script>alert(1)</script>",
    "-->]]><iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}<b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)
needs_chromium = pytest.mark.skipif(CHROMIUM.path() is None, reason=CHROMIUM.reason)
_TABLE_ROLE = re.compile(r"<(?:table|thead|tbody|tr|th|td)\b[^>]*\brole=")
FRAME = '<!doctype html><html lang="en"><head><title>x</title></head><body>{}</body></html>\n'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_site(tmp_path_factory.mktemp("site"), SITE)


def test_one_page_of_each_kind_is_looked_at_and_no_markup_is_missed(site: Path) -> None:
    chosen = telling(site, most=1_000)
    seen = {feature for each in chosen for feature in features_at(site, each)}

    kinds = {kind(each) for each in chosen}
    assert kinds | {"edition/*"} == {kind(address) for address in addresses(site)}
    assert {"front", "story/*", "week/*", "week/*/*", "source/*", "about", "404.html"} <= kinds
    assert all(features_at(site, address) <= seen for address in addresses(site))
    assert len(chosen) < len(addresses(site))


def test_the_sample_has_the_pages_that_exist_only_with_data(site: Path) -> None:
    told = {address: file_of(site, address).read_text("utf-8") for address in addresses(site)}

    assert '<table class="bands">' in told["scorecard/"]
    assert "It has 12 parts." in told["errata/"]
    assert "This story was merged into" in told["story/merged-bbbbbbbbbbbb/"]
    assert "removed at the publisher’s request" in told["story/removed-aaaaaaaaaaaa/"]


def test_every_list_page_is_looked_at_and_stories_are_not(site: Path) -> None:
    every = lists(site)

    assert {"", "scorecard/", "errata/", "topic/policy/", "role/developers/", "source/tnw/"} <= set(
        every
    )
    single = {"story/*", "edition/*", "week/*"}
    assert not [each for each in every if kind(each) in single]
    assert len(every) == len(
        [address for address in addresses(site) if kind(address) not in single]
    )


def test_no_words_of_the_sample_are_glued(site: Path) -> None:
    unpaged = [story for story in sample_stories(20) if not story.has_page]
    names = [
        *glued.words_of([story.headline.text for story in unpaged]),
        *glued.words_of([story.story.members[0].article.url for story in unpaged]),
        *glued.words_of(SITE),
        *glued.words_of([role_name(role) for role in all_roles()]),
        *glued.words_of(sample_standings()),
        *glued.words_of(sample_ledger(sample_stories(20)).predictions),
    ]

    assert glued.glued(site, names) == {}


@pytest.mark.parametrize(
    ("html", "found"),
    [
        pytest.param("<span>Northwind</span><span>Oslo</span>", ["northwindoslo"], id="two spans"),
        pytest.param("<p>Northwind</p><p>Oslo.</p>", ["northwindoslo"], id="two paragraphs"),
        pytest.param("<p>Oslo<a>Passage</a> 1</p>", ["oslopassage"], id="a link"),
        pytest.param(
            "<p>“Oslo”, Northwind’s 1,234</p> <p>(OSLO)</p>", [], id="punctuation and letters"
        ),
        pytest.param(
            "<p>Oslo</p>\n<script>glued</script><style>glued</style>", [], id="what is no text"
        ),
    ],
)
def test_what_only_the_markup_joins_is_glued(html: str, found: list[str]) -> None:
    known = glued.words("Northwind Oslo Passage Northwind's")

    assert glued.glued_on(FRAME.format(html), known) == found


def test_what_programs_read_is_valid(site: Path) -> None:
    found = machine.machine_files(site)

    assert {"feed.xml", "editions.xml", "sitemap.xml"} <= found.keys()
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_feed_that_lies_elsewhere_than_it_says_is_found(site: Path, tmp_path: Path) -> None:
    (tmp_path / "week").mkdir()
    for name in ("feed.xml", "feed.json"):
        shutil.copyfile(site / "week" / name, tmp_path / "week" / name)
        shutil.copyfile(site / "week" / name, tmp_path / name)
    found = machine.machine_files(tmp_path)
    faulty = {
        name
        for name, faults in found.items()
        if any("names another address" in fault for fault in faults)
    }

    assert faulty == {"feed.xml", "feed.json"}


def test_no_part_of_a_table_has_a_role(site: Path) -> None:
    pages = {address: file_of(site, address).read_text("utf-8") for address in addresses(site)}
    with_roles = [each for each, html in pages.items() if _TABLE_ROLE.search(html)]

    assert "scorecard/" in pages
    assert with_roles == []


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>https://a.example/</id>\
<link rel="self" href="https://a.example/feed.xml"/><updated>2026-07-06T06:00:00Z</updated><author><name>n</name></author>\
<entry><title>t</title><id>https://a.example/1</id><link href="https://a.example/1"/><updated>2026-07-06T06:00:00Z</updated>\
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content></entry></feed>"""
ENTRY = ATOM[ATOM.index("<entry>") : ATOM.index("</feed>")]
JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "t", "home_page_url": "https://a.example/",
"items": [{"id": "1", "url": "https://a.example/1", "content_html": "x",
"date_published": "2026-07-06T06:00:00Z"}]}"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">\
<url><loc>https://a.example/</loc><lastmod>2026-07-06T06:00:00Z</lastmod><n:news><n:publication><n:name>n</n:name>\
<n:language>en</n:language></n:publication><n:publication_date>2026-07-06</n:publication_date><n:title>t</n:title></n:news></url>\
</urlset>"""


@pytest.mark.parametrize(
    ("rules", "text", "old", "new"),
    [
        pytest.param(machine.atom_faults, ATOM, "", "", id="atom as it should be"),
        pytest.param(
            machine.atom_faults,
            ATOM,
            "<updated>2026-07-06T06:00:00Z</updated><author>",
            "<author>",
            id="no updated",
        ),
        pytest.param(
            machine.atom_faults,
            ATOM,
            "06:00:00Z</updated><content",
            "06:00:00</updated><content",
            id="no offset",
        ),
        pytest.param(
            machine.atom_faults,
            ATOM,
            '<link href="https://a.example/1"/>',
            '<link href="1"/>',
            id="relative link",
        ),
        pytest.param(machine.atom_faults, ATOM, ENTRY, ENTRY * 2, id="one id twice"),
        pytest.param(
            machine.atom_faults, ATOM, "<author><name>n</name></author>", "", id="nobody's"
        ),
        pytest.param(
            machine.atom_faults, ATOM, "<p>x</p></div>", "</div><p>x</p>", id="no single div"
        ),
        pytest.param(machine.atom_faults, ATOM, "<p>x</p>", "<p>x", id="not well-formed"),
        pytest.param(machine.atom_faults, ATOM, 'rel="self"', 'rel="via"', id="no link to itself"),
        pytest.param(machine.json_feed_faults, JSON_FEED, "", "", id="json feed as it should be"),
        pytest.param(
            machine.json_feed_faults, JSON_FEED, '"id": "1"', '"id": 1', id="id is a number"
        ),
        pytest.param(
            machine.json_feed_faults, JSON_FEED, '"content_html": "x", ', "", id="no content"
        ),
        pytest.param(
            machine.json_feed_faults, JSON_FEED, "06:00:00Z", "06:00:00", id="json without offset"
        ),
        pytest.param(
            machine.json_feed_faults,
            JSON_FEED,
            '"url": "https://a.example/1"',
            '"url": "/1"',
            id="json relative",
        ),
        pytest.param(
            machine.json_feed_faults, JSON_FEED, "version/1.1", "version/9", id="no such version"
        ),
        pytest.param(
            machine.json_feed_faults,
            JSON_FEED,
            '"content_html"',
            '"content_htm": 1, "content_html"',
            id="unknown key",
        ),
        pytest.param(machine.sitemap_faults, SITEMAP, "", "", id="sitemap as it should be"),
        pytest.param(
            machine.sitemap_faults,
            SITEMAP,
            "<loc>https://a.example/",
            "<loc>/",
            id="sitemap relative",
        ),
        pytest.param(machine.sitemap_faults, SITEMAP, "06:00:00Z", "6am", id="no time"),
        pytest.param(
            machine.sitemap_faults,
            SITEMAP,
            "<n:language>en</n:language>",
            "",
            id="news without language",
        ),
        pytest.param(
            machine.sitemap_faults, SITEMAP, "sitemap/0.9", "sitemap/0.8", id="other namespace"
        ),
    ],
)
def test_every_rule_of_a_format_can_be_broken(
    rules: Callable[[bytes], Iterator[str]], text: str, old: str, new: str
) -> None:
    broken = text.replace(old, new) if old else text
    faults = list(rules(broken.encode()))

    assert (broken != text) is bool(faults), faults


def test_a_story_page_is_light(site: Path) -> None:
    weights = weight.heaviest(site)

    assert 4_000 < weights["story/*"].page < weights["story/*"].total <= weight.MOST_BYTES


@needs_chromium
def test_pages_ask_nobody_else_and_are_whole_without_scripts(site: Path, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        FRAME.format(
            "<main><img src='http://127.0.0.9:9/x.png' alt='x'><p"
            " style='display:none'>late</p></main>"
        ),
        "utf-8",
    )
    with chromium() as browser:
        asked, unseen = weight.in_a_browser(browser, tmp_path, [""])

        assert set(asked) == {"http://127.0.0.9:9/x.png"}
        assert unseen == ['front: <p style="display:none">late</p>']
        assert weight.in_a_browser(browser, site, telling(site, most=1)) == ([], [])


@needs_chromium
def test_what_runs_is_stopped_is_strange_or_is_broken_is_counted(tmp_path: Path) -> None:
    data = "<script type='application/ld+json'>{\"a\": </script>"
    (tmp_path / "index.html").write_text(
        FRAME.format(f"<script>alert(1)</script><marquee>x</marquee>{data}"), "utf-8"
    )
    (tmp_path / "_headers").write_text(
        "/*\n  Content-Security-Policy: script-src 'none'\n", "utf-8"
    )
    with serving(tmp_path) as address:
        guarded = scripts.open_all(tmp_path, address, policy=True)
        open_to_all = scripts.open_all(tmp_path, address, policy=False)

    assert (guarded.executed, guarded.refused, guarded.strange, guarded.broken) == (0, 1, 1, 1)
    assert (open_to_all.executed, open_to_all.refused, open_to_all.strange, open_to_all.broken) == (
        1,
        0,
        1,
        1,
    )


@needs_chromium
def test_no_vector_runs_from_any_place_of_any_template(tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        scripts.in_every_place(VECTORS, tmp_path, address, pages=2)
        opened = scripts.open_all(tmp_path, address, policy=False)

    assert opened.pages > 30
    assert opened.told == ()


def test_the_checks_run_on_a_captured_web_and_end_with_one_where_they_find_something(
    site: Path, tmp_path: Path
) -> None:
    good = checked("--data", str(SEED), "--only", "machine", "glued")
    shutil.copytree(site, tmp_path / "site")
    with (tmp_path / "site" / "feed.xml").open("a") as feed:
        feed.write("<more/>")
    bad = checked("--site", str(tmp_path / "site"), "--only", "machine")

    assert (good[0], good[1]["failed"], good[1]["machine"]["files"] >= 3) == (0, [], True)
    assert (bad[0], bad[1]["failed"], bad[1]["machine"]["faults"]) == (1, ["machine"], 1)


def checked(*arguments: str) -> tuple[int, dict[str, Any]]:
    """How the command ended, and its report."""
    command = [sys.executable, "-m", "tests.quality.site", "--json", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def features_at(site: Path, address: str) -> frozenset[str]:
    return features(file_of(site, address).read_text("utf-8"))
