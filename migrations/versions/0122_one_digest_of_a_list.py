"""Keep one digest of all that a list shows, and none of a line: the site is built again from the
stories anyway.
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
    op.drop_table("lists")
    op.create_table(
        "lists",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_lists"),
    )
