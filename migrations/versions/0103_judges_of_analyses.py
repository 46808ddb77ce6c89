"""Keep with each analysis the judge of its written sentences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.add_column("analyses", sa.Column("judge", sa.JSON(none_as_null=True), nullable=True))
