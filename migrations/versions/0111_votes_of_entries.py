"""Keep how many points and comments a community gives an entry."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None

# as it was read when this migration was written: migrations do not change with the program
_COUNTED = re.compile(
    r"\b(?:points|score|comments|upvotes):\s*(\d{1,6})\b", re.IGNORECASE
)


def upgrade() -> None:
    """Applies the change. Known entries get the votes that their summaries state."""
    op.add_column(
        "entries", sa.Column("votes", sa.Integer(), nullable=False, server_default="0")
    )
    entries = sa.table("entries", *(sa.column(name) for name in ("id", "summary", "votes")))
    connection = op.get_bind()
    words = ("points", "score", "comments", "votes")
    stating = sa.or_(*(entries.c.summary.ilike(f"%{word}:%") for word in words))
    chosen = sa.select(entries.c.id, entries.c.summary).where(stating)
    for key, summary in connection.execute(chosen).fetchall():
        if votes := sum(map(int, _COUNTED.findall(summary))):
            connection.execute(entries.update().where(entries.c.id == key).values(votes=votes))
