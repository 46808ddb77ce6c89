"""Editions for e-readers: valid by EPUBCheck, readable by a strict parser, linked where read."""

from __future__ import annotations

import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from aggregator.digest.mail.mail_view import mail_view
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.publishing.subscriber import Segment
from aggregator.domain.settings import EmailSettings, SiteSettings
from aggregator.hooks.plugins import Plugins, activate
from aggregator.plugins.epub.book import book, catalogue
from aggregator.site.edition.page import edition_pages
from aggregator.templating.translation import PSEUDO_LOCALE
from tests.builders import sample_stories
from tests.integration.test_languages import built
from tests.requirements import EPUBCHECK
from tests.unit.site.makers import published as published_edition

SITE = SiteSettings(base_url="https://news.example", title="News & <more>")
XHTML = "{http://www.w3.org/1999/xhtml}"
TYPE = "{http://www.idpf.org/2007/ops}type"


def edition() -> StoredEdition:
    return published_edition(sample_stories())


def hostile_edition() -> StoredEdition:
    """Its first story has a headline that ends elements, and holds what XML cannot."""
    stored = edition()
    lead = stored.edition.leads[0]
    headline = "</h3><script>alert(1)</script> ]]> &amp; \x00\x0b\ud800 \N{SNOWMAN}"
    leads = (replace(lead, headline=headline), *stored.edition.leads[1:])
    return replace(stored, edition=replace(stored.edition, leads=leads))


def book_of(stored: StoredEdition, site: SiteSettings = SITE) -> bytes:
    return book(edition_pages([stored], (), site)[0], site)


def part(archive: bytes, name: str) -> Any:
    """A part of a book, read as a strict reader reads it."""
    with zipfile.ZipFile(BytesIO(archive)) as parts:
        return etree.fromstring(parts.read(name), etree.XMLParser(resolve_entities=False))


@pytest.mark.parametrize("language", ["en", PSEUDO_LOCALE])
def test_epubcheck_finds_nothing_in_an_edition(tmp_path: Path, language: str) -> None:
    checker, path = EPUBCHECK.needed(), tmp_path / "edition.epub"
    stored = edition() if language == "en" else hostile_edition()
    path.write_bytes(book_of(stored, replace(SITE, language=language)))

    done = subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-jar", checker, path],
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "0 fatals / 0 errors / 0 warnings" in done.stdout


def test_a_book_has_every_sentence_of_the_edition_each_with_a_note_that_quotes_its_source() -> None:
    stored = edition()

    text = part(book_of(stored), "edition.xhtml")

    said = " ".join("".join(text.itertext()).split())
    claims = [claim for story in stored.edition.stories() for claim in story.claims]
    assert claims
    assert [claim.shown for claim in claims if claim.shown.replace("'", "’") not in said] == []
    ids = {each.get("id") for each in text.iter(f"{XHTML}aside")}
    marks = [each for each in text.iter(f"{XHTML}a") if each.get(TYPE) == "noteref"]
    assert {each.get("href") for each in marks} == {f"#{each}" for each in ids}
    cited = [citation for claim in claims for citation in claim.citations]
    assert {citation.url for citation in cited} <= {
        each.get("href") for each in text.iter(f"{XHTML}a")
    }


def test_contents_lead_to_every_section_and_story() -> None:
    archive = book_of(edition())

    text, contents = part(archive, "edition.xhtml"), part(archive, "contents.xhtml")

    ids = {each.get("id") for each in text.iter() if each.get("id")}
    to = [each.get("href", "").partition("#")[2] for each in contents.iter(f"{XHTML}a")]
    assert set(to) - {""} <= ids
    assert {f"story-{story.id}" for story in edition().edition.stories()} <= set(to)


def test_a_headline_from_outside_stays_text() -> None:
    text = part(book_of(hostile_edition()), "edition.xhtml")

    assert list(text.iter(f"{XHTML}script")) == []
    assert any("<script>alert(1)</script> ]]> &amp;" in (each.text or "") for each in text.iter())


def test_the_same_edition_is_the_same_book() -> None:
    assert book_of(edition()) == book_of(edition())
    with zipfile.ZipFile(BytesIO(book_of(edition()))) as parts:
        first = parts.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_the_catalogue_offers_each_book_the_newest_first() -> None:
    later = edition()
    earlier = replace(later, edition=replace(later.edition, week="2025-W50"))
    pages = edition_pages([earlier, later], (), SITE)

    read = feedparser.parse(catalogue([*reversed(pages)], SITE))

    assert (read.bozo, read.feed.title) == (False, "News & <more>: Editions")
    assert [
        [link.href for link in entry.links if link.type == "application/epub+zip"]
        for entry in read.entries
    ] == [[f"{page.url}edition.epub"] for page in reversed(pages)]


def test_page_list_and_mail_link_to_the_book_and_without_the_plugin_none_does(
    tmp_path: Path,
) -> None:
    site = built(tmp_path / "with", "en")
    stored = edition()
    folder = site / "week" / stored.edition.period
    assert (folder / "edition.epub").is_file()
    assert 'href="./edition.epub"' in (folder / "index.html").read_text("utf-8")
    listed = (site / "edition" / "index.html").read_text("utf-8")
    assert f'href="../week/{stored.edition.period}/edition.epub"' in listed
    assert 'href="../edition/opds.xml"' in listed
    mail = mail_view(stored, SITE, EmailSettings(), Segment(), 99)
    assert [form.url for form in mail.forms] == [
        f"https://news.example/week/{stored.edition.period}/edition.epub"
    ]

    activate(Plugins(["epub"]))
    bare = built(tmp_path / "without", "en")

    assert [*bare.rglob("*.epub")] == []
    assert "edition.epub" not in (bare / "edition" / "index.html").read_text("utf-8")
    assert mail_view(stored, SITE, EmailSettings(), Segment(), 99).forms == ()
