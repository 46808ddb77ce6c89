"""Text for a picture: which characters a font has, and where lines break. Knows no library and no
pixel.

Widths are in ems of the font, so one measure serves every size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise

from aggregator.domain.frozen import frozen

Measure = Callable[[str], float]

_LONGEST = 400  # characters of a text that are looked at: more does not fit on a card in any size
_STEPS = 12  # halvings on the way to the narrowest setting: a thousandth of the width
# What looks the same, for fonts that lack one of them.
_LIKE = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "–",
    "\u2015": "—",
    "\u02bc": "’",
    "\u2212": "–",
}


@frozen
class TypesetLines:
    """Lines of text and the size they are set in, in pixels."""

    size: int
    lines: tuple[str, ...]


def settable(text: str, characters: Collection[str]) -> str:
    """The text in characters of the font, empty if a letter, a figure or a mark would be missing.

    Pictographs and invisible characters are left out: the text is complete without them.
    """
    shown = []
    for character in " ".join(unicodedata.normalize("NFC", text[:_LONGEST]).split()):
        category = unicodedata.category(character)
        like = character if character in characters else _LIKE.get(character, character)
        if category == "Cf" or (like not in characters and _is_ornament(character, category)):
            continue
        if like not in characters:
            return ""
        shown.append(like)
    plain = " ".join("".join(shown).split())
    return plain if any(character.isalnum() for character in plain) else ""


def _is_ornament(character: str, category: str) -> bool:
    """Pictographs, their skin tones, what picks their colour or frames them, controls."""
    return category in {"So", "Sk", "Me", "Cc"} or "\ufe00" <= character <= "\ufe0f"


def fitted(
    text: str,
    measure: Measure,
    *,
    width: float,
    height: float,
    leading: float,
    sizes: Sequence[int],
) -> TypesetLines:
    """The text in the largest of the sizes (falling) in which it fits; if too long for the
    smallest, it ends in "…".
    """
    words = text.split()
    widths = [measure(word) for word in words]
    space = measure(" ")
    for size in sizes:
        rows, limit = int(height / (leading * size)), width / size
        if rows and max(widths) <= limit and len(_greedy(widths, space, limit)) <= rows:
            return TypesetLines(size=size, lines=_balanced(words, widths, space, limit))
    return TypesetLines(size=size, lines=_cut(words, measure, limit, max(1, rows)))


def _greedy(widths: Sequence[float], space: float, limit: float) -> list[int]:
    """The start of each line, with as many words in each as fit."""
    starts, filled = [0], -space
    for place, width in enumerate(widths):
        if filled + space + width > limit and place > starts[-1]:
            starts.append(place)
            filled = -space
        filled += space + width
    return starts


def _balanced(
    words: Sequence[str], widths: Sequence[float], space: float, limit: float
) -> tuple[str, ...]:
    """As few lines as the limit needs, as even as possible: the narrowest setting of so
    many lines.
    """
    rows = len(_greedy(widths, space, limit))
    low, high = max(widths), limit
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_greedy(widths, space, middle)) == rows else (middle, high)
    starts = [*_greedy(widths, space, high), len(words)]
    return tuple(" ".join(words[first:last]) for first, last in pairwise(starts))


def _cut(words: Sequence[str], measure: Measure, limit: float, rows: int) -> tuple[str, ...]:
    """The first rows of the text; a word wider than a row is broken."""
    pieces = [piece for word in words for piece in _pieces(word, measure, limit)]
    widths = [measure(piece) for piece in pieces]
    starts = _greedy(widths, measure(" "), limit)
    if len(starts) <= rows:
        return _balanced(pieces, widths, measure(" "), limit)
    lines = [" ".join(pieces[first:last]) for first, last in pairwise(starts[: rows + 1])]
    return (*lines[:-1], shortened(lines[-1] + " " + pieces[starts[rows]], measure, limit))


def shortened(text: str, measure: Measure, limit: float) -> str:
    """The text on one line, its end replaced by "…" where it is wider than the limit."""
    if measure(text) <= limit:
        return text
    end = len(text)
    while end and measure(text[:end].rstrip(" ,;:–—-") + "…") > limit:
        end -= 1
    whole = text[:end].rpartition(" ")[0] or text[:end]
    return whole.rstrip(" ,;:–—-") + "…"


def _pieces(word: str, measure: Measure, limit: float) -> Iterator[str]:
    while measure(word) > limit and len(word) > 1:
        end = next((end for end in range(len(word) - 1, 1, -1) if measure(word[:end]) <= limit), 1)
        yield word[:end]
        word = word[end:]
    yield word
