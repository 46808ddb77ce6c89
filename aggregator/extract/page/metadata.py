"""The metadata of a page: title, byline, date, language, canonical link, image, paywall. Pure.
[lxml, htmldate]

The tree is walked once to collect the tags that may matter; each value is then chosen among the
candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

from htmldate import find_date

from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.web.urls import (
    fetchable_url,
    host,
    is_public_name,
    origin,
    registrable_domain,
)
from aggregator.english.text import normalised
from aggregator.extract.markup import Tree, plain
from aggregator.extract.page.bylines import names_in
from aggregator.extract.page.linked_data import Record, linked_records, records_with

_SEPARATOR = re.compile(r"\s+[|\-–—·•»]\s+|\s*｜\s*")
_LEAST_TITLE = 8  # letters and figures; a shorter heading may be a section's name
_SHARED_WORDS = 2
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_URL_DAY = re.compile(r"/(20\d\d)[/-](0?[1-9]|1[0-2]|[a-z]{3})[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MOVED = timedelta(
    days=2
)  # a page dated later than its address is dated by its move to another system, or by its update
_DAY_ONLY = len("2026-01-05")
_WIDEST_ZONE, _ZONE_STEP = timedelta(hours=14), timedelta(minutes=15)
_TRACKBACK_DATE = re.compile(r'<!--\s*<rdf:RDF\b.{0,2000}?dc:date="([^"]{10,40})"', re.S)
_DATE_NAMES = (
    "article:published_time datepublished og:published_time parsely-pub-date sailthru.date pubdate"
    " publishdate dc.date.issued dc.date dcterms.created date"
).split()
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
_BYLINE = re.compile(r"by-?line|author(?!i)|auteur|\bautor|contributor", re.I)
_NO_BYLINE = re.compile(
    r"comment|respon[ds]|related|sidebar|widget|recent|footer|popular|bio\b|avatar", re.I
)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|auteurs?|autor(?:en|es)?|by|staff|journalists?|profiles?|contributors?)/[^/]"
)
# characters of a page whose text is searched for a day: the largest of 600 real ones has 2.9
# million
_MOST_SEARCHED = 3_000_000
_MOST_BYLINE = 300  # characters; a longer element holds more than names
_NEAR = 3  # how far above the first name the line of all names may begin


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMetadata:
    """The metadata of a page. `published` is in the time zone that the page states, else UTC."""

    title: str
    byline: str
    published: EntryDate | None
    language: str | None
    canonical_url: str | None
    image_url: str | None
    is_walled: bool


@dataclass(slots=True)
class _PageTags:
    """The tags of a page that hold metadata: meta tags by name, headings, links, times, JSON-LD."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    canonicals: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    publication_times: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def meta(self, *names: str) -> str:
        """The first content under the first of these names that has one."""
        return next((found[0] for name in names if (found := self.metas.get(name))), "")


def page_metadata(tree: Tree, url: str, markup: str, *, in_haste: bool = False) -> PageMetadata:
    """The metadata of the page at `url`. The tree of its `markup` must still hold its scripts.

    In haste, a line of authors is looked for in the page only where its head names none: it adds
    one to 4 pages in 100, and takes half the time.
    """
    tags = _page_tags(tree)
    return PageMetadata(
        title=_title(tags, url),
        byline=", ".join(_authors(tags, tree, in_haste=in_haste)),
        published=_published(tags, tree, url, markup),
        language=_language(tags, tree),
        canonical_url=_canonical(tags, url),
        image_url=_image(tags, url),
        is_walled=_is_walled(tags),
    )


def _page_tags(tree: Tree) -> _PageTags:
    tags = _PageTags()
    for element in tree.iter("meta", "h1", "title", "link", "time", "script"):
        match element.tag:
            case "meta":
                _take_meta(tags, element)
            case "h1":
                tags.headings.append(_text(element))
            case "title":
                tags.titles.append(_text(element))
            case "link" if "canonical" in (element.get("rel") or "").lower().split():
                tags.canonicals.append(element.get("href") or "")
            case "time":
                _take_time(tags, element)
            case "script" if (element.get("type") or "").strip().lower() == "application/ld+json":
                tags.records.extend(linked_records(element.text or ""))
    return tags


def _take_meta(tags: _PageTags, element: Tree) -> None:
    content = element.get("content") or ""
    if content.strip():
        names = {
            (element.get(key) or "").strip().lower()
            for key in ("property", "name", "itemprop", "http-equiv")
        } - {""}
        for name in names:
            tags.metas.setdefault(name, []).append(plain(content))


def _take_time(tags: _PageTags, element: Tree) -> None:
    written = element.get("datetime") or ""
    tags.times.append(written)
    if (
        "datepublished" in (element.get("itemprop") or "").lower()
        or element.get("pubdate") is not None
    ):
        tags.publication_times.append(written)


def _text(element: Tree) -> str:
    return normalised(" ".join(element.itertext()))


def _title(tags: _PageTags, url: str) -> str:
    """The headline: JSON-LD's where <title> repeats it, else the card's for social networks, else
    what the page shows.

    As typeset in the heading where that says the same; without the name of the site or the section.
    """
    document, site = next(iter(tags.titles), ""), _squashed(tags.meta("og:site_name"))
    linked = [
        plain(str(record["headline"])) for record in records_with(tags.records, "headline")[:1]
    ]
    cards = (tags.meta("og:title"), tags.meta("twitter:title"))
    agreed = next(
        (
            text
            for text in linked
            if len(text) >= _LEAST_TITLE and _squashed(text) in _squashed(document)
        ),
        "",
    )
    card = next((text for text in cards if text and _squashed(text) != site), "")
    found = agreed or card or _shown_title(tags, document) or next(iter(linked), "")
    same = [
        heading
        for heading in tags.headings
        if _says_the_same(heading, found) and not _is_site(heading, tags, url)
    ]
    return max(same, key=len, default="") or _without_site(found, tags, url)


def _shown_title(tags: _PageTags, document: str) -> str:
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
    squashed = _squashed(heading)
    if squashed == _squashed(title):
        return bool(squashed)
    is_part = title.startswith(heading) and _SEPARATOR.match(title[len(heading) :])
    return len(squashed) >= _LEAST_TITLE and bool(
        is_part or squashed == _squashed(_SEPARATOR.split(title)[-1])
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _without_site(text: str, tags: _PageTags, url: str) -> str:
    parts = list(_SEPARATOR.finditer(text))
    if parts and _is_site(text[parts[-1].end() :], tags, url):
        return text[: parts[-1].start()]
    return text


def _is_site(text: str, tags: _PageTags, url: str) -> bool:
    name = _squashed(text)
    sites = (_squashed(tags.meta("og:site_name")), _squashed(host(url).rpartition(".")[0]))
    return len(name) >= 3 and any(site and (name in site or site in name) for site in sites)


def _squashed(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def _published(tags: _PageTags, tree: Tree, url: str, markup: str) -> EntryDate | None:
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
        found = _moment(_searched_day(tree, url, markup))
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


def _linked_dates(tags: _PageTags) -> Iterator[str]:
    return (str(record["datePublished"]) for record in records_with(tags.records, "datePublished"))


def _tagged_dates(tags: _PageTags) -> Iterator[str]:
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


def _language(tags: _PageTags, tree: Tree) -> str | None:
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


def _canonical(tags: _PageTags, url: str) -> str | None:
    """The address that the page wants to be known by: of the same party, or where a syndicator
    names the original.

    A front page is none, nor is anything that is not public.
    """
    found = next(
        (
            link
            for canonical in tags.canonicals
            if canonical and (link := fetchable_url(canonical, url))
        ),
        None,
    )
    if found is None or found == f"{origin(found)}/":
        return None
    own, named = registrable_domain(url), registrable_domain(found)
    return found if own == named or (own in _SYNDICATORS and is_public_name(found)) else None


def _image(tags: _PageTags, url: str) -> str | None:
    """The picture that stands for the article; not a pixel, a logo or a placeholder, and never on a
    private network.
    """
    logos = {_address(record.get("logo")) for record in tags.records} | {""}
    linked = [
        _address(picture)
        for record in records_with(tags.records, "image")
        for picture in _listed(record["image"])[:1]
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


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _is_walled(tags: _PageTags) -> bool:
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


def _authors(tags: _PageTags, tree: Tree, *, in_haste: bool) -> list[str]:
    """The names of JSON-LD, else of the author tag, else of the line that readers see; a longer
    list that holds all is better.
    """
    site = _squashed(tags.meta("og:site_name"))
    head = (_linked_authors(tags), _tagged_authors(tags))
    witnesses = head if in_haste and any(head) else (*head, _visible_authors(tree))
    lists = [
        names for names in witnesses if names and {_squashed(name) for name in names} != {site}
    ]
    best = next(iter(lists or [names for names in witnesses if names]), [])
    for names in lists:
        if len(names) > len(best) and {_squashed(name) for name in best} <= {
            _squashed(name) for name in names
        }:
            best = names
    return best


def _linked_authors(tags: _PageTags) -> list[str]:
    known = {
        record["@id"]: record
        for record in tags.records
        if isinstance(record.get("@id"), str) and record.get("name")
    }
    for record in records_with(tags.records, "author"):
        people = [
            known.get(person.get("@id"), person) if isinstance(person, dict) else person
            for person in _listed(record["author"])
        ]
        stated = [person.get("name") if isinstance(person, dict) else person for person in people]
        if names := names_in(
            name for value in stated for name in _listed(value) if isinstance(name, str)
        ):
            return names
    return []


def _tagged_authors(tags: _PageTags) -> list[str]:
    for name in (
        "author",
        "byl",
        "article:author",
        "parsely-author",
        "sailthru.author",
        "dc.creator",
        "citation_author",
    ):
        if names := names_in(tags.metas.get(name, ())):
            return names
    return []


def _visible_authors(tree: Tree) -> list[str]:
    """The names of the first byline in the document, and of those that stand beside it."""
    elements = [*tree.iter()]  # held, as lxml makes an object anew each time that one is asked for
    for candidates in (
        _marked_authors(elements),
        _classed_authors(elements),
        _linked_profiles(elements),
    ):
        first: Tree = None
        found: list[str] = []
        for element in candidates:
            if first is not None and not _are_near(first, element):
                break
            text = _text(element)
            if len(text) <= _MOST_BYLINE and (
                names := names_in([text]) or names_in(element.itertext())
            ):
                first = element if first is None else first
                found += names
        if found:
            return list(dict.fromkeys(found))
    return []


def _marked_authors(elements: Sequence[Tree]) -> Iterator[Tree]:
    yield from (element for element in elements if element.get("itemprop") == "author")
    yield from (
        element for element in elements if element.tag == "a" and element.get("rel") == "author"
    )


def _linked_profiles(elements: Sequence[Tree]) -> Iterator[Tree]:
    links = (element for element in elements if element.tag == "a")
    return (
        link
        for link in links
        if _AUTHOR_PATH.search(link.get("href") or "") and not _is_aside(link)
    )


def _classed_authors(elements: Sequence[Tree]) -> Iterator[Tree]:
    return (
        element
        for element in elements
        if (classes := element.get("class")) and _is_byline(classes) and not _is_aside(element)
    )


@lru_cache(maxsize=4096)
def _is_byline(classes: str) -> bool:
    return bool(_BYLINE.search(classes))


def _is_aside(element: Tree) -> bool:
    near = [element, *element.iterancestors()][: _NEAR + 1]
    return any(
        _NO_BYLINE.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}")
        for ancestor in near
    )


def _are_near(one: Tree, other: Tree) -> bool:
    above = [*one.iterancestors()][:_NEAR]
    return any(ancestor in above for ancestor in [*other.iterancestors()][:_NEAR])
