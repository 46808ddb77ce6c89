"""The colours of pages, emails and cards: the variables of style.css, for which a theme may have
others.
"""

from __future__ import annotations

from aggregator.domain.frozen import frozen


@frozen
class Palette:
    """The colours of one scheme, as `#rrggbb`; the defaults are those of our light scheme. The
    last are the hues of the sections of the news, by their keys.
    """

    paper: str = "#faf8f3"
    paper_2: str = "#f2eee4"
    paper_3: str = "#e6e0d2"
    ink: str = "#1d1b18"
    ink_2: str = "#47433c"
    ink_3: str = "#67625a"
    line: str = "#d9d3c4"
    edge: str = "#8b8474"
    accent: str = "#0b5a61"
    warning: str = "#8a3f0c"
    models: str = "#00626c"
    products: str = "#1f5596"
    money: str = "#236436"
    law: str = "#614092"
    research: str = "#754b00"
    security: str = "#932c25"
    tools: str = "#3e5a67"
    work: str = "#8a2b60"


LIGHT = Palette()
DARK = Palette(
    paper="#171613",
    paper_2="#211f1b",
    paper_3="#2d2a25",
    ink="#ece8df",
    ink_2="#c6c0b5",
    ink_3="#a09a8e",
    line="#37342e",
    edge="#787267",
    accent="#8ccace",
    warning="#e8a96f",
    models="#81c8d1",
    products="#8ebefb",
    money="#93ca9e",
    law="#c5aaf7",
    research="#dbb37c",
    security="#fe9c90",
    tools="#a5bfcc",
    work="#f49ac5",
)
