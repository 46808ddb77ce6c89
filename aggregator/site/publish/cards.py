"""Draws the card of a story or an edition as a PNG: paper, ink and one accent, like the pages.

Ink and accent are two grey layers of twice the size; scaled down they become the shades of a
palette of sixteen colours, so a card is a few kilobytes of four bits a pixel. Letters are placed
one by one by our own measure, and text is never handed to a shaping library: the same record gives
the same bytes on every machine that has the same version of Pillow.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from aggregator.domain.publishing.card import CARD_HEIGHT, CARD_WIDTH, Card
from aggregator.resources import FONTS
from aggregator.site.publish.typeset import TypesetLines, fitted, settable, shortened

PAPER, INK, ACCENT = (0xFA, 0xF8, 0xF3), (0x1D, 0x1B, 0x18), (0x0B, 0x5A, 0x61)  # as in style.css
_BLACK, _GREY, _PALE, _LINE = (
    255,
    205,
    168,
    40,
)  # --ink, --ink-2, --ink-3 and --line as shares of ink on paper
_INK_SHADES, _ACCENT_SHADES = 11, 4  # with paper sixteen: what four bits can tell apart
_SCALE = 2  # drawn twice as large: half a pixel is how exactly a letter is placed
_EM = 1000  # units of both fonts
_COMPRESSION = 6  # 9 saves a twentieth of the bytes and costs ten times as long

_MARGIN = 72
_WIDTH = CARD_WIDTH - 2 * _MARGIN
_LEADING = 1.12
_STORY_SIZES = (128, 112, 96, 88, 80, 72, 66, 60, 54, 48, 44)
_EDITION_SIZES = (76, 68, 60, 54)
_LEAD_SIZES = (56, 50, 44, 38, 33)
_DOTS = 12  # dots that are drawn at most: more are a number
_LEADS = 3
_LEADS_TOP, _LEADS_BOTTOM = 292, 512
_BAR_STEP, _BAR_WIDTH, _BAR_HEIGHT = 24, 18, 44


def card_png(card: Card) -> bytes:
    """The card as the bytes of a PNG file."""
    page = _Paper()
    _masthead(page, card)
    if card.leads or card.bars:
        _edition(page, card)
    else:
        _story(page, card)
    return page.png()


class _Paper:
    """Two layers, ink and accent, and the ways to put something on them; coordinates are pixels of
    the card.
    """

    def __init__(self) -> None:
        size = (CARD_WIDTH * _SCALE, CARD_HEIGHT * _SCALE)
        self._layers = {"ink": Image.new("L", size), "accent": Image.new("L", size)}
        self._pens = {name: ImageDraw.Draw(layer) for name, layer in self._layers.items()}

    def text(
        self,
        x: float,
        base: float,
        text: str,
        face: str,
        size: int,
        *,
        shade: int = _BLACK,
        layer: str = "ink",
    ) -> None:
        """Sets a text on its base line, letter by letter."""
        pen, font = self._pens[layer], _font(face, size * _SCALE)
        for place, letter in zip(_places(text, face), text, strict=True):
            if letter != " ":
                at = (round((x + place * size) * _SCALE), round(base * _SCALE))
                pen.text(at, letter, fill=shade, font=font, anchor="ls")

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        shade: int = _BLACK,
        layer: str = "ink",
    ) -> None:
        """A filled rectangle."""
        corners = (
            round(x * _SCALE),
            round(y * _SCALE),
            round((x + width) * _SCALE) - 1,
            round((y + height) * _SCALE) - 1,
        )
        self._pens[layer].rectangle(corners, fill=shade)

    def dot(self, x: float, y: float, radius: float, *, hollow: bool) -> None:
        """A disc of accent round a point; a hollow one is a ring of ink."""
        corners = tuple(
            round(edge * _SCALE) for edge in (x - radius, y - radius, x + radius, y + radius)
        )
        if hollow:
            self._pens["ink"].ellipse(corners, outline=_PALE, width=2 * _SCALE)
        else:
            self._pens["accent"].ellipse(corners, fill=255)

    def png(self) -> bytes:
        """Both layers as one picture of sixteen colours."""
        ink, accent = (layer.reduce(_SCALE) for layer in self._layers.values())
        picture = ink.point([round(value * _INK_SHADES / 255) for value in range(256)])
        shades = [round(value * _ACCENT_SHADES / 255) for value in range(256)]
        coloured = accent.point([shade and _INK_SHADES + shade for shade in shades])
        picture.paste(coloured, mask=coloured.point([0] + [255] * 255))
        picture.putpalette(_palette())
        file = io.BytesIO()
        picture.save(file, "PNG", bits=4, compress_level=_COMPRESSION)
        return file.getvalue()


def _palette() -> list[int]:
    inks = [_blend(INK, step / _INK_SHADES) for step in range(_INK_SHADES + 1)]
    accents = [_blend(ACCENT, step / _ACCENT_SHADES) for step in range(1, _ACCENT_SHADES + 1)]
    return [part for colour in (*inks, *accents) for part in colour]


def _blend(colour: Sequence[int], share: float) -> tuple[int, ...]:
    return tuple(
        round(paper + (part - paper) * share) for paper, part in zip(PAPER, colour, strict=True)
    )


def _masthead(page: _Paper, card: Card) -> None:
    """The site's name, the date at the right, and the double rule of the site's pages."""
    page.box(0, 0, CARD_WIDTH, 12)
    date = settable(card.date, _characters("sans"))
    room = _WIDTH - _width(date, "sans") * 26 - 40
    page.text(_MARGIN + _WIDTH - _width(date, "sans") * 26, 84, date, "sans", 26, shade=_PALE)
    name = settable(card.site, _characters("serif"))
    page.text(_MARGIN, 84, shortened(name, _serif_width, room / 36), "serif", 36)
    page.box(_MARGIN, 108, _WIDTH, 1, shade=_LINE * 2)
    page.box(_MARGIN, 112, _WIDTH, 1, shade=_LINE * 2)


def _story(page: _Paper, card: Card) -> None:
    """A kicker, the headline as large as it fits, and the reports: a dot for each origin, a ring
    for each copy.
    """
    base = 168
    if kicker := settable(card.kicker, _characters("sans")):
        page.text(_MARGIN, base, kicker, "sans", 27, layer="accent", shade=255)
    _headline(page, card, top=188 if kicker else 148, bottom=520, sizes=_STORY_SIZES)
    page.box(_MARGIN, 548, _WIDTH, 1, shade=_LINE * 2)
    x = float(_MARGIN)
    dots = [False] * card.origins + [True] * card.copies
    for hollow in dots if len(dots) <= _DOTS else ():
        page.dot(x + 9, 580, 9, hollow=hollow)
        x += 26
    facts = settable(card.facts, _characters("sans"))
    page.text(x + (10 if x > _MARGIN else 0), 589, facts, "sans", 27, shade=_GREY)


def _edition(page: _Paper, card: Card) -> None:
    """The number, the week, the lead headlines (or their substitute) between hairlines, and the
    stories a day as bars.
    """
    page.text(
        _MARGIN,
        168,
        settable(card.kicker, _characters("sans")),
        "sans",
        27,
        layer="accent",
        shade=255,
    )
    _headline(page, card, top=178, bottom=264, sizes=_EDITION_SIZES)
    leads = [lead for headline in card.leads if (lead := settable(headline, _characters("serif")))][
        :_LEADS
    ]
    instead = [text for text in [settable(card.instead, _characters("serif"))] if text]
    _leads(page, leads or instead, shade=_BLACK if leads else _GREY)
    page.box(_MARGIN, _LEADS_BOTTOM, _WIDTH, 1, shade=_LINE * 2)
    page.text(_MARGIN, 576, settable(card.facts, _characters("sans")), "sans", 27, shade=_GREY)
    _bars(page, card.bars)


def _leads(page: _Paper, leads: Sequence[str], *, shade: int) -> None:
    """The headlines in equal rows and one size, the largest in which every one goes into its
    row.
    """
    if not leads:
        return
    row = (_LEADS_BOTTOM - _LEADS_TOP) / len(leads)
    size = min(_in_row(lead, row, _LEAD_SIZES).size for lead in leads)
    for place, lead in enumerate(leads):
        top = _LEADS_TOP + place * row
        page.box(_MARGIN, top, _WIDTH, 1, shade=_LINE)
        lines = _in_row(lead, row, (size,)).lines
        base = top + (row - len(lines) * size * _LEADING) / 2 - size * 0.22
        for line in lines:
            base += size * _LEADING
            page.text(_MARGIN, base, line, "serif", size, shade=shade)


def _in_row(lead: str, row: float, sizes: Sequence[int]) -> TypesetLines:
    return fitted(lead, _serif_width, width=_WIDTH, height=row - 20, leading=_LEADING, sizes=sizes)


def _bars(page: _Paper, numbers: Sequence[int]) -> None:
    """A bar for each day; a day without a story has the ground line alone."""
    if not numbers:
        return
    most, x = (
        max((*numbers, 1)),
        _MARGIN + _WIDTH - len(numbers) * _BAR_STEP + _BAR_STEP - _BAR_WIDTH,
    )
    page.text(
        x - 18 - _width("stories a day", "sans") * 22, 576, "stories a day", "sans", 22, shade=_PALE
    )
    for number in numbers:
        height = max(round(_BAR_HEIGHT * number / most), 3) if number else 0
        page.box(
            x,
            576 - height,
            _BAR_WIDTH,
            height or 1,
            layer="accent" if number else "ink",
            shade=255 if number else _LINE * 2,
        )
        x += _BAR_STEP


def _headline(page: _Paper, card: Card, *, top: int, bottom: int, sizes: Sequence[int]) -> None:
    """Sets the headline below `top`, or its substitute."""
    own = settable(card.headline, _characters("serif"))
    text = (
        own
        or settable(card.instead, _characters("serif"))
        or settable(card.site, _characters("serif"))
    )
    if not text:
        return
    setting = fitted(
        text, _serif_width, width=_WIDTH, height=bottom - top, leading=_LEADING, sizes=sizes
    )
    base = float(top)
    for line in setting.lines:
        base += setting.size * _LEADING
        page.text(
            _MARGIN,
            base - setting.size * 0.22,
            line,
            "serif",
            setting.size,
            shade=_BLACK if own else _GREY,
        )


def _serif_width(text: str) -> float:
    return _width(text, "serif")


def _width(text: str, face: str) -> float:
    """The width of a text in ems."""
    return _places(text + " ", face)[-1]


def _places(text: str, face: str) -> list[float]:
    """Where each letter begins, in ems from the start, kerned where the face has kerning."""
    places, x, before = [], 0.0, ""
    for letter in text:
        x += _kerning(before, letter) if face == "serif" and before else 0.0
        places.append(x)
        x += _advance(letter, face)
        before = letter
    return places


@cache
def _advance(letter: str, face: str) -> float:
    return _font(face, _EM).getlength(letter) / _EM


@cache
def _kerning(left: str, right: str) -> float:
    pairs = _font_data()["kerning"].get(_plain(left), {})
    return (
        next((int(value) for value, seconds in pairs.items() if _plain(right) in seconds), 0) / _EM
    )


def _plain(letter: str) -> str:
    """The letter without its marks."""
    return unicodedata.normalize("NFD", letter)[0]


@cache
def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{face}.otf", size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _characters(face: str) -> frozenset[str]:
    return frozenset(_font_data()[face])


@cache
def _font_data() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FONTS / "fonts.json").read_text("utf-8"))
    return read
