"""What explanations read of the store, what a replay changes there, and the scores it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.evaluation import Score
from aggregator.store.rows import change, count, put, row_of
from aggregator.store.schema import analyses, articles, evaluations, lines


@frozen
class PlacementReason:
    """Why clustering put an article where it is: in words, how similar it is to the nearest other
    article, and into which story.
    """

    placed_in: str
    because: str
    similarity: float


def placement_reasons(
    connection: Connection, article_ids: Iterable[str]
) -> dict[str, PlacementReason]:
    """The reason for the placement of each of these articles; those in no story yet are left
    out.
    """
    chosen = select(
        articles.id, articles.placed_in, articles.placed_because, articles.placed_similarity
    ).where(articles.id.in_(list(article_ids)), articles.placed_in.is_not(None))
    return {
        row.id: PlacementReason(
            placed_in=row.placed_in, because=row.placed_because, similarity=row.placed_similarity
        )
        for row in connection.execute(chosen)
    }


def story_of(connection: Connection, article_id: str) -> str | None:
    """The story an article belongs to, None where it belongs to none."""
    found: str | None = connection.scalar(
        select(articles.story_id).where(articles.id == article_id)
    )
    return found


def place_of(connection: Connection, story_id: str) -> tuple[int | None, int]:
    """The place of a story among all by score, counted from one, None where it has no line; and how
    many stories there are.
    """
    score = connection.scalar(select(lines.score).where(lines.story_id == story_id))
    places = count(connection, lines)
    if score is None:
        return None, places
    before = (lines.score > score) | ((lines.score == score) & (lines.story_id < story_id))
    return 1 + count(connection, lines, before), places


def analysed_between(connection: Connection, first: datetime, last: datetime) -> tuple[str, ...]:
    """The stories whose analysis was made in this time, by id."""
    within = analyses.analysed.between(first, last)
    return tuple(
        connection.scalars(select(analyses.story_id).where(within).order_by(analyses.story_id))
    )


def forget_inputs(connection: Connection, story_ids: Sequence[str]) -> None:
    """Lets no analysis of these stories count as made from what there is, so that each is made
    again.
    """
    change(connection, analyses.story_id, story_ids, inputs="")


def date_analysis(connection: Connection, story_id: str, at: datetime) -> None:
    """Records when an analysis was made."""
    change(connection, analyses.story_id, [story_id], analysed=at)


def keep_score(connection: Connection, score: Score, now: datetime) -> None:
    """Stores a score in place of an older one of this build, prompts, judge and stories."""
    put(connection, evaluations, row_of(score, evaluations, made=now, score=score))
