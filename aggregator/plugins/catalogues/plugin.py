"""The hooks of `catalogues`: a kind of sources, and what becomes of their readings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def source_kinds() -> Iterable[Any]:
    """Catalogues of models, read by their mapping."""
    from aggregator.domain.source import SourceReader
    from aggregator.plugins.catalogues.reading import read_catalogue
    from aggregator.plugins.catalogues.records import CatalogueMapping

    return (SourceReader(kind="catalogue", read=read_catalogue, mapping=CatalogueMapping),)
