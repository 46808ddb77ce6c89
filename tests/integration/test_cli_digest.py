"""`aggregator digest` on a real database against a real mail server."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.policy import default
from pathlib import Path

import pytest

from aggregator.domain.publishing.subscriber import SubscriberStatus
from aggregator.store.database import Database
from aggregator.store.publishing import deliveries, subscribers
from tests.acceptance.house import House
from tests.integration.stored import NOW
from tests.integration.test_cli import as_json, result_of
from tests.postroom import EDITION, WEEK, prepare, reader
from tests.smtp_sink import Met, Sink

pytestmark = pytest.mark.clock

AT = ("--now", NOW.isoformat())
_EMAIL = """\
[email]
from = "AI news <digest@news.example>"
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
rate_per_s = {rate}
spamassassin = {spamassassin}
{more}
"""


@dataclass(frozen=True)
class Office:
    """A house with an edition and three readers, and its mail server."""

    house: House
    sink: Sink

    def set(self, rate: float = 1000, more: str = "", *, spamassassin: bool = False) -> None:
        """Writes the settings anew."""
        asked = str(spamassassin).lower()
        email = _EMAIL.format(port=self.sink.port, rate=rate, spamassassin=asked, more=more)
        House(self.house.folder, email)

    def sent(self, *arguments: str, code: int = 0) -> dict[str, object]:
        """The report of `digest send`."""
        return as_json(self.house, "digest", "send", *AT, *arguments, code=code)


@pytest.fixture
def office(tmp_path: Path, empty_database: Path) -> Iterator[Office]:
    with Sink() as sink:
        made = Office(House(tmp_path, ""), sink)
        made.set()
        (tmp_path / "aggregator.db").write_bytes(empty_database.read_bytes())
        database = Database(f"sqlite:///{tmp_path / 'aggregator.db'}")
        with database.writing() as connection:
            prepare(connection, 3, made.house.site)
        database.close()
        yield made


def test_an_edition_is_sent_once_and_its_status_told(office: Office) -> None:
    before = as_json(office.house, "digest", "status", *AT)
    report, again = office.sent(), office.sent()
    after = as_json(office.house, "digest", "status", *AT)

    assert (report["sent"], again["sent"], len(office.sink.taken)) == (3, 0, 3)
    assert [one.envelope_to[0] for one in office.sink.taken] == [
        reader(number).address for number in range(3)
    ]
    assert (before["may_be_sent"], before["copies"]["sent"], after["copies"]["sent"]) == (
        True,
        0,
        3,
    )
    assert list(office.house.folder.glob("*.sender-*")) == []


def test_a_preview_is_the_finished_message_and_sends_nothing(office: Office) -> None:
    code, out, _ = result_of(office.house, "digest", "preview", "--raw")
    message = message_from_string(out)
    read = result_of(office.house, "digest", "preview")[1]

    assert (code, message["List-Unsubscribe-Post"], message.get_content_type()) == (
        0, "List-Unsubscribe=One-Click", "multipart/alternative",
    )  # fmt: skip
    assert read.startswith(f"Subject: {make_header(decode_header(message['Subject']))}\n\n")
    assert "Content-Type" not in read
    assert office.sink.taken == []


def test_a_trial_goes_to_one_address_and_is_not_recorded(office: Office) -> None:
    reply = as_json(office.house, "digest", "test", "me@desk.example")["reply"]

    (taken,) = office.sink.taken
    assert (reply, taken.envelope_to) == ("250 2.0.0 taken", ("me@desk.example",))
    assert message_from_bytes(taken.content, policy=default)["Subject"].startswith("[Test] ")
    assert office.sent()["sent"] == 3


def test_what_is_held_or_not_approved_waits_for_the_operator(office: Office) -> None:
    office.set(more="approval = true")
    unapproved = result_of(office.house, "digest", "send", *AT)
    as_json(office.house, "digest", "hold")
    held = result_of(office.house, "digest", "send", *AT)
    as_json(office.house, "digest", "approve")

    assert (unapproved[0], "not approved" in unapproved[2], held[0], "is on hold" in held[2]) == (
        1,
        True,
        1,
        True,
    )
    assert office.sink.taken == []
    assert office.sent()["sent"] == 3


def test_an_edition_like_spam_is_held_until_it_is_approved(
    tmp_path: Path, empty_database: Path
) -> None:
    lead = replace(EDITION.leads[0], headline="Cheap Viagra, act now")
    with Sink() as sink:
        office = Office(House(tmp_path, ""), sink)
        office.set()
        (tmp_path / "aggregator.db").write_bytes(empty_database.read_bytes())
        with (
            Database(f"sqlite:///{tmp_path / 'aggregator.db'}") as database,
            database.writing() as connection,
        ):
            edition = replace(EDITION, leads=(lead, *EDITION.leads[1:]))
            prepare(connection, 1, office.house.site, edition)
        held, status = (
            result_of(office.house, "digest", "send", *AT),
            as_json(office.house, "digest", "status", *AT),
        )
        warned = result_of(office.house, "doctor", "--quick")[1]
        taken = len(sink.taken)
        as_json(office.house, "digest", "approve")
        sent = office.sent()["sent"]

    why = 'is on hold: "Cheap Viagra, act now" looks like spam (drug names, a lure)'
    assert (held[0], why in held[2], "digest approve" in held[2], taken) == (1, True, True, 0)
    assert (status["may_be_sent"], why in str(status["reason"]), why in warned) == (
        False,
        True,
        True,
    )
    assert sent == 1


def test_what_spamassassin_calls_spam_is_held(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = office.house.folder / "bin" / "spamassassin"
    program.parent.mkdir()
    told_by_it = (
        "Content analysis details:   (7.1 points, 5.0 required)\n\n 7.1 TOO_LOUD    BODY: x"
    )
    program.write_text(f"#!/bin/sh\ncat > mail\necho '{told_by_it}'\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    office.set(spamassassin=True)

    code, _, stated = result_of(office.house, "digest", "send", *AT)

    assert (code, "7.1 points (TOO_LOUD 7.1)" in stated) == (1, True)
    assert b"\nSubject: " in (office.house.folder / "mail").read_bytes()
    office.set(spamassassin=False)
    assert office.sent()["sent"] == 3


def test_an_old_edition_is_sent_by_name_only(office: Office) -> None:
    late = ("--now", "2027-01-01T00:00Z")
    unnamed, old = (
        result_of(office.house, "digest", "send", "--old", *late),
        result_of(office.house, "digest", "send", *late),
    )

    assert (
        unnamed[0],
        "needs --edition" in unnamed[2],
        old[0],
        f"aggregator digest send --edition {WEEK} --old" in old[2],
    ) == (
        2,
        True,
        1,
        True,
    )
    assert as_json(office.house, "digest", "send", "--edition", WEEK, "--old", *late)["sent"] == 3


def test_mails_whose_links_lead_to_this_machine_are_warned_of(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = result_of(office.house, "digest", "send", "--edition", WEEK, *AT)[2]
    monkeypatch.setenv("AGGREGATOR_SITE__BASE_URL", "http://localhost:8000")
    err = result_of(office.house, "digest", "send", "--edition", WEEK, *AT)[2]

    what = "the links in these emails do not point to a public address"
    assert (what in sound, what in err, "http://localhost:8000" in err) == (False, True, True)


def test_who_approves_is_told_the_command_that_sends_then(office: Office) -> None:
    young = result_of(office.house, "digest", "approve", *AT)[1]
    old = result_of(office.house, "digest", "approve", "--now", "2027-01-01T00:00Z")[1]

    assert young.endswith(": aggregator digest send\n")
    assert old.endswith(f": aggregator digest send --edition {WEEK} --old\n")


def test_copies_that_wait_are_told_by_the_exit_code(office: Office) -> None:
    office.sink.script({reader(1).address: [Met.BUSY]})

    report = office.sent(code=75)

    assert (report["sent"], report["deferred"], report["left"], report["next_try"]) == (
        2,
        1,
        1,
        "2026-07-06T06:05:00+00:00",
    )
    assert office.sent(code=75)["sent"] == 0
    assert as_json(office.house, "digest", "send", "--now", "2026-07-06T06:05Z")["sent"] == 1


@pytest.mark.parametrize(
    ("verdict", "copies", "sent_again"),
    [
        pytest.param("--sent", {"sent": 3}, [], id="the server has it"),
        pytest.param("--failed", {"sent": 2, "failed": 1}, [], id="the server does not have it"),
        pytest.param("--resend", {"sent": 3}, [reader(1).address], id="sent once more"),
    ],
)
@pytest.mark.parametrize("name", ["id", "message_id", "all"])
def test_what_is_in_doubt_is_listed_and_settled(
    office: Office, verdict: str, copies: dict[str, int], sent_again: list[str], name: str
) -> None:
    office.sink.script({reader(1).address: [Met.TAKEN_SILENT]})
    assert [office.sent(code=1)["doubt"] for _ in range(2)] == [1, 1]
    taken = len(office.sink.taken)

    (doubt,) = as_json(office.house, "digest", "resolve")["doubt"]
    as_json(office.house, "digest", "resolve", verdict, doubt.get(name, "all"))
    office.sent()

    assert (doubt["address"], doubt["message_id"]) == (
        reader(1).address,
        office.sink.taken[1].message_id,
    )
    assert [one.envelope_to[0] for one in office.sink.taken[taken:]] == sent_again
    assert len({one.message_id for one in office.sink.taken}) == 3
    counted = as_json(office.house, "digest", "status", *AT)["copies"]
    assert {state: count for state, count in counted.items() if count} == copies


def test_what_the_mail_server_says_is_told_without_the_address_it_is_about(office: Office) -> None:
    office.sink.script({reader(1).address: [Met.UNKNOWN]})
    code, out, err = result_of(office.house, "-v", "digest", "send", *AT)
    with (
        Database(f"sqlite:///{office.house.folder / 'aggregator.db'}") as database,
        database.writing() as connection,
    ):
        kept = deliveries.delivery(connection, WEEK, reader(1).id)
        subscribers.erase(connection, "key-1", NOW)
        after = deliveries.delivery(connection, WEEK, reader(1).id)

    assert (code, "<…> no such person" in err, reader(1).address in out + err) == (1, True, False)
    assert (kept and kept.reply, after and after.reply) == ("550 5.1.1 <…> no such person", "")


def test_an_id_that_is_not_in_doubt_changes_nothing(office: Office) -> None:
    office.sent()

    code, _, err = result_of(office.house, "digest", "resolve", "--resend", reader(0).id)

    assert (code, "nothing was changed" in err, office.sent()["sent"]) == (2, True, 0)


def test_a_signal_stops_a_send_after_the_message_under_way(office: Office) -> None:
    office.set(rate=2)
    sender = office.house.started("--json", "digest", "send", *AT)
    assert office.sink.awaited(1)
    sender.send_signal(signal.SIGTERM)

    report = json.loads(sender.communicate(timeout=20)[0])

    assert (sender.returncode, report["stopped"], report["sent"] + report["left"]) == (
        75,
        "stopped on request",
        3,
    )
    assert (report["doubt"], len(office.sink.taken)) == (0, report["sent"])


def test_a_server_that_is_not_there_is_told_before_anything_is_taken_up(office: Office) -> None:
    house = House(
        office.house.folder, _EMAIL.format(port=1, rate=1000, spamassassin="false", more="")
    )

    code, _, err = result_of(house, "digest", "send", *AT)

    assert (code, "mail server 127.0.0.1:1" in err) == (1, True)
    assert as_json(house, "digest", "status", *AT)["copies"]["queued"] == 3


@pytest.mark.parametrize(
    ("met", "standing"),
    [
        pytest.param(Met.UNKNOWN, SubscriberStatus.SUPPRESSED, id="the address is dead"),
        pytest.param(
            Met.REFUSED,
            SubscriberStatus.CONFIRMED,
            id="the message was not liked: nothing of the address",
        ),
        pytest.param(Met.FULL, SubscriberStatus.CONFIRMED, id="later"),
    ],
)
def test_an_address_that_the_server_calls_dead_is_not_written_to_again(
    office: Office, met: Met, standing: SubscriberStatus
) -> None:
    office.sink.script({reader(1).address: [met]})
    result_of(office.house, "digest", "send", *AT)

    database = Database(f"sqlite:///{office.house.folder / 'aggregator.db'}")
    with database.reading() as connection:
        found = subscribers.subscriber(connection, reader(1).id)
    database.close()
    assert found
    assert found.standing is standing


def test_the_status_names_what_failed_with_its_reason_and_no_log_does(office: Office) -> None:
    office.sink.script({reader(1).address: [Met.REFUSED]})
    _, _, log = result_of(office.house, "digest", "send", *AT)
    status = as_json(office.house, "digest", "status", *AT)
    _, text, _ = result_of(office.house, "digest", "status", *AT)
    ((address, reply),) = ((item["address"], item["reply"]) for item in status["failed"])

    assert (address, reply != "", status["copies"]["failed"]) == (reader(1).address, True, 1)
    assert [
        item for item in (address, reply[:20], "digest resolve --resend") if item not in text
    ] == []
    assert address not in log


def test_a_reader_who_left_is_not_written_to(office: Office) -> None:
    database = Database(f"sqlite:///{office.house.folder / 'aggregator.db'}")
    with database.writing() as connection:
        subscribers.erase(connection, "key-1", NOW)
    database.close()

    assert (office.sent()["sent"], len(office.sink.taken)) == (2, 2)


def test_without_an_edition_the_way_to_one_is_told(lone: House) -> None:
    code, _, err = result_of(lone, "digest", "send")

    assert (code, "`aggregator refresh` creates it" in err) == (1, True)


@pytest.fixture
def lone(tmp_path: Path) -> House:
    return House(tmp_path / "lone", "")
