"""The hooks of `cards`: their renderer."""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.domain.publishing.page import CardRenderer
from aggregator.hooks.specifications import hook


@hook
def card_renderers() -> Iterable[CardRenderer]:
    """The renderer of cards; none without Pillow."""
    from aggregator.plugins.cards.card_kit import installed_renderer

    renderer = installed_renderer()
    return (renderer,) if renderer else ()
