"""What we keep of asking the sources: states, failures and the history by day."""

from __future__ import annotations

from datetime import date, datetime

from aggregator.domain.frozen import frozen


@frozen
class FetchState:
    """What we keep of asking one source: validators as received (RFC 9110 §13), failures, the next
    time we may ask.

    `url` is the address the validators belong to: a source that moves in config.toml starts afresh.
    `due` is when the source is to be asked again; `barred_until` is set only by a server's
    Retry-After and holds even for `refresh --all`.

    `ask_url` is where we ask once a permanent redirect was adopted; `moved_to` one that was sighted
    `moved_sightings` times since `moved_since` and is not adopted yet. `gone_sightings` counts
    answers of 410 in a row, `retired` is when we stopped asking. `rhythm_s` is the interval that
    the source's posting suggests, `told_s` the one that its last document asked for (ttl,
    updatePeriod), `skip_hours` (0-23, UTC) and `skip_days` (0 Monday) when it wants no visit.
    `reserved` says by which word of the server or the document its texts are closed to models.

    Of the last document that was read: `items` and `dated` count its entries and those with a
    plausible date, `newest` is the newest of these dates (without any: when something new stood in
    it), `gap_s` how far apart its entries lie at most, the longest tenth left out, `answered_from`
    the registrable domain that gave it. `usual_items` is what earlier ones listed, `left_out` how
    much the last one listed that has no link or no title. `quarantined` since when its new entries
    are held, `quarantine_reason` why. `unreadable`: its last response could not be read.
    `route_since` is when a source with several addresses was first read at this one.
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
    ask_url: str | None = None
    moved_to: str | None = None
    moved_sightings: int = 0
    moved_since: datetime | None = None
    gone_sightings: int = 0
    retired: datetime | None = None
    rhythm_s: int | None = None
    told_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    reserved: str = ""
    items: int | None = None
    dated: int | None = None
    newest: datetime | None = None
    gap_s: int | None = None
    answered_from: str = ""
    usual_items: int | None = None
    quarantined: datetime | None = None
    quarantine_reason: str = ""
    left_out: int = 0
    unreadable: bool = False
    route_since: datetime | None = None


@frozen
class RouteFailure:
    """An address of a source with several that did not work when it was last tried.

    It is not tried again before `next_try`, and never where that is None: it answered 410 twice.
    `barred_until` is set by its server's Retry-After.
    """

    source_key: str
    url: str
    reason: str
    last_tried: datetime
    failures: int
    failing_since: datetime
    next_try: datetime | None = None
    barred_until: datetime | None = None
    gone_sightings: int = 0
    unreadable: bool = False


@frozen
class SourceDay:
    """What came of asking one source on one day (UTC): counts of that day, and of its documents
    what the last one had.

    `items` and `dated` are of the last document read that day, `newest` its newest date; `pages`
    were asked for articles of the source, `walled` of them stood behind a paywall.
    """

    source_key: str
    day: date
    asked: int = 0
    read: int = 0
    not_modified: int = 0
    failed: int = 0
    redirected: int = 0
    new: int = 0
    items: int | None = None
    dated: int | None = None
    newest: datetime | None = None
    pages: int = 0
    walled: int = 0
