"""Which stored articles wait for the verdicts of their sentences, and what these change."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from aggregator.domain.article import Article
from aggregator.store.rows import drop
from aggregator.store.schema import articles, passages, sketches, stories


def waiting(connection: Connection, *, everything: bool) -> tuple[str, ...]:
    """The articles whose headline has no verdict yet, or all of them, by id."""
    newest = (passages.article_id == articles.id) & (passages.version == articles.version)
    chosen = select(articles.id).join(passages, newest).where(passages.n == 0)
    if not everything:
        chosen = chosen.where(passages.verdicts == "")
    return tuple(connection.scalars(chosen.order_by(articles.id)))


def save(connection: Connection, before: Article, after: Article) -> bool:
    """Keeps the verdicts of an article; returns whether they differ from the stored ones. Its story
    is written again then, and what clustering reads of it.
    """
    was = {passage.n: passage.verdicts for passage in before.passages}
    new = [passage for passage in after.passages if passage.verdicts != was[passage.n]]
    for passage in new:
        of = (passages.article_id == passage.article_id) & (passages.version == passage.version)
        connection.execute(
            update(passages).where(of, passages.n == passage.n).values(verdicts=passage.verdicts)
        )
    named = (after.title, after.byline, after.is_labelled)
    is_named_otherwise = named != (before.title, before.byline, before.is_labelled)
    if not new and not is_named_otherwise:
        return False
    connection.execute(
        update(articles)
        .where(articles.id == after.id)
        .values(title=after.title, byline=after.byline, is_labelled=after.is_labelled)
    )
    drop(connection, sketches.article_id, [after.id])
    own = select(articles.story_id).where(articles.id == after.id).scalar_subquery()
    connection.execute(update(stories).where(stories.id == own).values(stale=True, tagged=None))
    return True
