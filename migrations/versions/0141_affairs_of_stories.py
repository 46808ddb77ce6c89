"""Keep which stories surely belong to one affair. Those that are here have no step before or next
until an article like theirs comes; their outlines are made again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0141"
down_revision = "0140"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.add_column(
        "stories", sa.Column("affairs", sa.JSON(), nullable=False, server_default="[]")
    )
