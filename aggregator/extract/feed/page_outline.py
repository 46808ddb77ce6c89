"""A page as an outline of its elements, short enough to ask a model where its entries stand.
[beautifulsoup4]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from aggregator.english.text import normalised
from aggregator.extract.bounds import bounded
from aggregator.extract.charset import decoded

MOST_CHARACTERS = 8_000  # of an outline: some 2,500 tokens
_MOST_ALIKE = 3  # elements of one kind within an element; more show nothing new
_MOST_DEEP = 24
_MOST_TEXT = 60  # characters of a text
_MOST_CLASSES = 3
_LEFT_OUT = "script style noscript template svg iframe form nav header footer aside".split()
_SHOWN = ("href", "datetime")


def page_outline(body: bytes, *, content_type: str) -> str:
    """One line for each element, indented by its depth: `li.post`, `a href=/news/x "A title"`.

    Scripts, pictures, menus and what repeats more than thrice are left out.
    """
    page = BeautifulSoup(decoded(bounded(body), content_type), "lxml")
    for element in page(_LEFT_OUT):
        element.extract()
    root = page.find("main") or page.find("body")
    lines: list[str] = []
    length = 0
    for line in _lines(root) if isinstance(root, Tag) else ():
        length += len(line) + 1
        if length > MOST_CHARACTERS:
            break
        lines.append(line)
    return "\n".join(lines)


def _lines(root: Tag) -> Iterator[str]:
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        yield " " * depth + _line(element)
        if depth == _MOST_DEEP:
            continue
        seen = Counter[str]()
        inner = []
        for child in element.find_all(True, recursive=False):
            kind = _kind(child)
            seen[kind] += 1
            if seen[kind] <= _MOST_ALIKE:
                inner.append((child, depth + 1))
        waiting += reversed(inner)


def _line(element: Tag) -> str:
    shown = [f"{name}={str(element[name])[:_MOST_TEXT]}" for name in _SHOWN if element.get(name)]
    text = normalised(" ".join(element.find_all(string=True, recursive=False)))[:_MOST_TEXT]
    return " ".join([_kind(element), *shown, *([f'"{text}"'] if text else [])])


def _kind(element: Tag) -> str:
    """The element as a selector names it."""
    classes = element.get("class")
    named = classes[:_MOST_CLASSES] if isinstance(classes, list) else []
    mark = f"#{element['id']}" if element.get("id") else ""
    return (element.name + mark + "".join(f".{name}" for name in named))[: 2 * _MOST_TEXT]
