"""Calibrations that are under way: how many claims are left, how many the last run asked, and what
became of those that are asked when the threshold is known.

Those of before were made on the whole set; their judges are calibrated again, on a part of it, and
what they said of its claims is kept.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0131"
down_revision = "0126"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    for name in ("left", "pace"):
        op.add_column(
            "calibrations",
            sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")),
        )
    op.add_column(
        "calibrations",
        sa.Column("further", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column(
        "calibrations",
        sa.Column("is_whole", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
