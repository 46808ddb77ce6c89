"""Which of the things a feed lists are entries of ours, and under which id. Pure; shared by every
feed format.

A guid is untrusted: feeds repeat one on every entry, change it on every request, or have none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from aggregator.domain.entry import Entry, Feed, unlinked, votes_in
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.web.urls import canonical_url, fetchable_url
from aggregator.english.text import normalised, sentences
from aggregator.extract.feed.wrapped_links import unwrapped
from aggregator.extract.markup import paragraphs

MAX_ENTRIES = 2_000  # of one feed; the longest of the corpus lists 372
NONE_USABLE = "no entry of the feed has a title or a text ({:,} listed)"
MAX_TITLE = 400  # characters; the longest real title of the corpus has 260
_GLUED_DATE = re.compile(
    r"(?P<section>[A-Z][a-z]+(?: [A-Z][a-z]+){0,2})?"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}, \d{4}(?=[A-Z])"
)
_SECTION = re.compile(r"^((?:[A-Z][a-z]+ ){0,2}[A-Z][a-z]+)(?=[A-Z])")
_GLUED_SUMMARY = (
    re.compile(  # "Teaching Claude whyNew research on …": no name as GitHub, McKinsey or iPhone is
        r"(?P<title>.*?\b[a-z]{3,})(?=[A-Z][a-z]* .{30})"
    )
)
_HEADLINE = 120  # characters of an untitled entry's text that serve as its title


@frozen
class Place:
    """Where a feed was read: the address asked, its Content-Location if it has one, the source."""

    url: str
    location: str
    source_key: str

    def home(self, link: str | None) -> str:
        """The page of the site that a feed names, empty where it names none."""
        return (fetchable_url(link, self.location or self.url) if link else None) or ""

    def base(self, home: str) -> str:
        """What links in the feed are relative to."""
        return self.location or home or self.url


def first_address(links: Iterable[str | None], base: str) -> str | None:
    """The first of some links, relative to `base`, that can be fetched."""
    for link in links:
        if link and (found := fetchable_url(link, base)):
            return found
    return None


def usable_entries(candidates: Iterable[Entry], *, page: str = "") -> Feed:
    """A feed of the entries that can be known and linked, in document order, each with an id unique
    in the feed; with a warning where others are left out.

    A candidate's `guid` is empty where the feed has none, its `url` where there is no http(s) link;
    such a one leads to the source's own `page`, where that is given.
    """
    listed = [_completed(candidate) for candidate in candidates]
    placed = [entry if entry.url or not page else unlinked(entry, page) for entry in listed]
    linked = [
        (entry, entry.guid if entry.is_unlinked else canonical_url(entry.url) or entry.url)
        for entry in placed
        if entry.url and entry.title
    ]
    distinct: dict[tuple[str, str, str], tuple[Entry, str]] = {}
    for entry, address in linked:
        distinct.setdefault((entry.guid, address, entry.title), (entry, address))
    left_out = len(listed) - len(linked)
    warnings = (
        f"{left_out} without {'a title' if page else 'a link or a title'}" if left_out else "",
        f"only the first {MAX_ENTRIES} entries are read" if len(distinct) > MAX_ENTRIES else "",
    )
    return Feed(
        entries=_identified(list(distinct.values())[:MAX_ENTRIES]),
        warning="; ".join(filter(None, warnings)) or None,
        left_out=left_out,
    )


def _completed(entry: Entry) -> Entry:
    """The entry with a title of fair length, the address that it points to, and its votes."""
    title = _shortened(
        _undated(entry.title) or _headline(entry.summary or entry.content), MAX_TITLE
    )
    url, votes = unwrapped(entry), entry.votes or votes_in(entry.summary)
    if title == entry.title and url == entry.url and not votes:
        return entry
    return replace(entry, title=title, url=url, votes=votes)


def _undated(title: str) -> str:
    """The title without what scraped lists glue to it: `Aug 13, 2026ScienceHow …` is `Science: How
    …`.

    Where the section stands before the date, `ScienceAug 13, 2026How models helpA look at …`, a
    summary may stand behind.
    """
    glued = _GLUED_DATE.match(title) if ", " in title else None
    if not glued:
        return title
    rest = title[glued.end() :]
    if glued["section"]:
        cut = _GLUED_SUMMARY.match(rest)
        return cut["title"] if cut else rest
    section, seam, rest = _SECTION.sub(r"\1\0", rest, count=1).partition("\0")
    return f"{section}: {rest}" if seam else section


def _headline(markup: str) -> str:
    first = next(iter(paragraphs(markup)), "")
    return _shortened(next(iter(sentences(first)), ""), _HEADLINE)


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return normalised(text[:most].rpartition(" ")[0] or text[:most]) + "…"


def _identified(entries: list[tuple[Entry, str]]) -> tuple[Entry, ...]:
    """Each with the first id that is its own: the guid, the canonical link, a hash of what it
    says.
    """
    guids = Counter([entry.guid for entry, _ in entries])
    links = Counter([address for _, address in entries])
    found: dict[str, Entry] = {}
    for entry, address in entries:
        if entry.guid and guids[entry.guid] == 1:
            guid = entry.guid
        else:
            guid = (
                address if links[address] == 1 else stable_id(address, entry.title, entry.summary)
            )
        found.setdefault(guid, entry if guid == entry.guid else replace(entry, guid=guid))
    return tuple(found.values())
