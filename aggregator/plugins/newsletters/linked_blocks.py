"""The blocks of a document with what plain paragraphs lose: headings, lists, bold beginnings,
links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

import lxml.etree

from aggregator.domain.frozen import frozen
from aggregator.domain.web.urls import canonical_url
from aggregator.english.text import normalised
from aggregator.extract.markup import ALL_BLOCKS, LINE_BREAK, UNSEEN, Tree, hides_itself

MOST_BLOCKS = 4_000  # of one document; the longest issue of the corpus has 900
_MOST_LINKS = 24  # of one block
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_LISTS = frozenset({"ul", "ol"})
_BOLD = frozenset({"b", "strong"})
_SKIPPED = (UNSEEN - {"head"}) | {"head", "footer", "aside", "pre"}
_SPACING = {"br": LINE_BREAK, "td": " ", "th": " "}
_TRACKED = _HEADINGS | _LISTS | _BOLD | {"blockquote", "li", "a"}
_OPENING = re.compile(r"^[\W_]*")


class BlockKind(Enum):
    """What a block is in the outline of a document."""

    HEADING = auto()
    ENTRY = auto()  # the first block of a list entry
    TEXT = auto()
    QUOTE = auto()


@frozen
class BlockLink:
    """A link: its canonical address, its words, and at which letter of the block it begins."""

    url: str
    words: str
    start: int


@frozen
class LinkedBlock:
    """A block of text. `depth` counts the lists around it, or is the level of a heading; `bold` are
    the bold words that it begins with.
    """

    kind: BlockKind
    text: str
    depth: int = 0
    bold: str = ""
    links: tuple[BlockLink, ...] = ()

    @property
    def is_bold(self) -> bool:
        """Whether all of it is bold, so that it serves as a heading."""
        return bool(self.bold) and len(self.bold) >= len(self.text) - 2


@dataclass(slots=True)
class _Run:
    """A stretch of text of one style."""

    text: str
    is_bold: bool
    link: Tree | None


@dataclass(slots=True)
class _Walk:
    """Where the walk through a document is."""

    base: str
    runs: list[_Run] = field(default_factory=list)
    quotes: int = 0
    lists: int = 0
    bold: int = 0
    links: list[Tree] = field(default_factory=list)
    entries: list[bool] = field(default_factory=list)  # open list entries: still without a block
    heading: int = 0

    def add(self, text: str | None) -> None:
        if text:
            link = self.links[-1] if self.links else None
            self.runs.append(_Run(text=text, is_bold=self.bold > 0, link=link))

    def closed(self) -> Iterator[LinkedBlock]:
        runs, self.runs = self.runs, []
        for part in _parts(runs):
            text = normalised("".join(run.text for run in part).replace(LINE_BREAK, " "))
            if text:
                yield LinkedBlock(
                    kind=self._kind(),
                    text=text,
                    depth=self.heading or self.lists,
                    bold=_bold_beginning(part),
                    links=_links(part, self.base),
                )

    def _kind(self) -> BlockKind:
        if self.heading:
            return BlockKind.HEADING
        if self.quotes:
            return BlockKind.QUOTE
        if self.entries and self.entries[-1]:
            self.entries[-1] = False
            return BlockKind.ENTRY
        return BlockKind.TEXT


def linked_blocks(tree: Tree, base: str) -> tuple[LinkedBlock, ...]:
    """The blocks in reading order, at most 4,000; `base` resolves relative links."""
    found: list[LinkedBlock] = []
    for block in _blocks(tree, _Walk(base=base)):
        found.append(block)
        if len(found) == MOST_BLOCKS:
            break
    return tuple(found)


def _blocks(tree: Tree, walk: _Walk) -> Iterator[LinkedBlock]:
    events = lxml.etree.iterwalk(tree, events=("start", "end"))
    skipped: Tree = None
    for event, element in events:
        tag = element.tag
        if event == "start":
            if tag in ALL_BLOCKS:
                yield from walk.closed()
            if element is not tree and (tag in _SKIPPED or hides_itself(element)):
                events.skip_subtree()
                skipped = element
                continue
            if tag in _TRACKED:
                _enter(walk, element, tag)
            elif tag in _SPACING:
                walk.add(_SPACING[tag])
            walk.add(element.text)
            continue
        if tag in ALL_BLOCKS:
            yield from walk.closed()
        if tag in _TRACKED and element is not skipped:
            _leave(walk, tag)
        if element is not tree:
            walk.add(element.tail)
    yield from walk.closed()


def _enter(walk: _Walk, element: Tree, tag: str) -> None:
    walk.lists += tag in _LISTS
    walk.quotes += tag == "blockquote"
    walk.bold += tag in _BOLD
    if tag in _HEADINGS:
        walk.heading = int(tag[1])
    if tag == "li":
        walk.entries.append(True)
    if tag == "a":
        walk.links.append(element)


def _leave(walk: _Walk, tag: str) -> None:
    walk.lists -= tag in _LISTS
    walk.quotes -= tag == "blockquote"
    walk.bold -= tag in _BOLD
    if tag in _HEADINGS:
        walk.heading = 0
    if tag == "li" and walk.entries:
        walk.entries.pop()
    if tag == "a" and walk.links:
        walk.links.pop()


def _parts(runs: list[_Run]) -> Iterator[list[_Run]]:
    """The runs of a block, parted where two line breaks part its text."""
    part: list[_Run] = []
    breaks = 0
    for run in runs:
        if run.text == LINE_BREAK:
            breaks += 1
            part.append(run)
        elif run.text.strip():
            if breaks > 1:
                yield part
                part = []
            breaks = 0
            part.append(run)
        else:
            part.append(run)
    yield part


def _bold_beginning(runs: list[_Run]) -> str:
    bold = ""
    for run in runs:
        if run.is_bold:
            bold += run.text
        elif _OPENING.sub("", run.text) and (bold or not run.is_bold):
            break
        else:
            bold += run.text if bold else ""
    return normalised(bold.replace(LINE_BREAK, " "))


def _links(runs: list[_Run], base: str) -> tuple[BlockLink, ...]:
    found: dict[int, BlockLink] = {}
    at = 0
    for run in runs:
        if run.link is not None and len(found) < _MOST_LINKS:
            url = canonical_url(run.link.get("href") or "", base)
            known = found.get(id(run.link))
            if known:
                words = normalised(f"{known.words} {run.text}")
                found[id(run.link)] = BlockLink(url=known.url, words=words, start=known.start)
            elif url and run.text.strip():
                found[id(run.link)] = BlockLink(url=str(url), words=normalised(run.text), start=at)
        at += len(run.text)
    return tuple(found.values())
