"""What a page says of itself: title, byline, date, language, canonical link, image, paywall. Pure.
[lxml, htmldate]

The tree is walked once and what may matter is kept by kind; each fact is then chosen among its
witnesses.
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
class Facts:
    """What a page says of itself. `published` is in the zone that the page states, UTC where it
    states none.
    """

    title: str
    byline: str
    published: EntryDate | None
    language: str | None
    canonical_url: str | None
    image_url: str | None
    is_walled: bool


@dataclass(slots=True)
class _Witnesses:
    """What stands where in one page: the contents of meta tags by name, headings, links, times,
    JSON-LD, bylines.
    """

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


def facts(tree: Tree, url: str, markup: str, *, in_haste: bool = False) -> Facts:
    """What the page at `url` says of itself. The tree of its `markup` must still hold its scripts.

    In haste, a line of authors is looked for in the page only where its head names none: it adds
    one to 4 pages in 100, and takes half the time.
    """
    seen = _witnesses(tree)
    return Facts(
        title=_title(seen, url),
        byline=", ".join(_authors(seen, tree, in_haste=in_haste)),
        published=_published(seen, tree, url, markup),
        language=_language(seen, tree),
        canonical_url=_canonical(seen, url),
        image_url=_image(seen, url),
        is_walled=_is_walled(seen),
    )


def _witnesses(tree: Tree) -> _Witnesses:
    seen = _Witnesses()
    for element in tree.iter("meta", "h1", "title", "link", "time", "script"):
        match element.tag:
            case "meta":
                _take_meta(seen, element)
            case "h1":
                seen.headings.append(_text(element))
            case "title":
                seen.titles.append(_text(element))
            case "link" if "canonical" in (element.get("rel") or "").lower().split():
                seen.canonicals.append(element.get("href") or "")
            case "time":
                _take_time(seen, element)
            case "script" if (element.get("type") or "").strip().lower() == "application/ld+json":
                seen.records.extend(linked_records(element.text or ""))
    return seen


def _take_meta(seen: _Witnesses, element: Tree) -> None:
    content = element.get("content") or ""
    if content.strip():
        names = {
            (element.get(key) or "").strip().lower()
            for key in ("property", "name", "itemprop", "http-equiv")
        } - {""}
        for name in names:
            seen.metas.setdefault(name, []).append(plain(content))


def _take_time(seen: _Witnesses, element: Tree) -> None:
    told = element.get("datetime") or ""
    seen.times.append(told)
    if (
        "datepublished" in (element.get("itemprop") or "").lower()
        or element.get("pubdate") is not None
    ):
        seen.publication_times.append(told)


def _text(element: Tree) -> str:
    return normalised(" ".join(element.itertext()))


def _title(seen: _Witnesses, url: str) -> str:
    """The headline: JSON-LD's where <title> repeats it, else the card's for social networks, else
    what the page shows.

    As typeset in the heading where that says the same; without the name of the site or the section.
    """
    document, site = next(iter(seen.titles), ""), _squashed(seen.meta("og:site_name"))
    linked = [
        plain(str(record["headline"])) for record in records_with(seen.records, "headline")[:1]
    ]
    cards = (seen.meta("og:title"), seen.meta("twitter:title"))
    agreed = next(
        (
            text
            for text in linked
            if len(text) >= _LEAST_TITLE and _squashed(text) in _squashed(document)
        ),
        "",
    )
    card = next((text for text in cards if text and _squashed(text) != site), "")
    found = agreed or card or _shown_title(seen, document) or next(iter(linked), "")
    same = [
        heading
        for heading in seen.headings
        if _says_the_same(heading, found) and not _is_site(heading, seen, url)
    ]
    return max(same, key=len, default="") or _without_site(found, seen, url)


def _shown_title(seen: _Witnesses, document: str) -> str:
    """The only heading, where it has words of <title>, else <title>: a lone heading may be the name
    of the section.
    """
    headings = [heading for heading in seen.headings if heading]
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


def _without_site(text: str, seen: _Witnesses, url: str) -> str:
    parts = list(_SEPARATOR.finditer(text))
    if parts and _is_site(text[parts[-1].end() :], seen, url):
        return text[: parts[-1].start()]
    return text


def _is_site(text: str, seen: _Witnesses, url: str) -> bool:
    name = _squashed(text)
    sites = (_squashed(seen.meta("og:site_name")), _squashed(host(url).rpartition(".")[0]))
    return len(name) >= 3 and any(site and (name in site or site in name) for site in sites)


def _squashed(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def _published(seen: _Witnesses, tree: Tree, url: str, markup: str) -> EntryDate | None:
    """When the page says it was published, with its time of day where it gives one; the day in its
    address if that is earlier.

    JSON-LD of an article or the tags, whichever is earlier, as an update rewrites one or the other;
    else what a search of the text finds.
    """
    addressed = _day_in_address(url)
    found = min(
        filter(None, (_first_moment(_linked_dates(seen)), _first_moment(_tagged_dates(seen)))),
        default=None,
    )
    if found is None and addressed is None:
        found = _moment(_searched_day(tree, url, markup))
    if addressed and (found is None or found - addressed > _MOVED):
        return EntryDate(at=addressed, origin=DateOrigin.URL)
    return EntryDate(at=_in_its_zone(found, seen.times), origin=DateOrigin.PAGE) if found else None


def _in_its_zone(at: datetime, times: Iterable[str]) -> datetime:
    """The moment in the publisher's zone, where a <time> tells the same moment by a clock without a
    zone: minutes agree.
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


def _first_moment(told: Iterable[str]) -> datetime | None:
    return next((at for text in told if (at := _moment(text))), None)


def _linked_dates(seen: _Witnesses) -> Iterator[str]:
    return (str(record["datePublished"]) for record in records_with(seen.records, "datePublished"))


def _tagged_dates(seen: _Witnesses) -> Iterator[str]:
    yield from (seen.meta(name) for name in _DATE_NAMES)
    yield from seen.publication_times


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


def _language(seen: _Witnesses, tree: Tree) -> str | None:
    """The language that the document declares (BCP 47), as written."""
    root = tree.getroottree().getroot()
    for declared in (
        root.get("lang"),
        root.get("xml:lang"),
        seen.meta("og:locale"),
        seen.meta("content-language"),
    ):
        found = (declared or "").strip()
        if _LANGUAGE.fullmatch(found):
            return found
    return None


def _canonical(seen: _Witnesses, url: str) -> str | None:
    """The address that the page wants to be known by: of the same party, or where a syndicator
    names the original.

    A front page is none, nor is anything that is not public.
    """
    found = next(
        (
            link
            for canonical in seen.canonicals
            if canonical and (link := fetchable_url(canonical, url))
        ),
        None,
    )
    if found is None or found == f"{origin(found)}/":
        return None
    own, named = registrable_domain(url), registrable_domain(found)
    return found if own == named or (own in _SYNDICATORS and is_public_name(found)) else None


def _image(seen: _Witnesses, url: str) -> str | None:
    """The picture that stands for the article; not a pixel, a logo or a placeholder, and never on a
    private network.
    """
    logos = {_address(record.get("logo")) for record in seen.records} | {""}
    linked = [
        _address(each)
        for record in records_with(seen.records, "image")
        for each in _listed(record["image"])[:1]
    ]
    width = seen.meta("og:image:width")
    is_icon = width.isdigit() and int(width) < _LEAST_PICTURE
    card = "" if is_icon else seen.meta("og:image:secure_url", "og:image", "og:image:url")
    for told in (card, seen.meta("twitter:image", "twitter:image:src"), *linked):
        found = fetchable_url(told, url) if told not in logos else None
        if (
            found
            and is_public_name(found)
            and not _NO_PICTURE.search(found.removeprefix(origin(found)).partition("?")[0])
        ):
            return found
    return None


def _address(told: object) -> str:
    if isinstance(told, dict):
        told = told.get("url") or told.get("contentUrl")
    return told if isinstance(told, str) else ""


def _listed(told: object) -> list[object]:
    return told if isinstance(told, list) else [told]


def _is_walled(seen: _Witnesses) -> bool:
    """Whether the publisher says that the whole text is for those who pay (schema.org, Open Graph's
    content tier).
    """
    said = (
        record["isAccessibleForFree"] for record in seen.records if "isAccessibleForFree" in record
    )
    return (
        any(str(each).strip().lower() in _NOT_FREE for each in said)
        or seen.meta("article:content_tier").lower() in _TIERS
    )


def _authors(seen: _Witnesses, tree: Tree, *, in_haste: bool) -> list[str]:
    """The names of JSON-LD, else of the author tag, else of the line that readers see; a longer
    list that holds all is better.
    """
    site = _squashed(seen.meta("og:site_name"))
    head = (_linked_authors(seen), _tagged_authors(seen))
    witnesses = head if in_haste and any(head) else (*head, _seen_authors(tree))
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


def _linked_authors(seen: _Witnesses) -> list[str]:
    known = {
        record["@id"]: record
        for record in seen.records
        if isinstance(record.get("@id"), str) and record.get("name")
    }
    for record in records_with(seen.records, "author"):
        people = [
            known.get(each.get("@id"), each) if isinstance(each, dict) else each
            for each in _listed(record["author"])
        ]
        told = [person.get("name") if isinstance(person, dict) else person for person in people]
        if names := names_in(
            name for each in told for name in _listed(each) if isinstance(name, str)
        ):
            return names
    return []


def _tagged_authors(seen: _Witnesses) -> list[str]:
    for name in (
        "author",
        "byl",
        "article:author",
        "parsely-author",
        "sailthru.author",
        "dc.creator",
        "citation_author",
    ):
        if names := names_in(seen.metas.get(name, ())):
            return names
    return []


def _seen_authors(tree: Tree) -> list[str]:
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
        _NO_BYLINE.search(f"{each.get('class') or ''} {each.get('id') or ''}") for each in near
    )


def _are_near(one: Tree, other: Tree) -> bool:
    above = [*one.iterancestors()][:_NEAR]
    return any(iterancestor in above for iterancestor in [*other.iterancestors()][:_NEAR])
