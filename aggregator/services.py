"""What every stage is given: the services of a run, who follows it, and the counts it adds to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from aggregator.domain.frozen import frozen

if TYPE_CHECKING:  # a build without news needs few of these, and imports none that it need not
    from aggregator.domain.operation.calibration import LabelledSet
    from aggregator.domain.operation.override import Overrides
    from aggregator.domain.operation.report import Failure, Note
    from aggregator.domain.registry import Registry
    from aggregator.domain.settings import Settings
    from aggregator.domain.source import Source
    from aggregator.ports import Clock, Embedder, Engine, JudgeSeat, ModelEngine, Parsers, Web
    from aggregator.store.database import Database


async def no_embedder() -> Embedder | Failure | None:
    """Finds none: headlines are compared by words alone."""
    return None


async def no_judge() -> JudgeSeat | Failure | None:
    """Finds none: no written sentence is printed."""
    return None


class Watch(Protocol):
    """Who follows a run."""

    def stage(self, name: str, total: int) -> None:
        """A stage of `total` items begins."""
        ...

    def step(self, what: str) -> None:
        """One item is done; `what` names it."""
        ...


@frozen
class Services:
    """The settings, the store and the ports of a run, put together by `bootstrap`.

    `engine`, the extractive one, which always answers, and the registry are found when they are
    first asked for: a build without news needs neither. `registry_digest` is known without reading
    the registry. `find_model` looks for the model of the settings: a failure where one is demanded
    and does not answer, None where none is wanted or none is there to be taken. So do
    `find_judge` for what judges its sentences and `find_embedder` for what turns headlines into
    vectors. `find_labelled` reads the claims that a judge is calibrated on.
    """

    settings: Settings
    database: Database
    web: Web
    parsers: Parsers
    clock: Clock
    overrides: Overrides
    registry_digest: str
    find_engine: Callable[[], Engine]
    find_registry: Callable[[], Registry]
    find_model: Callable[[], Awaitable[ModelEngine | Failure | None]]
    find_labelled: Callable[[], LabelledSet]
    find_judge: Callable[[], Awaitable[JudgeSeat | Failure | None]] = no_judge
    find_embedder: Callable[[], Awaitable[Embedder | Failure | None]] = no_embedder
    is_filtered: bool = True  # False only when measuring what the gates alone let pass

    @property
    def engine(self) -> Engine:
        """The extractive engine."""
        return self.find_engine()

    @property
    def registry(self) -> Registry:
        """The topics and entities. Raises ConfigError with all that is wrong in the operator's
        file.
        """
        return self.find_registry()

    def sources(self) -> dict[str, Source]:
        """The configured sources by key."""
        return {source.key: source for source in self.settings.sources}


@frozen
class RefreshOptions:
    """What `refresh` was asked for."""

    everything: bool = False
    only: frozenset[str] = frozenset()
    analysis: bool = True
    force: bool = False  # whether the site may lose stories that the database does not know
    within: frozenset[str] | None = None  # the sources of one work unit: these alone are looked at


@dataclass(slots=True)
class Tally:
    """The counts of a run while it runs."""

    engine: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    page_failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    is_cut_off: bool = False  # none of the sources that were due could be reached
