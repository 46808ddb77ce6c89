"""Keep the corrections of each story with its line, so that the page of all corrections looks at the newest only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change; the next build makes every line anew, as it does after each change of the code that makes lines."""
    with op.batch_alter_table("lines") as lines:
        lines.add_column(sa.Column("errata", sa.Text(), nullable=False, server_default="[]"))
        lines.add_column(sa.Column("corrected", sa.DateTime(timezone=True)))
        lines.create_index(lines.f("ix_lines_corrected"), ["corrected"])
