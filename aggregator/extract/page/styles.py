"""Which CSS declarations keep a text from the eyes of readers. Pure.

If unsure, text is shown.
"""

from __future__ import annotations

import re
from functools import lru_cache

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)

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
