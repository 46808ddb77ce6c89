"""Thirty mistakes in a configuration and more than twenty planted faults: the doctor finds each,
with one line to do.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from aggregator.adapters.locks import run_lock
from aggregator.config.configuration import load
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.publishing.subscriber import DeliveryState
from aggregator.domain.settings import EngineChoice
from aggregator.errors import ConfigError
from aggregator.ops.doctor.checks import quick_findings
from aggregator.ops.doctor.configuration import config_findings, settings_findings
from aggregator.ops.doctor.finding import Finding
from aggregator.store import runs
from aggregator.store.news import sources
from aggregator.store.news.articles import save_article
from aggregator.store.publishing import deliveries, editions, subscribers
from aggregator.store.schema import editions as edition_rows
from aggregator.store.schema import pages as page_rows
from tests.integration.installation import (
    DAILY,
    KEY_NAME,
    NOW,
    SECOND,
    Installation,
    healthy,
    public_record,
    rsa_key,
)
from tests.integration.stored import article
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer
from tests.postroom import EDITION, WEEK, reader
from tests.smtp_sink import Sink

SOUND = """\
[site]
base_url = "https://news.example"
contact = "mail@news.example"
[analysis]
engine = "extractive"
[[sources]]
key = "daily"
name = "The Daily"
url = "https://daily.example/feed"
"""


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rsa_key(tmp_path_factory.mktemp("key"))


@pytest.fixture
def house(tmp_path: Path, empty_database: Path, key: Path) -> Iterator[Installation]:
    with Sink() as sink:
        yield healthy(tmp_path, empty_database, key, sink.port)


def is_found(found: list[Finding], what: str) -> list[str]:
    """The remedies of the findings that say so; each must be one line."""
    reported = [finding for finding in found if what in finding.what]
    assert all(
        finding.remedy and "\n" not in finding.remedy + finding.what for finding in reported
    ), reported
    return [finding.remedy for finding in reported]


# Mistakes in the configuration


def looked_at(folder: Path, config: str) -> list[Finding]:
    """What is found of a config.toml, whether it can be used or not."""
    (folder / "config.toml").write_text(config, "utf-8")
    try:
        settings = load(folder / "config.toml", {})
    except ConfigError as error:
        return list(config_findings(error))
    return [finding for finding in settings_findings(settings) if finding.level != "ok"]


def with_line(table: str, line: str) -> str:
    """The sound configuration with one line more in a table."""
    head = f"[{table}]\n"
    return SOUND.replace(head, f"{head}{line}\n") if head in SOUND else f"{head}{line}\n{SOUND}"


def test_a_sound_configuration_has_no_mistake(tmp_path: Path) -> None:
    assert looked_at(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("followed", "is_known"),
    [
        ("topic:nosuch", False),
        ("entity:nosuch", False),
        ("entity:openai", True),
        ("entity:gpt-5", True),
        ("word:nosuch", True),
    ],
)
def test_what_is_followed_and_not_in_the_registry_is_told(
    tmp_path: Path, followed: str, *, is_known: bool
) -> None:
    config = with_line("notify", f'to = ["NTFY_URL"]\nfollow = ["{followed}"]')
    found = [finding for finding in looked_at(tmp_path, config) if "registry" in finding.what]

    assert bool(found) is not is_known


def test_a_receiver_whose_variable_is_not_set_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NTFY_URL", raising=False)
    config = with_line("notify", 'to = ["NTFY_URL"]')
    (unset,) = looked_at(tmp_path, config)
    monkeypatch.setenv("NTFY_URL", "ntfys://ntfy.example/news")

    assert (unset.level, "NTFY_URL is not set" in unset.what) == ("error", True)
    assert looked_at(tmp_path, config) == []


MISTAKES = [
    pytest.param(
        with_line("fetch", "per_hots = 2"),
        "fetch.per_hots: unknown key",
        "per_host",
        id="a key misspelt",
    ),
    pytest.param(
        "[fetsch]\nper_host = 2\n" + SOUND, "fetsch: unknown table", "fetch", id="a table misspelt"
    ),
    pytest.param(
        with_line("site", 'per_host = "x"'),
        "site.per_host: unknown key",
        "fetch.per_host",
        id="a key in another table",
    ),
    pytest.param(
        with_line("fetch", 'concurrency = "many"'),
        "a whole number",
        "change ",
        id="text for a number",
    ),
    pytest.param(
        with_line("fetch", "per_host = 99"),
        "not between 1 and 16",
        "change ",
        id="a number out of bounds",
    ),
    pytest.param(
        with_line("fetch", "respect_robots = 1"),
        "true or false",
        "change ",
        id="a number for a truth value",
    ),
    pytest.param(
        with_line("site", 'timezone = "Berlin"'),
        "not a known time zone",
        "Europe/Berlin",
        id="a city for a zone",
    ),
    pytest.param(
        with_line("site", 'language = "English"'),
        "not a language tag",
        "change ",
        id="a language by name",
    ),
    pytest.param(
        SOUND.replace("https://news.example", "news.example"),
        "absolute http",
        "change ",
        id="an address without scheme",
    ),
    pytest.param(
        SOUND.replace("https://news.example", "https://news.example/"),
        "ends in a slash",
        "write https://news.example",
        id="a slash at the end",
    ),
    pytest.param(
        with_line("schedule", 'refresh = "7 * * *"'),
        "4 of the five fields",
        "change ",
        id="four fields of cron",
    ),
    pytest.param(
        with_line("schedule", 'edition = "0 6 * * 1"'),
        "weekday",
        "change ",
        id="a weekday by number",
    ),
    pytest.param(
        with_line("schedule", 'refresh = "0 6 31 2 *"'),
        "no such day",
        "change ",
        id="a day that never comes",
    ),
    pytest.param(
        with_line("edition", 'weekday = "monday"'), "not one of mon", "mon", id="a weekday in full"
    ),
    pytest.param(
        with_line("edition", "hour = 24"), "not between 0 and 23", "change ", id="an hour too many"
    ),
    pytest.param(
        with_line("analysis", 'model = "qwen3:4b-instruct"'),
        "analysis.model: unknown key",
        "ollama",
        id="a key one table too high",
    ),
    pytest.param(
        SOUND.replace("extractive", "olama"), "is not one of", "ollama", id="an engine misspelt"
    ),
    pytest.param(
        with_line("analysis.ollama", "concurrency = 0"),
        "not between 1 and 64",
        "change ",
        id="no call at once",
    ),
    pytest.param(
        with_line("analysis.openai", 'base_url = "127.0.0.1:8080"'),
        "absolute http",
        "change ",
        id="an API without scheme",
    ),
    pytest.param(
        with_line("email", 'from = "digest"'),
        "is not an address",
        "change ",
        id="a sender without domain",
    ),
    pytest.param(
        with_line("email", "smtp_port = 70000"),
        "not between 1 and 65535",
        "change ",
        id="a port that is none",
    ),
    pytest.param(
        with_line("email", 'smtp_security = "ssl"'),
        "is not one of",
        "change ",
        id="a security that is none",
    ),
    pytest.param(
        with_line("email", 'smtp_password = "hunter2"'),
        "email.smtp_password: unknown key",
        "AGGREGATOR_SMTP_PASSWORD",
        id="a secret in the file",
    ),
    pytest.param(
        with_line("fetch", 'allow_private_networks = ["10.1.2.3/16"]'),
        "not a network",
        "10.1.0.0/16",
        id="a network with host bits",
    ),
    pytest.param(
        with_line("serve", 'trusted_proxies = ["proxy"]'),
        "not a network",
        "change ",
        id="a proxy by name",
    ),
    pytest.param(
        with_line("database", 'url = "mysql://news"'),
        "database.url: must",
        "change ",
        id="a database that we do not know",
    ),
    pytest.param(
        with_line("database", 'url = "sqlite:///site/news.db"'),
        "inside the site folder",
        "change ",
        id="a public database",
    ),
    pytest.param(
        with_line("site", 'output = "."'),
        "contains the configuration",
        "only for the site",
        id="a site over everything",
    ),
    pytest.param(
        SOUND + SOUND[SOUND.index("[[sources]]") :],
        "already the key of",
        "change ",
        id="a key given twice",
    ),
    pytest.param(
        SOUND.replace('url = "https://daily', 'link = "https://daily'),
        "sources[0].url: is missing",
        "change ",
        id="no url",
    ),
    pytest.param(
        SOUND + 'lane = "realease"\n', "is not one of", "release", id="a lane that is none"
    ),
    pytest.param(
        SOUND + 'kind = "listing"\n',
        "sources[0].listing: is missing",
        "add a [sources.listing]",
        id="a listing without how",
    ),
    pytest.param(
        SOUND.replace('"daily"', '"The Daily"'),
        "a-z, 0-9 and hyphen",
        "change ",
        id="a key with blanks",
    ),
    pytest.param(
        SOUND.replace('"daily"', '"daily'),
        "is not TOML",
        "fix that line",
        id="a quotation mark lost",
    ),
    pytest.param(
        SOUND[: SOUND.index("[[sources]]")], "no source is enabled", "[[sources]]", id="no source"
    ),
    pytest.param(
        SOUND + SOUND[SOUND.index("[[sources]]") :].replace('"daily"', '"again"'),
        "have the same URL: daily, again",
        "keep only one",
        id="an address given twice",
    ),
    pytest.param(
        SOUND
        + """[[sources]]
key = "maker"
name = "Anthropic News"
url = "https://mirror.example/news.xml"
[[sources]]
key = "model"
name = "The blog of a model"
url = "https://claude.com/feed"
""",
        "2 sources of anthropic may count as independent: maker, model",
        'family = "anthropic"',
        id="two sources of one company",
    ),
    pytest.param(
        SOUND.replace("https://news.example", "http://192.168.1.5"),
        "site.base_url is",
        "public URL",
        id="a home address",
    ),
    pytest.param(
        SOUND.replace('contact = "mail@news.example"\n', ""),
        "site.contact is empty",
        "corrections",
        id="no contact",
    ),
    pytest.param(
        with_line("fetch", "allow_private_networks = true"),
        "into your network",
        "list only the networks",
        id="no guard",
    ),
    pytest.param(
        with_line("fetch", "shortest_interval_s = 90000.0"),
        "longest_interval_s is shorter",
        "90000",
        id="intervals the wrong way round",
    ),
    pytest.param(
        with_line("fetch", "per_host_delay_s = 0"),
        "per_host_delay_s is 0",
        "1.0",
        id="requests in bursts",
    ),
    pytest.param(
        with_line("analysis", "quote_words = 60"),
        "quote_words is 60",
        "25",
        id="quotations too long",
    ),
    pytest.param(
        with_line("serve", 'host = "0.0.0.0"'),
        "without TLS",
        "127.0.0.1",
        id="a web app in the open",
    ),
    pytest.param(
        with_line("schedule", 'digest = "0 7 * * mon"'),
        "no email can be sent",
        "email.from",
        id="a digest without sender",
    ),
    pytest.param(
        with_line("email", 'from = "a@news.example"'),
        "the pages link to no sign-up",
        "set serve.public_url",
        id="email without a sign-up",
    ),
    pytest.param(
        with_line("email", 'from = "a@news.example"').replace("https://news", "http://news"),
        "unsubscribe by https only",
        "serve.public_url",
        id="links without TLS",
    ),
    pytest.param(
        with_line("email", 'from = "a@news.example"').replace(
            "https://news.example", "http://localhost:8000"
        ),
        "the links in emails begin with http://localhost:8000",
        "set site.base_url",
        id="links to this machine",
    ),
]


@pytest.mark.parametrize(("config", "what", "remedy"), MISTAKES)
def test_a_mistake_in_the_configuration_is_found_with_what_to_do(
    tmp_path: Path, config: str, what: str, remedy: str
) -> None:
    remedies = is_found(looked_at(tmp_path, config), what)

    assert [item for item in remedies if remedy in item] != []


@pytest.mark.parametrize("name", ["overrides", "registry"])
def test_a_mistake_in_a_file_beside_is_found_too(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.toml").write_text("[[pinn]]\nstory = 'abc'\n", "utf-8")

    assert is_found(looked_at(tmp_path, SOUND), "pinn") != []


def test_there_are_thirty_mistakes_and_more() -> None:
    assert len(MISTAKES) >= 30


# Faults


def test_a_healthy_house_has_no_fault(house: Installation) -> None:
    assert house.unwell() == []


def _sql(statement: str) -> Callable[[Installation], None]:
    """Changes the database behind the program's back: a plain connection minds no foreign key."""

    def change(house: Installation) -> None:
        with closing(sqlite3.connect(house.path)) as connection:
            connection.execute(statement)
            connection.commit()

    return change


def _damaged_page(house: Installation) -> None:
    """Writes over a page of the file that holds a table's rows."""
    with closing(sqlite3.connect(house.path)) as connection:
        connection.executemany(
            "INSERT INTO answers VALUES (?, 'brief', ?, 'stop', 1, 1, '2026-07-06')",
            [(f"{n:064}", "x" * 500) for n in range(300)],
        )
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'answers'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with house.path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)


def _no_database(house: Installation) -> None:
    house.path.write_bytes(b"this is no database at all, but as long as the head of one is" * 20)


def _sources(**changes: object) -> Callable[[Installation], None]:
    def change(house: Installation) -> None:
        state = FetchState(source_key=DAILY.key, url=DAILY.url, last_tried=NOW, **changes)  # type: ignore[arg-type]
        with house.opened() as database, database.writing() as connection:
            sources.save_states(connection, [state])

    return change


def _all_sources(house: Installation) -> None:
    states = [
        FetchState(source_key=item.key, url=item.url, last_tried=NOW, reason="no route")
        for item in (DAILY, SECOND)
    ]
    with house.opened() as database, database.writing() as connection:
        sources.save_states(connection, states)


def _failed_runs(count: int) -> Callable[[Installation], None]:
    def change(house: Installation) -> None:
        with house.opened() as database, database.writing() as connection:
            for n in range(count):
                runs.start_run(connection, f"failed-{n}", NOW - timedelta(minutes=9 - n))
                runs.finish_run(
                    connection, f"failed-{n}", {"run": "x", "error": "the disk is full\nand more"}
                )

    return change


def _died(house: Installation) -> None:
    with house.opened() as database, database.writing() as connection:
        runs.start_run(connection, "died", NOW - timedelta(minutes=9))


def _doubt(house: Installation) -> None:
    with house.opened() as database, database.writing() as connection:
        editions.save_edition(connection, EDITION)
        deliveries.enqueue(connection, WEEK, [(reader(0).id, "<0@x>")], NOW)
        (copy,) = deliveries.claim(connection, WEEK, "1-0a", NOW, 1)
        deliveries.end(connection, copy, "1-0a", DeliveryState.DOUBT, "", NOW)


def _altered_edition(house: Installation) -> None:
    with house.opened() as database, database.writing() as connection:
        editions.save_edition(connection, EDITION)
        connection.execute(update(edition_rows).values(record=edition_rows.record.concat(" ")))


def _readers_without_key(house: Installation) -> None:
    with house.opened() as database, database.writing() as connection:
        subscribers.save(connection, reader(0), "key")


def _no_manifest(house: Installation) -> None:
    with house.opened() as database, database.writing() as connection:
        connection.execute(delete(page_rows))
        connection.execute(text("DELETE FROM publications"))


def _lost_page(house: Installation) -> None:
    (house.site / "story/one/index.html").unlink()


def _altered_page(house: Installation) -> None:
    (house.site / "story/one/index.html").write_bytes(b"<p>two")  # as long as before


def _site(output: str) -> Callable[[Installation], None]:
    return lambda house: house.change("site", output=output.format(house.folder))


def _file_for_folder(house: Installation) -> None:
    (house.folder / "taken").write_text("a file", "utf-8")
    house.change("site", output=str(house.folder / "taken" / "site"))


def _dead_ollama(house: Installation) -> None:
    with OllamaServer(extractive_writer) as server:
        url = server.url
    house.change(
        "analysis",
        engine=EngineChoice.OLLAMA,
        ollama=replace(house.settings.analysis.ollama, host=url),
    )


def _mail(**changes: object) -> Callable[[Installation], None]:
    return lambda house: house.change("email", **changes)


def _names(name: str, *texts: str) -> Callable[[Installation], None]:
    return lambda house: house.records.update({name: texts}) if house.records is not None else None


def _other_key(house: Installation) -> None:
    (house.folder / "other").mkdir()
    _names(KEY_NAME, public_record(rsa_key(house.folder / "other")))(house)


def _no_key(house: Installation) -> None:
    (house.folder / "credentials" / "dkim.pem").write_text("no key", "ascii")


def _lost_override(house: Installation) -> None:
    (house.folder / "overrides.toml").write_text('[[pin]]\nstory = "nobodyknows2"\n', "utf-8")


def _pages(failed: int, read: int) -> Callable[[Installation], None]:
    """Yesterday's articles: those whose pages failed, and those that were read."""

    def change(house: Installation) -> None:
        with house.opened() as database, database.writing() as connection:
            for number in range(failed + read):
                of = replace(
                    article(f"Report {number}", key=str(number)), first_seen=NOW - timedelta(days=1)
                )
                tried = (
                    {"page_failures": 1}
                    if number < failed
                    else {"page_failures": 0, "page_read": NOW}
                )
                save_article(connection, of, digest=str(number), now=NOW, page_due=None, **tried)

    return change


def _open_database(house: Installation) -> None:
    house.path.chmod(0o644)


def _open_copies(house: Installation) -> None:
    folder = house.folder / "copies of 2026"
    folder.mkdir()
    for name in ("aggregator-20260705T033000Z.db", "aggregator-20260706T033000Z.db"):
        shutil.copy(house.path, folder / name)
        (folder / name).chmod(0o640)
    house.change("retention", folder=str(folder))


def _open_key(house: Installation) -> None:
    (house.folder / "credentials" / "dkim.pem").chmod(0o644)


def _short_key(house: Installation) -> None:
    tokens = house.folder / "credentials" / "tokens.key"
    tokens.write_bytes(b"short")
    tokens.chmod(0o600)


def _set(**changes: object) -> Callable[[Installation], None]:
    def change(house: Installation) -> None:
        for name, value in changes.items():
            setattr(house, name, value)

    return change


FAULTS = [
    pytest.param(
        _damaged_page,
        "database disk image is malformed",
        "restore a backup",
        id="a page of the database written over",
    ),
    pytest.param(_no_database, "news.db", "restore a backup", id="a file that is no database"),
    pytest.param(
        _sql("INSERT INTO passages VALUES ('lost', 1, 0, 'x', '')"),
        "damaged: passages",
        "restore",
        id="a row that points nowhere",
    ),
    pytest.param(
        _sql("UPDATE alembic_version SET version_num = '0021'"),
        "has schema 0021",
        "db upgrade",
        id="an older schema",
    ),
    pytest.param(
        _sql("UPDATE alembic_version SET version_num = '0015'"),
        "before release 0.1.0 (schema 0015",
        "code of commit 9ed1e41",
        id="a schema from before the release",
    ),
    pytest.param(
        _sql("UPDATE alembic_version SET version_num = '9999'"),
        "newer version",
        "upgrade the program",
        id="a newer schema",
    ),
    pytest.param(
        _sql("ALTER TABLE lines DROP COLUMN document"),
        "lines has no column",
        "move the file",
        id="a lost column",
    ),
    pytest.param(
        _altered_edition,
        f"the edition of {WEEK} was changed after publication",
        "restore a backup",
        id="an edition that was altered",
    ),
    pytest.param(
        _set(free=12_000_000), "12 MB free", "free some disk space", id="a disk nearly full"
    ),
    pytest.param(
        _set(now=NOW - timedelta(days=1)),
        "began in the future",
        "set this machine's clock",
        id="a clock set back a day",
    ),
    pytest.param(
        _set(now=NOW.replace(year=1970)),
        "this machine's clock says 1970",
        "timedatectl",
        id="a clock without battery",
    ),
    pytest.param(
        _set(now=NOW + timedelta(days=9)),
        "the newest refresh began on",
        "aggregator run",
        id="a scheduler that is away",
    ),
    pytest.param(_died, "killed before it finished", "refresh again", id="a run that was killed"),
    pytest.param(
        _failed_runs(1),
        "the newest refresh failed: the disk is full",
        "runs show failed-0",
        id="a run that failed",
    ),
    pytest.param(
        _failed_runs(2),
        "the last two refreshes failed",
        "runs show failed-1",
        id="two runs that failed",
    ),
    pytest.param(
        _sources(reason="http 503"),
        "failed at the last fetch: daily",
        "sources list",
        id="a source that fails",
    ),
    pytest.param(
        _sources(retired=NOW), "1 dead source: daily", "sources disable", id="a source that is gone"
    ),
    pytest.param(
        _sources(reason="x", failing_since=NOW - timedelta(days=9)),
        "dead source",
        "disable",
        id="a source silent for a week",
    ),
    pytest.param(
        _sources(quarantined=NOW), "in quarantine: daily", "sources check", id="a source held back"
    ),
    pytest.param(
        _all_sources, "none of the 2 sources responded", "network", id="a machine without network"
    ),
    pytest.param(
        _pages(8, 5), "8 of 13 article pages", "runs show last", id="pages that mostly fail"
    ),
    pytest.param(
        _lost_override,
        "no story has the id nobodyknows2",
        "correct or remove it",
        id="an override of no story",
    ),
    pytest.param(
        _lost_page,
        "1 site file missing",
        "aggregator build --full",
        id="a page that was deleted",
    ),
    pytest.param(
        _altered_page,
        "1 changed, such as story/one",
        "aggregator build --full",
        id="a page that was altered",
    ),
    pytest.param(
        _no_manifest, "no record of the site", "build --full", id="a manifest that was lost"
    ),
    pytest.param(
        _site("{}/elsewhere"),
        "no site yet",
        "aggregator build",
        id="a site folder that moved",
    ),
    pytest.param(
        _site("/proc/site"),
        "cannot be written",
        "change its owner",
        id="a site folder that is read-only",
    ),
    pytest.param(
        _file_for_folder, "taken is a file", "move it away", id="a file in the place of the site"
    ),
    pytest.param(
        _dead_ollama, "sentences are chosen by rules", "ollama serve", id="an Ollama that is down"
    ),
    pytest.param(
        _mail(smtp_port=1),
        "mail server 127.0.0.1:1 cannot be used",
        "smtp_host",
        id="a mail server that refuses",
    ),
    pytest.param(
        _mail(smtp_user="us"),
        "no password",
        "AGGREGATOR_SMTP_PASSWORD",
        id="a login without password",
    ),
    pytest.param(_doubt, "1 email in doubt", "digest resolve", id="mails in doubt"),
    pytest.param(
        _readers_without_key,
        "links in emails to 1 readers do not work",
        "backup",
        id="a key of tokens that is lost",
    ),
    pytest.param(_short_key, "is truncated", "backup", id="a key of tokens that is cut"),
    pytest.param(
        _open_database,
        "news.db: subscribers' addresses can be read by other users",
        "news.db`",
        id="a database that all can read",
    ),
    pytest.param(
        _open_copies,
        "033000Z.db and 1 more: subscribers'",
        "`chmod 600 '",
        id="copies of the database that a group can read",
    ),
    pytest.param(
        _open_key, "can be read by other users", "chmod 600", id="a key that all can read"
    ),
    pytest.param(
        _no_key, "not a valid RSA key", "aggregator keys init", id="a key that does not sign"
    ),
    pytest.param(
        _other_key,
        "does not match dkim.pem",
        "aggregator keys init",
        id="a public key of another key",
    ),
    pytest.param(_names(KEY_NAME), "no DKIM record", "aggregator keys init", id="no DKIM record"),
    pytest.param(_names("news.example"), "no SPF record", "v=spf1", id="no SPF record"),
    pytest.param(
        _names("news.example", "v=spf1 mx", "v=spf1 a"),
        "2 SPF records",
        "merge",
        id="two SPF records",
    ),
    pytest.param(
        _names("news.example", "v=spf1 +all"),
        "lets anyone send",
        "-all",
        id="an SPF record that allows all",
    ),
    pytest.param(
        _names("_dmarc.news.example"), "no DMARC record", "v=DMARC1", id="no DMARC record"
    ),
    pytest.param(
        _names("_dmarc.news.example", "v=DMARC1; rua=mailto:a@b.example"),
        "no policy",
        "p=none",
        id="DMARC without policy",
    ),
    pytest.param(
        _mail(dkim_domain="other.example"),
        "are signed by other.example",
        "sender's domain",
        id="a signature of others",
    ),
    pytest.param(
        _set(records=None), "the DNS query failed", "can use the DNS", id="a DNS that is down"
    ),
]


@pytest.mark.parametrize(("plant", "what", "remedy"), FAULTS)
def test_a_planted_fault_is_found_with_what_to_do(
    house: Installation, plant: Callable[[Installation], None], what: str, remedy: str
) -> None:
    plant(house)
    remedies = is_found(house.unwell(), what)

    assert [item for item in remedies if remedy in item] != []


@pytest.mark.parametrize(("failed", "read"), [(6, 6), (9, 0)], ids=["half of them", "too few"])
def test_some_pages_that_fail_are_no_fault(house: Installation, failed: int, read: int) -> None:
    _pages(failed, read)(house)

    assert house.unwell() == []


def test_a_run_that_hangs_is_found(house: Installation) -> None:
    with house.opened() as database, database.writing() as connection:
        runs.start_run(connection, "long", NOW - timedelta(minutes=5))
    house.now = NOW + timedelta(hours=7)
    with run_lock(house.settings.database):
        remedies = is_found(house.unwell(), "a run is in progress since 2026-07-06 05:55")

    assert ["stop" in remedy for remedy in remedies] == [True]


def test_there_are_twenty_faults_and_more() -> None:
    assert len(FAULTS) >= 20


def test_a_quick_look_asks_nobody_and_reads_no_page(house: Installation) -> None:
    for plant in (_altered_page, _mail(smtp_port=1), _dead_ollama):
        plant(house)

    assert [
        finding.what for finding in quick_findings(house.settings, NOW) if finding.level != "ok"
    ] == []
