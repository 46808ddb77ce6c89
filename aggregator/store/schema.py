"""The tables. `migrations/` builds them; a test proves that both agree. Times are UTC
(`UtcDateTime`). A column holds a value unless it is `Nullable`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
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
from sqlalchemy import Column as Nullable
from sqlalchemy import DateTime as _DateTime
from sqlalchemy.schema import SchemaItem

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


class Rows:
    """A table whose columns are its attributes, such as `articles.story_id`. SQLAlchemy takes it
    wherever it takes the table itself.
    """

    def __init__(self, name: str, *parts: SchemaItem) -> None:
        self.table = Table(name, metadata, *parts)

    def __getattr__(self, name: str) -> Nullable[Any]:
        """The column of this name."""
        if name not in self.table.c:
            raise AttributeError(name)
        return self.table.c[name]

    def __clause_element__(self) -> Any:
        """The table, as SQLAlchemy asks for it."""
        return self.table


Column = partial(Nullable[Any], nullable=False)
Key = partial(Nullable[Any], primary_key=True)
_ID, _SHA256 = String(12), String(64)


def _to_passage() -> ForeignKeyConstraint:
    key = ("article_id", "version", "n")
    return ForeignKeyConstraint(key, [f"passages.{name}" for name in key])


source_states = Rows(
    "source_states",
    Key("source_key", String),
    Column("url", AddressText),
    Nullable("etag", Text),
    Nullable("last_modified", Text),
    Nullable("body_hash", _SHA256),
    Nullable("last_tried", UtcDateTime),
    Nullable("last_ok", UtcDateTime),
    Nullable("due", UtcDateTime),
    Nullable("barred_until", UtcDateTime),
    Column("failures", Integer),
    Nullable("failing_since", UtcDateTime),
    Nullable("reason", Text),
    Nullable("ask_url", AddressText),
    Nullable("moved_to", AddressText),
    Column("moved_sightings", Integer, server_default="0"),
    Nullable("moved_since", UtcDateTime),
    Column("gone_sightings", Integer, server_default="0"),
    Nullable("retired", UtcDateTime),
    Nullable("rhythm_s", Integer),
    Nullable("told_s", Integer),
    Column("skip_hours", JSON, server_default="[]"),
    Column("skip_days", JSON, server_default="[]"),
    Column("reserved", Text, server_default=""),
    Nullable("items", Integer),
    Nullable("dated", Integer),
    Nullable("newest", UtcDateTime),
    Nullable("gap_s", Integer),
    Column("answered_from", Text, server_default=""),
    Nullable("usual_items", Integer),
    Nullable("quarantined", UtcDateTime),
    Column("quarantine_reason", Text, server_default=""),
    Column("left_out", Integer, server_default="0"),
    Column("unreadable", Boolean, server_default=false()),
    Nullable("route_since", UtcDateTime),
)

# Addresses that did not work of sources with several.
route_failures = Rows(
    "route_failures",
    Key("source_key", String),
    Key("url", AddressText),
    Column("reason", Text),
    Column("last_tried", UtcDateTime),
    Column("failures", Integer),
    Column("failing_since", UtcDateTime),
    Nullable("next_try", UtcDateTime),
    Nullable("barred_until", UtcDateTime),
    Column("gone_sightings", Integer),
    Column("unreadable", Boolean),
)

# The repairs of pages whose layout changed, as a model proposed them.
listing_repairs = Rows(
    "listing_repairs",
    Key("source_key", String),
    Key("url", AddressText),
    Column("digest", _ID),
    Column("asked", UtcDateTime),
    Nullable("listing", JSON(none_as_null=True)),
    Column("reason", Text),
)

source_days = Rows(
    "source_days",
    Key("source_key", String),
    Key("day", Date),
    Column("asked", Integer),
    Column("read", Integer),
    Column("not_modified", Integer),
    Column("failed", Integer),
    Column("redirected", Integer),
    Column("new", Integer),
    Nullable("items", Integer),
    Nullable("dated", Integer),
    Nullable("newest", UtcDateTime),
    Column("pages", Integer),
    Column("walled", Integer),
)

# Sources whose publisher asked to be left out; see `domain.operation.tombstone`.
forgotten = Rows(
    "forgotten",
    Key("key", String),
    Column("url", AddressText),
    Column("hosts", JSON),  # those of its articles, where they are its publisher's alone
    Column("since", UtcDateTime),
)

# The selector under which a publisher's pages keep their text, learnt from pages read; see
# `extract.page.layouts`.
layouts = Rows(
    "layouts",
    Key("host", String),
    Column("record", JSON),
)

stories = Rows(
    "stories",
    Key("id", _ID),
    Column("slug", String),
    Column("week", String(8)),
    Column("published", UtcDateTime),
    Column("updated", UtcDateTime),
    Column("first_seen", UtcDateTime),
    Column("score", Float),  # importance and freshness
    Column("importance", Float, server_default="0"),
    Column("reasons", JSON),  # of the importance: name, points, value, count
    Column("signals", JSON, server_default="{}"),  # of headlines and ledes
    Nullable(
        "ranked", String(16)
    ),  # digest of the weights that importance is by; none: the story changed since
    Column("stale", Boolean),  # its articles changed since it was analysed
    Nullable("storyline", _ID),  # id of the story that opened the storyline
    Nullable("merged_into", _ID),  # where its articles went; its permalink leads there
    Column("topics", JSON, server_default="[]"),
    Column("entities", JSON, server_default="[]"),
    Nullable(
        "tagged", String(16)
    ),  # digest of the registry that topics and entities are by; none: its articles changed since
    Column(
        "operator", JSON, server_default="{}"
    ),  # what overrides.toml says of it, as last replayed
    Column(
        "removed", Boolean, server_default=false()
    ),  # with its only sources, at their publishers' request
    Column(
        "had_page", Boolean, server_default=false()
    ),  # its address was published: it redirects where nothing is left to say
    Index(None, "stale"),
    Index(None, "week"),
    Index(None, "storyline"),
)

# The history of each story: what each article added; *Update* marks and editions go by it.
facts = Rows(
    "facts",
    Key("story_id", _ID, ForeignKey("stories.id")),
    Key("n", Integer),
    Column("article_id", _ID),
    Column("at", UtcDateTime),  # when we learnt of it
    Column("kind", String),
    Column("text", Text),
    Column("passage", String),
    Column("subject", Text),
    Nullable("replaces", Integer),
    Index(None, "article_id"),
)

# Predictions of sources or a model, by the article that each rests on first, which the
# scorecard shows. It outlives analyses and texts, so its quotes are its own.
predictions = Rows(
    "predictions",
    Key("id", _ID),
    Column("article_id", _ID),
    Column("noted", UtcDateTime),
    Column("text", Text),
    Column("kind", String),
    Column("basis", JSON),  # passage and quote of each citation
    Column("horizon", Date),
    Column("likelihood", String),
    Column("sign", Text),
    Column("due", Boolean),  # whether its day was over at the last run
    Nullable("outcome", String),  # null until it is decided
    Nullable("decided", UtcDateTime),
    Nullable(
        "passage", String
    ),  # that decided, with the quote; null where an address or nothing did
    Nullable("quote", Text),
    Column("url", Text),
    Column("note", Text),
    Index(None, "article_id"),
)

articles = Rows(
    "articles",
    Key("id", _ID),
    Column("source_key", String),
    Column("url", Text),
    Column("canonical_url", Text),
    Column("version", Integer),
    Column("title", Text),
    Column("byline", Text),
    Column("published", UtcDateTime),
    Column("published_origin", String),
    Nullable("language", String),
    Column("first_seen", UtcDateTime),
    Column("read", String),
    Nullable("shortfall", Text),
    Nullable("page_due", UtcDateTime),  # when the page may be asked again; null: it is not
    Column("page_failures", Integer),
    Nullable("page_read", UtcDateTime),  # when the page was last read
    Nullable("image_url", Text),
    Column("is_walled", Boolean, server_default=false()),
    Column("reserved", Text, server_default=""),
    Column("backlog", Boolean, server_default=false()),
    Nullable("is_issue", Boolean),  # of a newsletter; null: nobody looked yet
    Nullable("is_linked", Boolean),  # only from an issue; null: as false
    Nullable("story_id", _ID, ForeignKey("stories.id")),
    Nullable(
        "placed_in", _ID
    ),  # where clustering put it; story_id differs where an override moved it or took it out
    Column("placed_because", Text, server_default=""),
    Column("placed_similarity", Float, server_default="0"),
    Nullable("copy_of", _ID),
    Column("words", Integer, server_default="0"),  # of its text, the headline not counted
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
newsletter_items = Rows(
    "newsletter_items",
    Key("issue_id", _ID, ForeignKey("articles.id")),
    Key("position", Integer),
    Column("title", Text),
    Column("text", Text),
    Column("links", JSON),
    Column("is_lead", Boolean),
    Column("is_matched", Boolean),  # whether its article was looked for
    Nullable("article_id", _ID),
    Column("by_link", Boolean),
    Column("similarity", Float),
    Index(None, "article_id"),
    Index(None, "is_matched"),
)

# What articles state of products and companies, by the version that was read last; see
# `domain.fact`.
attributes = Rows(
    "attributes",
    Key("article_id", _ID, ForeignKey("articles.id")),
    Key("number", Integer),
    Column("subject", String),
    Column("name", Text),
    Column("kind", String),
    Column("attribute", String),
    Column("qualifier", String),
    Column("value", Text),
    Column("text", Text),
    Column("as_of", Date),
    Column("version", Integer),
    Column("n", Integer),
    Column("quote", Text),
    _to_passage(),
    Index(None, "subject"),
)

# As what each article was read for attributes: where any of it changed, it is read again.
noted = Rows(
    "noted",
    Key("article_id", _ID, ForeignKey("articles.id")),
    Column("version", Integer),
    Column("published", UtcDateTime),
    Column("story_id", _ID),
    Nullable("copy_of", _ID),
    Column("rules", Text),
)

# The sections that attributes make of a story, and whom they look at: `domain.insight` as JSON.
insights = Rows(
    "insights",
    Key("story_id", _ID, ForeignKey("stories.id")),
    Column("record", Text),
)
insight_subjects = Rows(
    "insight_subjects",
    Key("story_id", _ID, ForeignKey("stories.id")),
    Key("subject", String),
    Index(None, "subject"),
)

entries = Rows(
    "entries",
    Key("id", Integer),
    Column("source_key", String),
    Column("guid", Text),
    Column("url", Text),
    Column("article_id", _ID),
    Column("title", Text),
    Column("authors", JSON),
    Nullable("published", UtcDateTime),
    Nullable("published_origin", String),
    Nullable("updated", UtcDateTime),
    Column("summary", Text),
    Column("content", Text),
    Column("tags", JSON),
    Nullable("language", String),
    Column("votes", Integer, server_default="0"),
    Column("first_seen", UtcDateTime),
    Column("digest", _SHA256),
    Column("state", String),
    Column("backlog", Boolean, server_default=false()),
    Nullable("issue_id", _ID),  # that links to it; null: as empty
    UniqueConstraint("source_key", "guid"),
    Index(None, "state"),
    Index(
        None, "article_id", "state"
    ),  # one for both: SQLite would look a pending one up among all that are pending
)

versions = Rows(
    "versions",
    Key("article_id", _ID, ForeignKey("articles.id")),
    Key("version", Integer),
    Column("digest", _SHA256),
    Column("extracted", UtcDateTime),
    Column("read", String),
)

passages = Rows(
    "passages",
    Key("article_id", _ID),
    Key("version", Integer),
    Key("n", Integer),
    Column("text", Text),
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.version"]),
)

# What clustering reads of a placed article instead of its text: its beginning, and `cluster.sketch`
# of the whole.
sketches = Rows(
    "sketches",
    Key("article_id", _ID),
    Column("version", Integer),
    Column("lead", Text),
    Column("shingles", LargeBinary),
)

# Embeddings of headlines (`ports.Vector`), by the model that made them and the digest of the text.
vectors = Rows(
    "vectors",
    Key("article_id", _ID),
    Column("model", String),
    Column("digest", _ID),
    Column("vector", LargeBinary),
)

judgements = Rows(
    "judgements",
    Key("one", _ID),  # the smaller id of the two articles
    Key("other", _ID),
    Column("shown", String(25)),  # digests of what was shown of each
    Column("same", Boolean),
    Column("model", String),
    Column("prompts", String(8)),
    Column("asked", UtcDateTime),
)

analyses = Rows(
    "analyses",
    Key("story_id", _ID, ForeignKey("stories.id")),
    Column("engine", String),
    Nullable("model", String),
    Column("rules", String),  # version of the rules or prompts that made it
    Column("analysed", UtcDateTime),
    Column("inputs", _SHA256),
    Column("rejected", JSON),
    Nullable("judge", JSON(none_as_null=True)),  # of its written sentences, with its rates
    Column(
        "is_open", Boolean, server_default=false()
    ),  # whether it has a question without an answer
    Column(
        "is_weighed", Boolean, server_default=false()
    ),  # whether it was looked through for answers
)

claims = Rows(
    "claims",
    Key("story_id", _ID, ForeignKey("analyses.story_id")),
    Key("section", String),
    Key("position", Integer),
    Column("text", Text),
    Column("kind", String),
    Column("detail", JSON),  # what a section adds to a claim: role, day, precision, …
)

citations = Rows(
    "citations",
    Key("story_id", _ID),
    Key("section", String),
    Key("position", Integer),
    Key("number", Integer),
    Column("article_id", _ID),
    Column("version", Integer),
    Column("n", Integer),
    Column("quote", Text),
    ForeignKeyConstraint(
        ["story_id", "section", "position"],
        ["claims.story_id", "claims.section", "claims.position"],
    ),
    _to_passage(),
    Index(None, "article_id"),
)

story_facts = Rows(
    "story_facts",
    Key("story_id", _ID, ForeignKey("analyses.story_id")),
    Key("number", Integer),
    Column("kind", String),
    Column("text", Text),
    Nullable("day", Date),
    Nullable("precision", String),
    Column("detail", JSON),  # what a kind has besides: product, attribute, value
)

fact_citations = Rows(
    "fact_citations",
    Key("story_id", _ID),
    Key("fact", Integer),
    Key("number", Integer),
    Column("article_id", _ID),
    Column("version", Integer),
    Column("n", Integer),
    Column("quote", Text),
    ForeignKeyConstraint(["story_id", "fact"], ["story_facts.story_id", "story_facts.number"]),
    _to_passage(),
    Index(None, "article_id"),
)

# The form in which a model writes pages, by the digest of its build.
writing_forms = Rows(
    "writing_forms",
    Key("digest", String),
    Column("form", String),
    Column("decided", UtcDateTime),
)

# The stories that a model wrote on a day, or was about to: how much of the day's places is taken.
daily_places = Rows(
    "daily_places",
    Key("day", Date),  # in site.timezone
    Key("story_id", _ID),
    Column("depth", String),
)

# What writing and judging cost in earlier runs, the newest counting half, by the model's digest.
model_speeds = Rows(
    "model_speeds",
    Key("digest", String),
    Column("prompt_tokens", Float),
    Column("completion_tokens", Float),
    Column("judge_tokens", Float),
    Column("seconds", Float),
    Column("measured", UtcDateTime),
)

answers = Rows(
    "answers",
    Key("key", _SHA256),  # SHA-256 of all that went in: model, options, prompt, schema
    Column("section", String),
    Column("text", Text),
    Column("finish", String),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    Column("answered", UtcDateTime),
)

# The result of trying a model out; without a flaw it is used.
canaries = Rows(
    "canaries",
    Key("question", String),
    Key("digest", String),
    Key("version", String),  # of the server
    Column("flaw", Text),
    Column("tried", UtcDateTime),
)

verdicts = Rows(
    "verdicts",
    Key("key", _SHA256),  # SHA-256 of model, question, premise, statement
    Column("model", String),
    Column("probability", Float),
    Column("judged", UtcDateTime),
)

calibrations = Rows(
    "calibrations",
    Key("digest", String),  # of the judge's model
    Key("prompts", String(8)),  # digest of the question
    Key("labelled", String(16)),  # digest of the set
    Column("model", String),
    Column("made", UtcDateTime),
    Column("outcomes", JSON),  # story, truth and score of each claim, by half
)

evaluations = Rows(
    "evaluations",
    Key("digest", String),  # of the model that wrote, or the rules
    Key("prompts", String),
    Key("judge", String),  # the model that judged; empty: none
    Key("cases", String(16)),  # digest of the stories
    Column("made", UtcDateTime),
    Column("score", JSON),
)

pages = Rows(
    "pages",
    Key("path", Text),
    Column("digest", _SHA256),
    Column("inputs", _SHA256),
    Column("bytes", Integer),
    Column(
        "owner", String, server_default=""
    ),  # the story or list whose file it is, such as week/2026-W47
    Index(None, "owner"),
)

# What is made of each published story before its page: what lists show, and what other stories
# need to know of it. Derived from the tables above and made again where it is missing; `own` is the
# digest of what it was made from.
lines = Rows(
    "lines",
    Key("story_id", _ID),
    Column("own", _SHA256),
    Column("page", _SHA256),  # digest of all that the page was last written from; empty: never
    Column("digest", _SHA256),  # of `line`
    Column("line", Text),
    Column("outline", Text),
    Column("document", Text),  # what the search knows of it
    Column("path", Text),
    Column("week", String(8)),
    Column("lane", String),
    Column("published", UtcDateTime),
    Column("changed", UtcDateTime),
    Column("score", Float),
    Column("pinned", Boolean),
    Column("read", Boolean),  # whether it has a hook
    Column("origins", Integer),
    Column("counts", Text),  # of its claims by kind, and of those turned away by reason
    Column("errata", Text, server_default="[]"),  # its newest corrections
    Nullable("corrected", UtcDateTime),  # when the newest was made
    Index(None, "corrected"),
    Index(None, "published"),
    Index(None, "score"),
)

# In which lists a story stands.
listings = Rows(
    "listings",
    Key("kind", String),
    Key("key", String),
    Key("story_id", _ID),
    Index(None, "story_id"),
)

# The lists as last written. `due`: a story in it, or what a story leads to, may have changed since;
# `extras`: digest of what it shows apart from its stories.
lists = Rows(
    "lists",
    Key("kind", String),
    Key("key", String),
    Column("due", Boolean),
    Column("extras", _SHA256),
    Column("shown", _SHA256),  # digest of its stories and of what they lead to
    Column("summary", Text),  # what other lists show of it
)

# The feeds as the WebSub hub was last notified of them.
announced = Rows(
    "announced",
    Key("path", Text),
    Column("digest", _SHA256),
)

publications = Rows(
    "publications",
    Key("output", Text),
    Column("fingerprint", _SHA256),  # of all that the site in that folder was made from
)

robots = Rows(
    "robots",
    Key("origin", Text),
    Column("fetched", UtcDateTime),
    Column("status", Integer),
    Column("body", Text),
    Nullable("etag", Text),
    Nullable("last_modified", Text),
    Column("tdm", Text, server_default=""),
    Nullable("tdm_fetched", UtcDateTime),
    Nullable("tdm_etag", Text),
    Nullable("tdm_last_modified", Text),
)

runs = Rows(
    "runs",
    Key("id", String),
    Column("started", UtcDateTime),
    Nullable("report", JSON),  # null while it runs, or if it died
    Column("kind", String, server_default="refresh"),
)

# What the operator was written about: once when it began, once when it was over.
alerts = Rows(
    "alerts",
    Key("key", String),
    Key("since", UtcDateTime),
    Nullable("ended", UtcDateTime),
    Column("what", Text),
)

# What each receiver was notified of, and what became of it; see `publishing.notifications`.
notifications = Rows(
    "notifications",
    Key("key", String),
    Key("receiver", String),
    Column("kind", String),
    Column("state", String),
    Column("message", String),  # id of the message that carries it
    Column("story_id", _ID),  # empty: not about a story
    Column("begun", UtcDateTime),
    Column("changed", UtcDateTime),
    Column("reason", Text),
    Index(None, "story_id"),
)

# What workers on several machines have to do of a refresh; gone once it is over.
portions = Rows(
    "portions",
    Key("run", String),
    Key("step", String),
    Key("key", String),
    Column("items", JSON),
    Column("done", Boolean),
    Nullable("told", JSON),  # its counts and failures, once it is done
)

editions = Rows(
    "editions",
    Key("period", String(10)),  # an ISO week or a day
    Column("kind", String(4)),  # week | day
    Column("number", Integer),
    Column("published", UtcDateTime),
    Column("record", Text),  # canonical JSON of the edition; never rewritten
    Column("digest", _SHA256),  # of the record
    Column("dispatch", String),  # new | held | approved
    UniqueConstraint("kind", "number"),
)

corrections = Rows(
    "corrections",
    Key("period", String(10), ForeignKey("editions.period")),
    Key("n", Integer),
    Column("at", UtcDateTime),
    Column("text", Text),
)

subscribers = Rows(
    "subscribers",
    Key("id", _ID),
    Column("address", Text),
    Column("address_key", _SHA256, unique=True),  # HMAC of the comparable form
    Column("standing", String),
    Column("roles", JSON),
    Column("sections", JSON, server_default="[]"),
    Column("topics", JSON),
    Column("periods", JSON, server_default='["week"]'),
    Column("follows", JSON, server_default="[]"),  # pairs of path and name
    Column("generation", Integer),
    Column("created", UtcDateTime),
    Column("consent", JSON),
    Column("bounce_score", Float),
    Nullable("bounced", UtcDateTime),  # the last bounce that counted
    Index(None, "standing"),
)

# Sign-ups from the form that have not been processed yet; only the newest of each address.
wishes = Rows(
    "wishes",
    Key("address_key", _SHA256),
    Column("address", Text),
    Column("roles", JSON),
    Column("sections", JSON, server_default="[]"),
    Column("topics", JSON),
    Column("periods", JSON, server_default='["week"]'),
    Column("asked", UtcDateTime),
    Column("consent", JSON),
)

suppressions = Rows(
    "suppressions",
    Key("address_key", _SHA256),  # HMAC: what was erased stays unknown, and stays suppressed
    Column("reason", String),
    Column("since", UtcDateTime),
)

confirmations = Rows(
    "confirmations",
    Key("token_hash", _SHA256),  # SHA-256 of a random token of 256 bits
    Column("subscriber_id", _ID, ForeignKey("subscribers.id")),
    Column("expires", UtcDateTime),
    Nullable("mailbox_key", _SHA256),  # HMAC of the mailbox that several addresses may lead to
    Index(None, "subscriber_id"),
    Index(None, "mailbox_key"),
)

deliveries = Rows(
    "deliveries",
    Key("period", String(10), ForeignKey("editions.period")),
    Key("subscriber_id", _ID),  # no foreign key: it outlives an erased subscriber
    Column("state", String),
    Column("message_id", Text),
    Column("tries", Integer),
    Nullable("next_try", UtcDateTime),
    Column("attempt", String),
    Column("reply", Text),
    Column("changed", UtcDateTime),
    Index(None, "period", "state"),
)
