"""Scores the tags of entities on a newsletter's own: `python -m tests.quality.entities --data
FOLDER --json`.

Reads a folder with `issues.jsonl` (smol-ainews), tags title and summary of each issue, and compares
with the tags that its editor gave for companies, models and people. A tag is read by the registry
itself, capitals aside, so that two spellings are one; a model counts as `exact` with its version
and as `line` without. The editor does not tag all that an issue names: what is named and untagged
counts against precision here. The issues of even place are for tuning, the others are reported.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from aggregator.cluster.entities import Gazetteer, entities_in, gazetteer, tokens_of
from aggregator.config.layers import json_lines
from aggregator.config.registry_file import load_registry
from aggregator.domain.frozen import frozen
from aggregator.domain.registry import Registry
from aggregator.domain.story import Entity, EntityKind
from aggregator.resources import DEFAULT_REGISTRY

_TAGS = {"companies": EntityKind.COMPANY, "models": EntityKind.MODEL, "people": EntityKind.PERSON}
_POINT = re.compile(r"(?<!\d)(\d)-(\d)(?![\da-z])")


@frozen
class Issue:
    """An issue of the newsletter: its words, and its tags by kind."""

    text: str
    tags: dict[EntityKind, tuple[str, ...]]


def issues(folder: Path) -> tuple[Issue, ...]:
    """All issues in their order."""
    rows = json_lines((folder / "issues.jsonl").read_text("utf-8"))
    return tuple(
        Issue(
            text=f"{row['title']}\n\n{(row['tldr'] or '').replace('**', '')}",
            tags={kind: tuple(row[name] or ()) for name, kind in _TAGS.items()},
        )
        for row in rows
    )


def report(folder: Path, *, tuning: bool = False) -> dict[str, Any]:
    """Counts, scores and seconds on the half that is reported, or on the one for tuning."""
    registry = load_registry(DEFAULT_REGISTRY)
    index, blind = gazetteer(registry), gazetteer(_blind(registry))
    chosen = issues(folder)[0 if tuning else 1 :: 2]
    started = time.process_time()
    found = [entities_in(tokens_of(issue.text), index) for issue in chosen]
    seconds = time.process_time() - started
    gold = [
        {kind: [_read(tag, blind) for tag in tags] for kind, tags in issue.tags.items()}
        for issue in chosen
    ]
    lines = _lines(registry)
    by_kind = {
        kind.value: {
            "exact": _scores(kind, found, gold, lambda entity: entity.key),
            "line": _scores(kind, found, gold, lines),
        }
        for kind in (*_TAGS.values(), EntityKind.PRODUCT)
    }
    return {
        "data": folder.name,
        "issues": len(chosen),
        **by_kind,
        "ms_per_text": round(1000 * seconds / len(chosen), 3),
    }


def wrong(folder: Path, most: int) -> list[tuple[str, int]]:
    """What the tuning half counts against precision most often."""
    registry = load_registry(DEFAULT_REGISTRY)
    index, blind = gazetteer(registry), gazetteer(_blind(registry))
    lines, counts = _lines(registry), Counter[str]()
    for issue in issues(folder)[::2]:
        known = {
            lines(entity)
            for tags in issue.tags.values()
            for tag in tags
            for entity in _read(tag, blind)
        }
        counts.update(
            entity.name
            for entity in entities_in(tokens_of(issue.text), index)
            if lines(entity) not in known
        )
    return counts.most_common(most)


def _scores(kind: EntityKind, found: Any, gold: Any, name: Any) -> dict[str, float]:
    """Precision of the entities of a kind against all tags of their issue, and recall of the tags
    of that kind.
    """
    right = wrong = told = missed = 0
    for entities, tags in zip(found, gold, strict=True):
        tagged = {name(each) for several in tags.values() for tag in several for each in tag}
        ours = {name(entity) for entity in entities}
        mine = {name(entity) for entity in entities if entity.kind is kind}
        right, wrong = right + len(mine & tagged), wrong + len(mine - tagged)
        for tag in tags.get(kind, ()):
            is_told = any(name(each) in ours for each in tag)
            told, missed = told + is_told, missed + (not is_told)
    return {
        "precision": round(right / (right + wrong), 4) if right + wrong else 1.0,
        "recall": round(told / (told + missed), 4) if told + missed else 1.0,
        "entities": right + wrong,
        "tags": told + missed,
    }


def _read(tag: str, blind: Gazetteer) -> tuple[Entity, ...]:
    """What a tag such as `claude-opus-4-6` or `x-ai` names: its hyphens stand for spaces and
    points, its capitals are lost.
    """
    spaced = _POINT.sub(r"\1.\2", tag).replace("-", " ").title()
    return entities_in(tokens_of(spaced), blind) or entities_in(
        tokens_of(tag.replace("-", ".")), blind
    )


def _blind(registry: Registry) -> Registry:
    """The registry for tags, which have neither capitals nor words around them."""
    entities = {
        kind: {key: replace(entry, cased=False, needs=()) for key, entry in entries.items()}
        for kind, entries in registry.entities.items()
    }
    return replace(registry, entities=entities)


def _lines(registry: Registry) -> Any:
    """A function from an entity to its key, or to that of its line where it is a version of a
    model.
    """
    names = {
        entry.form.partition("{")[0] or entry.name: key
        for key, entry in registry.entities[EntityKind.MODEL].items()
    }
    longest = sorted(names, key=len, reverse=True)

    def line(entity: Entity) -> str:
        start = next((each for each in longest if entity.name.startswith(each.strip(" -"))), "")
        return names[start] if entity.kind is EntityKind.MODEL and start else entity.key

    return line


def main() -> None:
    """Prints the report of one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with issues.jsonl")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object (the default is the same, indented)"
    )
    parser.add_argument(
        "--tuning",
        type=int,
        default=0,
        help="the half for tuning instead, with so many of its errors",
    )
    options = parser.parse_args()
    found = report(options.data, tuning=bool(options.tuning))
    if options.tuning:
        found["wrong"] = wrong(options.data, options.tuning)
    print(json.dumps(found, indent=None if options.json else 1, ensure_ascii=False))


if __name__ == "__main__":
    main()
