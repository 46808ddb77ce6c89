"""What a mail that came back says: a bounce (RFC 3464, or any that flufl.bounce knows), a complaint
(RFC 5965), a wish to leave.

Anybody can write such a mail. So a subscriber is only ever named by what a stranger cannot guess:
the address that the bounce came back to (VERP), or a token in it that is signed by us. The address
that a bounce complains of is no proof.
"""

from __future__ import annotations

import logging
import re
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum
from itertools import islice

from flufl.bounce import all_failures

from aggregator.digest.mail.message import verp_subscriber
from aggregator.domain.frozen import frozen

# of a mail that are looked at: the report comes first, our mail that it quotes is cut
MOST_BYTES = 200_000
_MOST_PARTS = 50
# parts and blocks in all that flufl.bounce is given: its detectors take a second over 11,000
_MOST_WALKED = 500
_MOST_DEPTH = 8
_MOST_WORDS = 4_000  # characters of a text in which words are looked for
_MOST_BOUNDARIES = 200  # a multipart in a multipart in a …: the email package recurses
_MOST_DASHES = 1_000  # lines that may end a part: 40,000 empty parts take the email package 2 s

_BACK_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to")
_TOKEN = r"[a-z2-7]{12}\.[0-9]{1,9}\.[0-9a-f]{40}"
_IN_LINK = re.compile(rf"(?:/unsubscribe/|unsubscribe(?:%20|\s+))({_TOKEN})")
_UNSUBSCRIBE = re.compile(rf"^\s*unsubscribe\s+({_TOKEN})\s*$", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")

# RFC 3463, as servers use it. What is about us or about the message says nothing of the address.
_NO_MAILBOX = re.compile(r"5\.1\.(0|1|2|3|6|10)|5\.2\.1|5\.7\.13")
_OF_CONTENT = re.compile(r"5\.[67]\.\d+|5\.2\.3|5\.3\.4|5\.5\.\d+|5\.1\.[78]")
_UNKNOWN_WORDS = re.compile(
    r"user unknown|unknown user|no such (user|mailbox|person|recipient)|does not exist|doesn't"
    r" exist|unknown recipient|"
    r"recipient not found|recipientnotfound|mailbox (not found|unavailable|disabled)|account (is"
    r" )?(disabled|inactive)|"
    r"address rejected|invalid recipient|unrouteable address|not a valid mailbox",
    re.IGNORECASE,
)
_CONTENT_WORDS = re.compile(
    r"spam|blocked|block ?list|black"
    r" ?list|spamhaus|reputation|policy|dmarc|\bspf\b|dkim|unsolicited|virus|content rejected|"
    r"rate limit|too many|message size",
    re.IGNORECASE,
)


class NoticeKind(StrEnum):
    """What a mail says. `LATER` is a server that still tries, or a message that says nothing of
    use.
    """

    HARD = "hard bounce"
    SOFT = "soft bounce"
    CONTENT = "rejected for its content"
    COMPLAINT = "complaint"
    LEAVING = "unsubscription"
    LATER = "nothing to do"


@frozen
class Notice:
    """What a mail says, and of whom: `subscriber_id` by the address it came to, `token` one that we
    may have signed.
    """

    kind: NoticeKind
    subscriber_id: str | None = None
    token: str = ""
    status: str = ""


def read_notice(mail: bytes) -> Notice:
    """The notice in a mail; never raises, whatever it holds."""
    text = mail[:MOST_BYTES]
    if text.count(b"boundary=") > _MOST_BOUNDARIES or text.count(b"\n--") > _MOST_DASHES:
        return Notice(kind=NoticeKind.LATER)
    try:
        return _read(message_from_bytes(text, policy=policy.compat32), text)
    # the email package and flufl.bounce raise anything on malicious mails
    except Exception:  # noqa: BLE001
        return Notice(kind=NoticeKind.LATER)


def refusal_kind(reply: str) -> NoticeKind:
    """The kind of a mail server's refusal during sending."""
    return _failure_kind(_first_status(reply), reply[:_MOST_WORDS])[0]


def _read(message: Message, text: bytes) -> Notice:
    if token := _unsubscribe_token(message):
        return Notice(kind=NoticeKind.LEAVING, token=token)
    found = _IN_LINK.search(
        text.replace(b"=\r\n", b"").replace(b"=\n", b"").decode("ascii", "replace")
    )
    token = found[1] if found else ""
    kind, status = _classified(message)
    return Notice(kind=kind, subscriber_id=_bounced_subscriber(message), token=token, status=status)


def _classified(message: Message) -> tuple[NoticeKind, str]:
    parts = _parts(message)
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            return _complaint(part), ""
    blocks = [
        block
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for block in _blocks(part)
    ]
    judged = [
        _recipient_failure(block)
        for block in blocks
        if block.get("final-recipient") or block.get("original-recipient")
    ]
    if judged:
        return min(judged, key=lambda part: _GRAVITY.index(part[0]))
    if len(list(islice(message.walk(), _MOST_WALKED + 1))) > _MOST_WALKED:
        return NoticeKind.LATER, ""
    # prints a traceback for each detector that trips
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)
    if not all_failures(message)[1]:
        return NoticeKind.LATER, ""
    words = " ".join(_text(part) for part in parts)[:_MOST_WORDS]
    return _failure_kind(_first_status(words), words)


def _bounced_subscriber(message: Message) -> str | None:
    headers = [str(value) for name in _BACK_TO for value in message.get_all(name, [])[:5]]
    for _, address in getaddresses([header[:1_000] for header in headers]):
        if found := verp_subscriber(address):
            return found
    return None


def _unsubscribe_token(message: Message) -> str:
    """The token of a mail that asks to leave: in the subject as our mails prepare it, or alone on
    one of its first lines.
    """
    lines = [" ".join(str(message.get("subject", "")).split())]
    if message.get_content_maintype() != "multipart":
        lines += _text(message).splitlines()[:10]
    elif message.get_content_type() in {"multipart/alternative", "multipart/mixed"}:
        lines += next(
            (_text(part) for part in _parts(message) if part.get_content_type() == "text/plain"), ""
        ).splitlines()[:10]
    found = (_UNSUBSCRIBE.match(line) for line in lines)
    return next((match[1].lower() for match in found if match), "")


def _complaint(report: Message) -> NoticeKind:
    words = " ".join(str(block) for block in _blocks(report)) or _text(report)
    kind = re.search(r"feedback-type:\s*([\w-]+)", words, re.IGNORECASE)
    return (
        NoticeKind.LATER
        if kind and kind[1].lower() in {"not-spam", "auth-failure"}
        else NoticeKind.COMPLAINT
    )


def _recipient_failure(block: Message) -> tuple[NoticeKind, str]:
    action = str(block.get("action", "")).strip().lower()
    if not action.startswith(("fail", "error")):
        return NoticeKind.LATER, ""
    diagnostic = str(block.get("diagnostic-code", ""))[:_MOST_WORDS]
    return _failure_kind(
        _first_status(diagnostic) or _first_status(str(block.get("status", ""))), diagnostic
    )


def _failure_kind(status: str, words: str) -> tuple[NoticeKind, str]:
    """What a failure says of the address. The words of a server count before its status where they
    speak of content.
    """
    if status.startswith("4"):
        return NoticeKind.SOFT, status
    if _NO_MAILBOX.fullmatch(status) and not status.endswith(".0"):
        return NoticeKind.HARD, status
    if _OF_CONTENT.fullmatch(status) or (
        _CONTENT_WORDS.search(words) and not _UNKNOWN_WORDS.search(words)
    ):
        return NoticeKind.CONTENT, status
    if _UNKNOWN_WORDS.search(words):
        return NoticeKind.HARD, status
    return NoticeKind.SOFT, status


def _first_status(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""


def _parts(message: Message, depth: int = 0) -> list[Message]:
    """The parts of a message that say something themselves, in order; our own mail that a report
    quotes is none of them.
    """
    content = message.get_payload()
    kind = message.get_content_type()
    if not isinstance(content, list) or kind in {
        "message/delivery-status",
        "message/feedback-report",
    }:
        return [message]
    if depth >= _MOST_DEPTH or kind in {"message/rfc822", "text/rfc822-headers"}:
        return []
    inner = [part for part in content[:_MOST_PARTS] if isinstance(part, Message)]
    return [part for nested in inner for part in _parts(nested, depth + 1)][:_MOST_PARTS]


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a report. Some servers write it as plain text, which is parsed
    here.
    """
    content = part.get_payload()
    if isinstance(content, list):
        return [part for part in content[:_MOST_PARTS] if isinstance(part, Message)]
    return [
        message_from_bytes(group.encode("utf-8", "replace"))
        for group in re.split(r"\r?\n\r?\n", _text(part))[:_MOST_PARTS]
    ]


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content[:MOST_BYTES].decode("utf-8", "replace") if isinstance(content, bytes) else ""


_GRAVITY = (NoticeKind.HARD, NoticeKind.SOFT, NoticeKind.CONTENT, NoticeKind.LATER)
