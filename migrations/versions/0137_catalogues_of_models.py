"""Keep what catalogues of models state: the last reading of each, its records and their values."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0137"
down_revision = "0131"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "catalogue_readings",
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("suspicion", sa.Text(), nullable=False),
        sa.Column("suspected", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("source_key", name=op.f("pk_catalogue_readings")),
    )
    op.create_table(
        "catalogue_records",
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_base", sa.Boolean(), nullable=False),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.Column("unlisted", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source_key", "record", name=op.f("pk_catalogue_records")),
    )
    op.create_table(
        "catalogue_values",
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_base", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source_key", "record", "kind", "since", name=op.f("pk_catalogue_values")
        ),
    )
