"""What a setting may be: one rule a key, each a function from a value of the right type to its
problem, or nothing.

The rules of a `[[sources]]` table as a whole are `config.source_rules`'s. Types and unknown keys
are `config.configuration`'s, files and their order `config.layers`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from difflib import get_close_matches
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from aggregator.domain.operation.notification import follow_of
from aggregator.domain.web.address import Address
from aggregator.templating.translation import languages, supported_language

Rule = Callable[[Any], str | None]

# the shape of BCP 47 tags that occur in feeds
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# RFC 9110 §10.1.5: a product, then what it says of itself
_PRODUCT = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+([/ ][ -~]*)?")
_SOURCE_KEY = re.compile("[a-z0-9][a-z0-9-]{0,63}")
_CRON_FIELDS = ("minute", "hour", "day", "month", "weekday")
_LEAP_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
# HTML's, near enough to RFC 5321
_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"{_ADDRESS}|[^<>\"\r\n\x00-\x1f\x7f]{{0,100}}<{_ADDRESS}>")
# the name of a variable, or a URL with at least one in braces
_RECEIVER = re.compile(r"[A-Z_][A-Z0-9_]*\Z|[a-z][a-z0-9+.-]*://\S*\$\{[A-Z_][A-Z0-9_]*\}\S*\Z")
_WEEKDAYS = "mon tue wed thu fri sat sun".split()


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`; did you mean per_host?` where a choice is close to the word, otherwise nothing."""
    lower = {choice.lower(): choice for choice in choices}
    close = get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return f"; did you mean {lower[close[0]]}?" if close else ""


def optional(rule: Rule) -> Rule:
    """The rule of a value that may be left empty."""
    return lambda value: rule(value) if value else None


def shaped(pattern: re.Pattern[str], problem: str) -> Rule:
    """The rule of a text that has to have a shape."""
    return lambda value: None if pattern.fullmatch(value) else f"{value!r} {problem}"


def within(least: float, most: float) -> Rule:
    """The rule of a number with two bounds. Not-a-number is outside of every bound."""
    return lambda value: (
        None if least <= value <= most else f"{value} is not between {least:g} and {most:g}"
    )


def days_or_never(least: int) -> Rule:
    """The rule of how many days something is kept, 0 standing for ever."""
    return lambda value: (
        None
        if value == 0 or least <= value <= 36_500
        else f"{value} is neither 0 nor between {least} and 36500"
    )


def more_than_nothing(value: float) -> str | None:
    """The rule of a duration that something is waited for."""
    return None if 0 < value <= 3600 else f"{value} is not between 0 and 3600 seconds, 0 excluded"


def not_empty(value: str) -> str | None:
    """The rule of a text that is shown."""
    return None if value.strip() else "must not be empty"


def web_address(value: str) -> str | None:
    """The rule of an absolute http(s) address."""
    try:
        parts = urlsplit(value)
        well_formed = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or re.search(r"\s", value):
        return f"{value!r} is not an absolute http:// or https:// address"
    return None


def published(value: str) -> str | None:
    """The rule for an address that is published as written, so it must not contain a password or
    key.
    """
    if ":" in value and Address(value).has_credentials:  # the first: ada@lab.example is a mailbox
        return f"{value!r} contains a password or key, but would be published"
    return None


def host_name(value: str) -> str | None:
    """The rule for a host name or IP address, not a URL and without a user name."""
    is_other = re.search(r"[/@?#\s]", value)
    return not_empty(value) or (f"{value!r} is not a host name or IP address" if is_other else None)


def base_url(value: str) -> str | None:
    """The rule of the address that page paths are appended to."""
    if problem := web_address(value):
        return problem
    if value.endswith("/"):
        return f"{value!r} ends in a slash; write {value.rstrip('/')}"
    return (
        f"{value!r} must not have a query or fragment"
        if "?" in value or "#" in value
        else published(value)
    )


def weekday(value: str) -> str | None:
    """The rule of a day of the week by its English name."""
    return (
        None
        if value in _WEEKDAYS
        else f"{value!r} is not one of {', '.join(_WEEKDAYS)}{did_you_mean(value, _WEEKDAYS)}"
    )


def periods(values: list[str]) -> str | None:
    """The rule of the kinds of editions: at least one, each once."""
    if not values:
        return 'must name "week", "day" or both'
    return None if len(set(values)) == len(values) else "names one twice"


def database_url(value: str) -> str | None:
    """The rule of the database's address: a SQLite file, or a database on a PostgreSQL server."""
    if value.startswith("postgresql+psycopg://"):
        if "password=" in value:
            return (
                "must not contain a password in its options, where it would be shown; set"
                " PGPASSWORD, or write ~/.pgpass"
            )
        example = "postgresql+psycopg://news@127.0.0.1/news"
        is_named = urlsplit(value).path.strip("/")
        return None if is_named else f"must contain a database name, such as {example}"
    if value.startswith("postgres"):
        return "must begin with postgresql+psycopg://"
    if not value.startswith("sqlite:///"):
        return (
            "must be an address such as sqlite:///aggregator.db or"
            " postgresql+psycopg://news@127.0.0.1/news"
        )
    if value.removeprefix("sqlite:///") in {"", "/", ":memory:"} or "?" in value:
        return "must name a file, such as sqlite:///aggregator.db"
    return None


def site_language(value: str) -> str | None:
    """The rule of the language of the pages: a tag, with a translation here."""
    if problem := language(value):
        return problem
    if supported_language(value):
        return None
    return (
        f"no translation for {value!r}, only for {', '.join(languages())};"
        " CONTRIBUTING.md explains how to add one"
    )


def timezone(value: str) -> str | None:
    """The rule of an IANA time zone."""
    try:
        ZoneInfo(value)
    # unknown; not a relative path; a folder such as "Europe"
    except (KeyError, ValueError, OSError):
        return f"{value!r} is not a known time zone{_zone_meant(value)}"
    return None


def day(value: str) -> str | None:
    """The rule of a day, written so that two are in the order of their letters."""
    try:
        is_day = date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_day = False
    return None if is_day else f"{value!r} is not a day such as 2026-06-29"


def _zone_meant(value: str) -> str:
    zones = sorted(available_timezones())
    place = value.strip().lower().replace(" ", "_")
    cities = [zone for zone in zones if zone.lower().rpartition("/")[2] == place]
    return f"; did you mean {cities[0]}?" if cities else did_you_mean(value, zones)


def networks(value: bool | list[str]) -> str | None:
    """The rule of a list of networks in CIDR form."""
    problems = (
        [problem for network in value if (problem := _network(network))]
        if isinstance(value, list)
        else []
    )
    return "; ".join(problems) or None


def receivers(value: list[str]) -> str | None:
    """The rule of `notify.to`. Its problem never quotes an entry, which may be a secret."""
    wrong = [number for number, entry in enumerate(value, start=1) if not _RECEIVER.match(entry)]
    if not wrong:
        return None
    return (
        f"entry {', '.join(map(str, wrong))}: write the name of an environment variable that holds"
        " an Apprise URL, such as NTFY_URL, or a URL whose secrets are variables, such as"
        " ntfys://ntfy.example/${NTFY_TOPIC}"
    )


def followed(value: list[str]) -> str | None:
    """The rule of `notify.messages`."""
    wrong = [place for place, entry in enumerate(value, 1) if follow_of(entry) is None]
    if not wrong:
        return None
    return f"entry {wrong[0]} is not of the form entity:KEY, topic:KEY or word:WORDS"


def _network(value: str) -> str | None:
    try:
        ip_network(value)
    except ValueError:
        return f"{value!r} is not a network such as 127.77.0.0/16{_network_meant(value)}"
    return None


def _network_meant(value: str) -> str:
    try:
        return f"; did you mean {ip_network(value, strict=False)}?"
    except ValueError:
        return ""


def cron(value: str) -> str | None:
    """The rule of a cron expression: minute, hour, day, month, weekday.

    Weekdays go by name, because crontab(5) counts them from Sunday and APScheduler 3 from Monday.
    """
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - most files name no hours

    fields = value.lower().split()
    if len(fields) != len(_CRON_FIELDS):
        return (
            f"{value!r} has {len(fields)} of the five fields minute, hour, day, month, weekday, as"
            ' in "7 * * * *"'
        )
    problems = []
    for name, field in zip(_CRON_FIELDS, fields, strict=True):
        try:
            CronTrigger(**{"day_of_week" if name == "weekday" else name: field}, timezone=UTC)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if re.search(r"\d", fields[-1].partition("/")[0]):
        problems.append("weekday: name the day, such as mon")
    if problems:
        return f"{value!r}: {'; '.join(problems)}"
    trigger = CronTrigger.from_crontab(value, timezone=UTC)
    never = trigger.get_next_fire_time(None, _LEAP_YEAR) is None
    return f"{value!r}: no such day in that month" if never else None


published_web_address = optional(lambda value: web_address(value) or published(value))
language = shaped(_LANGUAGE, "is not a language tag such as en or pt-BR")
# it opens with a product token that robots.txt can name (RFC 9309 §2.2.1)
product = shaped(_PRODUCT, "does not start with a product name such as ai-news-aggregator")
# ASCII in the address, and no line breaks
mailbox = shaped(
    _MAILBOX, 'is not an address such as digest@example.org or "AI news <digest@example.org>"'
)
# it stands in addresses and file names
source_key = shaped(
    _SOURCE_KEY, "must have 1 to 64 characters, of a-z, 0-9 and hyphen, the first not a hyphen"
)

RULES: dict[str, Rule] = {
    "site.title": not_empty,
    "site.base_url": base_url,
    "site.output": not_empty,
    "site.language": site_language,
    "site.timezone": timezone,
    "site.today": optional(day),
    "database.url": database_url,
    "fetch.user_agent": product,
    "site.contact": published,
    "site.hub": published_web_address,
    "fetch.contact_url": published_web_address,
    "fetch.concurrency": within(1, 256),
    "fetch.per_host": within(1, 16),
    "fetch.per_host_delay_s": within(0, 3600),
    "fetch.shortest_interval_s": within(900, 604_800),
    "fetch.longest_interval_s": within(3_600, 2_592_000),
    "fetch.timeout_s": more_than_nothing,
    "fetch.max_bytes": within(1_000, 1_000_000_000),
    "fetch.allow_private_networks": networks,
    "fetch.max_age_days": within(1, 36_500),
    "fetch.proxy": optional(web_address),
    "cluster.lookback_days": within(1, 60),
    "cluster.judge_questions": within(0, 1_000),
    "embedding.model": not_empty,
    "analysis.quote_words": within(5, 60),
    "analysis.hook_words": within(5, 60),
    "analysis.quote_share": within(0, 1),
    "analysis.quote_least": within(5, 1_000),
    "analysis.quote_context": within(0, 200),
    "analysis.quote_opened": within(0, 1),
    "analysis.language": language,
    "analysis.in_depth": within(0, 1_000_000),
    "analysis.in_brief": within(0, 1_000_000),
    "analysis.time_budget_s": within(0, 604_800),
    "analysis.ollama.model": not_empty,
    "analysis.ollama.num_ctx": within(512, 10_000_000),
    "analysis.ollama.timeout_s": more_than_nothing,
    "analysis.ollama.concurrency": within(1, 64),
    "analysis.openai.base_url": web_address,
    "analysis.openai.model": not_empty,
    "analysis.openai.context": within(512, 10_000_000),
    "analysis.openai.timeout_s": more_than_nothing,
    "analysis.openai.concurrency": within(1, 64),
    "analysis.judge.prior": within(0, 0.5),
    "analysis.judge.threshold": within(0, 1),
    "edition.period": periods,
    "edition.weekday": weekday,
    "edition.hour": within(0, 23),
    "edition.stories": within(1, 60),
    "edition.minimum_score": within(-1_000, 1_000),
    "email.from": optional(mailbox),
    "email.reply_to": optional(mailbox),
    "email.bounce_address": optional(mailbox),
    "email.smtp_host": host_name,
    "email.smtp_port": within(1, 65_535),
    "email.rate_per_s": within(0.01, 1_000),
    "email.credentials": not_empty,
    "serve.host": host_name,
    "serve.port": within(0, 65_535),
    "serve.public_url": optional(base_url),
    "serve.trusted_proxies": networks,
    "schedule.backup": optional(cron),
    "schedule.retention": optional(cron),
    "retention.texts_days": days_or_never(61),
    "retention.answers_days": within(0, 36_500),
    "retention.deliveries_days": days_or_never(30),
    "retention.runs_days": days_or_never(14),
    "retention.backups": within(1, 1_000),
    "retention.folder": not_empty,
    "metrics.networks": networks,
    "notify.to": receivers,
    "notify.follow": followed,
    "notify.most_a_day": within(1, 1_000),
    "alerts.to": optional(mailbox),
    "alerts.silence_hours": within(0.1, 8_760),
    "schedule.refresh": cron,
    "schedule.edition": optional(cron),
    "schedule.digest": optional(cron),
    "sources.key": source_key,
    "sources.name": not_empty,
    "sources.url": web_address,
    "sources.routes.url": web_address,
    "sources.routes.listing.prefix": published_web_address,
    "sources.routes.listing.minimum": within(1, 2_000),
    "sources.routes.listing.points": within(0, 1_000_000),
    "sources.weight": within(0, 10),
    "sources.max_age_days": within(0, 36_500),
    "sources.public_url": published_web_address,
    "sources.removal_contact": published,
    "sources.listing.prefix": published_web_address,
    "sources.listing.minimum": within(1, 2_000),
    "sources.listing.points": within(0, 1_000_000),
}
