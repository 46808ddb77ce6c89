"""Reads the labelled set that judges are calibrated on: invented stories, and claims on them that
are known to be true or false.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from aggregator.config.layers import text_of
from aggregator.domain.operation.calibration import (
    LabelledArticle,
    LabelledClaim,
    LabelledSet,
    LabelledStory,
)
from aggregator.errors import ConfigError
from aggregator.resources import CALIBRATION

_HALVES = {"fit": True, "report": False}
_Places = Mapping[int, tuple[int, int]]  # a passage's number in the file to article and number


def load_labelled(folder: Path = CALIBRATION) -> LabelledSet:
    """The set of a folder with `stories.json` and `claims.jsonl`. Raises `ConfigError` with every
    line that cannot be read.
    """
    stories_file, claims_file = folder / "stories.json", folder / "claims.jsonl"
    texts, lines = text_of(stories_file), text_of(claims_file)
    stories, places = _stories(texts, stories_file)
    claims, problems = [], []
    for number, line in enumerate(lines.splitlines(), 1):
        try:
            claims.append(_claim(json.loads(line), places))
        except (ValueError, KeyError, TypeError) as error:
            problems.append(f"line {number}: {_why(error)}")
    if problems:
        raise ConfigError(str(claims_file), problems)
    digest = hashlib.sha256(f"{texts}\n{lines}".encode()).hexdigest()[:16]
    return LabelledSet(stories=stories, claims=tuple(claims), digest=digest)


def _stories(text: str, file: Path) -> tuple[dict[str, LabelledStory], dict[str, _Places]]:
    try:
        tables = json.loads(text)
        items = list(tables.items())
    except (ValueError, AttributeError) as error:
        raise ConfigError(str(file), (f"is not a JSON object of stories: {error}",)) from error
    stories, places, problems = {}, {}, []
    for name, table in items:
        try:
            stories[name], places[name] = _story(table)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            problems.append(f"{name}: {_why(error)}")
    if problems:
        raise ConfigError(str(file), problems)
    return stories, places


def _story(table: dict[str, Any]) -> tuple[LabelledStory, _Places]:
    texts: list[dict[int, str]] = [{0: source["title"]} for source in table["sources"]]
    places: dict[int, tuple[int, int]] = {}
    for number, text in table["passages"].items():
        article = table["passage_source"][number]
        n = 0 if text == texts[article][0] else len(texts[article])
        texts[article][n] = text
        places[int(number)] = (article, n)
    articles = (
        LabelledArticle(
            source=source["name"], day=date.fromisoformat(source["day"]), passages=passages
        )
        for source, passages in zip(table["sources"], texts, strict=True)
    )
    story = LabelledStory(
        headline=table["headline"], articles=tuple(articles), for_fit=_HALVES[table["half"]]
    )
    return story, places


def _claim(table: dict[str, Any], places: Mapping[str, _Places]) -> LabelledClaim:
    if not isinstance(table["true"], bool) or table["true"] is bool(table["error"]):
        raise ValueError("only false claims have an error")
    if not table["passages"]:
        raise ValueError("it cites no passage")
    return LabelledClaim(
        story=table["story"],
        text=table["text"],
        is_true=table["true"],
        error=table["error"] or "",
        cited=tuple(places[table["story"]][number] for number in table["passages"]),
        is_inferred=table["kind"] == "inferred",
    )


def _why(error: Exception) -> str:
    return f"{error} is missing or unknown" if isinstance(error, KeyError) else str(error)
