"""Keep with each passage the verdicts of its sentences, and of each article whether its title is a
label of ours. The next refresh judges the stored text; until then it is judged when it is read.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0123"
down_revision = "0122"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.add_column(
        "passages", sa.Column("verdicts", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("articles", sa.Column("is_labelled", sa.Boolean(), nullable=True))
