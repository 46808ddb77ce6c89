"""The sources of a story, grouped by origin: who reported it, who copied it, how much of each was
read, and the headlines as they published them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.domain.article import Read
from aggregator.domain.claim import ClaimKind
from aggregator.domain.entry import DateOrigin
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.story import Member, PublishedStory, Story, by_article
from aggregator.domain.web.urls import fetchable_url, host
from aggregator.domain.wording import inner_quotation
from aggregator.english.headline_text import tidy_headline
from aggregator.english.text import folded
from aggregator.site.labels import READ_NAMES
from aggregator.site.story.cited import foreign_language, words_language
from aggregator.templating.translation import ENGLISH, Translations, translations


@frozen
class SourceRow:
    """One article of a story. `published` is None where no source gave a date; `copy_of` names the
    source it repeats.

    `is_named`: the row shows the name of its outlet; further rows of the same outlet and kind do
    not.
    """

    name: str
    key: str
    title: str
    url: str
    lang: str
    published: datetime | None
    first_seen: datetime
    read: Read
    read_name: str
    primary: bool
    copy_of: str
    copy_of_url: str
    is_named: bool = True


@frozen
class Origin:
    """The articles that derive from one publisher: originals first, then copies."""

    family: str
    rows: tuple[SourceRow, ...]


def origins_counted(number: int, words: Translations) -> str:
    """`3 independent sources`."""
    return words.counted(number, "%s independent source", "%s independent sources")


def sources_counted(story: Story, words: Translations) -> str:
    """`3 independent sources`, those who announce their own news apart; `single source` where there
    is one in all.
    """
    if story.independent_origins == 1:
        return words("single source")
    if story.independent_reports == 1:
        return words("announcement and one report")
    return origins_counted(story.independent_sources, words)


def origins_of(story: Story, language: str) -> tuple[Origin, ...]:
    """The story's articles by origin: vendors' own announcements first, then by the earliest
    article.
    """
    by_id = by_article(story.members)
    families = grouped((_original(member, by_id).family, member) for member in story.members)
    ordered = sorted(
        (
            sorted(
                (
                    not member.primary,
                    member.copy_of is not None,
                    member.article.published.at,
                    member.article.id,
                )
                for member in members
            ),
            family,
        )
        for family, members in families.items()
    )
    return tuple(
        Origin(
            family=family,
            rows=_named_once([_row(by_id[place[-1]], by_id, language) for place in places]),
        )
        for places, family in ordered
    )


def _named_once(rows: Sequence[SourceRow]) -> tuple[SourceRow, ...]:
    outlets = [None, *((row.key, row.primary, row.copy_of) for row in rows)]
    return tuple(
        replace(row, is_named=before != own)
        for row, before, own in zip(rows, outlets, outlets[1:], strict=False)
    )


def _original(member: Member, by_id: dict[str, Member]) -> Member:
    """The article whose text a copy repeats, as far as known; chains are followed, a circle ends
    where it closes.
    """
    seen = {member.article.id}
    while member.copy_of in by_id and member.copy_of not in seen:
        member = by_id[member.copy_of]
        seen.add(member.article.id)
    return member


def _row(member: Member, by_id: dict[str, Member], language: str) -> SourceRow:
    article, original = member.article, _original(member, by_id)
    is_copy = original is not member
    words = translations(language)
    shortfall = f" ({words(article.shortfall)})" if article.shortfall else ""
    return SourceRow(
        name=member.source_name,
        key=article.source_key,
        title=article.title,
        url=fetchable_url(article.url) or "",
        lang=words_language(article, language),
        published=article.published.at
        if article.published.origin is not DateOrigin.FIRST_SEEN
        else None,
        first_seen=article.first_seen,
        read=article.read,
        read_name=words(READ_NAMES[article.read]) + shortfall,
        primary=member.primary,
        copy_of=original.source_name if is_copy else "",
        copy_of_url=fetchable_url(original.article.url) or "" if is_copy else "",
    )


@frozen
class PublishedHeadline:
    """A headline as its source published it."""

    source: str
    text: str
    lang: str

    @property
    def shown(self) -> str:
        """The headline for use between quotation marks."""
        return inner_quotation(self.text)


def first_headline(origins: Sequence[Origin], headline: str) -> PublishedHeadline | None:
    """The headline of the primary source, or of the first to report, where it says more or other
    than the page's: not by tags, the name of the site, capitals and marks alone.
    """
    row = origins[0].rows[0]
    own = tidy_headline(row.title, (row.name, host(row.url).rpartition(".")[0]))
    if folded(own) in ("", folded(headline)):
        return None
    return PublishedHeadline(source=row.name, text=row.title, lang=row.lang)


def headline_language(published: PublishedStory, own: str) -> str:
    """The language to mark a story's headline with: its article's, English for a model's; empty for
    the page's own.

    The operator's is taken to be in the language of the site.
    """
    if published.story.operator.headline:
        return ""
    headline = published.analysis.kept.headline
    cited = {citation.article_id for citation in headline.citations}
    of = next(
        (
            member.article
            for member in published.story.members
            if member.article.id in cited and headline.kind is ClaimKind.EXTRACTED
        ),
        None,
    )
    return words_language(of, own) if of else foreign_language(ENGLISH, own)


def other_headlines(story: Story, headline: str, language: str) -> tuple[PublishedHeadline, ...]:
    """The published headlines other than the page's, each wording once, in the order of the
    members.
    """
    found: dict[str, PublishedHeadline] = {}
    for member in story.members:
        article = member.article
        if article.title and article.title != headline and article.title not in found:
            lang = words_language(article, language)
            found[article.title] = PublishedHeadline(
                source=member.source_name, text=article.title, lang=lang
            )
    return tuple(found.values())
