"""Keep one digest of each owner of files, a story or a list, in one table; which is empty at first:
the next build writes all pages again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0150"
down_revision = "0149"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.drop_table("lists")
    op.drop_column("lines", "page")
    op.create_table(
        "owners",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_owners")),
    )
