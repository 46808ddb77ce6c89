"""Keep what clustering reads of titles and leads, so that no text is cut into words twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0119"
down_revision = "0118"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change: the terms of articles that are here are read whenever they are needed."""
    empty = "''" if op.get_bind().dialect.name == "postgresql" else "x''"
    op.add_column(
        "sketches",
        sa.Column("terms", sa.LargeBinary(), nullable=False, server_default=sa.text(empty)),
    )
