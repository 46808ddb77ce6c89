"""The tables. `migrations/` builds them; a test proves that both agree. Times are UTC
(`UtcDateTime`).
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy import DateTime as _DateTime

from aggregator.domain.web.address import Address

REVISION = "0118"  # the newest migration; a test compares it with Alembic's head
RELEASED = "0100"  # the first migration of release 0.1.0
BEFORE_RELEASE = "0021"  # the last migration before it, which led to the same schema

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class AddressText(TypeDecorator[Address]):
    """An address, stored with its secrets and returned as a type that does not print them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The address with its secrets."""
        return None if value is None else Address(value).unmasked()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Address | None:
        """The address with its secrets hidden."""
        return None if value is None else Address(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite drops the zone of a `DateTime(timezone=True)`, so it is turned to
    UTC and put back.
    """

    impl = _DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive moment: we would have to guess its zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its zone put back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


source_states = Table(
    "source_states",
    metadata,
    Column("source_key", String, primary_key=True),
    Column("url", AddressText, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("last_tried", UtcDateTime),
    Column("last_ok", UtcDateTime),
    Column("due", UtcDateTime),
    Column("barred_until", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("failing_since", UtcDateTime),
    Column("reason", Text),
    Column("ask_url", AddressText),
    Column("moved_to", AddressText),
    Column("moved_sightings", Integer, nullable=False, server_default="0"),
    Column("moved_since", UtcDateTime),
    Column("gone_sightings", Integer, nullable=False, server_default="0"),
    Column("retired", UtcDateTime),
    Column("rhythm_s", Integer),
    Column("told_s", Integer),
    Column("skip_hours", JSON, nullable=False, server_default="[]"),
    Column("skip_days", JSON, nullable=False, server_default="[]"),
    Column("reserved", Text, nullable=False, server_default=""),
    Column("items", Integer),
    Column("dated", Integer),
    Column("newest", UtcDateTime),
    Column("gap_s", Integer),
    Column("answered_from", Text, nullable=False, server_default=""),
    Column("usual_items", Integer),
    Column("quarantined", UtcDateTime),
    Column("quarantine_reason", Text, nullable=False, server_default=""),
    Column("left_out", Integer, nullable=False, server_default="0"),
    Column("unreadable", Boolean, nullable=False, server_default=false()),
    Column("route_since", UtcDateTime),
)

# Addresses that did not work of sources with several.
route_failures = Table(
    "route_failures",
    metadata,
    Column("source_key", String, primary_key=True),
    Column("url", AddressText, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("last_tried", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", UtcDateTime, nullable=False),
    Column("next_try", UtcDateTime),
    Column("barred_until", UtcDateTime),
    Column("gone_sightings", Integer, nullable=False),
    Column("unreadable", Boolean, nullable=False),
)

# The repairs of pages whose layout changed, as a model proposed them.
listing_repairs = Table(
    "listing_repairs",
    metadata,
    Column("source_key", String, primary_key=True),
    Column("url", AddressText, primary_key=True),
    Column("digest", String(12), nullable=False),
    Column("asked", UtcDateTime, nullable=False),
    Column("listing", JSON(none_as_null=True)),
    Column("reason", Text, nullable=False),
)

source_days = Table(
    "source_days",
    metadata,
    Column("source_key", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("asked", Integer, nullable=False),
    Column("read", Integer, nullable=False),
    Column("not_modified", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("redirected", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("items", Integer),
    Column("dated", Integer),
    Column("newest", UtcDateTime),
    Column("pages", Integer, nullable=False),
    Column("walled", Integer, nullable=False),
)

# Sources whose publisher asked to be left out; see `domain.operation.tombstone`.
forgotten = Table(
    "forgotten",
    metadata,
    Column("key", String, primary_key=True),
    Column("url", AddressText, nullable=False),
    Column(
        "hosts", JSON, nullable=False
    ),  # those of its articles, where they are its publisher's alone
    Column("since", UtcDateTime, nullable=False),
)

# The selector under which a publisher's pages keep their text, learnt from pages read; see
# `extract.layouts`.
layouts = Table(
    "layouts",
    metadata,
    Column("host", String, primary_key=True),
    Column("record", JSON, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("slug", String, nullable=False),
    Column("week", String(8), nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("score", Float, nullable=False),  # importance and freshness
    Column("importance", Float, nullable=False, server_default="0"),
    Column("reasons", JSON, nullable=False),  # of the importance: name, points, value, count
    Column("signals", JSON, nullable=False, server_default="{}"),  # of headlines and ledes
    Column(
        "ranked", String(16)
    ),  # digest of the weights that importance is by; none: the story changed since
    Column("stale", Boolean, nullable=False),  # its articles changed since it was analysed
    Column("storyline", String(12)),  # id of the story that opened the storyline
    Column("merged_into", String(12)),  # where its articles went; its permalink leads there
    Column("topics", JSON, nullable=False, server_default="[]"),
    Column("entities", JSON, nullable=False, server_default="[]"),
    Column(
        "tagged", String(16)
    ),  # digest of the registry that topics and entities are by; none: its articles changed since
    Column(
        "operator", JSON, nullable=False, server_default="{}"
    ),  # what overrides.toml says of it, as last replayed
    Column(
        "removed", Boolean, nullable=False, server_default=false()
    ),  # with its only sources, at their publishers' request
    Column(
        "had_page", Boolean, nullable=False, server_default=false()
    ),  # its address was published: it redirects where nothing is left to say
    Index(None, "stale"),
    Index(None, "week"),
    Index(None, "storyline"),
)

# The history of each story: what each article added; *Update* marks and editions go by it.
facts = Table(
    "facts",
    metadata,
    Column("story_id", String(12), ForeignKey("stories.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("article_id", String(12), nullable=False),
    Column("at", UtcDateTime, nullable=False),  # when we learnt of it
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("passage", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("replaces", Integer),
    Index(None, "article_id"),
)

# Predictions of sources or a model, by the article that each rests on first, which the
# scorecard shows. It outlives analyses and texts, so its quotes are its own.
predictions = Table(
    "predictions",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("article_id", String(12), nullable=False),
    Column("noted", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("basis", JSON, nullable=False),  # passage and quote of each citation
    Column("horizon", Date, nullable=False),
    Column("likelihood", String, nullable=False),
    Column("sign", Text, nullable=False),
    Column("due", Boolean, nullable=False),  # whether its day was over at the last run
    Column("outcome", String),  # null until it is decided
    Column("decided", UtcDateTime),
    Column("passage", String),  # that decided, with the quote; null where an address or nothing did
    Column("quote", Text),
    Column("url", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "article_id"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("source_key", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("canonical_url", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("byline", Text, nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("published_origin", String, nullable=False),
    Column("language", String),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("read", String, nullable=False),
    Column("shortfall", Text),
    Column("page_due", UtcDateTime),  # when the page may be asked again; null: it is not
    Column("page_failures", Integer, nullable=False),
    Column("page_read", UtcDateTime),  # when the page was last read
    Column("image_url", Text),
    Column("is_walled", Boolean, nullable=False, server_default=false()),
    Column("reserved", Text, nullable=False, server_default=""),
    Column("backlog", Boolean, nullable=False, server_default=false()),
    Column("is_issue", Boolean),  # of a newsletter; null: nobody looked yet
    Column("is_linked", Boolean),  # only from an issue; null: as false
    Column("story_id", String(12), ForeignKey("stories.id")),
    Column(
        "placed_in", String(12)
    ),  # where clustering put it; story_id differs where an override moved it or took it out
    Column("placed_because", Text, nullable=False, server_default=""),
    Column("placed_similarity", Float, nullable=False, server_default="0"),
    Column("copy_of", String(12)),
    Column(
        "words", Integer, nullable=False, server_default="0"
    ),  # of its text, the headline not counted
    Index(None, "story_id"),
    Index(None, "placed_in"),
    Index(  # the few that overrides moved are found without a look at all others
        "ix_articles_moved",
        "id",
        sqlite_where=text("story_id IS NOT placed_in"),
        postgresql_where=text("story_id IS DISTINCT FROM placed_in"),
    ),
    Index(None, "published"),
    Index(None, "page_due"),
    Index(None, "source_key"),
)

# What the issues of newsletters list. An item votes for the story of the article that it links to,
# or whose words it shares.
newsletter_items = Table(
    "newsletter_items",
    metadata,
    Column("issue_id", String(12), ForeignKey("articles.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("links", JSON, nullable=False),
    Column("is_lead", Boolean, nullable=False),
    Column("is_matched", Boolean, nullable=False),  # whether its article was looked for
    Column("article_id", String(12)),
    Column("by_link", Boolean, nullable=False),
    Column("similarity", Float, nullable=False),
    Index(None, "article_id"),
    Index(None, "is_matched"),
)

# What articles state of products and companies, by the version that was read last; see
# `domain.attribute`.
attributes = Table(
    "attributes",
    metadata,
    Column("article_id", String(12), ForeignKey("articles.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("subject", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("attribute", String, nullable=False),
    Column("qualifier", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    ForeignKeyConstraint(
        ["article_id", "version", "n"], ["passages.article_id", "passages.version", "passages.n"]
    ),
    Index(None, "subject"),
)

# As what each article was read for attributes: where any of it changed, it is read again.
noted = Table(
    "noted",
    metadata,
    Column("article_id", String(12), ForeignKey("articles.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("story_id", String(12), nullable=False),
    Column("copy_of", String(12)),
    Column("rules", Text, nullable=False),
)

# The sections that attributes make of a story, and whom they look at: `domain.insight` as JSON.
insights = Table(
    "insights",
    metadata,
    Column("story_id", String(12), ForeignKey("stories.id"), primary_key=True),
    Column("record", Text, nullable=False),
)
insight_subjects = Table(
    "insight_subjects",
    metadata,
    Column("story_id", String(12), ForeignKey("stories.id"), primary_key=True),
    Column("subject", String, primary_key=True),
    Index(None, "subject"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_key", String, nullable=False),
    Column("guid", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("article_id", String(12), nullable=False),
    Column("title", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("published", UtcDateTime),
    Column("published_origin", String),
    Column("updated", UtcDateTime),
    Column("summary", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("language", String),
    Column("votes", Integer, nullable=False, server_default="0"),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", String, nullable=False),
    Column("backlog", Boolean, nullable=False, server_default=false()),
    Column("issue_id", String(12)),  # that links to it; null: as empty
    UniqueConstraint("source_key", "guid"),
    Index(None, "state"),
    Index(
        None, "article_id", "state"
    ),  # one for both: SQLite would look a pending one up among all that are pending
)

versions = Table(
    "versions",
    metadata,
    Column("article_id", String(12), ForeignKey("articles.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("extracted", UtcDateTime, nullable=False),
    Column("read", String, nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("article_id", String(12), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.version"]),
)

# What clustering reads of a placed article instead of its text: its beginning, and `cluster.sketch`
# of the whole.
sketches = Table(
    "sketches",
    metadata,
    Column("article_id", String(12), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("lead", Text, nullable=False),
    Column("shingles", LargeBinary, nullable=False),
)

# Embeddings of headlines (`ports.Vector`), by the model that made them and the digest of the text.
vectors = Table(
    "vectors",
    metadata,
    Column("article_id", String(12), primary_key=True),
    Column("model", String, nullable=False),
    Column("digest", String(12), nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

judgements = Table(
    "judgements",
    metadata,
    Column("one", String(12), primary_key=True),  # the smaller id of the two articles
    Column("other", String(12), primary_key=True),
    Column("shown", String(25), nullable=False),  # digests of what was shown of each
    Column("same", Boolean, nullable=False),
    Column("model", String, nullable=False),
    Column("prompts", String(8), nullable=False),
    Column("asked", UtcDateTime, nullable=False),
)

analyses = Table(
    "analyses",
    metadata,
    Column("story_id", String(12), ForeignKey("stories.id"), primary_key=True),
    Column("engine", String, nullable=False),
    Column("model", String),
    Column("rules", String, nullable=False),  # version of the rules or prompts that made it
    Column("analysed", UtcDateTime, nullable=False),
    Column("inputs", String(64), nullable=False),
    Column("rejected", JSON, nullable=False),
    Column("judge", JSON(none_as_null=True)),  # of its written sentences, with its rates
    Column(
        "is_open", Boolean, nullable=False, server_default=false()
    ),  # whether it has a question without an answer
    Column(
        "is_weighed", Boolean, nullable=False, server_default=false()
    ),  # whether it was looked through for answers
)

claims = Table(
    "claims",
    metadata,
    Column("story_id", String(12), ForeignKey("analyses.story_id"), primary_key=True),
    Column("section", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column(
        "detail", JSON, nullable=False
    ),  # what a section adds to a claim: role, day, precision, …
)

citations = Table(
    "citations",
    metadata,
    Column("story_id", String(12), primary_key=True),
    Column("section", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("article_id", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    ForeignKeyConstraint(
        ["story_id", "section", "position"],
        ["claims.story_id", "claims.section", "claims.position"],
    ),
    ForeignKeyConstraint(
        ["article_id", "version", "n"], ["passages.article_id", "passages.version", "passages.n"]
    ),
    Index(None, "article_id"),
)

story_facts = Table(
    "story_facts",
    metadata,
    Column("story_id", String(12), ForeignKey("analyses.story_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("day", Date),
    Column("precision", String),
    Column("detail", JSON, nullable=False),  # what a kind has besides: product, attribute, value
)

fact_citations = Table(
    "fact_citations",
    metadata,
    Column("story_id", String(12), primary_key=True),
    Column("fact", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("article_id", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    ForeignKeyConstraint(["story_id", "fact"], ["story_facts.story_id", "story_facts.number"]),
    ForeignKeyConstraint(
        ["article_id", "version", "n"], ["passages.article_id", "passages.version", "passages.n"]
    ),
    Index(None, "article_id"),
)

# The form in which a model writes pages, by the digest of its build.
writing_forms = Table(
    "writing_forms",
    metadata,
    Column("digest", String, primary_key=True),
    Column("form", String, nullable=False),
    Column("decided", UtcDateTime, nullable=False),
)

# The stories that a model wrote on a day, or was about to: how much of the day's places is taken.
daily_places = Table(
    "daily_places",
    metadata,
    Column("day", Date, primary_key=True),  # in site.timezone
    Column("story_id", String(12), primary_key=True),
    Column("depth", String, nullable=False),
)

# What writing and judging cost in earlier runs, the newest counting half, by the model's digest.
model_speeds = Table(
    "model_speeds",
    metadata,
    Column("digest", String, primary_key=True),
    Column("prompt_tokens", Float, nullable=False),
    Column("completion_tokens", Float, nullable=False),
    Column("judge_tokens", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("measured", UtcDateTime, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column(
        "key", String(64), primary_key=True
    ),  # SHA-256 of all that went in: model, options, prompt, schema
    Column("section", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("finish", String, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("answered", UtcDateTime, nullable=False),
)

# The result of trying a model out; without a flaw it is used.
canaries = Table(
    "canaries",
    metadata,
    Column("question", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("version", String, primary_key=True),  # of the server
    Column("flaw", Text, nullable=False),
    Column("tried", UtcDateTime, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of model, question, premise, statement
    Column("model", String, nullable=False),
    Column("probability", Float, nullable=False),
    Column("judged", UtcDateTime, nullable=False),
)

calibrations = Table(
    "calibrations",
    metadata,
    Column("digest", String, primary_key=True),  # of the judge's model
    Column("prompts", String(8), primary_key=True),  # digest of the question
    Column("labelled", String(16), primary_key=True),  # digest of the set
    Column("model", String, nullable=False),
    Column("made", UtcDateTime, nullable=False),
    Column("outcomes", JSON, nullable=False),  # story, truth and score of each claim, by half
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("digest", String, primary_key=True),  # of the model that wrote, or the rules
    Column("prompts", String, primary_key=True),
    Column("judge", String, primary_key=True),  # the model that judged; empty: none
    Column("cases", String(16), primary_key=True),  # digest of the stories
    Column("made", UtcDateTime, nullable=False),
    Column("score", JSON, nullable=False),
)

pages = Table(
    "pages",
    metadata,
    Column("path", Text, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("inputs", String(64), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column(
        "owner", String, nullable=False, server_default=""
    ),  # the story or list whose file it is, such as week/2026-W47
    Index(None, "owner"),
)

# What is made of each published story before its page: what lists show, and what other stories
# need to know of it. Derived from the tables above and made again where it is missing; `own` is the
# digest of what it was made from.
lines = Table(
    "lines",
    metadata,
    Column("story_id", String(12), primary_key=True),
    Column("own", String(64), nullable=False),
    Column(
        "page", String(64), nullable=False
    ),  # digest of all that the page was last written from; empty: never
    Column("digest", String(64), nullable=False),  # of `line`
    Column("line", Text, nullable=False),
    Column("outline", Text, nullable=False),
    Column("document", Text, nullable=False),  # what the search knows of it
    Column("path", Text, nullable=False),
    Column("week", String(8), nullable=False),
    Column("lane", String, nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("changed", UtcDateTime, nullable=False),
    Column("score", Float, nullable=False),
    Column("pinned", Boolean, nullable=False),
    Column("read", Boolean, nullable=False),  # whether it has a hook
    Column("origins", Integer, nullable=False),
    Column(
        "counts", Text, nullable=False
    ),  # of its claims by kind, and of those turned away by reason
    Column("errata", Text, nullable=False, server_default="[]"),  # its newest corrections
    Column("corrected", UtcDateTime),  # when the newest was made
    Index(None, "corrected"),
    Index(None, "published"),
    Index(None, "score"),
)

# In which lists a story stands.
listings = Table(
    "listings",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("story_id", String(12), primary_key=True),
    Index(None, "story_id"),
)

# The lists as last written. `due`: a story in it, or what a story leads to, may have changed since;
# `extras`: digest of what it shows apart from its stories.
lists = Table(
    "lists",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("due", Boolean, nullable=False),
    Column("extras", String(64), nullable=False),
    Column("shown", String(64), nullable=False),  # digest of its stories and of what they lead to
    Column("summary", Text, nullable=False),  # what other lists show of it
)

# The feeds as the WebSub hub was last notified of them.
announced = Table(
    "announced",
    metadata,
    Column("path", Text, primary_key=True),
    Column("digest", String(64), nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("output", Text, primary_key=True),
    Column(
        "fingerprint", String(64), nullable=False
    ),  # of all that the site in that folder was made from
)

robots = Table(
    "robots",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("fetched", UtcDateTime, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("tdm", Text, nullable=False, server_default=""),
    Column("tdm_fetched", UtcDateTime),
    Column("tdm_etag", Text),
    Column("tdm_last_modified", Text),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("started", UtcDateTime, nullable=False),
    Column("report", JSON),  # null while it runs, or if it died
    Column("kind", String, nullable=False, server_default="refresh"),
)

# What the operator was written about: once when it began, once when it was over.
alerts = Table(
    "alerts",
    metadata,
    Column("key", String, primary_key=True),
    Column("since", UtcDateTime, primary_key=True),
    Column("ended", UtcDateTime),
    Column("what", Text, nullable=False),
)

# What each receiver was notified of, and what became of it; see `publishing.notifications`.
notifications = Table(
    "notifications",
    metadata,
    Column("key", String, primary_key=True),
    Column("receiver", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("message", String, nullable=False),  # id of the message that carries it
    Column("story_id", String(12), nullable=False),  # empty: not about a story
    Column("begun", UtcDateTime, nullable=False),
    Column("changed", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "story_id"),
)

# What workers on several machines have to do of a refresh; gone once it is over.
portions = Table(
    "portions",
    metadata,
    Column("run", String, primary_key=True),
    Column("step", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("items", JSON, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("told", JSON),  # its counts and failures, once it is done
)

editions = Table(
    "editions",
    metadata,
    Column("period", String(10), primary_key=True),  # an ISO week or a day
    Column("kind", String(4), nullable=False),  # week | day
    Column("number", Integer, nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("record", Text, nullable=False),  # canonical JSON of the edition; never rewritten
    Column("digest", String(64), nullable=False),  # of the record
    Column("dispatch", String, nullable=False),  # new | held | approved
    UniqueConstraint("kind", "number"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("period", String(10), ForeignKey("editions.period"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("address", Text, nullable=False),
    Column("address_key", String(64), nullable=False, unique=True),  # HMAC of the comparable form
    Column("standing", String, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("sections", JSON, nullable=False, server_default="[]"),
    Column("topics", JSON, nullable=False),
    Column("periods", JSON, nullable=False, server_default='["week"]'),
    Column("follows", JSON, nullable=False, server_default="[]"),  # pairs of path and name
    Column("generation", Integer, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("consent", JSON, nullable=False),
    Column("bounce_score", Float, nullable=False),
    Column("bounced", UtcDateTime),  # the last bounce that counted
    Index(None, "standing"),
)

# Sign-ups from the form that have not been processed yet; only the newest of each address.
wishes = Table(
    "wishes",
    metadata,
    Column("address_key", String(64), primary_key=True),
    Column("address", Text, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("sections", JSON, nullable=False, server_default="[]"),
    Column("topics", JSON, nullable=False),
    Column("periods", JSON, nullable=False, server_default='["week"]'),
    Column("asked", UtcDateTime, nullable=False),
    Column("consent", JSON, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column(
        "address_key", String(64), primary_key=True
    ),  # HMAC: what was erased stays unknown, and stays suppressed
    Column("reason", String, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of a random token of 256 bits
    Column("subscriber_id", String(12), ForeignKey("subscribers.id"), nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("mailbox_key", String(64)),  # HMAC of the mailbox that several addresses may lead to
    Index(None, "subscriber_id"),
    Index(None, "mailbox_key"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("period", String(10), ForeignKey("editions.period"), primary_key=True),
    Column(
        "subscriber_id", String(12), primary_key=True
    ),  # no foreign key: it outlives an erased subscriber
    Column("state", String, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try", UtcDateTime),
    Column("attempt", String, nullable=False),
    Column("reply", Text, nullable=False),
    Column("changed", UtcDateTime, nullable=False),
    Index(None, "period", "state"),
)
