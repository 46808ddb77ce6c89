"""A house without a fault, for the tests of the doctor: site and database agree, mail could go, the
DNS says what it must.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from aggregator.domain.fetch_state import FetchState
from aggregator.domain.publishing.page import PublishedFile
from aggregator.domain.settings import (
    AnalysisSettings,
    ClusterSettings,
    DatabaseSettings,
    EmailSettings,
    EngineChoice,
    ServeSettings,
    Settings,
    SiteSettings,
    SmtpSecurity,
)
from aggregator.domain.source import Source
from aggregator.ops.doctor.checks import findings
from aggregator.ops.doctor.finding import Environment, Finding
from aggregator.store import runs
from aggregator.store.database import Connection, Database
from aggregator.store.news import sources
from aggregator.store.publishing import pages
from tests.fakes import FakeNames
from tests.requirements import OPENSSL

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
DAILY = Source(key="daily", name="The Daily", url="https://daily.example/feed")
SECOND = replace(DAILY, key="second", url="https://second.example/feed")
PAGES = {
    "index.html": b"<!doctype html>",
    "story/one/index.html": b"<p>one",
    "archive/index.html": b"<p>all",
}
KEY_NAME = "one._domainkey.news.example"


@dataclass(slots=True)
class Installation:
    """The house as it is now; tests change it and ask for the findings."""

    folder: Path
    settings: Settings
    records: dict[str, tuple[str, ...]] | None = field(default_factory=dict)
    free: int = 10**10
    now: datetime = NOW

    @property
    def path(self) -> Path:
        """The database's file."""
        return self.folder / "news.db"

    @property
    def site(self) -> Path:
        """The site folder."""
        return Path(self.settings.site.output)

    def opened(self) -> Database:
        """The database."""
        return Database(self.settings.database.url)

    def change(self, table: str, **values: Any) -> None:
        """Changes settings of one table."""
        self.settings = replace(
            self.settings, **{table: replace(getattr(self.settings, table), **values)}
        )

    def unwell(self) -> list[Finding]:
        """The findings that are not ok."""
        around = Environment(
            names=lambda: FakeNames(self.records), free_bytes=lambda folder: self.free
        )
        return [
            finding
            for finding in findings(self.settings, self.now, around)
            if finding.level != "ok"
        ]


def healthy(folder: Path, database: Path, key: Path, port: int) -> Installation:
    """A house without a fault: a migrated database backed up, a key, and a mail server at a port of
    this machine.
    """
    (folder / "credentials").mkdir(mode=0o700)
    shutil.copy(key, folder / "credentials" / "dkim.pem")
    (folder / "credentials" / "dkim.pem").chmod(0o600)
    shutil.copy(database, folder / "news.db")
    clinic = Installation(folder, _settings(folder, port), records(key))
    with clinic.opened() as opened, opened.writing() as connection:
        runs.start_run(connection, "one", NOW - timedelta(hours=1))
        runs.finish_run(connection, "one", {"run": "one", "seconds": 60.0})
        well = [
            FetchState(source_key=each.key, url=each.url, last_tried=NOW, last_ok=NOW)
            for each in (DAILY, SECOND)
        ]
        sources.save_states(connection, well)
        publish(connection, clinic.settings, PAGES)
    return clinic


def publish(connection: Connection, settings: Settings, files: dict[str, bytes]) -> None:
    """Files in the site folder, and what is kept of them."""
    output = Path(settings.site.output)
    for path, body in files.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        (output / path).write_bytes(body)
    known = {path: _known(path, body) for path, body in files.items()}
    pages.save_files(connection, {}, known)
    pages.save_fingerprint(connection, settings.site.output, "as published")


def rsa_key(folder: Path) -> Path:
    """A fresh key that signs; the test is skipped where nothing can make one."""
    openssl = OPENSSL.needed()
    key = folder / "dkim.pem"
    subprocess.run(
        [openssl, "genrsa", "-traditional", "-out", key, "2048"], check=True, capture_output=True
    )
    return key


def public_record(key: Path) -> str:
    """The DKIM record of a key."""
    made = subprocess.run(
        ["openssl", "rsa", "-in", key, "-pubout", "-outform", "DER"],
        check=True,
        capture_output=True,
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(made.stdout).decode()}"


def _known(path: str, body: bytes) -> PublishedFile:
    return PublishedFile(path=path, digest=sha256(body).hexdigest(), inputs="", bytes=len(body))


def records(key: Path) -> dict[str, tuple[str, ...]]:
    """What the DNS must say of the sender."""
    return {
        "news.example": ("v=spf1 mx -all",),
        "_dmarc.news.example": ("v=DMARC1; p=none",),
        KEY_NAME: (public_record(key),),
    }


def _settings(folder: Path, port: int) -> Settings:
    return Settings(
        site=SiteSettings(
            base_url="https://news.example",
            contact="mail@news.example",
            output=str(folder / "site"),
        ),
        database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
        cluster=ClusterSettings(
            overrides=str(folder / "overrides.toml"), registry=str(folder / "registry.toml")
        ),
        analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
        email=EmailSettings(
            from_="AI news <digest@news.example>",
            postal_address="1 Example Street",
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security=SmtpSecurity.NONE,
            dkim_domain="news.example",
            dkim_selector="one",
            credentials=str(folder / "credentials"),
        ),
        serve=ServeSettings(public_url="https://news.example"),
        sources=(DAILY, SECOND),
    )
