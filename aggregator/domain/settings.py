"""The settings of a run, one frozen record a table of config.toml. How they are read and checked: `aggregator.config`.

Field names are the keys of config.toml; `metadata["help"]` is the sentence that the README's table and
`config show` print. A table that is not here yet belongs to a part that is not built yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from aggregator.domain.source import Source

STRICT: dict[str, Any] = {"extra": "forbid"}  # pydantic's ConfigDict as plain data: unknown keys are errors


def _setting(default: Any, help: str) -> Any:
    return field(default=default, metadata={"help": help})


class EngineChoice(StrEnum):
    """What writes claims. `auto` takes Ollama where it answers and has the model, else the extractive engine."""

    AUTO = "auto"
    OLLAMA = "ollama"
    OPENAI = "openai"
    EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """`[site]`: the published pages."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    title: str = _setting("AI news, checked", "name of the site")
    base_url: str = _setting("http://localhost:8000", "address the site folder is served at, without a slash at the end")
    output: str = _setting("site", "folder the pages are written to, relative to the file")
    language: str = _setting("en", "language of the pages (BCP 47)")
    timezone: str = _setting("UTC", "IANA zone for dates, weeks and the schedule")
    description: str = _setting("What happened in AI, every sentence with its source.", "one line under the title")
    contact: str = _setting("", "address for corrections, an e-mail or a page")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """`[database]`: the memory between runs."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    url: str = _setting("sqlite:///aggregator.db", "SQLAlchemy address; a relative SQLite path is relative to the file")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """`[fetch]`: how we ask. Defaults are polite; a publisher's own wishes always win."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    user_agent: str = _setting("ai-news-aggregator", "product name sent to servers and matched against robots.txt")
    contact_url: str = _setting("", "page about your crawler, sent with the name; empty: site.base_url")
    concurrency: int = _setting(24, "requests under way at once")
    per_host: int = _setting(2, "requests under way at once to one host")
    per_host_delay_s: float = _setting(1.0, "seconds between two requests to one host")
    timeout_s: float = _setting(30.0, "seconds until a request is given up, redirects and body included")
    max_bytes: int = _setting(10_000_000, "largest body taken, after decompression")
    respect_robots: bool = _setting(True, "obey robots.txt (RFC 9309) for article pages")
    allow_private_networks: bool | tuple[str, ...] = _setting(
        False, 'true, or a list such as ["127.77.0.0/16"], lets addresses that are not public through'
    )
    max_age_days: int = _setting(14, "entries older than this are remembered, not read")
    proxy: str = _setting("", "HTTP proxy; the network guard then sees the proxy only")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings:
    """`[cluster]`: when two articles report one event."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    lookback_days: int = _setting(10, "an article joins a story whose newest article is at most this much older")


@dataclass(frozen=True, slots=True, kw_only=True)
class OllamaSettings:
    """`[analysis.ollama]`: a model behind Ollama's own API."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    host: str | tuple[str, ...] = _setting("http://127.0.0.1:11434", "address of the server, or a list of them")
    model: str = _setting("qwen3:4b", "name of the model, as `ollama list` shows it")
    num_ctx: int = _setting(8192, "context in tokens that the server is asked for")
    keep_alive: str = _setting("10m", "how long the server keeps the model in memory after a call")
    timeout_s: float = _setting(180.0, "seconds until a call is given up")
    concurrency: int = _setting(1, "calls under way at once to one host")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAiSettings:
    """`[analysis.openai]`: a model behind any server that speaks OpenAI's chat API (llama.cpp, vLLM, LM Studio)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    base_url: str = _setting("http://127.0.0.1:8080/v1", "address of the API, with its version part")
    model: str = _setting("default", "name of the model, as the server lists it")
    context: int = _setting(8192, "context of the model in tokens, as the server was started with")
    timeout_s: float = _setting(180.0, "seconds until a call is given up")
    concurrency: int = _setting(1, "calls under way at once")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSettings:
    """`[analysis]`: what writes the claims, and how much it may."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    engine: EngineChoice = _setting(
        EngineChoice.AUTO, "auto (Ollama if it answers, else extractive), ollama, openai or extractive"
    )
    quote_words: int = _setting(25, "most words quoted from a passage at once")
    language: str = _setting("en", "articles in this language are analysed; others are counted and linked")
    max_stories_per_run: int = _setting(0, "most stories analysed in one run, best first; 0 for no limit")
    time_budget_s: float = _setting(
        1800.0, "seconds a run may spend with a model; the rest stays for the next run; 0 for no limit"
    )
    token_budget: int = _setting(0, "tokens a run may spend with a model, prompt and answer; 0 for no limit")
    ollama: OllamaSettings = field(default_factory=OllamaSettings)
    openai: OpenAiSettings = field(default_factory=OpenAiSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSettings:
    """`[schedule]`: cron expressions in `site.timezone` for `aggregator run`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    refresh: str = _setting("7 * * * *", "when `aggregator run` refreshes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole of config.toml. Only `cli` and `bootstrap` hold it; stages get their own table."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    site: SiteSettings = field(default_factory=SiteSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    cluster: ClusterSettings = field(default_factory=ClusterSettings)
    analysis: AnalysisSettings = field(default_factory=AnalysisSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    sources: tuple[Source, ...] = ()
