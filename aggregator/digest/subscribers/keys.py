"""The mail keys that `aggregator keys init` creates, and the DNS record of the DKIM key.

The command `openssl` creates the RSA key, which happens once and so needs no library.
"""

from __future__ import annotations

import base64
import subprocess
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError

from aggregator.digest.subscribers.tokens import new_key_file, token_key
from aggregator.domain.settings import EmailSettings
from aggregator.errors import MailError

# dkimpy reads PKCS #1 only. RFC 8301 says that signers should use at least 2048 bits.
_NEW_RSA_KEY = ("genrsa", "-traditional", "2048")
_PUBLIC_HALF = ("rsa", "-pubout", "-outform", "DER")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """A key of ours, and whether it was just created."""

    path: Path
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsRecord:
    """A TXT record to publish. `name` is empty if the settings do not give it yet."""

    name: str
    value: str


def made_keys(folder: Path) -> tuple[KeyFile, ...]:
    """Both keys of a folder; missing ones are created, existing ones stay unchanged. Raises
    MailError.
    """
    tokens, dkim = folder / "tokens.key", folder / "dkim.pem"
    had_tokens = tokens.exists()
    token_key(folder)
    is_new = not dkim.exists() and new_key_file(dkim, _new_rsa_key())
    return KeyFile(path=tokens, is_new=not had_tokens), KeyFile(path=dkim, is_new=is_new)


def dkim_record(key: Path, email: EmailSettings) -> DnsRecord:
    """The DNS record of a DKIM key (RFC 6376, 3.6). Raises MailError."""
    try:
        public = base64.b64encode(_openssl(*_PUBLIC_HALF, given=key.read_bytes())).decode("ascii")
    except CalledProcessError as error:
        remedy = "restore it from a backup, or move it away and run `aggregator keys init`"
        raise MailError(f"{key} is not a valid RSA key: {remedy}") from error
    is_named = email.dkim_domain and email.dkim_selector
    name = f"{email.dkim_selector}._domainkey.{email.dkim_domain}" if is_named else ""
    return DnsRecord(name=name, value=f"v=DKIM1; k=rsa; p={public}")


def _new_rsa_key() -> bytes:
    try:
        return _openssl(*_NEW_RSA_KEY)
    except CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace").strip()
        raise MailError(
            f"openssl could not create a key: {reason}; version 3 or newer is needed"
        ) from error


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    """The output of the command. Raises MailError if it is not installed, and
    CalledProcessError.
    """
    try:
        command = ("openssl", *arguments)
        return subprocess.run(command, input=given, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        what = "creating a DKIM key needs openssl, which is not installed: apt-get install openssl"
        raise MailError(what) from error
