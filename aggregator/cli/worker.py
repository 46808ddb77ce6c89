"""`aggregator worker`."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from aggregator.cli.context import Invocation, pass_invocation

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
            self.fail(f"{unknown[0]!r} is none of {', '.join(_QUEUES)}", param, ctx)
        return names or self.fail("names no queue", param, ctx)


@click.command()
@click.option(
    "--queues",
    type=_Queues(),
    default=_QUEUES,
    help="What it does: all, or some, separated by commas.",
)
@click.option(
    "--concurrency", type=click.IntRange(1, 100), default=2, show_default=True, help="Jobs at once."
)
@click.option("--until-idle", is_flag=True, help="End once nothing waits.")
@pass_invocation
def worker(
    invocation: Invocation, queues: tuple[str, ...], concurrency: int, until_idle: bool
) -> None:
    """Do the work together with workers on other machines.

    That of a refresh, the edition and the mail; the database is one of PostgreSQL.
    """
    from aggregator.cli.progress import Lines, set_up_log
    from aggregator.cli.refresh import scheduled_work
    from aggregator.workers.queue import Queue
    from aggregator.workers.run import WorkerOptions, work

    settings = invocation.settings()
    set_up_log(verbose=invocation.verbose)
    options = WorkerOptions(
        queues=tuple(map(Queue, queues)), concurrency=concurrency, until_idle=until_idle
    )
    asyncio.run(work(settings, options, scheduled_work(settings), Lines()))
