"""The tags of a page that may hold its metadata, collected in one walk, and its JSON-LD as records
of articles, people and pictures, as far as it can be read. Pure. [lxml]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aggregator.english.text import normalised
from aggregator.extract.markup import Tree, plain

Record = dict[str, object]
_MOST = 500_000  # characters of one script
_MOST_RECORDS = 200  # of one script; the longest of 600 real pages has 120
_NESTED = (
    "@graph",
    "mainEntity",
    "mainEntityOfPage",
    "hasPart",
    "itemListElement",
    "item",
    "publisher",
)
_ARTICLE_TYPES = ("Article", "Posting", "Report", "Review")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?|"
    r";)\s*$"
)


@dataclass(slots=True)
class MetadataTags:
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


def metadata_tags(tree: Tree) -> MetadataTags:
    """The tags of a page whose tree still holds its scripts."""
    tags = MetadataTags()
    for element in tree.iter("meta", "h1", "title", "link", "time", "script"):
        match element.tag:
            case "meta":
                _take_meta(tags, element)
            case "h1":
                tags.headings.append(text_of(element))
            case "title":
                tags.titles.append(text_of(element))
            case "link" if "canonical" in (element.get("rel") or "").lower().split():
                tags.canonicals.append(element.get("href") or "")
            case "time":
                _take_time(tags, element)
            case "script" if (element.get("type") or "").strip().lower() == "application/ld+json":
                tags.records.extend(linked_records(element.text or ""))
    return tags


def _take_meta(tags: MetadataTags, element: Tree) -> None:
    content = element.get("content") or ""
    if content.strip():
        names = {
            (element.get(key) or "").strip().lower()
            for key in ("property", "name", "itemprop", "http-equiv")
        } - {""}
        for name in names:
            tags.metas.setdefault(name, []).append(plain(content))


def _take_time(tags: MetadataTags, element: Tree) -> None:
    written = element.get("datetime") or ""
    tags.times.append(written)
    if (
        "datepublished" in (element.get("itemprop") or "").lower()
        or element.get("pubdate") is not None
    ):
        tags.publication_times.append(written)


def text_of(element: Tree) -> str:
    """The text of an element with all that is in it."""
    return normalised(" ".join(element.itertext()))


def as_list(value: object) -> list[object]:
    """The value of a JSON-LD property, which may be one or a list."""
    return value if isinstance(value, list) else [value]


def linked_records(script: str) -> Iterator[Record]:
    """The records of one script, outer ones first; none where it is not JSON. Commas too many are
    forgiven.
    """
    if len(script) > _MOST:
        return
    pending: list[object] = [_loaded(script)]
    for _ in range(_MOST_RECORDS):
        if not pending:
            return
        value = pending.pop(0)
        if isinstance(value, list):
            pending[:0] = value
        elif isinstance(value, dict):
            yield value
            pending.extend(value[key] for key in _NESTED if key in value)


def records_with(records: Sequence[Record], key: str) -> list[Record]:
    """The records that have a value under `key`, those of articles first."""
    chosen = [record for record in records if record.get(key)]
    return sorted(
        chosen,
        key=lambda record: not any(kind in str(record.get("@type")) for kind in _ARTICLE_TYPES),
    )


def _loaded(script: str) -> object:
    for text in (script, _TRAILING_COMMA.sub("", _WRAPPING.sub("", script))):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None
