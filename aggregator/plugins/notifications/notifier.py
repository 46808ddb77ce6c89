"""The `Notifier` port over Apprise: one receiver by its URL, and one by mail.

Apprise says of a message only whether it was sent. Why it was not, and whether it may have arrived
all the same, is read from what it logs meanwhile. Those lines may hold secrets: they are classed
here and go nowhere else.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from logging.handlers import BufferingHandler
from typing import Any

from aggregator.domain.operation.notification import Notification
from aggregator.errors import MailError, NotifyError
from aggregator.ports import Letter, Mailer

TIMEOUT_S = 60.0
_MOST_LINES = 10_000  # of the log of one message; then it is emptied
_ANSWERED = re.compile(r"\berror=(\d{3})\b")
# of urllib3 and the system: no connection came about, so nothing was handed over
_UNCONNECTED = re.compile(
    r"NewConnectionError|ConnectTimeoutError|NameResolutionError|SSLError|Connection refused"
)
_INSTALL = "Apprise is not installed: pip install 'ai-news-aggregator[notify]'"
# what makes chats call everyone, or hides where a link leads
_CALL = re.compile(r"(?<![\w/.])@(?=\w)")


class AppriseNotifier:
    """The receiver of an Apprise URL. Raises NotifyError where the library is missing, or the URL
    is none.
    """

    def __init__(self, name: str, url: str) -> None:
        if importlib.util.find_spec("apprise") is None:
            raise NotifyError(_INSTALL)
        self.name = name
        with _logged():
            self._service = _service(url)
        if self._service is None:
            raise NotifyError("its URL is not one that Apprise understands; see docs/notifications")
        if (targets := len(self._service)) > 1:
            raise NotifyError(
                f"its URL names {targets} targets: make each of them a receiver of its own"
            )

    async def send(self, notification: Notification) -> None:
        """Hands over one message. Raises NotifyError."""
        with _logged() as records:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    is_sent = await self._service.async_notify(
                        title=_harmless(notification.title),
                        body=_harmless(notification.text),
                        body_format="text",
                    )
            except TimeoutError as error:
                raise NotifyError(f"no answer for {TIMEOUT_S:g} s", is_certain=False) from error
        if not is_sent:
            raise _failure("\n".join(record.getMessage() for record in records))


class MailNotifier:
    """The operator's mailbox. `write` makes the letter."""

    def __init__(
        self,
        name: str,
        write: Callable[[Notification], Letter],
        mailer: Callable[[], AbstractAsyncContextManager[Mailer]],
    ) -> None:
        self.name, self._write, self._mailer = name, write, mailer

    async def send(self, notification: Notification) -> None:
        """Hands over one message. Raises NotifyError."""
        try:
            letter = self._write(notification)
            async with self._mailer() as mailer:
                await mailer.send(letter, lambda: None)
        except MailError as error:
            raise NotifyError(error.reason, is_certain=error.is_certain) from error


def _service(url: str) -> Any:
    """Apprise's plugin for a URL, or None. A text that is too long is cut, not split, and nothing
    is written to disk or loaded from there.
    """
    from apprise import Apprise, AppriseAsset, OverflowMode

    asset = AppriseAsset(app_id="aggregator", app_desc="aggregator", storage_mode="memory")
    service: Any = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is not None:
        service.overflow_mode = OverflowMode.TRUNCATE
    return service


def _failure(log: str) -> NotifyError:
    if _UNCONNECTED.search(log):
        return NotifyError("no connection to its server")
    if answered := _ANSWERED.search(log):
        status = int(answered[1])  # behind a gateway's 5xx the message may have been taken
        return NotifyError(f"its server answered {status}", is_certain=status < 500)
    return NotifyError("its server gave no clear answer", is_certain=False)


@contextmanager
def _logged() -> Iterator[list[logging.LogRecord]]:
    """What Apprise logs meanwhile, which reach no other handler."""
    logger, handler = logging.getLogger("apprise"), BufferingHandler(_MOST_LINES)
    before = (logger.level, logger.propagate)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield handler.buffer
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]


def _harmless(text: str) -> str:
    """A text that calls nobody in a chat and hides no link: it quotes strangers."""
    text = _CALL.sub("@\u200b", text.replace("<", "‹").replace(">", "›"))
    return text.replace("](", "] (")
