"""What no page of a publisher has and takes a parser seconds: seen before it is parsed, in time that grows as the page does."""

from __future__ import annotations

import re

MAX_TAGS = 50_000  # of 660 real pages the fullest has 8,588
MAX_ATTRIBUTES = 1_000  # of one tag; libxml2 compares each with all others: 20,000 take it 3 s, 1,000 no time
_LONG_TAG = 8_000  # bytes from which a tag may have too many; pictures and JSON in attributes make real ones of 330 kB
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")


def excess(body: bytes) -> str | None:
    """Why a page is not given to a parser, or nothing."""
    pieces = body.split(b"<")[1:]
    if len(pieces) > 2 * MAX_TAGS:
        return f"not read: more than {MAX_TAGS:,} elements"
    tags = (piece.partition(b">")[0] for piece in pieces if len(piece) > _LONG_TAG and piece[:1].isalpha())
    if any(len(tag) > _LONG_TAG and len(_QUOTED.sub(b"", tag).split()) > MAX_ATTRIBUTES for tag in tags):
        return f"not read: a tag with more than {MAX_ATTRIBUTES:,} attributes"
    return None
