"""Remember which stories had a page, whose addresses redirect once nothing is left to say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change. Until now every story that was published had a page."""
    op.add_column(
        "stories", sa.Column("had_page", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    stories = sa.table("stories", sa.column("id"), sa.column("had_page", sa.Boolean()))
    lines = sa.table("lines", sa.column("story_id"))
    published = sa.select(lines.c.story_id)
    op.execute(stories.update().where(stories.c.id.in_(published)).values(had_page=True))
