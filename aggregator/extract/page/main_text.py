"""The main text of a page from its blocks: what a reader reads of an article, and of that what can
be quoted. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

from aggregator.domain.frozen import frozen
from aggregator.extract.markup import Block
from aggregator.extract.page.boilerplate import repaired_parts, without_boilerplate

_HEADS = frozenset("head h1 h2 h3 h4 h5 h6".split())  # as trafilatura names them, and as HTML does
_CODE = frozenset("code pre".split())
_TOP = 3  # blocks among which the headline may stand again
_CRUMB = 90  # characters; the title of a related article, in scripts with spaces or without
_MOST_CRUMBS = 8  # more of them are a list that belongs to the article
_LEAST_BEFORE = 300  # characters before the crumbs; a shorter text may be made of such lines
_FOLD = re.compile(r"\W+")


@frozen
class MainText:
    """`lines` are the article as a reader sees it, with subheadings and code; `paragraphs` are what
    of it can be quoted.
    """

    lines: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()


def main_text(blocks: Iterable[Block], title: str) -> MainText:
    """The text of an article without boilerplate, the headline again, or the crumbs behind its end.

    Paragraphs have no subheadings, no code and no repetition.
    """
    kept = _without_crumbs(_without_title(tuple(_cleaned(tuple(blocks), title)), title))
    prose = dict.fromkeys(block.text for block in kept if block.name not in _HEADS | _CODE)
    return MainText(
        lines=tuple(block.text for block in kept),
        paragraphs=tuple(
            text for n, text in enumerate(prose) if n > 1 or text.casefold() != title.casefold()
        ),
    )


def _cleaned(blocks: tuple[Block, ...], title: str) -> Iterator[Block]:
    prose = [block.text for block in blocks if block.name not in _HEADS | _CODE]
    parts = iter(repaired_parts(prose, title))
    for block in blocks:
        if block.name in _HEADS | _CODE:
            yield block
        else:
            yield from (
                Block(text=text, name=block.name) for text in without_boilerplate(next(parts))
            )


def _without_title(blocks: tuple[Block, ...], title: str) -> tuple[Block, ...]:
    folded = _folded(title)
    kept = tuple(
        block for n, block in enumerate(blocks) if n >= _TOP or _folded(block.text) != folded
    )
    return kept or blocks


def _without_crumbs(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Cuts off what follows the last sentence: titles of related articles, tags, the headings over
    them.
    """
    crumbs = len(list(takewhile(_is_crumb, reversed(blocks))))
    if crumbs > _MOST_CRUMBS:
        crumbs = len(list(takewhile(lambda block: block.name in _HEADS, reversed(blocks))))
    kept = blocks[: len(blocks) - crumbs]
    return kept if sum(len(block.text) for block in kept) > _LEAST_BEFORE else blocks


def _is_crumb(block: Block) -> bool:
    """Whether a last block is a link to something else rather than a sentence."""
    is_link = len(block.text) <= _CRUMB and block.text[-1].isalnum() and block.name not in _CODE
    return is_link or block.name in _HEADS


def _folded(text: str) -> str:
    return _FOLD.sub("", text.casefold())
