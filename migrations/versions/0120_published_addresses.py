"""Keep every address that was ever published, so that it answers for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0119"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change: the pages that stand now are known; those that ended before are not."""
    addresses = op.create_table(
        "addresses",
        sa.Column("path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_addresses")),
    )
    pages = sa.table("pages", sa.column("path"))
    stood = sa.select(pages.c.path).where(pages.c.path.endswith("/index.html"))
    op.execute(addresses.insert().from_select(["path"], stood))
