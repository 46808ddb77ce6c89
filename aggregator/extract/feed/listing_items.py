"""Makes a Feed from the items of a document that is no feed, and checks that it still has the shape
that its table describes. Pure.

A page that changes its shape still answers 200. What gives it away: fewer entries than there always
are, one title for all, dates that are gone, links that lead elsewhere. Each is a failure that says
what to look at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import Precision, aware_utc
from aggregator.domain.entry import DateOrigin, Entry, EntryDate, Feed, Unreadable
from aggregator.domain.frozen import frozen
from aggregator.domain.source import Listing
from aggregator.domain.web.urls import fetchable_url
from aggregator.extract.feed.entries import usable_entries
from aggregator.extract.markup import plain

REMEDY = "check the page and fix [sources.listing], or set enabled = false"
_MOST_TAGS = 20
_ONE_TITLE_FOR = 3  # entries; two posts of one title do occur
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_RFC = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d"
)  # RFC 5322 §3.3, as feeds write it
_SECONDS = re.compile(r"\d{10}(?:\d{3})?")
_SHOUTED = re.compile(r"\b[A-Z]{3,9}\b")
_SLASHED = re.compile(r"(?<!\d)(\d{4})[/.](\d\d?)[/.](\d\d?)(?!\d)")
_MILLISECONDS = (
    100_000_000_000  # a number beyond counts these: as seconds it would be the year 5138
)
_NO_YEAR = date(1900, 1, 1)  # a day without a year would be read near this one, so that it shows
_BARE = re.compile(r"(?![./?#])[^:]+")  # a slug or a number: neither an address nor a path


@frozen
class ListingItem:
    """One item of a listing, as it stands there: the link not resolved, the date not parsed.
    `points` are those by which a table leaves items out; `votes` all points and comments.
    """

    title: str
    link: str
    date: str | float | None = None
    updated: datetime | None = None
    summary: str = ""
    tags: tuple[str, ...] = ()
    points: int | None = None
    votes: int = 0


@frozen
class ListingDocument:
    """The items of a document, in its order, with its title and language."""

    found: Sequence[ListingItem]
    title: str = ""
    language: str | None = None


def feed_of_listing(
    page: ListingDocument, listing: Listing, *, url: str, source_key: str
) -> Feed | Unreadable:
    """The feed of the items at `url`, or how the document differs from what its table describes."""
    wanted = [
        listed for listed in page.found if listed.points is None or listed.points >= listing.points
    ]
    addresses = [_address(listed.link, listing.prefix, url) or "" for listed in wanted]
    within = [address.startswith(listing.prefix) for address in addresses]
    usable = usable_entries(
        _entry(item, address, source_key, page.language)
        for item, address, is_within in zip(wanted, addresses, within, strict=True)
        if is_within
    )
    outside = sum(
        bool(address) and not is_within
        for address, is_within in zip(addresses, within, strict=True)
    )
    if len(usable.entries) + len(page.found) - len(wanted) < listing.minimum:
        return Unreadable(reason=_too_few(len(usable.entries), len(page.found), outside, listing))
    if changed := _drift(usable.entries, wanted, listing):
        return Unreadable(reason=f"{changed}; {REMEDY}")
    return replace(usable, title=page.title, language=page.language, home_url=url)


def moment(stated: str | float | None) -> datetime | None:
    """The day or moment that a listing states: ISO, RFC 5322, English ("Jan 12, 2026"), or seconds
    since 1970.
    """
    if stated is None:
        return None
    try:
        return _written(stated) if isinstance(stated, str) else _counted(stated)
    except (ValueError, OverflowError, OSError):
        return None


def _counted(number: float) -> datetime:
    return datetime.fromtimestamp(number / (1000 if number > _MILLISECONDS else 1), UTC)


def _written(text: str) -> datetime | None:
    if iso := _ISO.search(text):
        return aware_utc(datetime.fromisoformat(iso[0]))
    if slashed := _SLASHED.search(text):
        return datetime(int(slashed[1]), int(slashed[2]), int(slashed[3]), tzinfo=UTC)
    if _SECONDS.fullmatch(text):
        return _counted(int(text))
    return aware_utc(parsedate_to_datetime(text)) if _RFC.match(text) else _english(text)


def _english(text: str) -> datetime | None:
    days = [
        mention.day
        for mention in date_mentions(
            _SHOUTED.sub(lambda word: word[0].capitalize(), text[:200]), _NO_YEAR
        )
        if mention.precision is Precision.DAY
    ]
    day = next((day for day in days if day.year > _NO_YEAR.year + 1), None)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None


def _address(link: str, prefix: str, url: str) -> str | None:
    link = link.strip()
    if not link:
        return None
    return (
        fetchable_url(prefix + link)
        if prefix and _BARE.fullmatch(link)
        else fetchable_url(link, url)
    )


def _entry(listed: ListingItem, address: str, source_key: str, language: str | None) -> Entry:
    published = moment(listed.date)
    tags = (plain(tag)[:100] for tag in listed.tags)
    return Entry(
        source_key=source_key,
        guid="",
        url=address,
        title=plain(listed.title),
        published=EntryDate(at=published, origin=DateOrigin.FEED) if published else None,
        updated=listed.updated,
        summary=listed.summary,
        tags=tuple(dict.fromkeys(tag for tag in tags if tag))[:_MOST_TAGS],
        language=language,
        votes=listed.votes,
    )


def _too_few(usable: int, found: int, outside: int, listing: Listing) -> str:
    where = listing.items or "the document"
    if not found:
        why = f"{where} gives nothing" if listing.items else "it lists nothing"
    elif outside == found:
        why = f"the links of all {found} are outside {listing.prefix}"
    elif usable < found:
        outside_too = f", {outside} are outside {listing.prefix}" if outside else ""
        why = (
            f"{where} gives {found}, {found - usable} of them without a title or a"
            f" link{outside_too}"
        )
    else:
        why = f"{where} gives only these"
    return f"{usable} entries where at least {listing.minimum} were expected: {why}; {REMEDY}"


def _drift(entries: Sequence[Entry], found: Sequence[ListingItem], listing: Listing) -> str | None:
    if len(entries) >= _ONE_TITLE_FOR and len({entry.title for entry in entries}) == 1:
        return f"all {len(entries)} entries have one title, {entries[0].title!r}"
    if entries and listing.date and not any(entry.published for entry in entries):
        stated = next((str(listed.date) for listed in found if listed.date), "")
        return (
            f"no date can be read, such as {stated[:60]!r}"
            if stated
            else f"no entry has a date at {listing.date}"
        )
    return None
