"""The stages in order, as a table: the only module that knows how they follow each other, and that
refreshes, builds, replays and workers walk.

Each stage asks the store what is pending, hands frozen records to pure functions or thin shells,
and commits what comes back. So a run can be killed anywhere and run again, and one with nothing new
does next to nothing: a stage's module is imported when the stage has something to do.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import (
    Failure,
    Note,
    RunKind,
    RunReport,
    Step,
    report_object,
)
from aggregator.domain.publishing.page import PublishResult
from aggregator.domain.settings import EngineChoice
from aggregator.errors import PluginError
from aggregator.hooks.plugins import PLUGIN_FAILURE, plugins
from aggregator.services import RefreshOptions, Services, Tally, Watch
from aggregator.store.news import articles, entries, newsletters, stories

# A stage's function is imported where it is called: most runs need few of them, and some bring a
# quarter of a second of libraries along.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from aggregator.ports import ModelEngine


_NOTHING = PublishResult(written=0, unchanged=0, removed=0)


class Mode(Enum):
    """What kind of run walks the table."""

    REFRESH = auto()  # in one process, or as workers' work units
    BUILD = auto()  # what is stored, without the network
    EDITION = auto()  # as a build; what publishes is the edition
    REPLAY = auto()  # the stories of a past run once more


@dataclass(slots=True, kw_only=True)
class Work:
    """What a walk hands from stage to stage; the store holds the rest.

    `within` are the articles or stories of one work unit, the only ones then processed. `model` is
    the one that answered, and `waits_for_model` whether stories stay stale until a model analyses
    them. `again` are the stories that a replay has analysed again.
    """

    services: Services
    watch: Watch
    tally: Tally = field(default_factory=Tally)
    options: RefreshOptions = field(default_factory=RefreshOptions)
    within: tuple[str, ...] | None = None
    full: bool = False  # whether every page is rendered, changed or not
    model: ModelEngine | None = None
    waits_for_model: bool = False
    again: tuple[str, ...] = ()
    published: PublishResult = _NOTHING


Condition = Callable[[Work], bool]


@frozen
class Stage:
    """One row of the table: what it takes from the store and leaves there, in the store's nouns.

    `modes` are those that use it, each with the condition under which it does. `reported` is the
    name under which its seconds are reported, nothing where they are not; `step` is the workers'
    step that it is part of, None for what they never do. One of a plugin comes `after` the stage of
    that name.
    """

    name: str
    run: Callable[[Work], Coroutine[None, None, None]]
    takes: str
    leaves: str
    modes: Mapping[Mode, Condition]
    reported: str
    step: Step | None
    after: str = ""


async def _fetch(work: Work) -> None:
    from aggregator.crawl.stage.fetch import fetch_stage

    await fetch_stage(work.services, work.options, work.watch, work.tally)


async def _read(work: Work) -> None:
    # a page that cannot be reached is not tried again for a day
    if work.tally.is_cut_off or not _any_to_read(work):
        return
    from aggregator.extract.stage.read import read_stage

    within = None if work.within is None else frozenset(work.within)
    await read_stage(work.services, work.watch, work.tally, within=within)


async def _cluster(work: Work) -> None:
    from aggregator.cluster.stage.cluster import cluster_stage

    may_ask = work.options.analysis
    await cluster_stage(work.services, work.watch, work.tally, may_ask=may_ask)


async def _override(work: Work) -> None:
    from aggregator.cluster.stage.overrides import override_stage

    unmatched = override_stage(work.services)
    work.tally.notes += [Note(source=_OVERRIDES, text=entry) for entry in unmatched]


async def _tag(work: Work) -> None:
    with work.services.database.reading() as connection:
        if not stories.untagged_stories(connection, work.services.registry_digest):
            return
    from aggregator.cluster.stage.tag import tag_stage

    tag_stage(work.services)


async def _rank(work: Work) -> None:
    from aggregator.cluster.stage.rank import rank_stage

    rank_stage(work.services)


async def _mark_stale(work: Work) -> None:
    from aggregator.story.stage.engine import outdate

    work.model = await outdate(work.services, work.tally, work.watch)
    work.waits_for_model = work.model is not None


async def _update_history(work: Work) -> None:
    story_ids = work.within
    if story_ids is None:
        with work.services.database.reading() as connection:
            story_ids = stories.stale_ids(connection)
    if not story_ids:
        return
    from aggregator.memory.stage.history import remember

    remember(work.services, story_ids)


async def _model(work: Work) -> None:
    if work.model is None:
        return
    from aggregator.story.stage.analyse import with_places
    from aggregator.story.stage.model_analysis import model_pass

    with work.services.database.reading() as connection:
        places, chosen = with_places(connection, work.services, work.within, work.again)
    await model_pass(work.services, work.model, chosen, places, work.watch, work.tally)


async def _rules(work: Work) -> None:
    if not _any_stale(work):
        return
    from aggregator.story.stage.analyse import write_by_rules

    write_by_rules(
        work.services,
        work.watch,
        work.tally,
        waits_for_model=work.waits_for_model,
        within=None if work.within is None else frozenset(work.within),
    )


async def _publish(work: Work) -> None:
    from aggregator.site.stage.publish import publish_stage

    work.published = publish_stage(
        work.services, work.watch, full=work.full, force=work.options.force
    )
    work.tally.counts.update(
        pages_written=work.published.written,
        pages_unchanged=work.published.unchanged,
        pages_removed=work.published.removed,
    )


async def _announce(work: Work) -> None:
    from aggregator.site.stage.publish import announce_stage

    await announce_stage(work.services)


def _always(_: Work) -> bool:
    return True


def _with_analysis(work: Work) -> bool:
    return work.options.analysis


def _with_hub(work: Work) -> bool:
    return bool(work.services.settings.site.hub)


def _any_to_read(work: Work) -> bool:
    with work.services.database.reading() as connection:
        return (
            entries.is_any_pending(connection)
            or bool(articles.pages_due(connection, work.services.clock.now(), most=1))
            or bool(newsletters.articles_not_looked_at(connection))
        )


def _any_unplaced(work: Work) -> bool:
    with work.services.database.reading() as connection:
        return articles.unplaced_count(connection) > 0


def _any_stale(work: Work) -> bool:
    with work.services.database.reading() as connection:
        return stories.is_any_stale(connection)


_OVERRIDES = "overrides"  # the source of notes about overrides.toml
_WITH_MODEL: dict[Mode, Condition] = {Mode.REFRESH: _with_analysis, Mode.REPLAY: _always}
_ANALYSING = _WITH_MODEL | {Mode.BUILD: _any_stale, Mode.EDITION: _any_stale}
_EVERY: dict[Mode, Condition] = dict.fromkeys(Mode, _always)
_PUBLISHING: dict[Mode, Condition] = {mode: _always for mode in Mode if mode is not Mode.EDITION}

STAGES = (
    Stage(name="fetch", run=_fetch, reported="fetch", step=Step.FETCH,
          modes={Mode.REFRESH: _always},
          takes="sources that are due",
          leaves="entries, fetch states, health of sources"),
    Stage(name="read", run=_read, reported="read", step=Step.EXTRACT, modes={Mode.REFRESH: _always},
          takes="pending entries, pages to fetch again",
          leaves="articles with passages, robots files"),
    Stage(name="cluster", run=_cluster, reported="cluster", step=Step.CLUSTER,
          modes={Mode.REFRESH: _any_unplaced},
          takes="articles without a story",
          leaves="stories, placements of articles"),
    Stage(name="override", run=_override, reported="cluster", step=Step.CLUSTER, modes=_EVERY,
          takes="overrides, stories, placements",
          leaves="stories, placements of articles"),
    Stage(name="tag", run=_tag, reported="cluster", step=Step.CLUSTER, modes=_EVERY,
          takes="stories without tags by the present registry",
          leaves="topics, entities and signals of stories"),
    Stage(name="rank", run=_rank, reported="cluster", step=Step.CLUSTER, modes=_EVERY,
          takes="stories that are not ranked, signals, members",
          leaves="importance of stories, its reasons"),
    Stage(name="outdate", run=_mark_stale, reported="analyse", step=Step.CLUSTER, modes=_WITH_MODEL,
          takes="analyses by another engine or other rules",
          leaves="stale stories"),
    Stage(name="remember", run=_update_history, reported="analyse", step=Step.REMEMBER,
          modes=_ANALYSING,
          takes="stale stories, versions of articles",
          leaves="ledgers of facts"),
    Stage(name="model", run=_model, reported="analyse", step=Step.TELL, modes=_WITH_MODEL,
          takes="stale stories, ledgers, attributes",
          leaves="analyses by the model, its answers"),
    Stage(name="rules", run=_rules, reported="analyse", step=Step.ANALYSE, modes=_ANALYSING,
          takes="stories that are stale still",
          leaves="analyses by rules"),
    Stage(name="publish", run=_publish, reported="publish", step=Step.PUBLISH, modes=_PUBLISHING,
          takes="stories, analyses, editions",
          leaves="pages of the site"),
    Stage(name="announce", run=_announce, reported="publish", step=Step.PUBLISH,
          modes={Mode.REFRESH: _with_hub},
          takes="feeds that changed since the hub was notified",
          leaves="feeds that the hub was notified of"),
)  # fmt: skip


def stages(also: Sequence[Stage] = ()) -> tuple[Stage, ...]:
    """The stages in order, `also` these and those of plugins behind the ones that they come after:
    of several behind one in the order of their plugins. Raises PluginError where two have one name.
    """
    found = list(STAGES)
    added = plugins().keyed("stages", "name", taken=[stage.name for stage in STAGES])
    of_plugins = (
        replace(stage, run=partial(_guarded, plugin, stage)) for plugin, stage in added.values()
    )
    for stage in reversed((*also, *of_plugins)):
        places = [place for place, other in enumerate(found) if other.name == stage.after]
        if not places:
            raise PluginError(
                f"the stage {stage.name} comes after {stage.after!r}: no stage has that name"
            )
        found.insert(places[0] + 1, stage)
    return tuple(found)


async def _guarded(plugin: str, stage: Stage, work: Work) -> None:
    """Runs a plugin's stage; what it raises is reported, and the run goes on."""
    with plugins().guarded(plugin, f"stage {stage.name}"):
        await stage.run(work)


def _untimed(_: str) -> AbstractContextManager[None]:
    return nullcontext()


async def walk(
    mode: Mode,
    work: Work,
    timed: Callable[[str], AbstractContextManager[None]] = _untimed,
    step: Step | None = None,
    also: Sequence[Stage] = (),
) -> None:
    """Runs the stages of a mode in their order, or those of one of its steps, and `also` these.

    Stages reported under one name are timed together; which of them have work is asked before the
    first of them.
    """
    used = (
        stage
        for stage in stages(also)
        if mode in stage.modes and (step is None or stage.step is step)
    )
    for name, several in groupby(used, key=lambda stage: stage.reported):
        pending = [stage for stage in several if stage.modes[mode](work)]
        if pending:
            with timed(name) if name else nullcontext():
                for stage in pending:
                    await stage.run(work)


async def refresh(services: Services, options: RefreshOptions, watch: Watch) -> RunReport:
    """One run through all stages. Sources and pages that fail are reported; what raises ends the
    run.

    Raises, before any source is asked, ConfigError where the registry is wrong, and PublishError
    where the site is not this database's.
    """
    from aggregator.ops.runs import recorded_run, run_report
    from aggregator.site.stage.publish import demand_own_site

    services.find_registry()
    services.database.upgrade(services.clock.now())
    with recorded_run(services.database, services.clock, RunKind.REFRESH) as run:
        if not options.force:
            demand_own_site(services)
        work = Work(services=services, watch=watch, options=options)
        await walk(Mode.REFRESH, work, run.stage)
        work.tally.failures += [
            Failure(
                source=f"{PLUGIN_FAILURE}{failed.plugin}", stage=failed.hook, reason=failed.reason
            )
            for failed in plugins().take_failures()
        ]
        engine = services.engine.name
        report = run_report(
            work.tally, run=run.id, seconds=run.seconds, stages=run.stages, engine=engine
        )
        run.report = report_object(report)
    return report


async def build(
    services: Services, watch: Watch, *, full: bool = False, force: bool = False
) -> PublishResult:
    """Applies the operator's overrides to what is stored, analyses again what they changed, and
    publishes; all without the network.
    """
    work = _offline(services, watch)
    work.full, work.options = full, RefreshOptions(force=force)
    await walk(Mode.BUILD, work)
    return work.published


async def prepare(services: Services, watch: Watch) -> tuple[str, ...]:
    """A build short of publishing, for an edition; returns the overrides that match nothing."""
    work = _offline(services, watch)
    await walk(Mode.EDITION, work)
    return tuple(note.text for note in work.tally.notes if note.source == _OVERRIDES)


def _offline(services: Services, watch: Watch) -> Work:
    """The work of a build, which asks no model: a story of one is left for the next refresh."""
    waits = services.settings.analysis.engine is not EngineChoice.EXTRACTIVE
    return Work(services=services, watch=watch, waits_for_model=waits)
