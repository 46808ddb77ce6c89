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
from aggregator.store.publishing.sign_up_requests import save_request
from tests.integration.desk import KEY, Desk, at_desk, settings_of
from tests.integration.stored import NOW

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


async def patient(desk: Desk, address: str, peer: str) -> httpx.Response:
    """Somebody who sends the form again after the wait, if there is one."""
    client = desk.client_at(peer)
    first = await desk.subscribe(address, client, role="policy")
    if first.status_code != 200:
        return first
    desk.clock.advance(30)
    return await desk.subscribe(client=client, **asked_for(first))


def mailed(desk: Desk) -> list[str]:
    return [letter.envelope_to for letter in desk.mailer.taken]


def test_600_networks_mail_30_strangers_and_a_reader_subscribes_meanwhile(
    database: Database, settings: Settings
) -> None:
    statuses = []

    async def told(desk: Desk) -> None:
        for number in range(600):
            if number == 300:
                client = desk.client_at(HERE)
                first = await desk.subscribe(HONEST, client, role="policy")
                assert (first.status_code, "Wait 30 seconds" in first.text) == (200, True)
                desk.clock.advance(20)
                early = await desk.subscribe(client=client, **asked_for(first))
                assert (early.status_code, "Wait 10 seconds" in early.text) == (200, True)
                desk.clock.advance(10)
                assert (await desk.subscribe(client=client, **asked_for(early))).headers[
                    "location"
                ] == "subscribe/sent"
            peer = desk.client_at(f"{11 + number // 250}.{number % 250}.7.9")
            statuses.append(
                (await desk.subscribe(f"stranger{number}@example.net", peer)).status_code
            )

    desk = at_desk(database, settings, told)

    assert statuses == [303] * 30 + [200] * 570
    assert mailed(desk) == [*(f"stranger{number}@example.net" for number in range(30)), HONEST]
    (here,) = (subscriber for subscriber in desk.subscribers() if subscriber.address == HONEST)
    assert [role.value for role in here.roles] == ["policy"]


def test_patient_programs_of_three_providers_take_no_turn_of_others(
    database: Database, settings: Settings
) -> None:
    async def told(desk: Desk) -> None:
        for number in range(90):
            await patient(desk, f"stranger{number}@example.net", f"11.{number % 3}.{number}.9")
        assert (await patient(desk, HONEST, HERE)).status_code == 303

    desk = at_desk(database, settings, told)

    assert mailed(desk) == [*(f"stranger{number}@example.net" for number in range(30)), HONEST]


def test_patient_programs_from_everywhere_delay_a_reader_and_shut_nobody_out(
    database: Database, settings: Settings
) -> None:
    hours: list[int] = []

    async def told(desk: Desk) -> None:
        for number in range(100):
            await patient(desk, f"stranger{number}@example.net", f"11.{number}.7.9")
        hours.append(len(desk.mailer.taken))
        assert (await patient(desk, HONEST, HERE)).status_code == 303
        desk.clock.advance(3600)
        desk.app.state.outbox.wake()
        await desk.app.state.outbox.wait_idle()

    desk = at_desk(database, settings, told)

    assert hours == [90]
    assert HONEST in mailed(desk)


def test_readers_who_confirm_are_never_asked_to_wait(
    database: Database, settings: Settings
) -> None:
    async def told(desk: Desk) -> None:
        for number in range(80):
            answer = await desk.subscribe(
                f"reader{number}@example.org", desk.client_at(f"198.51.{number}.7")
            )
            assert answer.status_code == 303
            if number % 2:
                await desk.client.post(f"/confirm/{desk.token()}")

    at_desk(database, settings, told)


def test_a_limit_remembers_20_000_names_and_forgets_the_longest_unseen() -> None:
    limit = Limit(1, 600, lambda: 0.0)
    for name in range(20_001):
        limit.note(str(name))

    assert (limit.wait_s("0"), limit.wait_s("1")) == (0, 600)


def test_a_ticket_holds_for_one_address_from_one_network_and_for_an_hour(
    database: Database, settings: Settings
) -> None:
    async def told(desk: Desk) -> None:
        for number in range(30):
            await desk.subscribe(
                f"stranger{number}@example.net", desk.client_at(f"11.{number}.7.9")
            )
        client = desk.client_at(HERE)
        fields = asked_for(await desk.subscribe(HONEST, client))
        desk.clock.advance(30)
        elsewhere = await desk.subscribe(client=desk.client_at("198.51.100.1"), **fields)
        other = await desk.subscribe(client=client, **(fields | {"address": "other@example.org"}))
        older = await desk.subscribe(
            client=client, **(fields | {"ticket": "0." + fields["ticket"].partition(".")[2]})
        )
        desk.clock.advance(3600)
        for number in range(30):
            await desk.subscribe(f"victim{number}@example.net", desk.client_at(f"11.{number}.7.9"))
        late = await desk.subscribe(client=client, **fields)
        assert [answer.status_code for answer in (elsewhere, other, older, late)] == [200] * 4

    at_desk(database, settings, told)


@pytest.mark.parametrize("spelled", ["reader+{}@example.org", "READER+{}@example.org"])
def test_40_tags_of_one_mailbox_bring_it_one_mail_a_day(
    database: Database, settings: Settings, spelled: str
) -> None:
    async def told(desk: Desk) -> None:
        for number in range(40):
            await desk.subscribe(spelled.format(number), desk.client_at(f"11.{number}.7.9"))
        assert len(desk.mailer.taken) == 1
        desk.clock.advance(86_400)
        await desk.subscribe("reader+later@example.org")

    assert mailed(at_desk(database, settings, told)) == [
        spelled.format(0),
        "reader+later@example.org",
    ]


def wish(number: int, network: str) -> SignUpRequest:
    consent = Consent(asked=NOW, network=network, form="form", text_version="1")
    return SignUpRequest(address=f"a{number}@example.net", consent=consent)


def test_a_full_queue_gives_room_to_who_has_less_in_it(database: Database) -> None:
    with database.writing() as connection:
        for number in range(1_000):
            save_request(connection, wish(number, f"11.0.{number % 250}.0/24"), f"{number:04}")

    assert store_sign_up(database, KEY, wish(1_000, "203.0.113.0/24"))
    assert not store_sign_up(database, KEY, wish(1_001, "11.0.7.0/24"))
