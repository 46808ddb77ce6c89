"""The hooks of `predictions`: its command, and the stage that marks what is due."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def commands() -> Iterable[Any]:
    """`predictions`."""
    from aggregator.plugins.predictions.command import predictions

    return (predictions,)


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
            after="answer",
            modes={Mode.REFRESH: lambda _: True},
            takes="open predictions",
            leaves="predictions that are due",
        ),
    )


async def _mark_due(work: Any) -> None:
    from aggregator.plugins.predictions.judging import mark_due

    mark_due(work.services, work.tally)
