"""kill -9 at random moments while receivers are notified over HTTP and SMTP: none gets a message
twice, and none that is lost goes unreported.
"""

from __future__ import annotations

import random
import re
import signal
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from aggregator.config.configuration import load
from aggregator.plugins.notifications import store as notifications
from aggregator.plugins.notifications.notifications import notify
from aggregator.plugins.notifications.records import NotificationState
from aggregator.store.database import Database
from tests import loaded
from tests.acceptance.house import environment
from tests.integration.stored import NOW
from tests.notified import Hook, main, store_news
from tests.smtp_sink import Sink

_MOST_S = 0.5  # about what a round takes: a kill at a random moment falls anywhere in it
_CONFIG = """\
[site]
base_url = "https://news.example"
output = "{folder}/site"
[database]
url = "sqlite:///{folder}/news.db"
[email]
from = "AI news <digest@news.example>"
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_security = "none"
[alerts]
to = "operator@house.example"
[notify]
to = ["HOOK_URL", "ntfy://127.0.0.1:{http}/${{NTFY_TOPIC}}"]
follow = ["word:northwind"]
most_a_day = 1000
"""


def killed_often(folder: Path, monkeypatch: pytest.MonkeyPatch, kills: int, seed: int) -> None:
    """Tells a story a round, each round killed once and then run to its end; checks every message
    against the ledger.
    """
    chance = random.Random(seed)
    with Hook() as hook, Sink() as sink:
        config = folder / "config.toml"
        config.write_text(_CONFIG.format(folder=folder, http=hook.port, smtp=sink.port), "utf-8")
        monkeypatch.setenv("HOOK_URL", f"json://127.0.0.1:{hook.port}/hook")
        monkeypatch.setenv("NTFY_TOPIC", "topic-1")
        known = environment()
        killed = 0
        with Database(f"sqlite:///{folder}/news.db") as database:
            database.upgrade(NOW)
            for number in range(kills):
                now = NOW + number * timedelta(minutes=5)
                store_news(database, number, now)
                round_ = loaded.started([str(config), now.isoformat()], folder, known, work=main)
                killed += _is_killed(round_, hook, chance)
                notify(load(config, known), now)
            with database.reading() as connection:
                rows = notifications.recent(connection)
        texts = {
            "HOOK_URL": [post.text for post in hook.taken if post.path == "/hook"],
            "ntfy": [post.text for post in hook.taken if post.path == "/"],
            "email": [
                message_from_bytes(taken.content, policy=policy.default).get_content()
                for taken in sink.taken
            ],
        }
    assert killed > kills // 2
    for receiver, several in texts.items():
        taken = Counter(n for text in several for n in re.findall(r"opened model-(\d+) to", text))
        stated = Counter(row.state for row in rows if row.receiver.partition("-")[0] == receiver)
        assert {number for number, count in taken.items() if count > 1} == set()
        assert sum(stated.values()) == kills
        assert set(stated) <= {NotificationState.SENT, NotificationState.DOUBT}
        assert stated[NotificationState.SENT] <= len(taken)
        assert kills - len(taken) <= stated[NotificationState.DOUBT]


def _is_killed(process: BaseProcess, hook: Hook, chance: random.Random) -> bool:
    """Kills a round: before or after the answer of a server, or at a random moment; whether it was
    still running.
    """
    where = chance.choice(("before", "after", "anywhere"))
    if where == "before":
        hook.before = process.kill
    elif where == "after":
        hook.after = process.kill
    loaded.is_killed_after(process, chance.uniform(0, _MOST_S) if where == "anywhere" else 60)
    hook.before = hook.after = lambda: None
    return process.exitcode == -signal.SIGKILL


def test_none_is_sent_twice_and_none_is_lost_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_often(tmp_path, monkeypatch, kills=12, seed=7)


@pytest.mark.soak
def test_none_is_sent_twice_and_none_is_lost_in_silence_in_200_kills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_often(tmp_path, monkeypatch, kills=200, seed=11)
