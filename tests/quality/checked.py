"""Verdicts of `check_claim` on labelled claims: `python -m tests.quality.checked --data FOLDER
--judge none|yes --json`.

FOLDER is one of `../shared/corpus/claims`. Its stories become an archive, and each claim on what
happened is checked against the whole of it, by code and a judge: *none* is there, or *yes* agrees
to all, so that only code says no. Prints the verdicts on true and on false claims.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from aggregator.bootstrap import open_services
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    JudgeSettings,
    Settings,
)
from aggregator.plugins.questions.question import MOST_CHARACTERS
from aggregator.plugins.questions.stage.answering import checked
from aggregator.ports import JudgeSeat
from aggregator.store.database import Database
from tests.integration.newsroom import agreeing, tried
from tests.integration.stored import NOW, article, placed
from tests.quality.claims import labelled

_INFERRED = "inferred"


async def report(folder: Path, *, is_judged: bool) -> dict[str, Any]:
    """How many claims of each label got each verdict."""
    counts = {"true": Counter[str](), "false": Counter[str]()}

    async def no_judge() -> JudgeSeat | None:
        return None

    with tempfile.TemporaryDirectory() as place:
        settings = Settings(
            database=DatabaseSettings(url=f"sqlite:///{_archive(folder, Path(place))}"),
            analysis=AnalysisSettings(judge=JudgeSettings(threshold=0.5)),
        )
        async with open_services(settings, NOW) as found:
            services = replace(found, find_judge=agreeing if is_judged else no_judge)
            for claim in labelled(folder):
                if claim.kind != _INFERRED and len(claim.text) <= MOST_CHARACTERS:
                    verdict = (await checked(services, claim.text)).verdict
                    counts["true" if claim.is_true else "false"][verdict.value] += 1
    return {label: dict(sorted(counted.items())) for label, counted in counts.items()}


def _archive(folder: Path, place: Path) -> Path:
    """A database with each story of a folder as one article."""
    path = place / "archive.db"
    raw = json.loads((folder / "stories.json").read_text("utf-8"))
    with Database(f"sqlite:///{path}") as database:
        database.upgrade(NOW)
        with database.writing() as connection:
            tried(connection)
            for name, story in raw.items():
                placed(
                    connection, article(story["headline"], *story["passages"].values(), key=name)
                )
    return path


def main() -> None:
    """Prints the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--judge", choices=("none", "yes"), default="none")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = asyncio.run(report(given.data, is_judged=given.judge == "yes"))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
