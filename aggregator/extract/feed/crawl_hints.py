"""The crawl hints of a feed: how often it wants to be fetched, when not, and whether it closes its
texts to models. Pure; read from the bytes before its first entry, as feedparser keeps only one of
several skip hours.

RSS ttl is in minutes (rssboard.org/rss-specification); updatePeriod and updateFrequency are those
of the syndication module (web.resource.org/rss/1.0/modules/syndication), daily and once where only
the other is given. Texts are closed by what closes a page, in XHTML's `meta`; `noindex` does not
close them: FeedBurner's feeds say it of the feed itself.
"""

from __future__ import annotations

import re
from dataclasses import replace

from aggregator.domain.entry import Feed
from aggregator.domain.web.rights import closing_directive

_MOST_HEAD = (
    65_536  # bytes; what a channel says of itself takes 2 kB, an icon in a data: address 20 kB
)
_FIRST_ENTRY = re.compile(rb"<(?:item|entry)[\s>]")
_NUMBER = r"[^<>]*?>\s*(\d{1,9})\s*</"
_TTL = re.compile(rf"<ttl{_NUMBER}", re.I)
_PERIOD = re.compile(r"<(?:\w+:)?updatePeriod[^<>]*?>\s*(\w+)\s*</", re.I)
_FREQUENCY = re.compile(rf"<(?:\w+:)?updateFrequency{_NUMBER}", re.I)
_HOURS = re.compile(rf"<hour{_NUMBER}", re.I)
_DAYS = re.compile(r"<day[^<>]*?>\s*(\w+)\s*</", re.I)
_SKIPPED = re.compile(r"<skip(?:Hours|Days)\b.*?</skip(?:Hours|Days)\s*>", re.I | re.S)
_META = re.compile(r"<(?:\w+:)?meta\s([^<>]*)>", re.I)
_PERIODS_S = {
    "hourly": 3_600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}
_WEEKDAYS = {
    name: n
    for n, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())
}


def with_crawl_hints(feed: Feed, body: bytes) -> Feed:
    """The feed with the crawl hints in the head of its document, which is in any ASCII-compatible
    encoding.
    """
    first = _FIRST_ENTRY.search(body, 0, _MOST_HEAD)
    head = body[: first.start() if first else _MOST_HEAD].decode("latin-1")
    skipped = " ".join(_SKIPPED.findall(head)) if "<skip" in head else ""
    hours = {
        int(hour) % 24 for hour in _HOURS.findall(skipped) if int(hour) <= 24
    }  # 24 is midnight in RSS 0.91
    days = {_WEEKDAYS[day.lower()] for day in _DAYS.findall(skipped) if day.lower() in _WEEKDAYS}
    return replace(
        feed,
        told_s=_requested_s(head),
        skip_hours=tuple(sorted(hours)),
        skip_days=tuple(sorted(days)),
        reserved=_reserved(head),
    )


def _requested_s(head: str) -> int | None:
    """The longer of the intervals that it asks for."""
    intervals_s = [60 * int(minutes) for minutes in _TTL.findall(head)]
    period, frequency = _PERIOD.search(head), _FREQUENCY.search(head)
    if period or frequency:
        length_s = _PERIODS_S.get(period[1].lower() if period else "daily", 0)
        intervals_s.append(length_s // max(1, int(frequency[1]) if frequency else 1))
    return max(intervals_s, default=0) or None


def _reserved(head: str) -> str:
    for written in _META.findall(head):
        name, content = (_attribute(written, key) for key in ("name", "content"))
        if name == "robots" and (word := closing_directive(content)):
            return f"robots: {word}"
        if name == "tdm-reservation" and content == "1":
            return "tdm-reservation: 1"
    return ""


def _attribute(written: str, name: str) -> str:
    found = re.search(rf"""\b{name}\s*=\s*["']([^"']*)["']""", written, re.I)
    return found[1].strip().lower() if found else ""
