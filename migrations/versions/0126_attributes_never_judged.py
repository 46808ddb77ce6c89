"""Forget the attributes that models noted for cells and no judge saw. They are noted again once a
model writes their story again.
"""

from __future__ import annotations

from alembic import op

revision = "0126"
down_revision = "0125"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.execute(
        "DELETE FROM fact_citations WHERE EXISTS (SELECT 1 FROM story_facts"
        " WHERE story_facts.story_id = fact_citations.story_id"
        " AND story_facts.number = fact_citations.fact AND story_facts.kind = 'attribute')"
    )
    op.execute("DELETE FROM story_facts WHERE kind = 'attribute'")
