"""Create all tables as they were at release 0.1.0.

It replaces the migrations 0001 to 0021 from before the release, which led to the same schema: the
store gives a database at 0021 this number.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "alerts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "since", name=op.f("pk_alerts")),
    )
    op.create_table(
        "answers",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("finish", sa.String(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_answers")),
    )
    op.create_table(
        "editions",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("dispatch", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_editions")),
        sa.UniqueConstraint("number", name=op.f("uq_editions_number")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_origin", sa.String(), nullable=True),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("backlog", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("source_key", "guid", name=op.f("uq_entries_source_key_guid")),
    )
    op.create_index(
        op.f("ix_entries_article_id_state"), "entries", ["article_id", "state"], unique=False
    )
    op.create_index(op.f("ix_entries_state"), "entries", ["state"], unique=False)
    op.create_table(
        "forgotten",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_forgotten")),
    )
    op.create_table(
        "judgements",
        sa.Column("one", sa.String(length=12), nullable=False),
        sa.Column("other", sa.String(length=12), nullable=False),
        sa.Column("shown", sa.String(length=25), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("prompts", sa.String(length=8), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_judgements")),
    )
    op.create_table(
        "layouts",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_layouts")),
    )
    op.create_table(
        "lines",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("own", sa.String(length=64), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("outline", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("origins", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("errata", sa.Text(), server_default="[]", nullable=False),
        sa.Column("corrected", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_lines")),
    )
    op.create_index(op.f("ix_lines_corrected"), "lines", ["corrected"], unique=False)
    op.create_index(op.f("ix_lines_published"), "lines", ["published"], unique=False)
    op.create_index(op.f("ix_lines_score"), "lines", ["score"], unique=False)
    op.create_table(
        "listings",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "story_id", name=op.f("pk_listings")),
    )
    op.create_index(op.f("ix_listings_story_id"), "listings", ["story_id"], unique=False)
    op.create_table(
        "lists",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("extras", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_lists")),
    )
    op.create_table(
        "pages",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_pages")),
    )
    op.create_index(op.f("ix_pages_owner"), "pages", ["owner"], unique=False)
    op.create_table(
        "portions",
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("run", "step", "key", name=op.f("pk_portions")),
    )
    op.create_table(
        "predictions",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("noted", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("horizon", sa.Date(), nullable=False),
        sa.Column("likelihood", sa.String(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("decided", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passage", sa.String(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predictions")),
    )
    op.create_index(op.f("ix_predictions_article_id"), "predictions", ["article_id"], unique=False)
    op.create_table(
        "publications",
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("output", name=op.f("pk_publications")),
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("fetched", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("tdm", sa.Text(), server_default="", nullable=False),
        sa.Column("tdm_fetched", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tdm_etag", sa.Text(), nullable=True),
        sa.Column("tdm_last_modified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("kind", sa.String(), server_default="refresh", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_table(
        "sketches",
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("shingles", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_sketches")),
    )
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
        sa.Column("items", sa.Integer(), nullable=True),
        sa.Column("dated", sa.Integer(), nullable=True),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("walled", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source_key", "day", name=op.f("pk_source_days")),
    )
    op.create_table(
        "source_states",
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=True),
        sa.Column("last_tried", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("barred_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ask_url", sa.Text(), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("moved_sightings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moved_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_sightings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retired", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rhythm_s", sa.Integer(), nullable=True),
        sa.Column("told_s", sa.Integer(), nullable=True),
        sa.Column("skip_hours", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("skip_days", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("reserved", sa.Text(), server_default="", nullable=False),
        sa.Column("items", sa.Integer(), nullable=True),
        sa.Column("dated", sa.Integer(), nullable=True),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gap_s", sa.Integer(), nullable=True),
        sa.Column("answered_from", sa.Text(), server_default="", nullable=False),
        sa.Column("usual_items", sa.Integer(), nullable=True),
        sa.Column("quarantined", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quarantine_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("left_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unreadable", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("source_key", name=op.f("pk_source_states")),
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("storyline", sa.String(length=12), nullable=True),
        sa.Column("merged_into", sa.String(length=12), nullable=True),
        sa.Column("topics", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("entities", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("tagged", sa.String(length=16), nullable=True),
        sa.Column("operator", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_index(op.f("ix_stories_stale"), "stories", ["stale"], unique=False)
    op.create_index(op.f("ix_stories_storyline"), "stories", ["storyline"], unique=False)
    op.create_index(op.f("ix_stories_week"), "stories", ["week"], unique=False)
    op.create_table(
        "subscribers",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent", sa.JSON(), nullable=False),
        sa.Column("bounce_score", sa.Float(), nullable=False),
        sa.Column("bounced", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("address_key", name=op.f("uq_subscribers_address_key")),
    )
    op.create_index(op.f("ix_subscribers_standing"), "subscribers", ["standing"], unique=False)
    op.create_table(
        "suppressions",
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_key", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "vectors",
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=12), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_vectors")),
    )
    op.create_table(
        "wishes",
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("address_key", name=op.f("pk_wishes")),
    )
    op.create_table(
        "analyses",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("analysed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs", sa.String(length=64), nullable=False),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_weighed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_analyses_story_id_stories")
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_analyses")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("byline", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_origin", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read", sa.String(), nullable=False),
        sa.Column("shortfall", sa.Text(), nullable=True),
        sa.Column("page_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("page_failures", sa.Integer(), nullable=False),
        sa.Column("page_read", sa.DateTime(timezone=True), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("is_walled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reserved", sa.Text(), server_default="", nullable=False),
        sa.Column("backlog", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("story_id", sa.String(length=12), nullable=True),
        sa.Column("placed_in", sa.String(length=12), nullable=True),
        sa.Column("placed_because", sa.Text(), server_default="", nullable=False),
        sa.Column("placed_similarity", sa.Float(), server_default="0", nullable=False),
        sa.Column("copy_of", sa.String(length=12), nullable=True),
        sa.Column("words", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_articles_story_id_stories")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index(
        "ix_articles_moved",
        "articles",
        ["id"],
        unique=False,
        sqlite_where=sa.text("story_id IS NOT placed_in"),
        postgresql_where=sa.text("story_id IS DISTINCT FROM placed_in"),
    )
    op.create_index(op.f("ix_articles_page_due"), "articles", ["page_due"], unique=False)
    op.create_index(op.f("ix_articles_placed_in"), "articles", ["placed_in"], unique=False)
    op.create_index(op.f("ix_articles_published"), "articles", ["published"], unique=False)
    op.create_index(op.f("ix_articles_source_key"), "articles", ["source_key"], unique=False)
    op.create_index(op.f("ix_articles_story_id"), "articles", ["story_id"], unique=False)
    op.create_table(
        "confirmations",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("subscriber_id", sa.String(length=12), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailbox_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_confirmations_subscriber_id_subscribers"),
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_confirmations")),
    )
    op.create_index(
        op.f("ix_confirmations_mailbox_key"), "confirmations", ["mailbox_key"], unique=False
    )
    op.create_index(
        op.f("ix_confirmations_subscriber_id"), "confirmations", ["subscriber_id"], unique=False
    )
    op.create_table(
        "corrections",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["week"], ["editions.week"], name=op.f("fk_corrections_week_editions")
        ),
        sa.PrimaryKeyConstraint("week", "n", name=op.f("pk_corrections")),
    )
    op.create_table(
        "deliveries",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("subscriber_id", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.String(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["week"], ["editions.week"], name=op.f("fk_deliveries_week_editions")
        ),
        sa.PrimaryKeyConstraint("week", "subscriber_id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_week_state"), "deliveries", ["week", "state"], unique=False)
    op.create_table(
        "facts",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("passage", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_facts_story_id_stories")
        ),
        sa.PrimaryKeyConstraint("story_id", "n", name=op.f("pk_facts")),
    )
    op.create_index(op.f("ix_facts_article_id"), "facts", ["article_id"], unique=False)
    op.create_table(
        "insight_subjects",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_insight_subjects_story_id_stories")
        ),
        sa.PrimaryKeyConstraint("story_id", "subject", name=op.f("pk_insight_subjects")),
    )
    op.create_index(
        op.f("ix_insight_subjects_subject"), "insight_subjects", ["subject"], unique=False
    )
    op.create_table(
        "insights",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_insights_story_id_stories")
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_insights")),
    )
    op.create_table(
        "claims",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["analyses.story_id"], name=op.f("fk_claims_story_id_analyses")
        ),
        sa.PrimaryKeyConstraint("story_id", "section", "position", name=op.f("pk_claims")),
    )
    op.create_table(
        "noted",
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("copy_of", sa.String(length=12), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_noted_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_noted")),
    )
    op.create_table(
        "versions",
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("extracted", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_versions_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", "version", name=op.f("pk_versions")),
    )
    op.create_table(
        "passages",
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "version"],
            ["versions.article_id", "versions.version"],
            name=op.f("fk_passages_article_id_version_versions"),
        ),
        sa.PrimaryKeyConstraint("article_id", "version", "n", name=op.f("pk_passages")),
    )
    op.create_table(
        "attributes",
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("attribute", sa.String(), nullable=False),
        sa.Column("qualifier", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "version", "n"],
            ["passages.article_id", "passages.version", "passages.n"],
            name=op.f("fk_attributes_article_id_version_n_passages"),
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_attributes_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_attributes")),
    )
    op.create_index(op.f("ix_attributes_subject"), "attributes", ["subject"], unique=False)
    op.create_table(
        "citations",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "version", "n"],
            ["passages.article_id", "passages.version", "passages.n"],
            name=op.f("fk_citations_article_id_version_n_passages"),
        ),
        sa.ForeignKeyConstraint(
            ["story_id", "section", "position"],
            ["claims.story_id", "claims.section", "claims.position"],
            name=op.f("fk_citations_story_id_section_position_claims"),
        ),
        sa.PrimaryKeyConstraint(
            "story_id", "section", "position", "number", name=op.f("pk_citations")
        ),
    )
    op.create_index(op.f("ix_citations_article_id"), "citations", ["article_id"], unique=False)
