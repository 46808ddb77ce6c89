"""The stories as they may be shown, read from the store: with their members, their ledger, and no more quotes than are due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aggregator.cluster.members import members
from aggregator.domain.article import Article
from aggregator.domain.claim import Analysis
from aggregator.domain.insight import Insight
from aggregator.domain.settings import Settings
from aggregator.domain.source import Source
from aggregator.domain.story import Story, ToldStory
from aggregator.store import analyses, articles, attributes, facts, predictions, stories
from aggregator.store.database import Connection
from aggregator.verify.origins import attributed
from aggregator.verify.share import within_share


def told_stories(connection: Connection, settings: Settings, only: Sequence[str] | None = None) -> tuple[ToldStory, ...]:
    """Every analysed story (or these only) that is not dropped, best first, with its members, its ledger and its claims.

    What would show too large a share of an article is left out, and key statements of one origin name it.
    """
    sources = {source.key: source for source in settings.sources}
    share, least_words = settings.analysis.quote_share, settings.analysis.quote_least
    bare = [story for story in stories.analysed_stories(connection, only) if not story.operator.dropped]
    ids = [story.id for story in bare]
    placed, told = articles.articles_of(connection, ids, passages=False), analyses.analyses_of(connection, ids)
    ledgers = facts.facts_of(connection, ids)
    insights = attributes.insights_of(connection, ids)
    cited = {fact.article_id for insight in insights.values() for fact in insight.facts()}
    known = articles.articles_by_id(connection, sorted(cited))
    foretold = predictions.predictions_of(connection, ids)
    beside = _beside(connection, placed, told)
    whole = (
        replace(
            story,
            members=members(placed[story.id], sources),
            facts=ledgers.get(story.id, ()),
            predictions=foretold.get(story.id, ()),
            beside=members([beside[each] for each in _cited_beside(placed[story.id], told[story.id]) if each in beside], sources),
        )
        for story in bare
    )
    several = (_told(story, told[story.id], insights.get(story.id, Insight()), known, sources) for story in whole)
    return tuple(attributed(within_share(each, share, least_words)) for each in several)


_Placed = Sequence[tuple[Article, str | None]]


def _beside(
    connection: Connection, placed: Mapping[str, _Placed], told: Mapping[str, Analysis]
) -> dict[str, tuple[Article, str | None]]:
    """The articles of other stories that these cite, by id."""
    cited = {each for story_id, several in placed.items() if story_id in told for each in _cited_beside(several, told[story_id])}
    return articles.articles_by_id(connection, sorted(cited)) if cited else {}


def _cited_beside(placed: _Placed, analysis: Analysis) -> tuple[str, ...]:
    """The articles that the answers to a story's questions stand in, and that are not its own."""
    own = {article.id for article, _ in placed}
    answers = (answer for answer in analysis.kept.answers() if answer)
    cited = (citation.passage.partition(".")[0] for answer in answers for citation in answer.citations)
    return tuple(dict.fromkeys(each for each in cited if each not in own))


def _told(
    story: Story,
    analysis: Analysis,
    insight: Insight,
    known: Mapping[str, tuple[Article, str | None]],
    sources: Mapping[str, Source],
) -> ToldStory:
    """A story with its sections, and the articles of other stories that they cite."""
    own = {member.article.id for member in story.members}
    others = dict.fromkeys(fact.article_id for fact in insight.facts() if fact.article_id not in own)
    background = members([known[each] for each in others if each in known], sources)
    return ToldStory(story=story, analysis=analysis, insight=insight, background=background)
