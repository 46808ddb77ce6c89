"""What an origin says to crawlers, as it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """What an origin (`https://host:port`) answered for /robots.txt; `body` is the part of it that
    we read.

    `tdm` is the body of its `/.well-known/tdmrep.json` (TDM Reservation Protocol), empty if it has
    none, as of `tdm_fetched`; None if it was never requested.
    """

    origin: str
    fetched: datetime
    status: int
    body: str = ""
    etag: str | None = None
    last_modified: str | None = None
    tdm: str = ""
    tdm_fetched: datetime | None = None
    tdm_etag: str | None = None
    tdm_last_modified: str | None = None
