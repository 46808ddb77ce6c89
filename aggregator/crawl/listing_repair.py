"""Repairs the reading of a page whose layout changed: a model proposes selectors once, and they are
kept only if what they find is what the page listed before. Pure.

The page may address the model. All that can come of it are selectors, and what these find must have
the titles, links and dates of entries that are known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aggregator.domain.entry import Entry, Feed
from aggregator.domain.ids import sha256_of
from aggregator.domain.source import Listing, ListingFormat, ListingRepair
from aggregator.domain.web.urls import canonical_url
from aggregator.ports import Prompt, Reply
from aggregator.resources import TEMPLATES

LEAST_KNOWN = 3  # entries: fewer prove nothing
_MOST_KNOWN = 10  # the newest that are compared
_MOST_ENTRIES = 300  # of a list; more are all links of a site
_LEAST_SHARE = 0.5  # of those known that must be listed still
_LEAST_ALIKE = 0.8  # of these, whose title and date must be as they were
_DAYS_APART = timedelta(days=2)
_MOST_SELECTOR = 200  # characters
_MOST_TOKENS = 300
_KEYS = ("items", "title", "link", "date")
_TEXT = {"type": "string", "maxLength": _MOST_SELECTOR}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": dict.fromkeys(_KEYS, _TEXT),
    "required": list(_KEYS),
    "additionalProperties": False,
}
_FOLDER = TEMPLATES / "prompts" / "listing"


def repair_digest(listing: Listing) -> str:
    """A short digest of a table and of the question about it."""
    asked = "".join((_FOLDER / name).read_text("utf-8") for name in ("system.txt", "task.txt"))
    return sha256_of(f"{listing!r}\n{asked}")[:12]


def latest_known(stored: Sequence[Entry], listing: Listing) -> tuple[Entry, ...]:
    """The newest of the stored entries that the page may list, of whichever address they came."""
    own = [entry for entry in stored if entry.url.startswith(listing.prefix) and entry.title]
    dated = [(entry.published.at, entry) for entry in own if entry.published]
    newest = [entry for _, entry in sorted(dated, key=lambda pair: pair[0], reverse=True)]
    return tuple((newest or own[::-1])[:_MOST_KNOWN])


def repair_prompt(outline: str, known: Sequence[Entry]) -> Prompt:
    """The question to a model."""
    # the renderer brings a template engine along, and most runs repair nothing
    from aggregator.templating.environment import plain_renderer  # noqa: PLC0415

    render = plain_renderer(_FOLDER)
    return Prompt(
        system=render("system.txt"),
        prefix="",
        task=render("task.txt", outline=outline, known=known),
        schema=_SCHEMA,
        most_tokens=_MOST_TOKENS,
    )


def proposed_listing(reply: Reply, listing: Listing) -> Listing | str:
    """The listing that a model proposes, with the bounds of the present one; or why its answer is
    none.
    """
    try:
        answer = json.loads(reply.text)
    except (ValueError, RecursionError):
        return "the answer is not JSON"
    if not isinstance(answer, dict) or not all(isinstance(answer.get(key), str) for key in _KEYS):
        return "the answer lacks one of the four selectors"
    selectors = {key: answer[key].strip() for key in _KEYS}
    if not selectors["items"] or max(map(len, selectors.values())) > _MOST_SELECTOR:
        return "the answer has no selector of entries, or one that is too long"
    return replace(
        Listing(format=ListingFormat.HTML, prefix=listing.prefix, minimum=listing.minimum),
        **selectors,
    )


def why_rejected(found: Feed, known: Sequence[Entry], now: datetime) -> str:
    """Why what proposed selectors find is not the list that is known; nothing where it is."""
    if len(found.entries) > _MOST_ENTRIES:
        return f"they find {len(found.entries)} entries"
    listed = {canonical_url(entry.url): entry for entry in found.entries}
    pairs = [(entry, listed[url]) for entry in known if (url := canonical_url(entry.url)) in listed]
    needed = max(2, round(_LEAST_SHARE * min(len(known), len(found.entries))))
    if len(pairs) < needed:
        return f"they find {len(pairs)} of the {len(known)} latest entries"
    same = sum(_has_same_title(one, other) for one, other in pairs)
    if same < _LEAST_ALIKE * len(pairs):
        return f"of {len(pairs)} known entries, {same} have their title"
    dated = [(one, other) for one, other in pairs if one.published]
    right = sum(_has_same_day(one, other) for one, other in dated)
    if right < _LEAST_ALIKE * len(dated):
        return f"of {len(dated)} known entries, {right} have their date"
    ahead = sum(
        entry.published is not None and entry.published.at > now + _DAYS_APART
        for entry in found.entries
    )
    return f"{ahead} entries are dated in the future" if ahead else ""


def repair_words(repair: ListingRepair) -> str:
    """What the operator should know of a page that is read by proposed selectors."""
    selectors = [
        f"{key} = {value!r}" for key in _KEYS if (value := getattr(repair.listing, key, ""))
    ]
    return (
        f"{repair.url} changed its layout and is read by selectors that a model proposed on"
        f" {repair.asked:%Y-%m-%d}: {', '.join(selectors)}; check them and put them into the"
        " source's listing table"
    )


def _has_same_title(one: Entry, other: Entry) -> bool:
    first, second = one.title.casefold(), other.title.casefold()
    return first == second or first in second or second in first


def _has_same_day(one: Entry, other: Entry) -> bool:
    if one.published is None or other.published is None:
        return False
    return abs(one.published.at - other.published.at) <= _DAYS_APART
