"""Addresses that may hold a password or a key, which nothing can print by accident. What an address means: `domain.urls`.

Hidden are the user name and password before the host, and in query and fragment each value whose name says what it is
(`token`, `api_key`, `X-Amz-Signature`) or that looks drawn at random. A secret in the path is not told from a public one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, unquote_plus

HIDDEN = "***"
_LEFT_OUT = "…"  # of a text: asterisks are markup, which no sentence passes with

_OPENING = re.compile(r"\s*(?:https?:|[A-Za-z][A-Za-z0-9+.-]*:(?=[/\\]))?[/\\]*", re.IGNORECASE)  # also http:ada:pw@host
_IN_TEXT = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:[/\\]{1,2}"
    r"(?:[^\s/:@\[]+:(?![0-9]*[\s/?#])[^\"<>@\n]{1,100}@)?"  # a password may have spaces where somebody mistyped it
    r"[^\s\"<>`]+"
)
_NO_PORT = re.compile(r":.*[^0-9].*$")  # a password with a slash in it: no valid address, but told of in an error
_PAIR = re.compile(r"[^&;?#]+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_RUN = re.compile(r"[A-Za-z0-9]+")
_CHANGE = re.compile(r"(?<=[a-z])[A-Z]|(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]")
_CLOSING = ":,.)]'!"  # what follows an address in a sentence

_SECRET_WORDS = frozenset(
    "auth authkey apikey bearer cookie credential credentials hmac jwt key otp pass passphrase passwd password pwd "
    "secret session sessionid sid sig signature ticket token".split()
)
_SECRET_ENDS = ("accesskey", "apikey", "authkey", "password", "secret", "sessid", "sessionid", "signature", "token")
_PUBLIC_NAMES = frozenset({"channel_id", "playlist_id"})  # YouTube's, whose feeds have no other address
_WITHOUT = ("file:", "mailto:", "sqlite:")
_TOKENS_BEFORE_HOST = frozenset({"", "http", "https"})  # https://TOKEN@host; a database's user name is no secret

_LEAST_SECRET = 6  # characters; a shorter one is a word of any text

# What looks drawn at random: of tokens of 16 random bytes 0.4 % are missed, of 8 in hexadecimal 4 %. Of 206 values in the
# queries of captured feeds 24 look so, and are. tests/unit/domain/test_address.py would notice.
_LEAST_LENGTH = 14  # letters and digits
_LEAST_CHANGES = 0.15  # of them follow one of another kind
_LEAST_BITS = 2.8  # a character
_LONGEST_WORD = 32


class Address(str):
    """An address as text for people: its secrets stand in it as `***`, so that no printing, logging or JSON shows them.

    Two are equal where they are with their secrets. Functions of `domain.urls` make an `Address` of an `Address`.
    """

    __slots__ = ("_unmasked",)
    _unmasked: str

    def __new__(cls, text: str = "") -> Address:
        """The address; one that is an `Address` already is kept as it is."""
        if isinstance(text, Address):
            return text
        address = super().__new__(cls, _masked(text))
        address._unmasked = text
        return address

    def unmasked(self) -> str:
        """The address with its secrets: for who asks it, for the store, and for a file that is the operator's own."""
        return self._unmasked

    @property
    def has_secrets(self) -> bool:
        """Whether anything of it is hidden."""
        return str(self) != self._unmasked

    @property
    def has_credentials(self) -> bool:
        """Whether a secret is there by its place or name, not only by its looks."""
        return any(_secrets(self._unmasked, by_looks=False))

    @property
    def secrets(self) -> frozenset[str]:
        """The values that are hidden, as written and as meant."""
        hidden = [self._unmasked[start:end] for start, end in _secrets(self._unmasked)]
        found = frozenset(hidden) | {each.partition(":")[2] for each in hidden if ":" in each}
        return found | {unquote(each) for each in found} | {unquote_plus(each) for each in found}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self._unmasked == _whole(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._unmasked)

    def __reduce__(self) -> tuple[Any, ...]:
        return Address, (self._unmasked,)


def masked(text: str) -> str:
    """The text with the secrets of every address in it hidden."""
    return _IN_TEXT.sub(lambda found: _masked(found[0]), text) if ":" in text else text


def without_secrets(text: str, secrets: frozenset[str]) -> str:
    """What a server wrote, which was shown these secrets, without them; too short ones are words of any text."""
    for each in sorted(secrets, key=len, reverse=True):
        text = text.replace(each, _LEFT_OUT) if len(each) >= _LEAST_SECRET else text
    return text


def link_without_secrets(url: str, secrets: frozenset[str]) -> str:
    """A link of such a server without what hands a secret on, so that it still leads somewhere."""
    address, _, fragment = url.partition("#")
    path, _, query = address.partition("?")
    kept = [pair for pair in query.split("&") if pair and unquote_plus(pair.rpartition("=")[2]) not in secrets]
    link = path + ("?" + "&".join(kept) if kept else "") + (f"#{fragment}" if fragment else "")
    return without_secrets(link, secrets)


def _whole(text: str) -> str:
    return text._unmasked if isinstance(text, Address) else text


def _masked(text: str) -> str:
    if not any(sign in text for sign in "@?#:"):
        return text
    parts, last = [], 0
    for start, end in _secrets(text):
        parts += [text[last:start], HIDDEN]
        last = end
    return "".join((*parts, text[last:]))


def _secrets(text: str, *, by_looks: bool = True) -> Iterator[tuple[int, int]]:
    """Where each secret of an address begins and ends, from left to right."""
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
    return any(_secrets(value, by_looks=by_looks)) if "://" in value else by_looks and _is_random(value)


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
