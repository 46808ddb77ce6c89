"""What came of mending how a page is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.domain.source import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRepair:
    """What came of asking a model how a page is read: the listing, or why there is none.

    `digest` is that of the table that failed and of the question: another table is asked about
    anew.
    """

    source_key: str
    url: str
    digest: str
    asked: datetime
    listing: Listing | None
    reason: str = ""
