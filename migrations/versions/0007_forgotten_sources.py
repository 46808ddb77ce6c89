"""Keep tombstones of sources that are to be left out, which stories went with them, and how long articles are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Of the current version's passages; stored texts have single spaces. Headlines (n = 0) are not counted.
_COUNT_WORDS = """
UPDATE articles SET words = coalesce((
    SELECT sum(length(text) - length(replace(text, ' ', '')) + 1) FROM passages
    WHERE passages.article_id = articles.id AND passages.version = articles.version AND passages.n > 0
), 0)
"""


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "forgotten",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_forgotten")),
    )
    with op.batch_alter_table("stories") as table:
        table.add_column(sa.Column("removed", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("articles") as table:
        table.add_column(sa.Column("words", sa.Integer(), nullable=False, server_default="0"))
    op.execute(_COUNT_WORDS)
