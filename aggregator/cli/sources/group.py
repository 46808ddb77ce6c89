"""`sources`: the group; each command stands in a module of its own."""

from __future__ import annotations

import click

from aggregator.cli.sources.change import add, disable, enable, export, import_list
from aggregator.cli.sources.check import check
from aggregator.cli.sources.forget import forget
from aggregator.cli.sources.list import list_sources


@click.group()
def sources() -> None:
    """Manage sources."""


for command in (list_sources, check, add, import_list, export, enable, disable, forget):
    sources.add_command(command)
