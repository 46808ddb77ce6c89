"""How often a source is asked, and what decided it, in words for the operator. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from aggregator.crawl.polling import LEEWAY, SOONEST_WHOLE, next_visit
from aggregator.domain.settings import FetchSettings
from aggregator.domain.source import FetchState

_ROUNDING = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The time from the last visit to the next, and why it is that long."""

    interval: timedelta
    why: str


def pace(state: FetchState, settings: FetchSettings) -> Pace | None:
    """The pace of a source; None where no visit was, or none is to come."""
    if state.due is None or state.last_tried is None:
        return None
    return Pace(interval=state.due - state.last_tried, why=_why(state, settings))


def _why(state: FetchState, settings: FetchSettings) -> str:
    if state.barred_until and state.due == state.barred_until:
        return "its server asked for a pause"
    if state.failures or state.reason or state.due is None or state.last_ok is None:
        return _failed(state)
    without_wishes = next_visit(replace(state, told_s=None), {}, settings, state.last_ok)
    if state.due > next_visit(state, {}, settings, state.last_ok) + _ROUNDING:
        return "its server says for how long an answer holds"
    if state.due > without_wishes + _ROUNDING:
        return "its feed asks for it"
    if (
        not (state.etag or state.last_modified)
        and state.due - state.last_ok >= SOONEST_WHOLE - LEEWAY
    ):
        return "its server cannot say that nothing is new"
    return "its posts"


def _failed(state: FetchState) -> str:
    if not state.failures:
        return "no source could be reached"
    return "it failed" if state.failures == 1 else f"it failed {state.failures} times in a row"
