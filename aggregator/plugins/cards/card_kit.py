"""The fonts and the drawing library of cards, if installed. It does not import the library: few
runs draw a card.
"""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aggregator.domain.publishing.page import CardRenderer
from aggregator.resources import FONTS

if TYPE_CHECKING:
    from aggregator.plugins.cards.content import Card

_PUBLISH = Path(__file__).parent
_CODE = (
    _PUBLISH / "cards.py",
    _PUBLISH / "content.py",
    _PUBLISH / "typeset.py",
    _PUBLISH.parents[1] / "domain/publishing/artwork.py",
)


def installed_renderer() -> CardRenderer | None:
    """The renderer of cards; None without Pillow or its font renderer: then the site has no
    cards.
    """
    library = next(iter(distributions(name="pillow")), None)
    if library is None or any(
        importlib.util.find_spec(name) is None for name in ("PIL", "PIL._imagingft")
    ):
        return None
    return CardRenderer(card=_card, draw=_draw, kit=_kit_digest(library.version))


def _card(page: Any, about: Any, site: Any) -> tuple[Card, str]:
    from aggregator.plugins.cards.content import card_of

    return card_of(page, about, site)


def _draw(card: Card) -> bytes:
    from aggregator.plugins.cards.cards import card_png

    return card_png(card)


@cache
def _kit_digest(version: str) -> str:
    """SHA-256 of everything that shapes a card besides its record: fonts, code, version of the
    library.
    """
    digest = hashlib.sha256(version.encode())
    for path in (*sorted(FONTS.iterdir()), *_CODE):
        digest.update(path.name.encode() + b"\x00" + path.read_bytes())
    return digest.hexdigest()
