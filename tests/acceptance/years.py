"""A house that runs for months within minutes: made-up feeds, a clock that is moved on, corrections
every day.

Everything but the network and the clock is real: database, parsers, clustering, rules, gates,
pages, editions, retention.
"""

from __future__ import annotations

import gc
import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from aggregator.bootstrap import open_services
from aggregator.digest.stage.edition import build_edition
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import (
    AnalysisSettings,
    ClusterSettings,
    DatabaseSettings,
    EngineChoice,
    RetentionSettings,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.errors import EditionError
from aggregator.ops.retention import retention_stage
from aggregator.pipeline import refresh
from aggregator.ports import Response
from aggregator.services import RefreshOptions, Services
from aggregator.store import statistics
from aggregator.store.database import Connection, Database
from aggregator.store.publishing import editions
from aggregator.store.rows import count
from aggregator.store.schema import entries, passages
from tests.fakes import FakeWeb, FixedClock
from tests.integration.newsroom import Silent

BEGIN = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)  # a Monday
CORRECTED = 0.05  # of what the feeds list, every day
_LISTED = 20  # entries of a feed
_SYLLABLES = (
    "ba be bi bo da de di do fa fe ga go ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri"
    " ro sa se ta te va ve".split()
)
_SAID = (
    "{company} released {model} on {day}, the company said.",
    "{model} has {number} billion parameters and was trained for {weeks} weeks in {town}.",
    (
        "{person}, who leads research at {company}, said that {model} answers questions about"
        " {topic} in {weeks} languages."
    ),
    "The licence lets companies with fewer than {number} employees use {model} without a contract.",
    (
        "{company} plans to charge {number} dollars a month for {model}, a third less than for its"
        " predecessor."
    ),
    "Customers in {town} tested {model} on {topic} since spring and reported {weeks} faults.",
    "Analysts at {firm} expect that the price of {topic} will fall by {weeks} per cent this year.",
    "{person} told reporters in {town} that {company} hired {number} engineers for {topic}.",
)


@dataclass(slots=True)
class Report:
    """An article in a feed."""

    source: str
    url: str
    title: str
    sentences: list[str]
    published: datetime
    updated: datetime

    def entry(self) -> str:
        """The entry of an Atom feed."""
        text = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        return (
            f"<entry><id>{self.url}</id><title>{escape(self.title)}</title>"
            f"<link href='{self.url}'/><published>{self.published.isoformat()}</published>"
            f"<updated>{self.updated.isoformat()}</updated>"
            f"<content type='html'>{escape(text)}</content></entry>"
        )


@frozen
class Day:
    """What a day took and left: CPU seconds of this process, its memory, and what is stored.

    `weeks_written` are those whose page was written.
    """

    day: int
    cpu_s: float
    resident_bytes: int
    database_bytes: int
    stored: dict[str, int]
    permalinks: int
    broken: int
    weeks_written: tuple[str, ...]


class Year:
    """The simulation: its world, its house, and what was seen of permalinks and editions."""

    def __init__(
        self, folder: Path, *, texts_days: int = 61, events_a_day: int = 5, seed: int = 2026
    ) -> None:
        self.folder, self.texts_days, self.events_a_day, self.corrected = (
            folder,
            texts_days,
            events_a_day,
            0,
        )
        self.permalinks: set[str] = set()
        self.editions: dict[str, str] = {}
        self.reports: list[Report] = []
        self._chance = random.Random(seed)
        self._names = [self._name() for _ in range(400)]
        self._topics = [
            f"{self._name().lower()} {kind}"
            for kind in ("chips", "search", "speech", "robots")
            for _ in range(30)
        ]
        self._sources = tuple(
            Source(key=f"s{n}", name=f"Paper {n}", url=f"https://s{n}.example/feed", family=f"f{n}")
            for n in range(6)
        )

    def settings(self) -> Settings:
        """Those of the house."""
        return Settings(
            site=SiteSettings(output=str(self.folder / "site"), base_url="https://news.example"),
            database=DatabaseSettings(url=f"sqlite:///{self.folder / 'news.db'}"),
            cluster=ClusterSettings(
                overrides=str(self.folder / "o.toml"), registry=str(self.folder / "r.toml")
            ),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            retention=RetentionSettings(
                texts_days=self.texts_days, runs_days=14, answers_days=14, deliveries_days=30
            ),
            sources=self._sources,
        )

    async def lived(self, weeks: int) -> Sequence[Day]:
        """Every day of so many weeks: a refresh, what is due of edition and retention, and a look
        at all permalinks.
        """
        clock, days = FixedClock(BEGIN), []
        web = FakeWeb({})
        async with open_services(self.settings(), BEGIN) as opened:
            services = replace(opened, clock=clock, web=web)
            for number in range(7 * weeks):
                self._happen(number)
                web.answers = dict(served(self._sources, self._listed))
                web.asked.clear()
                days.append(await self._day(services, number))
                clock.advance(86_400)
        return days

    async def _day(self, services: Services, number: int) -> Day:
        began_s, began_ns = time.process_time(), time.time_ns()
        await refresh(services, RefreshOptions(everything=True), Silent())
        if number % 7 == 0 and number:
            await self._edition(services)
        retention_stage(services.database, services.settings.retention, services.clock)
        cpu_s = time.process_time() - began_s
        gc.collect()
        site = self.folder / "site"
        self.permalinks |= {path.name for path in (site / "story").iterdir()}
        broken = sum(
            not (site / "story" / name / "index.html").is_file() for name in self.permalinks
        )
        with services.database.reading() as connection:
            stored, size = (
                statistics.counts(connection) | _texts(connection),
                statistics.size_bytes(connection),
            )
        return Day(
            day=number,
            cpu_s=cpu_s,
            resident_bytes=_resident_bytes(),
            database_bytes=size,
            stored=stored,
            permalinks=len(self.permalinks),
            broken=broken,
            weeks_written=_weeks_written(site, began_ns),
        )

    async def _edition(self, services: Services) -> None:
        try:
            built = await build_edition(services, None, Silent())
        except EditionError:
            return
        self.editions[built.stored.edition.week] = self._edition_digest(
            services.database, built.stored.edition.week
        )

    def _edition_digest(self, database: Database, week: str) -> str:
        """Of the record that is kept, and of its twin for programs as it lies on the site."""
        with database.reading() as connection:
            stored = editions.stored_edition(connection, week)
        assert stored is not None
        twin = (self.folder / "site" / "week" / week / "index.json").read_bytes()
        return f"{stored.digest} {hashlib.sha256(twin).hexdigest()}"

    def changed_editions(self) -> list[str]:
        """The weeks whose edition was changed after publication."""
        with Database(self.settings().database.url) as database:
            return [
                week
                for week, digest in self.editions.items()
                if self._edition_digest(database, week) != digest
            ]

    # The world

    def _happen(self, number: int) -> None:
        """The events of a day, each reported by one to four papers in words of their own; and the
        corrections.
        """
        now = BEGIN + timedelta(days=number)
        for event in range(self.events_a_day):
            facts = self._facts()
            for source in self._chance.sample(self._sources, self._chance.choice((1, 1, 2, 3, 4))):
                self.reports.append(self._report(number, event, source, facts, now))
        self.reports = [report for source in self._sources for report in self._listed(source.key)]
        older = [report for report in self.reports if report.updated < now - timedelta(hours=12)]
        for each in self._chance.sample(older, round(CORRECTED * len(older))):
            place = self._chance.randrange(len(each.sentences))
            each.sentences[place] = self._said(self._facts() | {"company": each.title.split()[0]})
            each.updated = now - timedelta(minutes=5)
            self.corrected += 1

    def _facts(self) -> dict[str, str]:
        company, maker, person, firm, town = self._chance.sample(self._names, 5)
        return {
            "company": company,
            "model": f"{maker} {self._chance.randint(2, 99)}",
            "person": f"{person} {firm}",
            "firm": f"{firm} Research",
            "town": town,
            "topic": self._chance.choice(self._topics),
            "day": self._chance.choice(("Monday", "Tuesday", "Friday")),
        }

    def _said(self, facts: dict[str, str]) -> str:
        numbers = {
            "number": str(self._chance.randint(3, 900)),
            "weeks": str(self._chance.randint(2, 40)),
        }
        return self._chance.choice(_SAID).format(**facts, **numbers)

    def _report(
        self, number: int, event: int, source: Source, facts: dict[str, str], now: datetime
    ) -> Report:
        at = now - timedelta(minutes=self._chance.randint(10, 600))
        sentences = [
            each.format(**facts, number=event * 7 + 11, weeks=event + 3)
            for each in self._chance.sample(_SAID, 6)
        ]
        title = (
            f"{facts['company']} {self._chance.choice(('releases', 'presents', 'ships'))}"
            f" {facts['model']} for {facts['topic']}"
        )
        url = f"https://{source.key}.example/{number}/{event}"
        return Report(
            source=source.key,
            url=url,
            title=title,
            sentences=sentences * 2,
            published=at,
            updated=at,
        )

    def _listed(self, key: str) -> list[Report]:
        own = sorted(
            (report for report in self.reports if report.source == key),
            key=lambda each: (each.published, each.url),
        )
        return own[-_LISTED:]

    def _name(self) -> str:
        return "".join(self._chance.choices(_SYLLABLES, k=3)).capitalize()


def served(
    sources: Sequence[Source], listed: Callable[[str], Sequence[Report]]
) -> Iterator[tuple[str, Response]]:
    """The feeds of sources by address, each with the reports that `listed` gives by its key."""
    for source in sources:
        entries = "".join(report.entry() for report in reversed(listed(source.key)))
        head = (
            f"<title>{source.name}</title><id>{source.url}</id>"
            f"<updated>{BEGIN.isoformat()}</updated>"
        )
        body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{head}{entries}</feed>".encode()
        etag = hashlib.sha256(body).hexdigest()[:16]
        headers = {"content-type": "application/atom+xml", "etag": f'"{etag}"'}
        yield source.url, Response(url=source.url, status=200, headers=headers, body=body)


def _weeks_written(site: Path, since_ns: int) -> tuple[str, ...]:
    pages = sorted((site / "week").glob("2*/index.html"))
    return tuple(page.parent.name for page in pages if page.stat().st_mtime_ns > since_ns)


def _texts(connection: Connection) -> dict[str, int]:
    """How many passages of articles are stored, and how many entries have their text."""
    has_text = (entries.summary != "") | (entries.content != "")
    return {
        "passages": count(connection, passages),
        "entry texts": count(connection, entries, has_text),
    }


def _resident_bytes() -> int:
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096
