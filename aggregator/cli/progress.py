"""What a person sees of a run that is under way: bars on a terminal, one line a stage elsewhere,
and log lines where they were asked for.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

import click

from aggregator.log import log
from aggregator.log import set_up_log as log_from

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID


_DOING = {
    "sources": "reading sources",
    "articles": "reading articles",
    "stories": "grouping articles",
    "doubts": "asking about pairs of stories",
    "analysis": "writing stories",
    "model": "writing stories from their facts",
    "pages": "building pages",
    "mails": "sending emails",
    "judging": "judging claims",
}
# levels of the log as `logging` numbers them, which a short command need not import
_DEBUG, _INFO, _WARNING = 10, 20, 30
# Log lines that the report of a refresh repeats as a table.
IN_REPORT = frozenset({"source failed", "source read in part"})


class Bars:
    """Satisfies `services.Watch` with a bar for each stage and the name of the current item,
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

    def __exit__(self, *_: object) -> None:
        self.end()
        self._progress.stop()


class Steps:
    """Satisfies `services.Watch` with one plain line a stage that has work, on standard
    error.
    """

    def stage(self, name: str, total: int) -> None:
        """Prints what begins, and of how many."""
        if total:
            click.echo(f"{_DOING.get(name, name)}: {total}", err=True)

    def step(self, what: str) -> None:
        """Says nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class Lines(Steps):
    """The same with one log line a stage."""

    def stage(self, name: str, total: int) -> None:
        """Logs that a stage started."""
        log().info("stage started", stage=name, items=total)

    def step(self, what: str) -> None:
        """Logs the item, if every step is wanted."""
        log().debug("item done", what=what)


def watcher() -> Bars | Lines | Steps:
    """Log lines where the options ask for them, bars where standard error is a terminal, plain
    lines elsewhere.
    """
    invocation = click.get_current_context().find_root().obj
    if sys.stderr.isatty():
        return Bars()
    return Lines() if invocation.log_json or invocation.verbose else Steps()


def set_up_log(*, service: bool = False, in_report: frozenset[str] = frozenset()) -> None:
    """Sends the log to standard error: warnings, with -v all; so it is for every command. A
    service, and `--log-json`, say what is done as well; the events `in_report` are left out, which
    a report repeats.

    With `--log-json` each line is an object, for what collects logs.
    """
    invocation = click.get_current_context().find_root().obj
    verbose, as_json = invocation.verbose, invocation.log_json
    is_full = (service and not sys.stderr.isatty()) or as_json
    quiet = _INFO if is_full else _WARNING
    log_from(
        _DEBUG if verbose else quiet,
        as_json=as_json,
        without=frozenset() if verbose or as_json else in_report,
    )
