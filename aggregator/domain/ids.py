"""Identifiers made from content, so that a run that died and ran again gives the same ones."""

from __future__ import annotations

import hashlib
import re
from itertools import product

_LENGTH = 12  # 60 bits: a collision among a million articles has a chance of 1 in 2 million
_PAIRS = tuple(
    first + second for first, second in product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)
)
_PAGE = re.compile(r"/(?:index\.\w+)?$")  # what an address carries behind the id


def stable_id(*parts: str) -> str:
    """Twelve lower-case base-32 characters (RFC 4648) of the SHA-256 of the parts."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
    number = int.from_bytes(digest[:8]) >> 64 - 5 * _LENGTH
    return "".join([_PAIRS[number >> shift & 1023] for shift in (50, 40, 30, 20, 10, 0)])


def sha256_of(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of(*parts: str) -> str:
    """The SHA-256 of the parts, in hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") + b"\x00")
    return digest.hexdigest()


def id_in(address: str) -> str:
    """The id at the end of a page's address or path, or the text itself where it is no more than
    the id.
    """
    return _PAGE.sub("", address.strip()).rpartition("-")[2]
