"""The date on which a page was published. Pure. [lxml, htmldate]"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from htmldate import find_date

from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.extract.markup import Tree
from aggregator.extract.page.metadata_tags import MetadataTags, records_with

_URL_DAY = re.compile(r"/(20\d\d)[/-](0?[1-9]|1[0-2]|[a-z]{3})[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# a page dated later than its address is dated by its move to another system, or by its update
_MOVED = timedelta(days=2)
_DAY_ONLY = len("2026-01-05")
_WIDEST_ZONE, _ZONE_STEP = timedelta(hours=14), timedelta(minutes=15)
_TRACKBACK_DATE = re.compile(r'<!--\s*<rdf:RDF\b.{0,2000}?dc:date="([^"]{10,40})"', re.S)
_DATE_NAMES = (
    "article:published_time datepublished og:published_time parsely-pub-date sailthru.date pubdate"
    " publishdate dc.date.issued dc.date dcterms.created date"
).split()
# characters of a page whose text is searched for a day: the largest of 600 real ones has 2.9
# million
_MOST_SEARCHED = 3_000_000


def publication_date(tags: MetadataTags, tree: Tree, url: str, markup: bytes) -> EntryDate | None:
    """When the page says it was published, with its time of day where it gives one; the day in its
    address if that is earlier.

    JSON-LD of an article or the tags, whichever is earlier, as an update rewrites one or the other;
    else what a search of the text finds.
    """
    addressed = _day_in_address(url)
    found = min(
        filter(None, (_first_moment(_linked_dates(tags)), _first_moment(_tagged_dates(tags)))),
        default=None,
    )
    if found is None and addressed is None:
        found = _moment(_searched_day(tree, url, markup.decode("utf-8", "ignore")))
    if addressed and (found is None or found - addressed > _MOVED):
        return EntryDate(at=addressed, origin=DateOrigin.URL)
    return EntryDate(at=_in_its_zone(found, tags.times), origin=DateOrigin.PAGE) if found else None


def _in_its_zone(at: datetime, times: Iterable[str]) -> datetime:
    """The moment in the publisher's time zone, where a <time> without a zone shows the same moment:
    the minutes agree.
    """
    clocks = (
        found
        for text in times
        if not at.utcoffset() and len(text) > _DAY_ONLY and (found := _read(text))
    )
    for clock in clocks:
        ahead = clock - at.replace(tzinfo=None) if clock.tzinfo is None else None
        if ahead and abs(ahead) <= _WIDEST_ZONE and not ahead % _ZONE_STEP:
            return at.astimezone(timezone(ahead))
    return at


def _first_moment(dates: Iterable[str]) -> datetime | None:
    return next((at for text in dates if (at := _moment(text))), None)


def _linked_dates(tags: MetadataTags) -> Iterator[str]:
    return (str(record["datePublished"]) for record in records_with(tags.records, "datePublished"))


def _tagged_dates(tags: MetadataTags) -> Iterator[str]:
    yield from (tags.meta(name) for name in _DATE_NAMES)
    yield from tags.publication_times


def _searched_day(tree: Tree, url: str, markup: str) -> str:
    """The day in a trackback comment, else the one that the text shows.

    A first of January is refused: the search answers so where it saw a year alone.
    """
    if commented := _TRACKBACK_DATE.search(markup):
        return commented[1]
    if len(markup) > _MOST_SEARCHED:  # two seconds of a processor for four million
        return ""
    found = find_date(
        tree,
        url=url,
        extensive_search=True,
        original_date=True,
        min_date="1995-01-01",
        max_date="2100-01-01",
    )
    return found if found and not found.endswith("-01-01") else ""


def _moment(text: str) -> datetime | None:
    """An ISO 8601 or RFC 5322 date, aware; without an offset it is taken for UTC."""
    found = _read(text)
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _read(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip()[:40])
            found.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found
    return None


def _day_in_address(url: str) -> datetime | None:
    found = _URL_DAY.search(url.lower())
    if not found:
        return None
    year, month, day = found.groups()
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month) if month.isdigit() else 0
    try:
        return datetime(int(year), number, int(day), tzinfo=UTC)
    except ValueError:
        return None
