"""The sentences of models as they came to the judge, with their scores, and the truth of those that
a person checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.calibration import Sample, WrittenDraft
from aggregator.store.rows import change, put, record_of, row_of
from aggregator.store.schema import drafts


def keep_drafts(
    connection: Connection,
    writer: str,
    model: str,
    judge: str,
    several: Iterable[WrittenDraft],
    now: datetime,
) -> None:
    """Stores drafts with the scores that this judge gave them; what a person found of one stays."""
    put(
        connection,
        drafts,
        *(
            row_of(
                draft, drafts, key=_key(writer, draft),
                writer=writer, model=model, judge=judge, written=now,
            )
            for draft in several
        ),
    )  # fmt: skip


def newest_writer(connection: Connection) -> tuple[str, str] | None:
    """The writer of the newest draft, and its model; None where there is none."""
    newest = select(drafts.writer, drafts.model).order_by(drafts.written.desc(), drafts.key)
    row = connection.execute(newest.limit(1)).first()
    return (row.writer, row.model) if row else None


def samples(connection: Connection, writer: str) -> tuple[Sample, Sample]:
    """What was checked of the statements of a writer, and of its inferences."""
    chosen = select(drafts.is_inferred, drafts.is_true, func.count().label("number"))
    checked = chosen.where(drafts.writer == writer, drafts.is_true.is_not(None))
    rows = connection.execute(checked.group_by(drafts.is_inferred, drafts.is_true)).all()
    stated, inferred = (
        Sample(
            false=sum(row.number for row in rows if row.is_inferred is kind and not row.is_true),
            read=sum(row.number for row in rows if row.is_inferred is kind),
        )
        for kind in (False, True)
    )
    return stated, inferred


def judged_drafts(connection: Connection, writer: str, judge: str) -> tuple[WrittenDraft, ...]:
    """The drafts of a writer that this judge gave a score."""
    chosen = select(drafts).where(
        drafts.writer == writer, drafts.judge == judge, drafts.score.is_not(None)
    )
    rows = connection.execute(chosen.order_by(drafts.key))
    return tuple(record_of(WrittenDraft, row) for row in rows)


def unchecked(
    connection: Connection, writer: str, *, is_inferred: bool
) -> tuple[tuple[str, WrittenDraft], ...]:
    """The drafts of a writer that nobody checked, each with its key: by that, a digest, so that the
    first of them are a random sample.
    """
    chosen = select(drafts).where(
        drafts.writer == writer,
        drafts.is_inferred.is_(is_inferred),
        drafts.is_true.is_(None),
        drafts.text != "",
    )
    rows = connection.execute(chosen.order_by(drafts.key))
    return tuple((row.key, record_of(WrittenDraft, row)) for row in rows)


def keep_truth(connection: Connection, key: str, *, is_true: bool) -> None:
    """Stores what a person found of a draft."""
    change(connection, drafts.key, [key], is_true=is_true)


def strip_drafts(connection: Connection, story_ids: Collection[str]) -> None:
    """Leaves nothing of the drafts on these stories but their scores and what was found of them."""
    change(connection, drafts.story_id, story_ids, text="", cited=[])


def forget_drafts(connection: Connection, before: datetime) -> int:
    """Forgets the drafts from before a moment that nobody checked."""
    old = delete(drafts).where(drafts.written < before, drafts.is_true.is_(None))
    return connection.execute(old).rowcount


def _key(writer: str, draft: WrittenDraft) -> str:
    return sha256_of(f"{writer}\n{draft.story_id}\n{draft.is_inferred}\n{draft.text}")
