"""A story as its members make it: its names, its dates, the week it belongs to and its score."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from aggregator.cluster.rank import ranked
from aggregator.domain.dates import iso_week
from aggregator.domain.story import Member, Story
from aggregator.english.text import slug

_NEWS_OF_THE_DAY = timedelta(
    days=7
)  # a story older than this when first seen is backlog: it belongs to its own week


def made_story(story_id: str, found: Sequence[Member], timezone: str) -> Story:
    """The story of members given oldest first; the store keeps the slug and week that it was first
    given.
    """
    founder = found[0].article
    first_seen = min(member.article.first_seen for member in found)
    score, reasons = ranked(found)
    is_backlog = first_seen - founder.published.at > _NEWS_OF_THE_DAY or all(
        member.article.backlog for member in found
    )
    return Story(
        id=story_id,
        slug=slug(founder.title),
        week=iso_week(founder.published.at if is_backlog else first_seen, ZoneInfo(timezone)),
        published=founder.published.at,
        updated=max(member.article.published.at for member in found),
        first_seen=first_seen,
        members=tuple(found),
        score=score,
        reasons=reasons,
    )
