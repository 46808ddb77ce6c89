"""The repair of a page whose layout changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.domain.source import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRepair:
    """The listing that a model proposed for a page, or why there is none.

    `digest` is that of the table that failed and of the question: for another table the model is
    asked again.
    """

    source_key: str
    url: str
    digest: str
    asked: datetime
    listing: Listing | None
    reason: str = ""
