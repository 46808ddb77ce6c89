"""The Markdown of a story and an edition, from the record of its page by `templates/markdown/`.
Outside text is escaped, never markup; what is not quoted has the curly marks of the page.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from aggregator.domain.dates import local_day
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.hooks.sections import all_sections
from aggregator.resources import TEMPLATES
from aggregator.templating.environment import Render, plain_renderer
from aggregator.templating.translation import IN_ENGLISH, Translations
from aggregator.templating.typography import curly

if TYPE_CHECKING:
    from aggregator.site.edition.records import EditionPage
    from aggregator.site.story.records import StoryPage

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!])")
_OPENING = re.compile(r"^(\d*)([-+=.)])")  # what makes a line a list or a heading rule
_URL_SPECIAL = str.maketrans(
    {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C"}
)
_BLANK_LINES = re.compile(r"\n{3,}")


def story_markdown(page: StoryPage, words: Translations = IN_ENGLISH, zone: tzinfo = UTC) -> str:
    """The story as CommonMark, citations as numbered notes at the end, days those of `zone`."""
    return _markdown("story.md", page, words, zone)


def edition_markdown(page: EditionPage, words: Translations, zone: tzinfo) -> str:
    """The edition as CommonMark, citations as numbered notes at the end, days those of `zone`."""
    return _markdown("edition.md", page, words, zone)


def _markdown(
    template: str, page: StoryPage | EditionPage, words: Translations, zone: tzinfo
) -> str:
    headings = {
        section.key: words(section.heading) for section in all_sections() if section.heading
    }
    text = _renderer(words, zone)(template, page=page, headings=headings)
    return _BLANK_LINES.sub("\n\n", text.strip("\n")) + "\n"


@lru_cache(maxsize=8)
def _renderer(words: Translations, zone: tzinfo) -> Render:
    def day(moment: datetime) -> str:
        return words.day(local_day(moment, zone))

    return plain_renderer(
        TEMPLATES / "markdown",
        words.language,
        plain=plain,
        link=link,
        day=day,
        date=words.day,
        number=words.number,
        cited=partial(_cited, words=words),
        quoted=partial(_quoted, words=words),
    )


def _cited(claim: PrintedClaim, words: Translations) -> str:
    """A claim with the numbers of its notes."""
    text = _quoted(claim.shown, words) if claim.quoted else plain(claim.shown)
    inferred = f" ({words('inference')})" if claim.inferred else ""
    return text + inferred + "".join(f"[^{citation.number}]" for citation in claim.citations)


def _quoted(text: str, words: Translations) -> str:
    return words("“%(quote)s”", quote=_escaped(text))


def link(text: str, url: str) -> str:
    """A link, or the text alone where there is no address."""
    return f"[{plain(text)}]({url.translate(_URL_SPECIAL)})" if url else plain(text)


@lru_cache(maxsize=128)  # a story says its headline, its quotes and its sources several times
def plain(text: str) -> str:
    """The text with curly marks on one line, with everything that Markdown would read as markup
    escaped.
    """
    return _escaped(curly(text))


@lru_cache(maxsize=128)
def _escaped(text: str) -> str:
    return _OPENING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))
