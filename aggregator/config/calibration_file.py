"""Reads the labelled set that judges are calibrated on: invented stories, and claims on them that
are known to be true or false.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from aggregator.config.layers import json_lines, text_of
from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.calibration import (
    JudgedArticle,
    LabelledClaim,
    LabelledSet,
    LabelledStory,
    Sample,
)
from aggregator.resources import CALIBRATION

_Places = Mapping[int, tuple[int, int]]  # a passage's number in the file to article and number


def load_labelled() -> LabelledSet:
    """The set that is shipped as `stories.json` and `claims.jsonl`, with the `audits.json` of
    writers. Raises `ConfigError` where it is not there.
    """
    texts, lines = (text_of(CALIBRATION / name) for name in ("stories.json", "claims.jsonl"))
    read = {name: _story(table) for name, table in json.loads(texts).items()}
    return LabelledSet(
        stories={name: story for name, (story, _) in read.items()},
        claims=tuple(_claim(table, read) for table in json_lines(lines)),
        digest=sha256_of(f"{texts}\n{lines}")[:16],
        audits={
            writer: (Sample(**kinds["statements"]), Sample(**kinds["inferences"]))
            for writer, kinds in json.loads(text_of(CALIBRATION / "audits.json")).items()
        },
    )


def _story(table: dict[str, Any]) -> tuple[LabelledStory, _Places]:
    texts: list[dict[int, str]] = [{0: source["title"]} for source in table["sources"]]
    places: dict[int, tuple[int, int]] = {}
    for number, text in table["passages"].items():
        article = table["passage_source"][number]
        n = 0 if text == texts[article][0] else len(texts[article])
        texts[article][n] = text
        places[int(number)] = (article, n)
    articles = (
        JudgedArticle(
            source=source["name"], day=date.fromisoformat(source["day"]), passages=passages
        )
        for source, passages in zip(table["sources"], texts, strict=True)
    )
    return LabelledStory(headline=table["headline"], articles=tuple(articles)), places


def _claim(
    table: dict[str, Any], read: Mapping[str, tuple[LabelledStory, _Places]]
) -> LabelledClaim:
    _, places = read[table["story"]]
    return LabelledClaim(
        story=table["story"],
        text=table["text"],
        is_true=table["true"],
        error=table["error"] or "",
        cited=tuple(places[number] for number in table["passages"]),
        is_inferred=table["kind"] == "inferred",
    )
