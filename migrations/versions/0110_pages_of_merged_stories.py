"""Remember of stories that were merged before that they had a page, whose address redirects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change. Which of them had none is not known."""
    names = ("merged_into", "had_page")
    stories = sa.table("stories", *(sa.column(name) for name in names))
    merged = stories.c.merged_into.is_not(None)
    op.execute(stories.update().where(merged).values(had_page=sa.true()))
