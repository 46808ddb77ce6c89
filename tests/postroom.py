"""An edition with subscribers on a real database, and senders over any mailer, for tests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aggregator.adapters.clock import FrozenClock
from aggregator.digest.mail.message import message_id
from aggregator.digest.stage.sending_records import SendingServices
from aggregator.domain.publishing.edition import Edition, StoredEdition
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.publishing.page import PublishedFile, edition_owner
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.subscriber import Consent, Subscriber, SubscriberStatus
from aggregator.domain.settings import EmailSettings, Settings, SiteSettings
from aggregator.ports import Clock, Letter, Mailer
from aggregator.site.paths import edition_path
from aggregator.store.database import Connection, Database
from aggregator.store.publishing import editions, pages, subscribers
from tests.integration.stored import NOW
from tests.unit.digest.makers import ordinary_week

EDITION: Edition = replace(ordinary_week().edition, number=1, published=NOW)
WEEK = EDITION.week
DAY_EDITION = replace(EDITION, day=NOW.date() - timedelta(days=1))
QUICK = EmailSettings(from_="AI news <digest@news.example>", rate_per_s=100_000)


def reader(number: int, standing: SubscriberStatus = SubscriberStatus.CONFIRMED) -> Subscriber:
    """A subscriber; ids are in the order of numbers."""
    return Subscriber(
        id=f"m{number:07}",
        address=f"reader{number}@post{number % 7}.example",
        standing=standing,
        roles=(),
        topics=(),
        generation=0,
        created=NOW,
        consent=Consent(
            asked=NOW, network="192.0.2.0/24", form="form", text_version="1", confirmed=NOW
        ),
        periods=(PeriodKind.WEEK, PeriodKind.DAY),
    )


def prepare(connection: Connection, readers: int, site: Path, edition: Edition = EDITION) -> None:
    """Stores the edition and subscribers, and puts the edition's page on the site."""
    editions.save_edition(connection, edition)
    for number in range(readers):
        subscribers.save(connection, reader(number), f"key-{number}")
    publish_edition(connection, site, edition.period)


def publish_edition(connection: Connection, site: Path, period: str) -> None:
    """Puts the page of an edition on the site, and records it."""
    path, body = f"{edition_path(period)}index.html", b"<p>the edition"
    (site / path).parent.mkdir(parents=True, exist_ok=True)
    (site / path).write_bytes(body)
    page = PublishedFile(
        path=path, digest="", inputs="", bytes=len(body), owner=edition_owner(period)
    )
    pages.save_files(connection, {}, {path: page})


def plain_letter(stored: StoredEdition, to: Subscriber) -> Letter | None:
    """A short letter; nobody whose topics are `none` gets one."""
    if to.topics == ("none",):
        return None
    head = (
        f"Message-ID: {message_id(stored.edition.period, to.id, 'news.example')}\r\nSubject: A"
        " week\r\n\r\n"
    )
    return Letter(
        envelope_from="digest@news.example",
        envelope_to=to.address,
        content=head.encode() + b"Text.\r\n",
    )


def sending_services(
    database: Database,
    site: Path,
    mailer: Mailer | Callable[[], AbstractAsyncContextManager[Mailer]],
    *,
    attempt: str = "a",
    alive: tuple[str, ...] = ("a", "b"),
    email: EmailSettings = QUICK,
    clock: Clock | None = None,
) -> SendingServices:
    """A sender over a mailer, on one database."""
    return SendingServices(
        settings=Settings(site=SiteSettings(output=str(site)), email=email),
        database=database,
        clock=clock or FrozenClock(NOW),
        attempt=attempt,
        is_alive=lambda name: name in alive,
        message_id=lambda period, subscriber_id: message_id(period, subscriber_id, "news.example"),
        write_letter=plain_letter,
        offered=lambda to: to.among(all_roles(), ("models", "none")),
        on_refusal=lambda subscriber_id, reply: None,
        mailer=mailer if callable(mailer) else lambda: nullcontext(mailer),
    )
