"""What models answered, by the digest of the question: a question that was asked before costs
nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from aggregator.ports import FinishReason, Reply
from aggregator.store.database import Connection
from aggregator.store.schema import answers


def stored_answer(connection: Connection, key: str) -> Reply | None:
    """The stored answer to a question, None if it was not asked before; it costs no tokens and no
    time now.
    """
    row = connection.execute(select(answers).where(answers.c.key == key)).one_or_none()
    if row is None:
        return None
    return Reply(
        text=row.text,
        finish=FinishReason(row.finish),
        prompt_tokens=0,
        completion_tokens=0,
        seconds=0.0,
    )


def save_answer(
    connection: Connection, key: str, section: str, reply: Reply, now: datetime
) -> None:
    """Stores an answer with what it cost."""
    values = {
        "key": key,
        "section": section,
        "text": reply.text,
        "finish": reply.finish,
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "answered": now,
    }
    connection.execute(
        insert(answers).values(values).on_conflict_do_update(index_elements=["key"], set_=values)
    )
