"""Groups of commands to which plugins may add theirs. The command of a plugin that is off is
refused.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from aggregator.cli.context import PROGRAM, USUAL_CONFIG
from aggregator.errors import PluginError
from aggregator.hooks.plugins import Plugins, plugins


class ExtensibleGroup(click.Group):
    """A group to which plugins may add commands."""

    @property
    def path(self) -> str:
        """Its name for the hooks: nothing for the whole program."""
        return "" if self.name == PROGRAM else self.name or ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of ours and of those of the bundled plugins; others are not looked for."""
        is_without = ctx.find_root().params.get("without_plugins")
        found = {} if is_without else plugins().bundled_commands(self.path)
        return sorted({*super().list_commands(ctx), *found})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command of ours or of a plugin, on or off."""
        own = super().get_command(ctx, cmd_name)
        found = None if own else Plugins().command(cmd_name, self.path)
        return found[1] if found else own

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for. Raises PluginError where its plugin is off."""
        name, command, rest = super().resolve_command(ctx, args)
        added = None if not name or name in self.commands else Plugins().command(name, self.path)
        if added:
            _demand(added[0], f"{self.path} {name}".lstrip(), ctx.find_root().params)
        return name, command, rest


def _demand(plugin: str, command: str, options: dict[str, Any]) -> None:
    """Raises PluginError where the plugin of a command is off. A configuration that cannot be read
    switches nothing off: the command itself will say what is wrong with it.
    """
    if options.get("without_plugins"):
        remedy = "leave out --without-plugins"
    else:
        from aggregator.config.layers import environment_layer, file_layers, merged
        from aggregator.config.plugin_tables import switched_off

        config_file = options.get("config_file") or Path(USUAL_CONFIG)
        files = [*file_layers(config_file, None)[0].values()]
        layers = [*files, environment_layer(os.environ, files)[0]]
        if plugin not in switched_off(merged(layers).get("plugins")):
            return
        remedy = f"set enabled = true under [plugins.{plugin}] in the configuration"
    raise PluginError(f"`{command}` belongs to the plugin {plugin}, which is off: {remedy}")
