"""What the doctor says of mail."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.domain.publishing.subscriber import DeliveryState
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EmailSettings,
    EngineChoice,
    Settings,
    SiteSettings,
    SmtpSecurity,
)
from aggregator.domain.source import Source
from aggregator.ops.doctor.checks import findings
from aggregator.ops.doctor.finding import Environment
from aggregator.store.database import Database
from aggregator.store.publishing import deliveries
from tests.fakes import FakeNames
from tests.integration.installation import records, rsa_key
from tests.integration.stored import NOW
from tests.messages import named
from tests.postroom import WEEK, prepare, reader
from tests.smtp_sink import Sink

pytestmark = pytest.mark.clock

EMAIL = EmailSettings(
    from_="AI news <digest@news.example>", postal_address="1 Example Street", smtp_host="127.0.0.1",
    smtp_security=SmtpSecurity.NONE, dkim_domain="news.example", dkim_selector="one",
)  # fmt: skip


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rsa_key(tmp_path_factory.mktemp("key"))


@pytest.fixture
def around(key: Path) -> Environment:
    """A DNS that says what it must."""
    return Environment(names=lambda: FakeNames(records(key)))


@pytest.fixture
def settings(database: Database, tmp_path: Path, key: Path) -> Settings:
    """Mail without a fault, but for the server's port."""
    (tmp_path / "credentials").mkdir()
    shutil.copy(key, tmp_path / "credentials" / "dkim.pem")
    (tmp_path / "credentials" / "dkim.pem").chmod(0o600)
    return Settings(
        site=SiteSettings(
            base_url="https://news.example",
            contact="mail@news.example",
            output=str(tmp_path / "site"),
        ),
        database=DatabaseSettings(url=database.url),
        analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
        email=replace(EMAIL, credentials=str(tmp_path / "credentials")),
        sources=(Source(key="daily", name="The Daily", url="https://daily.example/feed"),),
    )


def reported(settings: Settings, around: Environment, level: str, **email: object) -> list[str]:
    """What is said of mail at a level, with a server that answers."""
    with Sink() as sink:
        changes = {"smtp_port": sink.port} | email
        found = findings(replace(settings, email=replace(settings.email, **changes)), NOW, around)  # type: ignore[arg-type]
    site = next(place for place, item in enumerate(found) if "no site yet" in item.what)
    return [finding.what for finding in found[site + 1 :] if finding.level == level]


def test_mail_that_could_go_has_no_fault(settings: Settings, around: Environment) -> None:
    assert (reported(settings, around, "warning"), reported(settings, around, "error")) == ([], [])
    assert len(reported(settings, around, "ok")) == 4  # sender, key, server, DNS


def test_who_sends_no_mail_hears_of_nothing_else(settings: Settings, around: Environment) -> None:
    assert [
        [named(what) for what in reported(settings, around, level, from_="")]
        for level in ("ok", "warning", "error")
    ] == [
        [["email.from"]],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("level", "email", "what"),
    [
        pytest.param("error", {"from_": "nobody"}, "email.from", id="no sender"),
        pytest.param(
            "warning",
            {"postal_address": ""},
            "email.postal_address is empty",
            id="nowhere to write to",
        ),
        pytest.param("warning", {"dkim_domain": ""}, "emails are not signed", id="unsigned"),
        pytest.param(
            "error", {"dkim_selector": ""}, "email.dkim_selector is empty", id="no selector"
        ),
        pytest.param("error", {"credentials": "/nowhere"}, "no readable DKIM key", id="no key"),
        pytest.param(
            "error", {"smtp_port": 1}, "mail server 127.0.0.1:1 cannot be used", id="no server"
        ),
        pytest.param(
            "error",
            {"smtp_user": "us"},
            "email.smtp_user is set but there is no password",
            id="no password",
        ),
        pytest.param(
            "error",
            {"smtp_security": SmtpSecurity.STARTTLS},
            "STARTTLS",
            id="server without STARTTLS",
        ),
    ],
)
def test_a_fault_is_told(
    settings: Settings, around: Environment, level: str, email: dict[str, object], what: str
) -> None:
    (found,) = reported(settings, around, level, **email)

    assert what in found


def test_what_is_in_doubt_is_counted_dead_senders_included(
    settings: Settings, around: Environment, database: Database, tmp_path: Path
) -> None:
    with database.writing() as connection:
        prepare(connection, 2, tmp_path / "site")
        deliveries.enqueue(connection, WEEK, [(reader(n).id, f"<{n}@x>") for n in range(2)], NOW)
        one, other = deliveries.claim(connection, WEEK, "1-0a", NOW, 2)
        deliveries.end(connection, one, "1-0a", DeliveryState.DOUBT, "", NOW)
        deliveries.mark_sending(connection, WEEK, other.subscriber_id, "1-0a", NOW)

    assert [named(what) for what in reported(settings, around, "warning")] == [["2", WEEK]]
