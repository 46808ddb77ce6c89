"""What is kept of models: their answers and verdicts, how they did when they were tried, what they
cost, and the places of a day's stories that they wrote.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, delete, select

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import Calibration, Outcome
from aggregator.domain.operation.evaluation import Score
from aggregator.domain.operation.rules import Depth
from aggregator.ports import Reply
from aggregator.store.rows import listed, put, record_of, row_at, row_of, unlisted
from aggregator.store.schema import (
    analyses,
    answers,
    calibrations,
    canaries,
    daily_places,
    evaluations,
    model_speeds,
    verdicts,
    writing_forms,
)

_SCORES = TypeAdapter(Score)
_FADING = 0.5  # of what was kept, with each run: the newest counts half


def stored_answer(connection: Connection, key: str) -> Reply | None:
    """The stored answer to a question by its digest, None if it was not asked before; it costs no
    tokens and no time now.
    """
    row = row_at(connection, answers, key=key)
    if row is None:
        return None
    return record_of(Reply, row, prompt_tokens=0, completion_tokens=0, seconds=0.0)


def save_answer(
    connection: Connection, key: str, section: str, reply: Reply, now: datetime
) -> None:
    """Stores an answer with what it cost."""
    put(connection, answers, row_of(reply, answers, key=key, section=section, answered=now))


def kept_verdict(connection: Connection, key: str) -> float | None:
    """The probability that a judge gave, None where it was not asked before."""
    found: float | None = connection.scalar(select(verdicts.probability).where(verdicts.key == key))
    return found


def keep_verdict(
    connection: Connection, key: str, model: str, probability: float, now: datetime
) -> None:
    """Stores what a judge said."""
    row = {"key": key, "model": model, "probability": probability, "judged": now}
    put(connection, verdicts, row)


def kept_calibration(
    connection: Connection, digest: str, prompts: str, labelled: str
) -> Calibration | None:
    """The calibration of a build of a model, asked in these words, on this set; None where it was
    not calibrated so.
    """
    row = row_at(connection, calibrations, digest=digest, prompts=prompts, labelled=labelled)
    return _calibration_of(row) if row else None


def newest_calibration(connection: Connection) -> Calibration | None:
    """The calibration that was made or continued last; None where there is none."""
    newest = select(calibrations).order_by(calibrations.made.desc(), calibrations.digest).limit(1)
    row = connection.execute(newest).first()
    return _calibration_of(row) if row else None


def _calibration_of(row: Row[Any]) -> Calibration:
    outcomes, further = (unlisted(Outcome, some) for some in (row.outcomes, row.further))
    return record_of(Calibration, row, outcomes=outcomes, further=further)


def keep_calibration(connection: Connection, calibration: Calibration) -> None:
    """Stores a calibration in place of an older one of this build, wording and set."""
    outcomes, further = listed(calibration.outcomes), listed(calibration.further)
    put(
        connection,
        calibrations,
        row_of(calibration, calibrations, outcomes=outcomes, further=further),
    )


def kept_flaw(connection: Connection, question: str, digest: str, version: str) -> str | None:
    """Why a model is of no use, empty where it is fit; None where it was not tried so: by this
    question, on this version of the server.
    """
    asked = {"question": question, "digest": digest, "version": version}
    found: str | None = connection.scalar(select(canaries.flaw).filter_by(**asked))
    return found


def keep_flaw(
    connection: Connection, question: str, digest: str, version: str, flaw: str, now: datetime
) -> None:
    """Stores why a model is of no use, or that it is fit."""
    key = {"question": question, "digest": digest, "version": version}
    put(connection, canaries, {**key, "flaw": flaw, "tried": now})


def kept_scores(connection: Connection) -> tuple[Score, ...]:
    """All scores, the newest first."""
    chosen = select(evaluations.score).order_by(
        evaluations.made.desc(), evaluations.digest, evaluations.judge
    )
    return tuple(map(_SCORES.validate_python, connection.scalars(chosen)))


def newest_score(connection: Connection) -> Score | None:
    """The newest score of the model that wrote last; None where it was not scored."""
    wrote = (
        select(analyses.model)
        .where(analyses.model.is_not(None))
        .order_by(analyses.analysed.desc(), analyses.story_id)
        .limit(1)
    )
    model = connection.scalar(wrote)
    return next(
        (score for score in kept_scores(connection) if model and score.model == model), None
    )


@frozen
class Spent:
    """The tokens of questions to the writer, of its answers, of the judge, and the seconds of
    all.
    """

    prompt_tokens: float
    completion_tokens: float
    judge_tokens: float
    seconds: float

    def less(self, other: Spent) -> Spent:
        """What was spent since the other."""
        return Spent(**{name: value - getattr(other, name) for name, value in asdict(self).items()})


def kept_speed(connection: Connection, digest: str) -> Spent | None:
    """What earlier runs with a model spent, the newest counting half; None where none was
    measured.
    """
    row = row_at(connection, model_speeds, digest=digest)
    return record_of(Spent, row) if row else None


def keep_speed(connection: Connection, digest: str, spent: Spent, now: datetime) -> None:
    """Adds what a run spent."""
    before = kept_speed(connection, digest)
    sums = asdict(spent)
    if before:
        sums = {name: value + _FADING * getattr(before, name) for name, value in sums.items()}
    put(connection, model_speeds, {"digest": digest, "measured": now, **sums})


def kept_form(connection: Connection, digest: str) -> str | None:
    """The form in which the model of this digest writes pages; None where that is not decided."""
    form: str | None = connection.scalar(select(writing_forms.form).filter_by(digest=digest))
    return form


def keep_form(connection: Connection, digest: str, form: str, now: datetime) -> None:
    """Stores the form in which a model writes from now on."""
    put(connection, writing_forms, {"digest": digest, "form": form, "decided": now})


def places_held(connection: Connection, day: date) -> dict[str, Depth]:
    """The place of each story that has one on a day."""
    chosen = select(daily_places.story_id, daily_places.depth)
    rows = connection.execute(chosen.where(daily_places.day == day))
    return {story_id: Depth(depth) for story_id, depth in rows}


def take_place(connection: Connection, day: date, story_id: str, depth: Depth) -> None:
    """Gives a story this place on a day instead of the one it has; earlier days are forgotten."""
    connection.execute(delete(daily_places).where(daily_places.day < day))
    put(connection, daily_places, {"day": day, "story_id": story_id, "depth": depth})


def give_back(connection: Connection, day: date, story_id: str) -> None:
    """Frees the place that a story has on a day."""
    connection.execute(delete(daily_places).filter_by(day=day, story_id=story_id))
