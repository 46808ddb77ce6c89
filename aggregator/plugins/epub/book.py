"""An edition as a book, EPUB 3.3 (W3C), and the catalogue of editions, OPDS 1.2."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import UTC
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from aggregator.domain.settings import SiteSettings
from aggregator.site.edition.records import EditionPage
from aggregator.templating.environment import Render, renderer

BOOK = "edition.epub"
CATALOGUE = "edition/opds.xml"
_TEMPLATES = Path(__file__).with_name("templates")
_STYLE = Path(__file__).with_name("book.css")
_TYPE = "application/epub+zip"
_PARTS = {
    "META-INF/container.xml": "container.xml",
    "package.opf": "package.opf",
    "contents.xhtml": "contents.xhtml",
    "edition.xhtml": "edition.xhtml",
}  # by their place in the archive


def book(page: EditionPage, site: SiteSettings) -> bytes:
    """The archive of an edition's book; the same record gives the same bytes."""
    at = page.changed.astimezone(UTC)
    render = _render(site)
    parts = {name: render(template, page=page, site=site) for name, template in _PARTS.items()}
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as book_file:
        for name, text in {"mimetype": _TYPE, **parts, "style.css": _STYLE.read_text()}.items():
            part = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
            is_type = name == "mimetype"  # stored, and first: readers look at a fixed place
            part.compress_type = zipfile.ZIP_STORED if is_type else zipfile.ZIP_DEFLATED
            book_file.writestr(part, text)
    return archive.getvalue()


def catalogue(editions: Sequence[EditionPage], site: SiteSettings) -> str:
    """The catalogue of editions, the newest first."""
    return _render(site)("opds.xml", editions=editions, site=site, path=CATALOGUE, book=BOOK)


@lru_cache(maxsize=2)
def _render(site: SiteSettings) -> Render:
    return renderer(_TEMPLATES, site.timezone, site.language)
