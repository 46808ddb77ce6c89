"""The hooks of `predictions`: its command, its page, and the stage that marks what is due."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def commands() -> Iterable[Any]:
    """`predictions`."""
    from aggregator.plugins.predictions.command import predictions

    return (predictions,)


@hook
def site_pages() -> Iterable[Any]:
    """The scorecard."""
    from aggregator.domain.publishing.page import AddedPage
    from aggregator.domain.wording import N_

    def shown(inputs: Any) -> object:
        from aggregator.plugins.predictions.page import stored_scorecard

        return stored_scorecard(inputs)

    def state(connection: Any) -> str:
        from aggregator.plugins.predictions.store import predictions_digest

        return predictions_digest(connection)

    page = AddedPage(
        path="scorecard/",
        template="scorecard.html",
        record=shown,
        name=N_("Scorecard"),
        state=state,
        entries_of="prediction",
    )
    return (page,)


@hook
def templates() -> Iterable[Path]:
    """That of the scorecard."""
    return (Path(__file__).with_name("templates"),)


@hook
def stages() -> Iterable[Any]:
    """The stage before the site is published."""
    from aggregator.domain.operation.report import Step
    from aggregator.pipeline import Mode, Stage

    return (
        Stage(
            name="predictions",
            run=_mark_due,
            reported="",
            step=Step.PUBLISH,
            after="rules",
            modes={Mode.REFRESH: lambda _: True},
            takes="open predictions",
            leaves="predictions that are due",
        ),
    )


async def _mark_due(work: Any) -> None:
    from aggregator.plugins.predictions.judging import mark_due

    mark_due(work.services, work.tally)
