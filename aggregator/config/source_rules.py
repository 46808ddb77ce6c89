"""The rules of a `[[sources]]` table as a whole: what one of its keys needs of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aggregator.config.keys import rows

_LISTING_NEEDS = {
    "html": ("items",),
    "json": ("title", "link"),
    "nextjs": ("items", "title", "link"),
}
_MOST_ROUTES = 8


def source_mistakes(source: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a `[[sources]]` table as a whole says wrongly of where and how it is read, with the key;
    one that is off need not say how.
    """
    is_on = bool(source.get("enabled", True))
    routes = rows(source, "routes")
    ways = (source, *routes)
    yield from _listing_mistakes(source, is_on=is_on)
    for place, row in enumerate(routes):
        for name, problem in _listing_mistakes(row, is_on=is_on):
            yield f"routes[{place}].{name}", problem
    if any(way.get("kind") == "mirror" for way in ways) and not source.get("public_url"):
        yield "public_url", "is missing: a mirror may only list what lies at this site"
    if len(routes) > _MOST_ROUTES:
        yield "routes", f"has more than {_MOST_ROUTES} tables"
    urls = [way.get("url") for way in ways]
    if len(set(map(str, urls))) < len(urls):
        yield "routes", "names one URL twice"


def _listing_mistakes(source: dict[str, Any], *, is_on: bool) -> Iterator[tuple[str, str]]:
    listing, is_listing = source.get("listing"), source.get("kind") in ("listing", "registry")
    if not isinstance(listing, dict):
        if source.get("kind") == "listing" and is_on and "listing" not in source:
            yield (
                "listing",
                (
                    "is missing: add a [sources.listing] table that describes the page,"
                    " or set enabled = false"
                ),
            )
        return
    if not is_listing:
        yield ("kind", 'must be "listing" or "registry" if there is a [sources.listing] table')
    needed = _LISTING_NEEDS.get(str(listing.get("format")), ())
    for name in (name for name in needed if not listing.get(name)):
        yield f"listing.{name}", f'is missing: format = "{listing["format"]}" needs it'
