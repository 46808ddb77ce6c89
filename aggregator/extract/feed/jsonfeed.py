"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) to a Feed. A JSON document of any shape is
outside input.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.domain.dates import aware_utc
from aggregator.domain.entry import DateOrigin, Entry, EntryDate, Feed, Unreadable
from aggregator.domain.web.urls import fetchable_url
from aggregator.english.text import without_surrogates
from aggregator.extract.feed.entries import (
    MAX_ENTRIES,
    NONE_USABLE,
    Place,
    first_address,
    usable_entries,
)
from aggregator.extract.markup import plain


def read_json_feed(body: bytes, place: Place) -> Feed | Unreadable:
    """The feed that a JSON document holds, or why it holds none."""
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        return Unreadable(reason=f"not a feed: JSON is not well-formed: {str(error)[:120]}")
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return Unreadable(reason="not a feed: a JSON document without items")
    items = [item for item in document["items"][: MAX_ENTRIES + 1] if isinstance(item, dict)]
    language = _text(document, "language") or None
    home_url = place.home(_text(document, "home_page_url"))
    base, source_key = place.base(home_url), place.source_key
    usable = usable_entries(
        (_entry(item, base=base, source_key=source_key, language=language) for item in items),
        page=home_url or place.url,
    )
    if items and not usable.entries:
        return Unreadable(reason=NONE_USABLE.format(len(items)))
    title = plain(_text(document, "title"))
    return replace(usable, title=title, language=language, home_url=home_url)


def _entry(item: dict[str, object], *, base: str, source_key: str, language: str | None) -> Entry:
    published = _moment(_text(item, "date_published"))
    return Entry(
        source_key=source_key,
        guid=without_surrogates(str(item.get("id") or "")),
        url=_link(item, base) or "",
        title=plain(_text(item, "title")),
        authors=_authors(item),
        published=EntryDate(at=published, origin=DateOrigin.FEED) if published else None,
        updated=_moment(_text(item, "date_modified")),
        summary=_text(item, "summary"),
        content=_text(item, "content_html")
        or html.escape(_text(item, "content_text"), quote=False),
        tags=tuple(plain(tag) for tag in _list(item, "tags") if isinstance(tag, str))[:20],
        language=_text(item, "language") or language,
    )


def _link(item: dict[str, object], base: str) -> str | None:
    """The item's address; or its id if that is an address, as in 1.0 feeds; or a podcast's first
    attachment.
    """
    attached = (
        _text(attachment, "url")
        for attachment in _list(item, "attachments")
        if isinstance(attachment, dict)
    )
    return (
        first_address((_text(item, "url"), _text(item, "external_url")), base)
        or fetchable_url(_text(item, "id"))
        or first_address(attached, base)
    )


def _authors(item: dict[str, object]) -> tuple[str, ...]:
    people = [item.get("author"), *_list(item, "authors")]
    names = [plain(_text(person, "name")) for person in people if isinstance(person, dict)]
    return tuple(dict.fromkeys(name for name in names if name))[:10]


def _text(record: dict[str, object], key: str) -> str:
    value = record.get(key)
    return without_surrogates(value) if isinstance(value, str) else ""


def _list(record: dict[str, object], key: str) -> Sequence[object]:
    value = record.get(key)
    return value if isinstance(value, list) else ()


def _moment(text: str) -> datetime | None:
    """An RFC 3339 date; without an offset it is taken for UTC."""
    try:
        return aware_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None
