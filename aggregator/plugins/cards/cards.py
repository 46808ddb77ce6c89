"""Draws the card of a story, a subject or an edition as a PNG: paper, ink and the colour of its
section, with the figure of a story as large as on its page.

Ink and colour are two grey layers of twice the size; scaled down they become the shades of a
palette of sixteen colours, so a card is a few kilobytes of four bits a pixel. Letters are placed
one by one by our own measure, and text is never handed to a shaping library: the same record gives
the same bytes on every machine that has the same version of Pillow.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFont

from aggregator.domain.publishing.artwork import Artwork
from aggregator.domain.publishing.page import CARD_HEIGHT, CARD_WIDTH
from aggregator.domain.publishing.palette import Palette
from aggregator.plugins.cards.content import Card
from aggregator.plugins.cards.typeset import TypesetLines, fitted, settable, shortened
from aggregator.resources import FONTS

# --ink, --ink-2, --ink-3 and --line as shares of ink on paper
_BLACK, _GREY, _PALE, _LINE = 255, 205, 168, 40
_INK_SHADES = 9  # with paper and the tones sixteen: what four bits can tell apart
_GROUND = 28  # of the colour behind a figure, as in style.css
_TONES = (_GROUND, 56, 97, 143, 217, 255)  # 255 are letters, those between the edges of letters
_SCALE = 2  # drawn twice as large: half a pixel is how exactly a letter is placed
_EM = 1000  # units of both fonts
# zlib's Z_RLE: a card is runs of one shade; a hundredth smaller than the default, in half the time
_RUNS_ONLY = 3

_MARGIN = 72
_WIDTH = CARD_WIDTH - 2 * _MARGIN
_LEADING = 1.12
_STORY_SIZES = (104, 96, 88, 80, 72, 66, 60, 54, 48, 44)
_PANEL = 360  # pixels at the right that a figure takes
_FIGURE_SIZES = (120, 104, 92, 80, 70, 60, 50, 42, 36, 30)
_EDITION_SIZES = (76, 68, 60, 54)
_LEAD_SIZES = (56, 50, 44, 38, 33)
_DOTS = 12  # dots that are drawn at most: more are a number
_LEADS = 3
_LEADS_TOP, _LEADS_BOTTOM = 292, 512
_BAR_STEP, _BAR_WIDTH, _BAR_HEIGHT = 24, 18, 44


def card_png(card: Card) -> bytes:
    """The card as the bytes of a PNG file."""
    art = card.artwork
    hue = getattr(card.palette, art.section if art else "accent", card.palette.accent)
    page = _Paper(card.palette, hue)
    large = _in_serif(art.large) if art else ""
    width = _WIDTH - _PANEL if large else _WIDTH
    _masthead(page, card, width)
    if art:
        if large:
            _figure(page, large, art)
        _story(page, card, width)
    else:
        _edition(page, card)
    return page.png()


class _Paper:
    """Two layers, ink and accent, and the ways to put something on them; coordinates are pixels of
    the card.
    """

    def __init__(self, palette: Palette, hue: str) -> None:
        self._colours = [bytes.fromhex(each[1:]) for each in (palette.paper, palette.ink, hue)]
        self._layers = {name: _layer(name) for name in ("ink", "accent")}
        for layer in self._layers.values():
            layer.paste(0, (0, 0, *layer.size))
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
        pen, below = self._pens[layer], round(base * _SCALE)
        for place, letter in zip(_places(text, face), text, strict=True):
            if letter != " ":
                drawn, left, top = _letter(letter, face, size * _SCALE)
                right_of = round((x + place * size) * _SCALE)
                pen.bitmap((right_of + left, below + top), drawn, fill=shade)

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
        left, top, right, bottom = _scaled(x, y, x + width, y + height)
        self._pens[layer].rectangle((left, top, right - 1, bottom - 1), fill=shade)

    def dot(self, x: float, y: float, radius: float, *, hollow: bool = False) -> None:
        """A disc of the colour round a point; a hollow one is a ring of ink."""
        corners = _scaled(x - radius, y - radius, x + radius, y + radius)
        if hollow:
            self._pens["ink"].ellipse(corners, outline=_PALE, width=2 * _SCALE)
        else:
            self._pens["accent"].ellipse(corners, fill=255)

    def png(self) -> bytes:
        """Both layers as one picture of sixteen colours."""
        ink, accent = (layer.reduce(_SCALE) for layer in self._layers.values())
        picture = ink.point([round(value * _INK_SHADES / 255) for value in range(256)])
        coloured = accent.point(_NEAREST)
        # tones come after the inks in the palette, so the greater number is the one on top
        picture = ImageChops.lighter(picture, coloured)
        picture.putpalette(_palette(*self._colours))
        file = io.BytesIO()
        picture.save(file, "PNG", bits=4, compress_type=_RUNS_ONLY)
        return file.getvalue()


@cache
def _layer(name: str) -> Image.Image:
    """The layer on which one card after the other is drawn: three megabytes that the system would
    have to clear for each.
    """
    return Image.new("L", (CARD_WIDTH * _SCALE, CARD_HEIGHT * _SCALE))


def _scaled(*edges: float) -> tuple[int, ...]:
    return tuple(round(edge * _SCALE) for edge in edges)


def _nearest(value: int) -> int:
    """The place in the palette of the tone that is nearest to a value of the layer of colour."""
    tones = (0, *_TONES)
    place = min(range(len(tones)), key=lambda at: abs(tones[at] - value))
    return place and _INK_SHADES + place


_NEAREST = [_nearest(value) for value in range(256)]


def _palette(paper: bytes, ink: bytes, hue: bytes) -> list[int]:
    inks = [_blend(paper, ink, step / _INK_SHADES) for step in range(_INK_SHADES + 1)]
    tones = [_blend(paper, hue, tone / 255) for tone in _TONES]
    return [part for colour in (*inks, *tones) for part in colour]


def _blend(paper: bytes, colour: bytes, share: float) -> tuple[int, ...]:
    return tuple(
        round(below + (part - below) * share) for below, part in zip(paper, colour, strict=True)
    )


def _masthead(page: _Paper, card: Card, width: int) -> None:
    """The site's name, the date at the right, and the double rule of the site's pages."""
    page.box(0, 0, CARD_WIDTH, 12)
    date = _in_sans(card.date)
    room = width - _sans_width(date) * 26
    page.text(_MARGIN + room, 84, date, "sans", 26, shade=_PALE)
    name = _in_serif(card.site)
    page.text(_MARGIN, 84, shortened(name, _serif_width, (room - 40) / 36), "serif", 36)
    page.box(_MARGIN, 108, width, 1, shade=_LINE * 2)
    page.box(_MARGIN, 112, width, 1, shade=_LINE * 2)


def _story(page: _Paper, card: Card, width: int) -> None:
    """A kicker, the headline as large as it fits, and the reports: a dot for each origin, a ring
    for each copy.
    """
    base = 168
    if kicker := _in_sans(card.kicker):
        page.text(_MARGIN, base, kicker, "sans", 27, layer="accent", shade=255)
    area = (188 if kicker else 148, 520, width)
    _headline(page, card, area, sizes=_STORY_SIZES)
    page.box(_MARGIN, 548, width, 1, shade=_LINE * 2)
    x = float(_MARGIN)
    dots = [False] * card.origins + [True] * card.copies
    for hollow in dots if len(dots) <= _DOTS else ():
        page.dot(x + 9, 580, 9, hollow=hollow)
        x += 26
    facts = _in_sans(card.facts)
    x += 10 if x > _MARGIN else 0
    room = (_MARGIN + width - x) / 27
    page.text(x, 589, shortened(facts, _sans_width, room), "sans", 27, shade=_GREY)


def _figure(page: _Paper, large: str, art: Artwork) -> None:
    """The figure of a story at the right, with its subject above and what it counts below."""
    left, top, room = CARD_WIDTH - _PANEL, 12, _PANEL - 64
    page.box(left, top, _PANEL, CARD_HEIGHT - top, layer="accent", shade=_GROUND)
    setting = fitted(
        large,
        _serif_width,
        width=room,
        height=140,
        leading=1.1,
        sizes=_FIGURE_SIZES,
    )
    page.text(left + 32, 345, setting.lines[0], "serif", setting.size, layer="accent", shade=255)
    for text, base in ((_in_sans(art.name), 225), (_in_sans(art.small), 400)):
        size = min(34, int(room / max(_sans_width(text), 1)))
        page.text(left + 34, base, text, "sans", size, layer="accent", shade=255)


def _edition(page: _Paper, card: Card) -> None:
    """The number, the week, the lead headlines (or their substitute) between hairlines, and the
    stories a day as bars.
    """
    page.text(
        _MARGIN,
        168,
        _in_sans(card.kicker),
        "sans",
        27,
        layer="accent",
        shade=255,
    )
    _headline(page, card, (178, 264, _WIDTH), sizes=_EDITION_SIZES)
    leads = [*filter(None, map(_in_serif, card.leads))][:_LEADS]
    instead = [*filter(None, [_in_serif(card.instead)])]
    _leads(page, leads or instead, shade=_BLACK if leads else _GREY)
    page.box(_MARGIN, _LEADS_BOTTOM, _WIDTH, 1, shade=_LINE * 2)
    page.text(_MARGIN, 576, _in_sans(card.facts), "sans", 27, shade=_GREY)
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
    most = max(*numbers, 1)
    x = _MARGIN + _WIDTH - (len(numbers) - 1) * _BAR_STEP - _BAR_WIDTH
    page.text(
        x - 18 - _sans_width("stories a day") * 22, 576, "stories a day", "sans", 22, shade=_PALE
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


def _headline(
    page: _Paper, card: Card, area: tuple[int, int, int], *, sizes: Sequence[int]
) -> None:
    """Sets the headline, or its substitute, from the top to the bottom of an area of some width."""
    top, bottom, width = area
    own = _in_serif(card.headline)
    text = own or _in_serif(card.instead) or _in_serif(card.site)
    if not text:
        return
    setting = fitted(
        text, _serif_width, width=width, height=bottom - top, leading=_LEADING, sizes=sizes
    )
    is_name = card.artwork is not None and not card.date  # of a section or the site: set low
    base = bottom - len(setting.lines) * setting.size * _LEADING if is_name else float(top)
    for line in setting.lines:
        base += setting.size * _LEADING
        page.text(
            _MARGIN,
            base - setting.size * 0.22,
            line,
            "serif",
            setting.size,
            shade=_BLACK if own or is_name else _GREY,
            layer="accent" if is_name else "ink",
        )


def _in_serif(text: str) -> str:
    return settable(text, _characters("serif"))


def _in_sans(text: str) -> str:
    return settable(text, _characters("sans"))


def _width(text: str, face: str) -> float:
    """The width of a text in ems."""
    return _places(text + " ", face)[-1]


_serif_width, _sans_width = (partial(_width, face=face) for face in ("serif", "sans"))


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


@lru_cache(1000)  # of about ten kilobytes each
def _letter(letter: str, face: str, size: int) -> tuple[Image.Image, int, int]:
    """A letter as a picture, with its place from where the letter begins on its base line."""
    font = _font(face, size)
    left, top, right, bottom = map(round, font.getbbox(letter, anchor="ls"))
    drawn = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(drawn).text((-left, -top), letter, fill=255, font=font, anchor="ls")
    return drawn, left, top


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
