"""The web app in this process, asked as over HTTP, with a mailer that takes everything and a clock
that stands.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from aggregator.digest.mail.letters import confirmation_letter
from aggregator.digest.stage.subscriber_admin import all_subscribers
from aggregator.domain.publishing.subscriber import Subscriber
from aggregator.domain.settings import EmailSettings, ServeSettings, Settings, SiteSettings
from aggregator.ports import Letter
from aggregator.serve.app import Handlers, app
from aggregator.serve.sign_up_queue import Outbox
from aggregator.store.database import Database
from aggregator.store.schema import confirmations, subscribers, suppressions, wishes
from tests.fakes import FakeMailer, FixedClock
from tests.integration.stored import NOW

KEY = b"k" * 32
TOPICS = {"agents": "Agents", "open-weights": "Open weights"}
_OF_READERS = (subscribers, suppressions, confirmations, wishes)


class WebApp:
    """A running web app: `client` asks it, `mailer` holds what it sent, `clock` can be moved on."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings
        self.mailer, self.clock = FakeMailer(), FixedClock(NOW)

        def write(to: Subscriber, token: str) -> Letter:
            return confirmation_letter(to, token, settings, self.clock.now())

        self.app = app(Handlers(settings, database, self.mailer, self.clock, KEY, write, TOPICS))
        self.client = self.client_at("192.0.2.77")

    def client_at(self, address: str) -> httpx.AsyncClient:
        """Somebody who asks from an address."""
        transport = httpx.ASGITransport(app=self.app, client=(address, 50_000))
        return httpx.AsyncClient(transport=transport, base_url="https://mail.example")

    async def subscribe(
        self, address: str, client: httpx.AsyncClient | None = None, **fields: str | list[str]
    ) -> httpx.Response:
        """Sends the form, and waits until what it asks for is done."""
        answer = await (client or self.client).post(
            "/subscribe", data={"address": address, **fields}
        )
        outbox: Outbox = self.app.state.outbox
        await outbox.wait_idle()
        return answer

    async def subscribed(self, address: str = "reader@example.org") -> Subscriber:
        """Somebody who asked and confirmed."""
        await self.subscribe(address)
        await self.client.post(f"/confirm/{self.token()}")
        await (
            self.app.state.outbox.wait_idle()
        )  # an answered confirmation lets others have their turn
        return next(
            subscriber for subscriber in self.subscribers() if subscriber.address == address
        )

    def token(self, number: int = -1) -> str:
        """The token in a letter that was sent."""
        found = re.search(
            r"https://mail\.example/confirm/([\w-]+)", text_of(self.mailer.taken[number])
        )
        assert found
        return found[1]

    def subscribers(self) -> tuple[Subscriber, ...]:
        """Who is in the database."""
        with self.database.reading() as connection:
            return tuple(all_subscribers(connection))

    def state(self) -> str:
        """All that is known of subscribers, as one text: two that are equal mean that nothing
        changed.
        """
        with self.database.reading() as connection:
            return repr([connection.execute(select(table)).all() for table in _OF_READERS])


def settings_of(folder: Path) -> Settings:
    """Settings under which mail is sent and the site lies in a folder."""
    return Settings(
        site=SiteSettings(base_url="https://news.example", output=str(folder / "site")),
        email=EmailSettings(
            from_="AI news <digest@news.example>", credentials=str(folder / "credentials")
        ),
        serve=ServeSettings(public_url="https://mail.example", trusted_proxies=("10.0.0.0/8",)),
    )


@asynccontextmanager
async def open_web_app(database: Database, settings: Settings) -> AsyncIterator[WebApp]:
    """A web app with its tasks running."""
    web_app = WebApp(database, settings)
    async with web_app.app.router.lifespan_context(web_app.app), web_app.client:
        yield web_app


def in_web_app(
    database: Database, settings: Settings, told: Callable[[WebApp], Coroutine[Any, Any, None]]
) -> WebApp:
    """Runs a conversation with a web app to its end."""

    async def run() -> WebApp:
        async with open_web_app(database, settings) as web_app:
            await told(web_app)
        return web_app

    return asyncio.run(run())


def text_of(letter: Letter) -> str:
    """The plain text of a letter."""
    body = message_from_bytes(letter.content, policy=default).get_body(("plain",))
    assert body
    text: str = body.get_content()
    return text
