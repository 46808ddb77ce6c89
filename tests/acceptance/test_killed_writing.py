"""kill -9 in each phase of a model's work: what was answered is not asked again, and the site is
that of an undisturbed run.
"""

from __future__ import annotations

import json
import random
import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from zlib import crc32

import pytest

from tests import loaded
from tests.acceptance.house import NOW, SEED, House, environment
from tests.acceptance.test_model import house_with
from tests.ollama_models import Schema, shortening_writer
from tests.ollama_server import OllamaServer
from tests.servers import MiniWeb

_REFUSED = re.compile(r'^"(sentence_\d+)".* Refused: (.*)$', re.MULTILINE)
PHASES = ("facts", "page", "judge", "repair", "judge again")
TRIAL = "trial"  # of a model, before any work: one that is broken off begins again


@dataclass(slots=True)
class Newsroom:
    """A model that writes, and as judge refuses one sentence in three; it can stop the process that
    asks, while that waits for an answer.
    """

    answered: Counter[tuple[str, str]] = field(default_factory=Counter)
    phases: list[str] = field(default_factory=list)  # of the questions of a run, in order
    process: BaseProcess | None = None
    killed_at: int = -1  # the place of the question in its run
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, system: str, prompt: str, schema: Schema | None) -> str:
        with self.lock:
            self.phases.append(self._phase(system, prompt, schema))
            if self.process and len(self.phases) - 1 == self.killed_at:
                self.process.kill()
                return ""
            self.answered[(system, prompt)] += 1
        if schema is None:
            return "No" if crc32(prompt.encode()) % 3 == 0 else "Yes"
        if refused := _REFUSED.findall(prompt):
            return json.dumps({key: f"{text.rsplit(' ', 2)[0]}." for key, text in refused})
        return shortening_writer(system, prompt, schema)

    def _phase(self, system: str, prompt: str, schema: Schema | None) -> str:
        if "facts" not in self.phases and "researcher" not in system:
            return TRIAL
        if schema is None:
            return "judge again" if "repair" in self.phases else "judge"
        if _REFUSED.search(prompt):
            return "repair"
        return "facts" if "researcher" in system else "page"

    def begin(self) -> None:
        """Forgets what was asked so far."""
        self.answered.clear()
        self.start_run()

    def start_run(self, killed_at: int = -1) -> None:
        """From here on the questions are those of a new run."""
        self.phases.clear()
        self.process, self.killed_at = None, killed_at

    def asked_twice(self) -> int:
        """Questions that were put again although they had been answered."""
        return sum(count - 1 for count in self.answered.values())


@pytest.fixture(scope="module")
def web() -> Iterator[MiniWeb]:
    with MiniWeb(SEED) as serving:
        yield serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A newsroom behind its server, and what an undisturbed run asked and published."""

    web: MiniWeb
    server: OllamaServer
    newsroom: Newsroom
    questions: int
    phases: tuple[str, ...]
    files: dict[str, str]

    def killed(self, folder: Path, phases: tuple[str, ...], chance: random.Random) -> House:
        """A house that is killed at a random question of each of these phases, one run after the
        other, and then comes to the end.
        """
        house = house_with(folder, self.web, self.server.url)
        self.newsroom.begin()
        for phase in phases:
            answered = sum(self.newsroom.answered.values())
            places = [place for place, name in enumerate(self.phases) if name == phase]
            left = [place - answered for place in places if place >= answered]
            self._kill(house, chance.choice(left))
        self.newsroom.start_run()
        house.refreshed("--all")
        return house

    def _kill(self, house: House, place: int) -> None:
        self.newsroom.start_run(place)
        with self.newsroom.lock:
            command = ("--json", "refresh", "--all", "--now", NOW)
            self.newsroom.process = loaded.started(command, house.folder, environment())
        self.newsroom.process.join(60)
        assert self.newsroom.process.exitcode == -signal.SIGKILL


@pytest.fixture(scope="module")
def trial(web: MiniWeb, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    newsroom = Newsroom()
    with OllamaServer(newsroom) as server:
        calm = house_with(tmp_path_factory.mktemp("calm"), web, server.url)
        calm.refreshed("--all")
        assert {*newsroom.phases} == {TRIAL, *PHASES}
        yield Trial(
            web=web,
            server=server,
            newsroom=newsroom,
            questions=sum(newsroom.answered.values()),
            phases=tuple(newsroom.phases),
            files=calm.files(),
        )


def outcome(trial: Trial, house: House) -> tuple[int, int, bool]:
    """How many questions were put again, how many were answered, and whether the site is that of
    the undisturbed run.
    """
    newsroom = trial.newsroom
    return newsroom.asked_twice(), sum(newsroom.answered.values()), house.files() == trial.files


def test_a_run_killed_once_in_each_phase_asks_nothing_again_and_ends_with_the_same_site(
    trial: Trial, tmp_path: Path
) -> None:
    house = trial.killed(tmp_path / "house", PHASES, random.Random(2026))

    assert outcome(trial, house) == (0, trial.questions, True)


@pytest.mark.soak
@pytest.mark.parametrize("phase", PHASES)
def test_a_run_killed_at_forty_questions_of_a_phase_asks_nothing_again(
    trial: Trial, tmp_path: Path, phase: str
) -> None:
    chance = random.Random(phase)
    ended = [
        outcome(trial, trial.killed(tmp_path / str(turn), (phase,), chance)) for turn in range(40)
    ]

    assert ended == [(0, trial.questions, True)] * 40
