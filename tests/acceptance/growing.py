"""A web that grows, corrects itself and shrinks from week to week, and the installation that
publishes it.

New companies, models and people appear all the time: most are named once, some twice, and some lose
a story again. What a page shows of its neighbours changes with them.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from itertools import zip_longest
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import urlsplit

from sqlalchemy import delete

from aggregator.bootstrap import open_services
from aggregator.digest.stage.edition import build_edition
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.override import Drop, Merge, Overrides, Pin, Rename, Split
from aggregator.domain.prediction import Decision, Outcome
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
from aggregator.domain.story import Story
from aggregator.errors import NothingToPublishError
from aggregator.ops.removal import forget
from aggregator.ops.retention import retention_stage
from aggregator.pipeline import refresh
from aggregator.plugins.predictions.store import decide, shown_predictions
from aggregator.services import RefreshOptions, Services
from aggregator.site.stage.publish import publish_stage
from aggregator.store.database import Database
from aggregator.store.schema import lines, listings, owners, pages, publications
from aggregator.story.stage.stored import shown_stories
from tests.acceptance.years import BEGIN, Report, served
from tests.builders import files
from tests.fakes import FakeWeb, FixedClock, InProcess
from tests.integration.newsroom import Silent

_LISTED = 12  # reports of a feed
_HEADLINES = 0.7  # events of which no more than the headline is read: stories without a page
_FIRST = (
    "Arden Belford Corvin Dunmore Elstow Farrow Garlen Halden Ibsley Jarrow Kelvedon Lorimer Merrow"
    " Norvik Orsett Penrose"
)
_COMPANIES = tuple(
    f"{first} {second}" for second in ("Labs", "Robotics", "Systems") for first in _FIRST.split()
)
_MODELS = "Ostrea Pinna Tellin Venus Mactra Donax Solen Natica".split()
_PEOPLE = "Ada Brook|Cyril Dane|Edith Fane|Guy Hale|Iris Jute|Kurt Lowe|Maud Nye|Owen Pryce".split(
    "|"
)
_TITLES = (
    "{company} releases {model} with open weights",
    "{company} raises {number} million dollars for {model}",
    "{person} joins {company} to lead work on {model}",
    "{company} and {other} train {model} on {number} chips",
    "Court orders {company} to disclose the training data of {model}",
)
_SAID = (
    "{company} released {model} on Tuesday, the company said.",
    "{model} has {number} billion parameters and runs on one graphics card, {company} says.",
    (
        "{person}, who leads research at {company}, said that {model} is {less} per cent cheaper"
        " than its predecessor."
    ),
    "The licence means that developers in small companies can use {model} without a contract.",
    "Developers can call {model} through an API, while students get {less} months for free.",
    "{company} plans to open a data centre for {model} by {due}.",
    (
        "{other} was founded in May 2019 and employed {number} engineers in January 2025, {company}"
        " said."
    ),
    "{model} costs ${less} per million input tokens, compared with ${number} for {older}.",
    (
        "Investors valued {company} at {number} million dollars when {other} bought a stake in"
        " March 2025."
    ),
    "Analysts expect that {other} will answer with a model of its own.",
)
_UNTOLD = (
    "agents assistants benchmarks business chips coding deepfakes defence education health-science"
    " images-video inference media policy privacy retrieval safety security society speech-music"
    " vehicles work"
)
_LINK = re.compile(r'<(?:a|link|img|script)\b[^>]*?\s(?:href|src)="([^"#?]+)')


@frozen
class Seen:
    """What was found after a week: files that differ from those of a full build, and broken
    links.
    """

    differing: dict[str, str]
    dead: list[tuple[str, str]]


@dataclass(slots=True)
class GrowingWeb:
    """The world, its installation, what its operator did and the weeks that have an edition;
    `seed` determines everything.
    """

    folder: Path
    seed: int
    events: int
    sources: tuple[Source, ...] = tuple(
        Source(key=f"s{n}", name=f"Paper {n}", url=f"https://s{n}.example/feed", family=f"f{n}")
        for n in range(6)
    )
    done: list[str] = field(default_factory=list)
    editions: list[str] = field(default_factory=list)
    overrides: Overrides = field(default_factory=Overrides)
    _reports: list[Report] = field(default_factory=list)
    _links: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "registry.toml").write_text(_registry(), encoding="utf-8")

    async def lived(self, weeks: int) -> list[Seen]:
        """In each week the operator does something, and the news is read and published; returns the
        findings by week.
        """
        clock, web, seen = FixedClock(BEGIN), FakeWeb({}), []
        deeds = self.deeds()
        async with open_services(self.settings(), BEGIN) as opened:
            opened.database.upgrade(BEGIN)
            for number in range(weeks):
                self._happen(number)
                web.answers = dict(served(self.sources, self._listed))
                services = replace(opened, clock=clock, web=web, parsers=InProcess())
                for deed in self._chance.sample(deeds, 2) if number > 1 else ():
                    self.done.append(deed.__name__)
                    deed(services)
                services = replace(services, overrides=self.overrides)
                retention_stage(services.database, services.settings.retention, clock)
                await refresh(services, RefreshOptions(everything=True), Silent())
                await self._build_edition(services)
                seen.append(self._seen(services))
                clock.advance(7 * 86_400)
        return seen

    async def _build_edition(self, services: Services) -> None:
        """Builds the edition of previous week; a small one may have no story to publish."""
        with suppress(NothingToPublishError):
            built = await build_edition(services, None, Silent())
            self.editions.append(built.stored.edition.week)

    def settings(self) -> Settings:
        """The settings of the installation."""
        return Settings(
            site=SiteSettings(output=str(self.folder / "site"), base_url="https://news.example"),
            database=DatabaseSettings(url=f"sqlite:///{self.folder / 'news.db'}"),
            cluster=ClusterSettings(
                overrides=str(self.folder / "o.toml"), registry=str(self.folder / "registry.toml")
            ),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            retention=RetentionSettings(texts_days=28),
            sources=self.sources,
        )

    def _seen(self, services: Services) -> Seen:
        site, anew = files(self.folder / "site"), self._from_nothing(services)
        differing = {
            path: _first_difference(site.get(path, b""), anew.get(path, b""))
            for path in sorted(site.keys() | anew.keys())
            if site.get(path) != anew.get(path)
        }
        return Seen(differing=differing, dead=list(self._dead(site)))

    def _from_nothing(self, services: Services) -> dict[str, bytes]:
        """The files of a full build, from a copy of the database without any record of what was
        published.
        """
        copy, output = self.folder / "copy.db", self.folder / "anew"
        copy.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(self.folder / "news.db")) as kept,
            closing(sqlite3.connect(copy)) as anew,
        ):
            kept.backup(anew)
        shutil.rmtree(output, ignore_errors=True)
        settings = replace(
            services.settings, site=replace(services.settings.site, output=str(output))
        )
        database = Database(f"sqlite:///{copy}")
        try:
            with database.writing() as connection:
                for table in (lines, listings, owners, pages, publications):
                    connection.execute(delete(table))
            publish_stage(
                replace(services, database=database, settings=settings), Silent(), full=False
            )
        finally:
            database.close()
        return files(output)

    def _dead(self, site: dict[str, bytes]) -> Iterator[tuple[str, str]]:
        for path, body in site.items():
            if (
                not path.endswith(".html") or path == "404.html"
            ):  # whose links begin at the root of the host
                continue
            if body not in self._links:
                self._links[body] = tuple(
                    dict.fromkeys(map(unescape, _LINK.findall(body.decode())))
                )
            for link in self._links[body]:
                target = normpath(join(dirname(path), link)) + (
                    "/index.html" if link.endswith("/") else ""
                )
                if not urlsplit(link).scheme and target.removeprefix("./") not in site:
                    yield path, link

    # What the operator does

    def deeds(self) -> tuple[Callable[[Services], None], ...]:
        return (
            self._drop,
            self._merge,
            self._pin_and_rename,
            self._split,
            self._take_back,
            self._judge,
            self._forget,
        )

    def _told(self, services: Services) -> list[Story]:
        with services.database.reading() as connection:
            told = shown_stories(connection, services.settings)
        return self._chance.sample(
            found := sorted((story.story for story in told), key=lambda each: each.id), len(found)
        )

    def _drop(self, services: Services) -> None:
        some = self._told(services)[0]
        self._decide(drop=(*self.overrides.drop, Drop(story=some.id, reason="an advertisement")))

    def _merge(self, services: Services) -> None:
        one, other, *_ = self._told(services)
        self._decide(merge=(*self.overrides.merge, Merge(stories=(one.id, other.id))))

    def _pin_and_rename(self, services: Services) -> None:
        one, other, *_ = self._told(services)
        renamed = Rename(story=other.id, headline=f"What the operator calls {other.id}")
        self._decide(pin=(Pin(story=one.id),), rename=(*self.overrides.rename, renamed))

    def _split(self, services: Services) -> None:
        if each := next((story for story in self._told(services) if len(story.members) > 1), None):
            moved = Split(story=each.id, articles=(each.members[-1].article.url,))
            self._decide(split=(*self.overrides.split, moved))

    def _take_back(self, services: Services) -> None:
        self.overrides = Overrides()

    def _judge(self, services: Services) -> None:
        with services.database.writing() as connection:
            for prediction in shown_predictions(connection, 2):
                proof = prediction.implication.claim.citations[0]
                came_true = Decision(
                    outcome=Outcome.CAME_TRUE, at=services.clock.now(), citation=proof
                )
                decide(connection, prediction.id, came_true)

    def _forget(self, services: Services) -> None:
        """Removes one source after another, until three are left."""
        if (number := self.done.count("_forget")) <= 3:
            forget(services, self.sources[-number].key)

    def _decide(self, **more: tuple[object, ...]) -> None:
        self.overrides = replace(self.overrides, **more)  # type: ignore[arg-type]

    # The world

    def _happen(self, number: int) -> None:
        """The events of a week, each in up to three papers; a sixth of the older reports are
        corrected, some in the title.
        """
        now = BEGIN + timedelta(weeks=number)
        for event in range(self.events):
            facts, said = self._facts(number), self._chance.sample(_SAID, 6)
            title = self._chance.choice(_TITLES).format(**facts)
            is_headline = self._chance.random() < _HEADLINES
            for source in self._chance.sample(self.sources, self._chance.choice((1, 1, 2, 3))):
                at, url = (
                    now - timedelta(minutes=self._chance.randint(10, 9000)),
                    f"https://{source.key}.example/{number}/{event}",
                )
                told = [] if is_headline else [each.format(**facts) for each in said]
                self._reports.append(
                    Report(
                        source=source.key,
                        url=url,
                        title=title,
                        sentences=told,
                        published=at,
                        updated=at,
                    )
                )
        older = [report for report in self._reports if report.updated < now - timedelta(days=7)]
        for each in self._chance.sample(older, len(older) // 6):
            facts, place = self._facts(number), self._chance.randrange(len(each.sentences) or 1)
            each.sentences[place : place + 1] = [self._chance.choice(_SAID).format(**facts)]
            each.title = self._chance.choice(
                (each.title, each.title, self._chance.choice(_TITLES).format(**facts))
            )
            each.updated = now - timedelta(minutes=5)

    def _facts(self, number: int) -> dict[str, str]:
        """The older the web, the more names there are to report on, most often the newest."""
        known = _COMPANIES[: 6 + 3 * number]
        company, other = self._chance.sample(
            known[-8:] if self._chance.random() < 0.6 else known, 2
        )
        return {
            "company": company, "other": other,
            "model": f"{self._chance.choice(_MODELS)} {self._chance.randint(2, 4 + number)}",
            "older": f"{self._chance.choice(_MODELS)} 2", "person": self._chance.choice(_PEOPLE),
            "number": str(self._chance.randint(20, 900)), "less": str(self._chance.randint(2, 9)),
            "due": self._chance.choice(("February 2026", "April 2026", "December 2027")),
        }  # fmt: skip

    def _listed(self, key: str) -> Sequence[Report]:
        own = sorted(
            (report for report in self._reports if report.source == key),
            key=lambda each: (each.published, each.url),
        )
        return own[-_LISTED:]


def _first_difference(site: bytes, anew: bytes) -> str:
    several = zip_longest(
        *(
            each.decode("utf-8", "replace").replace("><", ">\n<").splitlines()
            for each in (site, anew)
        )
    )
    return next(
        (f"{one!r:.200} instead of {other!r:.200}" for one, other in several if one != other), ""
    )


def _registry() -> str:
    """The names of this world, without the topics that no story has: each would cost a page in
    every build.
    """
    untold = (f"{each} = {{ off = true }}" for each in _UNTOLD.split())
    companies = [f'{_key(name)} = "{name}"' for name in _COMPANIES]
    models = [
        f'{_key(name)} = {{ name = "{name}", maker = "{_key(maker)}" }}'
        for name, maker in zip(_MODELS, _COMPANIES, strict=False)
    ]
    people = [f'{_key(name)} = "{name}"' for name in _PEOPLE]
    return "\n".join(
        ("[topic]", *untold, "[company]", *companies, "[model]", *models, "[person]", *people)
    )


def _key(name: str) -> str:
    return name.lower().replace(" ", "-")
