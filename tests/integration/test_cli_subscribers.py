"""`subscribers` and `bounces` from the command line, with a real mail server on loopback where mail
is sent.
"""

from __future__ import annotations

import json
import mailbox
import stat
import subprocess
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from aggregator.digest.mail.addresses import comparable
from aggregator.digest.mail.message import verp_address
from aggregator.digest.mail.tokens import address_key, token_key, unsubscribe_token
from aggregator.store.database import Database
from aggregator.store.publishing import subscribers as stored
from tests.acceptance.house import House
from tests.integration.test_cli import result_of
from tests.smtp_sink import Met, Sink

pytestmark = pytest.mark.clock

BOUNCES = Path(__file__).parents[1] / "corpus" / "bounces"
FAIR = ("--confirmed-elsewhere", "signed at the fair, June 2026")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, "")


def with_mail(house: House, port: int) -> House:
    """The house, sending to a mail server on this machine."""
    file = house.folder / "config.toml"
    email = (
        f'[email]\nfrom = "AI news <digest@news.example>"\nsmtp_port = {port}\nsmtp_security ='
        ' "none"\nrate_per_s = 1000\n'
    )
    file.write_text(f"{email}{file.read_text('utf-8')}", "utf-8")
    return house


def reported(house: House, *arguments: str) -> dict[str, Any]:
    """What a command told as JSON, exit code and errors beside it."""
    code, out, err = result_of(house, "--json", *arguments)
    return {"code": code, "err": err, **(json.loads(out) if out else {})}


def listed(house: House) -> dict[str, str]:
    return {
        item["address"]: item["standing"]
        for item in reported(house, "subscribers", "list")["subscribers"]
    }


def bounced(house: House, name: str, address: str) -> bytes:
    """A mail of the corpus about a subscriber of a house."""
    found = next(
        item
        for item in reported(house, "subscribers", "list")["subscribers"]
        if item["address"] == address
    )
    verp = verp_address("digest@news.example", found["id"]).partition("+")[2].partition("@")[0]
    token = unsubscribe_token(token_key(house.folder / "credentials"), found["id"], 0)
    return (
        (BOUNCES / name)
        .read_bytes()
        .replace(b"{verp}", verp.encode())
        .replace(b"{token}", token.encode())
    )


def test_an_address_is_added_listed_removed_and_not_added_again(house: House) -> None:
    added = result_of(house, "subscribers", "add", "Reader@Example.org", *FAIR)
    before = listed(house)
    removed = result_of(house, "subscribers", "remove", "reader@example.org")
    code, out, err = result_of(house, "subscribers", "add", "reader@example.org", *FAIR)

    assert (added[0], added[1]) == (0, "1 added\n")
    assert before == {"Reader@example.org": "confirmed"}
    assert removed[1] == "reader@example.org is unsubscribed.\n"
    assert (code, err) == (1, "aggregator: nothing was added\n")
    assert "unsubscribed on" in out
    assert listed(house) == {"Reader@example.org": "unsubscribed"}


def test_what_is_not_named_stays_as_it_was_chosen(house: House) -> None:
    chosen = "--edition day --role research --section papers --topic agents".split()
    result_of(house, "subscribers", "add", "reader@example.org", *FAIR, *chosen)
    rows = [
        reported(house, "subscribers", "choose", "reader@example.org", *words)
        for words in (("--edition", "week"), ("--topic", "all"), ("--role", "all"))
    ]

    assert [
        tuple(row[name] for name in ("editions", "roles", "sections", "topics")) for row in rows
    ] == [
        ("week", "research", "papers", "agents"),
        ("week", "research", "papers", ""),
        ("week", "", "papers", ""),
    ]


def test_without_a_proof_an_address_is_mailed_a_link(house: House) -> None:
    with Sink({"full@example.org": [Met.BUSY]}) as sink:
        with_mail(house, sink.port)
        first = reported(house, "subscribers", "add", "reader@example.org")
        again = reported(house, "subscribers", "add", "reader@example.org")
        failed = reported(house, "subscribers", "add", "full@example.org")
        retried = reported(house, "subscribers", "add", "full@example.org")

    assert [item["counts"]["invited"] for item in (first, again, failed, retried)] == [1, 0, 1, 1]
    assert (failed["code"], failed["unsent"], retried["code"]) == (1, 1, 0)
    assert [taken.envelope_to for taken in sink.taken] == [
        ("reader@example.org",),
        ("full@example.org",),
    ]
    assert (
        message_from_bytes(sink.taken[0].content, policy=policy.default)["Auto-Submitted"]
        == "auto-generated"
    )
    assert listed(house) == {"reader@example.org": "pending", "full@example.org": "pending"}


def test_who_could_not_be_mailed_is_not_told_as_invited(house: House) -> None:
    code, out, _ = result_of(with_mail(house, 1), "subscribers", "add", "reader@example.org")

    assert (code, out) == (1, "1 pending, confirmation not sent\n")


def test_a_role_or_topic_that_there_is_not_is_told_by_its_line(house: House) -> None:
    (house.folder / "list.csv").write_text(
        "address,roles,topics\na@example.org,developers wizard,papers;cheese\n", "utf-8"
    )
    code, out, err = result_of(house, "subscribers", "import", "list.csv", *FAIR)
    again = reported(house, "subscribers", "import", "list.csv", *FAIR)

    assert (code, out.splitlines()[1:], err) == (0, ["1 added"], "")
    assert [each for each in ("line 2", "a@example.org", "wizard, cheese") if each not in out] == []
    assert again["lines"] == [
        {
            "line": 2,
            "address": "a@example.org",
            "outcome": "already present",
            "reason": "",
            "left_out": ["wizard", "cheese"],
        }
    ]


def test_without_a_proof_and_without_mail_nothing_is_added(house: House) -> None:
    code, _, err = result_of(house, "subscribers", "add", "reader@example.org")

    assert (code, listed(house)) == (1, {})
    assert "set email.from, or give --confirmed-elsewhere" in err


@pytest.mark.parametrize("address", ["reader", "a@example.org\nBcc: b@example.org"])
def test_what_is_no_address_is_refused(house: House, address: str) -> None:
    code, _, err = result_of(house, "subscribers", "add", address, *FAIR)

    assert (code, "'ADDRESS': " in err) == (2, True)


def test_an_erased_address_is_in_no_file_and_no_import_brings_it_back(house: House) -> None:
    result_of(house, "subscribers", "add", "secret.reader@example.org", *FAIR)
    result_of(house, "subscribers", "add", "other@example.org", *FAIR)
    erased = result_of(house, "subscribers", "erase", "Secret.Reader@example.org", "--yes")
    database = Database(f"sqlite:///{house.folder / 'aggregator.db'}")
    with database.writing() as connection:
        left = stored.suppression(
            connection,
            address_key(
                token_key(house.folder / "credentials"), comparable("secret.reader@example.org")
            ),
        )
    database.close()
    (house.folder / "new.csv").write_text("address\nsecret.reader@example.org\n", "utf-8")

    code, out, _ = result_of(house, "subscribers", "import", str(house.folder / "new.csv"), *FAIR)

    assert erased[:2] == (0, "Secret.Reader@example.org is erased.\n")
    assert left
    held = [
        path.name
        for path in house.folder.glob("aggregator.db*")
        if b"secret.reader" in path.read_bytes()
    ]
    assert held == []
    assert (code, listed(house)) == (1, {"other@example.org": "confirmed"})
    assert "line 2: secret.reader@example.org: erased on" in out


def test_an_export_holds_the_consent_and_is_for_its_owner_only(house: House) -> None:
    result_of(house, "subscribers", "add", "reader@example.org", *FAIR)
    file = house.folder / "out.csv"
    code, out, _ = result_of(house, "subscribers", "export", "--output", str(file))
    again = result_of(house, "subscribers", "export", "--output", str(file))

    head, row = file.read_text("utf-8").splitlines()
    assert (code, out) == (0, f"Written: {file}\n")
    assert head == (
        "address,standing,roles,sections,topics,editions,follows,created,asked,confirmed,network,"
        "form,text_version"
    )
    assert row.startswith("reader@example.org,confirmed,")
    assert row.endswith(',cli,"confirmed elsewhere: signed at the fair, June 2026"')
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert again[0] == 1


def test_bounces_are_read_from_a_maildir_once(house: House) -> None:
    for address in (
        "dead@example.org",
        "angry@example.org",
        "leaves@example.org",
        "full@example.org",
        "fine@example.org",
    ):
        result_of(house, "subscribers", "add", address, *FAIR)
    box = mailbox.Maildir(house.folder / "mail")
    for name, address in (
        ("postfix-unknown.eml", "dead@example.org"), ("arf-abuse.eml", "angry@example.org"),
        ("leave-by-mail.eml", "leaves@example.org"), ("postfix-full.eml", "full@example.org"),
        ("gmail-spam.eml", "fine@example.org"), ("forged.eml", "fine@example.org"),
    ):  # fmt: skip
        box.add(bounced(house, name, address))

    first = reported(house, "bounces", "read", "--maildir", str(house.folder / "mail"))
    second = reported(house, "bounces", "read", "--maildir", str(house.folder / "mail"))

    assert (first["read"], second["read"]) == (6, 0)
    assert {(item["kind"], item["outcome"]) for item in first["bounces"]} == {
        ("hard bounce", "suppressed"),
        ("hard bounce", "unknown recipient"),
        ("complaint", "suppressed"),
        ("unsubscription", "unsubscribed"),
        ("soft bounce", "scored"),
        ("rejected for its content", "not counted"),
    }
    assert listed(house) == {
        "dead@example.org": "suppressed",
        "angry@example.org": "suppressed",
        "leaves@example.org": "unsubscribed",
        "full@example.org": "confirmed",
        "fine@example.org": "confirmed",
    }
    assert [path.name.rpartition(":")[2] for path in (house.folder / "mail" / "cur").iterdir()] == [
        "2,S"
    ] * 6


def test_bounces_are_read_from_an_mbox_once(house: House) -> None:
    result_of(house, "subscribers", "add", "dead@example.org", *FAIR)
    file = house.folder / "mbox"
    box = mailbox.mbox(file)
    box.add(bounced(house, "exim-unknown.eml", "dead@example.org"))
    box.add(bounced(house, "away.eml", "dead@example.org"))
    box.close()

    reads = [reported(house, "bounces", "read", "--mbox", str(file))["read"] for _ in range(2)]

    assert reads == [2, 0]
    assert listed(house) == {"dead@example.org": "suppressed"}
    assert file.read_bytes().count(b"\nStatus: RO\n") == 2
    assert not (house.folder / "mbox.lock").exists()


def test_a_mail_server_pipes_a_bounce_in(house: House) -> None:
    result_of(house, "subscribers", "add", "dead@example.org", *FAIR)
    mail = bounced(house, "gmail-unknown.eml", "dead@example.org") + b"x" * 1_000_000

    done = subprocess.run(
        house.command("bounces", "read"),
        cwd=house.folder,
        input=mail,
        capture_output=True,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert listed(house) == {"dead@example.org": "suppressed"}


@pytest.mark.parametrize(
    ("mail", "read"),
    [
        pytest.param(b"", 0, id="nothing"),
        pytest.param(b"\n", 0, id="an empty line"),
        pytest.param(b"Subject: hello\n\nWithout a sender.\n", 1, id="no sender"),
    ],
)
def test_a_mail_that_says_nothing_is_no_reason_for_a_traceback(
    house: House, mail: bytes, read: int
) -> None:
    command = house.command("--json", "bounces", "read")
    done = subprocess.run(command, cwd=house.folder, input=mail, capture_output=True, timeout=60)

    assert (done.returncode, done.stderr, json.loads(done.stdout)["read"]) == (0, b"", read)


def test_a_pipe_is_told_to_try_again_where_the_database_is_not_there(house: House) -> None:
    (house.folder / "aggregator.db").write_bytes(b"no database" * 1000)

    done = subprocess.run(
        house.command("bounces", "read"),
        cwd=house.folder,
        input=b"x",
        capture_output=True,
        timeout=60,
    )

    assert done.returncode == 75
