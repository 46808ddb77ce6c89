"""The power fails right after readers were answered: what they did is still there when it
returns.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from aggregator.adapters.clock import SystemClock
from aggregator.digest.mail.tokens import new_confirmation, token_key, unsubscribe_token
from aggregator.domain.publishing.subscriber import SubscriberStatus
from aggregator.store.database import Database
from aggregator.store.publishing import subscribers
from aggregator.store.publishing.subscribers import request_count
from tests.acceptance.house import House, environment
from tests.postroom import reader
from tests.power_cut import Disk, missing, tracing

pytestmark = pytest.mark.clock

_SETTINGS = """\
[email]
from = "AI news <digest@news.example>"
smtp_host = "127.0.0.1"
smtp_port = 9
"""
_LEAVES, _CHOOSES, _CONFIRMS = range(3)


def _prepared(house: House) -> list[tuple[str, dict[str, str]]]:
    """Two readers and one who was sent a link; returns what each of them, and a new one, sends."""
    key, now = token_key(house.folder / "credentials"), SystemClock().now()
    token, hashed = new_confirmation()
    database = Database(house.database)
    database.upgrade(now)
    with database.writing() as connection:
        for number in (_LEAVES, _CHOOSES, _CONFIRMS):
            here = reader(
                number,
                SubscriberStatus.PENDING if number == _CONFIRMS else SubscriberStatus.CONFIRMED,
            )
            asked = replace(here, consent=replace(here.consent, asked=now))
            subscribers.save(connection, asked, f"key-{number}")
        subscribers.add_confirmation(
            connection, hashed, reader(_CONFIRMS).id, now + timedelta(days=1)
        )
    database.close()
    return [
        (f"/unsubscribe/{unsubscribe_token(key, reader(_LEAVES).id, 0)}", {}),
        (f"/preferences/{unsubscribe_token(key, reader(_CHOOSES).id, 0)}", {"role": "policy"}),
        (f"/confirm/{token}", {}),
        ("/subscribe", {"address": "new@example.org"}),
    ]


def _left_on(disk: Disk, folder: Path) -> tuple[SubscriberStatus, int, SubscriberStatus, int]:
    """The standing of the first, the number of roles of the second, the standing of the third, and
    the number of wishes.
    """
    database = Database(f"sqlite:///{disk.left_in(folder) / 'news.db'}")
    with database.reading() as connection:
        one, two, three = subscribers.everyone(connection)
        found = one.standing, len(two.roles), three.standing, request_count(connection)
    database.close()
    return found


def test_what_readers_did_survives_a_power_cut_right_after_their_answers(tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    (tmp_path / "house" / "db").mkdir(parents=True)
    house, record = (
        House(tmp_path / "house", _SETTINGS, "sqlite:///db/news.db"),
        tmp_path / "record",
    )
    done = _prepared(house)
    disk = Disk(house.folder / "db")
    command = [*tracing(record), *house.command("--json", "serve", "--port", "0")]
    with subprocess.Popen(
        command,
        cwd=house.folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout
        address = json.loads("".join(server.stdout.readline() for _ in range(5)))["address"]
        with httpx.Client(base_url=address, timeout=60) as client:
            for path, form in done:
                client.post(path, data=form)
        server.terminate()

    answers = enumerate(disk.answers(record))
    left = [(answer, _left_on(disk, tmp_path / str(number))) for number, answer in answers]

    gone, here, asked = (
        SubscriberStatus.UNSUBSCRIBED,
        SubscriberStatus.CONFIRMED,
        SubscriberStatus.PENDING,
    )
    assert left == [
        ("HTTP/1.1 200 OK", (gone, 0, asked, 0)),
        ("HTTP/1.1 200 OK", (gone, 1, asked, 0)),
        ("HTTP/1.1 200 OK", (gone, 1, here, 0)),
        ("HTTP/1.1 303 See Other", (gone, 1, here, 1)),
    ]
