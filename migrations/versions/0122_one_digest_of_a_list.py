"""Keep one digest of all that a list shows, and none of a line. Lists stay known, to be written
again, or to leave a notice where they ended.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0122"
down_revision = "0121"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.drop_column("lines", "digest")
    known = op.get_bind().execute(sa.text("SELECT kind, key FROM lists")).all()
    op.drop_table("lists")
    made = op.create_table(
        "lists",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_lists"),
    )
    rows = [{"kind": row.kind, "key": row.key, "digest": "", "summary": ""} for row in known]
    op.bulk_insert(made, rows)
