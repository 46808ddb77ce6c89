"""`config show|check|schema` and `keys init`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Invocation, Printed, flag, pass_invocation, pass_settings, table
from aggregator.errors import ConfigError

if TYPE_CHECKING:
    from aggregator.digest.mail.tokens import DnsRecord, KeyFile
    from aggregator.domain.settings import Settings


@click.group()
def config() -> None:
    """Show or check the settings."""


@config.command()
@flag("--all", "everything", help="Also those that are rarely changed.")
@flag("--changed", help="Only what differs from the defaults.")
@pass_invocation
def show(invocation: Invocation, *, everything: bool, changed: bool) -> Printed:
    """Show the settings and where their values come from.

    Those that are rarely changed are shown only where they differ from the default.
    """
    from aggregator.config.configuration import shown

    rows = shown(invocation.config_file, os.environ)
    chosen = [
        row for row in rows if row.is_changed or (not changed and (everything or not row.is_rare))
    ]
    left = "" if everything or changed else f"\n{len(rows) - len(chosen)} more with --all"
    listed = table(("key", "value", "from"), [(row.key, row.value, row.origin) for row in chosen])
    text = listed + left if chosen else "All settings have their defaults."
    return {row.key: {"value": row.typed, "origin": row.origin} for row in chosen}, text


@config.command()
def schema() -> Printed:
    """Print the JSON Schema of config.toml, for editors."""
    from aggregator.config.config_file import config_schema, schema_text

    return config_schema(), schema_text().rstrip()


@config.command()
@pass_invocation
def check(invocation: Invocation) -> Printed:
    """Check the settings and report all problems at once."""
    from aggregator.config.configuration import examined
    from aggregator.ops.doctor.configuration import setting_problems

    file = invocation.config_file
    settings, problems = examined(file, os.environ)
    if problems := [*problems, *setting_problems(settings)]:
        raise ConfigError(str(file), problems)
    on, sources = sum(source.enabled for source in settings.sources), len(settings.sources)
    text = f"{file} is valid: {on} of {sources} sources enabled."
    if not on:
        text += (
            " Nothing will be fetched: enable a source with `aggregator sources enable"
            " KEY`, which `aggregator sources available` lists, or add one by its URL:"
            " aggregator sources add"
        )
    return {"config": str(file), "sources": sources, "enabled": on}, text


@click.group()
def keys() -> None:
    """Create the keys that sign email and unsubscribe links."""


@keys.command("init")
@pass_settings
def init_keys(settings: Settings) -> Printed:
    """Create the missing keys and print the DNS record for DKIM.

    The keys are stored in the folder `email.credentials`, readable by their owner only, so run this
    as the user that the program runs as. Existing keys are never changed: run it again to see the
    DNS record.
    """
    from aggregator.digest.mail.tokens import credentials_folder, dkim_record, made_keys

    email = settings.email
    files = made_keys(credentials_folder(email.credentials))
    record = dkim_record(files[-1].path, email)
    listed = [{"file": key.path.name, "path": str(key.path), "made": key.is_new} for key in files]
    as_object = {
        "keys": listed,
        "dns": {"type": "TXT", "name": record.name or None, "value": record.value},
    }
    return as_object, _as_text(files, record)


def _as_text(files: tuple[KeyFile, ...], record: DnsRecord) -> str:
    made = [f"{file.path}: {'created' if file.is_new else 'exists, unchanged'}" for file in files]
    unnamed = "SELECTOR._domainkey.DOMAIN (set email.dkim_selector and email.dkim_domain)"
    return "\n".join(
        (
            *made,
            (
                f"Back up {files[0].path.parent}: without tokens.key the links in all"
                " emails already sent stop working."
            ),
            "",
            (
                "Publish this TXT record in the DNS so that signatures can be verified, then run"
                " `aggregator doctor`:"
            ),
            f"  name   {record.name or unnamed}",
            f"  value  {record.value}",
        )
    )
