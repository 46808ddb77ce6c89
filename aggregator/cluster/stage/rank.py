"""The ranking stage: the importance of stories that are new, changed, voted for, or were ranked by
other weights, and of those whose subjects have become more prominent by news of the weeks before
theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from aggregator.cluster.members import members_among
from aggregator.cluster.rank import (
    DAYS_PER_POINT,
    REACH,
    WEIGHTS,
    Prominence,
    Ranking,
    Standing,
    ranking,
    shipped_weights,
    week_start,
)
from aggregator.domain.operation.rules import RANKING
from aggregator.domain.story import Member
from aggregator.services import Services
from aggregator.store.news import articles, newsletters, ranks
from aggregator.store.news.newsletters import IssueVote
from aggregator.store.news.ranks import Unranked
from aggregator.store.rows import batches

_MERGED = timedelta(days=30)  # a story that grew may have taken over an older one that is gone


def rank_stage(services: Services) -> None:
    """Ranks the stories that are due, all in one transaction: how prominent a subject is follows
    from all stories, so a run that was killed halfway must not leave some ranked.
    """
    digest = _digest(services.registry_digest)
    with services.database.reading() as connection:
        unranked = ranks.unranked_stories(connection, digest)
        oldest = ranks.earliest(connection, unranked)
    if oldest is None:
        return
    with services.database.writing() as connection:
        prominence = Prominence(services.registry.prominence())
        since = week_start(oldest - _MERGED)
        later = []
        for covered in ranks.covered_since(connection, since - REACH):
            prominence.add(covered.subjects, covered.published, covered.sources)
            later += [covered] if covered.published >= since else []
        moved = (
            covered.id
            for covered in later
            if prominence.best(covered.subjects, covered.published)[0] != covered.level
        )
        members = members_among(services.sources())
        for batch in batches(sorted({*unranked, *moved})):
            placed = articles.articles_of(connection, batch, passages=False)
            votes = newsletters.votes_of(connection, batch)
            found = {
                story.id: _ranking(
                    story, members(placed[story.id]), votes.get(story.id, ()), prominence
                )
                for story in ranks.to_rank(connection, batch)
                if placed[story.id]
            }
            ranks.save_ranks(
                connection,
                {key: (one.importance, one.score, one.reasons) for key, one in found.items()},
                digest=digest,
            )


def _ranking(
    story: Unranked,
    found: Sequence[Member],
    votes: Sequence[IssueVote],
    prominence: Prominence,
) -> Ranking:
    level, actor = prominence.best(story.signals.subjects, story.published)
    standing = Standing(
        level=level,
        actor=actor,
        newsletters=len(votes),
        led=sum(vote.is_lead for vote in votes),
    )
    return ranking(found, story.signals, standing, shipped_weights())


@cache
def _digest(registry_digest: str) -> str:
    """What a ranking depends on besides the stories: the rules, the weights, and the seeds of
    prominence.
    """
    named = f"{RANKING} {registry_digest} {DAYS_PER_POINT}"
    return hashlib.sha256(WEIGHTS.read_bytes() + named.encode()).hexdigest()[:16]
