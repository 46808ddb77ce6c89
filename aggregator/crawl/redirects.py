"""Permanent redirects: decides whether a source is fetched from the address it moved to. Pure.

A broken server or a captive portal sends permanent redirects (301, 308), too. So one counts once it
has been seen at the same target three times over three days, and only within the same registrable
domain; a move to another party is followed each time and reported, never adopted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aggregator.domain.source import FetchState
from aggregator.domain.web.urls import registrable_domain
from aggregator.ports import Response

SIGHTINGS = 3
SIGHTED_FOR = timedelta(days=3)

_PERMANENT = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})


def state_after_redirects(state: FetchState, answer: Response, now: datetime) -> FetchState:
    """The state after a good answer: no move, one more sighting of one, or a new address."""
    target = permanent_target(answer)
    if target is None and state.moved_to is None:
        return state
    if (
        target is None or target == state.url
    ):  # the second: it moved back, or both addresses point at each other
        ask_url = state.ask_url if target is None else None
        return replace(state, ask_url=ask_url, moved_to=None, moved_sightings=0, moved_since=None)
    is_again = target == state.moved_to and state.moved_since is not None
    since = state.moved_since if is_again else now
    sightings = state.moved_sightings + 1 if is_again else 1
    if (
        sightings >= SIGHTINGS
        and since
        and now - since >= SIGHTED_FOR
        and is_adoptable(state.ask_url or state.url, target)
    ):
        return replace(state, ask_url=target, moved_to=None, moved_sightings=0, moved_since=None)
    return replace(state, moved_to=target, moved_sightings=sightings, moved_since=since)


def permanent_target(answer: Response) -> str | None:
    """The address that the first redirects lead to, as far as all of them are permanent; None if
    the first is not.
    """
    steps = [*(hop.url for hop in answer.hops), answer.url]
    for reached, hop in enumerate(answer.hops):
        if hop.status not in _PERMANENT:
            return steps[reached] if reached else None
    return steps[-1] if answer.hops else None


def is_adoptable(asked: str, target: str) -> bool:
    """Whether the target belongs to the same party, and is no less protected on its way."""
    is_same_party = registrable_domain(asked) == registrable_domain(target)
    return is_same_party and not (asked.startswith("https:") and target.startswith("http:"))


def status_changes(before: FetchState | None, after: FetchState) -> Iterator[str]:
    """The changes between two states of one source, a sentence each; failures are not included."""
    known = before or FetchState(source_key=after.source_key, url=after.url)
    if known.failures and not after.failures:
        since = f" since {known.failing_since:%Y-%m-%d}" if known.failing_since else ""
        yield (
            f"answers again after {known.failures}"
            f" {'failure' if known.failures == 1 else 'failures'}{since}"
        )
    if after.ask_url and after.ask_url != known.ask_url:
        yield f"moved permanently: fetched from {after.ask_url} from now on"
    if after.url != known.url:
        yield f"read at {after.url} from now on; before at {known.url}"
    elif known.ask_url and not after.ask_url:
        yield f"fetched from {after.url} again: {known.ask_url} did not work"
    if (
        after.moved_to
        and after.moved_to != known.moved_to
        and not is_adoptable(after.ask_url or after.url, after.moved_to)
    ):
        yield (
            f"redirects permanently to another site, {after.moved_to}: if that is right,"
            " set it as the url"
        )
