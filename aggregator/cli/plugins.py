"""`plugins list|forget`."""

from __future__ import annotations

import click

from aggregator.cli.context import Invocation, pass_invocation, table
from aggregator.templating.shape import shape

_plugin_object = shape("name from=origin enabled hooks problem")


@click.group()
def plugins() -> None:
    """List the plugins, or delete what one has stored."""


@plugins.command("list")
@pass_invocation
def list_plugins(invocation: Invocation) -> None:
    """List the plugins, with where they come from and what they add."""
    from aggregator.hooks import plugins as there
    from aggregator.hooks.specifications import VERSION

    if invocation.config_file.exists():
        invocation.settings()
    found = there.plugins().listed()
    as_object = {"hooks": VERSION, "plugins": [*map(_plugin_object, found)]}
    rows = [
        (
            one.name,
            "on" if one.enabled else "off",
            one.origin,
            one.problem or ", ".join(one.hooks).replace("_", " "),
        )
        for one in found
    ]
    text = table(("plugin", "", "from", "adds"), rows) if rows else "No plugin is used."
    invocation.result(as_object, text)


@plugins.command()
@click.argument("name")
@pass_invocation
def forget(invocation: Invocation, name: str) -> None:
    """Delete what the plugin NAME has stored.

    Of the bundled plugins with tables of their own, only catalogues deletes what is in them.
    """
    from aggregator.adapters.locks import run_lock
    from aggregator.bootstrap import open_database
    from aggregator.hooks.plugins import forgotten
    from aggregator.store import plugin_values

    settings = invocation.settings()
    with run_lock(settings.database), open_database(settings.database) as database:
        database.demand_current()
        with database.writing() as connection:
            count = plugin_values.forget(connection, name) + forgotten(connection, name)
    invocation.result({"plugin": name, "deleted": count}, f"{name}: {count} values deleted.")
