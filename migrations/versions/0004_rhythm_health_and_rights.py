"""Keep the rhythm, moves and history of sources, what publishers reserve, and the layouts learnt of their pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("source_states") as table:
        table.add_column(sa.Column("ask_url", sa.Text()))
        table.add_column(sa.Column("moved_to", sa.Text()))
        table.add_column(sa.Column("moved_sightings", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("moved_since", moment))
        table.add_column(sa.Column("gone_sightings", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("retired", moment))
        table.add_column(sa.Column("rhythm_s", sa.Integer()))
        table.add_column(sa.Column("told_s", sa.Integer()))
        table.add_column(sa.Column("skip_hours", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("skip_days", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("reserved", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("items", sa.Integer()))
        table.add_column(sa.Column("dated", sa.Integer()))
        table.add_column(sa.Column("newest", moment))
        table.add_column(sa.Column("gap_s", sa.Integer()))
        table.add_column(sa.Column("answered_from", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("usual_items", sa.Integer()))
        table.add_column(sa.Column("quarantined", moment))
        table.add_column(sa.Column("quarantine_reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("articles") as table:
        table.add_column(sa.Column("page_read", moment))
        table.add_column(sa.Column("image_url", sa.Text()))
        table.add_column(sa.Column("is_walled", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("reserved", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("backlog", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("entries") as table:
        table.add_column(sa.Column("backlog", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("robots") as table:
        table.add_column(sa.Column("tdm", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "source_days",
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("not_modified", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("redirected", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer()),
        sa.Column("dated", sa.Integer()),
        sa.Column("newest", moment),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("walled", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source_key", "day", name=op.f("pk_source_days")),
    )
    op.create_table(
        "layouts",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_layouts")),
    )
