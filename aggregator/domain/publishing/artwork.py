"""The generated picture of a story or a subject: a figure or a name, and a pattern of its section.

Everything follows from the record, so pages and cards show the same picture, and a second build
draws it the same.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.story import Entity, EntityKind
from aggregator.english.amounts import key_figure

_CELL = 50.0  # the patterns are made on squares of so many units
_LETTER = 0.7  # em: the mean width of a letter in the widest of the bold serifs
_LONGEST = 14  # letters of a name that are shown large: of a longer one the initials


@frozen
class Shape:
    """A part of a pattern: a `disc` or a `ring` around `x`, `y` of radius `width`, or a `box` at
    `x`, `y`. `tone` is how much of the section's colour it has, from 1 to 4.
    """

    kind: str
    x: float
    y: float
    width: float
    height: float = 0.0
    tone: int = 4


@frozen
class Artwork:
    """The content of a picture. `large` is a figure or a name, `small` what it counts, `name` who
    it is about; each may be empty. `seed` varies the pattern.
    """

    section: NewsSection
    seed: str
    large: str = ""
    small: str = ""
    name: str = ""

    def size(self, width: float, most: float) -> int:
        """The size of the large text in which it fits into a width, at most `most`."""
        return int(min(most, width / (_LETTER * max(len(self.large), 1))))

    def shapes(self, width: int, height: int) -> tuple[Shape, ...]:
        """The pattern on an area of that size in units, denser to the right."""
        return tuple(_PATTERNS[self.section](_Chance(self.seed), width, height))


class _Chance:
    """Numbers from 0 to 1 that follow from a seed and a place alone."""

    def __init__(self, seed: str) -> None:
        self._bytes = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest() * 2

    def at(self, column: int, row: int = 0) -> float:
        place = (column * 7 + row * 13) % 31
        return ((self._bytes[place] * 256 + self._bytes[place + 1]) * (2 * row + 1) % 997) / 996


def _cells(width: int, height: int) -> Iterator[tuple[int, int]]:
    for column in range(round(width / _CELL)):
        for row in range(round(height / _CELL)):
            yield column, row


def _rings(chance: _Chance, width: int, height: int) -> Iterator[Shape]:
    """Models: layers around a few points."""
    for place, (x, y) in enumerate(((0.72, 0.3), (0.9, 0.75), (0.45, 0.8))):
        middle_x = (x + 0.12 * (chance.at(place) - 0.5)) * width
        middle_y = (y + 0.3 * (chance.at(place, 1) - 0.5)) * height
        yield Shape(kind="disc", x=round(middle_x), y=round(middle_y), width=16, tone=4)
        for layer in range(1, 6 - place):
            radius = 16 + layer * (26 + round(14 * chance.at(place, 2)))
            yield Shape(
                kind="ring", x=round(middle_x), y=round(middle_y), width=radius, tone=4 - layer // 2
            )


def _tiles(chance: _Chance, width: int, height: int) -> Iterator[Shape]:
    """Products: boxes, more of them to the right."""
    columns = width / _CELL
    for column, row in _cells(width, height):
        if chance.at(column, row) < (column + 1) / columns * 0.8:
            yield Shape(
                kind="box",
                x=column * _CELL + 4,
                y=row * _CELL + 4,
                width=_CELL - 8,
                height=_CELL - 8,
                tone=1 + int(chance.at(column + 3, row) * 3.9),
            )


def _coins(chance: _Chance, width: int, height: int) -> Iterator[Shape]:
    """Money: coins, more of them to the right. Columns that rise would look like a chart."""
    step, large = 92, 38
    columns, rows = width // step + 1, height // (step - 12) + 2
    for row in range(rows):
        for column in range(columns):
            if chance.at(column, row) > 0.25 + 0.75 * (column + 1) / columns:
                continue
            x = round(column * step + (step / 2 if row % 2 else 0) + 10 * chance.at(row, column))
            y = round(row * (step - 12) - 20 + 10 * chance.at(column + 3, row))
            tone = 1 + round(2 * chance.at(column + 5, row))
            yield Shape(kind="disc", x=x, y=y, width=large, tone=tone)
            yield Shape(kind="ring", x=x, y=y, width=large - 11, tone=tone + 1)


def _pillars(chance: _Chance, width: int, height: int) -> Iterator[Shape]:
    """Law and policy: a row of pillars under a beam."""
    base, beam = height * 0.9, height * 0.22
    yield Shape(kind="box", x=0, y=round(beam - 34), width=width, height=12, tone=3)
    yield Shape(kind="box", x=0, y=round(base), width=width, height=16, tone=3)
    pillars = max(round(width / 110), 2)
    step = width / pillars
    for pillar in range(pillars):
        tone = 2 + round(2 * chance.at(pillar))
        for y in (beam, base - 30):
            yield Shape(
                kind="box",
                x=round(pillar * step + step * 0.12),
                y=round(y - 8),
                width=round(step * 0.74),
                height=16,
                tone=tone,
            )
        for flute in range(4):
            yield Shape(
                kind="box",
                x=round(pillar * step + step * 0.2 + flute * step * 0.16),
                y=round(beam + 14),
                width=round(step * 0.1),
                height=round(base - beam - 58),
                tone=max(tone - flute % 2, 1),
            )


def _waves(chance: _Chance, width: int, height: int) -> Iterator[Shape]:
    """Research: a field of dots, as large as two waves make them."""
    first, second = 0.25 + 0.35 * chance.at(0), 0.25 + 0.35 * chance.at(1)
    for column, row in _cells(width, height):
        swell = math.sin(column * first + row * second) + math.sin(column * second - row * first)
        share = (swell + 2) / 4
        yield Shape(
            kind="disc",
            x=column * _CELL + _CELL / 2,
            y=row * _CELL + _CELL / 2,
            width=round(3 + 18 * share * share),
            tone=1 + round(3 * share),
        )


def _steps(chance: _Chance, width: int, height: int) -> Iterator[Shape]:
    """Security: frames within frames, one of them open."""
    centre_x, centre_y = width * 0.62, height * (0.4 + 0.2 * chance.at(0))
    frames = 6
    for frame in range(frames, 0, -1):
        half = frame * height * 0.11
        thick, gap = 14, round(half * 0.5) if chance.at(frame) > 0.5 else 0
        left, top, side = round(centre_x - half), round(centre_y - half), round(2 * half)
        tone = max(4 - frame // 2, 1)
        for x, y, wide, tall in (
            (left, top, side, thick),
            (left, top + side - thick, side - gap, thick),
            (left, top + thick, thick, side - 2 * thick),
            (left + side - thick, top + thick, thick, side - 2 * thick - gap),
        ):
            yield Shape(kind="box", x=x, y=y, width=wide, height=tall, tone=tone)


def _listing(chance: _Chance, width: int, height: int) -> Iterator[Shape]:
    """Tools: lines of a program, indented."""
    rows = round(height / _CELL * 1.4)
    step, indent = height / rows, 0
    for row in range(rows):
        indent = max(0, min(4, indent + round(3 * chance.at(row)) - 1))
        x = width * 0.08 + indent * 44.0
        for word in range(2 + round(2 * chance.at(row, 1))):
            long = 40 + round(110 * chance.at(row, word + 2))
            if x + long > width * 0.98:
                break
            tone = 1 + int(3.9 * chance.at(row + word, 3))
            yield Shape(
                kind="box",
                x=round(x),
                y=round(row * step + step * 0.3),
                width=long,
                height=round(step * 0.42),
                tone=tone,
            )
            x += long + 18


def _crowd(chance: _Chance, width: int, height: int) -> Iterator[Shape]:
    """Work and society: heads and shoulders, row before row."""
    rows = max(round(height / 120), 2)
    for row in range(rows):
        large = 26 + row * 7
        step = large * 3.1
        for place in range(int(width / step) + 1):
            x = place * step + (step / 2 if row % 2 else 0) + 14 * chance.at(place, row)
            y = height * (0.2 + 0.72 * row / rows) + 26 * chance.at(place + 5, row)
            tone = min(1 + row + round(chance.at(place + 2, row)), 4)
            yield Shape(
                kind="disc",
                x=round(x),
                y=round(y + large * 1.7),
                width=large,
                tone=max(tone - 1, 1),
            )
            yield Shape(kind="disc", x=round(x), y=round(y), width=round(large * 0.55), tone=tone)


def _columns(chance: _Chance, width: int, height: int) -> Iterator[Shape]:
    """Other news: columns of lines, as of a newspaper."""
    for column in range(round(width / 150)):
        for row in range(round(height / 26)):
            is_last = chance.at(column, row) > 0.8  # of a paragraph
            yield Shape(
                kind="box",
                x=column * 150 + 10,
                y=row * 26 + 8,
                width=round(40 + 60 * chance.at(row, column)) if is_last else 126,
                height=10,
                tone=1 + round(2 * chance.at(column)),
            )


_PATTERNS: dict[NewsSection, Callable[[_Chance, int, int], Iterator[Shape]]] = {
    NewsSection.MODELS: _rings,
    NewsSection.PRODUCTS: _tiles,
    NewsSection.MONEY: _coins,
    NewsSection.LAW: _pillars,
    NewsSection.RESEARCH: _waves,
    NewsSection.SECURITY: _steps,
    NewsSection.TOOLS: _listing,
    NewsSection.WORK: _crowd,
    NewsSection.OTHER: _columns,
}


def subject_name(headline: str, entities: Iterable[Entity]) -> str:
    """The name of the entity that a headline names first; empty where it names none."""
    text = headline.casefold()
    found = [
        (place, entity.name)
        for entity in entities
        if entity.kind is not EntityKind.VENUE and (place := text.find(entity.name.casefold())) >= 0
    ]
    return min(found, key=lambda pair: (pair[0], -len(pair[1]), pair[1]), default=(0, ""))[1]


def story_artwork(
    seed: str, section: NewsSection, subject: str, headline: str, hook: str
) -> Artwork:
    """The picture of a story: the figure of its headline or else of its hook with the name of its
    subject, or that name alone. `seed` varies the pattern.
    """
    figure = key_figure(headline) or key_figure(hook)
    if figure:
        return Artwork(
            section=section, seed=seed, large=figure.number, small=figure.unit, name=subject
        )
    return subject_artwork(seed, section, subject)


def subject_artwork(seed: str, section: NewsSection, name: str) -> Artwork:
    """The picture of a name; of a long one its initials stand large."""
    if len(name) <= _LONGEST:
        return Artwork(section=section, seed=seed, large=name)
    return Artwork(section=section, seed=seed, large=initials(name), name=name)


def initials(name: str) -> str:
    """The first letters of a name's first and last word: `MS` of "Meta Superintelligence"."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in dict.fromkeys((*words[:1], *words[-1:])))
