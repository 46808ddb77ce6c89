"""Know by which mailbox a confirmation was asked for: with tags one has as many addresses as one likes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    with op.batch_alter_table("confirmations") as confirmations:
        confirmations.add_column(sa.Column("mailbox_key", sa.String(length=64)))
        confirmations.create_index(op.f("ix_confirmations_mailbox_key"), ["mailbox_key"])
