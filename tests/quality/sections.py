"""Which sections the stories of a captured web have: `python -m tests.quality.sections --data
CAPTURE --json`.

CAPTURE holds a map.json as tests/corpus/seed-story does; the product reads it as a process, into a
folder that is removed afterwards. `all` has the share of the pages of stories with something in a
section, `top50` that of the fifty with the highest score, by the section's key in the JSON twin.
`technical` is the table that has the product's values (`specification`), how it works
(`mechanism`), or both. `whole_brief` are the pages with all four parts of the brief, `bare` those
with neither hook, change, reason nor takeaway. `--engine ollama --host URL --model NAME` has a
model write the best `--stories`, however long it takes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from aggregator.hooks.sections import all_sections
from aggregator.store.database import Database
from aggregator.store.news import stories
from tests.acceptance.house import House
from tests.quality.site.captured import Captured, captured_house

_TOP = 50
_BRIEF = ("what_changed", "why_it_matters", "what_to_do_next", "who_should_care")
_SUBSTANCE = ("hook", "what_changed", "why_it_matters", "takeaways")
_OF_ATTRIBUTES = {section.attribute: section.key for section in all_sections() if section.attribute}
_SPECIFICATION = "specification"
KEYS = (*(section.key for section in all_sections()), "comparison", "technical", _SPECIFICATION)


def report(captured: Captured) -> dict[str, Any]:
    """The shares of a house that has read its web, with counts."""
    twins = captured.house.stories()
    scores = _scores(captured.house)
    ranked = sorted(twins, key=lambda twin: (-scores[twin["id"]], twin["id"]))
    held = [sections_of(twin) for twin in ranked]
    chosen = {"all": held, "top50": held[:_TOP]}
    return {
        **{name: _shares(some) for name, some in chosen.items()},
        "whole_brief": {name: _share(some, _has_whole_brief) for name, some in chosen.items()},
        "bare": {name: _share(some, _is_bare) for name, some in chosen.items()},
        "pages": len(twins),
        "stories": len(scores),
        "by_engine": _by_engine(twins),
    }


def sections_of(twin: Mapping[str, Any]) -> frozenset[str]:
    """The keys of the sections that a story's twin has something in."""
    insight = twin.get("insight", {})
    present = {
        key for key in KEYS for part in (twin, twin.get("brief", {}), insight) if part.get(key)
    }
    attributes = (row["attribute"] for row in insight.get("technical", ()))
    tables = {_OF_ATTRIBUTES.get(name, _SPECIFICATION) for name in attributes}
    return frozenset(present | tables)


def _scores(house: House) -> dict[str, float]:
    with closing(Database(house.database)) as database, database.reading() as connection:
        found = stories.stories_by_id(connection, stories.story_ids(connection))
    return {story.id: story.score for story in found}


def _shares(held: Sequence[frozenset[str]]) -> dict[str, float]:
    return {key: _share(held, {key}.issubset) for key in KEYS}


def _share(held: Sequence[frozenset[str]], wanted: Callable[[frozenset[str]], bool]) -> float:
    return round(sum(map(wanted, held)) / len(held), 4) if held else 0.0


def _has_whole_brief(keys: frozenset[str]) -> bool:
    return keys.issuperset(_BRIEF)


def _is_bare(keys: frozenset[str]) -> bool:
    return keys.isdisjoint(_SUBSTANCE)


def _by_engine(twins: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    engines = [twin["provenance"]["engine"] for twin in twins]
    return {engine: engines.count(engine) for engine in sorted(set(engines))}


def model_settings(host: str, model: str, number: int, in_brief: int = 0) -> str:
    """The settings under which a model at an Ollama writes the most important stories in depth, so
    many or all (0), or so many in brief, with no other limit.
    """
    in_depth = 0 if in_brief else number or 1_000_000
    return f"""\
[analysis]
engine = "ollama"
in_depth = {in_depth}
in_brief = {in_brief}
time_budget_s = 0
[analysis.ollama]
host = {json.dumps(host)}
model = {json.dumps(model)}
"""


def main() -> int:
    """Prints the shares of a captured web."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="captured web")
    parser.add_argument("--engine", choices=("extractive", "ollama"), default="extractive")
    parser.add_argument("--host", default="http://127.0.0.1:11434", help="of Ollama")
    parser.add_argument("--model", default="qwen3:4b-instruct", help="as `ollama list` shows it")
    parser.add_argument(
        "--stories", type=int, default=0, help="so many for the model, best first; 0 for all"
    )
    parser.add_argument(
        "--feeds", type=int, help="so many feeds only, those first that lead to most articles"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, on one line")
    options = parser.parse_args()
    settings = (
        model_settings(options.host, options.model, options.stories)
        if options.engine == "ollama"
        else ""
    )
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        captured = captured_house(options.data, Path(scratch) / "house", settings, options.feeds)
        found = report(captured)
    found["seconds"] = round(time.monotonic() - began_s, 1)
    print(json.dumps(found, indent=None if options.json else 1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
