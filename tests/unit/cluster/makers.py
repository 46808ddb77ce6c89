"""Articles for clustering tests, with titles and texts of our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.copies import shingles
from aggregator.domain.source import Lane

NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)


def item(
    article_id: str,
    title: str,
    lead: str = "",
    *,
    hours: float = 0.0,
    text: str = "",
    source: str = "",
    lane: Lane = Lane.NEWS,
    story_id: str | None = None,
    copy_of: str | None = None,
    url: str = "",
) -> ClusterItem:
    """An article published `hours` after noon; each has a source of its own unless told
    otherwise.
    """
    return ClusterItem(
        article_id=article_id,
        title=title,
        lead=lead,
        published=NOON + timedelta(hours=hours),
        source_key=source or f"source-{article_id}",
        family=source or f"source-{article_id}",
        lane=lane,
        canonical_url=url or f"https://{source or article_id}.example/{article_id}",
        shingles=shingles(text),
        story_id=story_id,
        copy_of=copy_of,
    )
