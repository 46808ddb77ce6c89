"""Scores gates and judge on labelled claims: `python -m tests.quality.claims --data FOLDER
--judge none|yes|oracle|noisy --json`.

FOLDER is one of `../shared/corpus/claims`. A claim goes through the gates of a refresh, and their
anchors see its whole story; the archive whose casing they read is all stories of the folder. It is
printed where they have nothing against it and the judge agrees: *yes* always does, so that the
gates stand alone; *oracle* answers by the label; *noisy* is wrong of a random 20 % of the claims,
averaged over 50 seeds; *none* agrees to nothing. None of them is calibrated.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from aggregator.config.layers import json_lines
from aggregator.domain.article import Passage
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import AnalysisSettings
from aggregator.story.stage.gating import Gates
from aggregator.verify.wording import Casing, casing_of
from tests.builders import article, member
from tests.builders import story as story_of

SEEDS = 50
WRONG = 0.2  # share of the claims that a noisy judge gets wrong
HALVES = ("dev", "held")


@frozen
class Labelled:
    """A claim on a story with the passages that it cites, whether it is true, and the kind of its
    error if not.
    """

    story: str
    half: str
    text: str
    kind: str
    cited: tuple[int, ...]
    is_true: bool
    error: str


Judge = Callable[[Labelled, random.Random], bool]
JUDGES: dict[str, tuple[Judge, int]] = {
    "none": (lambda claim, chance: False, 1),
    "yes": (lambda claim, chance: True, 1),
    "oracle": (lambda claim, chance: claim.is_true, 1),
    "noisy": (lambda claim, chance: claim.is_true != (chance.random() < WRONG), SEEDS),
}


def labelled(folder: Path) -> tuple[Labelled, ...]:
    """The claims of a folder in order. Every second story belongs to the half `dev`, on which the
    constants were chosen.
    """
    stories = list(_raw(folder))
    return tuple(
        Labelled(
            story=claim["story"],
            half=HALVES[stories.index(claim["story"]) % 2],
            text=claim["text"],
            kind=claim["kind"],
            cited=tuple(claim["passages"]),
            is_true=claim["true"],
            error=claim["error"] or "",
        )
        for claim in json_lines((folder / "claims.jsonl").read_text("utf-8"))
    )


def stories(folder: Path) -> dict[str, Gates]:
    """The gates around each story of a folder, by its name."""
    raw = _raw(folder)
    archive = casing_of(chain.from_iterable(story["passages"].values() for story in raw.values()))
    return {name: _story(story, archive) for name, story in raw.items()}


def is_let_through(claim: Labelled, gates: Gates) -> bool:
    """Whether the gates around its story have nothing against a claim."""
    of_number = {passage.n: passage for passage in gates.grounds.passages.values() if passage.n}
    citations = tuple(
        Citation(passage=of_number[number].key, quote=beginning(of_number[number].text))
        for number in claim.cited
    )
    cited = Claim(text=claim.text, kind=ClaimKind(claim.kind), citations=citations)
    return gates.against(cited, ()) is None


def report(folder: Path, judge: str, half: str = "") -> dict[str, Any]:
    """Shares of the true claims that are printed and of the false, their counts, and seconds."""
    began = time.process_time()
    claims = [claim for claim in labelled(folder) if half in {"", claim.half}]
    gates = stories(folder)
    for story in gates.values():
        story.grounds.story()
    indexed = time.process_time()
    passed = [is_let_through(claim, gates[claim.story]) for claim in claims]
    checked = time.process_time()
    answers, seeds = JUDGES[judge]
    printed = [0.0] * len(claims)
    for seed in range(seeds):
        chance = random.Random(seed)
        for number, claim in enumerate(claims):
            agrees = answers(claim, chance)
            printed[number] += (passed[number] and agrees) / seeds
    scored = tuple(zip(claims, printed, strict=True))
    return {
        "claims": len(claims),
        "stories": len({claim.story for claim in claims}),
        **_figures(scored),
        "by_kind": dict(_grouped(scored, lambda claim: claim.kind)),
        "by_error": {
            name: {"false": found["false"], "false_passed": found["false_passed"]}
            for name, found in _grouped(scored, lambda claim: claim.error)
            if name
        },
        "seconds": round(time.process_time() - began, 3),
        "index_ms": round(1000 * (indexed - began) / max(1, len(gates)), 2),
        "claim_ms": round(1000 * (checked - indexed) / max(1, len(claims)), 2),
    }


def _raw(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "stories.json").read_text("utf-8"))
    return found


def _story(raw: dict[str, Any], archive: Casing) -> Gates:
    members = []
    for place, source in enumerate(raw["sources"]):
        day = datetime.fromisoformat(source["day"]).replace(hour=12, tzinfo=UTC)
        bare = article(source["title"], key=f"source-{place}", at=day)
        texts = {0: source["title"]} | {
            int(number): text
            for number, text in raw["passages"].items()
            if raw["passage_source"][number] == place
        }
        passages = tuple(
            Passage(article_id=bare.id, version=1, n=n, text=text) for n, text in texts.items()
        )
        members.append(member(replace(bare, passages=passages), name=source["name"]))
    return Gates.around(story_of(members), AnalysisSettings(), archive)


def beginning(text: str) -> str:
    """As much of a passage as may be quoted."""
    words = re.match(rf"(?:\S+\s*){{1,{AnalysisSettings().quote_words}}}", text)
    return words[0].rstrip() if words else text


Scored = tuple[Labelled, float]


def _figures(scored: Sequence[Scored]) -> dict[str, Any]:
    true = [printed for claim, printed in scored if claim.is_true]
    false = [printed for claim, printed in scored if not claim.is_true]
    kept, passed = _share(true), _share(false)
    return {
        "true": len(true),
        "false": len(false),
        "true_kept": round(kept, 4),
        "false_passed": round(passed, 4),
        "balanced_accuracy": round((kept + 1 - passed) / 2, 4),
    }


def _grouped(
    scored: Sequence[Scored], group: Callable[[Labelled], str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in sorted({group(claim) for claim, _ in scored}):
        yield name, _figures([pair for pair in scored if group(pair[0]) == name])


def _share(printed: Sequence[float]) -> float:
    return sum(printed) / len(printed) if printed else 0.0


def main() -> int:
    """Prints the report of a folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--judge", choices=sorted(JUDGES), default="yes")
    parser.add_argument("--half", choices=HALVES, default="", help="the stories of one half only")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    found = report(arguments.data, arguments.judge, arguments.half)
    print(
        json.dumps(found)
        if arguments.json
        else "\n".join(f"{key:18} {value}" for key, value in found.items())
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
