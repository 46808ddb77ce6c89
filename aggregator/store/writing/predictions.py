"""The predictions of stories. A prediction is stored once and never rewritten; its outcome is
added.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select

from aggregator.domain.article import article_of
from aggregator.domain.claim import Citation, Claim, Implication
from aggregator.domain.frozen import grouped
from aggregator.domain.prediction import Decision, Outcome, Prediction, prediction_id
from aggregator.store.rows import (
    add,
    among,
    change,
    drop,
    listed,
    record_of,
    row_of,
    unlisted,
)
from aggregator.store.schema import articles, predictions

UNDECIDED = {
    "outcome": None,
    "decided": None,
    "passage": None,
    "quote": None,
    "url": "",
    "note": "",
}


def add_predictions(
    connection: Connection, implications: Sequence[Implication], now: datetime
) -> None:
    """Stores the implications that are not stored yet as predictions."""
    by_id = {prediction_id(implication): implication for implication in implications}
    stored = select(predictions.id)
    known = {key for (key,) in among(connection, stored, predictions.id, by_id)}
    rows = [_row(key, implication, now) for key, implication in by_id.items() if key not in known]
    add(connection, predictions, rows)


def predictions_of(
    connection: Connection, story_ids: Sequence[str]
) -> dict[str, tuple[Prediction, ...]]:
    """Those of these stories, the nearest day first; stories without one are left out."""
    ordered = chosen().order_by(predictions.horizon, predictions.id)
    return grouped(
        (row.story_id, prediction_of(row))
        for row in among(connection, ordered, articles.story_id, story_ids)
    )


def forget_predictions(connection: Connection, article_ids: Collection[str]) -> None:
    """Removes those that rest on these articles; what one of them decided is open again."""
    for row in connection.execute(
        select(predictions.id, predictions.basis, predictions.passage)
    ).fetchall():
        rests_on = {article_of(passage) for passage, _ in row.basis}
        if rests_on & set(article_ids):
            drop(connection, predictions.id, [row.id])
        elif row.passage and article_of(row.passage) in article_ids:
            change(connection, predictions.id, [row.id], **UNDECIDED)


def chosen(*, withdrawn: bool = False) -> Select[Any]:
    """Those whose article some story has; those that were withdrawn only if asked for."""
    joined = select(predictions, articles.story_id).join(
        articles, articles.id == predictions.article_id
    )
    of_stories = joined.where(articles.story_id.is_not(None))
    stands = or_(predictions.outcome.is_(None), predictions.outcome != Outcome.WITHDRAWN)
    return of_stories if withdrawn else of_stories.where(stands)


def prediction_of(row: Row[Any]) -> Prediction:
    """The prediction of a row of `chosen`."""
    claim = record_of(Claim, row, citations=unlisted(Citation, row.basis))
    return record_of(
        Prediction,
        row,
        implication=record_of(Implication, row, claim=claim),
        is_due=row.due,
        decision=_decision(row) if row.outcome else None,
    )


def _decision(row: Row[Any]) -> Decision:
    cited = Citation(passage=row.passage, quote=row.quote) if row.passage else None
    return record_of(Decision, row, at=row.decided, citation=cited)


def _row(key: str, implication: Implication, now: datetime) -> dict[str, object]:
    cited = implication.claim.citations
    return row_of(
        implication,
        predictions,
        id=key,
        article_id=article_of(cited[0].passage),
        noted=now,
        text=implication.claim.text,
        kind=implication.claim.kind,
        basis=listed(cited),
        due=False,
        url="",
        note="",
    )
