"""What every command gets: the global options, the settings behind them, and how to print a result."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings

PRINTED = "aggregator.printed"  # a note that click keeps while a command runs: its object stands on standard output


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The options that stand before the command."""

    config_file: Path
    as_json: bool
    verbose: bool
    log_json: bool = False

    def settings(self) -> Settings:
        """The settings of config.toml and its overrides. Raises ConfigError."""
        from aggregator.config import load

        return load(self.config_file, os.environ)

    def result(self, as_object: Any, as_text: str) -> None:
        """Prints a result on standard output: one JSON object, or the text for people."""
        click.echo(json_text(as_object) if self.as_json else as_text)
        click.get_current_context().meta[PRINTED] = True


pass_invocation = click.pass_obj


def json_text(as_object: Any) -> str:
    """An object as it is printed."""
    return json.dumps(as_object, ensure_ascii=False, indent=2)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], width: int | None = None) -> str:
    """Rows as aligned columns for people, folded to the width of the terminal; a pipe gets 200 columns.

    No cell is cut. The first column names what a row is about, so it is not folded either: people copy from it.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, head in enumerate(heads):
        drawn.add_column(head, no_wrap=number == 0, overflow="fold")
    for row in rows:
        drawn.add_row(*(_plain(cell) for cell in row))
    console = Console(width=width or (None if sys.stdout.isatty() else 200))
    with console.capture() as captured:
        console.print(drawn)
    return captured.get().rstrip()


def _plain(cell: str) -> Any:
    from rich.text import Text

    return Text(cell)  # a title such as "[bold]" is no markup
