"""Which CSS declarations keep a text from the eyes of readers, and which rules of a page's own
style sheets do. Pure.

Only hiding is read, of simple selectors: no cascade, no linked sheets. If unsure, text is shown,
as scripts and later rules show many things that a first rule hides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from aggregator.domain.frozen import frozen

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)

_MOST_CSS = 200_000  # characters of a sheet
_MOST_SHEETS = 50
_NEAR = 8  # steps of 255 by which two colours look the same
_HIDING = re.compile(
    r"""(?:^|;)\s*(?:
        display\s*:\s*none
      | visibility\s*:\s*(?:hidden|collapse)
      | font-size\s*:\s*(?:0(?![.\d]*[1-9])|(?:0?\.\d+|1)\s*p[xt])
      | (?:left|right|top|bottom|text-indent)\s*:\s*-\d{3,}
      | (?:left|right|top|bottom|text-indent)\s*:\s*-\d{2,}r?em
      | transform\s*:[^;]*(?:scale[xy3d]*\(\s*0(?![.\d]*[1-9])|translate[xy3d]*\(\s*-?\d{4,})
      | clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)
      | clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)
    )""",
    re.I | re.X,
)
_FADED = re.compile(r"(?:^|;)\s*opacity\s*:\s*(?:0?\.0\d*|0(?![.\d]*[1-9]))", re.I)
_NO_ROOM = re.compile(
    r"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:!important\s*)?(?:;|$)", re.I
)
_CUT = re.compile(r"(?:^|;)\s*overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.I)
_SEE_THROUGH = re.compile(
    r"(?:^|;)\s*color\s*:\s*(?:transparent|rgba\([^)]*,\s*0?(?:\.0+)?\s*\))", re.I
)
_CLIPPED_TO_TEXT = re.compile(r"background-clip\s*:\s*text", re.I)
_SHOWING = re.compile(
    (
        r"(?:^|;)\s*(?:display\s*:\s*(?!none)|visibility\s*:\s*visible|"
        r"opacity\s*:\s*(?:0?\.)?[1-9]|left\s*:\s*(?:0|auto))"
    ),
    re.I,
)
_TEXT_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.I)
_BACKGROUND = re.compile(r"(?:^|;)\s*background(?:-color|-image)?\s*:\s*([^;!]+)", re.I)
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})(?:[0-9a-f]{2})?\b", re.I)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})", re.I)
_NAMED: dict[str, Colour] = {
    "white": WHITE,
    "black": (0, 0, 0),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
}
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_SIMPLE = re.compile(r"([a-z][a-z0-9]*)?((?:[.#][a-z_-][\w-]*)*)", re.I)
_NAME = re.compile(r"[.#][a-z_-][\w-]*", re.I)
_SCREENS = re.compile(r"@media\s+(?:only\s+)?(?:all|screen)\s*$", re.I)


@lru_cache(maxsize=4096)
def hides(declarations: str) -> bool:
    """Whether what carries these declarations is not seen: not shown, without size, off the screen,
    cut off, or see-through.
    """
    return bool(
        _HIDING.search(declarations)
        or is_faded(declarations)
        or (_NO_ROOM.search(declarations) and _CUT.search(declarations))
        or (_SEE_THROUGH.search(declarations) and not _CLIPPED_TO_TEXT.search(declarations))
    )


def is_faded(declarations: str) -> bool:
    """Whether it is hidden by opacity, which pages also use to let a text appear."""
    return bool(_FADED.search(declarations))


@lru_cache(maxsize=4096)
def text_colour(declarations: str) -> Colour | None:
    """The colour of the text, where it is known."""
    found = _TEXT_COLOUR.search(declarations)
    return _colour(found[1]) if found else None


@lru_cache(maxsize=4096)
def background(declarations: str) -> Colour | str | None:
    """The colour behind the text; what is written where that is a picture or a variable; None where
    nothing is said.
    """
    found = _BACKGROUND.search(declarations)
    return (_colour(found[1]) or found[1].strip()) if found else None


def look_the_same(one: Colour, other: Colour) -> bool:
    """Whether nobody reads a text of the one colour on the other."""
    return all(abs(a - b) <= _NEAR for a, b in zip(one, other, strict=True))


def _colour(written: str) -> Colour | None:
    if found := _HEX.search(written):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _RGB.search(written):
        return int(found[1]), int(found[2]), int(found[3])
    return _NAMED.get(written.strip().lower())


@frozen
class Selector:
    """An element name (empty: any) with classes and an id, as `p.note#first` asks for them."""

    tag: str
    classes: frozenset[str]
    id: str


def hiding_selectors(sheets: Iterable[str]) -> tuple[Selector, ...]:
    """What the sheets hide. A class or id that any rule shows again is left out: a script or a
    state decides there.
    """
    read = [_sheet(text[:_MOST_CSS]) for text, _ in zip(sheets, range(_MOST_SHEETS), strict=False)]
    shown = frozenset[str]().union(*(names for _, names in read))
    return tuple(selector for hidden, _ in read for names, selector in hidden if not shown & names)


@lru_cache(maxsize=64)  # the pages of a publisher carry the same sheets
def _sheet(css: str) -> tuple[tuple[tuple[frozenset[str], Selector], ...], frozenset[str]]:
    """What a sheet hides, each with the names in its selector, and the names that it shows."""
    hidden: list[tuple[frozenset[str], Selector]] = []
    shown: set[str] = set()
    for selectors, declarations in _rules(_COMMENT.sub("", css)):
        if hides(declarations):
            written = (selector.strip() for selector in selectors.split(","))
            hidden += [
                (frozenset(_NAME.findall(selector)), found)
                for selector in written
                if (found := _selector(selector))
            ]
        elif _SHOWING.search(declarations):
            shown.update(_NAME.findall(selectors))
    return tuple(hidden), frozenset(shown)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """The rules that always hold: (selectors, declarations). What hangs on a condition is skipped,
    but for `@media screen`.
    """
    skipped, start, head = 0, 0, ""
    for brace in re.finditer(r"[{}]", css):
        head_text, start = css[start : brace.start()].strip(), brace.end()
        if brace[0] == "{":
            if skipped or (head_text.startswith("@") and not _SCREENS.match(head_text)):
                skipped += 1
            head = head_text.rpartition(";")[2].strip()
        elif skipped:
            skipped -= 1
        elif head and not head.startswith("@"):
            yield head, head_text
            head = ""


def _selector(written: str) -> Selector | None:
    found = _SIMPLE.fullmatch(written)
    names = _NAME.findall(found[2]) if found else []
    ids = [name[1:] for name in names if name.startswith("#")]
    if not found or not names or len(ids) > 1:
        return None
    classes = frozenset(name[1:] for name in names if name.startswith("."))
    return Selector(tag=(found[1] or "").lower(), classes=classes, id=next(iter(ids), ""))
