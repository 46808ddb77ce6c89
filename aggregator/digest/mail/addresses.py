"""Mail addresses: which ones we write to, and when two of them are the same. No name is looked up
in the DNS.
"""

from __future__ import annotations

import json
import unicodedata

from email_validator import EmailNotValidError, validate_email

from aggregator.errors import MailError

_MOST_CHARACTERS = 254  # RFC 5321 §4.5.3.1.3: a path of 256 with its brackets
_SHOWN_CHARACTERS = 60
# support.google.com/mail/answer/7436150
_WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def checked_address(text: str) -> str:
    """The address with its domain in ASCII (IDNA 2008), as it goes into an envelope; spaces around
    it are forgiven.

    Raises MailError for what is no address, holds a line break or another control character, or is
    longer than 254 characters. The part before the @ must be ASCII: many servers still cannot take
    another one (RFC 6531).
    """
    bare = text.strip(" ")
    if not bare:
        raise MailError("no email address given, such as reader@example.org", is_permanent=True)
    if len(bare) > _MOST_CHARACTERS:
        raise MailError(
            f"not an email address: {_shown(bare)} is longer than {_MOST_CHARACTERS} characters",
            is_permanent=True,
        )
    if any(unicodedata.category(character)[0] == "C" for character in bare):
        raise MailError(
            f"not an email address: {_shown(bare)} contains a line break or control character",
            is_permanent=True,
        )
    try:
        valid = validate_email(bare, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        reason = " ".join(str(error).split())
        raise MailError(
            f"not an email address: {_shown(bare)}. {reason}", is_permanent=True
        ) from error
    return f"{valid.ascii_local_part}@{valid.ascii_domain}"


def comparable(address: str) -> str:
    """The form in which two spellings of one address are equal: NFC, case folded, domain in ASCII.

    For a checked address; case before the @ is folded too, as no server that matters is sensitive
    to it.
    """
    local, _, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    return unicodedata.normalize("NFC", f"{local.casefold()}@{_ascii(domain)}")


def mailbox(address: str) -> str:
    """The comparable form of the mailbox behind an address, as far as its spelling shows.

    It drops a `+tag` (RFC 5233), which gives a mailbox any number of addresses: in one test all 40
    confirmations went to one mailbox. Dots count, except at Google, which documents that it ignores
    them and that its two domains are equivalent. Use this for limits only, never to send mail: on
    other servers `a+b` and `a` may be different people.
    """
    local, _, domain = comparable(address).rpartition("@")
    bare = local.partition("+")[0] or local
    if domain in _WITHOUT_DOTS:
        return f"{bare.replace('.', '')}@{_WITHOUT_DOTS[domain]}"
    return f"{bare}@{domain}"


def _ascii(domain: str) -> str:
    try:
        return (
            validate_email(f"x@{domain}", check_deliverability=False).ascii_domain
            or domain.casefold()
        )
    except EmailNotValidError:
        return domain.casefold()


def _shown(text: str) -> str:
    cut = text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
    return json.dumps(cut)
