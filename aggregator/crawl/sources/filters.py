"""Decides which entries of a source are read, and which are only recorded. Runs for every entry of
every visit.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from functools import lru_cache

from aggregator.crawl.sources.relevance import is_about_ai
from aggregator.domain.entry import Entry, EntryState
from aggregator.domain.source import Source

_TAG = re.compile(r"<[^>]*>")


def entry_state(
    entry: Entry, source: Source, *, oldest: datetime, share: float | None = None
) -> EntryState:
    """Whether an entry is to be read: wanted by the source's words, categories and languages, not
    from before `oldest`, and about AI where the source is not about that alone (`share`, as of
    `relevance.general_share`).

    An entry without a date counts as new, but not one that was last changed too long ago.
    """
    if unwanted(entry, source):
        return EntryState.FILTERED
    newest = entry.published.at if entry.published else entry.updated
    if newest and newest < oldest:
        return EntryState.OLD
    is_off_topic = share is not None and not is_about_ai(entry, share)
    return EntryState.OFF_TOPIC if is_off_topic else EntryState.PENDING


def unwanted(entry: Entry, source: Source) -> str:
    """The rule of the source that keeps an entry out, in words; empty where it is wanted."""
    if source.categories and not _is_filed(entry.tags, source.categories):
        return "it is in none of the source’s `categories`"
    if source.languages and entry.language and not _is_in(entry.language, source.languages):
        return f"its language {entry.language} is not among the source’s `languages`"
    if not source.include and not source.exclude:
        return ""
    text = _searched_text(entry)
    if source.include and not _any_of(source.include).search(text):
        return "it contains none of the source’s `include` words"
    if source.exclude and (found := _any_of(source.exclude).search(text)):
        return f"it contains “{found[0]}”, one of the source’s `exclude` words"
    return ""


def _is_filed(tags: tuple[str, ...], categories: tuple[str, ...]) -> bool:
    """Whether the feed files an entry under one of the categories, in any case of letters."""
    wanted = {category.casefold() for category in categories}
    return any(tag.casefold() in wanted for tag in tags)


def _is_in(language: str, ranges: tuple[str, ...]) -> bool:
    """Whether a language is one of those wanted (RFC 4647 §3.3.1): `en` wants `en-GB` too, `en-GB`
    not `en`.
    """
    tag = language.casefold().replace("_", "-")
    return any(
        tag == range_.casefold() or tag.startswith(f"{range_.casefold()}-") for range_ in ranges
    )


def _searched_text(entry: Entry) -> str:
    """Title, tags and summary as a reader sees them, case folded: words within an HTML tag, such as
    an address, do not count.
    """
    summary = entry.summary
    if "<" in summary:
        summary = _TAG.sub(" ", summary)
    return " ".join(
        (entry.title, *entry.tags, html.unescape(summary) if "&" in summary else summary)
    ).casefold()


@lru_cache(maxsize=512)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """What finds one of the phrases whole in a text with its case folded: IGNORECASE takes sixteen
    times as long.
    """
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(re.escape(phrase.casefold()) for phrase in phrases)})(?!\w)"
    )
