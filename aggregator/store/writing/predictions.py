"""The predictions of all stories. A prediction is stored once and never rewritten; its outcome is
added.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, or_, select, update

from aggregator.domain.article import article_of
from aggregator.domain.claim import Citation, Claim, Implication, Likelihood
from aggregator.domain.frozen import grouped
from aggregator.domain.ids import sha256_of
from aggregator.domain.prediction import SCORED, Decision, Outcome, Prediction, prediction_id
from aggregator.store.rows import (
    add,
    among,
    change,
    count,
    drop,
    listed,
    record_of,
    row_of,
    unlisted,
)
from aggregator.store.schema import articles, lines, predictions

_UNDECIDED = {
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
    chosen = select(predictions.id)
    known = {key for (key,) in among(connection, chosen, predictions.id, by_id)}
    rows = [_row(key, implication, now) for key, implication in by_id.items() if key not in known]
    add(connection, predictions, rows)


def mark_due(connection: Connection, today: date) -> int:
    """Marks those whose last day is over and that nobody scored; returns how many are due now."""
    is_open = predictions.outcome.is_(None)
    connection.execute(
        update(predictions)
        .where(is_open, ~predictions.due, predictions.horizon < today)
        .values(due=True)
    )
    return count(connection, predictions, is_open, predictions.due)


def stored_predictions(
    connection: Connection, *, withdrawn: bool = False
) -> tuple[Prediction, ...]:
    """All whose article some story has, the nearest day first; those that were withdrawn only if
    asked for.
    """
    chosen = _chosen(withdrawn=withdrawn).order_by(predictions.horizon, predictions.id)
    return tuple(_prediction(row) for row in connection.execute(chosen))


def counts(connection: Connection) -> dict[tuple[Likelihood, Outcome], int]:
    """How many predictions of the stories that have a line there are, by likelihood and outcome."""
    stands = case(
        (predictions.outcome.is_not(None), predictions.outcome),
        (predictions.due, Outcome.DUE),
        else_=Outcome.OPEN,
    )
    counted = _with_line().with_only_columns(
        predictions.likelihood, stands.label("stands"), func.count().label("number")
    )
    rows = connection.execute(
        counted.group_by(predictions.likelihood, "stands").order_by(
            predictions.likelihood, "stands"
        )
    )
    return {(Likelihood(row.likelihood), Outcome(row.stands)): row.number for row in rows}


def shown_predictions(connection: Connection, most: int) -> tuple[Prediction, ...]:
    """Of the stories that have a line: so many that are due, so many that were judged last, and so
    many of the nearest days.
    """
    undecided, judged = predictions.outcome.is_(None), predictions.outcome.in_(sorted(SCORED))
    several = (
        _with_line()
        .where(undecided, predictions.due)
        .order_by(predictions.horizon, predictions.id),
        _with_line().where(judged).order_by(predictions.decided.desc(), predictions.id),
        _with_line()
        .where(undecided, ~predictions.due)
        .order_by(predictions.horizon, predictions.id),
    )
    found = [
        _prediction(row) for chosen in several for row in connection.execute(chosen.limit(most))
    ]
    return tuple(
        sorted(found, key=lambda prediction: (prediction.implication.horizon, prediction.id))
    )


def predictions_of(
    connection: Connection, story_ids: Sequence[str]
) -> dict[str, tuple[Prediction, ...]]:
    """Those of these stories, the nearest day first; stories without one are left out."""
    ordered = _chosen().order_by(predictions.horizon, predictions.id)
    return grouped(
        (row.story_id, _prediction(row))
        for row in among(connection, ordered, articles.story_id, story_ids)
    )


def predictions_digest(connection: Connection) -> str:
    """SHA-256 of all predictions: equal digests mean equal scorecards."""
    rows = connection.execute(select(predictions).order_by(predictions.id))
    return sha256_of("\n".join(repr(tuple(row)) for row in rows))


def prediction(connection: Connection, which: str) -> Prediction | None:
    """One of them, None where there is none of that id or no story has its article."""
    row = connection.execute(_chosen(withdrawn=True).where(predictions.id == which)).first()
    return _prediction(row) if row else None


def decide(connection: Connection, which: str, decision: Decision) -> None:
    """Records the outcome of a prediction, in place of an earlier one."""
    cited = decision.citation
    values = {
        "outcome": decision.outcome,
        "decided": decision.at,
        "passage": cited.passage if cited else None,
        "quote": cited.quote if cited else None,
        "url": decision.url,
        "note": decision.note,
    }
    change(connection, predictions.id, [which], **values)


def reopen(connection: Connection, which: str) -> None:
    """Removes the recorded outcome."""
    change(connection, predictions.id, [which], **_UNDECIDED)


def forget_predictions(connection: Connection, article_ids: Collection[str]) -> None:
    """Removes those that rest on these articles; what one of them decided is open again."""
    for row in connection.execute(
        select(predictions.id, predictions.basis, predictions.passage)
    ).fetchall():
        rests_on = {article_of(passage) for passage, _ in row.basis}
        if rests_on & set(article_ids):
            drop(connection, predictions.id, [row.id])
        elif row.passage and article_of(row.passage) in article_ids:
            reopen(connection, row.id)


def _chosen(*, withdrawn: bool = False) -> Select[Any]:
    joined = select(predictions, articles.story_id).join(
        articles, articles.id == predictions.article_id
    )
    chosen = joined.where(articles.story_id.is_not(None))
    stands = or_(predictions.outcome.is_(None), predictions.outcome != Outcome.WITHDRAWN)
    return chosen if withdrawn else chosen.where(stands)


def _with_line() -> Select[Any]:
    return _chosen().join(lines, lines.story_id == articles.story_id)


def _prediction(row: Row[Any]) -> Prediction:
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
