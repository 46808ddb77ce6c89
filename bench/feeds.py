"""A thousand feeds made of nothing but numbers: 20 entries each, 24 kB on average, every second one
Atom. Deterministic.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

ENTRIES = 20
NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
_SYLLABLES = (
    "ar be ci do el fu ga hi in jo ka lu me no or pa qui re si to un va we xi yo za".split()
)
_VOCABULARY = tuple(
    first + second + third
    for first in _SYLLABLES
    for second in _SYLLABLES[:12]
    for third in ("", "n", "st")
)
_PARAGRAPHS = (
    1,
    3,
)  # of an entry, at least and at most; with the words of one, this makes 24 kB a feed
_WORDS = (13, 33)


def write_feeds(folder: Path, feeds: int, *, shift: int = 0) -> None:
    """Writes `0.xml`, `1.xml` … to the folder. A generation has `shift` entries that the first one
    has not.
    """
    for number in range(feeds):
        (folder / f"{number}.xml").write_text(feed_document(number, shift=shift), encoding="utf-8")


def feed_document(number: int, *, shift: int = 0) -> str:
    """The document of one feed: its newest `ENTRIES` entries, of which `shift` came since the first
    generation.
    """
    entries = range(shift + ENTRIES - 1, shift - 1, -1)
    return _atom(number, entries) if number % 2 else _rss(number, entries)


def _rss(number: int, entries: range) -> str:
    items = "\n".join(
        f"""<item><title>{escape(title)}</title><link>{link}</link>\
<guid isPermaLink="false">{link}#{entry}</guid>
<pubDate>{format_datetime(at, usegmt=True)}</pubDate>\
<dc:creator>{author}</dc:creator><category>{tag}</category>
<description>{escape(lead)}</description><content:encoded><![CDATA[{text}]]></content:encoded></item>"""
        for entry in entries
        for title, link, at, author, tag, lead, text in [_entry(number, entry)]
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Feed {number}</title><link>https://site{number}.example/</link>
<atom:link href="https://site{number}.example/feed" rel="self" type="application/rss+xml"/>
<description>All of site {number}</description><language>en-US</language><ttl>60</ttl>
{items}
</channel></rss>
"""


def _atom(number: int, entries: range) -> str:
    items = "\n".join(
        f"""<entry><title>{escape(title)}</title><id>tag:site{number}.example,2026:{entry}</id>
<link rel="alternate" href="{link}"/>
<published>{at.isoformat()}</published><updated>{at.isoformat()}</updated><author><name>{author}</name></author>
<category term="{tag}"/><summary>{escape(lead)}</summary>\
<content type="html">{escape(text)}</content></entry>"""
        for entry in entries
        for title, link, at, author, tag, lead, text in [_entry(number, entry)]
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Feed {number}</title>
<link rel="alternate" href="https://site{number}.example/"/><link rel="self" href="https://site{number}.example/feed"/>
<id>tag:site{number}.example,2026:feed</id><updated>{NEWEST.isoformat()}</updated>
{items}
</feed>
"""


def _entry(number: int, entry: int) -> tuple[str, str, datetime, str, str, str, str]:
    """Title, link, moment, author, tag, lead and text of one entry, the same whenever it is asked
    for.
    """
    dice = random.Random(number * 1_000_003 + entry)
    title = _words(dice, 5, 12)
    paragraphs = [f"{_words(dice, *_WORDS)}." for _ in range(dice.randint(*_PARAGRAPHS))]
    slug = title.lower().replace(" ", "-")
    link = f"https://site{number}.example/news/{entry}-{slug}?utm_source=feed"
    text = "".join(
        f'<p>{paragraph} <a href="{link}">{_words(dice, 1, 2)}</a> &amp; more</p>'
        for paragraph in paragraphs
    )
    moment = NEWEST - timedelta(hours=6 * (ENTRIES - entry), minutes=number)
    return title, link, moment, _words(dice, 2, 2).title(), _words(dice, 1, 1), paragraphs[0], text


def _words(dice: random.Random, least: int, most: int) -> str:
    return " ".join(dice.choices(_VOCABULARY, k=dice.randint(least, most))).capitalize()
