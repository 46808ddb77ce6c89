"""Which story each article belongs to, as far as overrides decide it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, or_, select

from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.override import Overrides, OverrideTargets
from aggregator.domain.web.address import Address
from aggregator.domain.web.urls import canonical_url
from aggregator.store.news.stories import end_of
from aggregator.store.rows import change, record_of
from aggregator.store.schema import articles, entries, stories


@frozen
class Placement:
    """An article with the story that clustering put it into, and the story it belongs to now; None
    where it is dropped.
    """

    article_id: str
    placed_in: str
    story_id: str | None


def override_targets(connection: Connection, overrides: Overrides) -> OverrideTargets:
    """The stories and articles named by the overrides that exist.

    A story whose articles clustering put into another lives on in that one; one that only overrides
    emptied still exists.
    """
    named = overrides.stories()
    there = (
        {
            row.id: row.merged_into
            for row in connection.execute(select(stories.id, stories.merged_into))
        }
        if named
        else {}
    )
    living = set(
        connection.scalars(
            select(articles.placed_in).where(articles.placed_in.in_(named)).distinct()
        )
    )
    ends = {
        story_id: story_id if story_id in living else end_of(story_id, there)
        for story_id in named
        if story_id in there
    }
    return OverrideTargets(
        stories={story_id: end for story_id, end in ends.items() if end},
        articles={
            url: key for url in overrides.addresses() if (key := article_at(connection, url))
        },
    )


def article_at(connection: Connection, url: str) -> str | None:
    """The article at an address, as a feed or the page itself names it; of several the first by
    id. Those whose feed gives no link have the address of their source, and are not at it.
    """
    url = Address(url).unmasked()
    canonical = canonical_url(url) or url
    is_linked = articles.canonical_url.not_like("%#%")  # see `extract.page.assemble`
    at = or_(
        articles.id == stable_id("article", canonical),
        articles.url == url,
        articles.canonical_url == canonical,
    )
    found: str | None = connection.scalar(
        select(articles.id).where(at, is_linked).order_by(articles.id).limit(1)
    )
    return found or connection.scalar(
        select(articles.id)
        .join(entries, entries.article_id == articles.id)
        .where(entries.url == url, is_linked)
        .order_by(articles.id)
        .limit(1)
    )


def placements(
    connection: Connection, stories_: Iterable[str], article_ids: Iterable[str]
) -> tuple[Placement, ...]:
    """The articles that overrides may move: of these stories, these articles, and all that are not
    in the story where clustering put them.
    """
    moved = articles.story_id.is_distinct_from(articles.placed_in)
    meant = or_(articles.placed_in.in_(list(stories_)), articles.id.in_(list(article_ids)))
    found = {
        row.id: record_of(Placement, row, article_id=row.id)
        for condition in (moved, meant)
        for row in connection.execute(
            select(articles.id, articles.placed_in, articles.story_id).where(condition)
        )
        if row.placed_in is not None
    }
    return tuple(found[article_id] for article_id in sorted(found))


def assign_story(connection: Connection, article_id: str, story_id: str | None) -> None:
    """Assigns an article to a story, or to none; where clustering put it is left alone."""
    change(connection, articles.id, [article_id], story_id=story_id)
