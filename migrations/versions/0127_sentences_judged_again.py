"""Forget the verdicts of stored sentences: what is addressed to who reads it is decided otherwise.
The next refresh judges the stored text again; until then it is judged when it is read.
"""

from __future__ import annotations

from alembic import op

revision = "0127"
down_revision = "0126"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.execute("UPDATE passages SET verdicts = '' WHERE verdicts <> ''")
