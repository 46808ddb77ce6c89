"""Takes out of a page what readers do not see: it is where instructions to machines are hidden.
[lxml]

What an element says of itself is believed, its opacity of small parts of a page only. Style sheets
are not read: what they hide counts as shown.
"""

from __future__ import annotations

from collections.abc import Iterable

import lxml.etree

from aggregator.extract.markup import Tree, close_details, hides_itself
from aggregator.extract.page.styles import (
    WHITE,
    background,
    is_faded,
    look_the_same,
    text_colour,
)

_MOST_FADED = 0.5  # of the letters of a page: beyond that a script lets them appear


def remove_hidden(tree: Tree) -> None:
    """Removes templates, closed details, and what is hidden by attributes, styles, or colours that
    look the same.

    `tree` is a page or a part of one.
    """
    unseen = [
        element
        for element in tree.iter(lxml.etree.Element)
        if element.tag == "template" or hides_itself(element)
    ]
    faded = [element for element in unseen if is_faded(element.get("style") or "")]
    _drop(element for element in unseen if element not in faded)
    _drop(_painted_over(tree))
    close_details(tree)
    if faded and sum(map(_letters, faded)) <= _MOST_FADED * _letters(tree):
        _drop(faded)


def _drop(elements: Iterable[Tree]) -> None:
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()


def _painted_over(tree: Tree) -> list[Tree]:
    """The elements whose text has the colour of what is behind it, as far as the markup says
    both.
    """
    coloured = [
        (element, text_colour(element.get("style"))) for element in tree.iterfind(".//*[@style]")
    ]
    coloured += [
        (element, text_colour(f"color:{element.get('color')}"))
        for element in tree.iterfind(".//font[@color]")
    ]
    return [
        element
        for element, colour in coloured
        if colour
        and not isinstance(behind := _behind(element), str)
        and look_the_same(colour, behind)
    ]


def _behind(element: Tree) -> tuple[int, int, int] | str:
    for ancestor in (element, *element.iterancestors()):
        style = ancestor.get("style") or ""
        colour = background(
            f"{style};background:{ancestor.get('bgcolor')}" if ancestor.get("bgcolor") else style
        )
        if colour is not None:
            return colour
    return WHITE


def _letters(element: Tree) -> int:
    return sum(len(text.strip()) for text in element.itertext() if text)
