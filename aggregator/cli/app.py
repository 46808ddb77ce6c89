"""The command `aggregator`: its options, its commands, and how an error or a signal ends it."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from traceback import format_exception
from types import FrameType, TracebackType
from typing import Any

import click

from aggregator.cli import config, db, doctor, init, model, refresh, runs, serve, subject, theme
from aggregator.cli import plugins as plugin_commands
from aggregator.cli.context import (
    PRINTED,
    PROGRAM,
    USUAL_CONFIG,
    Invocation,
    as_started,
    flag,
    json_text,
    not_installed,
    program,
)
from aggregator.cli.digest import bounces, digest, edition, subscribers
from aggregator.cli.group import ExtensibleGroup
from aggregator.cli.progress import set_up_log
from aggregator.cli.sources import change, switch
from aggregator.cli.sources.check import check
from aggregator.cli.sources.forget import forget
from aggregator.cli.sources.list import list_sources
from aggregator.cli.story import show as story
from aggregator.domain.web.address import masked
from aggregator.errors import AggregatorError, StoppedError
from aggregator.hooks.plugins import Plugins, activate

# objects, then collections of the younger generation; Python's own are 700 (2,000), 10, 10. A run
# makes millions of small records, nearly all without cycles: this takes a fifth off its CPU.
# Loading the program makes fewer than the first: a short command collects nothing
GC_THRESHOLDS = (150_000, 10, 50)
_EXTRAS = frozenset(
    "aiosmtplib css_inline dkim dns email_validator flufl procrastinate starlette uvicorn".split()
)
_BY_ITSELF = frozenset({"run", "serve", "worker"})  # they finish what they are doing first
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LATER_S = 0.01  # a module is imported in 1 to 100 ms
_STOPPED = "stopped early. Finished work is kept; run the same command again to continue."
_EXAMPLES = """\b
First time:
  aggregator demo        show a sample site, offline
  aggregator init        ask for your main settings, write a config.toml
  aggregator refresh     read the sources and build the site
  aggregator doctor      check the installation
"""


class _Commands(ExtensibleGroup):
    """The group of all commands, whose results it prints. An option written after a command but
    belonging before it gets a message that says so.

    With `--json`, the error of any command is printed as an object.
    """

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the examples with the program called as it is from here."""
        self.epilog = _EXAMPLES.replace(f"  {PROGRAM}", f"  {program()}")
        super().format_epilog(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments that are left for the command. Raises UsageError."""
        with _errors_as_json(ctx, as_json="--json" in args):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        """Runs what was asked for, and prints the result. Raises UsageError and AggregatorError."""
        with _errors_as_json(ctx, as_json=ctx.params["as_json"]):
            try:
                with _stoppable(ctx):
                    printed = super().invoke(ctx)
                    if isinstance(printed, tuple):
                        ctx.obj.result(*printed)
            except click.NoSuchOption as error:
                option = next(
                    (param for param in self.params if error.option_name in param.opts), None
                )
                if option is None or error.ctx is None:
                    raise
                command = error.ctx.command_path.removeprefix(ctx.command_path).strip()
                value = "" if getattr(option, "is_flag", True) else " FILE"
                right = f"{ctx.command_path} {error.option_name}{value} {command}"
                what = f"{error.message.rstrip('.')}; put it before the command: {right}"
                raise click.UsageError(what, ctx=error.ctx) from error
            except ModuleNotFoundError as error:
                if (error.name or "").partition(".")[0] not in _EXTRAS:
                    raise
                raise not_installed(error, "mail,serve") from error
            except OSError as error:
                if error.filename is None:
                    raise
                raise AggregatorError(f"{error.filename}: {error.strerror}") from error


@contextmanager
def _errors_as_json(ctx: click.Context, *, as_json: bool) -> Iterator[None]:
    """Prints the error that ends a command as an object, where JSON is asked for and no result is
    printed yet.
    """
    try:
        yield
    except (
        AggregatorError,
        click.ClickException,
        click.Abort,
        KeyboardInterrupt,
        EOFError,
    ) as error:
        shown = _reworded(_reworded(error, masked), as_started)
        if as_json and PRINTED not in ctx.meta:
            ctx.meta[PRINTED] = True
            click.echo(
                json_text(
                    {"error": {"message": _message(shown), "exit": getattr(shown, "exit_code", 1)}}
                )
            )
        raise shown from error.__cause__


def _reworded(error: BaseException, by: Callable[[str], str]) -> BaseException:
    """The error with its message as it is to be read; a copy of a usage error that changes. What
    prints the help of a group stays as it is.
    """
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error
    if isinstance(error, AggregatorError):
        error.args = (by(str(error)),)
    if isinstance(error, click.UsageError):
        message = error.format_message()
        if (shown := by(message)) != message:
            return click.UsageError(shown, ctx=error.ctx)
    return error


def _message(error: BaseException) -> str:
    match error:
        case AggregatorError():
            return str(error)
        case click.ClickException():
            return error.format_message().partition("\n\n")[0]  # the usage alone, without the help
    return "stopped before it finished"


@contextmanager
def _stoppable(ctx: click.Context) -> Iterator[None]:
    """Turns the first SIGINT or SIGTERM into StoppedError, keeping the work that is finished; a
    second one ends the process immediately.

    asyncio would not interrupt a computing stage until its next await, which may be minutes away.
    An import is finished first: what a signal raises inside it is often lost, to the callback of a
    lock or to a library that tries whether a module is there. The command is looked up when a
    signal arrives: click knows its name only once it is running.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {signalled: signal.getsignal(signalled) for signalled in _SIGNALS}
    # the parent process may ignore it on purpose
    heard = [signalled for signalled in _SIGNALS if before[signalled] != signal.SIG_IGN]

    def interrupt(_number: int, frame: FrameType | None) -> None:
        if _is_importing(frame):
            signal.setitimer(signal.ITIMER_REAL, _LATER_S)
        else:
            raise KeyboardInterrupt

    def stop(number: int, frame: FrameType | None) -> None:
        is_ours = ctx.invoked_subcommand not in _BY_ITSELF
        for signalled in heard:
            signal.signal(signalled, signal.SIG_DFL if is_ours else before[signalled])
        if is_ours:
            interrupt(number, frame)
        else:
            signal.raise_signal(number)

    alarm = signal.signal(signal.SIGALRM, interrupt)
    for signalled in heard:
        signal.signal(signalled, stop)
    try:
        yield
    except KeyboardInterrupt as error:
        if ctx.invoked_subcommand in _BY_ITSELF:
            raise
        raise StoppedError(_STOPPED) from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, alarm)
        for signalled in heard:
            signal.signal(signalled, before[signalled])


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a frame runs, or is called by, the machinery of `import`."""
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


@click.group(
    cls=_Commands,
    epilog=_EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    "config_file",
    default=USUAL_CONFIG,
    show_default=True,
    type=click.Path(path_type=Path),
    help="Configuration file to use.",
)
@flag("--json", "as_json", help="Print the result as JSON.")
@flag("-v", "--verbose", help="Log every step to standard error.")
@flag("--log-json", help="Write log lines as JSON objects, for log collectors.")
@flag("--without-plugins", help="Do without the bundled plugins and all others.")
@click.version_option(package_name="ai-news-aggregator", prog_name="aggregator")
@click.pass_context
def aggregator(context: click.Context, /, **options: Any) -> None:
    """Group news into stories, with the source of each sentence.

    Results go to standard output, progress and logs to standard error. Exit codes: 0 done (failed
    sources are reported, not fatal), 1 a stage failed, 2 invalid usage or configuration, 75 another
    run is in progress.
    """
    context.obj = Invocation(**options)
    activate(Plugins(none=context.obj.without_plugins))
    set_up_log()


@aggregator.group()
def sources() -> None:
    """Manage sources."""


COMMANDS: dict[click.Group, tuple[click.Command, ...]] = {
    aggregator: (
        init.init,
        refresh.refresh,
        refresh.build,
        refresh.run,
        story.extract,
        story.story,
        digest.digest,
        serve.serve,
        subscribers.subscribers,
        bounces.bounces,
        config.keys,
        runs.runs,
        edition.edition,
        model.model,
        doctor.doctor,
        db.db,
        config.config,
        plugin_commands.plugins,
        theme.theme,
        subject.subject,
    ),
    sources: (
        list_sources,
        check,
        change.add,
        change.import_list,
        change.export,
        switch.available,
        switch.enable,
        switch.disable,
        forget,
    ),
}
for group, commands in COMMANDS.items():
    for command in commands:
        group.add_command(command)


def _print_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Prints an unexpected error with the secrets of addresses masked."""
    click.echo(masked("".join(format_exception(kind, error, trace))), err=True, nl=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line; an `AggregatorError` ends it with a message on standard error and its
    exit code.
    """
    gc.set_threshold(*GC_THRESHOLDS)
    sys.excepthook = _print_crash
    try:
        aggregator(arguments, prog_name=PROGRAM)
    except AggregatorError as error:
        click.echo(f"{PROGRAM}: {error}", err=True)
        sys.exit(error.exit_code)
