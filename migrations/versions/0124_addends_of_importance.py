"""Drop the addends of importance that no program adds any more (novelty and lane), from the stories
whose reasons list them, and have every story tagged again, since amounts of background no longer
count. The next refresh ranks all stories anew, and judges all stored sentences again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0124"
down_revision = "0123"
branch_labels = None
depends_on = None

_GONE = {"novelty", "lane"}


def upgrade() -> None:
    """Applies the change."""
    stories = sa.table("stories", sa.column("id", sa.String), sa.column("reasons", sa.JSON))
    connection = op.get_bind()
    for story_id, reasons in connection.execute(sa.select(stories.c.id, stories.c.reasons)).all():
        kept = [reason for reason in reasons or () if reason[0] not in _GONE]
        if len(kept) < len(reasons or ()):
            changed = sa.update(stories).where(stories.c.id == story_id)
            connection.execute(changed.values(reasons=kept))
    op.execute("UPDATE stories SET tagged = NULL")
    op.execute("UPDATE passages SET verdicts = '' WHERE n = 0")
