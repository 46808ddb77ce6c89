"""The words by which a publisher closes a text to AI systems, in headers and in the head of a page.
Pure.

These close a text: `noai`; `nosnippet` and `max-snippet:0`, which also mean that it is no direct
input for AI answers (developers.google.com/search/docs/crawling-indexing/robots-meta-tag);
`tdm-reservation: 1` (w3.org/community/tdmrep). These do not: `noindex`, `none` and `noarchive`,
which are about lists and caches; `noimageai`, which is about pictures. Of several words the one
that closes counts: none opens what another closes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from aggregator.domain.frozen import frozen
from aggregator.domain.wording import N_

CLOSED = N_("its publisher keeps its text from AI systems")  # shown to readers

_CLOSING = frozenset({"noai", "nosnippet", "max-snippet:0"})
_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
_AGENT = re.compile(r"[a-z*][a-z_*-]*")


def product_token(agent: str) -> str:
    """The part of a User-Agent by which publishers speak to us: `Name` of `Name/1.2
    (+https://…)`.
    """
    return agent.replace("/", " ").split()[0] if agent.strip() else "*"


def closing_header(headers: Mapping[str, str], agent: str) -> str:
    """The word of a response's headers that closes its text, `X-Robots-Tag: noai`; empty where none
    does.
    """
    if headers.get("tdm-reservation", "").strip() == "1":
        return "tdm-reservation: 1"
    word = closing_directive(headers.get("x-robots-tag", ""), agent)
    return f"X-Robots-Tag: {word}" if word else ""


def closing_directive(directives: str, agent: str = "") -> str:
    """The directive of a list such as `noindex, noai` that closes a text; what is said to another
    crawler by name is skipped.
    """
    is_for_us = True
    for listed in directives.lower().split(","):
        name, colon, rest = (part.strip() for part in listed.partition(":"))
        if colon and name not in _VALUED and _AGENT.fullmatch(name):
            is_for_us, name, colon, rest = name in {"*", product_token(agent).lower()}, rest, "", ""
        directive = f"{name}:{rest}" if colon else name
        if is_for_us and directive in _CLOSING:
            return directive
    return ""


@frozen
class RobotsFile:
    """What an origin (`https://host:port`) answered for /robots.txt; `body` is the part of it that
    we read.

    `tdm` is the body of its `/.well-known/tdmrep.json` (TDM Reservation Protocol), empty if it has
    none, as of `tdm_fetched`; None if it was never requested.
    """

    origin: str
    fetched: datetime
    status: int
    body: str = ""
    etag: str | None = None
    last_modified: str | None = None
    tdm: str = ""
    tdm_fetched: datetime | None = None
    tdm_etag: str | None = None
    tdm_last_modified: str | None = None
