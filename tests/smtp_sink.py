"""A mail server on loopback for tests: real SMTP by aiosmtpd, in a thread, or as a process that
records what it takes.

    with Sink(script) as sink: ...                       # sink.port, sink.taken
    python -m tests.smtp_sink FILE                       # prints its port, then a letter a
      connection (c) or message (m)

A script says by recipient how each message is met, in order; one that is not in it is taken.
"""

from __future__ import annotations

import asyncio
import signal
import ssl
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.listening import closed


class Met(StrEnum):
    """How a message is met: a reply to RCPT, a reply to the final dot, or a broken connection."""

    UNKNOWN = "RCPT 550 5.1.1 <{address}> no such person"
    BUSY = "RCPT 451 4.3.0 come back later"
    CLOSING = "RCPT 421 4.3.2 closing"
    STALLED = "DATA 354 go on, and nothing more is read"
    REFUSED = "DOT 554 5.7.1 we do not want this"
    FULL = "DOT 452 4.2.2 no room"
    SILENT = "DOT nothing, and the connection ends"
    TAKEN_SILENT = "DOT taken, and the connection ends"
    MUTE = "DOT nothing for ever"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message as it was taken."""

    envelope_from: str
    envelope_to: tuple[str, ...]
    content: bytes

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(message_from_bytes(self.content)["Message-ID"])


class Handler:
    """Meets messages by script; `taken` and `sessions` hold what came."""

    def __init__(
        self,
        script: Mapping[str, Sequence[Met]] | None = None,
        record: Path | None = None,
        *,
        is_login_needed: bool = False,
    ) -> None:
        self.script = {address: list(met) for address, met in (script or {}).items()}
        self._record = record.open("a", encoding="ascii") if record else None
        self._is_login_needed = is_login_needed
        self._more = threading.Condition()
        self.taken: list[Taken] = []
        self.complete = 0  # messages whose dot came, taken or not
        self.sessions = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answers RCPT."""
        if self._is_login_needed and not session.authenticated:
            return "530 5.7.0 log in first"
        met = self._next(address, "RCPT")
        if met is None:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        return met.value.removeprefix("RCPT ").format(address=address)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answers the final dot; what it answers well is recorded before."""
        self.complete += 1
        met = self._next(envelope.rcpt_tos[0], "DOT")
        if met is None or met is Met.TAKEN_SILENT:
            self._take(envelope)
        if met in (Met.SILENT, Met.TAKEN_SILENT) and isinstance(
            server.transport, asyncio.WriteTransport
        ):
            server.transport.abort()
        if met is Met.MUTE:
            await asyncio.Event().wait()
        return met.value.removeprefix("DOT ") if met else "250 2.0.0 taken"

    def is_stalled(self, recipients: Sequence[str]) -> bool:
        """Whether the text of this message is to stay on the wire."""
        return any(self._next(address, "DATA") for address in recipients)

    def awaited(self, messages: int, timeout_s: float) -> bool:
        """Waits until so many messages were taken."""
        with self._more:
            return self._more.wait_for(lambda: len(self.taken) >= messages, timeout_s)

    def close(self) -> None:
        """Closes the record."""
        if self._record:
            self._record.close()

    def _take(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        one = Taken(
            envelope_from=envelope.mail_from or "",
            envelope_to=tuple(envelope.rcpt_tos),
            content=content,
        )
        if self._record:
            self._record.write(f"{one.message_id} {one.envelope_to[0]}\n")
            self._record.flush()
            _tell("m")
        else:
            with self._more:
                self.taken.append(one)
                self._more.notify_all()

    def _next(self, address: str, when: str) -> Met | None:
        left = self.script.get(address)
        return left.pop(0) if left and left[0].value.startswith(when) else None


class _Server(SMTP):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Counts a session; a switch to TLS is none."""
        if not isinstance(self.event_handler, Handler):
            raise TypeError(self.event_handler)
        if not transport.get_extra_info("sslcontext") or self.session is None:
            self.event_handler.sessions += 1
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Takes the text of a message, unless the script lets it wait for ever."""
        handler, envelope = self.event_handler, self.envelope
        if not isinstance(handler, Handler) or envelope is None:
            raise TypeError(handler)
        if not handler.is_stalled(envelope.rcpt_tos):
            await super().smtp_DATA(arg)
            return
        await self.push(Met.STALLED.removeprefix("DATA "))
        if isinstance(self.transport, asyncio.ReadTransport):
            self.transport.pause_reading()
        await asyncio.Event().wait()


class Sink:
    """Serves in a thread of its own while the context lasts. `password` demands a login of the user
    `us`.
    """

    def __init__(
        self,
        script: Mapping[str, Sequence[Met]] | None = None,
        *,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        password: str | None = None,
    ) -> None:
        self.handler = Handler(script, is_login_needed=password is not None)
        self._starttls, self._tls, self._password = starttls, tls, password
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._sessions: list[SMTP] = []
        self.port = 0

    @property
    def taken(self) -> list[Taken]:
        """The messages that were taken, in order."""
        return self.handler.taken

    def script(self, script: Mapping[str, Sequence[Met]]) -> None:
        """Says anew how messages are met, by recipient and in order."""
        self.handler.script = {address: list(met) for address, met in script.items()}

    def awaited(self, messages: int, timeout_s: float = 20) -> bool:
        """Waits until so many messages were taken."""
        return self.handler.awaited(messages, timeout_s)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise TimeoutError("the sink does not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)
        self.handler.close()

    async def _serve(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(self._protocol, "127.0.0.1", 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ended.wait()
        transports = (session.transport for session in self._sessions)  # also of a moment ago
        await closed(
            [server], (each for each in transports if isinstance(each, asyncio.WriteTransport))
        )

    def _protocol(self) -> SMTP:
        options: dict[str, Any] = {}
        if self._password is not None:
            options = {"auth_require_tls": False, "authenticator": self._authenticate}
        session = _Server(
            self.handler, tls_context=self._starttls, hostname="sink.example", **options
        )
        self._sessions.append(session)
        return session

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(
            handled=False,
            success=data.login == b"us" and data.password == (self._password or "").encode(),
        )


@contextmanager
def own_certificate(folder: Path) -> Iterator[tuple[ssl.SSLContext, Path]]:
    """A server's context with a certificate for localhost signed by itself, and the certificate to
    trust.
    """
    import subprocess

    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [*command, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    yield context, certificate


def _tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


async def _recording(record: Path) -> None:
    handler = Handler(record=record)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)

    def served() -> SMTP:
        _tell("c")
        return _Server(handler, hostname="sink.example")

    server = await loop.create_server(served, "127.0.0.1", 0)
    _tell(str(server.sockets[0].getsockname()[1]) + "\n")
    await ended.wait()
    handler.close()


if __name__ == "__main__":
    asyncio.run(_recording(Path(sys.argv[1])))
