"""Issues of newsletters: what they list, and for which articles, and so stories, their items
vote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, or_, select, update

from aggregator.domain.article import IssueItems, NewsletterItem
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.source_status import ListedIssue
from aggregator.domain.story import ItemVote
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


def placed_issues(connection: Connection) -> tuple[tuple[str, str, str | None], ...]:
    """The issues that clustering put into a story before they were known as such: id, that story,
    and the story they belong to.
    """
    chosen = select(articles.id, articles.placed_in, articles.story_id).where(
        articles.is_issue, articles.placed_in.is_not(None)
    )
    return tuple(
        (row.id, row.placed_in, row.story_id)
        for row in connection.execute(chosen.order_by(articles.id))
    )


def unplace(connection: Connection, article_ids: Iterable[str]) -> None:
    """Takes articles out of clustering."""
    change(connection, articles.id, article_ids, placed_in=None, story_id=None)


def is_any_waiting(connection: Connection) -> bool:
    """Whether an issue is in a story, or an item's article was not looked for yet."""
    waiting = exists().where(newsletter_items.is_matched.is_(False))
    placed = exists().where(articles.is_issue, articles.placed_in.is_not(None))
    return bool(connection.scalar(select(or_(waiting, placed))))


def match_again(connection: Connection, since: datetime, until: datetime) -> None:
    """Has the articles of items looked for again that no link decided: of the issues of a span."""
    is_near = articles.published.between(since, until)
    near = select(articles.id).where(articles.is_issue, is_near)
    undecided = newsletter_items.by_link.is_(False) & newsletter_items.issue_id.in_(near)
    connection.execute(update(newsletter_items).where(undecided).values(is_matched=False))


def issues_to_match(connection: Connection) -> tuple[IssueItems, ...]:
    """The issues with items whose articles are to be looked for, and those items, by date."""
    rows = newsletter_items.table.join(articles, articles.id == newsletter_items.issue_id)
    chosen = (
        select(articles, *_ITEM_COLUMNS)
        .select_from(rows)
        .where(newsletter_items.is_matched.is_(False))
        .order_by(articles.published, articles.id, newsletter_items.position)
    )
    found = connection.execute(chosen)
    return tuple(_issue(list(several)) for _, several in groupby(found, key=lambda row: row.id))


_ITEM_COLUMNS = (
    newsletter_items.position,
    newsletter_items.title.label("item_title"),
    newsletter_items.text,
    newsletter_items.links,
    newsletter_items.is_lead,
)


def _issue(rows: Sequence[Row[Any]]) -> IssueItems:
    first = rows[0]
    items = (record_of(NewsletterItem, row, title=row.item_title) for row in rows)
    return record_of(IssueItems, first, items=tuple(items))


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


def save_votes(connection: Connection, votes: Sequence[ItemVote]) -> None:
    """Stores the votes of items, and that their articles were looked for; the stories that gain
    or lose a vote are to be ranked again.
    """
    before = _voted_for(connection, {vote.issue_id for vote in votes})
    moved = [
        (before.get((vote.issue_id, vote.position)), vote.article_id)
        for vote in votes
        if vote.article_id != before.get((vote.issue_id, vote.position))
    ]
    _rank_again(connection, {key for pair in moved for key in pair if key})
    rows = [
        {
            "issue": vote.issue_id,
            "place": vote.position,
            "article_id": vote.article_id,
            "by_link": vote.by_link,
            "similarity": vote.similarity,
        }
        for vote in votes
    ]
    of_item = (newsletter_items.issue_id == bindparam("issue")) & (
        newsletter_items.position == bindparam("place")
    )
    if rows:
        connection.execute(update(newsletter_items).where(of_item).values(is_matched=True), rows)


def withdraw_votes(connection: Connection, issue_ids: Collection[str]) -> None:
    """Has the stories ranked again that lose the votes of issues."""
    _rank_again(connection, set(_voted_for(connection, issue_ids).values()))


def _voted_for(connection: Connection, issue_ids: Collection[str]) -> dict[tuple[str, int], str]:
    """The article that each item of some issues votes for, by issue and position."""
    columns = (newsletter_items.issue_id, newsletter_items.position, newsletter_items.article_id)
    voting = select(*columns).where(newsletter_items.article_id.is_not(None))
    rows = among(connection, voting, newsletter_items.issue_id, issue_ids)
    return {(row.issue_id, row.position): row.article_id for row in rows}


def _rank_again(connection: Connection, article_ids: Collection[str]) -> None:
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
