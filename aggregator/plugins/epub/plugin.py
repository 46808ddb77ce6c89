"""The hooks of `epub`: `edition.epub` beside each edition, the links to it, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from aggregator.hooks.specifications import AddedContent, hook


@hook
def templates() -> Iterable[Path]:
    """The link to the catalogue."""
    return (Path(__file__).with_name("templates"),)


@hook
def edition_files(
    edition: Mapping[str, Any], page: Any, site: Any
) -> Iterable[tuple[str, AddedContent]]:
    """The book of an edition."""
    from aggregator.plugins.epub.book import BOOK, book

    return ((BOOK, partial(book, page, site)),)


@hook
def edition_forms(site: Any) -> Iterable[Any]:
    """The link to the book."""
    from aggregator.plugins.epub.book import BOOK
    from aggregator.site.head import Link
    from aggregator.templating.translation import translations

    return (Link(name=translations(site.language)("For e-readers (EPUB)"), url=BOOK),)


@hook
def page_parts(place: str, shown: Any) -> Iterator[Any]:
    """The link to the catalogue, on the list of editions."""
    from aggregator.domain.publishing.page import PagePart
    from aggregator.plugins.epub.book import CATALOGUE

    if place == "editions" and shown:
        yield PagePart(template="catalogue-link.html", record=CATALOGUE)


@hook
def site_files(site: Any, editions: Iterable[Any]) -> Iterator[tuple[str, AddedContent]]:
    """The catalogue, once there is an edition."""
    from aggregator.plugins.epub.book import CATALOGUE, catalogue

    if several := sorted(editions, key=lambda page: page.edition.published, reverse=True):
        yield CATALOGUE, partial(catalogue, several, site)
