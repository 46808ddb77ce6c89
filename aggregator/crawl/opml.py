"""OPML 1.0 to 2.0 (opml.org/spec2.opml) in and out: the list of feeds that readers exchange. [lxml]

Nothing is lost on the way: folders nest, what other programs wrote beside a feed is kept and
written again, and what only we know of a source stands in attributes of our own namespace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

import lxml.etree
from pydantic import TypeAdapter

from aggregator.domain.frozen import frozen
from aggregator.domain.source import Source, SourceKind
from aggregator.domain.web.address import HIDDEN, Address, masked
from aggregator.domain.web.urls import fetchable_url
from aggregator.english.text import normalised
from aggregator.errors import ArgumentError

MOST_BYTES = 10_000_000
MOST_OUTLINES = 20_000
MOST_DEPTH = 20  # folders within folders
NAMESPACE = "urn:ai-news-aggregator:source"

Tree = Any  # lxml ships no types
_OURS = f"{{{NAMESPACE}}}"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2
_WRITTEN_ELSEWHERE = {"name", "url", "folder", "opml"}
_SOURCE = TypeAdapter(Source)


@frozen
class Subscription:
    """One feed of a list. `opml` are the attributes of others, `settings` keys of `[[sources]]`
    that we wrote ourselves.
    """

    name: str
    url: str
    folder: str = ""
    opml: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@frozen
class SubscriptionList:
    """The content of an OPML file; `skipped` counts the outlines whose address is not a web address
    or is incomplete.
    """

    title: str
    subscriptions: tuple[Subscription, ...]
    skipped: int = 0


def read_opml(body: bytes, name: str) -> SubscriptionList:
    """The feeds of an OPML file. Raises ArgumentError for what is none, or what only an attacker
    would write.
    """
    root = _root(body, name)
    found: list[Subscription] = []
    skipped = 0
    for outline, folders in _outlines(root.find("body"), name):
        subscription = _subscription(outline, folders)
        if subscription:
            found.append(subscription)
        elif not len(outline):
            skipped += 1
    title = normalised(root.findtext("head/title") or "")
    return SubscriptionList(title=title, subscriptions=tuple(found), skipped=skipped)


def opml_text(sources: Iterable[Source], title: str, *, with_secrets: bool = False) -> bytes:
    """The sources as an OPML 2.0 file, with each folder at the place of its first source.

    Without `with_secrets` no address in it contains a password or a key.
    """
    root = lxml.etree.Element("opml", {"version": "2.0"}, nsmap={"aggregator": NAMESPACE})
    lxml.etree.SubElement(lxml.etree.SubElement(root, "head"), "title").text = _xml_text(title)
    folders = {"": lxml.etree.SubElement(root, "body")}
    for source in sources:
        lxml.etree.SubElement(
            _folder(source.folder, folders),
            "outline",
            _attributes(source, with_secrets=with_secrets),
        )
    lxml.etree.indent(root)
    text: bytes = lxml.etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _root(body: bytes, name: str) -> Tree:
    if len(body) > MOST_BYTES:
        raise ArgumentError(
            f"{name} is larger than {MOST_BYTES // 1_000_000} MB, too large for a list of feeds"
        )
    # lxml's defaults load no DTD, ask no network and refuse huge documents
    parser = lxml.etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True)
    try:
        root = lxml.etree.fromstring(body, parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        raise ArgumentError(
            f"{name} is not well-formed OPML: {normalised(str(error))[:160]}"
        ) from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise ArgumentError(f"{name} declares XML entities of its own and is not read")
    if root.tag.lower() != "opml" or root.find("body") is None:
        raise ArgumentError(f"{name} is not OPML: its root element is {root.tag!r}")
    return root


def _outlines(body: Tree, name: str) -> Iterator[tuple[Tree, tuple[str, ...]]]:
    """Each outline with the folders that it lies in, in the order of the file."""
    waiting: list[tuple[Tree, tuple[str, ...]]] = [
        (inner_outline, ()) for inner_outline in reversed(body)
    ]
    for _ in range(MOST_OUTLINES):
        if not waiting:
            return
        outline, folders = waiting.pop()
        yield outline, folders
        if len(outline) and len(folders) == MOST_DEPTH:
            raise ArgumentError(f"{name} nests folders more than {MOST_DEPTH} deep and is not read")
        inner = (*folders, _name(outline))
        waiting += [(inner_outline, inner) for inner_outline in reversed(outline)]
    if waiting:
        raise ArgumentError(f"{name} has more than {MOST_OUTLINES} outlines and is not read")


def _subscription(outline: Tree, folders: tuple[str, ...]) -> Subscription | None:
    attributes = dict(outline.attrib)
    is_listing = attributes.get(f"{_OURS}kind") == SourceKind.LISTING
    place = next(
        (key for key in attributes if key.lower() == ("url" if is_listing else "xmlurl")), None
    )
    given = attributes.pop(place).strip() if place else ""
    url = (
        None if HIDDEN in given else fetchable_url(Address(given))
    )  # HIDDEN: it was exported without its secrets
    if url is None:
        return None
    ours = {
        key.removeprefix(_OURS): attributes.pop(key)
        for key in list(attributes)
        if key.startswith(_OURS)
    }
    name = _name(outline) or url
    return Subscription(
        name=name,
        url=url,
        folder="/".join(folder.replace("/", "\\/") for folder in folders),
        opml={
            key: value
            for key, value in attributes.items()
            if value != _usual(name, is_listing=is_listing).get(key)
        },
        settings={key: _setting(value) for key, value in ours.items()},
    )


def _name(outline: Tree) -> str:
    return normalised(outline.get("title") or outline.get("text") or "")


def _setting(value: str) -> Any:
    """The value of a key of ours: JSON, or the text itself."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _usual(name: str, *, is_listing: bool) -> dict[str, str]:
    """The attributes that we write of ourselves, so that they need not be kept."""
    return {"text": name, "title": name, "type": "link" if is_listing else "rss"}


def _attributes(source: Source, *, with_secrets: bool) -> dict[str, str]:
    """The attributes of a source's outline: the usual ones, those of other programs, and ours."""
    is_listing = source.kind is SourceKind.LISTING
    kept = dict(source.opml)
    if source.name != normalised(kept.get("title") or kept.get("text") or source.name):
        kept = {
            key: value for key, value in kept.items() if key not in ("text", "title")
        }  # it was renamed since
    is_clear = with_secrets or not source.address.has_secrets
    address = source.address.unmasked() if is_clear else source.link or str(source.address)
    written = (
        _usual(source.name, is_listing=is_listing)
        | {"url" if is_listing else "xmlUrl": address}
        | kept
    )
    written |= {f"{_OURS}{key}": value for key, value in _ours(source)}
    return {
        key: _xml_text(value if with_secrets else masked(value)) for key, value in written.items()
    }


def _ours(source: Source) -> Iterator[tuple[str, str]]:
    """What is not at its default, a text as it is if it is not read as something else."""
    stated = _SOURCE.dump_python(
        source, mode="json", exclude=_WRITTEN_ELSEWHERE, exclude_defaults=True
    )
    for row, route in zip(stated.get("routes", ()), source.routes, strict=True):
        row["url"] = Address(route.url).unmasked()
    for name, value in stated.items():
        is_clear = isinstance(value, str) and _setting(value) == value
        yield name, value if is_clear else json.dumps(value, ensure_ascii=False)


def _folder(path: str, folders: dict[str, Tree]) -> Tree:
    """The outline of a folder, made with those around it where it is new."""
    if path not in folders:
        parent, name = _split_path(path)
        written = {"text": _xml_text(name), "title": _xml_text(name)}
        folders[path] = lxml.etree.SubElement(_folder(parent, folders), "outline", written)
    return folders[path]


def _split_path(path: str) -> tuple[str, str]:
    """The folder around, and the name of the last: a slash that belongs to a name stands behind a
    backslash.
    """
    names = re.split(r"(?<!\\)/", path)
    return "/".join(names[:-1]), names[-1].replace("\\/", "/")


def _xml_text(text: str) -> str:
    return _FORBIDDEN.sub("", text)
