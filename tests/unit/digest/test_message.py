"""Messages as they go over the wire."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from aggregator.digest.mail.message import (
    SIGNED_HEADERS,
    OneClick,
    OutgoingMail,
    confirmation_id,
    header_text,
    letter,
    message_id,
    verp_address,
    verp_subscriber,
)
from aggregator.domain.settings import EmailSettings
from aggregator.errors import MailError
from tests.requirements import OPENSSL

pytestmark = pytest.mark.clock

EMAIL = EmailSettings(from_="AI news, checked <digest@news.example>")
DATE = datetime(2026, 7, 13, 6, tzinfo=UTC)
DIGEST = OutgoingMail(
    to="reader@mail.example",
    subscriber_id="abcdefghijkl",
    subject="Mistral warns, and 8 more · No. 12",
    text="Ünread\n",
    html="<p>Ünread</p>\n",
    message_id=message_id("2026-W28", "abcdefghijkl", "news.example"),
    one_click=OneClick(
        url="https://news.example/unsubscribe/abc.0.def",
        mailto="mailto:digest@news.example?subject=unsubscribe%20abc",
    ),
    list_name="AI news, checked",
    feedback_id="2026-W28:edition:weekly:news.example",
)
CONFIRMATION = replace(
    DIGEST,
    one_click=None,
    feedback_id="",
    list_name="",
    html="",
    message_id="<confirm.1@news.example>",
)


def headers(outgoing: OutgoingMail, email: EmailSettings = EMAIL) -> list[tuple[str, str]]:
    message = message_from_bytes(letter(outgoing, email, DATE).content, policy=policy.SMTP)
    return [(name, str(value)) for name, value in message.items()]


def test_a_digest_has_the_headers_of_a_list() -> None:
    assert headers(DIGEST) == [
        ("From", '"AI news, checked" <digest@news.example>'),
        ("Reply-To", '"AI news, checked" <digest@news.example>'),
        ("To", "reader@mail.example"),
        ("Date", "Mon, 13 Jul 2026 06:00:00 +0000"),
        ("Subject", "Mistral warns, and 8 more · No. 12"),
        ("Message-ID", "<2026-W28.b1f5613bd308ea532e17291ec4169a2f@news.example>"),
        ("List-Id", '"AI news, checked" <digest.news.example>'),
        (
            "List-Unsubscribe",
            (
                "<https://news.example/unsubscribe/abc.0.def>,"
                " <mailto:digest@news.example?subject=unsubscribe%20abc>"
            ),
        ),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Feedback-ID", "2026-W28:edition:weekly:news.example"),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'multipart/alternative; boundary="=_2b0f9560e2fcd289a8e7d33f00e4af65"'),
    ]


@pytest.mark.parametrize("outgoing", [DIGEST, CONFIRMATION], ids=["digest", "confirmation"])
def test_every_header_of_a_message_is_signed(outgoing: OutgoingMail) -> None:
    added = {"content-transfer-encoding"}  # servers on the way write one where there is none
    names = {name.lower() for name, _ in headers(outgoing)}

    assert names - added - set(SIGNED_HEADERS) == set(), "add it to SIGNED_HEADERS"


def test_a_confirmation_is_an_answer_of_a_machine_and_no_list() -> None:
    names = dict(headers(CONFIRMATION))

    assert names["Auto-Submitted"] == "auto-generated"
    assert [name for name in names if name.startswith(("List-", "Feedback"))] == []


def test_text_stands_before_html_and_nothing_needs_recoding_on_the_way() -> None:
    content = letter(DIGEST, EMAIL, DATE).content
    parts = list(message_from_bytes(content, policy=policy.SMTP).iter_parts())

    assert [
        (part.get_content_type(), part["Content-Transfer-Encoding"], part.get_content())
        for part in parts
    ] == [
        ("text/plain", "quoted-printable", "Ünread\r\n"),
        ("text/html", "quoted-printable", "<p>Ünread</p>\r\n"),
    ]
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_the_same_message_has_the_same_bytes() -> None:
    assert letter(DIGEST, EMAIL, DATE) == letter(DIGEST, EMAIL, DATE)


def test_a_bounce_comes_back_to_an_address_that_names_the_subscriber() -> None:
    email = replace(EMAIL, bounce_address="bounces@news.example")
    sender = letter(DIGEST, email, DATE).envelope_from

    assert sender == "bounces+mfrggzdfmztwq2lknnwa@news.example"
    assert verp_subscriber(sender) == verp_subscriber(sender.upper()) == "abcdefghijkl"


@pytest.mark.parametrize("name", ["a", "abcdefghijkl", "X-1", "ü", "0" * 32])
def test_a_token_gives_back_the_id(name: str) -> None:
    assert verp_subscriber(verp_address("b@news.example", name)) == name


@pytest.mark.parametrize(
    "address",
    [
        "",
        "digest@news.example",
        "digest+@news.example",
        "digest+a@news.example",
        "digest+!@x.example",
        "b+77777777@x.example",
        "b+" + "a" * 9_000 + "@x.example",
        "b+mfrgg\n@x.example",
    ],
)
def test_other_addresses_name_nobody(address: str) -> None:
    assert verp_subscriber(address) is None


def test_a_name_too_long_for_a_token_is_told() -> None:
    with pytest.raises(MailError, match=r"shorter name"):
        verp_address("b" * 60 + "@news.example", "abcdefghijkl")


def test_the_identity_of_a_copy_depends_on_week_and_subscriber() -> None:
    made = {
        message_id(week, name, "x.example")
        for week in ("2026-W28", "2026-W29")
        for name in ("a", "b")
    }

    assert len(made) == 4
    assert message_id("2026-W28", "a", "x.example") == message_id("2026-W28", "a", "x.example")
    assert confirmation_id("a", "t", "x.example") != confirmation_id("a", "u", "x.example")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("plain", "plain", id="plain"),
        pytest.param("a\r\nBcc: b\x85c\u2028d", "a Bcc: b c d", id="line ends"),
        pytest.param("\x00\u202ea\u200b\ud800", "a", id="invisible"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("=?utf-8?q?x?=", "= ?utf-8?q?x?=", id="encoded word"),
        pytest.param("x" * 151, "x" * 149 + "…", id="long"),
    ],
)
def test_a_title_becomes_one_visible_line(title: str, expected: str) -> None:
    assert header_text(title) == expected
    assert dict(headers(replace(DIGEST, subject=title)))["Subject"] == expected


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            {"to": "a@b.example\r\nBcc: c@d.example"}, "line break", id="header injection"
        ),
        pytest.param({"to": "no address"}, "not an email address", id="no address"),
        pytest.param(
            {"one_click": OneClick(url="https://é.example/", mailto="mailto:a@b.example")},
            "List-Unsubscribe",
            id="IRI",
        ),
        pytest.param(
            {"one_click": OneClick(url="https://x.example/" + "a" * 900, mailto="mailto:a@b")},
            "List-",
            id="too long",
        ),
        pytest.param(
            {"one_click": OneClick(url="https://x.example/\r\nX: y", mailto="mailto:a@b.example")},
            "List-",
            id="break",
        ),
        pytest.param(
            {"one_click": OneClick(url="https://x/=?utf-8?q?x?=", mailto="mailto:a@b.example")},
            "List-",
            id="encoded",
        ),
    ],
)
def test_what_cannot_stand_in_a_header_is_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(MailError, match=reason):
        letter(replace(DIGEST, **change), EMAIL, DATE)  # type: ignore[arg-type]  # one field each


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        pytest.param(EmailSettings(), "set email.from", id="no sender"),
        pytest.param(
            replace(EMAIL, from_="AI news"),
            "email.from: not an email address",
            id="sender without address",
        ),
        pytest.param(replace(EMAIL, reply_to="x"), "email.reply_to: not", id="reply"),
        pytest.param(replace(EMAIL, bounce_address="x"), "email.bounce_address: not", id="bounce"),
        pytest.param(
            replace(EMAIL, dkim_domain="news.example"), "set email.dkim_selector", id="selector"
        ),
        pytest.param(
            replace(EMAIL, dkim_domain="news.example", dkim_selector="s", credentials="/nowhere"),
            "aggregator keys init",
            id="no key",
        ),
    ],
)
def test_settings_that_cannot_send_say_what_to_do(email: EmailSettings, reason: str) -> None:
    with pytest.raises(MailError, match=reason):
        letter(DIGEST, email, DATE)


@pytest.mark.parametrize(
    "key",
    [b"", b"no key", b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"],
)
def test_a_bad_key_says_how_to_make_one(tmp_path: Path, key: bytes) -> None:
    (tmp_path / "dkim.pem").write_bytes(key)
    email = replace(EMAIL, dkim_domain="news.example", dkim_selector="s", credentials=str(tmp_path))

    with pytest.raises(MailError, match="aggregator keys init"):
        letter(DIGEST, email, DATE)


def test_a_key_of_another_kind_says_how_to_make_one(tmp_path: Path) -> None:
    try:
        made = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(tmp_path / "dkim.pem")]
        subprocess.run(made, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip(OPENSSL.reason)
    email = replace(EMAIL, dkim_domain="news.example", dkim_selector="s", credentials=str(tmp_path))

    with pytest.raises(MailError, match="aggregator keys init"):
        letter(DIGEST, email, DATE)
