"""`plugins list|forget`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.context import (
    Invocation,
    Printed,
    open_current,
    pass_invocation,
    pass_settings,
    table,
)
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings

_plugin_object = shape("name from=origin enabled hooks problem")


@click.group()
def plugins() -> None:
    """List the plugins, or delete what one has stored."""


@plugins.command("list")
@pass_invocation
def list_plugins(invocation: Invocation) -> Printed:
    """List the plugins, with where they come from and what they add."""
    from aggregator.hooks import plugins as there
    from aggregator.hooks.specifications import VERSION

    if invocation.config_file.exists():
        invocation.settings()
    found = there.plugins().listed()
    rows = [
        (
            one.name,
            "on" if one.enabled else "off",
            one.origin,
            one.problem or ", ".join(one.hooks).replace("_", " "),
        )
        for one in found
    ]
    text = table(("plugin", "", "from", "adds"), rows, empty="No plugin is used.")
    return {"hooks": VERSION, "plugins": [*map(_plugin_object, found)]}, text


@plugins.command()
@click.argument("name")
@pass_settings
def forget(settings: Settings, name: str) -> Printed:
    """Delete what the plugin NAME has stored.

    Of the bundled plugins with tables of their own, only catalogues deletes what is in them.
    """
    from aggregator.hooks.plugins import forgotten
    from aggregator.store import plugin_values

    with open_current(settings, alone=True) as database, database.writing() as connection:
        count = plugin_values.forget(connection, name) + forgotten(connection, name)
    return {"plugin": name, "deleted": count}, f"{name}: {count} values deleted."
