"""A secret in every setting, and none in any output: pages, twins, feeds, logs, JSON, errors, run
history, metrics.
"""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import typing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest

from aggregator.config.configuration import SECRETS, load, settings_table, shown
from aggregator.config.keys import Leaf, all_leaves
from aggregator.errors import ConfigError, DatabaseError
from aggregator.store.database import Database
from aggregator.store.publishing import subscribers
from tests.acceptance.house import House
from tests.integration.test_cli import as_json, result_of
from tests.postroom import reader
from tests.servers import MiniWeb, Page

# Texts that are published, printed or used as written, in which no address belongs. A new text
# setting must be an address with `_hide`, or have a rule that rejects an address with a password,
# or be listed here.
AS_WRITTEN = frozenset(
    "site.title site.description site.output site.theme "  # read by people; folders
    # files and folders
    "cluster.overrides cluster.registry metrics.textfile retention.folder email.credentials"
    " embedding.model analysis.ollama.model analysis.ollama.keep_alive analysis.openai.model"
    " analysis.judge.model"
    " email.postal_address email.smtp_user email.dkim_domain email.dkim_selector sources.name"
    " sources.family sources.licence sources.note sources.folder sources.opml sources.include"
    " sources.exclude sources.categories sources.languages sources.listing.script"
    " sources.listing.items sources.listing.title sources.listing.link sources.listing.date"
    " sources.listing.summary sources.listing.tags sources.listing.votes sources.by"
    " sources.listing.mapping sources.routes.listing.mapping"
    " sources.routes.by sources.routes.note sources.routes.listing.script"
    " sources.routes.listing.items sources.routes.listing.title sources.routes.listing.link"
    " sources.routes.listing.date sources.routes.listing.summary sources.routes.listing.tags"
    " sources.routes.listing.votes".split()
)
SOURCE: dict[str, Any] = {"key": "a", "name": "A", "url": "https://a.example/", "kind": "listing"}
LISTING = {"format": "html", "items": "li"}


def takes_text(leaf: Leaf) -> bool:
    """Whether a setting takes free text, alone or in a list or table."""
    parts = typing.get_args(leaf.hint)
    return str in (leaf.hint, *parts, *(inner for part in parts for inner in typing.get_args(part)))


def planted(leaf: Leaf, text: str) -> dict[str, Any]:
    """A configuration, as environment or file, in which this key has the text as its value."""
    value: Any = {"a": text} if leaf.default == {} else [text] if leaf.default == () else text
    *tables, name = leaf.key.removeprefix("sources.").split(".")
    if not leaf.key.startswith("sources."):
        nested: Any = {name: value}
        for table in reversed(tables):
            nested = {table: nested}
        return typing.cast(dict[str, Any], nested)
    source = (
        SOURCE | {"listing": LISTING | {name: value}}
        if tables
        else SOURCE | {"listing": LISTING, name: value}
    )
    return {"sources": [source]}


def written(table: dict[str, Any]) -> str:
    """The table as TOML: inline, as JSON's strings and lists are TOML's too."""

    def inline(value: Any) -> str:
        if isinstance(value, dict):
            return (
                "{ " + ", ".join(f"{name} = {inline(each)}" for name, each in value.items()) + " }"
            )
        return (
            "[" + ", ".join(map(inline, value)) + "]"
            if isinstance(value, list)
            else json.dumps(value)
        )

    return "\n".join(f"{name} = {inline(value)}" for name, value in table.items())


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://ada:hunter2@h.example", id="well-formed"),
        pytest.param("postgresql+psycopg://ada:hunter2@h.example/news", id="a database's"),
        pytest.param("https://ada:hun ter/hunter2@h.example", id="not well-formed"),
        pytest.param(f"https://{'ada' * 30}:hunter2@h.example", id="longer than an error quotes"),
        pytest.param("https://h.example/feed?token=hunter2", id="a token"),
    ],
)
def test_every_setting_hides_the_secret_of_an_address_or_refuses_it(
    tmp_path: Path, address: str
) -> None:
    config = tmp_path / "config.toml"
    plain, leaking = set(), []
    for leaf in filter(takes_text, all_leaves()):
        config.write_text(written(planted(leaf, address)), "utf-8")
        try:
            settings = load(config, {})
        except ConfigError as error:
            said = str(error)
        else:
            plain |= {leaf.key} if "hunter2" in repr(settings) else set()
            said = "" if leaf.key in AS_WRITTEN else repr(shown(config, {}))
        leaking += [leaf.key] if "hunter2" in said else []

    assert leaking == []
    assert plain - AS_WRITTEN == set()


def test_what_is_named_as_written_is_a_setting() -> None:
    assert AS_WRITTEN - {row.key for row in settings_table()} == set()


# What a run, its site and every command say

TOKENS = {
    name: f"{name}Hunter2Planted"
    for name in "read shown moved target gone broken entropy error named guessed".split()
}
PASSWORD = "ada-hunter2-planted"
RANDOM = "x9Q2hunter2PlanTed7"


def feed(of: str, token: str, title: str) -> Page:
    """A feed that writes the token of the request wherever it can."""
    link = f"https://{of}.example/1?token={token}"
    return Page(
        body=(
            f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
            f"<title>{title} {token}</title>"
            f'<atom:link rel="self" href="https://{of}.example/feed?token={token}"/>'
            f"<link>https://{of}.example/?token={token}</link><item><title>{title}"
            " opens a model to everybody, says"
            f" {token}</title><link>{link}</link><guid>{link}</guid>"
            f"<description>{title} released a"
            " model of 7 billion parameters on Monday, it said. Read"
            f" {link}.</description><author>{token}</author><category>{token}</category>"
            f"<pubDate>Sat,"
            " 04 Jul 2026 12:00:00 GMT</pubDate></item></channel></rss>".encode()
        ),
        content_type="application/rss+xml",
    )


@pytest.fixture(scope="module")
def web() -> Iterator[MiniWeb]:
    pages = {
        f"https://read.example/feed?token={TOKENS['read']}": feed(
            "read", TOKENS["read"], "Northwind"
        ),
        "https://read.example/1": Page(
            body=b"<article><p>Northwind released a model of 7 billion parameters.</p></article>"
        ),
        f"https://shown.example/feed?token={TOKENS['shown']}": feed(
            "shown", TOKENS["shown"], "Fabrikam"
        ),
        f"https://moved.example/feed?token={TOKENS['moved']}": Page(
            status=301,
            headers=(("Location", f"https://target.example/feed?token={TOKENS['target']}"),),
        ),
        f"https://target.example/feed?token={TOKENS['target']}": feed(
            "target", TOKENS["target"], "Contoso"
        ),
        f"https://broken.example/feed?token={TOKENS['broken']}": Page(
            body=(
                f"<rss><channel><title>https://x.example/?token={TOKENS['broken']}<x></channel>".encode()
            ),
            content_type="application/rss+xml",
        ),
        f"https://entropy.example/feed?f={RANDOM}": feed("entropy", RANDOM, "Adatum"),
        "https://gone.example/": Page(status=404),
        f"https://named.example/feed?api_key={TOKENS['named']}": feed(
            "named", TOKENS["named"], "Tailspin"
        ),
    }
    with MiniWeb(pages) as served:
        yield served


def source(web: MiniWeb, key: str, path: str, more: str = "") -> str:
    """A `[[sources]]` table."""
    return (
        f'[[sources]]\nkey = "{key}"\nname = "The {key}"\nurl ='
        f' "{web.url_of(f"https://{key}.example{path}")}"\n{more}\n'
    )


def with_user(url: str) -> str:
    """The address with a name and password before its host."""
    return url.replace("://", f"://ada:{PASSWORD}@")


@pytest.fixture
def house(tmp_path: Path, web: MiniWeb, monkeypatch: pytest.MonkeyPatch) -> House:
    for name in SECRETS:
        monkeypatch.setenv(name, f"{name}-hunter2-planted")
    tables = [
        source(web, "read", f"/feed?token={TOKENS['read']}"),
        source(
            web,
            "shown",
            f"/feed?token={TOKENS['shown']}",
            'public_url = "https://shown.example/about"',
        ),
        source(web, "moved", f"/feed?token={TOKENS['moved']}"),
        source(web, "gone", f"/feed?token={TOKENS['gone']}"),
        source(web, "broken", f"/feed?token={TOKENS['broken']}"),
        source(web, "entropy", f"/feed?f={RANDOM}"),
        (
            '[[sources]]\nkey = "user"\nname = "User"\nurl ='
            f' "{with_user(web.url_of("https://gone.example/"))}"\n'
        ),
    ]
    settings = (
        '[metrics]\ntextfile = "metrics.prom"\n[email]\nfrom = "AI news'
        ' <digest@news.example>"\nsmtp_host = "127.0.0.1"\nsmtp_port = 9\nsmtp_user ='
        ' "ada"\n[analysis]\nengine = "ollama"\n[analysis.ollama]\nhost ='
        f' "{with_user("http://127.0.0.1:9")}"\n[analysis.openai]\nbase_url ='
        f' "{with_user("http://127.0.0.1:9/v1")}"\n'
    )
    return House(tmp_path / "house", settings + "\n".join(tables))


def leaks(text: str) -> list[str]:
    """The lines that contain a secret, in upper or lower case."""
    found = (line for line in text.splitlines() if "hunter2" in line.lower())
    return [line[:300] for line in found]


def published(house: House) -> dict[str, list[str]]:
    """The name and the leaking lines of every file except the operator's configuration and the
    database itself.
    """
    private = ("config.toml", "config.local.toml", "whole.opml")
    found = {}
    for path in sorted(house.folder.rglob("*")):
        name = str(path.relative_to(house.folder))
        if path.is_file() and name not in private and ".db" not in path.suffixes:
            found[name] = leaks(f"{name}\n{path.read_bytes().decode('utf-8', 'replace')}")
    return {name: lines for name, lines in found.items() if lines}


def commands(house: House, web: MiniWeb) -> Iterator[tuple[str, ...]]:
    """Every command that prints settings, sources, addresses or runs."""
    yield from (
        ("--json", "refresh", "--all", *AT),
        ("-v", "refresh", "--all", "--now", "2026-07-09T06:00Z"),
    )
    yield from (
        ("--log-json", "-v", "refresh", "--all", "--now", "2026-07-14T06:00Z"),
        ("build", "--full"),
    )
    said = [
        ("config", "show"),
        ("config", "check"),
        ("sources", "list"),
        ("sources", "check", "moved"),
        ("sources", "export"),
    ]
    said += [
        ("doctor",),
        ("runs", "list"),
        ("runs", "show", "last"),
        ("db", "check"),
        ("db", "backup", "kept.db"),
    ]
    said += [
        ("model", "list"),
        ("model", "probe"),
        ("digest", "status"),
        ("subscribers", "list"),
        ("refresh", "--dry-run"),
    ]
    for url in (
        with_user(web.url_of("https://gone.example/")),
        web.url_of(f"https://gone.example/feed?token={TOKENS['error']}"),
        web.url_of(f"https://read.example/feed?token={TOKENS['read']}"),
    ):
        said += [("extract", url), ("why-not", url), ("sources", "add", url)]
    said += [(*each, f"ftp://ada:{PASSWORD} {PASSWORD}@h.example/") for each in NAMING]
    yield from said
    yield from (("--json", *each) for each in said)
    yield ("sources", "add", web.url_of(f"https://named.example/feed?api_key={TOKENS['named']}"))


AT = ("--now", "2026-07-06T06:00Z")
NAMING = (
    ("extract",),
    ("why-not",),
    ("sources", "add"),
    ("db", "copy"),
    ("refresh", "--source"),
    ("config", "check"),
)


def test_no_output_has_a_secret_of_a_setting(house: House, web: MiniWeb) -> None:
    for arguments in commands(house, web):
        _, out, err = result_of(house, *arguments)
        assert (arguments, leaks(out), leaks(err)) == (arguments, [], [])

    assert published(house) == {}
    assert "Northwind opens a model to everybody, says …" in [
        story["headline"]["text"] for story in house.stories()
    ]
    pages = {
        name: (house.site / "source" / name / "index.html").read_text("utf-8")
        for name in ("read", "shown")
    }
    assert ("https://shown.example/about" in pages["shown"], "its feed" in pages["read"]) == (
        True,
        False,
    )
    asked = {asked.url.partition("token=")[2] for asked in web.asked}
    assert {
        TOKENS["read"],
        TOKENS["shown"],
        TOKENS["target"],
    } <= asked  # the requests had the complete addresses
    assert f"https://entropy.example/feed?f={RANDOM}" in {asked.url for asked in web.asked}
    assert f"api_key={TOKENS['named']}" in (house.folder / "config.local.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(
            "DATABASE__URL",
            f"postgresql+psycopg://ada:{PASSWORD}@127.0.0.1:9/news",
            id="a database that is away",
        ),
        pytest.param(
            "FETCH__PROXY", f"http://ada:{PASSWORD}@127.0.0.1:9", id="a proxy that is away"
        ),
        pytest.param("ANALYSIS__ENGINE", "openai", id="a model server that is away"),
    ],
)
def test_no_error_of_a_server_that_is_away_has_its_password(
    house: House, web: MiniWeb, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"AGGREGATOR_{name}", value)
    for arguments in (
        ("config", "show"),
        ("doctor",),
        ("refresh",),
        ("db", "check"),
        ("model", "probe"),
    ):
        _, out, err = result_of(house, "-v", *arguments)
        assert (arguments, leaks(out), leaks(err)) == (arguments, [], [])
    _, out, err = result_of(house, "extract", web.url_of("https://read.example/1"))

    assert (leaks(out), leaks(err)) == ([], [])


def test_a_list_is_exported_with_secrets_only_on_demand(house: House) -> None:
    said = as_json(house, "sources", "export", "list.opml")
    as_json(house, "sources", "export", "--with-secrets", "whole.opml")
    whole = house.folder / "whole.opml"

    assert (said["hidden"], leaks((house.folder / "list.opml").read_text("utf-8"))) == (
        ["read", "shown", "moved", "gone", "broken", "entropy", "user"], [],
    )  # fmt: skip
    assert (TOKENS["read"] in whole.read_text("utf-8"), stat.S_IMODE(whole.stat().st_mode)) == (
        True,
        0o600,
    )
    other, names = House(house.folder / "other", ""), ("list.opml", "whole.opml")
    skipped = [
        as_json(other, "sources", "import", str(house.folder / name))["skipped"] for name in names
    ]
    assert skipped == [6, 0]


def test_no_traceback_of_the_database_has_a_value_of_a_row(database: Database) -> None:
    with database.writing() as connection:
        subscribers.save(connection, reader(0), "one")
    other = replace(reader(1), address=reader(0).address)
    with pytest.raises(DatabaseError) as caught, database.writing() as connection:
        subscribers.save(connection, other, "one")  # the key of another

    assert reader(0).address not in "".join(format_exception(caught.value))


def test_an_error_that_nobody_expected_is_printed_without_the_secrets_of_addresses() -> None:
    program = (
        "import base64, click; from aggregator.cli import app;where = "
        "base64.b64decode('aHR0cDovL2FkYTpodW50ZXIyQGguZXhhbXBsZS8=');"
        "app.aggregator.add_command(click.Command('x', callback=lambda: {}[where.decode()])); "
        "app.main(['x'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert (
        done.returncode,
        "KeyError: 'http://***@h.example/'" in done.stderr,
        leaks(done.stderr),
    ) == (1, True, [])
