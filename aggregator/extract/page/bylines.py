"""The authors of a page, and the names of people in a byline, whatever it wraps them in: `By Ada
Example and Bo Sample, Staff Writer`. Pure. [lxml]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from aggregator.english.text import folded
from aggregator.extract.markup import Tree, plain
from aggregator.extract.page.metadata_tags import (
    MetadataTags,
    as_list,
    records_with,
    text_of,
)

_OPENING = re.compile(
    r"^(?:(?:written|posted|published|reported|story|words|article|review(?:ed)?|text|autor|"
    r"auteur|authors?|von|par|por|di|af|av|door)\s*(?:by|von|par)?\s*:?\s+|by\s*:?\s+|著者[:：]\s*|"
    r"文[:：]\s*)(?:by\s+)?",
    re.I,
)
_BETWEEN = re.compile(r"\s*[,;|·•/、]\s*|\s+(?:and|und|et|y|e|&|og|och|en)\s+|\s+[-–—]\s+|\n")
# Addresses, handles, slugs such as `ada-example`, sentences, and accounts that stand for nobody.
_NO_NAME = re.compile(
    r"\d|https?:|^@|www\.|[a-z]{4}[.!?] |^[a-z]+(?:[-_][a-z]+)+$|^(?i:\w*admin|no"
    r" author|unknown|author|by|von|par|por|xxx)$"
)
_NO_PERSON = re.compile(
    r"\b(?:updated|published|posted|minutes?|hours?|ago|read|follow|share|comments?|view|archive|"
    r"articles?|profile|more|about|email|twitter|facebook|subscribe|editor|writer|reporter|"
    r"correspondent|contributor)\b",
    re.I,
)
_ADDRESS = re.compile(r"://|www\.|^/")
_MOST_LETTERS = 60
_MOST_WORDS = 6


def names_in(texts: Iterable[str]) -> list[str]:
    """The names in these texts, each once, in order."""
    found = [
        name
        for text in texts
        if not _ADDRESS.search(text)
        for part in _BETWEEN.split(_bare(text))
        if _is_name(name := _bare(part))
    ]
    return list(dict.fromkeys(found))


def _bare(text: str) -> str:
    return _OPENING.sub("", plain(text)).strip(" ,.;:|·•-–—") if text.strip(" ") else ""


def _is_name(text: str) -> bool:
    return (
        1 < len(text) <= _MOST_LETTERS
        and len(text.split()) <= _MOST_WORDS
        and not _NO_NAME.search(text)
        and not _NO_PERSON.search(text)
    )


_BYLINE = re.compile(r"by-?line|author(?!i)|auteur|\bautor|contributor", re.I)
_NO_BYLINE = re.compile(
    r"comment|respon[ds]|related|sidebar|widget|recent|footer|popular|bio\b|avatar", re.I
)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|auteurs?|autor(?:en|es)?|by|staff|journalists?|profiles?|contributors?)/[^/]"
)
_MOST_BYLINE = 300  # characters; a longer element holds more than names
_NEAR = 3  # how far above the first name the line of all names may begin


def authors(tags: MetadataTags, tree: Tree, *, in_haste: bool) -> list[str]:
    """The names of JSON-LD, else of the author tag, else of the line that readers see; a longer
    list that holds all is better.
    """
    site = folded(tags.meta("og:site_name"))
    head = (_linked_authors(tags), _tagged_authors(tags))
    witnesses = head if in_haste and any(head) else (*head, _visible_authors(tree))
    lists = [names for names in witnesses if names and {folded(name) for name in names} != {site}]
    best = next(iter(lists or [names for names in witnesses if names]), [])
    for names in lists:
        if len(names) > len(best) and {folded(name) for name in best} <= {
            folded(name) for name in names
        }:
            best = names
    return best


def _linked_authors(tags: MetadataTags) -> list[str]:
    known = {
        record["@id"]: record
        for record in tags.records
        if isinstance(record.get("@id"), str) and record.get("name")
    }
    for record in records_with(tags.records, "author"):
        people = [
            known.get(person.get("@id"), person) if isinstance(person, dict) else person
            for person in as_list(record["author"])
        ]
        stated = [person.get("name") if isinstance(person, dict) else person for person in people]
        if names := names_in(
            name for value in stated for name in as_list(value) if isinstance(name, str)
        ):
            return names
    return []


def _tagged_authors(tags: MetadataTags) -> list[str]:
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
            text = text_of(element)
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
