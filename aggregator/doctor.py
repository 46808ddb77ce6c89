"""What `aggregator doctor` looks at: each finding says what is so, and what to do where it should be otherwise."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from pyexpat import EXPAT_VERSION
from typing import Literal

from aggregator.adapters.model_server import named
from aggregator.adapters.ollama_host import base_url
from aggregator.bootstrap import (
    demand_mail_libraries,
    is_locked,
    is_sending,
    language_model,
    open_database,
    open_mailer,
    text_embedder,
)
from aggregator.cluster.meaning import is_measured
from aggregator.deliver.tokens import credentials_folder
from aggregator.domain.settings import AnalysisSettings, EmbeddingEngine, EngineChoice, Settings
from aggregator.domain.subscriber import DeliveryState
from aggregator.errors import DatabaseError, LlmError, MailError
from aggregator.ports import ModelFacts
from aggregator.store import deliveries
from aggregator.store.database import Database
from aggregator.store.runs import latest_run
from aggregator.store.schema import REVISION
from aggregator.store.sources import fetch_states

_LEAST_FREE_BYTES = 500_000_000  # a year of fifty sources with their pages
_LONG_SILENCE = timedelta(days=3)
_MAIL_TIMEOUT_S = 5.0
_MODEL_TIMEOUT_S = 3.0  # a server that is there says what it has at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    level: Literal["ok", "warning", "error"]
    what: str
    remedy: str = ""


def _ok(what: str) -> Finding:
    return Finding(level="ok", what=what)


def _warning(what: str, remedy: str) -> Finding:
    return Finding(level="warning", what=what, remedy=remedy)


def _error(what: str, remedy: str) -> Finding:
    return Finding(level="error", what=what, remedy=remedy)


def findings(settings: Settings, now: datetime) -> tuple[Finding, ...]:
    """All findings, in the order of the way of the data."""
    return (
        *_programs(),
        *_configured(settings),
        *_alike_by(settings),
        *_told_by(settings.analysis),
        *_stored(settings, now),
        *_published(settings),
        *_mailed(settings),
    )


def _programs() -> Iterator[Finding]:
    yield _ok(f"SQLite {sqlite3.sqlite_version}, {EXPAT_VERSION.replace('_', ' ')}")


def _configured(settings: Settings) -> Iterator[Finding]:
    on = [source for source in settings.sources if source.enabled]
    if on:
        yield _ok(f"{len(on)} of {len(settings.sources)} sources are on")
    else:
        yield _error(
            "no source is on",
            "add [[sources]] tables to config.toml, or run `aggregator init` elsewhere for the default ones",
        )
    if settings.site.base_url.startswith("http://localhost"):
        yield _warning(
            f"site.base_url is {settings.site.base_url}",
            "set it to the site's public address: feeds, sitemap and permalinks carry it",
        )
    if not settings.site.contact:
        yield _warning(
            "site.contact is empty",
            "set an address for corrections; each story page then carries a report link",
        )
    if settings.fetch.proxy:
        yield _warning(
            "fetch.proxy is set: the guard against private networks sees the proxy only",
            "let the proxy refuse private networks",
        )
    if not settings.fetch.respect_robots:
        yield _warning(
            "fetch.respect_robots is off",
            "set it to true: publishers use robots.txt to say what may be read",
        )


def _alike_by(settings: Settings) -> Iterator[Finding]:
    """What tells that headlines mean the same, where that is not words alone."""
    if settings.embedding.engine is EmbeddingEngine.BUILTIN:
        return
    found, engine = asyncio.run(_embedding_model(settings)), settings.embedding.engine.value
    if isinstance(found, LlmError):
        yield _error(f"embedding: {engine}; {found.reason}: words alone tell what is alike", found.remedy)
    elif is_measured(found.partition("@")[0]):
        yield _ok(f"embedding: {engine}; {found}")
    else:
        what = f"embedding: {engine}; {found}: how its vectors are best used was not measured, so they count for little"
        yield _warning(what, "set embedding.engine to local, whose vectors were")


async def _embedding_model(settings: Settings) -> str | LlmError:
    """The model that answers, or why none does."""
    try:
        embedder = text_embedder(settings)
        assert embedder is not None
        async with asyncio.timeout(_MODEL_TIMEOUT_S), embedder:
            return await embedder.model()
    except TimeoutError:
        reason = f"no answer within {_MODEL_TIMEOUT_S:g} s"
        return LlmError(reason, remedy="see whether the server is busy or behind a slow network")
    except LlmError as error:
        return error


def _told_by(settings: AnalysisSettings) -> Iterator[Finding]:
    """What tells the stories. A model is only looked for: what it can is for `aggregator model probe`."""
    if settings.engine is EngineChoice.EXTRACTIVE:
        yield _ok("engine: extractive; sentences are chosen, none is written")
        return
    found, warnings = asyncio.run(_looked_for(settings))
    if isinstance(found, LlmError):
        yield _no_model(settings, found)
    else:
        yield _ok(
            f"engine: {settings.engine.value}; {found.model} (digest {found.digest.removeprefix('sha256:')[:12]}, "
            f"{found.context} tokens of context) at {found.server}, version {found.version}"
        )
    for warning in warnings:
        what, _, remedy = warning.partition("; ")
        yield _warning(what, remedy)


def _no_model(settings: AnalysisSettings, error: LlmError) -> Finding:
    """`auto` does without a model; where one is demanded, its absence is an error."""
    what = f"engine: {settings.engine.value}; {error.reason}: sentences are chosen by rules"
    if settings.engine is EngineChoice.OPENAI:
        return _error(what, error.remedy)
    is_absent = "ollama serve" in error.remedy
    way = f"{error.remedy}; then `ollama pull {settings.ollama.model}`" if is_absent else error.remedy
    if settings.engine is EngineChoice.OLLAMA:
        return _error(what, way)
    return _warning(what, f"{way}; or set analysis.engine to extractive, which is silent about it")


async def _looked_for(settings: AnalysisSettings) -> tuple[ModelFacts | LlmError, tuple[str, ...]]:
    """What the server says of the model, or why nothing is known; and what an operator should know of the server."""
    exposed: tuple[str, ...] = ()
    try:
        async with language_model(settings) as llm:
            exposed = llm.warnings()
            async with asyncio.timeout(_MODEL_TIMEOUT_S):
                return await llm.facts(), llm.warnings()
    except TimeoutError:
        reason = f"{_servers(settings)} gave no answer within {_MODEL_TIMEOUT_S:g} s"
        return LlmError(reason, remedy="see whether it is busy or behind a slow network"), exposed
    except LlmError as error:
        return error, exposed


def _servers(settings: AnalysisSettings) -> str:
    """The addresses that are asked, without what is secret in them."""
    if settings.engine is EngineChoice.OPENAI:
        return named(settings.openai.base_url)
    hosts = settings.ollama.host if isinstance(settings.ollama.host, tuple) else (settings.ollama.host,)
    return ", ".join(named(base_url(host)) for host in hosts)


def _stored(settings: Settings, now: datetime) -> Iterator[Finding]:
    database = open_database(settings.database)
    free = shutil.disk_usage(_existing(database.path.parent)).free
    if free < _LEAST_FREE_BYTES:
        yield _error(f"{free // 1_000_000} MB are free where the database lies", "free some disk space")
    else:
        yield _ok(f"{free // 1_000_000_000} GB are free where the database lies")
    is_running = is_locked(settings.database)
    if is_running:
        yield _warning("a run is under way", "wait for it; a run that died leaves no lock behind")
    if not database.path.exists():
        yield _warning(f"there is no database yet at {database.path}", "run `aggregator refresh`")
        return
    try:
        yield from _database(database, settings, now, is_running=is_running)
    except DatabaseError as error:
        yield _error(str(error), "restore a backup, or move the file away and refresh")
    finally:
        database.close()


def _database(database: Database, settings: Settings, now: datetime, *, is_running: bool) -> Iterator[Finding]:
    found = database.revision()
    if found is None or found < REVISION:
        yield _warning(
            f"the database stands at schema {found or 'none'}, this version at {REVISION}",
            "run `aggregator db upgrade`, or just refresh",
        )
        return
    if found > REVISION:
        yield _error(f"the database was written by a newer version (schema {found})", "upgrade the program")
        return
    problems = database.problems()
    if problems:
        yield _error(f"the database is damaged: {problems[0]}", "restore a backup")
    else:
        yield _ok(f"the database is sound (schema {found})")
    with database.reading() as connection:
        run, states = latest_run(connection), fetch_states(connection)
    if run is None:
        yield _warning("there was no refresh yet", "run `aggregator refresh`")
        return
    _, started, report = run
    if started > now + timedelta(minutes=5):
        yield _error(
            f"the newest run began in the future ({started:%Y-%m-%d %H:%M} UTC)",
            "set the clock of this machine",
        )
    elif now - started > _LONG_SILENCE:
        yield _warning(
            f"the newest refresh began on {started:%Y-%m-%d %H:%M} UTC",
            "run `aggregator refresh`, or `aggregator run` as a service",
        )
    else:
        yield _ok(f"the newest refresh began on {started:%Y-%m-%d %H:%M} UTC")
    if report is None and not is_running:
        yield _warning("the newest refresh died before its end", "refresh again: it goes on where it stopped")
    on = {source.key for source in settings.sources if source.enabled}
    failing = sorted(state.source_key for state in states.values() if state.reason and state.source_key in on)
    if failing:
        named = ", ".join(failing[:5]) + (f" and {len(failing) - 5} more" if len(failing) > 5 else "")
        yield _warning(
            f"{len(failing)} source(s) failed when last asked: {named}",
            "`aggregator sources list` says why",
        )


def _published(settings: Settings) -> Iterator[Finding]:
    output = Path(settings.site.output)
    nearest = _existing(output)
    if not nearest.is_dir():
        yield _error(f"{nearest} is a file, so that {output} cannot be the site folder", "move it away, or change site.output")
    elif not os.access(nearest, os.W_OK):
        yield _error(f"the site folder {output} cannot be written", "change its owner, or site.output")
    elif (output / "index.html").is_file():
        yield _ok(f"the site is in {output}")
    else:
        yield _warning(f"there is no site yet in {output}", "run `aggregator refresh` or `aggregator build`")


def _mailed(settings: Settings) -> Iterator[Finding]:
    """Whether mail could go: sender, keys, server; and the copies that nobody knows of."""
    email = settings.email
    if not email.from_:
        yield _ok("no mail is sent: email.from is empty")
        return
    try:
        demand_mail_libraries()
        from aggregator.deliver.message import bounce_address, sender_of  # noqa: PLC0415 - only mail needs the libraries

        yield _ok(f"mail is from {sender_of(email)}; bounces come to {bounce_address(email)}")
    except MailError as error:
        yield _error(error.reason, "set email.from and email.bounce_address; leave email.from empty to send no mail")
        return
    if not email.postal_address:
        yield _warning(
            "email.postal_address is empty", "say who sends the mail and where they can be reached: many countries ask for it"
        )
    yield from _keys(settings)
    yield asyncio.run(_mail_server(settings))
    yield from _in_doubt(settings)


def _keys(settings: Settings) -> Iterator[Finding]:
    folder = credentials_folder(settings.email.credentials)
    if not settings.email.dkim_domain:
        yield _warning(
            "mails are not signed: email.dkim_domain is empty", "set it and email.dkim_selector, or let the server sign"
        )
    elif not settings.email.dkim_selector:
        yield _error("email.dkim_selector is empty", "set the selector under which the DKIM key stands in the DNS")
    elif not os.access(folder / "dkim.pem", os.R_OK):
        remedy = f"`openssl genrsa -traditional -out {folder / 'dkim.pem'} 2048`, and publish its public part"
        yield _error(f"there is no DKIM key that can be read: {folder / 'dkim.pem'}", remedy)
    else:
        record = f"{settings.email.dkim_selector}._domainkey.{settings.email.dkim_domain}"
        yield _ok(f"mails are signed with {folder / 'dkim.pem'}; its public part belongs in the DNS at {record}")
    if (folder / "tokens.key").exists():
        yield _ok(f"back up {folder / 'tokens.key'}: every unsubscribe link that was mailed hangs on it")


async def _mail_server(settings: Settings) -> Finding:
    """Connects, protects and logs in, and sends nothing."""
    where = f"{settings.email.smtp_host}:{settings.email.smtp_port} ({settings.email.smtp_security.value})"
    try:
        async with asyncio.timeout(_MAIL_TIMEOUT_S), open_mailer(settings):
            return _ok(f"the mail server {where} answers" + (" and takes the login" if settings.email.smtp_user else ""))
    except MailError as error:
        return _error(error.reason, "check [email] smtp_host, smtp_port, smtp_security, smtp_user and AGGREGATOR_SMTP_PASSWORD")
    except TimeoutError:
        return _error(
            f"the mail server {where} gave no answer within {_MAIL_TIMEOUT_S:g} s", "check smtp_host, smtp_port and firewalls"
        )


def _in_doubt(settings: Settings) -> Iterator[Finding]:
    database = open_database(settings.database)
    try:
        if not database.path.exists() or database.revision() != REVISION:
            return
        with database.reading() as connection:
            doubt = deliveries.doubtful(connection)
            sending = deliveries.in_state(connection, DeliveryState.SENDING)
    finally:
        database.close()
    dead = [copy for copy in sending if not is_sending(settings.database, copy.attempt)]
    if found := [*doubt, *dead]:
        weeks = ", ".join(sorted({copy.week for copy in found}))
        yield _warning(
            f"{len(found)} mail(s) in doubt, of {weeks}: nobody knows whether the mail server took them",
            "`aggregator digest resolve` lists them; look for their Message-IDs in the mail server's log",
        )


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())
