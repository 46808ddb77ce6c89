"""Drop all answers to open questions, with the questions that had one, what settled where reports
differ, the remark that no source states a price, and which stories were looked through for answers.
Questions without an answer stay until their story is written again. Where reports differ stays.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0145"
down_revision = "0141"
branch_labels = None
depends_on = None

_PLACE = ("story_id", "section", "position")


def upgrade() -> None:
    """Applies the change."""
    connection = op.get_bind()
    claims = sa.table(
        "claims", *map(sa.column, (*_PLACE, "kind")), sa.column("detail", sa.JSON)
    )
    citations = sa.table("citations", *map(sa.column, _PLACE))
    is_open = claims.c.section.in_(("disagreements", "unknowns"))
    rows = connection.execute(sa.select(claims).where(is_open)).all()
    answered = {
        (row.story_id, row.detail.get("n"))
        for row in rows
        if row.section == "unknowns" and row.detail.get("answer")
    }
    for row in rows:
        is_told = (row.story_id, row.detail.get("n")) in answered or row.kind == "absent"
        if row.detail.get("answer") or (row.section == "unknowns" and is_told):
            for table in (citations, claims):
                place = (table.c[name] == getattr(row, name) for name in _PLACE)
                connection.execute(sa.delete(table).where(*place))
    op.drop_column("analyses", "is_open")
    op.drop_column("analyses", "is_weighed")
