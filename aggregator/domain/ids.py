"""Identifiers made from content, so that a run that died and ran again gives the same ones."""

from __future__ import annotations

import base64
import hashlib

_LENGTH = 12  # 60 bits: a collision among a million articles has a chance of 1 in 2 million


def stable_id(*parts: str) -> str:
    """Twelve lower-case base-32 characters (RFC 4648) of the SHA-256 of the parts."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest[:10]).decode("ascii").lower()[:_LENGTH]
