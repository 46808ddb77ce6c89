"""The picture that stands for a page where its address is shared: its content, not how it is
drawn.
"""

from __future__ import annotations

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.artwork import Artwork

CARD_WIDTH, CARD_HEIGHT = 1200, 630  # pixels: 1.91 : 1, what OpenGraph's readers crop nothing of


@frozen
class Card:
    """The content of a card; `path` is where it is published.

    `headline` may be of any script: where the card's font has no letters for it, `instead` stands
    there, in our own words. `artwork` is the picture beside it; an edition has none. `leads` are
    headlines below it, best first; those that cannot be set are left out, and without any `instead`
    stands in their place. `origins` and `copies` are drawn as dots, `bars` as a small chart.
    """

    path: str
    site: str
    kicker: str
    date: str
    headline: str
    instead: str
    facts: str
    artwork: Artwork | None = None
    leads: tuple[str, ...] = ()
    origins: int = 0
    copies: int = 0
    bars: tuple[int, ...] = ()
