"""Takes out of a page what readers do not see: it is where instructions to machines are hidden.
[lxml]

What an element says of itself is believed. What the sheets of the page say is believed of small
parts only: a rule that hides most of a page is undone by a script.
"""

from __future__ import annotations

from collections.abc import Iterable

import lxml.etree

from aggregator.extract.markup import Tree, close_details, hides_itself
from aggregator.extract.page.styles import (
    WHITE,
    Selector,
    background,
    hiding_selectors,
    is_faded,
    look_the_same,
    text_colour,
)

# of the letters of a page, by its sheets and by opacity: beyond that a script shows them
_MOST_HIDDEN = 0.5
# found by libxml2: most elements of a page are none of these
_suspects = lxml.etree.XPath(
    "descendant-or-self::*[self::template or @hidden or @aria-hidden or @style]"
)
_styled = lxml.etree.XPath("descendant::*[@style]")
_coloured = lxml.etree.XPath("descendant::font[@color]")
_classed = lxml.etree.XPath("descendant::*[@class]")
_named = lxml.etree.XPath("descendant::*[@id]")
_ROOTS = frozenset({"html", "body"})


def remove_hidden(tree: Tree) -> None:
    """Removes templates, closed details, and what is hidden by attributes, styles, sheets, or
    colours that look the same.

    `tree` is a page or a part of one.
    """
    unseen = [
        element for element in _suspects(tree) if element.tag == "template" or hides_itself(element)
    ]
    faded = [element for element in unseen if is_faded(element.get("style") or "")]
    _drop(element for element in unseen if element not in faded)
    _drop(_painted_over(tree))
    close_details(tree)
    selectors = hiding_selectors(sheet.text or "" for sheet in tree.getroottree().iter("style"))
    doubtful = [*faded, *_selected(tree, selectors)] if faded or selectors else []
    if doubtful and sum(map(_letters, doubtful)) <= _MOST_HIDDEN * _letters(tree):
        _drop(doubtful)


def _drop(elements: Iterable[Tree]) -> None:
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()


def _painted_over(tree: Tree) -> list[Tree]:
    """The elements whose text has the colour of what is behind it, as far as the markup says
    both.
    """
    coloured = [(element, text_colour(element.get("style"))) for element in _styled(tree)]
    coloured += [
        (element, text_colour(f"color:{element.get('color')}")) for element in _coloured(tree)
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


def _selected(tree: Tree, selectors: Iterable[Selector]) -> list[Tree]:
    by_class: dict[str, list[Selector]] = {}
    by_id: dict[str, list[Selector]] = {}
    for selector in selectors:
        if selector.id:
            by_id.setdefault(selector.id, []).append(selector)
        else:
            by_class.setdefault(min(selector.classes), []).append(selector)
    known: dict[str, list[Selector]] = {}  # by what a class attribute says: many say the same
    chosen: dict[Tree, None] = {}
    for element in _classed(tree) if by_class else ():
        written = element.get("class")
        if written not in known:
            known[written] = [found for name in written.split() for found in by_class.get(name, ())]
        if any(_is_chosen(element, selector) for selector in known[written]):
            chosen[element] = None
    for element in _named(tree) if by_id else ():
        if any(_is_chosen(element, selector) for selector in by_id.get(element.get("id"), ())):
            chosen[element] = None
    return [element for element in chosen if element.tag not in _ROOTS]


def _is_chosen(element: Tree, selector: Selector) -> bool:
    is_named = not selector.tag or selector.tag == element.tag
    return is_named and selector.classes.issubset((element.get("class") or "").split())


def _letters(element: Tree) -> int:
    return sum(len(text.strip()) for text in element.itertext() if text)
