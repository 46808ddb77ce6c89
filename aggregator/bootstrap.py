"""The composition root: settings in, open database and built ports out."""

from __future__ import annotations

import gc
import importlib.util
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from aggregator.adapters.clock import FrozenClock, SystemClock
from aggregator.adapters.locks import is_sending, run_lock, sender_lock
from aggregator.domain.operation.calibration import LabelledSet
from aggregator.domain.operation.report import Failure
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EmbeddingEngine,
    EngineChoice,
    Settings,
)
from aggregator.errors import LlmError, MailError
from aggregator.hooks.plugins import plugins
from aggregator.log import log
from aggregator.services import Services
from aggregator.store.database import Connection, Database
from aggregator.templating.translation import translations

if TYPE_CHECKING:
    from aggregator.adapters.dns import DnsResolver
    from aggregator.adapters.embedder import LocalEmbedder, OllamaEmbedder
    from aggregator.adapters.judge import ModelJudge
    from aggregator.adapters.model_client import ModelClient
    from aggregator.adapters.smtp import SmtpMailer
    from aggregator.digest.stage.release import SpamCheck
    from aggregator.digest.stage.sending_records import SendingServices
    from aggregator.domain.publishing.edition import StoredEdition
    from aggregator.ports import Embedder, Engine, JudgeSeat, Llm, ModelEngine

WORKERS = 2  # processes that parse; more than there are processors would only take memory
# new objects; looking for cycles after every 700, as Python does, takes a tenth of a refresh
_GARBAGE_AFTER = 20_000
_MAIL_LIBRARIES = ("aiosmtplib", "css_inline", "dkim", "dns", "email_validator", "flufl.bounce")
_SAMPLE = "reader@example.org"
_SPAM_POINTS = 5.0  # SpamAssassin's default threshold for spam
_ANSWER_AND_TASK_TOKENS = 2900  # the answer (1800), the rules, the task
_LEAST_EVIDENCE_TOKENS = 500


def open_database(settings: DatabaseSettings, *, durable: bool = True) -> Database:
    """The database of the settings; nothing is read or created yet."""
    return Database(settings.url, durable=durable)


@contextmanager
def open_reading(settings: DatabaseSettings) -> Iterator[Connection]:
    """A connection to what is stored. Raises DatabaseError where there is no database yet, or not
    at this version's schema.
    """
    with open_database(settings) as database:
        database.demand_current()
        with database.reading() as connection:
            yield connection


@contextmanager
def open_stored(settings: DatabaseSettings) -> Iterator[Connection | None]:
    """A connection to what is stored, None where nothing is yet. Raises DatabaseError where it is
    not at this version's schema.
    """
    with open_database(settings) as database:
        if database.known_revision() is None:
            yield None
            return
        database.demand_current()
        with database.reading() as connection:
            yield connection


def topic_names(settings: Settings) -> dict[str, str]:
    """The names of the topics by key, in the language of the site. Raises ConfigError."""
    from aggregator.config.registry_file import load_registry  # noqa: PLC0415 - of a site

    names = load_registry(Path(settings.cluster.registry)).topic_names()
    return translations(settings.site.language).named(names)


@asynccontextmanager
async def open_services(settings: Settings, now: datetime | None) -> AsyncIterator[Services]:
    """Everything that a run needs, closed at the end. `now` freezes the clock.

    A refresh commits hundreds of times what it can fetch and compute again: only commits marked as
    durable, and the end of the run, wait for the disk.
    """
    from aggregator.adapters.lazy_web import LazyWeb  # noqa: PLC0415 - a run, not every command
    from aggregator.config.overrides_file import load_overrides  # noqa: PLC0415 - likewise
    from aggregator.config.registry_file import (  # noqa: PLC0415 - likewise
        load_registry,
        registry_digest,
    )
    from aggregator.extract.parser_pool import ParserPool  # noqa: PLC0415 - likewise

    overrides, registry = (
        load_overrides(Path(settings.cluster.overrides)),
        Path(settings.cluster.registry),
    )
    gc.set_threshold(_GARBAGE_AFTER)
    database = open_database(settings.database, durable=False)
    clock = FrozenClock(now) if now else SystemClock()
    try:
        async with (
            LazyWeb(settings.fetch, settings.site.base_url, clock) as web,
            ParserPool(workers=WORKERS) as parsers,
            AsyncExitStack() as open_models,
        ):
            yield Services(
                settings=settings,
                database=database,
                web=web,
                parsers=parsers,
                clock=clock,
                overrides=overrides,
                registry_digest=registry_digest(registry),
                find_engine=cache(partial(_rules_engine, settings.analysis)),
                find_registry=cache(partial(load_registry, registry)),
                find_model=partial(_found_model, settings.analysis, open_models),
                find_labelled=cache(_labelled),
                find_judge=partial(_found_judge, settings.analysis, open_models),
                find_embedder=partial(_found_embedder, settings, open_models),
            )
    finally:
        database.close()


@asynccontextmanager
async def open_run(settings: Settings, now: datetime | None) -> AsyncIterator[Services]:
    """The services under the lock of a run, with the database migrated. Raises RunningError,
    DatabaseError.
    """
    with run_lock(settings.database):
        async with open_services(settings, now) as services:
            services.database.upgrade(services.clock.now())
            yield services


@asynccontextmanager
async def with_own_models(services: Services) -> AsyncIterator[Services]:
    """The services with ports to models that are opened within and closed at the end: for a thread
    with a loop of its own.
    """
    settings = services.settings
    async with AsyncExitStack() as open_models:
        yield replace(
            services,
            find_model=partial(_found_model, settings.analysis, open_models),
            find_judge=partial(_found_judge, settings.analysis, open_models),
            find_embedder=partial(_found_embedder, settings, open_models),
        )


def _rules_engine(settings: AnalysisSettings) -> Engine:
    from aggregator.story.stage.engine import extractive_engine  # noqa: PLC0415

    return extractive_engine(settings)


async def _found_model(
    settings: AnalysisSettings, open_models: AsyncExitStack
) -> ModelEngine | Failure | None:
    """The model of the settings if it answers. `auto` takes Ollama's and says nothing where there
    is none.
    """
    if settings.engine is EngineChoice.EXTRACTIVE:
        return None
    try:
        return await model_engine(settings, open_models)
    except LlmError as error:
        name = settings.server.name
        log().info("no model: sentences are chosen by rules", engine=name, reason=str(error))
        return (
            None
            if settings.engine is EngineChoice.AUTO
            else Failure(source=name, stage="analysis", reason=str(error))
        )


async def model_engine(settings: AnalysisSettings, open_models: AsyncExitStack) -> ModelEngine:
    """The model of the settings, which answered, closed with the stack. Raises LlmError."""
    from aggregator.ports import ModelEngine, WritingOptions  # noqa: PLC0415
    from aggregator.story.prompts import model_rules  # noqa: PLC0415

    served = settings.server
    llm: Llm = await open_models.enter_async_context(language_model(settings))
    facts = await llm.facts()
    options = WritingOptions(
        language=settings.language,
        quote_words=settings.quote_words,
        hook_words=settings.hook_words,
        evidence_tokens=max(facts.context - _ANSWER_AND_TASK_TOKENS, _LEAST_EVIDENCE_TOKENS),
    )
    return ModelEngine(
        name=served.name,
        model=facts.model,
        digest=facts.digest,
        prompts=" ".join(filter(None, (model_rules(), plugins().identity("gates")))),
        llm=llm,
        options=options,
        concurrency=served.concurrency * len(served.hosts),
        version=facts.version,
    )


async def _found_embedder(
    settings: Settings, open_models: AsyncExitStack
) -> Embedder | Failure | None:
    """What the settings name to embed headlines, if it answers; nothing where words alone shall
    do.
    """
    try:
        embedder = text_embedder(settings)
        if embedder is None:
            return None
        await open_models.enter_async_context(embedder)
        await embedder.model()
    except LlmError as error:
        return Failure(source=settings.embedding.engine.value, stage="embedding", reason=str(error))
    return embedder


def text_embedder(settings: Settings) -> LocalEmbedder | OllamaEmbedder | None:
    """The embedder of the settings, not asked yet; None where words alone shall do."""
    match settings.embedding.engine:
        case EmbeddingEngine.BUILTIN:
            return None
        case EmbeddingEngine.LOCAL:
            from aggregator.adapters.embedder import LocalEmbedder  # noqa: PLC0415

            return LocalEmbedder()
        case EmbeddingEngine.OLLAMA:
            key = os.environ.get("OLLAMA_API_KEY")
            from aggregator.adapters.embedder import OllamaEmbedder  # noqa: PLC0415 - likewise

            return OllamaEmbedder(settings.analysis.ollama, settings.embedding.model, api_key=key)
        case _ as never:
            assert_never(never)


async def judge_model(settings: AnalysisSettings) -> ModelJudge | None:
    """The judge of the settings, a context that is not asked yet; None where they want none, or
    nothing that writes. Raises LlmError where no server says which models it has.
    """
    from aggregator.adapters.judge import ollama_judge, openai_judge  # noqa: PLC0415

    if settings.engine is EngineChoice.EXTRACTIVE or not settings.judge.model:
        return None
    if settings.engine is EngineChoice.OPENAI:
        key = os.environ.get("AGGREGATOR_OPENAI_API_KEY")
        return openai_judge(settings.openai, settings.judge.model, api_key=key)
    key = os.environ.get("OLLAMA_API_KEY")
    return await ollama_judge(settings.ollama, settings.judge.model, api_key=key)


async def judge_seat(settings: AnalysisSettings, open_models: AsyncExitStack) -> JudgeSeat | None:
    """The judge of the settings, which answered, closed with the stack; None where they want none.
    Raises LlmError.
    """
    from aggregator.ports import JudgeSeat  # noqa: PLC0415
    from aggregator.verify.judge.question import form_of, question_digest  # noqa: PLC0415

    judge = await judge_model(settings)
    if judge is None:
        return None
    await open_models.enter_async_context(judge)
    facts = await judge.facts()
    return JudgeSeat(
        model=facts.model,
        digest=facts.digest,
        prompts=question_digest(form_of(facts.model)),
        judge=judge,
        concurrency=settings.server.concurrency * len(settings.server.hosts),
        version=facts.version,
    )


async def _found_judge(
    settings: AnalysisSettings, open_models: AsyncExitStack
) -> JudgeSeat | Failure | None:
    """The judge of the settings if it answers, a failure if not, None where they want none."""
    try:
        return await judge_seat(settings, open_models)
    except LlmError as error:
        return Failure(source="judge", stage="analysis", reason=str(error))


def _labelled() -> LabelledSet:
    from aggregator.config.calibration_file import load_labelled  # noqa: PLC0415

    return load_labelled()


def language_model(settings: AnalysisSettings) -> ModelClient:
    """The adapter of the settings, not asked yet; secrets come from the environment."""
    if settings.engine is EngineChoice.OPENAI:
        from aggregator.adapters.openai import openai_client  # noqa: PLC0415

        return openai_client(settings.openai, api_key=os.environ.get("AGGREGATOR_OPENAI_API_KEY"))
    from aggregator.adapters.ollama import ollama_client  # noqa: PLC0415 - likewise

    return ollama_client(settings.ollama, api_key=os.environ.get("OLLAMA_API_KEY"))


@contextmanager
def open_sending(settings: Settings, now: datetime | None) -> Iterator[SendingServices]:
    """Everything that sending mail needs, closed at the end; holds the lock that shows that this
    sender lives.

    Raises MailError where the settings name no sender, or a key or the libraries are missing.
    """
    demand_mail_libraries()
    from aggregator.digest.mail.bounces import Notice, refusal_kind  # noqa: PLC0415
    from aggregator.digest.mail.letters import digest_letter  # noqa: PLC0415
    from aggregator.digest.mail.message import message_id, sender_of  # noqa: PLC0415
    from aggregator.digest.mail.tokens import own_token_key  # noqa: PLC0415
    from aggregator.digest.stage.sending_records import SendingServices  # noqa: PLC0415
    from aggregator.digest.stage.subscribe import process_notice  # noqa: PLC0415

    names = topic_names(settings)
    domain, key = (
        sender_of(settings.email).domain,
        own_token_key(settings.email.credentials),
    )
    clock = FrozenClock(now) if now else SystemClock()

    def refused(subscriber_id: str, reply: str) -> None:
        with database.writing() as connection:
            process_notice(
                connection,
                key,
                Notice(kind=refusal_kind(reply), subscriber_id=subscriber_id),
                clock.now(),
            )

    database = open_database(settings.database)
    try:
        with sender_lock(settings.database) as attempt:
            yield SendingServices(
                settings=settings,
                database=database,
                clock=clock,
                attempt=attempt,
                is_alive=partial(is_sending, settings.database),
                message_id=lambda period, subscriber_id: message_id(period, subscriber_id, domain),
                write_letter=lambda stored, to: digest_letter(
                    stored, to, settings, key, clock.now(), topic_names=names
                ),
                offered=lambda to: to.among(all_roles(), names),
                on_refusal=refused,
                mailer=lambda: open_mailer(settings),
                spam_check=spam_check(settings),
            )
    finally:
        database.close()


def spam_check(settings: Settings) -> SpamCheck:
    """A function that says why an edition's mail would look like spam: by our rules, and
    SpamAssassin's if installed.
    """
    from aggregator.adapters.spamassassin import is_installed, spam_points  # noqa: PLC0415
    from aggregator.digest.mail.spam import spam_reason  # noqa: PLC0415

    def found(stored: StoredEdition) -> str:
        if (why := spam_reason(stored)) or not (settings.email.spamassassin and is_installed()):
            return why
        try:
            demand_mail_libraries()
            from aggregator.digest.mail.letters import trial_letter  # noqa: PLC0415

            letter = trial_letter(stored, _SAMPLE, settings, stored.edition.published, mark="")
        except MailError:
            return ""  # sending reports why no mail can be made
        points, rules = spam_points(letter.content) or (0.0, ())
        is_spam = points >= _SPAM_POINTS
        return (
            f"SpamAssassin gives its email {points:g} points ({', '.join(rules)})"
            if is_spam
            else ""
        )

    return found


def open_mailer(settings: Settings) -> SmtpMailer:
    """The mail server of the settings, a context that connects when it is entered. Raises
    MailError.
    """
    demand_mail_libraries()
    from aggregator.adapters.smtp import SmtpMailer  # noqa: PLC0415

    return SmtpMailer(settings.email, password=os.environ.get("AGGREGATOR_SMTP_PASSWORD"))


def open_dns() -> DnsResolver:
    """The DNS as this machine asks it."""
    from aggregator.adapters.dns import DnsResolver  # noqa: PLC0415 - only mail needs the library

    return DnsResolver()


def missing_libraries(names: Iterable[str]) -> list[str]:
    """Those of the modules that are not installed; a part of a package is missing with it."""
    return [
        name
        for name in names
        if not all(map(importlib.util.find_spec, (name.partition(".")[0], name)))
    ]


def demand_mail_libraries() -> None:
    """Raises MailError where the libraries of the extra `mail` are not installed."""
    if missing := missing_libraries(_MAIL_LIBRARIES):
        raise MailError(
            f"email needs libraries that are not installed ({', '.join(missing)}): pip install"
            " 'ai-news-aggregator[mail]'"
        )
