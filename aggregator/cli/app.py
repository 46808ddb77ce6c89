"""The command `aggregator`: its options, its commands, and how an error becomes an exit code."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from traceback import format_exception
from types import TracebackType
from typing import Any

import click

from aggregator.cli import (
    calibrate,
    config,
    db,
    demo,
    doctor,
    keys,
    mcp,
    model,
    notify,
    refresh,
    runs,
    serve,
    worker,
)
from aggregator.cli.context import PRINTED, PROGRAM, Invocation, as_started, json_text, program
from aggregator.cli.digest import bounces, digest, edition, subscribers
from aggregator.cli.sources import group as sources
from aggregator.cli.stopping import stoppable
from aggregator.cli.story import ask, evaluate, explain, predictions
from aggregator.cli.story import show as inspect
from aggregator.domain.web.address import masked
from aggregator.errors import AggregatorError

# objects, then collections of the younger generation; Python's own are 700 (2,000), 10, 10. A run
# makes millions of small records, nearly all without cycles: this takes a fifth off its CPU
GC_THRESHOLDS = (50_000, 20, 50)
_EXTRAS = frozenset(
    "aiosmtplib css_inline dkim dns email_validator flufl mcp procrastinate starlette"
    " uvicorn".split()
)
_EXAMPLES = """\b
First time:
  aggregator demo        show a sample site, offline
  aggregator init        write a short config.toml here
  aggregator refresh     read the sources and build the site
  aggregator doctor      check the installation
"""


class _Commands(click.Group):
    """The group of all commands. An option written after a command but belonging before it gets a
    message that says so.

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

    def invoke(self, ctx: click.Context) -> Any:
        """Runs what was asked for. Raises UsageError and AggregatorError."""
        with _errors_as_json(ctx, as_json=ctx.params["as_json"]):
            try:
                with stoppable(lambda: ctx.invoked_subcommand):
                    return super().invoke(ctx)
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
                extra = "mcp" if ctx.invoked_subcommand == "mcp" else "mail,serve"
                raise AggregatorError(
                    f"{error.name} is not installed: pip install 'ai-news-aggregator[{extra}]'"
                ) from error
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
        shown = _without_secrets(error)
        if as_json and PRINTED not in ctx.meta:
            ctx.meta[PRINTED] = True
            click.echo(
                json_text(
                    {"error": {"message": _message(shown), "exit": getattr(shown, "exit_code", 1)}}
                )
            )
        raise _with_hints(shown) from error.__cause__


def _without_secrets(error: BaseException) -> BaseException:
    """The error, or a masked copy of a usage error that quotes an address with a secret."""
    if isinstance(error, click.UsageError) and masked(message := error.format_message()) != message:
        return click.UsageError(masked(message), ctx=error.ctx)
    return error


def _with_hints(error: BaseException) -> BaseException:
    """The error, or a copy of a usage error whose hints name the program as it was started."""
    if isinstance(error, click.UsageError):
        message = error.format_message()
        if (shown := as_started(message)) != message:
            return click.UsageError(shown, ctx=error.ctx)
    return error


def _message(error: BaseException) -> str:
    match error:
        case AggregatorError():
            return masked(str(error))
        case click.ClickException():
            return error.format_message().partition("\n\n")[0]  # the usage alone, without the help
    return "stopped before it finished"


@click.group(
    cls=_Commands,
    epilog=_EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    "config_file",
    default="config.toml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Configuration file to use.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Log every step to standard error.")
@click.option(
    "--log-json", is_flag=True, help="Write log lines as JSON objects, for log collectors."
)
@click.version_option(package_name="ai-news-aggregator", prog_name="aggregator")
@click.pass_context
def aggregator(
    context: click.Context, config_file: Path, as_json: bool, verbose: bool, log_json: bool
) -> None:
    """Turn AI news into one story per event, with a source for every sentence.

    Results go to standard output, progress and logs to standard error. Exit codes: 0 done (failed
    sources are reported, not fatal), 1 a stage failed, 2 invalid usage or configuration, 75 another
    run is in progress.
    """
    context.obj = Invocation(
        config_file=config_file, as_json=as_json, verbose=verbose, log_json=log_json
    )


for command in (
    config.init,
    demo.demo,
    refresh.refresh,
    refresh.build,
    refresh.run,
    sources.sources,
    inspect.extract,
    inspect.story,
):
    aggregator.add_command(command)
for command in (digest.digest, serve.serve, subscribers.subscribers, bounces.bounces, keys.keys):
    aggregator.add_command(command)
for command in (
    explain.explain,
    explain.why_not,
    ask.search,
    ask.ask,
    mcp.mcp,
    runs.runs,
    predictions.predictions,
    worker.worker,
    notify.notify,
):
    aggregator.add_command(command)
for command in (
    edition.edition,
    model.model,
    evaluate.evaluate,
    doctor.doctor,
    db.db,
    config.config,
):
    aggregator.add_command(command)
model.model.add_command(calibrate.calibrate)


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
        click.echo(f"{PROGRAM}: {as_started(masked(str(error)))}", err=True)
        sys.exit(error.exit_code)
