"""What sending an edition needs, and what it reports."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from aggregator.digest.mail.spam import spam_reason
from aggregator.digest.stage.release import SpamCheck
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.publishing.subscriber import Subscriber
from aggregator.domain.settings import Settings
from aggregator.ports import Clock, Letter, Mailer
from aggregator.store.database import Database


@frozen
class SendingServices:
    """Everything that sending needs, assembled by `bootstrap`. Commits of `database` are flushed to
    disk.

    `attempt` names this sender, and `is_alive` says whether another one still runs. `message_id` is
    that of an edition's copy for a subscriber; `write_letter` makes their letter, None where
    nothing of the edition is for them. `offered` drops what the site no longer has from what they
    chose. `on_refusal` gets the id of one whose mail the server
    refused for good, with its words.
    """

    settings: Settings
    database: Database
    clock: Clock
    attempt: str
    is_alive: Callable[[str], bool]
    message_id: Callable[[str, str], str]
    write_letter: Callable[[StoredEdition, Subscriber], Letter | None]
    offered: Callable[[Subscriber], Subscriber]
    on_refusal: Callable[[str, str], None]
    mailer: Callable[[], AbstractAsyncContextManager[Mailer]]
    spam_check: SpamCheck = spam_reason


@frozen
class SendingReport:
    """What one run of a sender did with one edition, and the state of its copies in the database
    when the run ends.

    `sent`, `deferred`, `failed` and `skipped` are what this run did, as far as it was recorded.
    `doubt` and `left` come from the database, whichever run left them: copies that a person must
    settle, and copies that wait, the first deferred one until `next_try`. `found` are those that an
    earlier sender left in doubt. `stopped` says why the run ended early.
    """

    period: str
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    doubt: int = 0
    skipped: int = 0
    found: int = 0
    left: int = 0
    next_try: datetime | None = None
    stopped: str = ""
    seconds: float = 0.0

    @property
    def is_sound(self) -> bool:
        """Whether nothing needs a person."""
        return not (self.failed or self.doubt or self.found) and self.stopped in ("", STOPPED)


STOPPED = "stopped on request"
