"""`sources list`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import Printed, joined, moment, pass_settings, table
from aggregator.domain.fetch_state import FetchState, RouteFailure
from aggregator.domain.frozen import frozen
from aggregator.domain.source import ListingRepair, Source
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.crawl.polling import PollingInterval
    from aggregator.domain.operation.tombstone import Tombstone
    from aggregator.domain.settings import Settings

_WIDTH = 80  # columns


@frozen
class _Listed:
    """A source with what is known of it. `way` is the source as it is read now, None before, when
    the state says nothing.
    """

    source: Source
    way: Source | None
    state: FetchState
    articles: int
    how: str
    paced: PollingInterval | None
    failures: Sequence[RouteFailure]
    repairs: Sequence[ListingRepair]


@click.command("list")
@pass_settings
def list_sources(settings: Settings) -> Printed:
    """List all sources with their status and next fetch.

    Shows what each source delivered, its problems, where it is read if it has several URLs, and how
    often it is fetched; --json also says why.
    """
    listed = _listed(settings)
    heads = ("source", "articles", "state", "every", "next (UTC)")
    now = moment()
    rows = table(heads, [_row(one, now) for one in listed], _WIDTH)
    details = "\n".join(line for one in listed for line in _details(one))
    return {"sources": [*map(_object, listed)]}, joined(rows, details, between="\n\n")


def _listed(settings: Settings) -> list[_Listed]:
    from aggregator.bootstrap import open_stored
    from aggregator.crawl.plan import way_in_use
    from aggregator.crawl.polling import polling_interval
    from aggregator.domain.operation.tombstone import REMOVED, is_forgotten
    from aggregator.store.news import sources as stored
    from aggregator.store.news.sources import stored_repairs
    from aggregator.store.news.tombstones import tombstones

    left_out: tuple[Tombstone, ...] = ()
    states, articles, failures, repairs = {}, {}, {}, {}
    with open_stored(settings.database) as connection:
        if connection:
            states = stored.fetch_states(connection)
            articles = {
                status.source.key: status.articles
                for status in stored.source_statuses(connection, settings.sources, states)
            }
            failures = stored.route_failures(connection)
            repairs = stored_repairs(connection)
            left_out = tombstones(connection)
    found = []
    for source in settings.sources:
        # what is kept of an address that left the configuration counts no more
        way = way_in_use(source, states.get(source.key))
        blank = FetchState(source_key=source.key, url=source.url)
        state = states[source.key] if way else blank
        found.append(
            _Listed(
                source=source,
                way=way,
                state=state,
                articles=articles.get(source.key, 0),
                how=REMOVED if is_forgotten(source, left_out) else _how(source, way, state),
                paced=polling_interval(state, settings.fetch) if way and source.enabled else None,
                failures=failures.get(source.key, ()),
                repairs=repairs.get(source.key, ()),
            )
        )
    return found


def _row(listed: _Listed, now: datetime) -> tuple[str, ...]:
    source, state = listed.source, listed.state
    due = state.due if source.enabled else None
    return (
        source.key,
        str(listed.articles),
        _word(listed),
        _length(listed.paced.interval) if listed.paced and listed.paced.interval else "",
        "" if due is None else f"{due:%m-%d %H:%M}" if due > now else "next run",
    )


def _word(listed: _Listed) -> str:
    """How a source fares, in a word or two."""
    state = listed.state
    if not listed.source.enabled or listed.way is None:
        return listed.how
    if state.retired or state.quarantined:
        return "retired" if state.retired else "quarantined"
    if state.reason:
        return "fails"
    place = _place(listed)
    return f"ok, route {place} of {len(listed.source.routes) + 1}" if place > 1 else "ok"


def _place(listed: _Listed) -> int:
    """At which of its addresses a source is read, counted from one."""
    urls = [way.url for way in listed.source.ways()]
    return urls.index(listed.way.url) + 1 if listed.way else 1


def _details(listed: _Listed) -> Iterator[str]:
    """The lines that say more of a source than its row, with its key."""
    from aggregator.crawl.plan import route_label

    state, key = listed.state, listed.source.key
    how = listed.how if listed.how not in ("ok", _word(listed)) else ""
    if how and state.failing_since and listed.how == state.reason:
        how += f", since {state.failing_since:%Y-%m-%d}"
    told = [how] if how else []
    if listed.way and listed.way.url != listed.source.url:
        verb = "was last read" if state.reason else "is read"
        place = f"route {_place(listed)} of {len(listed.source.routes) + 1}"
        told.append(f"{verb} at {place}, {route_label(listed.way)}")
    if repaired := [repair for repair in listed.repairs if repair.listing]:
        from aggregator.crawl.listing_repair import repair_words

        told += map(repair_words, repaired)
    if listed.source.enabled:
        told += [f"{failure.url} fails: {failure.reason}" for failure in listed.failures]
    for text in (*told, listed.source.note):
        if text:
            yield from textwrap.wrap(
                f"{key}: {text}",
                _WIDTH,
                subsequent_indent="  ",
                break_long_words=False,
                break_on_hyphens=False,
            )


def _how(source: Source, way: Source | None, state: FetchState) -> str:
    """How a source fares, in a few words; what keeps it from being asked or read first."""
    if not source.enabled:
        return "off"
    if way is None:
        return "not fetched yet"
    if state.retired:
        return f"retired on {state.retired:%Y-%m-%d}: reported as gone twice"
    if state.quarantined:
        return f"in quarantine since {state.quarantined:%Y-%m-%d}: {state.quarantine_reason}"
    moved = (
        f", moved to {state.ask_url}"
        if state.ask_url
        else f", redirects to {state.moved_to}"
        if state.moved_to
        else ""
    )
    closed = f", closed to AI systems: {state.reserved}" if state.reserved else ""
    left_out = f", {state.left_out} skipped: no link or no title" if state.left_out else ""
    return state.reason or f"ok{moved}{closed}{left_out}"


def _length(interval: timedelta) -> str:
    """`45 min`, `6 h`, `10 d`, rounded."""
    minutes = round(interval.total_seconds() / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} d"


def _route_objects(listed: _Listed) -> list[dict[str, Any]]:
    failed = {failure.url: failure for failure in listed.failures}
    found = ((_way_object(way), failed.get(way.url)) for way in listed.source.ways())
    return [
        way | {"fails": failure and failure.reason, "next_try": failure and failure.next_try}
        for way, failure in found
    ]


_way_object = shape("kind url by note")
_object = shape(
    "key=source.key name=source.name url=source.url lane=source.lane enabled=source.enabled"
    " note=source.note failures=state.failures due=state.due moved_to=state.moved_to"
    " retired=state.retired quarantined=state.quarantined reserved=state.reserved"
    " left_out=state.left_out articles state=how interval_s=paced.interval interval_why=paced.why"
    " asked_at=. route=. routes=.",
    interval_s=lambda interval: round(interval.total_seconds()),
    asked_at=lambda listed: listed.state.ask_url or (listed.way or listed.source).url,
    route=lambda listed: _place(listed) if listed.way else None,
    routes=_route_objects,
)
