"""Reads a page with the template of its publisher, and learns templates from pages that trafilatura
read. [lxml] trees go in.

A block is known by its path: the elements from `body` down that start blocks, each with its id or
its first classes. A page with a block under a path that is not known, or that is text on one page
and none on another, does not fit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import lxml.etree

from aggregator.domain.page_template import Sighting, Template
from aggregator.english.text import folded
from aggregator.extract.markup import (
    ALL_BLOCKS,
    LINE_BREAK,
    UNSEEN,
    Block,
    Tree,
    is_picture,
    lines_of,
)
from aggregator.extract.page.hidden import remove_hidden
from aggregator.extract.page.main_text import MainText, main_text

_LEAST_BLOCKS = 3  # of text; nothing is learned from a page with fewer
_LEAST_PART = 25  # letters from which a block may be part of a longer one of trafilatura's
_MOST_DEPTH = 60  # steps; deeper blocks have the path of the last
_LINKED = 0.7  # share of a block's characters from which it is one of links
_NAMING_CLASSES = 2  # further ones often name the subject of a page
# with a figure in it, it often names one page, or one build of the site
_NAME = re.compile(r"[A-Za-z_-]+")
# What trafilatura takes out before it looks for the article, so that blocks compare.
_SKIPPED = UNSEEN | frozenset(
    "aside footer time label legend menu map picture dialog math rp rt ins del".split()
)


def read_with_template(tree: Tree, template: Template, title: str) -> MainText | None:
    """The main text of a page under this template; None where it does not fit."""
    body = tree.find("body")
    if body is None:
        return None
    kept: list[Block] = []
    root, root_path = _root(body, template.root)
    remove_hidden(root)
    for path, block in _placed(root, root_path, template.empty):
        if path in template.text:
            kept.append(block)
        elif path not in template.rest:
            return None
    return main_text(kept, title)


def sighting(tree: Tree, found: Sequence[Block], text: MainText, title: str) -> Sighting:
    """What a page shows of its publisher's template, given the `found` blocks and the `text` of
    trafilatura.

    The page is explained where its own paths, each as most of its blocks are, give the same text
    letter for letter.
    """
    body = tree.find("body")
    texts_found = {folded(block.text) for block in found}
    if body is None or len(texts_found) < _LEAST_BLOCKS:
        return Sighting()
    whole = "".join(folded(block.text) for block in found)
    placed = tuple(_placed(body, "", frozenset()))
    texts: Counter[str] = Counter()
    rests: Counter[str] = Counter()
    for path, block in placed:
        letters = folded(block.text)
        is_text = letters in texts_found or (len(letters) >= _LEAST_PART and letters in whole)
        (texts if is_text else rests)[path] += 1
    own = main_text([block for path, block in placed if texts[path] > rests[path]], title)
    if not same_text(own, text):
        return Sighting(odd=1)
    return Sighting(pages=1, paths={path: (texts[path], rests[path]) for path in texts | rests})


def same_text(one: MainText, other: MainText) -> bool:
    """Whether both hold the same letters and figures in the same order."""
    return folded("".join(one.lines)) == folded("".join(other.lines))


def _root(body: Tree, path: str) -> tuple[Tree, str]:
    """The deepest element on the way to this path that is alone of its kind, and its own path."""
    element, reached = body, ""
    for step in path.split("/") if path else ():
        alike = [child for child in element if _step(child) == step]
        if len(alike) != 1:
            break
        element, reached = alike[0], f"{reached}/{step}" if reached else step
    return element, reached


@dataclass(slots=True)
class _Buffer:
    """The text of a block that is being read, and how much of it is links."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0
    links: int = 0

    def take(self, text: str | None) -> None:
        if text and not (text.isspace() and not self.parts):
            self.parts.append(text)
            self.linked += len(text) if self.links else 0

    def closed(self, path: str, element: Tree) -> Iterator[tuple[str, Block]]:
        """The block, unless it is empty; one of links has a path of its own, as they are hardly
        ever part of a text.
        """
        if self.parts:
            text = "".join(self.parts)
            placed = f"{path}@" if self.linked > _LINKED * len(text) else path
            self.parts.clear()
            self.linked = 0
            yield from ((placed, Block(text=line, name=element.tag)) for line in lines_of(text))


def _placed(root: Tree, root_path: str, empty: frozenset[str]) -> Iterator[tuple[str, Block]]:
    """The blocks under an element in reading order, each with its path, but for those under `empty`
    paths.
    """
    open_, paths, buffer = [root], [root_path], _Buffer()
    buffer.take(root.text)
    walk = lxml.etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if element is root:
            continue
        if event == "end":
            if open_[-1] is element:
                yield from buffer.closed(paths.pop(), open_.pop())
            buffer.links -= tag == "a"
            buffer.take(element.tail)
            continue
        buffer.links += tag == "a"
        if tag in _SKIPPED or is_picture(element):
            walk.skip_subtree()
            continue
        if tag in ALL_BLOCKS:
            yield from buffer.closed(paths[-1], open_[-1])
            path = _below(paths[-1], element, len(paths))
            if path in empty:
                walk.skip_subtree()
                continue
            open_.append(element)
            paths.append(path)
        elif tag == "br":
            buffer.take(LINE_BREAK)
        elif tag in ("td", "th") and buffer.parts:
            buffer.take(" | ")
        buffer.take(element.text)
    yield from buffer.closed(root_path, root)


def _below(path: str, element: Tree, depth: int) -> str:
    step = _step(element)
    return path if depth > _MOST_DEPTH else f"{path}/{step}" if path else step


def _step(element: Tree) -> str:
    return _worded(element.tag, element.get("id") or "", element.get("class") or "")


@lru_cache(maxsize=4096)
def _worded(tag: str, identifier: str, classes: str) -> str:
    if _NAME.fullmatch(identifier):
        return f"{tag}#{identifier}"
    names = [name for name in classes.split() if _NAME.fullmatch(name)]
    return ".".join((tag, *names[:_NAMING_CLASSES]))
