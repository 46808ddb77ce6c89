"""`worker`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import awaited, flag, pass_settings
from aggregator.cli.progress import Lines, set_up_log
from aggregator.cli.refresh import scheduled_work

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings

_QUEUES = ("refresh", "fetch", "extract", "cluster", "analyse", "publish", "send")


class _Queues(click.ParamType[tuple[str, ...]]):
    name = "NAMES"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Names of queues, separated by commas."""
        if isinstance(value, tuple):
            return value
        names = tuple(part.strip() for part in value.split(",") if part.strip())
        if unknown := [name for name in names if name not in _QUEUES]:
            self.fail(f"{unknown[0]!r} is not one of {', '.join(_QUEUES)}", param, ctx)
        return names or self.fail("is not a queue", param, ctx)


@click.command()
@click.option(
    "--queues",
    type=_Queues(),
    default=_QUEUES,
    help="Queues to serve, separated by commas. Default: all.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 100),
    default=2,
    show_default=True,
    help="Number of parallel jobs.",
)
@flag("--until-idle", help="Stop when all queues are empty.")
@pass_settings
def worker(settings: Settings, queues: tuple[str, ...], concurrency: int, until_idle: bool) -> None:
    """Share the work with workers on other machines.

    Handles refreshes, editions and emails. Needs PostgreSQL.
    """
    from aggregator.plugins.workers.queue import Queue
    from aggregator.plugins.workers.run import WorkerOptions, work

    set_up_log(service=True)
    options = WorkerOptions(
        queues=tuple(map(Queue, queues)), concurrency=concurrency, until_idle=until_idle
    )
    awaited(work(settings, options, scheduled_work(settings), Lines()))
