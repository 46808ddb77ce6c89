"""The composition root: settings in, open database and built ports out."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from filelock import FileLock, Timeout

from aggregator.adapters.clock import FrozenClock, SystemClock
from aggregator.adapters.ollama import OllamaLlm
from aggregator.adapters.openai import OpenAiLlm
from aggregator.adapters.web import AiohttpWeb, user_agent
from aggregator.analyse.extractive import extractive_engine
from aggregator.analyse.prompt import prompts_digest
from aggregator.analyse.run import ModelEngine
from aggregator.analyse.telling import Telling
from aggregator.domain.report import Failure
from aggregator.domain.settings import AnalysisSettings, DatabaseSettings, EngineChoice, OllamaSettings, OpenAiSettings, Settings
from aggregator.errors import LlmError, RunningError
from aggregator.extract.workers import Parsers
from aggregator.ports import Llm
from aggregator.stages.services import Services
from aggregator.store.database import Database

_ANSWER_AND_TASK_TOKENS = 2000  # the answer (700), the rules, the task and a repair's list
_LEAST_EVIDENCE_TOKENS = 500
_MOST_EVIDENCE_TOKENS = 3000  # what a small model still reads well; more evidence costs more than it tells


def open_database(settings: DatabaseSettings) -> Database:
    """The database of the settings; nothing is read or created yet."""
    return Database(settings.url)


@asynccontextmanager
async def open_services(settings: Settings, now: datetime | None) -> AsyncIterator[Services]:
    """All that a run needs, closed at the end. `now` freezes the clock."""
    database = open_database(settings.database)
    clock = FrozenClock(now) if now else SystemClock()
    agent = user_agent(settings.fetch, settings.site.base_url)
    try:
        async with AiohttpWeb(settings.fetch, agent, clock) as web, Parsers() as parsers, AsyncExitStack() as open_models:
            yield Services(
                settings=settings,
                database=database,
                web=web,
                parsers=parsers,
                clock=clock,
                engine=extractive_engine(settings.analysis),
                find_model=partial(_found_model, settings.analysis, open_models),
            )
    finally:
        database.close()


async def _found_model(settings: AnalysisSettings, open_models: AsyncExitStack) -> ModelEngine | Failure | None:
    """The model of the settings if it answers. `auto` takes Ollama's and says nothing where there is none."""
    if settings.engine is EngineChoice.EXTRACTIVE:
        return None
    name = "openai" if settings.engine is EngineChoice.OPENAI else "ollama"
    served = settings.openai if name == "openai" else settings.ollama
    try:
        llm: Llm = await open_models.enter_async_context(language_model(settings))
        facts = await llm.facts()
    except LlmError as error:
        structlog.get_logger().info("no model: sentences are chosen by rules", engine=name, reason=str(error))
        return None if settings.engine is EngineChoice.AUTO else Failure(source=name, stage="analysis", reason=str(error))
    room = max(facts.context - _ANSWER_AND_TASK_TOKENS, _LEAST_EVIDENCE_TOKENS)
    telling = Telling(
        language=settings.language, quote_words=settings.quote_words, evidence_tokens=min(room, _MOST_EVIDENCE_TOKENS)
    )
    return ModelEngine(
        name=name,
        model=facts.model,
        digest=facts.digest,
        prompts=prompts_digest(),
        llm=llm,
        telling=telling,
        concurrency=served.concurrency * _hosts(served),
    )


def _hosts(served: OllamaSettings | OpenAiSettings) -> int:
    return len(served.host) if isinstance(served, OllamaSettings) and isinstance(served.host, tuple) else 1


def language_model(settings: AnalysisSettings) -> OllamaLlm | OpenAiLlm:
    """The adapter of the settings, not asked yet; secrets come from the environment."""
    if settings.engine is EngineChoice.OPENAI:
        return OpenAiLlm(settings.openai, api_key=os.environ.get("AGGREGATOR_OPENAI_API_KEY"))
    return OllamaLlm(settings.ollama, api_key=os.environ.get("OLLAMA_API_KEY"))


@contextmanager
def run_lock(settings: DatabaseSettings, *, name: str = "run") -> Iterator[None]:
    """Holds the lock that one run at a time may have (flock: it dies with the process). Raises RunningError."""
    lock = FileLock(_lock_file(settings, name))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise RunningError(f"another {name} is under way (lock {lock.lock_file}); wait for it to end") from None
    try:
        yield
    finally:
        lock.release()


def is_locked(settings: DatabaseSettings) -> bool:
    """Whether a run is under way."""
    if not _lock_file(settings, "run").exists():
        return False
    try:
        with run_lock(settings):
            return False
    except RunningError:
        return True


def _lock_file(settings: DatabaseSettings, name: str) -> Path:
    path = open_database(settings).path
    return path.with_name(f"{path.name}.{name}.lock")
