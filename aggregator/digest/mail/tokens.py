"""Tokens: random ones that confirm once, and rebuildable ones that unsubscribe for ever (HMAC, RFC
2104). And the keys that sign them, and mail, with the DNS record of the DKIM key.

The key lies in the credentials folder. Whoever loses it loses every unsubscribe link that was
mailed: back it up.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import subprocess
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError

from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.domain.settings import EmailSettings
from aggregator.errors import MailError

_KEY_BYTES = 32
TRIAL_KEY = bytes(_KEY_BYTES)  # of the links in a test email: nobody's subscription has one of them
# dkimpy reads PKCS #1 only. RFC 8301 says that signers should use at least 2048 bits.
_NEW_RSA_KEY = ("genrsa", "-traditional", "2048")
_PUBLIC_HALF = ("rsa", "-pubout", "-outform", "DER")
_MOST_CHARACTERS = 200  # of a token that is looked at at all


def token_key(folder: Path) -> bytes:
    """The key in `tokens.key`, created on first use. Raises MailError."""
    path = folder / "tokens.key"
    if not path.exists():
        new_key_file(path, secrets.token_bytes(_KEY_BYTES))
    try:
        key = path.read_bytes()
    except OSError as error:
        raise MailError(
            f"cannot read the token key {path}: {error.strerror}; make it readable for this user"
        ) from error
    if len(key) < _KEY_BYTES:
        raise MailError(
            f"{path} has {len(key)} bytes instead of {_KEY_BYTES}: restore it from a backup"
        )
    return key


def new_key_file(path: Path, content: bytes) -> bool:
    """Writes a key that only its owner may read; False if the file exists, which is left unchanged.
    Raises MailError.

    The file gets its name once it is complete and on disk, so a crash never leaves half a key.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            # if a power cut undid the rename, all links mailed since would be dead
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        return False  # another process was faster
    except OSError as error:
        raise MailError(
            f"{path} cannot be created: {error.strerror}; make the folder writable for this user,"
            " or set email.credentials"
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return True


@frozen
class KeyFile:
    """A key of ours, and whether it was just created."""

    path: Path
    is_new: bool


@frozen
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
    """The output of the command, which spares a library for what happens once. Raises MailError if
    it is not installed, and CalledProcessError.
    """
    try:
        command = ("openssl", *arguments)
        return subprocess.run(command, input=given, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        what = "creating a DKIM key needs openssl, which is not installed: apt-get install openssl"
        raise MailError(what) from error


def credentials_folder(setting: str) -> Path:
    """The folder of the keys: what the service manager hands over (systemd's
    CREDENTIALS_DIRECTORY), else the setting.
    """
    return Path(os.environ.get("CREDENTIALS_DIRECTORY") or setting)


def own_token_key(setting: str) -> bytes:
    """The key in the folder of the keys, created on first use. Raises MailError."""
    return token_key(credentials_folder(setting))


def unsubscribe_token(key: bytes, subscriber_id: str, generation: int) -> str:
    """`<id>.<generation>.<mac>`: the same for every edition, never expires, dead once the
    subscriber left or came back.
    """
    return (
        f"{subscriber_id}.{generation}.{_mac(key, 'unsubscribe', f'{subscriber_id}|{generation}')}"
    )


def read_unsubscribe_token(key: bytes, token: str) -> tuple[str, int] | None:
    """The subscriber's id and generation, None for a forged or damaged token. Compared in constant
    time.
    """
    parts = token.split(".") if len(token) <= _MOST_CHARACTERS and token.isascii() else []
    if len(parts) != 3 or not parts[1].isdigit():
        return None
    expected = unsubscribe_token(key, parts[0], int(parts[1]))
    return (
        (parts[0], int(parts[1]))
        if hmac.compare_digest(expected.encode(), token.encode())
        else None
    )


def new_confirmation() -> tuple[str, str]:
    """A fresh token for a link, and its hash for the database."""
    token = secrets.token_urlsafe(32)
    return token, confirmation_hash(token)


def confirmation_hash(token: str) -> str:
    """SHA-256 of a confirmation token: the database never holds what the link holds."""
    return sha256_of(token)


def address_key(key: bytes, comparable: str) -> str:
    """HMAC of the comparable form of an address: suppressions outlive an erased address without
    revealing it.
    """
    return _mac(key, "address", comparable, characters=64)


def mailbox_key(key: bytes, mailbox: str) -> str:
    """HMAC of a mailbox, for the wait between confirmations; it does not reveal the addresses of
    the mailbox.
    """
    return _mac(key, "mailbox", mailbox, characters=64)


def wait_ticket(key: bytes, address_key: str, network: str, since_s: int) -> str:
    """`<seconds>.<mac>`: records when somebody on a network began to wait to subscribe an
    address.
    """
    return f"{since_s}.{_mac(key, 'patience', f'{since_s}|{network}|{address_key}')}"


def waiting_since_s(key: bytes, address_key: str, network: str, ticket: str) -> int | None:
    """The time recorded in a ticket; None if it is forged or was issued for another address or
    network.
    """
    since = ticket.partition(".")[0] if len(ticket) <= _MOST_CHARACTERS and ticket.isascii() else ""
    if not since.isdigit():
        return None
    expected = wait_ticket(key, address_key, network, int(since))
    return int(since) if hmac.compare_digest(expected.encode(), ticket.encode()) else None


def _mac(key: bytes, purpose: str, text: str, *, characters: int = 40) -> str:
    return hmac.new(
        key, f"{purpose}|{text}".encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()[:characters]
