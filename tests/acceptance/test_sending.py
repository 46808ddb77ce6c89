"""kill -9 at random moments of a send over real SMTP, resumed each time; and two senders at once:
nobody gets two copies.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from zoneinfo import ZoneInfo

import pytest

from aggregator.adapters.clock import SystemClock
from aggregator.domain.dates import iso_week
from aggregator.domain.publishing.edition import Edition
from aggregator.store.database import Database
from tests import loaded
from tests.acceptance.house import House, environment
from tests.integration.stored import NOW
from tests.postroom import DAY_EDITION, EDITION, prepare, reader
from tests.smtp_sink import Sink

pytestmark = pytest.mark.clock


def send_command(edition: Edition) -> tuple[str, ...]:
    """The command that sends an edition."""
    now = NOW.isoformat()
    return ("--json", "digest", "send", "--edition", edition.period, "--now", now)


SEND = send_command(EDITION)
_MESSAGE_S = 0.01  # about what one message takes: a kill falls anywhere in it
_EMAIL = """\
[email]
from = "AI news <digest@news.example>"
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
rate_per_s = 1000
spamassassin = false
"""


class RecordingSink:
    """A mail server in a process of its own, which writes down each message before it says that it
    has it.
    """

    def __init__(self, record: Path) -> None:
        self.record = record
        command = [sys.executable, "-m", "tests.smtp_sink", str(record)]
        self._process = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE
        )
        self.port = int(self._lines().readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._lines().close()

    def has_seen(self, what: bytes, times: int, is_over: Callable[[], bool]) -> bool:
        """Waits for so many connections (c) or messages (m); False where the sender ends
        before.
        """
        seen = 0
        while seen < times:
            if select.select([self._lines()], [], [], 0.01)[0]:
                seen += os.read(self._lines().fileno(), 10_000).count(what)
            elif is_over():
                return False
        return True

    def forget(self) -> None:
        """Reads what was said so far."""
        while select.select([self._lines()], [], [], 0)[0]:
            os.read(self._lines().fileno(), 10_000)

    def taken(self) -> Counter[str]:
        """How many messages each address was taken for."""
        return Counter(line.split()[1] for line in self.record.read_text("ascii").splitlines())

    def _lines(self) -> IO[bytes]:
        if self._process.stdout is None:
            raise TypeError("no pipe")
        return self._process.stdout


@dataclass(frozen=True)
class Outcome:
    """What the mail server has, and what the program says of each copy."""

    kills: int
    taken: Counter[str]
    doubt: list[str]
    sent: int
    rest: dict[str, int]
    delivered_doubt: int = 0

    @property
    def duplicates(self) -> int:
        """Copies beyond the first."""
        return sum(count - 1 for count in self.taken.values())


def house(
    folder: Path,
    port: int,
    readers: int,
    address: str = "sqlite:///aggregator.db",
    edition: Edition = EDITION,
) -> House:
    """An operator's folder with an edition that is published and so many readers."""
    made = House(folder, _EMAIL.format(port=port), address)
    database = Database(made.database)
    database.upgrade(NOW)
    with database.writing() as connection:
        prepare(connection, readers, made.site, edition)
    database.close()
    return made


def outcome(here: House, sink: RecordingSink, kills: int) -> Outcome:
    """Counts both sides."""
    taken = sink.taken()
    shown = here.run("--json", "digest", "status", "--now", NOW.isoformat())
    assert shown.returncode == 0, shown.stderr
    told = json.loads(shown.stdout)
    copies = {state: count for state, count in told["copies"].items() if count}
    doubt = [copy["address"] for copy in told["doubt"]]
    return Outcome(
        kills=kills,
        taken=taken,
        doubt=doubt,
        sent=copies.pop("sent", 0),
        rest={state: count for state, count in copies.items() if state != "doubt"},
        delivered_doubt=sum(address in taken for address in doubt),
    )


def killed_send(
    tmp_path: Path, address: str, *, readers: int, kills: int, edition: Edition = EDITION
) -> Outcome:
    """A send that is killed so many times, at seeded moments, most of them while copies go out;
    then it is run to its end.
    """
    chance, done = random.Random(2026), 0
    with RecordingSink(tmp_path / "taken") as sink:
        here = house(tmp_path / "house", sink.port, readers, address, edition)
        while done < kills:
            sink.forget()
            sender: BaseProcess = loaded.started(send_command(edition), here.folder, environment())

            def is_over(sender: BaseProcess = sender) -> bool:
                return sender.exitcode is not None

            if chance.random() < 0.9 and not sink.has_seen(b"c", 1, is_over):
                raise AssertionError("there was nothing left to send: kill sooner")
            sink.has_seen(b"m", chance.randint(0, readers // kills), is_over)
            done += loaded.is_killed_after(sender, chance.uniform(0, _MESSAGE_S))
        ended = here.run(*send_command(edition), timeout_s=600)
        assert ended.returncode in (0, 1), ended.stderr
        return outcome(here, sink, done)


def check(found: Outcome, readers: int) -> None:
    """The promise: nothing twice, nothing lost without being listed, at most one in doubt a
    kill.
    """
    everyone = {reader(number).address for number in range(readers)}
    assert found.duplicates == 0
    assert found.rest == {}
    assert everyone - set(found.taken) <= set(found.doubt)
    assert len(found.doubt) <= found.kills
    assert found.sent + len(found.doubt) == readers


@pytest.mark.parametrize(
    ("address", "edition"),
    [("sqlite", EDITION), ("postgresql", DAY_EDITION)],
    indirect=["address"],
    ids=["sqlite, week", "postgresql, day"],
)
def test_a_send_killed_eight_times_gives_nobody_two_copies_and_loses_nobody(
    tmp_path: Path, address: Callable[[], str], edition: Edition
) -> None:
    check(killed_send(tmp_path, address(), readers=40, kills=8, edition=edition), 40)


@pytest.mark.soak
def test_a_send_killed_two_hundred_times_gives_nobody_two_copies_and_loses_nobody(
    tmp_path: Path, address: Callable[[], str]
) -> None:
    found = killed_send(tmp_path, address(), readers=2000, kills=200)
    lost = 2000 - len(found.taken)
    sys.stdout.write(
        f"kills {found.kills}: duplicates {found.duplicates}, not delivered {lost} (listed), in"
        f" doubt {len(found.doubt)}, of these delivered {found.delivered_doubt}\n"
    )

    check(found, 2000)


def test_two_senders_at_once_give_nobody_two_copies(
    tmp_path: Path, address: Callable[[], str]
) -> None:
    with RecordingSink(tmp_path / "taken") as sink:
        here = house(tmp_path / "house", sink.port, 150, address())
        with ThreadPoolExecutor(2) as both:
            sent = list(both.map(lambda _: here.run(*SEND), range(2)))
        reports = [json.loads(done.stdout) for done in sent]
        found = outcome(here, sink, 0)

    assert sum(report["sent"] for report in reports) == 150
    assert (found.duplicates, len(found.taken), found.doubt, found.rest) == (0, 150, [], {})


@pytest.mark.soak
def test_senders_wait_out_a_writer_that_holds_the_database_for_eight_seconds(
    tmp_path: Path,
) -> None:
    with RecordingSink(tmp_path / "taken") as sink:
        here = house(tmp_path / "house", sink.port, 150)
        both = [here.started(*SEND) for _ in range(2)]
        sink.has_seen(b"m", 20, lambda: both[0].poll() is not None)
        stalled = sqlite3.connect(here.folder / "aggregator.db", timeout=30, isolation_level=None)
        stalled.execute("BEGIN IMMEDIATE")
        with pytest.raises(subprocess.TimeoutExpired):
            both[0].wait(8)
        stalled.execute("COMMIT")
        stalled.close()
        reports = [json.loads(process.communicate(timeout=60)[0]) for process in both]
        found = outcome(here, sink, 0)

    assert sum(report["sent"] for report in reports) == 150
    assert (found.duplicates, len(found.taken), found.doubt, found.rest) == (0, 150, [], {})


def test_the_scheduler_mails_the_edition_whose_hour_has_come(tmp_path: Path) -> None:
    now = SystemClock().now()
    edition = replace(
        EDITION, week=iso_week(now - timedelta(days=7), ZoneInfo("UTC")), published=now
    )
    with Sink() as sink:
        schedule = '[schedule]\nrefresh = "0 0 1 1 *"\ndigest = "* * * * *"\n'
        here = House(tmp_path, _EMAIL.format(port=sink.port) + schedule)
        database = Database(f"sqlite:///{tmp_path / 'aggregator.db'}")
        database.upgrade(NOW)
        with database.writing() as connection:
            prepare(connection, 3, here.site, edition)
        database.close()
        scheduler = here.started("run")
        came = sink.awaited(3, timeout_s=120)
        scheduler.send_signal(signal.SIGTERM)
        # at a shifted clock a signal is heard when the scheduler wakes, at the next full minute
        scheduler.communicate(timeout=120)

    assert (came, scheduler.returncode) == (True, 0)
    assert sorted(one.envelope_to[0] for one in sink.taken) == [
        reader(number).address for number in range(3)
    ]
