"""`sources add|import|export`: sources into config.local.toml, and out as OPML."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import (
    NEW_FILE,
    OLD_FILE,
    Invocation,
    Printed,
    flag,
    joined,
    pass_invocation,
    pass_settings,
    table,
    with_services,
    write_new,
)
from aggregator.domain.source import Lane, Scope, Source
from aggregator.domain.web.address import Address
from aggregator.domain.web.urls import fetchable_url
from aggregator.errors import AggregatorError
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.crawl.discovery import FoundFeed
    from aggregator.crawl.opml import Subscription
    from aggregator.domain.entry import Entry
    from aggregator.domain.settings import Settings

_SHOWN = 5  # of the newest entries of a new source
_LANE = click.option(
    "--lane",
    type=click.Choice([lane.value for lane in Lane]),
    default=Lane.NEWS.value,
    show_default=True,
    help="Kind of source.",
)
_SCOPE = click.option(
    "--scope",
    type=click.Choice([Scope.AUTO.value, Scope.SUBJECT.value, Scope.GENERAL.value]),
    default=Scope.AUTO.value,
    show_default=True,
    help="What it writes about: the subject alone, or everything.",
)


@click.command()
@click.argument("url", metavar="URL")
@click.option("--key", default="", help="Short name. Default: derived from the title.")
@click.option(
    "--name",
    default="",
    help="Name shown to readers. Default: the feed's title, or the part of it that its host has"
    " too.",
)
@_LANE
@_SCOPE
@pass_invocation
def add(invocation: Invocation, url: str, key: str, name: str, lane: str, scope: str) -> Printed:
    """Add a source to config.local.toml.

    URL is a feed, or a page whose feed can be found.
    """
    from aggregator.config.config_file import add_sources
    from aggregator.crawl.discovery import find_feed, new_source_key, source_name
    from aggregator.domain.entry import Unreadable
    from aggregator.extract.admission import is_admissible

    settings, url = invocation.settings(), Address(url)
    _refuse_taken(settings, key)
    if fetchable_url(url) is None:
        raise click.BadParameter(
            f"{url!r} is not a URL; it must begin with https:// or http://", param_hint="URL"
        )
    _refuse_followed(settings, url)
    found = with_services(
        settings,
        None,
        lambda services: find_feed(services.web, services.parsers, url),
        as_run=False,
    )
    if isinstance(found, Unreadable):
        raise AggregatorError(f"cannot find a feed at {url}: {found.reason}")
    _refuse_followed(settings, found.url)
    title = found.feed.title if is_admissible(found.feed.title) else ""
    shown = name or source_name(title, found.url)
    made = key or new_source_key(shown, found.url, {source.key for source in settings.sources})
    stated = {"key": made, "name": shown, "url": found.url} | _kind(lane, scope)
    file = add_sources(invocation.config_file, os.environ, [stated])
    return stated | {"file": str(file)} | _added_object(found), _added_text(stated, found, file)


@click.command("import")
@click.argument("file", type=OLD_FILE, metavar="FILE.opml")
@_LANE
@_SCOPE
@flag("--off", help="Import the sources as disabled.")
@pass_invocation
def import_list(invocation: Invocation, file: Path, lane: str, scope: str, off: bool) -> Printed:
    """Add the feeds from an OPML file.

    They are written to config.local.toml; existing sources are not changed.
    """
    from aggregator.config.config_file import add_sources
    from aggregator.crawl.opml import MOST_BYTES, read_opml

    settings = invocation.settings()
    with file.open("rb") as opened:
        body = opened.read(MOST_BYTES + 1)
    listed = read_opml(body, str(file))
    new = _new_tables(
        listed.subscriptions, settings, _kind(lane, scope) | ({"enabled": False} if off else {})
    )
    local = add_sources(invocation.config_file, os.environ, new) if new else None
    known = len(listed.subscriptions) - len(new)
    as_object = {
        "file": str(local) if local else None,
        "title": listed.title,
        "added": [source_table["key"] for source_table in new],
        "followed": known,
        "skipped": listed.skipped,
    }
    following = "sources check KEY, then sources enable KEY" if off else "refresh"
    return as_object, joined(
        f"{len(new)} added{f' to {local}' if local else ''}, {known} already present,"
        f" {listed.skipped} without a URL.",
        new and f"Next: aggregator {following}",
    )


@click.command()
@click.argument("file", required=False, type=NEW_FILE, metavar="[FILE]")
@flag("--all", "everything", help="Include disabled sources.")
@flag("--with-secrets", help="Include passwords and keys in URLs, for your own backup.")
@pass_settings
def export(settings: Settings, file: Path | None, everything: bool, with_secrets: bool) -> Printed:
    """Export the sources as OPML, to a file or standard output.

    Lists get shared, so passwords and keys in URLs are replaced by ***, or the URL by public_url.
    Such entries cannot be imported again; --with-secrets writes complete URLs, to a file that only
    you can read.
    """
    from aggregator.crawl.opml import opml_text

    listed = [source for source in settings.sources if source.enabled or everything]
    text = opml_text(listed, settings.site.title, with_secrets=with_secrets).decode("utf-8")
    hidden = (
        [] if with_secrets else [source.key for source in listed if Address(source.url).has_secrets]
    )
    if hidden:
        what = f"secrets left out of the URLs of {', '.join(hidden)}; --with-secrets includes them"
        click.echo(f"Written {what}.", err=True)
    as_object = {"sources": len(listed), "hidden": hidden}
    if file is None:
        return as_object | {"opml": text}, text.rstrip("\n")
    try:
        write_new(file, text, mode=0o600 if with_secrets else 0o666)
    except FileExistsError as error:
        raise AggregatorError(
            f"{file} already exists and was not changed; choose another name"
        ) from error
    except OSError as error:
        raise AggregatorError(f"{file} cannot be written: {error.strerror}") from error
    return as_object | {"file": str(file)}, f"Wrote {len(listed)} sources to {file}."


def _kind(lane: str, scope: str) -> dict[str, Any]:
    """What a table says of lane and scope: nothing where a source has them by default."""
    stated = {"lane": lane, "scope": scope}
    return {key: value for key, value in stated.items() if value not in {Lane.NEWS, Scope.AUTO}}


def _refuse_taken(settings: Settings, key: str) -> None:
    from aggregator.config.validators import source_key

    if key and (mistake := source_key(key)):
        raise click.BadParameter(mistake, param_hint="--key")
    source = next((source for source in settings.sources if source.key == key), None)
    if source:
        raise click.BadParameter(
            f"{key} is already the key of {source.name}; choose another one", param_hint="--key"
        )


def _refuse_followed(settings: Settings, url: str) -> None:
    source = source_at(settings.sources, url)
    if source and source.enabled:
        raise AggregatorError(f"{url} is already a source: {source.key}")
    if source:
        why = f" ({source.note})" if source.note else ""
        raise AggregatorError(
            f"{url} is already listed as {source.key} but disabled{why}: run `aggregator"
            f" sources enable {source.key}`"
        )


def source_at(sources: Sequence[Source], url: str) -> Source | None:
    """The source that has this address among its own, if one has."""
    from aggregator.crawl.discovery import known_address, sources_by_address

    return sources_by_address(sources).get(known_address(url))


def _new_tables(
    subscriptions: Sequence[Subscription], settings: Settings, stated: dict[str, Any]
) -> list[dict[str, Any]]:
    """The `[[sources]]` tables of those feeds of a list that are not there yet, each with a key of
    its own.
    """
    from aggregator.crawl.discovery import (
        known_address,
        new_source_key,
        source_name,
        sources_by_address,
    )
    from aggregator.extract.admission import is_admissible

    known, keys = (
        set(sources_by_address(settings.sources)),
        {source.key for source in settings.sources},
    )
    tables = []
    for subscription in subscriptions:
        address = known_address(subscription.url)
        if address in known:
            continue
        wished = subscription.settings.get("key")
        key = (
            wished
            if isinstance(wished, str) and wished not in keys
            else new_source_key(subscription.name, subscription.url, keys)
        )
        name = subscription.name if is_admissible(subscription.name) else ""
        if wished is None:  # our own exports have keys, and names that were chosen
            name = source_name(name, subscription.url)
        table = (
            {"key": key, "name": name, "url": subscription.url}
            | stated
            | dict(subscription.settings)
            | {"key": key}
        )
        table |= {
            name: value
            for name, value in (("folder", subscription.folder), ("opml", subscription.opml))
            if value
        }
        known.add(address)
        keys.add(key)
        tables.append(table)
    return tables


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    """The first entries, newest first where they are dated."""
    return sorted(
        entries, key=lambda entry: -entry.published.at.timestamp() if entry.published else 0.0
    )[:_SHOWN]


_entry_object = shape("title url published=published.at")
_added_object = shape(
    "count=. entries=. others",
    count=lambda found: len(found.feed.entries),
    entries=lambda found: [*map(_entry_object, _newest(found.feed.entries))],
    others=shape("url title"),
)


def _added_text(stated: dict[str, str], found: FoundFeed, file: Path) -> str:
    rows = [
        (f"{entry.published.at:%Y-%m-%d}" if entry.published else "", entry.title)
        for entry in _newest(found.feed.entries)
    ]
    newest = f", the newest:\n{table(('date', 'title'), rows)}" if rows else ""
    return joined(
        f"Added {stated['name']} as {stated['key']} to {file}: {found.url}",
        f"{len(found.feed.entries)} entries{newest}",
        found.others and "The page names other feeds too; add one by its URL:",
        *(f"  {other.url}" for other in found.others),
        f"Next: aggregator refresh --source {stated['key']}",
    )
