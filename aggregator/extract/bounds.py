"""Cuts or rejects, in linear time, what would take a parser seconds and no publisher's page
contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

MAX_BYTES = 4_000_000  # in UTF-8; the largest of 600 real article pages has 2.9 MB
# start and end tags; the most of 660 real pages is 17,000. trafilatura takes 4 s for 70,000, 1 s
# for half
MAX_TAGS = 40_000
# of one element; trafilatura compares each link of a paragraph with every other: 20,000 take 7 s
MAX_CHILDREN = 5_000
MAX_ATTRIBUTES = (
    1_000  # of one tag; libxml2 compares each with all others: 20,000 take it 3 s, 1,000 no time
)
# bytes from which a tag may have too many; pictures and JSON in attributes make real ones of 330 kB
_LONG_TAG = 8_000
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")


def bounded(body: bytes) -> bytes:
    """The page cut after its first 4 MB or 40,000 tags: comments and lists come after the text of
    an article.
    """
    body = body[:MAX_BYTES]
    if body.count(b"<") <= MAX_TAGS:
        return body
    beyond = next(islice(re.finditer(b"<", body), MAX_TAGS, None))
    return body[: beyond.start()]


def excess(body: bytes) -> str | None:
    """Why a page is not given to a parser, or nothing."""
    if any(len(_QUOTED.sub(b"", tag).split()) > MAX_ATTRIBUTES for tag in _long_tags(body)):
        return f"not read: a tag with more than {MAX_ATTRIBUTES:,} attributes"
    return None


def _long_tags(body: bytes) -> Iterator[bytes]:
    """The tags that go on for `_LONG_TAG` bytes, found by leaps from the last bracket within so
    many bytes.
    """
    start = 0
    while start + _LONG_TAG <= len(body):
        last = max(
            body.rfind(b"<", start, start + _LONG_TAG), body.rfind(b">", start, start + _LONG_TAG)
        )
        if last >= 0:
            start = last + 1
            continue
        end = min(
            body.find(bracket, start) % (len(body) + 1) for bracket in (b"<", b">")
        )  # -1 becomes the length
        if body[start - 1 : start] == b"<" and body[start : start + 1].isalpha():
            yield body[start:end]
        start = end + 1
