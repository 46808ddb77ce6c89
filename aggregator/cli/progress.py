"""What a person sees of a run that is under way: bars on a terminal, one log line a stage
elsewhere.
"""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from aggregator.log import log
from aggregator.log import set_up_log as log_from

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID


class Bars:
    """Satisfies `stages.services.Watch` with a bar for each stage and the name of the current item,
    on standard error.

    On a narrow terminal the name is cut, never the counters.
    """

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )
        from rich.table import Column

        self._progress: Progress = Progress(
            TextColumn("{task.description:<8}", table_column=Column(no_wrap=True)),
            BarColumn(bar_width=24),
            MofNCompleteColumn(table_column=Column(no_wrap=True)),
            TimeElapsedColumn(table_column=Column(no_wrap=True)),
            TextColumn(
                "{task.fields[what]}",
                markup=False,
                table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
            ),
            console=console or Console(stderr=True),
            expand=True,
        )
        self._task: TaskID | None = None

    def stage(self, name: str, total: int) -> None:
        """Begins a stage of `total` items; the bar of the one before stays as it ended."""
        self.end()
        self._task = self._progress.add_task(name, total=total, what="")

    def step(self, what: str) -> None:
        """One item is done; `what` names it."""
        if self._task is not None:
            self._progress.update(self._task, advance=1, what=what[:60])

    def end(self) -> None:
        """The last item of a stage is no longer being worked."""
        if self._task is not None:
            self._progress.update(self._task, what="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()
        self._progress.stop()


class Lines:
    """Satisfies `stages.services.Watch` with one log line a stage."""

    def stage(self, name: str, total: int) -> None:
        """Logs that a stage started."""
        log().info("stage started", stage=name, items=total)

    def step(self, what: str) -> None:
        """Logs the item, if every step is wanted."""
        log().debug("item done", what=what)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


def watcher() -> Bars | Lines:
    """Bars where standard error is a terminal, lines elsewhere."""
    return Bars() if sys.stderr.isatty() else Lines()


def set_up_log(*, verbose: bool) -> None:
    """Sends the log to standard error: warnings on a terminal that shows bars, the story of a run
    elsewhere, all with -v.

    With `--log-json` each line is an object, for what collects logs.
    """
    quiet = logging.WARNING if sys.stderr.isatty() else logging.INFO
    log_from(
        logging.DEBUG if verbose else quiet,
        as_json=click.get_current_context().find_root().obj.log_json,
    )
