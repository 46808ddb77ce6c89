"""The headlines of a story as its sources published them."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.domain.claim import ClaimKind
from aggregator.domain.frozen import frozen
from aggregator.domain.story import PublishedStory, Story
from aggregator.domain.web.urls import host
from aggregator.domain.wording import inner_quotation
from aggregator.english.headline_text import tidy_headline
from aggregator.english.text import folded
from aggregator.site.story.cited import foreign_language, words_language
from aggregator.site.story.origins import Origin
from aggregator.templating.translation import ENGLISH


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
