"""Issues of newsletters: what they list, and the votes of their items for articles, and so for
stories. Who votes is decided by a plugin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, select, update

from aggregator.domain.article import NewsletterItem
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.source_status import ListedIssue
from aggregator.store.rows import add, among, batches, change, drop, record_of, row_of
from aggregator.store.schema import articles, newsletter_items, stories


def save_items(connection: Connection, issue_id: str, items: Sequence[NewsletterItem]) -> None:
    """Stores what an issue lists, in place of what it listed before."""
    withdraw_votes(connection, [issue_id])
    drop(connection, newsletter_items.issue_id, [issue_id])
    rows = [
        row_of(
            item,
            newsletter_items,
            issue_id=issue_id,
            is_matched=False,
            by_link=False,
            similarity=0.0,
        )
        for item in items
    ]
    add(connection, newsletter_items, rows)


def articles_not_looked_at(connection: Connection) -> tuple[str, ...]:
    """The articles of which nobody has decided whether they are issues, by id."""
    chosen = select(articles.id).where(articles.is_issue.is_(None)).order_by(articles.id)
    return tuple(connection.scalars(chosen))


def mark_issues(connection: Connection, article_ids: Iterable[str], *, is_issue: bool) -> None:
    """Records of articles whether they are issues."""
    change(connection, articles.id, article_ids, is_issue=is_issue)


def articles_at(connection: Connection, urls: Iterable[str]) -> dict[str, str]:
    """The articles that are known at canonical addresses, by address; issues are none."""
    ids = {stable_id("article", url): url for url in urls}
    both = select(articles.canonical_url, articles.id).where(articles.is_issue.is_not(True))
    found = {ids[row.id]: row.id for row in among(connection, both, articles.id, ids)}
    others = set(ids.values()) - found.keys()
    ordered = both.order_by(articles.id)
    for row in among(connection, ordered, articles.canonical_url, others):
        found.setdefault(row.canonical_url, row.id)
    return found


def withdraw_votes(connection: Connection, issue_ids: Collection[str]) -> None:
    """Has the stories ranked again that lose the votes of issues."""
    rank_again(connection, set(voted_for(connection, issue_ids).values()))


def voted_for(connection: Connection, issue_ids: Collection[str]) -> dict[tuple[str, int], str]:
    """The article that each item of some issues votes for, by issue and position."""
    columns = (newsletter_items.issue_id, newsletter_items.position, newsletter_items.article_id)
    voting = select(*columns).where(newsletter_items.article_id.is_not(None))
    rows = among(connection, voting, newsletter_items.issue_id, issue_ids)
    return {(row.issue_id, row.position): row.article_id for row in rows}


def rank_again(connection: Connection, article_ids: Collection[str]) -> None:
    """Has the stories of articles ranked again."""
    for some in batches(sorted(article_ids)):
        of_articles = select(articles.story_id).where(
            articles.id.in_(some), articles.story_id.is_not(None)
        )
        connection.execute(update(stories).where(stories.id.in_(of_articles)).values(ranked=None))


@frozen
class IssueVote:
    """An issue that carried a story, and whether the story led there."""

    source_key: str
    url: str
    published: datetime
    is_lead: bool


def votes_of(connection: Connection, story_ids: Sequence[str]) -> dict[str, tuple[IssueVote, ...]]:
    """The votes for each of these stories: of every newsletter the issue in which it led, else the
    first; by date.
    """
    best: dict[str, dict[str, IssueVote]] = {}
    for row in among(connection, votes_by_story(), _VOTED.c.story_id, story_ids):
        vote = record_of(IssueVote, row)
        of_story = best.setdefault(row.story_id, {})
        known = of_story.get(vote.source_key)
        if known is None or (vote.is_lead and not known.is_lead):
            of_story[vote.source_key] = vote
    return {
        story_id: tuple(sorted(votes.values(), key=lambda vote: (vote.published, vote.url)))
        for story_id, votes in best.items()
    }


_VOTED = articles.table.alias("voted")


def votes_by_story(published: Any = articles.published) -> Select[Any]:
    """Story, source, address, date and lead of each vote, by story and date; the date is read as
    `published`.
    """
    joined = newsletter_items.table.join(articles, articles.id == newsletter_items.issue_id).join(
        _VOTED, _VOTED.c.id == newsletter_items.article_id
    )
    return (
        select(
            _VOTED.c.story_id,
            articles.source_key,
            articles.url,
            published,
            newsletter_items.is_lead,
        )
        .select_from(joined)
        .where(_VOTED.c.story_id.is_not(None))
        .order_by(_VOTED.c.story_id, articles.published, articles.id, newsletter_items.position)
    )


def issues_of_sources(connection: Connection, most: int) -> dict[str, tuple[ListedIssue, ...]]:
    """The newest issues of each source."""
    chosen = (
        select(articles)
        .where(articles.is_issue)
        .order_by(articles.source_key, articles.published.desc(), articles.id)
    )
    found = grouped((row.source_key, row) for row in connection.execute(chosen))
    return {
        key: tuple(record_of(ListedIssue, row) for row in rows[:most])
        for key, rows in found.items()
    }


@frozen
class RetiredStory:
    """A story that an issue founded when it was taken for a report, and that is none any more."""

    id: str
    slug: str
    source_key: str


def retired_stories(connection: Connection) -> tuple[RetiredStory, ...]:
    """The stories that held nothing but issues, by id: their pages lead to that of the source."""
    founders = {
        stable_id("story", row.id): row.source_key
        for row in connection.execute(
            select(articles.id, articles.source_key).where(articles.is_issue)
        )
    }
    has_articles = exists().where(articles.story_id == stories.id)
    empty = select(stories.id, stories.slug).where(stories.merged_into.is_(None), ~has_articles)
    found = [
        record_of(RetiredStory, row, source_key=founders[row.id])
        for row in among(connection, empty, stories.id, founders)
    ]
    return tuple(sorted(found, key=lambda story: story.id))
