"""The `Mailer` port over aiosmtplib: one connection, kept between messages.

aiosmtplib hands over a message in one piece. Here MAIL, RCPT and DATA are its commands, the text
goes on the wire by itself, and the final dot is one more command: what `before_dot` commits is on
disk before the server can take the message.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from typing import NoReturn, Self

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponse, SMTPResponseException

from aggregator.domain.settings import EmailSettings, SmtpSecurity
from aggregator.domain.web.urls import is_loopback
from aggregator.english.text import normalised
from aggregator.errors import MailError
from aggregator.ports import Letter, Receipt

COMMAND_TIMEOUT_S = 60.0
DOT_TIMEOUT_S = 600.0  # RFC 5321 §4.5.3.2.6: a server may look at a message for ten minutes
_DRAIN_PAUSE_S = 0.002
_MOST_REPLY = 300  # characters of a server's words that are kept

_SERVICE_CLOSES = 421
_GO_AHEAD = 354
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")
# an address that stands between < and > as it is
_ENVELOPE = re.compile(r"[!-;=?-~]{1,254}", re.ASCII)
_BROKEN = (SMTPException, OSError)  # of the library and of TLS; a refusal is looked at before


class _BrokenError(Exception):
    """The connection ended before the final dot: the message may be handed over again on a new
    one.
    """


class _Connection(aiosmtplib.SMTP):
    def close(self) -> None:
        """Closes at once. The library waits, perhaps for ever, until the server has read all or
        has answered the end of TLS.
        """
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        super().close()


class SmtpMailer:
    """The server of the settings. `password` comes from the environment (AGGREGATOR_SMTP_PASSWORD),
    if there is one.

    As a context it connects and logs in at once, so that a server that is not there is known before
    a message is taken up.
    """

    def __init__(
        self,
        settings: EmailSettings,
        *,
        password: str | None = None,
        timeout_s: float = COMMAND_TIMEOUT_S,
        dot_timeout_s: float = DOT_TIMEOUT_S,
    ) -> None:
        self._settings, self._password = settings, password
        self._timeout_s, self._dot_timeout_s = timeout_s, dot_timeout_s
        self._server = f"{settings.smtp_host}:{settings.smtp_port}"
        self._smtp = _Connection(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=password if settings.smtp_user else None,
            use_tls=settings.smtp_security is SmtpSecurity.TLS,
            start_tls=settings.smtp_security is SmtpSecurity.STARTTLS,
            timeout=timeout_s,
        )

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self) -> None:
        """Connects and logs in, if that is not done yet. Raises MailError, without a status."""
        if self._smtp.is_connected:
            return
        self._refuse_unsafe_login()
        try:
            await self._smtp.connect()
        except SMTPResponseException as error:
            raise MailError(
                f"mail server {self._server} refused us: {_reply_text(error.code, error.message)}"
            ) from error
        except (*_BROKEN, TimeoutError, ValueError) as error:
            raise MailError(
                f"mail server {self._server} cannot be used: {_cause(error).rstrip('.')};"
                " see `aggregator doctor`"
            ) from error

    async def close(self) -> None:
        """Says goodbye, or leaves without where the server does not listen."""
        try:
            if self._smtp.is_connected:
                await self._smtp.quit(timeout=5)
        except _BROKEN:
            pass  # it is gone, which is what we wanted
        finally:
            self._smtp.close()

    async def send(self, letter: Letter, before_dot: Callable[[], None]) -> Receipt:
        """Delivers a message, on a new connection if the last one broke. An error from `before_dot`
        ends it undelivered. Raises `MailError`.

        The address is removed from the server's reply, which is logged and outlives an erasure.
        """
        try:
            receipt = await self._handed_over(letter, before_dot)
        except MailError as error:
            reason = _unaddressed(error.reason, letter.envelope_to)
            failure = MailError(
                reason,
                status=error.status,
                is_permanent=error.is_permanent,
                is_certain=error.is_certain,
            )
            raise failure from error.__cause__
        return Receipt(reply=_unaddressed(receipt.reply, letter.envelope_to))

    async def _handed_over(self, letter: Letter, before_dot: Callable[[], None]) -> Receipt:
        try:
            await self.connect()
            return await self._sent(letter, before_dot)
        except _BrokenError:
            self._smtp.close()
        try:
            await self.connect()
            return await self._sent(letter, before_dot)
        except _BrokenError as error:
            self._smtp.close()
            raise MailError(f"mail server {self._server}: {error}") from error

    async def _sent(self, letter: Letter, before_dot: Callable[[], None]) -> Receipt:
        await self._announced(letter)
        await self._written(_dot_stuffed(letter.content))
        try:
            before_dot()
        except BaseException:
            self._smtp.close()  # without the dot the server drops what it has
            raise
        if not self._smtp.is_connected:
            raise MailError(
                f"mail server {self._server}: the connection was lost before the message was"
                " complete"
            )
        return await self._dotted()

    async def _announced(self, letter: Letter) -> None:
        """MAIL, RCPT and DATA, each answered. A 5xx to RCPT is about the address, any other about
        us.
        """
        for address in (letter.envelope_from, letter.envelope_to):
            if not _ENVELOPE.fullmatch(address):
                raise MailError(
                    f"not usable as an envelope address: {_one_line(address)}", is_permanent=True
                )
        is_plain = letter.content.isascii()
        try:
            if self._smtp.is_ehlo_or_helo_needed:
                await self._smtp.ehlo()
            if not is_plain and not self._smtp.supports_extension("8bitmime"):
                raise MailError(
                    f"mail server {self._server} does not accept 8-bit messages (8BITMIME)",
                    is_permanent=True,
                )
            await self._smtp.mail(
                letter.envelope_from, options=[] if is_plain else ["BODY=8BITMIME"]
            )
            await self._smtp.rcpt(letter.envelope_to)
            reply = await self._smtp.execute_command(b"DATA")
        except SMTPResponseException as error:
            is_recipient = isinstance(error, aiosmtplib.SMTPRecipientRefused)
            await self._refused(
                error.code, error.message, is_permanent=is_recipient and error.code >= 500
            )
        except _BROKEN as error:
            raise _BrokenError(_one_line(str(error))) from error
        if reply.code != _GO_AHEAD:
            await self._refused(reply.code, reply.message, is_permanent=False)

    async def _refused(self, code: int, message: str, *, is_permanent: bool) -> NoReturn:
        """Ends the transaction and keeps the connection, unless the server is closing it."""
        if code == _SERVICE_CLOSES or code < 400:
            raise _BrokenError(_reply_text(code, message))
        try:
            await self._smtp.rset()
        except _BROKEN:
            self._smtp.close()
        raise MailError(_reply_text(code, message), status=code, is_permanent=is_permanent)

    async def _written(self, text: bytes) -> None:
        """The text on the wire: all of it has left our buffer."""
        try:
            if self._smtp.protocol is None:
                raise aiosmtplib.SMTPServerDisconnected("the connection was lost")
            self._smtp.protocol.write(text)
            async with asyncio.timeout(self._timeout_s):
                # asyncio reports the end of draining only to the library's protocol
                while self._is_draining():  # noqa: ASYNC110
                    await asyncio.sleep(_DRAIN_PAUSE_S)
        except (*_BROKEN, TimeoutError) as error:
            raise _BrokenError(
                _one_line(str(error)) or "the server stopped accepting the message"
            ) from error
        if not self._smtp.is_connected:
            raise _BrokenError("the connection was lost")

    def _is_draining(self) -> bool:
        transport = self._smtp.transport
        return (
            isinstance(transport, asyncio.WriteTransport) and transport.get_write_buffer_size() > 0
        )

    async def _dotted(self) -> Receipt:
        """The final dot and its answer. Where none comes, or none that can be read, the server may
        have the message.
        """
        try:
            reply: SMTPResponse = await self._smtp.execute_command(
                b".", timeout=self._dot_timeout_s
            )
        except (*_BROKEN, TimeoutError) as error:
            self._smtp.close()
            reason = (
                f"mail server {self._server} did not confirm a complete message:"
                f" {_one_line(str(error))}"
            )
            raise MailError(reason, is_certain=False) from error
        if 200 <= reply.code < 300:
            return Receipt(reply=_reply_text(reply.code, reply.message))
        reply_text = _reply_text(reply.code, reply.message)
        if reply.code < 400:
            self._smtp.close()
            raise MailError(
                f"mail server {self._server} answered a complete message with {reply_text}",
                is_certain=False,
            )
        raise MailError(reply_text, status=reply.code, is_permanent=reply.code >= 500)

    def _refuse_unsafe_login(self) -> None:
        settings = self._settings
        if settings.smtp_user and not self._password:
            raise MailError(
                "email.smtp_user is set but there is no password: set AGGREGATOR_SMTP_PASSWORD"
            )
        if (
            settings.smtp_user
            and settings.smtp_security is SmtpSecurity.NONE
            and not is_loopback(settings.smtp_host)
        ):
            raise MailError(
                "the password is not sent without encryption: set email.smtp_security to"
                " starttls or tls"
            )


def _dot_stuffed(content: bytes) -> bytes:
    """The text as DATA takes it: CRLF at every line's end, the last one's too, a leading dot
    doubled (RFC 5321 §4.5.2).
    """
    pairs = content.count(b"\r\n")
    lines = (
        content
        if content.count(b"\r") == pairs == content.count(b"\n")
        else _LINE_END.sub(b"\r\n", content)
    )
    return _LEADING_DOT.sub(b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")


def _reply_text(code: int, message: str) -> str:
    return f"{code} {_one_line(message)}".strip()


def _unaddressed(text: str, address: str) -> str:
    return re.sub(re.escape(address), "…", text, flags=re.IGNORECASE)


def _cause(error: BaseException) -> str:
    """Why a connection failed: "Connection refused", not the library's sentence around it."""
    cause = error.__cause__
    if isinstance(cause, ConnectionError) and cause.errno:
        return os.strerror(cause.errno)
    return _one_line(str(error)) or type(error).__name__


def _one_line(text: str) -> str:
    return normalised(text.encode("utf-8", "replace").decode("utf-8"))[:_MOST_REPLY]
