"""Keep which addresses of a source did not work, and since when it is read at another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.add_column("source_states", sa.Column("route_since", sa.DateTime(timezone=True)))
    op.create_table(
        "route_failures",
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("last_tried", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True)),
        sa.Column("barred_until", sa.DateTime(timezone=True)),
        sa.Column("gone_sightings", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source_key", "url", name=op.f("pk_route_failures")),
    )
