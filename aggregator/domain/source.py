"""What the operator told us to read, and what we keep of asking for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Lane(StrEnum):
    """What kind of source it is; papers and releases are shown and ranked apart from news."""

    NEWS = "news"
    LAB = "lab"
    PAPER = "paper"
    RELEASE = "release"
    LETTER = "letter"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One `[[sources]]` table of config.toml. `note` says why a source is off, or what to know of it."""

    key: str
    name: str
    url: str
    kind: str = "feed"
    lane: Lane = Lane.NEWS
    weight: float = 1.0
    family: str = ""
    licence: str = ""
    removal_contact: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    enabled: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchState:
    """What we keep of asking one source: validators as received (RFC 9110 §13), failures, the next time we may ask.

    `url` is the address the validators belong to: a source that moves in config.toml starts afresh.
    `due` is when the source is to be asked again; `barred_until` is set only by a server's Retry-After and
    holds even for `refresh --all`.
    """

    source_key: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_tried: datetime | None = None
    last_ok: datetime | None = None
    due: datetime | None = None
    barred_until: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    """What the site tells of a source: only facts that change when there is news or a failure, never a time of asking."""

    source: Source
    articles: int = 0
    newest: datetime | None = None
    failing_since: datetime | None = None
    reason: str | None = None
