"""`sources available|enable|disable`: which sources are read, changed in config.local.toml."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import Invocation, Printed, pass_invocation, pass_settings, table
from aggregator.cli.refresh import refuse_unknown
from aggregator.cli.sources.change import source_at
from aggregator.domain.source import Lane, SourceKind

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings


@click.command()
@pass_settings
def available(settings: Settings) -> Printed:
    """List the package's sources that are not read yet.

    `sources enable KEY` reads one of them, whatever `sources_from` says.
    """
    offered = _offered(settings)
    rows = [
        (row["key"], row["name"], row.get("lane", Lane.NEWS.value), row.get("note", ""))
        for row in offered.values()
    ]
    heads = ("key", "name", "lane", "note")
    text = table(heads, rows, empty="All sources of the package are enabled.")
    return {"sources": [dict(zip(heads, row, strict=True)) for row in rows]}, text


@click.command()
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@pass_invocation
def enable(invocation: Invocation, keys: tuple[str, ...]) -> Printed:
    """Enable sources from the next refresh on.

    They are disabled ones of your own, or those that `sources available` lists.
    """
    return _switched(invocation, keys, enabled=True)


@click.command()
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@pass_invocation
def disable(invocation: Invocation, keys: tuple[str, ...]) -> Printed:
    """Disable sources. Their stories stay."""
    return _switched(invocation, keys, enabled=False)


def _switched(invocation: Invocation, keys: tuple[str, ...], *, enabled: bool) -> Printed:
    from aggregator.config.config_file import add_sources, set_enabled

    settings = invocation.settings()
    listed = {source.key: source for source in settings.sources}
    offered = _offered(settings) if enabled else {}
    refuse_unknown(settings, [key for key in keys if key not in offered], "KEY")
    for key in keys:
        source = listed.get(key)
        if enabled and source and source.kind is SourceKind.LISTING and source.listing is None:
            what = f"{key} has no feed and no listing"
            raise click.BadParameter(
                f"{what}; add a [sources.listing] table for it to {invocation.config_file}",
                param_hint="KEY",
            )
    keys = tuple(dict.fromkeys(keys))
    changed = [key for key in keys if key in listed and listed[key].enabled is not enabled]
    new = [offered[key] | {"enabled": True} for key in keys if key not in listed]
    file = None
    if new:
        file = add_sources(invocation.config_file, os.environ, new)
    if changed:
        file = set_enabled(invocation.config_file, os.environ, changed, enabled=enabled)
    done = [key for key in keys if key in changed or key not in listed]
    word = "on" if enabled else "off"
    said = [f"{', '.join(done)}: now {word} ({file})."] if done else []
    if rest := [key for key in keys if key not in done]:
        said.append(f"{', '.join(rest)}: {word} already.")
    if done and enabled:
        said.append(f"Next: aggregator refresh{''.join(f' --source {key}' for key in done)}")
    as_object = {"changed": done, "enabled": enabled, "file": str(file) if file else None}
    return as_object, "\n".join(said)


def _offered(settings: Settings) -> dict[str, dict[str, Any]]:
    """The tables of the package's sources that are not read, by key."""
    from aggregator.config.layers import package_sources

    read = [source for source in settings.sources if source.enabled]
    keys = {source.key for source in read}
    return {
        row["key"]: row
        for row in package_sources()
        if row["key"] not in keys and source_at(read, row["url"]) is None
    }
