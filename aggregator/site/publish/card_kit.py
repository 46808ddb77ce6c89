"""What cards are drawn with: their fonts, and whether the drawing library is there. Imports it not:
few runs draw any.
"""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from aggregator.domain.publishing.card import Card
from aggregator.domain.publishing.page import CardRenderer
from aggregator.resources import FONTS

_CODE = ("cards.py", "typeset.py")


def installed_renderer() -> CardRenderer | None:
    """What draws the cards; None where Pillow or its font renderer is missing: then the site is
    built without them.
    """
    library = next(iter(distributions(name="pillow")), None)
    if library is None or any(
        importlib.util.find_spec(name) is None for name in ("PIL", "PIL._imagingft")
    ):
        return None
    return CardRenderer(draw=_draw, kit=_kit_digest(library.version))


def _draw(card: Card) -> bytes:
    from aggregator.site.publish.cards import card_png  # noqa: PLC0415 - most runs draw no card

    return card_png(card)


@cache
def _kit_digest(version: str) -> str:
    """SHA-256 of all that decides a card's bytes but its record: fonts, code, and the library's
    version.
    """
    digest = hashlib.sha256(version.encode())
    for path in (*sorted(FONTS.iterdir()), *(Path(__file__).with_name(name) for name in _CODE)):
        digest.update(path.name.encode() + b"\x00" + path.read_bytes())
    return digest.hexdigest()
