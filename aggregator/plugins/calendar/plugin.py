"""The hooks of `calendar`: the stage that keeps events, their files and the links to these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aggregator.hooks.specifications import AddedContent, hook


@hook
def stages() -> Iterable[Any]:
    """The stage before the site is published."""
    from aggregator.domain.operation.report import Step
    from aggregator.pipeline import Mode, Stage

    return (
        Stage(
            name="calendar",
            run=_keep,
            reported="publish",
            step=Step.PUBLISH,
            after="rules",
            modes=dict.fromkeys((Mode.REFRESH, Mode.BUILD), lambda _: True),
            takes="days that stories and plugins state",
            leaves="events of the calendar, each with its version",
        ),
    )


async def _keep(work: Any) -> None:
    from aggregator.plugins.calendar.stage import calendar_stage

    calendar_stage(work.services)


@hook
def templates() -> Iterable[Path]:
    """That of the links."""
    return (Path(__file__).with_name("templates"),)


@hook
def site_pages() -> Iterable[Any]:
    """The link at the foot, once there is an event."""
    from aggregator.domain.publishing.page import AddedPage
    from aggregator.domain.wording import N_

    def is_there(connection: Any, services: Any) -> bool:
        return bool(state(connection))

    def state(connection: Any) -> str:
        from aggregator.plugins.calendar.store import events_digest

        return events_digest(connection)

    page = AddedPage(
        path="calendar.ics", name=N_("Calendar (.ics)"), is_there=is_there, state=state
    )
    return (page,)


@hook
def site_files(
    site: Any, connection: Any, lists: Mapping[str, str]
) -> Iterable[tuple[str, AddedContent]]:
    """`calendar.ics`, and one for each topic and name with an event."""
    from aggregator.plugins.calendar.store import events_digest

    if not events_digest(connection):
        return ()
    from aggregator.plugins.calendar.files import calendar_files

    return calendar_files(site, connection, lists)


@hook
def stored_parts(connection: Any, place: str, keys: Mapping[str, str]) -> Iterable[Any]:
    """The links to the calendars of lists."""
    from aggregator.plugins.calendar.store import events_digest

    if place != "list" or not events_digest(connection):
        return ()
    from aggregator.plugins.calendar.files import calendar_links

    return calendar_links(connection, keys)
