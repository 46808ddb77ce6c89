"""The hooks of `charts`: a chart for each place of a page that has numbers to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def templates() -> Iterable[Path]:
    """Those of the charts."""
    return (Path(__file__).with_name("templates"),)


@hook
def page_parts(place: str, shown: Any, site: Any) -> Iterator[Any]:
    """The chart of what a place shows, where it tells more than the list beside it."""
    from aggregator.domain.publishing.page import PagePart
    from aggregator.plugins.charts.bars import activity_chart, coverage_chart, numbers_chart
    from aggregator.plugins.charts.reports import reports_chart
    from aggregator.templating.translation import translations

    words = translations(site.language)
    chart: object = None
    match place:
        case "origins":
            chart = reports_chart(shown, site.zone, words)
        case "comparison":
            chart = numbers_chart(shown, words)
        case "topics":
            chart = coverage_chart(shown, words)
        case "listing":
            chart = activity_chart(
                shown.name,
                shown.days,
                words,
                shown.newest_week,
                is_cut=shown.is_cut,
                undated=shown.undated,
            )
    if chart:
        yield PagePart(template=f"{place}-chart.html", record=chart)
