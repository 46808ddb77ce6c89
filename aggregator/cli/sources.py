"""`sources`: the group; each command stands in a module of its own."""

from __future__ import annotations

import click

from aggregator.cli.sources_check import check
from aggregator.cli.sources_list import list_sources


@click.group()
def sources() -> None:
    """What is followed."""


sources.add_command(check)
sources.add_command(list_sources)
