"""The mail adapter against a real server: bytes on the wire, connections, protection, login."""

from __future__ import annotations

import asyncio
import gc
import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.adapters.smtp import SmtpMailer
from aggregator.domain.settings import EmailSettings, SmtpSecurity
from aggregator.errors import MailError
from aggregator.ports import Letter
from tests.smtp_sink import Handler, Met, Sink, own_certificate

pytestmark = pytest.mark.clock

OPEN = EmailSettings(smtp_host="127.0.0.1", smtp_security=SmtpSecurity.NONE)
PIECES = (
    b".",
    b"..",
    b"\r\n",
    b"\n",
    b"\r",
    b".\r\n",
    b"\r\n.\r\n",
    b"\n.\n",
    b"\r.\r",
    b"text",
    b"=",
    b" ",
    b"a" * 60,
    b"QUIT",
)


def letter(
    content: bytes = b"Subject: A\r\n\r\nText.\r\n", to: str = "reader@post.example"
) -> Letter:
    return Letter(envelope_from="digest+m1@news.example", envelope_to=to, content=content)


def sent(
    sink: Sink,
    *letters: Letter,
    email: EmailSettings = OPEN,
    password: str | None = None,
    timeout_s: float = 5,
    dot_timeout_s: float = 5,
) -> list[str]:
    """What is said to each message, or the error that it ends with."""

    async def each() -> list[str]:
        told = []
        async with SmtpMailer(
            replace(email, smtp_port=sink.port),
            password=password,
            timeout_s=timeout_s,
            dot_timeout_s=dot_timeout_s,
        ) as mailer:
            for one in letters:
                try:
                    told.append((await mailer.send(one, lambda: None)).reply)
                except MailError as error:
                    told.append(
                        f"{'' if error.is_certain else 'uncertain: '}{error}".replace(
                            f":{sink.port}", ""
                        )
                    )
        return told

    return asyncio.run(each())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ssl.SSLContext, Path]]:
    with own_certificate(tmp_path_factory.mktemp("tls")) as made:
        yield made


def wire_form(content: bytes) -> bytes:
    """What a server should have after the dots are taken off again."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join), min_size=1, max_size=8)
)
def test_any_text_arrives_as_it_is_with_one_kind_of_line_end(texts: Sequence[bytes]) -> None:
    contents = [b"Subject: A\r\n\r\n" + text for text in texts]
    with Sink() as sink:
        sent(sink, *(letter(content) for content in contents))

    assert [one.content for one in sink.taken] == [wire_form(content) for content in contents]
    assert sink.handler.sessions == 1


def test_a_message_that_fills_every_buffer_is_whole_before_the_dot() -> None:
    content = b"Subject: A\r\n\r\n" + b".0123456789\r\n" * 700_000

    with Sink() as sink:
        told = sent(sink, letter(content), timeout_s=120, dot_timeout_s=120)
        assert told == ["250 2.0.0 taken"]
        assert [one.content for one in sink.taken] == [content]


@pytest.mark.parametrize(
    ("script", "told", "sessions"),
    [
        pytest.param(
            [Met.CLOSING],
            ["250 2.0.0 taken", "250 2.0.0 taken"],
            2,
            id="421 once: a new connection",
        ),
        pytest.param(
            [Met.CLOSING, Met.CLOSING],
            ["mail server 127.0.0.1: 421 4.3.2 closing", "250 2.0.0 taken"],
            3,
            id="421 twice: the message waits",
        ),
        pytest.param(
            [Met.SILENT],
            [
                (
                    "uncertain: mail server 127.0.0.1 did not confirm a complete message:"
                    " Unexpected EOF received"
                ),
                "250 2.0.0 taken",
            ],
            2,
            id="never handed over twice by itself",
        ),
    ],
)
def test_a_connection_that_ends_is_made_anew_once(
    script: list[Met], told: list[str], sessions: int
) -> None:
    with Sink({"reader@post.example": script}) as sink:
        assert (sent(sink, letter(), letter()), sink.handler.sessions) == (told, sessions)
        assert len(sink.taken) == sum("taken" in each for each in told)


def test_a_server_that_says_nothing_to_the_dot_leaves_doubt() -> None:
    with Sink({"reader@post.example": [Met.MUTE]}) as sink:
        (told,) = sent(sink, letter(), dot_timeout_s=0.2)

    assert told.startswith("uncertain: mail server 127.0.0.1 ")
    assert ": Timed out" in told


def test_a_server_that_stops_reading_is_left_with_what_it_did_not_read() -> None:
    content = b"Subject: A\r\n\r\n" + b"." * 20_000_000  # more than the kernel holds for it

    with Sink({"reader@post.example": [Met.STALLED, Met.STALLED]}) as sink:
        told = sent(sink, letter(content), letter(), timeout_s=0.5)

    gc.collect()  # finds a connection that nobody closed
    stopped = "mail server 127.0.0.1: the server stopped accepting the message"
    assert told == [stopped, "250 2.0.0 taken"]
    assert sink.handler.sessions == 3


@pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
def test_a_protected_connection_carries_login_and_message(
    security: SmtpSecurity,
    certificate: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context, trusted = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    email = EmailSettings(smtp_host="localhost", smtp_security=security, smtp_user="us")
    is_tls = security is SmtpSecurity.TLS

    with Sink(
        tls=context if is_tls else None, starttls=None if is_tls else context, password="secret"
    ) as sink:
        told = sent(
            sink,
            letter(b"Subject: A\r\n\r\n" + b"x" * 300 + b"\r\n"),
            letter(),
            email=email,
            password="secret",
        )

    assert told == ["250 2.0.0 taken", "250 2.0.0 taken"]


class Unhurried(Handler):
    """Takes its time to close a connection after the goodbye."""

    async def handle_QUIT(self, server: SMTP, *_: object) -> str:  # noqa: N802
        """Answers, and does nothing else for a while."""
        await server.push("221 2.0.0 bye")
        threading.Event().wait(0.5)
        return "221 2.0.0 bye"


@pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
def test_a_protected_connection_is_closed_whatever_the_server_does_after_the_goodbye(
    security: SmtpSecurity,
    certificate: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context, trusted = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    email = EmailSettings(smtp_host="localhost", smtp_security=security)
    is_tls = security is SmtpSecurity.TLS
    sink = Sink(tls=context if is_tls else None, starttls=None if is_tls else context)
    sink.handler = Unhurried()

    with sink:
        told = sent(sink, letter(), email=email)
        gc.collect()  # finds a connection that nobody closed

    assert told == ["250 2.0.0 taken"]


@pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    security: SmtpSecurity, certificate: tuple[ssl.SSLContext, Path]
) -> None:
    context, _ = certificate
    is_tls = security is SmtpSecurity.TLS

    with (
        Sink(tls=context if is_tls else None, starttls=None if is_tls else context) as sink,
        pytest.raises(MailError, match=r"certificate verify failed"),
    ):
        sent(sink, letter(), email=EmailSettings(smtp_host="localhost", smtp_security=security))


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        pytest.param(
            replace(OPEN, smtp_user="us"), "wrong", r"refused us: 535", id="wrong password"
        ),
        pytest.param(
            replace(OPEN, smtp_user="us"), None, "set AGGREGATOR_SMTP_PASSWORD", id="no password"
        ),
        pytest.param(
            replace(OPEN, smtp_user="us", smtp_host="mail.example"),
            "secret",
            "the password is not sent without encryption",
            id="open line",
        ),
        pytest.param(
            replace(OPEN, smtp_security=SmtpSecurity.STARTTLS),
            None,
            "STARTTLS",
            id="server without STARTTLS",
        ),
    ],
)
def test_a_server_that_cannot_be_used_is_told_before_any_message(
    email: EmailSettings, password: str | None, reason: str
) -> None:
    with Sink(password="secret") as sink, pytest.raises(MailError, match=reason) as failed:
        sent(sink, letter(), email=email, password=password)

    assert (failed.value.status, failed.value.is_certain) == (None, True)


def test_a_server_that_is_not_there_is_told() -> None:
    with Sink() as sink:
        pass

    with pytest.raises(MailError, match="cannot be used"):
        sent(sink, letter())


def test_a_refusal_is_reported_without_the_address_that_it_is_about() -> None:
    with Sink({"reader@post.example": [Met.UNKNOWN]}) as sink:
        assert sent(sink, letter()) == ["550 5.1.1 <…> no such person"]


@pytest.mark.parametrize(
    "to",
    [
        "reader@post.example>\r\nRCPT TO:<other@post.example",
        "réader@post.example",
        "a\0b@post.example",
    ],
)
def test_an_address_that_no_envelope_can_hold_is_an_error_for_good(to: str) -> None:
    with Sink() as sink:
        told = sent(sink, letter(to=to), letter())

    assert ("envelope address" in told[0], told[1:]) == (True, ["250 2.0.0 taken"])
    assert [one.envelope_to for one in sink.taken] == [("reader@post.example",)]
