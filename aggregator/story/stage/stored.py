"""The stories as they may be shown, read from the store: with their members, their ledger, and no
more quotes than are due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aggregator.cluster.members import members_among
from aggregator.domain.article import Article
from aggregator.domain.claim import Analysis
from aggregator.domain.insight import Insight
from aggregator.domain.settings import Settings
from aggregator.domain.source import Source
from aggregator.domain.story import NewsletterVote, PublishedStory
from aggregator.domain.web.urls import host
from aggregator.hooks.plugins import plugins
from aggregator.store.database import Connection
from aggregator.store.news import articles, newsletters, stories
from aggregator.store.news.newsletters import IssueVote
from aggregator.store.writing import analyses, predictions
from aggregator.store.writing import history as stored_history
from aggregator.verify.origins import attributed
from aggregator.verify.share import within_share


def shown_stories(
    connection: Connection, settings: Settings, only: Sequence[str] | None = None
) -> tuple[PublishedStory, ...]:
    """Every analysed story (or these only) that is not dropped, best first, with its members, its
    ledger and its claims.

    What would show too large a share of an article is left out, and key statements of one origin
    name it.
    """
    sources = {source.key: source for source in settings.sources}
    members = members_among(sources)
    quoting = settings.analysis
    bare = [
        story for story in stories.analysed_stories(connection, only) if not story.operator.dropped
    ]
    ids = [story.id for story in bare]
    placed, told = (
        articles.articles_of(connection, ids, passages=False),
        analyses.analyses_of(connection, ids),
    )
    ledgers = stored_history.history_of(connection, ids)
    insights: dict[str, Insight] = dict(
        plugins().all("story_tables", connection=connection, story_ids=ids)
    )
    cited = {
        story.id: _cited_beside(placed[story.id], told[story.id], insights.get(story.id))
        for story in bare
    }
    archive = articles.articles_by_id(
        connection, sorted({each for several in cited.values() for each in several})
    )
    predicted = predictions.predictions_of(connection, ids)
    carried = newsletters.votes_of(connection, ids)
    whole = (
        replace(
            story,
            members=members(placed[story.id]),
            history=ledgers.get(story.id, ()),
            predictions=predicted.get(story.id, ()),
            newsletters=tuple(_vote(vote, sources) for vote in carried.get(story.id, ())),
            background=members([archive[each] for each in cited[story.id] if each in archive]),
        )
        for story in bare
    )
    several = (
        PublishedStory(
            story=story,
            analysis=told[story.id],
            insight=insights.get(story.id, Insight()).unrepeated(),
        )
        for story in whole
    )
    return tuple(
        attributed(
            within_share(story, quoting.quote_share, quoting.quote_least, quoting.quote_opened)
        )
        for story in several
    )


def _vote(vote: IssueVote, sources: Mapping[str, Source]) -> NewsletterVote:
    source = sources.get(vote.source_key)
    return NewsletterVote(
        source_key=vote.source_key,
        source=source.name if source else host(vote.url),
        url=vote.url,
        published=vote.published,
        is_lead=vote.is_lead,
    )


def _cited_beside(
    placed: Sequence[tuple[Article, str | None]], analysis: Analysis, insight: Insight | None
) -> tuple[str, ...]:
    """The articles that a story cites and that are not its own, in the order of the page."""
    own = {article.id for article, _ in placed}
    claims = (*analysis.kept.claims(), *(insight.claims() if insight else ()))
    cited = (citation.article_id for claim in claims for citation in claim.citations)
    return tuple(dict.fromkeys(each for each in cited if each not in own))
