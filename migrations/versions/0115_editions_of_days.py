"""Let an edition be about a day as well as a week, and count those of each kind by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0115"
down_revision = "0114"
branch_labels = None
depends_on = None

_PERIOD = sa.String(10)


def upgrade() -> None:
    """Applies the change: SQLite cannot drop a constraint, so the tables are made anew."""
    kept = {name: _columns(name) for name in ("corrections", "deliveries", "editions")}
    for name, columns in kept.items():  # those that refer to editions first
        op.execute(f"CREATE TABLE kept_{name} AS SELECT {', '.join(columns)} FROM {name}")
        op.drop_table(name)
    op.create_table(
        "editions",
        sa.Column("period", _PERIOD, nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("dispatch", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_editions")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_editions_kind_number")),
    )
    op.create_table(
        "corrections",
        sa.Column("period", _PERIOD, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period"], ["editions.period"], name=op.f("fk_corrections_period_editions")
        ),
        sa.PrimaryKeyConstraint("period", "n", name=op.f("pk_corrections")),
    )
    op.create_table(
        "deliveries",
        sa.Column("period", _PERIOD, nullable=False),
        sa.Column("subscriber_id", sa.String(12), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True)),
        sa.Column("attempt", sa.String(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["period"], ["editions.period"], name=op.f("fk_deliveries_period_editions")
        ),
        sa.PrimaryKeyConstraint("period", "subscriber_id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_period_state"), "deliveries", ["period", "state"])
    for name, columns in reversed(kept.items()):
        into = ["period" if column == "week" else column for column in columns]
        more, values = ([", kind", ", 'week'"] if name == "editions" else ["", ""])
        op.execute(
            f"INSERT INTO {name} ({', '.join(into)}{more})"
            f" SELECT {', '.join(columns)}{values} FROM kept_{name}"
        )
        op.drop_table(f"kept_{name}")


def _columns(table: str) -> list[str]:
    return [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
