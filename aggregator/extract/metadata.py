"""What a page says of itself in its head: title, byline, date, language, canonical link. Pure; [lxml] trees go in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aggregator.domain.entry import Dated, DateOrigin
from aggregator.domain.text import normalised
from aggregator.domain.urls import fetchable_url, host, origin
from aggregator.extract.markup import Tree, plain

_MAX_LINKED_DATA = 500_000  # characters of one JSON-LD script
_ARTICLE_TYPES = ("Article", "Posting", "Report", "Review")
_SEPARATOR = re.compile(r"\s+[|\-–—·•»]\s+|\s*｜\s*")
# Addresses, handles, slugs such as `ada-example`, sentences, and accounts that stand for nobody.
_NO_NAME = re.compile(r"\d|https?:|^@|www\.|[a-z]{4}[.!?] |^[a-z]+(?:[-_][a-z]+)+$|^(?i:\w*admin|no author|unknown|author)$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_URL_DAY = re.compile(r"/(20\d\d)[/-](0?[1-9]|1[0-2]|[a-z]{3})[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def title(tree: Tree, url: str) -> str:
    """The headline: og:title, else the only h1, else <title>; without the site's name behind it."""
    headings = [text for each in tree.iter("h1") if (text := _text(each))]
    declared = _meta(tree, "og:title") or _meta(tree, "twitter:title")
    document = next((_text(each) for each in tree.iter("title")), "")
    found = declared or (headings[0] if len(headings) == 1 else "") or document or next(iter(headings), "")
    for heading in headings:
        if found.startswith(heading) and _SEPARATOR.match(found[len(heading) :]):
            return heading
    return _without_site(found, _meta(tree, "og:site_name"), url)


def _without_site(text: str, site: str, url: str) -> str:
    parts = list(_SEPARATOR.finditer(text))
    if not parts:
        return text
    last = _squashed(text[parts[-1].end() :])
    names = (_squashed(site), _squashed(host(url).rpartition(".")[0]))
    is_site = len(last) >= 3 and any(name and (last in name or name in last) for name in names)
    return text[: parts[-1].start()] if is_site else text


def _squashed(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def published(tree: Tree, url: str, fallback: str | None) -> Dated | None:
    """When the page says it was published, with its time of day where it gives one.

    JSON-LD of an article first, then meta tags, then the first <time> with a date, then `fallback` (a day that a date
    extractor found in the page), then a day in the address.
    """
    for text in (*_linked_dates(tree), *_declared_dates(tree)):
        if at := _moment(text):
            return Dated(at=at, origin=DateOrigin.PAGE)
    found, addressed = _moment(fallback or ""), _day_in_address(url)
    if found and found != addressed:
        return Dated(at=found, origin=DateOrigin.PAGE)
    return Dated(at=addressed, origin=DateOrigin.URL) if addressed else None


def language(tree: Tree) -> str | None:
    """The language that the document declares (BCP 47), as written."""
    root = tree.getroottree().getroot()
    for declared in (root.get("lang"), root.get("xml:lang"), _meta(tree, "og:locale"), _meta(tree, "content-language")):
        found = (declared or "").strip()
        if _LANGUAGE.fullmatch(found):
            return found
    return None


def canonical(tree: Tree, url: str) -> str | None:
    """The address that the page wants to be known by, if it is on the same host and not merely the front page."""
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            found = fetchable_url(link.get("href"), url)
            if found and host(found) == host(url) and found != f"{origin(found)}/":
                return found
    return None


def byline(tree: Tree, fallback: str | None) -> str:
    """The authors as one line: those of JSON-LD, of the author tag, or those an extractor found (`fallback`)."""
    found = (_linked_authors(tree), list(_metas(tree, "author")), (fallback or "").split(";"))
    for names in found:
        kept = [name for each in names if _is_name(name := plain(each).removeprefix("By ").removeprefix("by "))]
        if kept:
            return ", ".join(dict.fromkeys(kept))
    return ""


def _is_name(text: str) -> bool:
    return 0 < len(text) <= 60 and len(text.split()) <= 6 and not _NO_NAME.search(text)


def _linked_authors(tree: Tree) -> list[str]:
    for record in _articles(tree, "author"):
        people = record["author"] if isinstance(record["author"], list) else [record["author"]]
        named = [each.get("name") if isinstance(each, dict) else each for each in people]
        if names := [name for name in named if isinstance(name, str)]:
            return names
    return []


def _text(element: Tree) -> str:
    return normalised(" ".join(element.itertext()))


def _meta(tree: Tree, name: str) -> str:
    return next(_metas(tree, name), "")


def _metas(tree: Tree, name: str) -> Iterator[str]:
    for element in tree.iter("meta"):
        keys = (element.get("property"), element.get("name"), element.get("itemprop"), element.get("http-equiv"))
        if any(key and key.lower() == name for key in keys) and (element.get("content") or "").strip():
            yield plain(element.get("content"))


def _linked_dates(tree: Tree) -> list[str]:
    return [str(record["datePublished"]) for record in _articles(tree, "datePublished")]


def _articles(tree: Tree, key: str) -> list[dict[str, object]]:
    """The JSON-LD records that have a value under `key`, those of articles first."""
    records = [record for script in tree.iter("script") for record in _records(script) if record.get(key)]
    return sorted(records, key=lambda record: not any(kind in str(record.get("@type")) for kind in _ARTICLE_TYPES))


def _records(script: Tree) -> Iterator[dict[str, object]]:
    if script.get("type") != "application/ld+json" or not script.text or len(script.text) > _MAX_LINKED_DATA:
        return
    try:
        pending: list[object] = [json.loads(script.text, strict=False)]
    except (ValueError, RecursionError):
        return
    while pending:
        value = pending.pop(0)
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            yield value
            pending.extend(value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value)


def _declared_dates(tree: Tree) -> Iterator[str]:
    names = "article:published_time datepublished og:published_time parsely-pub-date sailthru.date pubdate publishdate"
    for name in names.split():
        yield _meta(tree, name)
    for name in ("dc.date.issued", "dc.date", "dcterms.created", "date"):
        yield _meta(tree, name)
    for element in tree.iter("time"):
        if "datepublished" in (element.get("itemprop") or "").lower() or element.get("pubdate") is not None:
            yield element.get("datetime") or ""


def _moment(text: str) -> datetime | None:
    """An ISO 8601 or RFC 5322 date in UTC; without an offset it is taken for UTC."""
    text = text.strip()[:40]
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
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
