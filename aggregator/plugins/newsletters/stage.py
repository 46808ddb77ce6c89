"""The voting stage: items of newsletters vote for stories, and their issues leave the stories that
they were put into before they were known as issues.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from aggregator.cluster.members import Membership, members_among
from aggregator.cluster.stage.cluster import cluster_item
from aggregator.cluster.stage.overrides import move_articles
from aggregator.plugins.newsletters import store
from aggregator.plugins.newsletters.records import IssueItems
from aggregator.plugins.newsletters.votes import DAYS_AFTER, DAYS_BEFORE, votes
from aggregator.services import Services
from aggregator.store.database import Connection
from aggregator.store.news import articles, newsletters
from aggregator.store.news.placements import Placement


def vote_stage(services: Services) -> None:
    """Takes issues out of stories, and finds the articles that items vote for which were never
    matched, or near which new articles came: all issues of a day in one transaction.
    """
    with services.database.writing() as connection:
        _withdraw_issues(connection, services)
        waiting = store.issues_to_match(connection)
    members = members_among(services.sources())
    for day, issues in groupby(waiting, key=lambda issue: issue.published.astimezone(UTC).date()):
        noon = datetime.combine(day, time(12), UTC)
        with services.database.writing() as connection:
            _match(connection, members, list(issues), noon)


def _withdraw_issues(connection: Connection, services: Services) -> None:
    placed = store.placed_issues(connection)
    moves = [
        (Placement(article_id=key, placed_in=placed_in, story_id=story_id), None)
        for key, placed_in, story_id in placed
        if story_id
    ]
    move_articles(connection, services, moves)
    store.unplace(connection, [key for key, _, _ in placed])


def _match(
    connection: Connection, members: Membership, issues: list[IssueItems], noon: datetime
) -> None:
    placed = articles.placed_articles(
        connection, noon - timedelta(days=DAYS_BEFORE), noon + timedelta(days=DAYS_AFTER)
    )
    spots = {spot.article.id: spot for spot in placed}
    found = members([(spot.article, spot.copy_of) for spot in placed])
    near = [cluster_item(member, spots[member.article.id]) for member in found]
    links = {link for issue in issues for item in issue.items for link in item.links}
    known = newsletters.articles_at(connection, links)
    store.save_votes(connection, tuple(votes(issues, near, known)))
