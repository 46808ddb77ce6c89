"""What settings say that will be regretted, and what is wrong with the files beside them. The
mistakes are `config`'s.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import sqlite3
import ssl
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import accumulate
from pathlib import Path
from pyexpat import EXPAT_VERSION
from urllib.parse import urlsplit

from aggregator.adapters.network import is_public
from aggregator.bootstrap import text_embedder
from aggregator.cluster.similarity.event_similarity import is_measured
from aggregator.config.overrides_file import load_overrides
from aggregator.config.registry_file import load_registry
from aggregator.config.validators import did_you_mean
from aggregator.domain.frozen import grouped
from aggregator.domain.operation.notification import FollowKind, follow_of, with_variables
from aggregator.domain.registry import Registry
from aggregator.domain.settings import EmbeddingEngine, Settings
from aggregator.domain.source import Source
from aggregator.domain.story import EntityKind
from aggregator.domain.web.urls import host, registrable_domain
from aggregator.english.text import folded
from aggregator.errors import ConfigError, LlmError
from aggregator.ops.doctor.finding import Finding, error, ok, warning
from aggregator.ops.doctor.models import MODEL_TIMEOUT_S

_OLDEST_NOW = datetime(2026, 1, 1, tzinfo=UTC)  # before this program was written no clock is right
_MOST_QUOTED = 25  # words that courtesy and quotation law allow
_MEANT = re.compile(r"; did you mean (?P<word>.+)\?")


def config_findings(found: ConfigError) -> tuple[Finding, ...]:
    """The findings of a configuration that cannot be used."""
    return tuple(_mistake(problem, found.path) for problem in found.problems)


def _mistake(problem: str, path: str) -> Finding:
    """A problem of the configuration, split from its remedy where it names one."""
    where = re.search(r" \((?:from|source) [^)]*\)$", problem)
    text = problem[: where.start()] if where else problem
    note = where[0] if where else ""
    if meant := _MEANT.search(text):
        return error(text[: meant.start()] + note, f"write {meant['word']}")
    if "is not TOML" in text:
        return error(
            text + note, "fix that line; strings need quotation marks, lists need brackets"
        )
    for sign in ("; ", "is missing: "):
        what, is_there, remedy = text.partition(sign)
        if is_there:
            return error(f"{what}{sign.rstrip(': ;')}{note}", remedy)
    key = text.partition(":")[0]
    origin = re.fullmatch(r" \(from (.*)\)", note)
    return error(text + note, f"change {key} in {origin[1] if origin else path}")


def program_findings(now: datetime) -> Iterator[Finding]:
    """What this program stands on, and whether the clock can be right."""
    openssl = ssl.OPENSSL_VERSION.partition("  ")[0]
    yield ok(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
        f" {EXPAT_VERSION.replace('_', ' ')}, {openssl}"
    )
    if now < _OLDEST_NOW:
        yield error(
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC",
            "set it, or synchronise it: `timedatectl set-ntp true`",
        )


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """Settings that are allowed and will be regretted."""
    yield from _sources(settings)
    yield from _site(settings)
    yield from _fetching(settings)
    yield from _posting(settings)
    yield from _receivers(settings)
    try:
        load_overrides(Path(settings.cluster.overrides))
    except ConfigError as found:
        yield from config_findings(found)
    try:
        registry = load_registry(Path(settings.cluster.registry))
        yield from _followed(settings, registry)
        yield from _owned(settings, registry)
    except ConfigError as found:
        yield from config_findings(found)


def setting_problems(settings: Settings) -> tuple[str, ...]:
    """What is wrong with the files beside the configuration, and what settings name in vain: each
    problem with its remedy.
    """
    found = list(_receivers(settings))
    problems: list[str] = []
    try:
        load_overrides(Path(settings.cluster.overrides))
    except ConfigError as error:
        problems += (f"{error.path}: {problem}" for problem in error.problems)
    try:
        found += _followed(settings, load_registry(Path(settings.cluster.registry)))
    except ConfigError as error:
        problems += (f"{error.path}: {problem}" for problem in error.problems)
    return (*(f"{finding.what}; {finding.remedy}" for finding in found), *problems)


def _receivers(settings: Settings) -> Iterator[Finding]:
    """Receivers that cannot be notified, as an environment variable of theirs is not set."""
    named: list[str] = []

    def note(variable: str) -> str:
        named.append(variable)
        return ""

    for entry in settings.notify.to:
        with_variables(entry, note)
    for variable in dict.fromkeys(named):
        if not os.environ.get(variable, "").strip():
            yield error(
                f"notify.to: the environment variable {variable} is not set",
                "set it where the program is started, such as in the environment file of its unit",
            )


def _followed(settings: Settings, registry: Registry) -> Iterator[Finding]:
    """What is followed but unknown, so that nobody is ever notified of it."""
    known = [key for entities in registry.entities.values() for key in entities]
    for entry in settings.notify.follow:
        follow = follow_of(entry)
        if follow is not None and (
            (follow.kind is FollowKind.TOPIC and follow.value not in registry.topic)
            or (
                follow.kind is FollowKind.ENTITY
                # a version of a model has the key of its family: gpt-5
                and not any(f"{follow.value}-".startswith(f"{key}-") for key in known)
            )
        ):
            keys = registry.topic if follow.kind is FollowKind.TOPIC else known
            meant = did_you_mean(follow.value, keys).removeprefix("; ")
            usual = "use a key of the registry (yours or the built-in one), or word:WORDS"
            yield warning(
                f"notify.follow: {entry} is not in the registry, so nothing will match it",
                meant or usual,
            )


def _owned(settings: Settings, registry: Registry) -> Iterator[Finding]:
    """Sources of one company that may count as independent of each other: of different families, or
    of none where they share no host of their own.
    """
    on = [source for source in settings.sources if source.enabled]
    names, at = _owners(registry), Counter(host(source.home) for source in on)
    found = grouped(
        (_owner(source, names, is_alone=at[host(source.home)] == 1), source) for source in on
    )
    for owner, several in found.items():
        own = Counter(host(source.home) for source in several)
        voices = {
            source.family or (name if own[name] == at[name] else source.key)
            for source in several
            for name in (host(source.home),)
        }
        if owner and len(voices) > 1:
            keys = ", ".join(source.key for source in several)
            yield warning(
                f"{len(several)} sources of {owner} may count as independent: {keys}",
                f'give them the same family: family = "{owner}"',
            )


def _owner(source: Source, names: Mapping[str, str], *, is_alone: bool) -> str:
    """The company whose name, or whose product's, the name of a source begins with; else that of
    its domain, unless others have their home there. Empty where the registry knows none.
    """
    begins = accumulate(source.name.split(), lambda name, word: f"{name} {word}")
    label = registrable_domain(source.home).partition(".")[0] if is_alone else ""
    known = (folded(name) for name in (*begins, label))
    return next((names[name] for name in known if name in names), "")


def _owners(registry: Registry) -> dict[str, str]:
    """The key of the company behind each name of a company, model or product."""
    kinds = (EntityKind.COMPANY, EntityKind.PRODUCT, EntityKind.MODEL)
    return {
        folded(name): entry.maker or key
        for kind in kinds
        for key, entry in registry.entities[kind].items()
        for name in (entry.name, *entry.aliases)
    }


def _sources(settings: Settings) -> Iterator[Finding]:
    on = [source for source in settings.sources if source.enabled]
    if on:
        yield ok(f"{len(on)} of {len(settings.sources)} sources enabled")
    else:
        yield error(
            "no source is enabled",
            'add [[sources]] tables to config.toml, or sources_from = "package" at its top for'
            " those that come with the program",
        )
    for url, count in Counter(at.url for source in on for at in source.ways()).items():
        if count > 1:
            keys = ", ".join(source.key for source in on if url in [at.url for at in source.ways()])
            yield warning(
                f"{count} sources have the same URL: {keys}",
                "keep only one, or its reports count as several",
            )


def _site(settings: Settings) -> Iterator[Finding]:
    if _is_private(settings.site.base_url):
        yield warning(
            f"site.base_url is {settings.site.base_url}",
            "set it to the site's public URL: feeds, sitemap and permalinks use it",
        )
    if not settings.site.contact:
        yield warning(
            "site.contact is empty",
            "set an address for corrections, so that story pages get a report link",
        )
    if settings.analysis.quote_words > _MOST_QUOTED:
        yield warning(
            f"analysis.quote_words is {settings.analysis.quote_words}",
            f"set it to at most {_MOST_QUOTED}: longer quotations need permission",
        )
    if not _is_private(f"http://{settings.serve.host}") and not settings.serve.trusted_proxies:
        yield warning(
            f"serve.host is {settings.serve.host}: anyone who can reach this machine can"
            " reach the web app without TLS",
            "set it to 127.0.0.1 behind a reverse proxy, or list the proxy in"
            " serve.trusted_proxies",
        )


def _is_private(address: str) -> bool:
    """Whether an address is of no use to readers elsewhere."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or not (
            is_public(ip_address(host)) or ip_address(host).is_unspecified
        )
    except ValueError:
        return host.endswith((".local", ".localhost"))


def _fetching(settings: Settings) -> Iterator[Finding]:
    fetch = settings.fetch
    if fetch.proxy:
        yield warning(
            "fetch.proxy is set: the guard against private networks sees only the proxy",
            "configure the proxy to block private networks",
        )
    if not fetch.respect_robots:
        yield warning(
            "fetch.respect_robots is off",
            "set it to true: publishers use robots.txt to say what may be read",
        )
    if fetch.allow_private_networks is True:
        yield warning(
            "fetch.allow_private_networks is true: a feed can make this machine send"
            " requests into your network",
            'list only the networks you need, such as ["10.1.0.0/16"]',
        )
    if fetch.longest_interval_s < fetch.shortest_interval_s:
        yield error(
            "fetch.longest_interval_s is shorter than fetch.shortest_interval_s",
            f"set it to at least {fetch.shortest_interval_s:g}",
        )
    if fetch.per_host_delay_s < 0.1 and not fetch.allow_private_networks:
        yield warning(
            f"fetch.per_host_delay_s is {fetch.per_host_delay_s:g}",
            "set it to 1.0: publishers block clients that send bursts",
        )


def _posting(settings: Settings) -> Iterator[Finding]:
    """What site, schedule and mail must agree on."""
    email, link = settings.email, settings.serve.public_url or settings.site.base_url
    if settings.schedule.digest and not email.from_:
        yield error(
            "schedule.digest is set, but no email can be sent: email.from is empty",
            "set email.from, or leave schedule.digest empty",
        )
    if settings.alerts.to and not email.from_:
        yield error(
            "alerts.to is set, but no email can be sent: email.from is empty",
            "set email.from, or leave alerts.to empty",
        )
    if settings.notify.follow and not (settings.notify.to or settings.alerts.to):
        yield warning(
            "notify.follow names what to follow, but nobody is notified",
            "name a receiver in notify.to, then run `aggregator notify test`",
        )
    if not email.from_:
        return
    if not settings.schedule.digest:
        yield ok("schedule.digest is empty: only `aggregator digest send` sends the digest")
    if not settings.serve.public_url:
        yield warning(
            "email.from is set, but the pages link to no sign-up: serve.public_url is empty",
            "set serve.public_url to the public URL of `aggregator serve`; it may be site.base_url",
        )
    if _is_private(link):
        yield warning(
            f"the links in emails begin with {link}, which readers cannot open",
            "set site.base_url to the public URL, and serve.public_url if the web app has"
            " another one",
        )
    elif not link.startswith("https://"):
        yield warning(
            f"the links in emails begin with {link}: mail programs unsubscribe by https only (RFC"
            " 8058)",
            "set serve.public_url to an https:// address",
        )


def alike_by(settings: Settings) -> Iterator[Finding]:
    """How headlines are compared, if not by words alone."""
    if settings.embedding.engine is EmbeddingEngine.BUILTIN:
        return
    found, engine = asyncio.run(_embedding_model(settings)), settings.embedding.engine.value
    if isinstance(found, LlmError):
        yield error(f"embedding: {engine}; {found.reason}: similarity by words only", found.remedy)
    elif is_measured(found.partition("@")[0]):
        yield ok(f"embedding: {engine}; {found}")
    else:
        what = f"embedding: {engine}; {found}: not measured here, so its vectors count for little"
        yield warning(what, "set embedding.engine to local, which was measured")


async def _embedding_model(settings: Settings) -> str | LlmError:
    """The model that answers, or why none does."""
    try:
        embedder = text_embedder(settings)
        assert embedder is not None
        async with asyncio.timeout(MODEL_TIMEOUT_S), embedder:
            return await embedder.model()
    except TimeoutError:
        reason = f"no answer within {MODEL_TIMEOUT_S:g} s"
        return LlmError(reason, remedy="check whether the server is busy or the network slow")
    except LlmError as problem:
        return problem
