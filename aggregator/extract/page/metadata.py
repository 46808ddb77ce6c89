"""The metadata of a page: title, byline, date, language, canonical link, image, paywall. Pure.
[lxml, htmldate]

The tree is walked once to collect the tags that may matter; each value is then chosen among the
candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from htmldate import find_date

from aggregator.domain.article import PageText
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.web.urls import (
    fetchable_url,
    host,
    is_public_name,
    origin,
    registrable_domain,
)
from aggregator.english.text import folded
from aggregator.extract.feed.entries import first_address
from aggregator.extract.markup import Tree, plain
from aggregator.extract.page.bylines import authors
from aggregator.extract.page.metadata_tags import (
    MetadataTags,
    as_list,
    metadata_tags,
    records_with,
)

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


_SEPARATOR = re.compile(r"\s+[|\-–—·•»]\s+|\s*｜\s*")
_LEAST_TITLE = 8  # letters and figures; a shorter heading may be a section's name
_SHARED_WORDS = 2
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_TIERS = frozenset({"metered", "locked"})
_NOT_FREE = frozenset({"false", "http://schema.org/false", "https://schema.org/false"})
_SYNDICATORS = frozenset(
    "yahoo.com msn.com aol.com newsbreak.com flipboard.com smartnews.com".split()
)
_NO_PICTURE = re.compile(
    r"(?:^|[/_.-])(?:logo|favicon|placeholder|pixel|spacer|blank|avatar|gravatar)s?(?=[/_.-]|$)",
    re.I,
)
_LEAST_PICTURE = 100  # pixels: a smaller one counts visits or is an icon


def page_metadata(tree: Tree, url: str, markup: bytes, *, in_haste: bool = False) -> PageText:
    """The page at `url` with its metadata alone. The tree of its `markup` (UTF-8) must still hold
    its scripts. The date is in the time zone that the page states, else UTC.

    In haste, a line of authors is looked for in the page only where its head names none: it adds
    one to 4 pages in 100, and takes half the time.
    """
    tags = metadata_tags(tree)
    return PageText(
        title=_title(tags, url),
        byline=", ".join(authors(tags, tree, in_haste=in_haste)),
        published=publication_date(tags, tree, url, markup),
        language=_language(tags, tree),
        canonical_url=_canonical(tags, url),
        image_url=_image(tags, url),
        is_walled=_is_walled(tags),
    )


def _title(tags: MetadataTags, url: str) -> str:
    """The headline: JSON-LD's where <title> repeats it, else the card's for social networks, else
    what the page shows.

    As typeset in the heading where that says the same; without the name of the site or the section.
    """
    document, site = next(iter(tags.titles), ""), folded(tags.meta("og:site_name"))
    linked = [
        plain(str(record["headline"])) for record in records_with(tags.records, "headline")[:1]
    ]
    cards = (tags.meta("og:title"), tags.meta("twitter:title"))
    agreed = next(
        (text for text in linked if len(text) >= _LEAST_TITLE and folded(text) in folded(document)),
        "",
    )
    card = next((text for text in cards if text and folded(text) != site), "")
    found = agreed or card or _shown_title(tags, document) or next(iter(linked), "")
    same = [
        heading
        for heading in tags.headings
        if _says_the_same(heading, found) and not _is_site(heading, tags, url)
    ]
    return max(same, key=len, default="") or _without_site(found, tags, url)


def _shown_title(tags: MetadataTags, document: str) -> str:
    """The only heading, where it has words of <title>, else <title>: a lone heading may be the name
    of the section.
    """
    headings = [heading for heading in tags.headings if heading]
    if len(headings) == 1 and (
        not document or len(_words(headings[0]) & _words(document)) >= _SHARED_WORDS
    ):
        return headings[0]
    return document or next(iter(headings), "")


def _says_the_same(heading: str, title: str) -> bool:
    """Whether a heading is the title in other type, or a part of it that separators set off from
    the rest.
    """
    if "".join(heading.split()) == "".join(title.split()):
        return heading == title  # they differ in spaces alone, which the markup of headings blurs
    squashed = folded(heading)
    if squashed == folded(title):
        return bool(squashed)
    is_part = title.startswith(heading) and _SEPARATOR.match(title[len(heading) :])
    return len(squashed) >= _LEAST_TITLE and bool(
        is_part or squashed == folded(_SEPARATOR.split(title)[-1])
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _without_site(text: str, tags: MetadataTags, url: str) -> str:
    parts = list(_SEPARATOR.finditer(text))
    if parts and _is_site(text[parts[-1].end() :], tags, url):
        return text[: parts[-1].start()]
    return text


def _is_site(text: str, tags: MetadataTags, url: str) -> bool:
    name = folded(text)
    sites = (folded(tags.meta("og:site_name")), folded(host(url).rpartition(".")[0]))
    return len(name) >= 3 and any(site and (name in site or site in name) for site in sites)


def _language(tags: MetadataTags, tree: Tree) -> str | None:
    """The language that the document declares (BCP 47), as written."""
    root = tree.getroottree().getroot()
    for declared in (
        root.get("lang"),
        root.get("xml:lang"),
        tags.meta("og:locale"),
        tags.meta("content-language"),
    ):
        found = (declared or "").strip()
        if _LANGUAGE.fullmatch(found):
            return found
    return None


def _canonical(tags: MetadataTags, url: str) -> str | None:
    """The address that the page wants to be known by: of the same party, or where a syndicator
    names the original.

    A front page is none, nor is anything that is not public.
    """
    found = first_address(tags.canonicals, url)
    if found is None or found == f"{origin(found)}/":
        return None
    own, named = registrable_domain(url), registrable_domain(found)
    return found if own == named or (own in _SYNDICATORS and is_public_name(found)) else None


def _image(tags: MetadataTags, url: str) -> str | None:
    """The picture that stands for the article; not a pixel, a logo or a placeholder, and never on a
    private network.
    """
    logos = {_address(record.get("logo")) for record in tags.records} | {""}
    linked = [
        _address(picture)
        for record in records_with(tags.records, "image")
        for picture in as_list(record["image"])[:1]
    ]
    width = tags.meta("og:image:width")
    is_icon = width.isdigit() and int(width) < _LEAST_PICTURE
    card = "" if is_icon else tags.meta("og:image:secure_url", "og:image", "og:image:url")
    for candidate in (card, tags.meta("twitter:image", "twitter:image:src"), *linked):
        found = fetchable_url(candidate, url) if candidate not in logos else None
        if (
            found
            and is_public_name(found)
            and not _NO_PICTURE.search(found.removeprefix(origin(found)).partition("?")[0])
        ):
            return found
    return None


def _address(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl")
    return value if isinstance(value, str) else ""


def _is_walled(tags: MetadataTags) -> bool:
    """Whether the publisher says that the whole text is for those who pay (schema.org, Open Graph's
    content tier).
    """
    values = (
        record["isAccessibleForFree"] for record in tags.records if "isAccessibleForFree" in record
    )
    return (
        any(str(value).strip().lower() in _NOT_FREE for value in values)
        or tags.meta("article:content_tier").lower() in _TIERS
    )
