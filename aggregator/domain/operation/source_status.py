"""How sources fare, as the site and the terminal show it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from aggregator.domain.fetch_state import SourceDay
from aggregator.domain.frozen import frozen
from aggregator.domain.source import Source


@frozen
class ListedIssue:
    """An issue of a newsletter as the page of its source lists it."""

    title: str
    url: str
    published: datetime


class HealthStatus(StrEnum):
    """The state of a source; of several that hold, the first in this list but for `ok` and `new` is
    shown.
    """

    OK = "ok"
    NEW = "new"
    RETIRED = "retired"
    QUARANTINED = "quarantined"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"
    REDIRECTED = "redirected"
    DROPPED = "dropped"
    JUMPED = "jumped"
    UNDATED = "undated"
    PAYWALLED = "paywalled"
    STALE = "stale"


@frozen
class SourceHealth:
    """The status of a source, a sentence that says why, one that says what to do, and since when it
    holds if that is known.
    """

    verdict: HealthStatus
    why: str
    remedy: str = ""
    since: datetime | None = None


@frozen
class SourceStatus:
    """What the site shows of a source: only facts that change when there is news or a failure,
    never the time of a visit.

    `full` of its `articles` were read whole; `left_out` entries of its last document were not
    taken. `pages` were asked for, `walled` of them were closed to us or paywalled. `rhythm` words
    how often it posts; `days` are the last on which it brought something new or failed, newest
    first. `issues` are its newest as a newsletter: they are in no story.
    """

    source: Source
    health: SourceHealth = SourceHealth(verdict=HealthStatus.OK, why="")
    articles: int = 0
    full: int = 0
    newest: datetime | None = None
    failing_since: datetime | None = None
    reason: str | None = None
    left_out: int = 0
    pages: int = 0
    walled: int = 0
    rhythm: str = ""
    route: str = ""
    days: tuple[SourceDay, ...] = ()
    issues: tuple[ListedIssue, ...] = ()
