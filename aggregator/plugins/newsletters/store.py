"""The issues whose items are to vote, and their votes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, or_, select, update

from aggregator.domain.article import NewsletterItem
from aggregator.plugins.newsletters.records import IssueItems, ItemVote
from aggregator.store.news.newsletters import rank_again, voted_for
from aggregator.store.rows import change, record_of
from aggregator.store.schema import articles, newsletter_items


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


def save_votes(connection: Connection, votes: Sequence[ItemVote]) -> None:
    """Stores the votes of items, and that their articles were looked for; the stories that gain
    or lose a vote are to be ranked again.
    """
    before = voted_for(connection, {vote.issue_id for vote in votes})
    moved = [
        (before.get((vote.issue_id, vote.position)), vote.article_id)
        for vote in votes
        if vote.article_id != before.get((vote.issue_id, vote.position))
    ]
    rank_again(connection, {key for pair in moved for key in pair if key})
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
