"""`sources check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import NOW, Printed, awaited, flag, joined, pass_settings, table
from aggregator.cli.progress import IN_REPORT, set_up_log, watcher
from aggregator.cli.refresh import refuse_unknown
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.wording import counted
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.crawl.stage.check import RouteCheck, SourceCheck
    from aggregator.domain.settings import Settings


@click.command("check")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@flag("--all", "everything", help="Include disabled sources.")
@flag("--offline", help="Fetch nothing; show the last known status.")
@NOW
@pass_settings
def check(
    settings: Settings,
    keys: tuple[str, ...],
    everything: bool,
    offline: bool,
    now: datetime | None,
) -> Printed:
    """Fetch sources now; show their status and what to do.

    Without KEY all enabled sources are fetched, due or not. All URLs of a source are tried. New
    entries are stored for the next refresh; for a disabled source only the counts are kept. A
    failing source is reported and is not an error.
    """
    from aggregator.bootstrap import open_run
    from aggregator.crawl.stage.check import check_stage, stored_checks

    refuse_unknown(settings, keys, "KEY")
    set_up_log(in_report=IN_REPORT)

    async def checked() -> tuple[SourceCheck, ...]:
        async with open_run(settings, now) as services:
            if offline:
                return stored_checks(services, keys, everything=everything)
            return await check_stage(services, keys, watch, everything=everything)

    with watcher() as watch:
        found = [replace(one, state=_state(one)) for one in awaited(checked())]
    return {"sources": [*map(_object, found)], "verdicts": _verdicts(found)}, _as_text(found)


def _as_text(found: Sequence[SourceCheck]) -> str:
    """A table of all, then what is to be done about those that do not fare well, and how many have
    which verdict.
    """
    heads = ("source", "verdict", "entries", "left out", "dated", "newest", "why")
    rows = table(heads, [_row(checked) for checked in found])
    remedies: dict[tuple[str, str], list[str]] = {}
    for checked in found:
        if checked.health.remedy:
            advised = checked.health.verdict, checked.health.remedy
            remedies.setdefault(advised, []).append(checked.source.key)
    to_do = [
        f"{verdict}: {remedy}\n  {', '.join(keys)}" for (verdict, remedy), keys in remedies.items()
    ]
    notes = "\n".join(
        f"{checked.source.key}: {note}" for checked in found for note in checked.notes
    )
    routes = "\n".join(
        line for checked in found if len(checked.routes) > 1 for line in _route_lines(checked)
    )
    counts = ", ".join(f"{count} {verdict}" for verdict, count in _verdicts(found).items())
    said = f"{counts or 'no source'}."
    return joined(rows, routes, "\n".join(to_do), notes, said, between="\n\n")


def _route_lines(checked: SourceCheck) -> Iterator[str]:
    """The addresses of a source in their order: what each lists, or why it fails and what to do."""
    from aggregator.crawl.plan import route_label

    yield f"{checked.source.key} has {len(checked.routes)} URLs, tried in this order:"
    for place, route in enumerate(checked.routes, start=1):
        name = f"  {place}. {route_label(route.way)}, {route.way.url}"
        newest = f", the newest of {route.newest:%Y-%m-%d}" if route.newest else ""
        if route.reason:
            yield f"{name}: fails: {route.reason}"
            yield f"     {_advice(route)}"
        elif route.items is None:
            yield f"{name}: not tried yet"
        else:
            used = "; in use" if route.in_use else ""
            yield f"{name}: {counted(route.items, 'entry', 'entries')}{newest}{used}"
        if route.way.note and (route.reason or not route.in_use):
            yield f"     ({route.way.note})"


def _state(checked: SourceCheck) -> FetchState:
    """What is known of a source; nothing where it was never asked."""
    blank = FetchState(source_key=checked.source.key, url=checked.source.url)
    return checked.state or blank


def _row(checked: SourceCheck) -> tuple[str, ...]:
    source, state = checked.source, _state(checked)
    listed = state.items is not None
    return (
        source.key if source.enabled else f"{source.key} (off)",
        checked.health.verdict,
        str(state.items) if listed else "",
        str(state.left_out or ""),
        str(state.dated) if listed else "",
        f"{state.newest:%Y-%m-%d}" if state.newest else "",
        checked.health.why,
    )


def _advice(route: RouteCheck) -> str | None:
    from aggregator.crawl.health import advice

    return route.reason and advice(route.way, route.reason, unreadable=route.unreadable)


_route_object = shape(
    "kind=way.kind url=way.url by=way.by newest reason in_use entries=items remedy=.",
    remedy=_advice,
)
_day_object = shape(
    "day asked read not_modified failed redirected new dated pages walled entries=items"
)
_object = shape(
    "key=source.key name=source.name url=source.url kind=source.kind enabled=source.enabled"
    " verdict=health.verdict why=health.why remedy=health.remedy since=health.since"
    " left_out=state.left_out dated=state.dated newest=state.newest gap_s=state.gap_s"
    " failures=state.failures reason=state.reason last_ok=state.last_ok notes routes"
    " entries=state.items usual_entries=state.usual_items next=. days",
    routes=_route_object,
    next=lambda checked: checked.state.due if checked.source.enabled else None,
    days=_day_object,
)


def _verdicts(found: Sequence[SourceCheck]) -> dict[str, int]:
    """How many sources have each verdict, the most frequent first."""
    return dict(Counter(checked.health.verdict for checked in found).most_common())
