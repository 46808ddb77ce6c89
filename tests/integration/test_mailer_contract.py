"""What every Mailer port keeps, the real one against a real server and the fake alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

import pytest

from aggregator.adapters.smtp import SmtpMailer
from aggregator.domain.settings import EmailSettings, SmtpSecurity
from aggregator.errors import MailError
from aggregator.ports import Letter, Mailer
from tests.fakes import FakeMailer
from tests.smtp_sink import Met, Sink

READER, OTHER = "reader@post.example", "other@post.example"


class LeftError(Exception):
    """What a test's `before_dot` raises."""


@dataclass(frozen=True)
class Ported:
    """A port that meets messages to READER in one way once, and what it took of all that it was
    given.
    """

    give: Callable[..., list[str]]
    taken: Callable[[], list[str]]


def letter(to: str = READER) -> Letter:
    """A short message."""
    return Letter(
        envelope_from="digest@news.example",
        envelope_to=to,
        content=b"Message-ID: <1@x>\r\nSubject: A\r\n\r\nText.\r\n",
    )


def given(
    open_mailer: Callable[[], AbstractAsyncContextManager[Mailer]],
    recipients: tuple[str, ...],
    error: Exception | None,
) -> list[str]:
    """What became of a message to each recipient, the moment before the dot included."""
    told: list[str] = []

    def before_dot() -> None:
        told.append("before the dot")
        if error:
            raise error

    async def sent() -> None:
        async with open_mailer() as mailer:
            for to in recipients:
                try:
                    receipt = await mailer.send(letter(to), before_dot)
                    told.append(f"taken: {receipt.reply[:3]}")
                except MailError as failed:
                    kind = (
                        "permanent"
                        if failed.is_permanent
                        else "temporary"
                        if failed.is_certain
                        else "uncertain"
                    )
                    told.append(f"{kind}: {failed.status}")
                except LeftError:
                    told.append("left")

    asyncio.run(sent())
    return told


@pytest.fixture(params=["aiosmtplib", "fake"])
def port(request: pytest.FixtureRequest) -> Iterator[Callable[[Met | None], Ported]]:
    opened: list[Sink] = []

    def real(met: Met | None) -> Ported:
        sink = Sink({READER: [met] if met else []})
        opened.append(sink)
        sink.__enter__()
        settings = EmailSettings(
            smtp_host="127.0.0.1", smtp_port=sink.port, smtp_security=SmtpSecurity.NONE
        )

        def give(*recipients: str, error: Exception | None = None) -> list[str]:
            return given(
                lambda: SmtpMailer(settings, timeout_s=5, dot_timeout_s=1), recipients, error
            )

        return Ported(give, lambda: [one.envelope_to[0] for one in sink.taken])

    def fake(met: Met | None) -> Ported:
        errors = {
            Met.UNKNOWN: MailError("550 unknown", status=550, is_permanent=True),
            Met.BUSY: MailError("451 busy", status=451),
            Met.REFUSED: MailError("554 no", status=554, is_permanent=True),
            Met.FULL: MailError("452 full", status=452),
            Met.SILENT: MailError("gone", is_certain=False),
        }
        mailer = FakeMailer(
            {READER: [errors[met]]} if met else {},
            is_early=bool(met and met.value.startswith("RCPT")),
        )

        def give(*recipients: str, error: Exception | None = None) -> list[str]:
            return given(lambda: nullcontext(mailer), recipients, error)

        return Ported(give, lambda: [one.envelope_to for one in mailer.taken])

    yield real if request.param == "aiosmtplib" else fake
    for sink in opened:
        sink.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("met", "told"),
    [
        pytest.param(None, ["before the dot", "taken: 250"], id="taken"),
        pytest.param(
            Met.UNKNOWN, ["permanent: 550"], id="no such recipient: the dot is never near"
        ),
        pytest.param(Met.BUSY, ["temporary: 451"], id="recipient refused for now"),
        pytest.param(
            Met.REFUSED, ["before the dot", "permanent: 554"], id="complete message refused"
        ),
        pytest.param(
            Met.FULL, ["before the dot", "temporary: 452"], id="complete message refused for now"
        ),
        pytest.param(Met.SILENT, ["before the dot", "uncertain: None"], id="no answer to the dot"),
    ],
)
def test_a_message_is_met_in_one_way_and_the_next_one_is_taken(
    port: Callable[[Met | None], Ported], met: Met | None, told: list[str]
) -> None:
    mailer = port(met)

    assert mailer.give(READER, OTHER) == [*told, "before the dot", "taken: 250"]
    assert mailer.taken() == ([READER] if met is None else []) + [OTHER]


def test_what_is_raised_before_the_dot_keeps_the_message_here(
    port: Callable[[Met | None], Ported],
) -> None:
    mailer = port(None)

    assert (mailer.give(READER, error=LeftError()), mailer.taken()) == (
        ["before the dot", "left"],
        [],
    )
