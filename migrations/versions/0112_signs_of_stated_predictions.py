"""Let the sign of a prediction that a source states be what the source says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change: signs that rules put into the past by themselves could be wrong."""
    names = ("kind", "text", "sign")
    predictions = sa.table("predictions", *(sa.column(name) for name in names))
    copied = predictions.c.kind == "extracted"
    op.get_bind().execute(
        predictions.update().where(copied).values(sign=predictions.c.text)
    )
