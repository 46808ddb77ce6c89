"""The predictions as the scorecard and the operator see them: what is due, and what decided it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, update

from aggregator.domain.claim import Likelihood
from aggregator.domain.ids import sha256_of
from aggregator.domain.prediction import SCORED, Decision, Outcome, Prediction
from aggregator.store.rows import change, count
from aggregator.store.schema import articles, lines, predictions
from aggregator.store.writing.predictions import UNDECIDED, chosen, prediction_of


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
    ordered = chosen(withdrawn=withdrawn).order_by(predictions.horizon, predictions.id)
    return tuple(prediction_of(row) for row in connection.execute(ordered))


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
    found = [prediction_of(row) for each in several for row in connection.execute(each.limit(most))]
    return tuple(
        sorted(found, key=lambda prediction: (prediction.implication.horizon, prediction.id))
    )


def predictions_digest(connection: Connection) -> str:
    """SHA-256 of all predictions: equal digests mean equal scorecards."""
    rows = connection.execute(select(predictions).order_by(predictions.id))
    return sha256_of("\n".join(repr(tuple(row)) for row in rows))


def prediction(connection: Connection, which: str) -> Prediction | None:
    """One of them, None where there is none of that id or no story has its article."""
    row = connection.execute(chosen(withdrawn=True).where(predictions.id == which)).first()
    return prediction_of(row) if row else None


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
    change(connection, predictions.id, [which], **UNDECIDED)


def _with_line() -> Select[Any]:
    return chosen().join(lines, lines.story_id == articles.story_id)
