"""`keys init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Invocation, pass_invocation

if TYPE_CHECKING:
    from aggregator.digest.subscribers.tokens import DnsRecord, KeyFile


@click.group()
def keys() -> None:
    """Create the keys that sign email and unsubscribe links."""


@keys.command("init")
@pass_invocation
def init_keys(invocation: Invocation) -> None:
    """Create the missing keys and print the DNS record for DKIM.

    The keys are stored in the folder `email.credentials`, readable by their owner only, so run this
    as the user that the program runs as. Existing keys are never changed: run it again to see the
    DNS record.
    """
    from aggregator.digest.subscribers.tokens import credentials_folder, dkim_record, made_keys

    email = invocation.settings().email
    files = made_keys(credentials_folder(email.credentials))
    record = dkim_record(files[-1].path, email)
    listed = [{"file": key.path.name, "path": str(key.path), "made": key.is_new} for key in files]
    as_object = {
        "keys": listed,
        "dns": {"type": "TXT", "name": record.name or None, "value": record.value},
    }
    invocation.result(as_object, _as_text(files, record))


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
