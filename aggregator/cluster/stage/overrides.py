"""Applies overrides.toml to the result of clustering: before analysis at each refresh, and before
each build.

Where clustering put an article stays stored, so an override that is taken out of the file leaves no
trace. A story that lost all its articles redirects to where they went.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from aggregator.cluster.members import members_among, story_of_members
from aggregator.domain.article import Article
from aggregator.domain.operation.override import home_of, story_overrides, unknown
from aggregator.log import log
from aggregator.services import Services
from aggregator.store.database import Connection
from aggregator.store.news import articles, placements, stories
from aggregator.store.news.placements import Placement
from aggregator.store.publishing import editions
from aggregator.store.writing import analyses
from aggregator.store.writing import history as stored_history


def override_stage(services: Services) -> tuple[str, ...]:
    """Applies the operator's overrides in one transaction; returns those that match nothing."""
    overrides = services.overrides
    today = services.clock.now().astimezone(ZoneInfo(services.settings.site.timezone)).date()
    with services.database.writing() as connection:
        known = placements.override_targets(connection, overrides)
        home = home_of(overrides, known)
        found = placements.placements(connection, known.stories.values(), known.articles.values())
        moves = [
            (placement, home(placement.article_id, placement.placed_in)) for placement in found
        ]
        move_articles(
            connection,
            services,
            [(placement, to) for placement, to in moves if placement.story_id != to],
        )
        stories.save_overrides(connection, story_overrides(overrides, known, today))
    unmatched = unknown(overrides, known)
    for name in unmatched:
        log().warning(
            "an override matches nothing", file=services.settings.cluster.overrides, what=name
        )
    return unmatched


def move_articles(
    connection: Connection, services: Services, moves: Sequence[tuple[Placement, str | None]]
) -> None:
    """Puts articles into other stories, or into none; a story that lost all its articles leads to
    where most of them went.
    """
    ways: dict[str, Counter[str]] = {
        story: Counter() for placement, to in moves for story in (placement.story_id, to) if story
    }
    for placement, to in moves:
        if placement.story_id and to:
            ways[placement.story_id][to] += 1
    grown = _grown(connection, ways, {placement.article_id: to for placement, to in moves})
    known = {story.id: story for story in stories.stories_by_id(connection, sorted(ways))}
    members = members_among(services.sources())
    out = editions.published_weeks(connection)
    for story_id in sorted(grown):
        made = story_of_members(
            story_id, members(grown[story_id]), services.settings.site.timezone, out
        )
        before = known.get(story_id)
        stories.save_story(
            connection,
            replace(made, storyline=before.storyline, affairs=before.affairs) if before else made,
        )
        stories.merge_into(connection, story_id, None)
    for placement, to in moves:
        placements.assign_story(connection, placement.article_id, to)
    for story_id in sorted(ways.keys() - grown.keys()):
        _empty(connection, story_id, next((to for to, _ in ways[story_id].most_common(1)), None))


def _grown(
    connection: Connection, touched: Iterable[str], home: Mapping[str, str | None]
) -> dict[str, list[tuple[Article, str | None]]]:
    """What each story that is touched holds after the moves; those that lost all their articles are
    left out.
    """
    grown = defaultdict(list)
    for story_id, several in articles.articles_of(
        connection, sorted(touched), passages=False
    ).items():
        grown[story_id] = [pair for pair in several if pair[0].id not in home]
    for article_id, article in sorted(articles.articles_by_id(connection, sorted(home)).items()):
        if to := home[article_id]:
            grown[to].append(article)
    return {story_id: several for story_id, several in grown.items() if several}


def _empty(connection: Connection, story_id: str, into: str | None) -> None:
    """Leaves nothing of a story but its permalink."""
    analyses.drop_analyses(connection, [story_id])
    stored_history.save_history(connection, story_id, ())
    stories.merge_into(connection, story_id, into)
    stories.mark_fresh(connection, [story_id])
