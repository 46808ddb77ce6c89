"""Stage three: every article gets its story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from aggregator.cluster.assign import assigned, recredited
from aggregator.cluster.item import Assignment, ClusterItem
from aggregator.cluster.members import members
from aggregator.cluster.rank import ranked
from aggregator.domain.article import Article, Read
from aggregator.domain.dates import iso_week
from aggregator.domain.settings import Settings
from aggregator.domain.story import Member, Story
from aggregator.domain.text import slug
from aggregator.stages.services import Services, Tally, Watch
from aggregator.store import articles, stories

_LEAD_WORDS = 80
_NEWS_OF_THE_DAY = timedelta(days=7)  # a story older than this when first seen is backlog: it belongs to its own week


def cluster_stage(services: Services, watch: Watch, tally: Tally) -> None:
    """Gives every article without a story its story, all in one transaction; stories that grew become stale."""
    with services.database.reading() as connection:
        unplaced = articles.unplaced_articles(connection)
        if not unplaced:
            return
        reach = timedelta(days=services.settings.cluster.lookback_days)
        dates = [article.published.at for article in unplaced]
        placed = articles.placed_articles(connection, min(dates) - reach, max(dates) + reach)
    watch.stage("stories", len(unplaced))
    sources = services.sources()
    pending = [_item(member, None) for member in members([(article, None) for article in unplaced], sources)]
    story_of = {article.id: story_id for article, story_id, _ in placed}
    known = [
        _item(member, story_of[member.article.id])
        for member in members([(article, copy_of) for article, _, copy_of in placed], sources)
    ]
    decided = assigned(pending, known, services.settings.cluster)
    _place(services, unplaced, decided, recredited(pending, known), watch, tally)


def _item(member: Member, story_id: str | None) -> ClusterItem:
    article = member.article
    return ClusterItem(
        article_id=article.id,
        title=article.title,
        lead=" ".join(article.text.split()[:_LEAD_WORDS]),
        text=article.text if article.read is Read.FULL else "",
        published=article.published.at,
        source_key=article.source_key,
        family=member.family,
        lane=member.lane,
        canonical_url=article.canonical_url,
        story_id=story_id,
        copy_of=member.copy_of,
    )


def _place(
    services: Services,
    unplaced: Sequence[Article],
    decided: Sequence[Assignment],
    credited: Sequence[Assignment],
    watch: Watch,
    tally: Tally,
) -> None:
    new = {article.id: article for article in unplaced}
    with services.database.writing() as connection:
        for each in credited:  # an earlier original came in late: what was taken for one is its copy
            articles.place(connection, each.article_id, each.story_id, each.copy_of, because=each.reason, similarity=1.0)
        touched = sorted({each.story_id for each in (*decided, *credited)})
        known = {story.id for story in stories.stories_by_id(connection, touched)}
        grown = articles.articles_of(connection, touched, passages=False)
        for each in decided:
            grown[each.story_id].append((new[each.article_id], each.copy_of))
        for story_id in touched:
            stories.save_story(connection, made_story(story_id, members(grown[story_id], services.sources()), services.settings))
        for each in decided:
            articles.place(
                connection,
                each.article_id,
                each.story_id,
                each.copy_of,
                because=each.reason,
                similarity=each.similarity,
            )
            watch.step(new[each.article_id].title)
    tally.counts.update(stories_new=len(touched) - len(known), stories_updated=len(known))


def made_story(story_id: str, found: tuple[Member, ...], settings: Settings) -> Story:
    """A story as its members make it; the store keeps the slug and week that it was first given."""
    founder = found[0].article
    first_seen = min(member.article.first_seen for member in found)
    score, reasons = ranked(found)
    is_backlog = first_seen - founder.published.at > _NEWS_OF_THE_DAY or all(member.article.backlog for member in found)
    return Story(
        id=story_id,
        slug=slug(founder.title),
        week=iso_week(founder.published.at if is_backlog else first_seen, ZoneInfo(settings.site.timezone)),
        published=founder.published.at,
        updated=max(member.article.published.at for member in found),
        first_seen=first_seen,
        members=found,
        score=score,
        reasons=reasons,
    )
