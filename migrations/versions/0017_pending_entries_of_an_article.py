"""Find the pending entries of an article by one index: among all that are pending, a large first run looked at each each time."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.drop_index(op.f("ix_entries_article_id"), "entries")
    op.create_index(op.f("ix_entries_article_id_state"), "entries", ["article_id", "state"])
