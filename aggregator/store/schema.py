"""The tables. `migrations/` builds them; a test proves that both agree. Times are UTC
(`UtcDateTime`). A column holds a value unless it is `Nullable`; one that has a default in the
database is written as that.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from itertools import starmap
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
)
from sqlalchemy import Column as Nullable
from sqlalchemy import DateTime as _DateTime
from sqlalchemy.schema import SchemaItem

from aggregator.domain.dates import aware_utc
from aggregator.domain.web.address import Address

REVISION = "0150"  # the newest migration; a test compares it with Alembic's head
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
        """The moment in UTC. Raises ValueError for a naive one: we would have to guess its zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its zone put back."""
        if value is None:
            return None
        return aware_utc(value)


class Rows:
    """A table whose columns are its attributes, such as `articles.story_id`. SQLAlchemy takes it
    wherever it takes the table itself.
    """

    def __init__(self, name: str, /, *parts: SchemaItem, **columns: Any) -> None:
        self.table = Table(name, metadata, *starmap(_named, columns.items()), *parts)

    def __getattr__(self, name: str) -> Nullable[Any]:
        """The column of this name."""
        if name not in self.table.c:
            raise AttributeError(name)
        return self.table.c[name]

    def __clause_element__(self) -> Any:
        """The table, as SQLAlchemy asks for it."""
        return self.table


def _named(name: str, column: Any) -> Nullable[Any]:
    """A column of this name; where its type or its default alone is given, it holds a value."""
    if type(column) in _OF_DEFAULT:
        stored = false() if column is False else str(column)
        return Column(name, _OF_DEFAULT[type(column)], server_default=stored)
    if not isinstance(column, Nullable):
        return Column(name, column)
    column.name = column.key = name
    return column


def unshown(column: Any) -> Nullable[Any]:
    """A column that no page shows: it has no part in the digest of a story, in which all others
    are, so that one which is forgotten here costs time and leaves no page as it was.
    """
    made = _named("", column)
    made.info[UNSHOWN] = True
    return made


UNSHOWN = "unshown"
_OF_DEFAULT = {str: Text, int: Integer, bool: Boolean, list: JSON, dict: JSON}
Column = partial(Nullable[Any], nullable=False)
Key = partial(Nullable[Any], primary_key=True)
_ID, _SHA256 = String(12), String(64)


def _to_passage() -> ForeignKeyConstraint:
    key = ("article_id", "version", "n")
    return ForeignKeyConstraint(key, [f"passages.{name}" for name in key])


source_states = Rows(
    "source_states",
    source_key=Key(String),
    url=AddressText,
    etag=Nullable(Text),
    last_modified=Nullable(Text),
    body_hash=Nullable(_SHA256),
    last_tried=Nullable(UtcDateTime),
    last_ok=Nullable(UtcDateTime),
    due=Nullable(UtcDateTime),
    barred_until=Nullable(UtcDateTime),
    failures=Integer,
    failing_since=Nullable(UtcDateTime),
    reason=Nullable(Text),
    ask_url=Nullable(AddressText),
    moved_to=Nullable(AddressText),
    moved_sightings=0,
    moved_since=Nullable(UtcDateTime),
    gone_sightings=0,
    retired=Nullable(UtcDateTime),
    rhythm_s=Nullable(Integer),
    told_s=Nullable(Integer),
    skip_hours=[],
    skip_days=[],
    reserved="",
    items=Nullable(Integer),
    dated=Nullable(Integer),
    newest=Nullable(UtcDateTime),
    gap_s=Nullable(Integer),
    answered_from="",
    usual_items=Nullable(Integer),
    quarantined=Nullable(UtcDateTime),
    quarantine_reason="",
    left_out=0,
    unreadable=False,
    route_since=Nullable(UtcDateTime),
)

# Addresses that did not work of sources with several.
route_failures = Rows(
    "route_failures",
    source_key=Key(String),
    url=Key(AddressText),
    reason=Text,
    last_tried=UtcDateTime,
    failures=Integer,
    failing_since=UtcDateTime,
    next_try=Nullable(UtcDateTime),
    barred_until=Nullable(UtcDateTime),
    gone_sightings=Integer,
    unreadable=Boolean,
)

# The repairs of pages whose layout changed, as a model proposed them.
listing_repairs = Rows(
    "listing_repairs",
    source_key=Key(String),
    url=Key(AddressText),
    digest=_ID,
    asked=UtcDateTime,
    listing=Nullable(JSON(none_as_null=True)),
    reason=Text,
)

source_days = Rows(
    "source_days",
    source_key=Key(String),
    day=Key(Date),
    asked=Integer,
    read=Integer,
    not_modified=Integer,
    failed=Integer,
    redirected=Integer,
    new=Integer,
    items=Nullable(Integer),
    dated=Nullable(Integer),
    newest=Nullable(UtcDateTime),
    pages=Integer,
    walled=Integer,
)

# Sources whose publisher asked to be left out; see `domain.operation.tombstone`.
forgotten = Rows(
    "forgotten",
    key=Key(String),
    url=AddressText,
    hosts=JSON,  # those of its articles, where they are its publisher's alone
    since=UtcDateTime,
)

# The selector under which a publisher's pages keep their text, learnt from pages read; see
# `extract.page.layouts`.
layouts = Rows(
    "layouts",
    host=Key(String),
    record=JSON,
)

stories = Rows(
    "stories",
    Index(None, "stale"),
    Index(None, "week"),
    Index(None, "storyline"),
    id=Key(_ID),
    slug=String,
    week=String(8),
    published=UtcDateTime,
    updated=UtcDateTime,
    first_seen=UtcDateTime,
    score=Float,  # importance and freshness
    importance=Column(Float, server_default="0"),
    reasons=JSON,  # of the importance: name, points, value, count
    signals={},  # of headlines and ledes
    # digest of the weights that importance is by; none: the story changed since
    ranked=unshown(Nullable(String(16))),
    stale=unshown(Boolean),  # its articles changed since it was analysed
    storyline=Nullable(_ID),  # id of the story that opened the storyline
    affairs=[],  # a mark for each other story of one affair with it, which has the mark too
    merged_into=unshown(Nullable(_ID)),  # where its articles went; its permalink leads there
    topics=[],
    entities=[],
    # digest of the registry that topics and entities are by; none: its articles changed since
    tagged=unshown(Nullable(String(16))),
    operator={},  # what overrides.toml says of it, as last replayed
    removed=unshown(False),  # with its only sources, at their publishers' request
    # its address was published: it redirects where nothing is left to say
    had_page=unshown(False),
)

# The history of each story: what each article added; *Update* marks and editions go by it.
facts = Rows(
    "facts",
    Index(None, "article_id"),
    story_id=Key(_ID, ForeignKey("stories.id")),
    n=Key(Integer),
    article_id=_ID,
    at=UtcDateTime,  # when we learnt of it
    kind=String,
    text=Text,
    passage=String,
    subject=Text,
    replaces=Nullable(Integer),
)

# Predictions of sources or a model, by the article that each rests on first, which the
# scorecard shows. It outlives analyses and texts, so its quotes are its own.
predictions = Rows(
    "predictions",
    Index(None, "article_id"),
    id=Key(_ID),
    article_id=_ID,
    noted=UtcDateTime,
    text=Text,
    kind=String,
    basis=JSON,  # passage and quote of each citation
    horizon=Date,
    likelihood=String,
    sign=Text,
    due=Boolean,  # whether its day was over at the last run
    outcome=Nullable(String),  # null until it is decided
    decided=Nullable(UtcDateTime),
    passage=Nullable(String),  # that decided, with the quote; null where an address or nothing did
    quote=Nullable(Text),
    url=Text,
    note=Text,
)

articles = Rows(
    "articles",
    Index(None, "story_id"),
    Index(None, "placed_in"),
    # of the few that overrides moved, whose story is not where they were placed: the migration has
    # the condition, which would import both dialects here
    Index("ix_articles_moved", "id"),
    Index(None, "published"),
    Index(None, "page_due"),
    Index(None, "source_key"),
    id=Key(_ID),
    source_key=String,
    url=Text,
    canonical_url=Text,
    version=Integer,
    title=Text,
    byline=Text,
    published=UtcDateTime,
    published_origin=String,
    language=Nullable(String),
    first_seen=UtcDateTime,
    read=String,
    shortfall=Nullable(Text),
    page_due=unshown(Nullable(UtcDateTime)),  # when the page may be asked again; null: it is not
    page_failures=unshown(Integer),
    page_read=unshown(Nullable(UtcDateTime)),  # when the page was last read
    image_url=Nullable(Text),
    is_walled=False,
    reserved="",
    backlog=unshown(False),
    is_issue=unshown(Nullable(Boolean)),  # of a newsletter; null: nobody looked yet
    is_linked=unshown(Nullable(Boolean)),  # only from an issue; null: as false
    is_labelled=Nullable(Boolean),  # its title is a label of ours; null: as false
    story_id=unshown(Nullable(_ID, ForeignKey("stories.id"))),
    # where clustering put it; story_id differs where an override moved it or took it out
    placed_in=unshown(Nullable(_ID)),
    placed_because=unshown(""),
    placed_similarity=unshown(Column(Float, server_default="0")),
    copy_of=Nullable(_ID),
    words=0,  # of its text, the headline not counted
)

# What the issues of newsletters list. An item votes for the story of the article that it links to,
# or whose words it shares.
newsletter_items = Rows(
    "newsletter_items",
    Index(None, "article_id"),
    Index(None, "is_matched"),
    issue_id=Key(_ID, ForeignKey("articles.id")),
    position=Key(Integer),
    title=Text,
    text=Text,
    links=JSON,
    is_lead=Boolean,
    is_matched=Boolean,  # whether its article was looked for
    article_id=Nullable(_ID),
    by_link=Boolean,
    similarity=Float,
)

# What articles state of products and companies, by the version that was read last; see
# `domain.fact`.
attributes = Rows(
    "attributes",
    _to_passage(),
    Index(None, "subject"),
    article_id=Key(_ID, ForeignKey("articles.id")),
    number=Key(Integer),
    subject=String,
    name=Text,
    kind=String,
    attribute=String,
    qualifier=String,
    value=Text,
    text=Text,
    as_of=Date,
    version=Integer,
    n=Integer,
    quote=Text,
)

# As what each article was read for attributes: where any of it changed, it is read again.
noted = Rows(
    "noted",
    article_id=Key(_ID, ForeignKey("articles.id")),
    version=Integer,
    published=UtcDateTime,
    story_id=_ID,
    copy_of=Nullable(_ID),
    rules=Text,
)

# The sections that attributes make of a story, and whom they look at: `domain.insight` as JSON.
insights = Rows(
    "insights",
    story_id=Key(_ID, ForeignKey("stories.id")),
    record=Text,
)
insight_subjects = Rows(
    "insight_subjects",
    Index(None, "subject"),
    story_id=Key(_ID, ForeignKey("stories.id")),
    subject=Key(String),
)

entries = Rows(
    "entries",
    UniqueConstraint("source_key", "guid"),
    Index(None, "state"),
    Index(
        None, "article_id", "state"
    ),  # one for both: SQLite would look a pending one up among all that are pending
    id=Key(Integer),
    source_key=String,
    guid=Text,
    url=Text,
    article_id=_ID,
    title=Text,
    authors=JSON,
    published=Nullable(UtcDateTime),
    published_origin=Nullable(String),
    updated=Nullable(UtcDateTime),
    summary=Text,
    content=Text,
    tags=JSON,
    language=Nullable(String),
    votes=0,
    first_seen=UtcDateTime,
    digest=_SHA256,
    state=String,
    backlog=False,
    issue_id=Nullable(_ID),  # that links to it; null: as empty
)

versions = Rows(
    "versions",
    article_id=Key(_ID, ForeignKey("articles.id")),
    version=Key(Integer),
    digest=_SHA256,
    extracted=UtcDateTime,
    read=String,
)

passages = Rows(
    "passages",
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.version"]),
    article_id=Key(_ID),
    version=Key(Integer),
    n=Key(Integer),
    text=Text,
    verdicts="",  # a letter for each sentence (`domain.article.Verdict`); empty: not admitted yet
)

# What clustering reads of a placed article instead of its text: its beginning, `cluster.sketch` of
# the whole, and the features of title and beginning (`ClusterItem.terms`).
sketches = Rows(
    "sketches",
    article_id=Key(_ID),
    version=Integer,
    lead=Text,
    shingles=LargeBinary,
    terms=LargeBinary,
)

# Embeddings of headlines (`ports.Vector`), by the model that made them and the digest of the text.
vectors = Rows(
    "vectors",
    article_id=Key(_ID),
    model=String,
    digest=_ID,
    vector=LargeBinary,
)

judgements = Rows(
    "judgements",
    one=Key(_ID),  # the smaller id of the two articles
    other=Key(_ID),
    shown=String(25),  # digests of what was shown of each
    same=Boolean,
    model=String,
    prompts=String(8),
    asked=UtcDateTime,
)

analyses = Rows(
    "analyses",
    story_id=unshown(Key(_ID, ForeignKey("stories.id"))),
    engine=String,
    model=Nullable(String),
    rules=String,  # version of the rules or prompts that made it
    analysed=UtcDateTime,
    inputs=_SHA256,
    rejected=JSON,
    judge=Nullable(JSON(none_as_null=True)),  # of its written sentences, with its rates
)

claims = Rows(
    "claims",
    story_id=Key(_ID, ForeignKey("analyses.story_id")),
    section=Key(String),
    position=Key(Integer),
    text=Text,
    kind=String,
    detail=JSON,  # what a section adds to a claim: role, day, precision, …
)

citations = Rows(
    "citations",
    ForeignKeyConstraint(
        ["story_id", "section", "position"],
        ["claims.story_id", "claims.section", "claims.position"],
    ),
    _to_passage(),
    Index(None, "article_id"),
    story_id=Key(_ID),
    section=Key(String),
    position=Key(Integer),
    number=Key(Integer),
    article_id=_ID,
    version=Integer,
    n=Integer,
    quote=Text,
)

story_facts = Rows(
    "story_facts",
    story_id=Key(_ID, ForeignKey("analyses.story_id")),
    number=Key(Integer),
    kind=String,
    text=Text,
    day=Nullable(Date),
    precision=Nullable(String),
    detail=JSON,  # what a kind has besides: product, attribute, value
)

fact_citations = Rows(
    "fact_citations",
    ForeignKeyConstraint(["story_id", "fact"], ["story_facts.story_id", "story_facts.number"]),
    _to_passage(),
    Index(None, "article_id"),
    story_id=Key(_ID),
    fact=Key(Integer),
    number=Key(Integer),
    article_id=_ID,
    version=Integer,
    n=Integer,
    quote=Text,
)

# The form in which a model writes pages, by the digest of its build.
writing_forms = Rows(
    "writing_forms",
    digest=Key(String),
    form=String,
    decided=UtcDateTime,
)

# The stories that a model wrote on a day, or was about to: how much of the day's places is taken.
daily_places = Rows(
    "daily_places",
    day=Key(Date),  # in site.timezone
    story_id=Key(_ID),
    depth=String,
)

# What writing and judging cost in earlier runs, the newest counting half, by the model's digest.
model_speeds = Rows(
    "model_speeds",
    digest=Key(String),
    prompt_tokens=Float,
    completion_tokens=Float,
    judge_tokens=Float,
    seconds=Float,
    measured=UtcDateTime,
)

answers = Rows(
    "answers",
    key=Key(_SHA256),  # SHA-256 of all that went in: model, options, prompt, schema
    section=String,
    text=Text,
    finish=String,
    prompt_tokens=Integer,
    completion_tokens=Integer,
    answered=UtcDateTime,
)

# The result of trying a model out; without a flaw it is used.
canaries = Rows(
    "canaries",
    question=Key(String),
    digest=Key(String),
    version=Key(String),  # of the server
    flaw=Text,
    tried=UtcDateTime,
)

verdicts = Rows(
    "verdicts",
    key=Key(_SHA256),  # SHA-256 of model, question, premise, statement
    model=String,
    probability=Float,
    judged=UtcDateTime,
)

# What models wrote, as it came to the judge.
drafts = Rows(
    "drafts",
    Index(None, "writer"),
    Index(None, "story_id"),
    key=Key(_SHA256),  # SHA-256 of writer, story, kind and text
    writer=String,  # digest of the model, and of how it is asked
    model=String,
    story_id=_ID,
    text=Text,
    cited=JSON,  # keys of passages
    is_inferred=Boolean,
    judge=String,  # its digest, and that of the question
    score=Nullable(Float),
    written=UtcDateTime,
    is_true=Nullable(Boolean),  # as a person found who checked it
)

calibrations = Rows(
    "calibrations",
    digest=Key(String),  # of the judge's model
    prompts=Key(String(8)),  # digest of the question
    labelled=Key(String(16)),  # digest of the set
    model=String,
    made=UtcDateTime,
    outcomes=JSON,  # story, truth and score of each claim
    left=Integer,  # claims that may still be asked, 0 where it is over
    pace=Integer,  # claims that the last run asked
    further=JSON,  # the same of true claims that were asked afterwards
    is_whole=Boolean,  # whether these were all asked
)

evaluations = Rows(
    "evaluations",
    digest=Key(String),  # of the model that wrote, or the rules
    prompts=Key(String),
    judge=Key(String),  # the model that judged; empty: none
    cases=Key(String(16)),  # digest of the stories
    made=UtcDateTime,
    score=JSON,
)

pages = Rows(
    "pages",
    Index(None, "owner"),
    path=Key(Text),
    digest=_SHA256,
    inputs=_SHA256,
    bytes=Integer,
    owner=Column(
        String, server_default=""
    ),  # the story or list whose file it is, such as week/2026-W47
)

# The page of each folder that was ever published, by the path of its file: it answers for ever.
addresses = Rows("addresses", path=Key(Text))

# What is made of each published story before its page: what lists show, and what other stories
# need to know of it. Derived from the tables above and made again where it is missing; `own` is the
# digest of what it was made from.
lines = Rows(
    "lines",
    Index(None, "corrected"),
    Index(None, "published"),
    Index(None, "score"),
    story_id=Key(_ID),
    own=_SHA256,
    line=Text,
    outline=Text,
    document=Text,  # what the search knows of it
    path=Text,
    week=String(8),
    lane=String,
    published=UtcDateTime,
    changed=UtcDateTime,
    score=Float,
    pinned=Boolean,
    read=Boolean,  # whether it has a hook
    origins=Integer,
    counts=Text,  # of its claims by kind, and of the rejected ones by reason
    errata=Column(Text, server_default="[]"),  # its newest corrections
    corrected=Nullable(UtcDateTime),  # when the newest was made
)

# In which lists a story stands.
listings = Rows(
    "listings",
    Index(None, "story_id"),
    kind=Key(String),
    key=Key(String),
    story_id=Key(_ID),
)

# The stories and lists whose files are published, as last written.
owners = Rows(
    "owners",
    owner=Key(String),  # as in `pages`
    digest=_SHA256,  # of all that its files were last made from
    summary=Text,  # what other lists show of it
)

# The feeds as the WebSub hub was last notified of them.
announced = Rows(
    "announced",
    path=Key(Text),
    digest=_SHA256,
)

publications = Rows(
    "publications",
    output=Key(Text),
    fingerprint=_SHA256,  # of all that the site in that folder was made from
)

robots = Rows(
    "robots",
    origin=Key(Text),
    fetched=UtcDateTime,
    status=Integer,
    body=Text,
    etag=Nullable(Text),
    last_modified=Nullable(Text),
    tdm="",
    tdm_fetched=Nullable(UtcDateTime),
    tdm_etag=Nullable(Text),
    tdm_last_modified=Nullable(Text),
)

runs = Rows(
    "runs",
    id=Key(String),
    started=UtcDateTime,
    report=Nullable(JSON),  # null while it runs, or if it died
    kind=Column(String, server_default="refresh"),
)

# What the operator was written about: once when it began, once when it was over.
alerts = Rows(
    "alerts",
    key=Key(String),
    since=Key(UtcDateTime),
    ended=Nullable(UtcDateTime),
    what=Text,
)

# What each receiver was notified of, and what became of it; see `publishing.notifications`.
notifications = Rows(
    "notifications",
    Index(None, "story_id"),
    key=Key(String),
    receiver=Key(String),
    kind=String,
    state=String,
    message=String,  # id of the message that carries it
    story_id=_ID,  # empty: not about a story
    begun=UtcDateTime,
    changed=UtcDateTime,
    reason=Text,
)

# What workers on several machines have to do of a refresh; gone once it is over.
portions = Rows(
    "portions",
    run=Key(String),
    step=Key(String),
    key=Key(String),
    items=JSON,
    done=Boolean,
    told=Nullable(JSON),  # its counts and failures, once it is done
)

editions = Rows(
    "editions",
    UniqueConstraint("kind", "number"),
    period=Key(String(10)),  # an ISO week or a day
    kind=String(4),  # week | day
    number=Integer,
    published=UtcDateTime,
    record=Text,  # canonical JSON of the edition; never rewritten
    digest=_SHA256,  # of the record
    dispatch=String,  # new | held | approved
)

corrections = Rows(
    "corrections",
    period=Key(String(10), ForeignKey("editions.period")),
    n=Key(Integer),
    at=UtcDateTime,
    text=Text,
)

subscribers = Rows(
    "subscribers",
    Index(None, "standing"),
    id=Key(_ID),
    address=Text,
    address_key=Column(_SHA256, unique=True),  # HMAC of the comparable form
    standing=String,
    roles=JSON,
    sections=[],
    topics=JSON,
    periods=Column(JSON, server_default='["week"]'),
    follows=[],  # pairs of path and name
    generation=Integer,
    created=UtcDateTime,
    consent=JSON,
    bounce_score=Float,
    bounced=Nullable(UtcDateTime),  # the last bounce that counted
)

# Sign-ups from the form that have not been processed yet; only the newest of each address.
wishes = Rows(
    "wishes",
    address_key=Key(_SHA256),
    address=Text,
    roles=JSON,
    sections=[],
    topics=JSON,
    periods=Column(JSON, server_default='["week"]'),
    asked=UtcDateTime,
    consent=JSON,
)

suppressions = Rows(
    "suppressions",
    address_key=Key(_SHA256),  # HMAC: what was erased stays unknown, and stays suppressed
    reason=String,
    since=UtcDateTime,
)

confirmations = Rows(
    "confirmations",
    Index(None, "subscriber_id"),
    Index(None, "mailbox_key"),
    token_hash=Key(_SHA256),  # SHA-256 of a random token of 256 bits
    subscriber_id=Column(_ID, ForeignKey("subscribers.id")),
    expires=UtcDateTime,
    mailbox_key=Nullable(_SHA256),  # HMAC of the mailbox that several addresses may lead to
)

deliveries = Rows(
    "deliveries",
    Index(None, "period", "state"),
    period=Key(String(10), ForeignKey("editions.period")),
    subscriber_id=Key(_ID),  # no foreign key: it outlives an erased subscriber
    state=String,
    message_id=Text,
    tries=Integer,
    next_try=Nullable(UtcDateTime),
    attempt=String,
    reply=Text,
    changed=UtcDateTime,
)

plugin_values = Rows(
    "plugin_values",
    plugin=Key(String(64)),
    key=Key(String(200)),
    value=JSON,
)

# Catalogues of models: the last reading of each, its records, and what they state or stated.
catalogue_readings = Rows(
    "catalogue_readings",
    source_key=Key(String),
    at=UtcDateTime,
    records=Integer,
    counts=JSON,
    held=JSON,  # by reason
    suspicion=Text,
    suspected=Nullable(JSON),  # of a reading in quarantine: since when, and what it has
)

catalogue_records = Rows(
    "catalogue_records",
    source_key=Key(String),
    record=Key(Text),
    provider=Text,
    name=Text,
    subject=Text,
    page=Text,
    digest=_SHA256,
    since=UtcDateTime,
    is_base=Boolean,
    is_known=Boolean,
    unlisted=Nullable(UtcDateTime),
)

catalogue_values = Rows(
    "catalogue_values",
    source_key=Key(String),
    record=Key(Text),
    kind=Key(String(16)),
    since=Key(UtcDateTime),
    value=Text,
    text=Text,
    is_base=Boolean,
    confirmed=Nullable(UtcDateTime),
    until=Nullable(UtcDateTime),
    ending=Text,
)
