"""What the operator told us to read, and what we keep of asking for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar


class Lane(StrEnum):
    """What kind of source it is; papers and releases are shown and ranked apart from news."""

    NEWS = "news"
    LAB = "lab"
    PAPER = "paper"
    RELEASE = "release"
    LETTER = "letter"
    COMMUNITY = "community"


def _setting(help: str, **default: Any) -> Any:
    return field(metadata={"help": help}, **default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One `[[sources]]` table of config.toml. `note` says why a source is off, or what to know of it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}  # unknown keys are errors; see `aggregator.config`
    key: str = _setting("short name in addresses and reports: a-z, 0-9 and hyphens")
    name: str = _setting("name that readers see")
    url: str = _setting("address of the feed")
    kind: str = _setting("how it is read; this version reads feed", default="feed")
    lane: Lane = field(default=Lane.NEWS, metadata={"help": "news, lab, paper, release, letter or community"})
    weight: float = _setting("how much a report by it counts in the ranking, 0 to 10", default=1.0)
    family: str = _setting("one word for several sources of one publisher: together they count as one origin", default="")
    licence: str = _setting("licence of its texts, where it states one", default="")
    removal_contact: str = _setting("where its publisher takes requests about its texts", default="")
    include: tuple[str, ...] = _setting("take only entries with one of these words or phrases", default=())
    exclude: tuple[str, ...] = _setting("leave out entries with one of these words or phrases", default=())
    enabled: bool = _setting("false: listed, not read", default=True)
    note: str = _setting("why it is off, or what to know of it", default="")


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
class RobotsFile:
    """What an origin (`https://host:port`) answered for /robots.txt; `body` is the part of it that we read."""

    origin: str
    fetched: datetime
    status: int
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    """What the site tells of a source: only facts that change when there is news or a failure, never a time of asking."""

    source: Source
    articles: int = 0
    newest: datetime | None = None
    failing_since: datetime | None = None
    reason: str | None = None
