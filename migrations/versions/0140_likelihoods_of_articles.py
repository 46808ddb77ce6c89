"""Drop the similarity of articles to their stories, a cosine until now, where it is the likelihood
that both report one event; copies keep theirs, which is 1. The next article of a storyline has it
grouped anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0140"
down_revision = "0137"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    articles = sa.table("articles", sa.column("placed_similarity", sa.Float()))
    op.execute(
        articles.update()
        .where(articles.c.placed_similarity < 1.0)
        .values(placed_similarity=0.0)
    )
