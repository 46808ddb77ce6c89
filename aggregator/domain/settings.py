"""The settings of a run, one frozen record a table of config.toml. How they are read and checked:
`aggregator.config.configuration`.

Field names are the keys of config.toml; `metadata["help"]` is the sentence that the reference
prints, `metadata["rare"]` whether hardly anyone changes it: those are last in their table, here as
in the file, and `config show` leaves them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from aggregator.domain.frozen import config_table
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.source import Source
from aggregator.domain.web.address import hide
from aggregator.domain.wording import N_

# pages say it in their language
TITLE = "AI news, checked"
DESCRIPTION = N_("What happened in AI, every sentence with its source.")


def _setting(default: Any, help: str, *, rare: bool = False) -> Any:
    return field(default=default, metadata={"help": help, "rare": rare})


_rare = partial(_setting, rare=True)


class SourcesFrom(StrEnum):
    """Which sources are read besides those of the operator's own files."""

    NONE = "none"
    PACKAGE = "package"


class EngineChoice(StrEnum):
    """What writes claims. `auto` takes Ollama where it answers and has the model, else the
    extractive engine.
    """

    AUTO = "auto"
    OLLAMA = "ollama"
    OPENAI = "openai"
    EXTRACTIVE = "extractive"


class EmbeddingEngine(StrEnum):
    """What tells, besides their words, that two headlines mean the same."""

    BUILTIN = "builtin"
    LOCAL = "local"
    OLLAMA = "ollama"


class QuietDays(StrEnum):
    """What happens to the email of a day with little news. Its page is published anyway."""

    SKIP = "skip"
    SEND = "send"


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@config_table
class SiteSettings:
    """`[site]`: the published pages."""

    title: str = _setting(TITLE, "name of the site")
    base_url: str = _setting(
        "http://localhost:8080", "public URL of the site folder, without a slash at the end"
    )
    output: str = _setting("site", "folder for the pages, relative to the configuration file")
    language: str = _setting(
        "en", "language of the pages (BCP 47): en or de; CONTRIBUTING.md explains how to add one"
    )
    timezone: str = _setting("UTC", "IANA time zone of dates, weeks and the schedule")
    description: str = _setting(DESCRIPTION, "one line under the title")
    contact: str = _setting("", "email address or page for corrections")
    theme: str = _rare(
        "theme",
        "folder with your own look, relative to the configuration file: `aggregator theme new`",
    )
    hub: str = _rare(
        "",
        "WebSub hub that is notified when a feed changed, such as "
        "https://pubsubhubbub.appspot.com/",
    )
    today: str = _rare(
        "",
        "the day that pages take for today, such as 2026-06-29, for a site that stands still, such"
        " as a sample; empty: the day on the reader's device",
    )
    evaluation: bool = _rare(False, "show the model's `aggregator eval` score on the about page")

    @property
    def story_language(self) -> str:
        """The language of the stories where it is not that of the pages, else empty: sources are
        read in English.
        """
        return "" if self.language.lower().partition("-")[0] == "en" else "en"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of dates, weeks and the schedule."""
        return ZoneInfo(self.timezone)


@config_table
class DatabaseSettings:
    """`[database]`: where articles, stories and history are stored."""

    url: str = _setting(
        "sqlite:///aggregator.db",
        "SQLite file, relative to the configuration file, or"
        " postgresql+psycopg://USER@HOST/NAME (extra `postgres`)",
    )

    def __post_init__(self) -> None:
        hide(self, "url")


@config_table
class FetchSettings:
    """`[fetch]`: how sources are fetched. The defaults are polite."""

    contact_url: str = _setting(
        "", "page about your crawler, sent to servers; empty: site.base_url"
    )
    proxy: str = _setting("", "HTTP proxy; the network guard then sees only the proxy")
    user_agent: str = _rare(
        "ai-news-aggregator", "product name sent to servers and matched against robots.txt"
    )
    concurrency: int = _rare(24, "most requests at the same time")
    per_host: int = _rare(2, "most requests at the same time to one registrable domain")
    per_host_delay_s: float = _rare(1.0, "seconds between two requests to one registrable domain")
    shortest_interval_s: float = _rare(3600.0, "each source is fetched at most this often")
    longest_interval_s: float = _rare(86400.0, "each source is fetched at least this often")
    timeout_s: float = _rare(
        30.0, "seconds until a request times out, including redirects and body"
    )
    max_bytes: int = _rare(10_000_000, "largest body accepted, after decompression")
    respect_robots: bool = _rare(True, "obey robots.txt (RFC 9309) for article pages")
    robots_for_feeds: bool = _rare(
        False, "obey robots.txt for feeds too, although feeds are published to be fetched"
    )
    allow_private_networks: bool | tuple[str, ...] = _rare(
        False, 'true, or a list such as ["127.77.0.0/16"]: allow non-public addresses'
    )
    max_age_days: int = _rare(14, "older entries are recorded but not read")

    def __post_init__(self) -> None:
        hide(self, "proxy")


@config_table
class ClusterSettings:
    """`[cluster]`: when two articles report one event, and what stories are tagged with."""

    lookback_days: int = _rare(
        10, "an article joins a story whose newest article is at most this much older"
    )
    overrides: str = _rare(
        "overrides.toml",
        "your corrections to stories: pin, merge, split, rename, drop, annotate; optional",
    )
    judge_questions: int = _rare(
        0, "borderline pairs of stories to ask the judge about per run; 0: none"
    )
    registry: str = _rare(
        "registry.toml",
        "your own topics, companies, models …, added to the built-in ones; optional",
    )


@config_table
class EmbeddingSettings:
    """`[embedding]`: what turns headlines into vectors, so that storylines can join headlines that
    share no word.
    """

    engine: EmbeddingEngine = _rare(
        EmbeddingEngine.BUILTIN,
        "builtin (words only), local (the extra `embed`) or ollama (at analysis.ollama.host)",
    )
    model: str = _rare("nomic-embed-text", "name of Ollama's embedding model; `local` has its own")


@config_table
class OllamaSettings:
    """`[analysis.ollama]`: a model behind Ollama's own API."""

    name: ClassVar[str] = "ollama"

    host: str | tuple[str, ...] = _setting(
        "http://127.0.0.1:11434", "address of the server, or a list of them"
    )
    model: str = _setting("qwen3:4b-instruct", "name of the model, as `ollama list` shows it")
    num_ctx: int = _rare(8192, "context size in tokens to request")
    keep_alive: str = _rare("10m", "how long the server keeps the model in memory after a call")
    timeout_s: float = _rare(180.0, "seconds until a call times out")
    concurrency: int = _rare(1, "calls at the same time to one host")

    def __post_init__(self) -> None:
        hide(self, "host")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The addresses of the servers."""
        return self.host if isinstance(self.host, tuple) else (self.host,)


@config_table
class OpenAiSettings:
    """`[analysis.openai]`: a model behind any server that speaks OpenAI's chat API (llama.cpp,
    vLLM, LM Studio).
    """

    name: ClassVar[str] = "openai"

    base_url: str = _setting("http://127.0.0.1:8080/v1", "URL of the API, including its version")
    model: str = _setting("default", "name of the model, as the server lists it")
    context: int = _setting(8192, "context size in tokens that the server was started with")
    timeout_s: float = _rare(180.0, "seconds until a call times out")
    concurrency: int = _rare(1, "calls at the same time")

    def __post_init__(self) -> None:
        hide(self, "base_url")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The address of the server."""
        return (self.base_url,)


@config_table
class JudgeSettings:
    """`[analysis.judge]`: what judges a model's sentences before they are printed. It runs on the
    server of `[analysis.ollama]` or `[analysis.openai]`.
    """

    model: str = _setting(
        "auto",
        "auto (a fact-checking model if one is installed, else the model that writes), a"
        " model's name, or empty for no judge (rules then write)",
    )
    prior: float = _rare(
        0.0,
        "share of the writer's drafts that is taken to be false when the threshold is chosen, up to"
        " 0.5; 0: from `aggregator model audit`, else 0.07 of statements and 0.1 of inferences",
    )
    threshold: float = _rare(
        0.0,
        "lowest probability to print a sentence, 0 to 1; 0: the one found by `aggregator"
        " model calibrate`",
    )


@config_table
class AnalysisSettings:
    """`[analysis]`: what writes the claims, and how much it may write."""

    engine: EngineChoice = _setting(
        EngineChoice.AUTO,
        "auto (Ollama if it answers, else extractive), ollama, openai or extractive",
    )
    in_depth: int = _setting(12, "stories a day that a model writes in depth, by importance")
    in_brief: int = _setting(
        30, "further stories a day for which a model writes only hook and what changed"
    )
    time_budget_s: float = _setting(
        3600.0, "seconds a run may spend on the model; the rest waits for the next run; 0: no limit"
    )
    quote_words: int = _rare(25, "most words quoted from one passage")
    hook_words: int = _rare(45, "most words of the sentence that opens a page")
    quote_share: float = _rare(0.15, "largest share of one article shown on a page")
    quote_least: int = _rare(
        100, "words that may always be shown, however short the article: four quotations"
    )
    quote_context: int = _rare(40, "most words shown around a quotation in its opened citation")
    quote_opened: float = _rare(
        0.15,
        "largest share of one article that opens with citations besides, at least 200 words where"
        " half of the article has them",
    )
    language: str = _rare(
        "en", "articles in this language are analysed; others are only counted and linked"
    )
    ollama: OllamaSettings = field(default_factory=OllamaSettings)
    openai: OpenAiSettings = field(default_factory=OpenAiSettings)
    judge: JudgeSettings = field(default_factory=JudgeSettings)

    @property
    def server(self) -> OllamaSettings | OpenAiSettings:
        """The settings of the server that has the models, where any writes."""
        return self.openai if self.engine is EngineChoice.OPENAI else self.ollama


@config_table
class EditionSettings:
    """`[edition]`: the recap of a week, of a day, or both."""

    period: tuple[PeriodKind, ...] = _setting(
        (PeriodKind.WEEK,), 'what has an edition: ["week"], ["day"] or ["week", "day"]'
    )
    weekday: str = _setting("mon", "day on which `aggregator run` builds last week's edition")
    hour: int = _setting(6, "hour at which it builds editions, in site.timezone")
    stories: int = _rare(24, "most stories in an edition, not counting papers and releases")
    minimum_score: float = _rare(
        0.0, "less important stories are left out; most have 1 to 6 points; 0: keep all"
    )
    quiet_days: QuietDays = _rare(
        QuietDays.SKIP,
        "whether the edition of a day with little news is sent by email: skip or send",
    )


@config_table
class EmailSettings:
    """`[email]`: the weekly email. The password comes from AGGREGATOR_SMTP_PASSWORD, keys from the
    credentials folder.

    `from_` is the key `from`, which Python keeps for itself.
    """

    from_: str = _setting(
        "", 'sender address, such as "AI news <digest@example.org>"; empty: no email'
    )
    postal_address: str = _setting(
        "", "who sends the email and their postal address, printed at its end"
    )
    smtp_host: str = _setting("localhost", "outgoing mail server")
    smtp_port: int = _setting(587, "port of that server")
    smtp_security: SmtpSecurity = _setting(
        SmtpSecurity.STARTTLS, "starttls, tls (from the first byte) or none"
    )
    smtp_user: str = _setting("", "user name; empty: no login")
    bounce_address: str = _setting(
        "", "envelope sender, made unique per email (VERP); empty: the sender's"
    )
    dkim_domain: str = _setting("", "signing domain; empty: unsigned")
    dkim_selector: str = _setting("", "selector of the DKIM key")
    approval: bool = _setting(False, "an edition is sent only after `aggregator digest approve`")
    reply_to: str = _rare("", "address for replies; empty: the sender's")
    rate_per_s: float = _rare(5.0, "most emails a second")
    credentials: str = _rare(
        "credentials",
        "folder with the keys (dkim.pem, tokens.key); CREDENTIALS_DIRECTORY overrides it",
    )
    spamassassin: bool = _rare(
        True, "check an edition with SpamAssassin, if installed, before it is sent"
    )


@config_table
class ServeSettings:
    """`[serve]`: the small web app for subscribers."""

    port: int = _setting(8080, "port to listen on")
    public_url: str = _setting("", "public URL for the links in emails; empty: site.base_url")
    trusted_proxies: tuple[str, ...] = _setting(
        (), "addresses or networks whose X-Forwarded-For is trusted"
    )
    host: str = _rare("127.0.0.1", "address to listen on")


@config_table
class ScheduleSettings:
    """`[schedule]`: cron expressions in `site.timezone` for `aggregator run`."""

    refresh: str = _setting("7 * * * *", "when `aggregator run` refreshes")
    digest: str = _setting("", "when `aggregator run` emails the new edition; empty: never")
    edition: str = _rare(
        "",
        "when `aggregator run` builds editions; empty: at edition.hour, weekly on edition.weekday",
    )
    backup: str = _rare("30 3 * * *", "when `aggregator run` backs up the database; empty: never")
    retention: str = _rare(
        "45 3 * * *", "when `aggregator run` deletes data older than [retention]; empty: never"
    )


@config_table
class RetentionSettings:
    """`[retention]`: how long data is kept. Stories, their claims and quotes, and editions are kept
    for ever.
    """

    folder: str = _setting("backups", "folder for backups; preferably on another disk")
    texts_days: int = _rare(
        400, "days after a story's last update until uncited text is deleted; 0: never"
    )
    answers_days: int = _rare(90, "days to keep a model's answers; 0: for ever")
    deliveries_days: int = _rare(
        400, "days to keep records of who was sent an edition; 0: for ever"
    )
    runs_days: int = _rare(180, "days to keep the run history; 0: for ever")
    backups: int = _rare(7, "number of backups to keep")

    def texts_since(self, now: datetime) -> datetime | None:
        """The moment before which texts are deleted: a story without news since is not analysed
        again. None: texts are kept for ever.
        """
        return now - timedelta(days=self.texts_days) if self.texts_days else None


@config_table
class MetricsSettings:
    """`[metrics]`: what monitoring reads, in the format of Prometheus."""

    textfile: str = _setting(
        "", "file for each run's metrics, for Prometheus' node exporter; empty: none"
    )
    endpoint: bool = _setting(
        False, "true: the web app serves /metrics to direct requests from `networks`"
    )
    networks: tuple[str, ...] = _rare(("127.0.0.0/8", "::1/128"), "who may read /metrics")


@config_table
class NotifySettings:
    """`[notify]`: short messages to chats, phones and webhooks, each sent at most once."""

    to: tuple[str, ...] = _setting(
        (),
        "receivers: environment variables that hold an Apprise URL, or such URLs with ${NAME} in"
        " them",
    )
    follow: tuple[str, ...] = _setting(
        (),
        "entity:KEY, topic:KEY or word:WORDS; a new fact about one is sent to these receivers and"
        " to alerts.to",
    )
    edition: bool = _rare(True, "a message to these receivers for each new edition")
    most_a_day: int = _rare(10, "most messages about facts a receiver gets in 24 hours")


@config_table
class AlertSettings:
    """`[alerts]`: who is alerted, and when."""

    to: str = _setting(
        "", "who gets an email when runs fail twice or stop, or sources stop working; empty: nobody"
    )
    silence_hours: float = _rare(
        26.0, "hours without a finished refresh until an alert, and 503 at /healthz"
    )


@config_table
class Settings:
    """The whole of config.toml. Only `cli` and `bootstrap` hold it; stages get their own table."""

    sources_from: SourcesFrom = _setting(
        SourcesFrom.NONE,
        "package: also read the sources that come with the program; none: only those listed here",
    )
    site: SiteSettings = field(default_factory=SiteSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    cluster: ClusterSettings = field(default_factory=ClusterSettings)
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    analysis: AnalysisSettings = field(default_factory=AnalysisSettings)
    edition: EditionSettings = field(default_factory=EditionSettings)
    email: EmailSettings = field(default_factory=EmailSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    plugins: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict,
        metadata={
            "help": "a table [plugins.NAME] for each plugin: enabled = false switches it off;"
            " `aggregator plugins list` names them"
        },
    )
    sources: tuple[Source, ...] = ()
