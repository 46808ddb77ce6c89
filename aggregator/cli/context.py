"""What every command gets: the global options, the settings behind them, how to print a result, and
the kinds of arguments that several commands take. What is not of its form is refused before
anything is done.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeAlias, TypeVar

import click

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import Newsroom, open_newsroom
from aggregator.domain.publishing.period import period_days, period_kind
from aggregator.errors import AggregatorError, MailError
from aggregator.hooks.plugins import Plugins, activate

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from aggregator.domain.settings import Settings
    from aggregator.services import Services
    from aggregator.store.database import Database

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
# what a command returns to have it printed: its result as an object, and as a text for people; an
# exit code may follow
Printed: TypeAlias = tuple[Any, str]
PrintedExit: TypeAlias = tuple[Any, str, int]

# a note that click keeps while a command runs: its object stands on standard output
PRINTED = "aggregator.printed"

PROGRAM = "aggregator"
USUAL_CONFIG = "config.toml"
# a command to run, unless it says by which configuration
_HINT = re.compile(rf"((?:^|`|: ){PROGRAM})(?! --config)(?= [a-z-])", re.MULTILINE)
_PIPE_WIDTH = 200  # columns
# columns: folded to less, a cell becomes a ladder of words; tests/integration/test_cli.py would
# notice
_MIN_COLUMN = 20
_GAP = 3  # columns between two


@frozen
class Invocation:
    """The options that stand before the command, by their names."""

    config_file: Path
    as_json: bool
    verbose: bool
    log_json: bool = False
    without_plugins: bool = False

    def settings(self) -> Settings:
        """The settings of config.toml and its overrides; the plugins that they leave on are those
        of the process from then on, and so are the roles of its registry. Raises ConfigError.
        """
        from aggregator.config.configuration import load
        from aggregator.config.plugin_tables import switched_off

        settings = load(self.config_file, os.environ)
        activate(Plugins(switched_off(settings.plugins), none=self.without_plugins))
        open_newsroom(partial(_newsroom, Path(settings.cluster.registry)))
        return settings

    def result(self, as_object: Any, as_text: str, exit_code: int = 0) -> None:
        """Prints a result on standard output: one JSON object, or the text for people. Commands
        return theirs (`Printed`), but for those that go on after it.
        """
        click.echo(json_text(as_object) if self.as_json else as_started(as_text))
        click.get_current_context().meta[PRINTED] = True
        if exit_code:
            sys.exit(exit_code)


pass_invocation = click.pass_obj


def pass_settings(
    command: Callable[Concatenate[Settings, Arguments], Result],
) -> Callable[Arguments, Result]:
    """Calls a command with the settings first. What it returns is printed: see `Printed`."""

    @pass_invocation
    def with_settings(
        invocation: Invocation, /, *args: Arguments.args, **options: Arguments.kwargs
    ) -> Result:
        return command(invocation.settings(), *args, **options)

    return update_wrapper(with_settings, command)


def _newsroom(registry: Path) -> Newsroom:
    from aggregator.config.registry_file import load_registry  # where roles are asked for

    return load_registry(registry).newsroom


def not_installed(error: ModuleNotFoundError, extra: str) -> AggregatorError:
    """The error that says which extra has the library that is missing."""
    return AggregatorError(
        f"{error.name} is not installed: pip install 'ai-news-aggregator[{extra}]'"
    )


def awaited(task: Coroutine[Any, Any, Result]) -> Result:
    """The result of a task, run to its end. Only here is asyncio imported: most commands that
    print something await nothing.
    """
    import asyncio

    return asyncio.run(task)


def with_services(
    settings: Settings,
    now: datetime | None,
    work: Callable[[Services], Coroutine[Any, Any, Result]],
    *,
    as_run: bool = True,
) -> Result:
    """What the work makes of everything that a run needs: under the lock of a run, with the
    database migrated, unless `as_run` is off. Raises RunningError, DatabaseError.
    """
    from aggregator.bootstrap import open_run, open_services

    async def done() -> Result:
        async with (open_run if as_run else open_services)(settings, now) as services:
            return await work(services)

    return awaited(done())


@contextmanager
def open_current(
    settings: Settings, *, upgrade: bool = False, alone: bool = False
) -> Iterator[Database]:
    """The database at this version's schema, or brought to it with `upgrade`; `alone` is under the
    lock of a run. Raises DatabaseError, RunningError.
    """
    from aggregator.adapters.locks import run_lock
    from aggregator.bootstrap import open_database

    lock = run_lock(settings.database) if alone else nullcontext()
    with open_database(settings.database) as database, lock:
        if upgrade:
            database.upgrade(moment())
        else:
            database.demand_current()
        yield database


def moment(now: datetime | None = None) -> datetime:
    """The time that a command goes by: the one it was given, else the clock's."""
    from aggregator.adapters.clock import SystemClock

    return now or SystemClock().now()


def program() -> str:
    """How this program is called from here: by its name where the shell finds it, else as it was
    started, such as `.venv/bin/aggregator`.
    """
    started = sys.argv[0]
    if Path(started).name != PROGRAM:  # python -m, or another program that calls this one
        return PROGRAM
    found = shutil.which(PROGRAM)
    is_found = found is not None and Path(found).resolve() == Path(started).resolve()
    return PROGRAM if is_found else shlex.quote(started)


def as_started(text: str) -> str:
    """A text for people whose hints can be copied: they name the program, and pip, as they are
    called from here, and the configuration that the command was given.
    """
    name = program()
    start = name + _given_config()
    if start == PROGRAM:
        return text
    text = _HINT.sub(lambda hint: f"{hint[1].removesuffix(PROGRAM)}{start}", text)
    pip = f"{shlex.quote(sys.executable)} -m pip install '"
    return text if name == PROGRAM else text.replace("pip install '", pip)


def _given_config() -> str:
    """The option `--config` of the command that runs, with a space before it; empty where it goes
    by the usual file.
    """
    context = click.get_current_context(silent=True)
    given = str(context.find_root().params.get("config_file", "")) if context else ""
    return f" --config {shlex.quote(given)}" if given not in ("", USUAL_CONFIG) else ""


def json_text(as_object: Any) -> str:
    """An object as it is printed, dates and moments as in ISO 8601."""
    return json.dumps(as_object, ensure_ascii=False, indent=2, default=lambda day: day.isoformat())


def write_new(file: Path, text: str, *, mode: int = 0o666) -> None:
    """Writes a file that is not there yet. Raises OSError."""
    made = partial(os.open, mode=mode)
    with open(file, "x", encoding="utf-8", newline="", opener=made) as opened:
        opened.write(text)


def joined(*parts: object, between: str = "\n") -> str:
    """The parts that say something, one below the other."""
    return between.join(str(part) for part in parts if part)


def aligned(rows: Iterable[tuple[str, object]], width: int) -> str:
    """Names and what is said of each, a line for each."""
    return "\n".join(f"{name:<{width}} {value}" for name, value in rows)


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    width: int | None = None,
    empty: str = "",
) -> str:
    """Rows as aligned columns for people, folded to the width of the terminal; a pipe gets 200
    columns. Without rows, the text that says so.

    Where that is too narrow each row gets lines of its own. No cell is cut. The first column
    names what a row is about, so it is not folded either: people copy from it.
    """
    several = [tuple(row) for row in rows]
    if empty and not several:
        return empty
    from rich import box
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, head in enumerate(heads):
        drawn.add_column(head, no_wrap=number == 0, overflow="fold")
    for row in several:
        drawn.add_row(*(_plain(cell) for cell in row))
    is_given = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(width=width or (None if is_given else _PIPE_WIDTH))
    if _min_width(heads, several) > console.width:
        return "\n".join(line for row in several for line in _stacked_row(heads, row, console))
    with console.capture() as captured:
        console.print(drawn)
    return captured.get().rstrip()


def _min_width(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """The columns that a table can do with."""
    from rich.cells import cell_len

    first, *others = (max(map(cell_len, column)) for column in zip(heads, *rows, strict=True))
    return first + sum(_GAP + min(other, _MIN_COLUMN) for other in others) + 1


def _stacked_row(heads: Sequence[str], row: Sequence[str], console: Console) -> Iterator[str]:
    """What a row is about, and beneath it each cell that says something, with its head; a cell is
    whole where it fits.
    """
    from rich.cells import cell_len

    yield row[0]
    width, line = console.width - 2, ""
    for part in (
        f"{head}: {cell}" if head else cell
        for head, cell in zip(heads[1:], row[1:], strict=True)
        if cell
    ):
        longer = f"{line} · {part}" if line else part
        if line and cell_len(longer) > width:
            yield from _wrapped(line, console, width)
            line = part
        else:
            line = longer
    yield from _wrapped(line, console, width)


def _wrapped(line: str, console: Console, width: int) -> Iterator[str]:
    if line:
        yield from (
            f"  {part.plain.rstrip()}"
            for part in _plain(line).wrap(console, width, overflow="fold")
        )


def _plain(cell: str) -> Text:
    from rich.text import Text

    return Text(cell)  # a title such as "[bold]" is no markup


class _Moment(click.ParamType[datetime]):
    name = "ISO"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """An ISO 8601 moment; one without a zone is UTC."""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an ISO 8601 time such as 2026-07-06T06:00Z", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class _Period(click.ParamType[str]):
    def __init__(self, name: str, refusal: str) -> None:
        self.name, self._refusal = name, refusal

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """An ISO week such as 2026-W47, a day such as 2026-11-18, or either of them, as its name
        says.
        """

        try:
            period_days(value)
            is_wanted = self.name in {"PERIOD", period_kind(value).name}
        except ValueError:
            is_wanted = False
        if not is_wanted:
            self.fail(f"{value!r} is {self._refusal}", param, ctx)
        return str(value)


class _Address(click.ParamType[str]):
    name = "ADDRESS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """A mail address as it is kept."""
        from aggregator.digest.mail.addresses import checked_address

        try:
            return checked_address(value)
        except MailError as error:
            self.fail(error.reason, param, ctx)


class _NewFile(click.Path):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """A file to write, in a folder that is there."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(
                f"no such folder: {path.parent}; create it: mkdir -p {path.parent}", param, ctx
            )
        return path


WEEK = _Period("WEEK", "not an ISO week such as 2026-W47")
DAY = _Period("DAY", "not a day such as 2026-11-18")
PERIOD = _Period("PERIOD", "neither an ISO week such as 2026-W47 nor a day such as 2026-11-18")
ADDRESS = _Address()
NEW_FILE = _NewFile(dir_okay=False)
OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
flag = partial(click.option, is_flag=True)
NOW = click.option("--now", type=_Moment(), help='Use this time as "now" for the whole run.')
