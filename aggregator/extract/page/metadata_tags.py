"""The tags of a page that may hold its metadata, collected in one walk. Pure. [lxml]"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aggregator.english.text import normalised
from aggregator.extract.markup import Tree, plain
from aggregator.extract.page.linked_data import Record, linked_records


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


def alphanumeric(text: str) -> str:
    """Its letters and figures in lower case."""
    return re.sub(r"\W", "", text.lower())


def as_list(value: object) -> list[object]:
    """The value of a JSON-LD property, which may be one or a list."""
    return value if isinstance(value, list) else [value]
