"""What a real model makes of real stories: `python -m tests.quality.models --config config.toml
--stories 20 --json`.

Runs the product's own analysis, with the engine of the settings, over the best-ranked stories of a
copy of the database that have text enough for a model to be asked (`thin` counts those passed
over); the database itself is left alone, and no answer kept in it is used. `--seed` tells the seed
story of the test corpus too, `--show` prints what was told, and `--site FOLDER` leaves the pages
there to be read. Exits 1 where no model answers, or a published claim does not cite a passage that
holds its quote.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from aggregator.bootstrap import open_services
from aggregator.config.configuration import load
from aggregator.domain.claim import Analysis
from aggregator.domain.operation.report import Failure
from aggregator.domain.settings import AnalysisSettings, DatabaseSettings, Settings
from aggregator.domain.story import Story
from aggregator.errors import AggregatorError
from aggregator.log import set_up_log
from aggregator.ports import ModelEngine, WritingOptions
from aggregator.services import Services, Tally
from aggregator.site.stage.publish import publish_stage
from aggregator.store.database import Connection, Database
from aggregator.store.news import stories
from aggregator.store.schema import answers
from aggregator.store.writing import analyses
from aggregator.story.stage.gating import with_texts
from aggregator.story.stage.model_analysis import material_for
from tests.acceptance.house import SEED, House
from tests.quality.citations import counted
from tests.quality.counted import Counted, call_counts
from tests.servers import MiniWeb
from tests.telling import tell_stale

EVIDENCE_TOKENS = 3000  # what the product gives a model with room for it


@dataclass(frozen=True, slots=True)
class Progress:
    """Tells on stderr how far a run is: a story takes a small model most of a minute."""

    def stage(self, name: str, total: int) -> None:
        """A stage begins."""
        print(f"{name}: {total}", file=sys.stderr)

    def step(self, what: str) -> None:
        """One item is done."""
        print(f"  {what}", file=sys.stderr)


class NothingToMeasureError(AggregatorError):
    """The settings name no database, or no model that answers."""


async def measured(settings: Settings, number: int, site: Path, *, show: bool) -> dict[str, Any]:
    """The counts of the best `number` stories of the settings' database, told by their model.
    Raises NothingToMeasureError.
    """
    with tempfile.TemporaryDirectory() as folder:
        copied = _copied(settings, Path(folder) / "copy.db", site)
        async with open_services(copied, None) as services:
            ids, thin = _prepared(services, number)
            engine = await _model(services)
            llm, tally, began = Counted(engine.llm), Tally(), time.monotonic()
            await tell_stale(
                replace(services, find_model=_finder(replace(engine, llm=llm))), Progress(), tally
            )
            seconds = time.monotonic() - began
            with services.database.reading() as connection:
                told = analyses.analyses_of(connection, ids)
            publish_stage(services, Progress(), full=True)
            assert services.database.path is not None
            cited = counted(
                site,
                services.database.path,
                settings.analysis.quote_words,
                settings.analysis.hook_words,
            )
            if show:
                _show([told[id_] for id_ in ids if id_ in told])
    return {
        "engine": engine.name,
        "model": engine.model,
        "stories": len(told),
        "untold": len(ids) - len(told),
        "thin": thin,
        **call_counts(llm.calls),
        **_claim_counts(list(told.values()), tally),
        "citations": cited,
        "failures": [failure.reason for failure in tally.failures],
        "seconds": round(seconds, 1),
        "seconds_a_story": round(seconds / len(ids), 1) if ids else None,
    }


def _copied(settings: Settings, database: Path, site: Path) -> Settings:
    original = Database(settings.database.url)
    if not original.is_there():
        raise NothingToMeasureError(
            f"no database at {original.name}: run `aggregator refresh --no-analysis` first"
        )
    original.backup(database)
    original.close()
    return replace(
        settings,
        site=replace(settings.site, output=str(site)),
        database=DatabaseSettings(url=f"sqlite:///{database}"),
        analysis=replace(settings.analysis, in_depth=1_000_000, time_budget_s=0),
    )


def _prepared(services: Services, number: int) -> tuple[list[str], int]:
    """Leaves only the best stories to be told, and nothing that was told or answered before; counts
    those too thin to ask of.
    """
    services.database.upgrade(datetime.now(UTC))
    with services.database.writing() as connection:
        found = sorted(
            stories.stories_by_id(connection, stories.story_ids(connection)),
            key=lambda each: (-each.score, each.id),
        )
        chosen: list[str] = []
        thin = 0
        for each in found:
            if len(chosen) == number:
                break
            is_worth = _is_worth_asking(connection, services, each)
            chosen.extend([each.id] if is_worth else [])
            thin += not is_worth
        connection.execute(delete(answers))
        for each in found:
            analyses.drop_analyses(connection, [each.id])
            if each.id in chosen:
                stories.save_story(connection, each)  # which makes it stale
            else:
                stories.mark_fresh(connection, [each.id])
    return chosen, thin


def _is_worth_asking(connection: Connection, services: Services, bare: Story) -> bool:
    (story,) = with_texts(connection, services, [bare])
    options = WritingOptions(
        language=services.settings.analysis.language, quote_words=1, evidence_tokens=EVIDENCE_TOKENS
    )
    return material_for(story, options) is not None


async def _model(services: Services) -> ModelEngine:
    found = await services.find_model()
    if isinstance(found, ModelEngine):
        return found
    reason = (
        found.reason
        if isinstance(found, Failure)
        else "analysis.engine is extractive, or auto and Ollama does not answer"
    )
    raise NothingToMeasureError(f"no model to measure: {reason}")


def _finder(engine: ModelEngine) -> Any:
    async def find() -> ModelEngine:
        return engine

    return find


def _claim_counts(told: Sequence[Analysis], tally: Tally) -> dict[str, Any]:
    kinds = Counter(claim.kind.value for each in told for claim in each.kept.claims())
    return {
        "kept": kinds.total(),
        **{kind: kinds[kind] for kind in ("written", "inferred", "extracted")},
        "rejected": dict(sorted(tally.rejected.items(), key=lambda each: (-each[1], each[0]))),
    }


def _show(told: Sequence[Analysis]) -> None:
    """The claims of each story as they would stand on its page, on stderr."""
    for each in told:
        print(f"\n{each.kept.headline.text}", file=sys.stderr)
        for claim in list(each.kept.claims())[1:]:
            print(f"  {claim.kind.value:9} {claim.text}", file=sys.stderr)


async def seed_measured(analysis: AnalysisSettings, site: Path, *, show: bool) -> dict[str, Any]:
    """The same for every story of the seed corpus, fetched from loopback."""
    with tempfile.TemporaryDirectory() as folder, MiniWeb(SEED) as web:
        house = House.reading(Path(folder) / "house", web)
        house.refreshed("--all", "--no-analysis")
        settings = replace(load(house.folder / "config.toml", {}), analysis=analysis)
        return await measured(settings, 1_000, site, show=show)


async def _report(options: argparse.Namespace) -> dict[str, Any]:
    settings = load(options.config, os.environ)
    with tempfile.TemporaryDirectory() as folder:
        site = options.site or Path(folder)
        found: dict[str, Any] = {}
        if options.stories:
            found = await measured(settings, options.stories, site / "stories", show=options.show)
        if options.seed:
            found["seed"] = await seed_measured(settings.analysis, site / "seed", show=options.show)
    return found


def main() -> int:
    """Prints the report; what is under way goes to stderr."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=Path("config.toml"))
    parser.add_argument(
        "--stories", type=int, default=20, help="so many, best first; 0 for none of the database"
    )
    parser.add_argument("--seed", action="store_true", help="tell the seed story's corpus too")
    parser.add_argument("--site", type=Path, help="leave the pages in this folder")
    parser.add_argument("--show", action="store_true", help="print what was told on stderr")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object (the default is the same, indented)"
    )
    options = parser.parse_args()
    set_up_log(logging.INFO, as_json=False)
    try:
        found = asyncio.run(_report(options))
    except AggregatorError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(found, indent=None if options.json else 1))
    every = [each["citations"] for each in (found, found.get("seed", {})) if "citations" in each]
    return (
        1
        if any(count for each in every for name, count in each.items() if name.startswith("bad_"))
        else 0
    )


if __name__ == "__main__":
    sys.exit(main())
