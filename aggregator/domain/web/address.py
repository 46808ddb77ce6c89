"""Addresses that may contain a password or a key, and never print it by accident. For their meaning
see `domain.urls`.

Hidden are the user name and password before the host, and in query and fragment each value that has
a telling name (`token`, `api_key`, `X-Amz-Signature`) or looks random. A secret in the path cannot
be recognised.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, unquote_plus

HIDDEN = "***"
# for secrets removed from a text: asterisks are markup, and sentences with markup are rejected
_LEFT_OUT = "…"

# also http:ada:pw@host
_OPENING = re.compile(r"\s*(?:https?:|[A-Za-z][A-Za-z0-9+.-]*:(?=[/\\]))?[/\\]*", re.IGNORECASE)
_IN_TEXT = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:[/\\]{1,2}"
    # a mistyped password may contain spaces
    r"(?:[^\s/:@\[]+:(?![0-9]*[\s/?#])[^\"<>@\n]{1,100}@)?"
    r"[^\s\"<>`]+"
)
# a password with a slash: not a valid address, but errors quote it
_NO_PORT = re.compile(r":.*[^0-9].*$")
_PAIR = re.compile(r"[^&;?#]+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_RUN = re.compile(r"[A-Za-z0-9]+")
_CHANGE = re.compile(r"(?<=[a-z])[A-Z]|(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]")
_CLOSING = ":;,.)]'!"  # may follow an address in a sentence

_SECRET_WORDS = frozenset(
    "auth authkey apikey bearer cookie credential credentials hmac jwt key otp pass passphrase"
    " passwd password pwd secret session sessionid sid sig signature ticket token".split()
)
_SECRET_ENDS = (
    "accesskey",
    "apikey",
    "authkey",
    "password",
    "secret",
    "sessid",
    "sessionid",
    "signature",
    "token",
)
_PUBLIC_NAMES = frozenset({"channel_id", "playlist_id"})  # YouTube's feeds have no other address
_WITHOUT = ("file:", "mailto:", "sqlite:")
# https://TOKEN@host; a database's user name is no secret
_TOKENS_BEFORE_HOST = frozenset({"", "http", "https"})

_LEAST_SECRET = 6  # characters; a shorter one may be an ordinary word

# What looks random: 0.4 % of tokens of 16 random bytes are missed, and 4 % of hexadecimal ones of
# 8. Of 206 values in the queries of captured feeds 24 look random, and all of them are.
# tests/unit/domain/test_address.py would notice.
_LEAST_LENGTH = 14  # letters and digits
_LEAST_CHANGES = 0.15  # of them follow one of another kind
_LEAST_BITS = 2.8  # a character
_LONGEST_WORD = 32


class Address(str):
    """An address that reads as text with `***` for its secrets, so that printing, logging and JSON
    never show them.

    Two are equal if they are equal with their secrets. Functions of `domain.urls` return an
    `Address` for an `Address`.
    """

    __slots__ = ("_unmasked",)
    _unmasked: str

    def __new__(cls, text: str = "") -> Address:
        """The address; an `Address` is returned unchanged."""
        if isinstance(text, Address):
            return text
        address = super().__new__(cls, _masked(text))
        address._unmasked = text
        return address

    def unmasked(self) -> str:
        """The address with its secrets: only for fetching, for the store, and for the operator's
        own files.
        """
        return self._unmasked

    @property
    def has_secrets(self) -> bool:
        """Whether any part of it is hidden."""
        return str(self) != self._unmasked

    @property
    def has_credentials(self) -> bool:
        """Whether it has a secret by position or name, not just a value that looks random."""
        return any(_secrets(self._unmasked, by_looks=False))

    @property
    def secrets(self) -> frozenset[str]:
        """The hidden values, as written and decoded."""
        hidden = [self._unmasked[start:end] for start, end in _secrets(self._unmasked)]
        found = frozenset(hidden) | {secret.partition(":")[2] for secret in hidden if ":" in secret}
        return (
            found
            | {unquote(secret) for secret in found}
            | {unquote_plus(secret) for secret in found}
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self._unmasked == (
            other._unmasked if isinstance(other, Address) else other
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._unmasked)

    def __reduce__(self) -> tuple[Any, ...]:
        return Address, (self._unmasked,)


def hide(record: Any, key: str) -> None:
    """Turns the address or addresses of a record under construction into `Address`."""
    value = getattr(record, key)
    hidden = tuple(map(Address, value)) if isinstance(value, tuple) else Address(value)
    object.__setattr__(record, key, hidden)


def masked(text: str) -> str:
    """The text with the secrets of every address in it hidden."""
    return _IN_TEXT.sub(_masked_in_text, text) if ":" in text else text


def without_secrets(text: str, secrets: frozenset[str]) -> str:
    """A text from a server that received these secrets, with them removed; very short ones may be
    ordinary words and stay.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _LEFT_OUT) if len(secret) >= _LEAST_SECRET else text
    return text


def link_without_secrets(url: str, secrets: frozenset[str]) -> str:
    """A link from such a server without the parts that contain a secret, so that it still works."""
    address, _, fragment = url.partition("#")
    path, _, query = address.partition("?")
    kept = [
        pair
        for pair in query.split("&")
        if pair and unquote_plus(pair.rpartition("=")[2]) not in {*secrets, HIDDEN}
    ]
    link = path + ("?" + "&".join(kept) if kept else "") + (f"#{fragment}" if fragment else "")
    return without_secrets(link, secrets)


def _masked_in_text(found: re.Match[str]) -> str:
    address = found[0].rstrip(_CLOSING)  # "http://127.0.0.1:9: start it" has no password
    return _masked(address) + found[0][len(address) :]


def _masked(text: str) -> str:
    if not any(sign in text for sign in "@?#:"):
        return text
    parts, last = [], 0
    for start, end in _secrets(text):
        parts += [text[last:start], HIDDEN]
        last = end
    return "".join((*parts, text[last:]))


def _secrets(text: str, *, by_looks: bool = True) -> Iterator[tuple[int, int]]:
    """The start and end of each secret in an address, from left to right."""
    if text.lower().startswith(_WITHOUT):
        return
    opening = _OPENING.match(text)
    begin = opening.end() if opening else 0
    scheme = text[:begin].strip().partition(":")[0].lower()
    found = re.compile(r"[/?#\\]").search(text, begin)
    end = found.start() if found else len(text)
    at = text.rfind("@", begin, end)
    if at < 0 and _NO_PORT.search(text[begin:end].rpartition("]")[2]):
        at = max(text.rfind("@"), end)
    if at > begin and (":" in text[begin:at] or scheme in _TOKENS_BEFORE_HOST):
        yield begin, at
    if found := re.compile(r"[?#]").search(text, max(begin, at)):
        yield from _secret_values(text, found.end(), by_looks=by_looks)


def _secret_values(text: str, begin: int, *, by_looks: bool) -> Iterator[tuple[int, int]]:
    for pair in _PAIR.finditer(text, begin):
        name, equals, value = pair[0].partition("=")
        if not equals:
            name, value = "", name
        if (value := value.rstrip(_CLOSING)) and _is_secret(name, value, by_looks=by_looks):
            start = pair.start() + len(name) + len(equals)
            yield start, start + len(value)


def _is_secret(name: str, value: str, *, by_looks: bool) -> bool:
    name, value = unquote_plus(name), unquote_plus(value)
    if name.lower() in _PUBLIC_NAMES:
        return False
    words = {word.lower() for word in _WORD.findall(name)}
    if words & _SECRET_WORDS or name.lower().endswith(_SECRET_ENDS):
        return True
    return (
        any(_secrets(value, by_looks=by_looks))
        if "://" in value
        else by_looks and _is_random(value)
    )


def _is_random(value: str) -> bool:
    runs: list[str] = _RUN.findall(value)
    drawn = "".join(runs)
    if len(drawn) < _LEAST_LENGTH:
        return False
    if max(map(len, runs)) >= _LONGEST_WORD:
        return True
    changes = sum(len(_CHANGE.findall(run)) for run in runs) / len(drawn)
    shares = [count / len(drawn) for count in Counter(drawn).values()]
    bits = -sum(share * math.log2(share) for share in shares)
    return changes >= _LEAST_CHANGES and bits >= _LEAST_BITS
