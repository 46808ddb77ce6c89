"""Floods of sign-ups: what strangers are sent, and what an honest reader sees meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import httpx
import pytest

from aggregator.digest.stage.subscriber_admin import store_sign_up
from aggregator.domain.publishing.subscriber import Consent, SignUpRequest
from aggregator.domain.settings import Settings
from aggregator.serve.limits import Limit
from aggregator.store.database import Database
from aggregator.store.publishing.subscribers import save_request
from tests.integration.stored import NOW
from tests.integration.web_app import KEY, WebApp, in_web_app, settings_of

pytestmark = pytest.mark.clock

HONEST, HERE = "reader@example.org", "203.0.113.5"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = settings_of(tmp_path)
    return replace(made, serve=replace(made.serve, trusted_proxies=()))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """No answer here depends on the kind of database."""
    made = Database(f"sqlite:///{tmp_path / 'a.db'}")
    made.upgrade(NOW)
    yield made
    made.close()


def asked_for(answer: httpx.Response) -> dict[str, str]:
    """The fields of the form that asks a visitor to wait."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text)
    return {name: unescape(value) for name, value in found}


async def patient(web_app: WebApp, address: str, peer: str) -> httpx.Response:
    """Somebody who sends the form again after the wait, if there is one."""
    client = web_app.client_at(peer)
    first = await web_app.subscribe(address, client, role="policy")
    if first.status_code != 200:
        return first
    web_app.clock.advance(30)
    return await web_app.subscribe(client=client, **asked_for(first))


def mailed(web_app: WebApp) -> list[str]:
    return [letter.envelope_to for letter in web_app.mailer.taken]


def test_600_networks_mail_30_strangers_and_a_reader_subscribes_meanwhile(
    database: Database, settings: Settings
) -> None:
    statuses = []

    async def visit(web_app: WebApp) -> None:
        for number in range(600):
            if number == 300:
                client = web_app.client_at(HERE)
                first = await web_app.subscribe(HONEST, client, role="policy")
                assert (first.status_code, "Wait 30 seconds" in first.text) == (200, True)
                web_app.clock.advance(20)
                early = await web_app.subscribe(client=client, **asked_for(first))
                assert (early.status_code, "Wait 10 seconds" in early.text) == (200, True)
                web_app.clock.advance(10)
                assert (await web_app.subscribe(client=client, **asked_for(early))).headers[
                    "location"
                ] == "subscribe/sent"
            peer = web_app.client_at(f"{11 + number // 250}.{number % 250}.7.9")
            statuses.append(
                (await web_app.subscribe(f"stranger{number}@example.net", peer)).status_code
            )

    web_app = in_web_app(database, settings, visit)

    assert statuses == [303] * 30 + [200] * 570
    assert mailed(web_app) == [*(f"stranger{number}@example.net" for number in range(30)), HONEST]
    (here,) = (subscriber for subscriber in web_app.subscribers() if subscriber.address == HONEST)
    assert here.roles == ("policy",)


def test_patient_programs_of_three_providers_take_no_turn_of_others(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        for number in range(90):
            await patient(web_app, f"stranger{number}@example.net", f"11.{number % 3}.{number}.9")
        assert (await patient(web_app, HONEST, HERE)).status_code == 303

    web_app = in_web_app(database, settings, visit)

    assert mailed(web_app) == [*(f"stranger{number}@example.net" for number in range(30)), HONEST]


def test_patient_programs_from_everywhere_delay_a_reader_and_shut_nobody_out(
    database: Database, settings: Settings
) -> None:
    hours: list[int] = []

    async def visit(web_app: WebApp) -> None:
        for number in range(100):
            await patient(web_app, f"stranger{number}@example.net", f"11.{number}.7.9")
        hours.append(len(web_app.mailer.taken))
        assert (await patient(web_app, HONEST, HERE)).status_code == 303
        web_app.clock.advance(3600)
        web_app.app.state.outbox.wake()
        await web_app.app.state.outbox.wait_idle()

    web_app = in_web_app(database, settings, visit)

    assert hours == [90]
    assert HONEST in mailed(web_app)


def test_readers_who_confirm_are_never_asked_to_wait(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        for number in range(80):
            answer = await web_app.subscribe(
                f"reader{number}@example.org", web_app.client_at(f"198.51.{number}.7")
            )
            assert answer.status_code == 303
            if number % 2:
                await web_app.client.post(f"/confirm/{web_app.token()}")

    in_web_app(database, settings, visit)


def test_a_limit_remembers_20_000_names_and_forgets_the_longest_unseen() -> None:
    limit = Limit(1, 600, lambda: 0.0)
    for name in range(20_001):
        limit.note(str(name))

    assert (limit.wait_s("0"), limit.wait_s("1")) == (0, 600)


def test_a_ticket_holds_for_one_address_from_one_network_and_for_an_hour(
    database: Database, settings: Settings
) -> None:
    async def visit(web_app: WebApp) -> None:
        for number in range(30):
            await web_app.subscribe(
                f"stranger{number}@example.net", web_app.client_at(f"11.{number}.7.9")
            )
        client = web_app.client_at(HERE)
        fields = asked_for(await web_app.subscribe(HONEST, client))
        web_app.clock.advance(30)
        elsewhere = await web_app.subscribe(client=web_app.client_at("198.51.100.1"), **fields)
        other = await web_app.subscribe(
            client=client, **(fields | {"address": "other@example.org"})
        )
        older = await web_app.subscribe(
            client=client, **(fields | {"ticket": "0." + fields["ticket"].partition(".")[2]})
        )
        web_app.clock.advance(3600)
        for number in range(30):
            await web_app.subscribe(
                f"victim{number}@example.net", web_app.client_at(f"11.{number}.7.9")
            )
        late = await web_app.subscribe(client=client, **fields)
        assert [answer.status_code for answer in (elsewhere, other, older, late)] == [200] * 4

    in_web_app(database, settings, visit)


@pytest.mark.parametrize("spelled", ["reader+{}@example.org", "READER+{}@example.org"])
def test_40_tags_of_one_mailbox_bring_it_one_mail_a_day(
    database: Database, settings: Settings, spelled: str
) -> None:
    async def visit(web_app: WebApp) -> None:
        for number in range(40):
            await web_app.subscribe(spelled.format(number), web_app.client_at(f"11.{number}.7.9"))
        assert len(web_app.mailer.taken) == 1
        web_app.clock.advance(86_400)
        await web_app.subscribe("reader+later@example.org")

    assert mailed(in_web_app(database, settings, visit)) == [
        spelled.format(0),
        "reader+later@example.org",
    ]


def sign_up(number: int, network: str) -> SignUpRequest:
    consent = Consent(asked=NOW, network=network, form="form", text_version="1")
    return SignUpRequest(address=f"a{number}@example.net", consent=consent)


def test_a_full_queue_gives_room_to_who_has_less_in_it(database: Database) -> None:
    with database.writing() as connection:
        for number in range(1_000):
            save_request(connection, sign_up(number, f"11.0.{number % 250}.0/24"), f"{number:04}")

    assert store_sign_up(database, KEY, sign_up(1_000, "203.0.113.0/24"))
    assert not store_sign_up(database, KEY, sign_up(1_001, "11.0.7.0/24"))
