"""Times a send of an edition against a bare aiosmtplib loop over the same kind of connection to the
same local mail server.

    python -m bench.sending [--messages N] [--rounds N]

Both hand the same letters to a server in a process of its own. The bare loop has them written
beforehand, commits nothing and waits for nothing but the server. The send is `send_edition` with
the rate limit off: it writes each letter, takes rows, and commits to disk before the final dot and
after the answer. `safe` is the same with letters written beforehand, so that what it costs more
than the bare loop is safety alone. Prints one JSON object with medians over the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import aiosmtplib
from sqlalchemy import update

from aggregator.bootstrap import open_sending
from aggregator.digest.stage.send import send_edition
from aggregator.digest.stage.sending_records import SendingServices
from aggregator.domain.publishing.subscriber import DeliveryState
from aggregator.domain.settings import (
    DatabaseSettings,
    EmailSettings,
    Settings,
    SiteSettings,
    SmtpSecurity,
)
from aggregator.ports import Letter
from aggregator.store.database import Database
from aggregator.store.publishing import deliveries, editions
from aggregator.store.schema import deliveries as table
from tests.acceptance.test_sending import RecordingSink
from tests.integration.stored import NOW
from tests.postroom import WEEK, prepare, reader


class _Quiet:
    def stage(self, name: str, total: int) -> None:
        """Nothing."""

    def step(self, what: str) -> None:
        """Nothing."""


def main() -> None:
    """Runs the rounds and prints what they show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rounds = [measured(options.messages) for _ in range(options.rounds)]
    shown = {name: round(statistics.median(each[name] for each in rounds), 3) for name in rounds[0]}
    print(json.dumps({"messages": options.messages, "rounds": options.rounds, **shown}, indent=2))


def measured(messages: int) -> dict[str, float]:
    """One round: the bare loop, the send, the send of written letters, and the parts of a send by
    themselves.
    """
    with (
        _served() as (folder, sink),
        _office(folder / "one", sink.port, messages) as sending_services,
    ):
        letters, letters_s = _written(sending_services, messages)
        bare_s = asyncio.run(_bare(letters, sink.port))
        sent_s = _sent(sending_services, messages)
        durable_ms, plain_ms = (
            _committed(sending_services, durable=each) for each in (True, False)
        )
        with _office(folder / "other", sink.port, messages) as other:
            ready = {letter.envelope_to: letter for letter in letters}
            safe_s = _sent(replace(other, write_letter=lambda _, to: ready[to.address]), messages)
        if sum(sink.taken().values()) != 3 * messages:
            raise RuntimeError("not all was taken")
    return {
        "letter_bytes": len(letters[0].content),
        "bare_per_s": messages / bare_s,
        "sent_per_s": messages / sent_s,
        "safe_per_s": messages / safe_s,
        "share_sent": bare_s / sent_s,
        "share_safe": bare_s / safe_s,
        "ms_letter": 1000 * letters_s / messages,
        "ms_commit_on_disk": durable_ms,
        "ms_commit": plain_ms,
    }


@contextmanager
def _served() -> Iterator[tuple[Path, RecordingSink]]:
    """A folder, and a mail server in a process of its own that records in it."""
    with tempfile.TemporaryDirectory() as scratch, RecordingSink(Path(scratch) / "taken") as sink:
        yield Path(scratch), sink


@contextmanager
def _office(folder: Path, port: int, messages: int) -> Iterator[SendingServices]:
    """A sender as the command line has it, with a database, an edition and readers."""
    folder.mkdir()
    settings = Settings(
        site=SiteSettings(base_url="https://news.example", output=str(folder / "site")),
        database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
        email=EmailSettings(
            from_="AI news <digest@news.example>",
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security=SmtpSecurity.NONE,
            rate_per_s=1e6,
            credentials=str(folder / "credentials"),
        ),
    )
    database = Database(settings.database.url)
    database.upgrade(NOW)
    with database.writing() as connection:
        prepare(connection, messages, Path(settings.site.output))
    database.close()
    with open_sending(settings, NOW) as sending_services:
        yield sending_services


def _sent(sending_services: SendingServices, messages: int) -> float:
    began_s = time.perf_counter()
    report = asyncio.run(send_edition(sending_services, WEEK, _Quiet()))
    if report.sent != messages:
        raise RuntimeError(f"not all was sent: {report}")
    return time.perf_counter() - began_s


def _written(sending_services: SendingServices, messages: int) -> tuple[list[Letter], float]:
    with sending_services.database.reading() as connection:
        stored = editions.stored_edition(connection, WEEK)
    if stored is None:
        raise RuntimeError("no edition")
    began_s = time.perf_counter()
    letters = [
        letter
        for number in range(messages)
        if (letter := sending_services.write_letter(stored, reader(number)))
    ]
    return letters, time.perf_counter() - began_s


async def _bare(letters: list[Letter], port: int) -> float:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as smtp:
        began_s = time.perf_counter()
        for letter in letters:
            await smtp.sendmail(letter.envelope_from, [letter.envelope_to], letter.content)
        return time.perf_counter() - began_s


def _committed(sending_services: SendingServices, *, durable: bool, times: int = 200) -> float:
    """Milliseconds of one commit of one row, as the send makes it."""
    with sending_services.database.writing() as connection:
        deliveries.settle(
            connection, WEEK, [reader(0).id], [DeliveryState.SENT], DeliveryState.QUEUED, NOW
        )
        (copy,) = deliveries.claim(connection, WEEK, sending_services.attempt, NOW, 1)
    database = Database(sending_services.settings.database.url, durable=durable)
    began_s = time.perf_counter()
    for _ in range(times):
        with database.writing() as connection:
            connection.execute(
                update(table)
                .where(table.subscriber_id == copy.subscriber_id)
                .values(tries=table.tries + 1)
            )
    took = 1000 * (time.perf_counter() - began_s) / times
    database.close()
    with sending_services.database.writing() as connection:
        deliveries.end(connection, copy, sending_services.attempt, DeliveryState.SENT, "", NOW)
    return took


if __name__ == "__main__":
    main()
