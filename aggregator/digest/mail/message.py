"""One message as it goes over the wire: RFC 5322 headers, text before HTML, List headers (RFC 2369,
8058), DKIM (RFC 6376).

Python's `email` packs any header that it thinks too long into encoded words, and a List-Unsubscribe
or Message-ID in encoded words is one that no mailbox provider reads. So these headers are folded at
998 characters, all others at 76. Everything that came from outside is made one visible line before
it is a header.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from pathlib import Path
from typing import Any

import dkim

from aggregator.digest.mail.addresses import checked_address
from aggregator.digest.mail.tokens import credentials_folder
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.domain.settings import EmailSettings
from aggregator.english.text import normalised
from aggregator.errors import MailError
from aggregator.ports import Letter

MOST_TITLE = 150  # characters of a subject or a name
_MOST_LINE = 998  # octets of a line without its end (RFC 5322 §2.1.1)
_MOST_WORD = 60  # characters of a word that a subject holds as it is
_MOST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3 less the angle brackets
_MOST_LOCAL = 64  # RFC 5321 §4.5.3.1.1
_MOST_LIST_VALUE = 900  # of a List header, so that its line stays in one piece

# Signed whether they are there or not: one that is absent and signed cannot be added on the way
# (RFC 6376 §5.4.2).
SIGNED_HEADERS = (
    "from", "reply-to", "to", "subject", "date", "message-id", "list-id", "list-unsubscribe",
    "list-unsubscribe-post", "feedback-id", "auto-submitted", "mime-version", "content-type",
    "from",
)  # fmt: skip

_UNFOLDED = frozenset(
    {"message-id", "list-id", "list-unsubscribe", "list-unsubscribe-post", "feedback-id"}
)
_LONG_LINES = SMTP.clone(max_line_length=_MOST_LINE)
_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
# what a name may hold to stand in List-Id as it is
_PHRASE = re.compile(r"[A-Za-z0-9 ,.'&-]{1,80}", re.ASCII)


class _Policy(EmailPolicy):
    """SMTP's policy, with headers for machines in one piece, and subjects by `email.header`.

    The folding of `email.policy` loses and doubles words where plain and encoded ones alternate: 37
    of 1,000 subjects.
    """

    def fold(self, name: str, value: Any) -> str:
        """One header as text, with its line end."""
        if name.lower() == "subject":
            return f"{name}: {_encoded(str(value)).encode(linesep=self.linesep)}{self.linesep}"
        policy = _LONG_LINES if name.lower() in _UNFOLDED else SMTP
        return str(policy.fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


_POLICY = _Policy(linesep="\r\n", max_line_length=76)


@frozen
class OneClick:
    """How to leave the list from the headers alone: an address that takes a POST (RFC 8058), and
    one to write to.
    """

    url: str
    mailto: str


@frozen
class OutgoingMail:
    """What a message says and to whom. `subscriber_id` goes into the envelope sender, so that a
    bounce names it.

    Messages to the list have `one_click` and `feedback_id`; those without are answers of a machine
    (RFC 3834).
    """

    to: str
    subscriber_id: str
    subject: str
    text: str
    html: str
    message_id: str
    one_click: OneClick | None = None
    list_name: str = ""
    feedback_id: str = ""


def letter(outgoing: OutgoingMail, email: EmailSettings, date: datetime) -> Letter:
    """The message ready for the mail server, signed where `email.dkim_domain` is set.

    Raises MailError: no sender, an address that cannot stand in a header, a link too long, a key
    missing or bad.
    """
    sender = sender_of(email)
    recipient = _address("", outgoing.to, "the subscriber's address")
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["Reply-To"] = _mailbox(email.reply_to, "email.reply_to") if email.reply_to else sender
    message["To"] = recipient
    message["Date"] = date
    message["Subject"] = header_text(outgoing.subject)
    message["Message-ID"] = outgoing.message_id
    for name, value in _kind_headers(outgoing, sender.domain):
        message[name] = value
    message["MIME-Version"] = "1.0"
    _set_content(message, outgoing)
    content = message.as_bytes(policy=_POLICY)
    return Letter(
        envelope_from=verp_address(bounce_address(email), outgoing.subscriber_id),
        envelope_to=recipient.addr_spec,
        content=_signature(content, email) + content,
    )


def message_id(period: str, subscriber_id: str, domain: str) -> str:
    """The Message-ID of an edition's copy: always the same, so that a copy sent twice can be
    recognised and dropped.
    """
    return f"<{period}.{_digest(f'{period}:{subscriber_id}')}@{domain}>"


def confirmation_id(subscriber_id: str, token: str, domain: str) -> str:
    """The Message-ID of the mail that asks to confirm."""
    return f"<confirm.{_digest(f'confirm:{subscriber_id}:{token}')}@{domain}>"


def header_text(text: str, most: int = MOST_TITLE) -> str:
    """One visible line of at most `most` characters: NFC, no controls, nothing that reads as an
    encoded word.
    """
    line = normalised(text).replace("=?", "= ?")
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def sender_of(email: EmailSettings) -> Address:
    """Whom the mail is from. Raises MailError where `email.from` is empty or no address."""
    if not email.from_:
        raise MailError('no sender address: set email.from, such as "AI news <digest@example.org>"')
    return _mailbox(email.from_, "email.from")


def bounce_address(email: EmailSettings) -> str:
    """The address that bounces come back to, before it is made unique. Raises MailError."""
    if not email.bounce_address:
        return sender_of(email).addr_spec
    return _mailbox(email.bounce_address, "email.bounce_address").addr_spec


def verp_address(address: str, subscriber_id: str) -> str:
    """`local+<token>@domain` (VERP): a bounce comes back to an address that names the subscriber.
    Raises MailError.
    """
    local, _, domain = address.rpartition("@")
    token = (
        base64.b32encode(subscriber_id.encode("utf-8", "surrogatepass"))
        .decode("ascii")
        .rstrip("=")
        .lower()
    )
    if len(local) + 1 + len(token) > _MOST_LOCAL:
        raise MailError(
            f"no room for a token in {address}: choose an email.bounce_address with a shorter name"
        )
    return f"{local}+{token}@{domain}"


def verp_subscriber(address: str) -> str | None:
    """The subscriber's id from an address that `verp_address` made, in whatever case it came back;
    None for any other.
    """
    local = address.rpartition("@")[0] if len(address) <= _MOST_ADDRESS + 2 else ""
    token = local.rpartition("+")[2].upper() if "+" in local else ""
    if not re.fullmatch(r"[A-Z2-7]+", token, re.ASCII):
        return None
    try:
        return base64.b32decode(token + "=" * (-len(token) % 8)).decode("utf-8") or None
    except (binascii.Error, UnicodeDecodeError):
        return None


def _encoded(subject: str) -> Header:
    """A subject in encoded words (RFC 2047) where it is not ASCII, or has a word that does not fit
    a line.
    """
    is_plain = subject.isascii() and all(len(word) <= _MOST_WORD for word in subject.split(" "))
    return Header(subject, "us-ascii" if is_plain else "utf-8", header_name="Subject")


def _digest(text: str) -> str:
    return sha256_of(text)[:32]


@lru_cache(maxsize=16)  # a run asks for the same three in each letter
def _mailbox(setting: str, key: str) -> Address:
    """`Name <address>` or an address; the name may hold commas, quoted or not."""
    found = _MAILBOX.fullmatch(setting.strip())
    name, address = (
        (found["name"].strip().strip('"'), found["address"]) if found else ("", setting.strip())
    )
    return _address(header_text(name), address, key)


def _address(name: str, address: str, what: str) -> Address:
    try:
        return Address(display_name=name, addr_spec=checked_address(address))
    except MailError as error:
        raise MailError(f"{what}: {error}", is_permanent=True) from error


def _kind_headers(outgoing: OutgoingMail, domain: str) -> list[tuple[str, str]]:
    if outgoing.one_click is None:
        return [("Auto-Submitted", "auto-generated")]
    name = header_text(outgoing.list_name, 80)
    leave = outgoing.one_click
    headers = [
        (
            "List-Id",
            f'"{name}" <digest.{domain}>' if _PHRASE.fullmatch(name) else f"<digest.{domain}>",
        ),
        ("List-Unsubscribe", f"<{leave.url}>, <{leave.mailto}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Feedback-ID", outgoing.feedback_id),
    ]
    for header, value in headers:
        if (
            len(value) > _MOST_LIST_VALUE
            or not value.isascii()
            or not value.isprintable()
            or "=?" in value
        ):
            raise MailError(
                f"{header} cannot be written: {header_text(value, 120)}; check"
                " serve.public_url and site.base_url"
            )
    return headers


def _set_content(message: EmailMessage, outgoing: OutgoingMail) -> None:
    """Text first, then HTML; quoted-printable throughout, so that no server on the way has to
    recode what is signed.
    """
    message.set_content(_writable(outgoing.text), cte="quoted-printable")
    if outgoing.html:
        message.add_alternative(_writable(outgoing.html), subtype="html", cte="quoted-printable")
        # "=_" cannot occur in quoted-printable, and the same message has the same bytes.
        message.set_boundary(f"=_{_digest(outgoing.message_id)}")
        for part in message.iter_parts():
            del part["MIME-Version"]


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _signature(content: bytes, email: EmailSettings) -> bytes:
    if not email.dkim_domain:
        return b""
    if not email.dkim_selector:
        raise MailError(
            "no DKIM selector: set email.dkim_selector, or leave email.dkim_domain empty to send"
            " unsigned"
        )
    path = credentials_folder(email.credentials) / "dkim.pem"
    signed: bytes
    try:
        signed = dkim.sign(
            content,
            email.dkim_selector.encode("idna"),
            email.dkim_domain.encode("idna"),
            _key(path),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode("ascii") for name in SIGNED_HEADERS],
        )
    except (dkim.DKIMException, ValueError) as error:
        raise MailError(
            f"cannot sign with the DKIM key {path}: {error}; restore it, or move it away"
            " and run `aggregator keys init`"
        ) from error
    return signed


def _key(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MailError(
            f"cannot read the DKIM key {path}: {error.strerror}; run `aggregator keys init`,"
            " or leave email.dkim_domain empty to send unsigned"
        ) from error
