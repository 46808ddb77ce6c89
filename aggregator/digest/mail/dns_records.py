"""What the DNS must say of a domain that sends mail: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC
7489). [dkimpy]

Pure: the records come in as text. Each function gives what is wrong and what to do, or nothing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import dkim
from dkim.crypto import UnparsableKeyError, parse_pem_private_key, parse_public_key

Problem = tuple[str, str]


def spf_problem(domain: str, texts: Sequence[str]) -> Problem | None:
    """Whether the domain of the envelope says which servers may send for it."""
    found = [text for text in texts if text.lower().split(" ", 1)[0] == "v=spf1"]
    if not found:
        return (
            f"{domain} has no SPF record",
            f'publish TXT "v=spf1 mx a:your.mail.server -all" at {domain}',
        )
    if len(found) > 1:
        return f"{domain} has {len(found)} SPF records, which is invalid", "merge them into one"
    if found[0].lower().split()[-1] in {"+all", "all"}:
        return f"the SPF record of {domain} lets anyone send", "end it with -all or ~all"
    return None


def dmarc_problem(domain: str, texts: Sequence[str]) -> Problem | None:
    """Whether the domain of the sender says what to do with forgeries; large mailbox providers ask
    for it.
    """
    found = [text for text in texts if text.replace(" ", "").lower().startswith("v=dmarc1;")]
    if not found:
        return (
            f"_dmarc.{domain} has no DMARC record",
            f'publish TXT "v=DMARC1; p=none; rua=mailto:you@{domain}" at _dmarc.{domain}',
        )
    if "p" not in _tags(found[0]):
        return (
            f"the DMARC record of {domain} has no policy",
            "add p=none, p=quarantine or p=reject to it",
        )
    return None


def dkim_problem(name: str, texts: Sequence[str], private_key: bytes) -> Problem | None:
    """Whether the public half of the key stands in the DNS."""
    wanted = public_half(private_key)
    if wanted is None:
        return (
            "dkim.pem is not a valid RSA key",
            "restore it, or move it away and run `aggregator keys init`",
        )
    remedy = f"publish the TXT record that `aggregator keys init` prints, at {name}"
    found = [tags["p"] for text in texts if "p" in (tags := _tags(text))]
    if not found:
        return f"no DKIM record at {name}", remedy
    if not any(_modulus(published) == wanted for published in found):
        return f"the DKIM record at {name} does not match dkim.pem", remedy
    return None


def public_half(private_key: bytes) -> int | None:
    """The modulus of an RSA key in PEM form, which both halves share; nothing for what is no such
    key.
    """
    try:
        modulus: int = parse_pem_private_key(private_key)["modulus"]
    except (
        UnparsableKeyError,
        dkim.KeyFormatError,
        ValueError,
        IndexError,
        TypeError,
        binascii.Error,
    ):
        return None
    return modulus


def is_aligned(sender: str, signer: str) -> bool:
    """Whether a signature of one domain speaks for a sender of another (relaxed alignment, judged
    by the names).
    """
    one, other = sender.lower(), signer.lower()
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _modulus(encoded: str) -> int | None:
    try:
        modulus: int = parse_public_key(base64.b64decode("".join(encoded.split())))["modulus"]
    except (UnparsableKeyError, ValueError, IndexError, TypeError, binascii.Error):
        return None
    return modulus


def _tags(record: str) -> dict[str, str]:
    """The tags of a record such as `v=DKIM1; p=…`."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
