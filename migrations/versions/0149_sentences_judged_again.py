"""Forget the verdicts of stored sentences: an order is also known by a bare verb and its object.
The next refresh judges the stored text again; until then it is judged when it is read.
"""

from __future__ import annotations

from alembic import op

revision = "0149"
down_revision = "0145"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.execute("UPDATE passages SET verdicts = '' WHERE verdicts <> ''")
