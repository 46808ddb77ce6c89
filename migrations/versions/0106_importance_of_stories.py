"""Keep the importance of stories, what it goes by, and by which weights."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.add_column(
        "stories", sa.Column("importance", sa.Float(), nullable=False, server_default="0")
    )
    op.add_column("stories", sa.Column("signals", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("stories", sa.Column("ranked", sa.String(16), nullable=True))
    op.execute("UPDATE stories SET reasons = '[]', tagged = NULL")
