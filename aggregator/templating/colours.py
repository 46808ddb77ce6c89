"""The colours that follow from the paper and the accent of a theme.

Contrast is that of WCAG 2. In both schemes text has at least AA's 4.5 : 1 on the paper and on
`paper_2`, the inks also on `paper_3`, which is behind what a reader selects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import fields

from aggregator.domain.publishing.palette import DARK, LIGHT, Palette

AA = 4.5  # WCAG 2.2 §1.4.3, of text
_EDGE = 3.0  # §1.4.11, of what frames a field
_INK, _PALER = 12.0, (7.0, 4.6)  # the contrasts of ink, ink_2 and ink_3, about ours, on paper_3
_LIGHT_ACCENT = 8.0  # of the accent in a dark scheme
_SHARES = (0.04, 0.1, 0.15)  # of black or white in paper_2, paper_3 and line
_PAPER_3 = 0.78  # of the contrast that black has on the paper it has on paper_3, at least
_DARK = 0.09  # of the light paper's brightness in the dark one
_STEPS = 200  # shades that are tried between two colours


_NEUTRAL = ("paper", "paper_2", "paper_3", "line", "ink", "ink_2", "ink_3", "edge")
_BLACK, _WHITE = "#000000", "#ffffff"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def light_palette(paper: str, accent: str) -> Palette:
    """The light scheme on this paper. Raises ValueError, with what to choose instead, where black
    on it or the accent could not be read.
    """
    found = _scheme(paper, accent, _BLACK, LIGHT)
    if contrast(_BLACK, found.paper_3) < _INK:
        better = _first(_shades(paper, _WHITE), _BLACK, _INK / _PAPER_3)
        raise ValueError(f"paper = {paper} is too dark for three shades of ink; try {better}")
    if (reached := contrast(accent, found.paper_2)) < AA:
        better = _first(_shades(accent, _BLACK), found.paper_2, AA)
        raise ValueError(
            f"accent = {accent} has a contrast of {reached:.1f} on paper {paper}, but links need"
            f" {AA}; try {better}"
        )
    return found


def dark_palette(paper: str, accent: str) -> Palette:
    """The dark scheme that goes with a light one: its paper nearly black, its accent lighter."""
    ground = _mixed(_BLACK, paper, _DARK)
    return _scheme(ground, _first(_lighter(accent), ground, _LIGHT_ACCENT), _WHITE, DARK)


def _scheme(paper: str, accent: str, ink: str, like: Palette) -> Palette:
    """The colours of a scheme; the hues of sections are those of another where they can be read."""
    paper_2, paper_3, line = (_mixed(paper, ink, share) for share in _SHARES)
    inks = (_first(_shades(paper, ink), paper_3, ratio) for ratio in (_INK, *_PALER, _EDGE))
    neutral = dict(zip(_NEUTRAL, (paper, paper_2, paper_3, line, *inks), strict=True))
    hues = {
        name: _first(_shades(getattr(like, name), ink), paper_2, AA)
        for name in (field.name for field in fields(Palette))
        if name not in neutral
    }
    return Palette(**neutral | hues | {"accent": accent})


def _first(shades: Iterable[str], ground: str, ratio: float) -> str:
    """The first shade that has a contrast on a ground, or the last."""
    shade = ""
    for shade in shades:
        if contrast(shade, ground) >= ratio:
            break
    return shade


def _shades(one: str, other: str) -> Iterator[str]:
    return (_mixed(one, other, step / _STEPS) for step in range(_STEPS + 1))


def _lighter(colour: str) -> Iterator[str]:
    """The colour, ever lighter, of the same hue and as strong."""
    hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in _channels(colour)))
    for step in range(_STEPS + 1):
        light = lightness + (1 - lightness) * step / _STEPS
        yield _hex(part * 255 for part in hls_to_rgb(hue, light, saturation))


def _channels(colour: str) -> Sequence[int]:
    return bytes.fromhex(colour[1:])


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return _hex(a + (b - a) * share for a, b in pairs)


def _hex(channels: Iterable[float]) -> str:
    return f"#{bytes(map(round, channels)).hex()}"


def _luminance(colour: str) -> float:
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
