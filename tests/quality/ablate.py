"""What each rule is worth: `make ablate`, or `python -m tests.quality.ablate --data FOLDER
[--only AREA] [--database URL --config FILE] [--json]`.

FOLDER is like `../shared/corpus`. Each gate, addend of importance and heuristic of extraction is
switched off in turn, and what that changes is measured on data that nothing was fitted on: the
stories `held` of labelled claims, weeks that the weights were not fitted on, and every second page
of public gold. With the database of a refresh, each rule that writes without a model is switched
off, too; there are no labels of what it writes, so its effect is the share of stories that are
told otherwise.

A line has the area, what was switched off, its module and how many tokens that has (all of it, what
else it does included), the measure with it, and how much of that is lost without it, with the
interval that 95 % of 1,000 draws of stories, weeks or pages keep. A rule whose interval holds 0
shows no effect there.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.domain.frozen import frozen
from aggregator.extract.page import article, bylines, hidden, layouts, main_text, metadata
from aggregator.story.rules.audience import roles_of
from aggregator.story.rules.commitment import implications
from aggregator.story.rules.duties import dated_duties
from aggregator.story.rules.timeline import timeline
from aggregator.verify import gates
from tests.quality import choosing, claims
from tests.quality.extraction import page_score
from tests.quality.gold_pages import gold_pages
from tests.quality.ranking import weekly_spearman
from tools.importance import FITTED, cross_fitted, fitted, rated_stories
from tools.tokens import PROGRAM, tokens

_DRAWS = 1_000
_CLAIMS = ("invented", "news")
_GOLD = ("article-extraction-benchmark", "fundus", "postlight-parser", "readability-js")
_RATED = "flyryan-ai-news"


@frozen
class Effect:
    """What is lost by switching a rule off: `with_it` is the measure with the rule, `lost` how much
    of it goes, `low` and `high` the interval of that.
    """

    area: str
    rule: str
    module: str
    tokens: int
    with_it: float
    lost: float
    low: float
    high: float

    @property
    def shows(self) -> bool:
        """Whether the rule has an effect that is more than chance."""
        return self.low > 0 or self.high < 0


def effect(
    area: str, rule: str, place: object, values: Sequence[float], without: Sequence[float]
) -> Effect:
    """The mean of a measure over stories, weeks or pages, with a rule and without it."""
    differences = np.array(values) - np.array(without)
    generator = np.random.default_rng(0)
    rows = generator.integers(0, len(differences), (_DRAWS, len(differences)))
    low, high = np.percentile(differences[rows].mean(axis=1), [2.5, 97.5])
    module = Path(inspect.getsourcefile(place) or "")  # type: ignore[arg-type]
    return Effect(
        area=area,
        rule=rule,
        module=module.relative_to(PROGRAM).as_posix(),
        tokens=tokens(module),
        with_it=round(float(np.mean(values)), 4),
        lost=round(float(differences.mean()), 4),
        low=round(float(low), 4),
        high=round(float(high), 4),
    )


@contextmanager
def replaced(original: object, other: object) -> Iterator[None]:
    """Has every module of the program that names an object use another one instead."""
    places = [
        (module, name)
        for key, module in list(sys.modules.items())
        if key.startswith("aggregator.")
        for name, value in list(vars(module).items())
        if value is original
    ]
    assert places, original
    for module, name in places:
        setattr(module, name, other)
    try:
        yield
    finally:
        for module, name in places:
            setattr(module, name, original)


def of_gates(corpus: Path) -> Iterator[Effect]:
    """Each row of the table of gates, by the share of claims that are told right: true ones that
    pass, false ones that do not.
    """
    known = {
        folder: [claim for claim in claims.labelled(folder) if claim.half == "held"]
        for folder in (corpus / "claims" / name for name in _CLAIMS)
    }
    values = _right(known)
    for place, gate in enumerate(gates.GATES):
        if gate.applies_to in (gates.AppliesTo.ANSWERS, gates.AppliesTo.PAGES):
            continue
        others = (*gates.GATES[:place], *gates.GATES[place + 1 :])
        with replaced(gates.GATES, others):
            without = _right(known)
        yield effect("gates", f"{gate.reason} of {gate.applies_to}", gates, values, without)


def _right(known: dict[Path, list[claims.Labelled]]) -> list[float]:
    """Of each story, the share of its claims that are told right."""
    shares = []
    for folder, found in known.items():
        stories = claims.stories(folder)
        for name in sorted({claim.story for claim in found}):
            told = [
                claims.is_let_through(claim, stories[name]) is claim.is_true
                for claim in found
                if claim.story == name
            ]
            shares.append(sum(told) / len(told))
    return shares


def of_ranking(corpus: Path) -> Iterator[Effect]:
    """Each fitted addend of importance, by Spearman's correlation in each week."""
    from aggregator.cluster import rank

    stories = rated_stories(corpus / "digests" / _RATED)
    values = weekly_spearman(stories, cross_fitted(stories))
    for table in FITTED:
        found = cross_fitted(stories, partial(fitted, without=table))
        yield effect("ranking", table, rank, values, weekly_spearman(stories, found))


def _same(found: Any, *_: object, **__: object) -> Any:
    return found


def _nothing(*_: object, **__: object) -> None:
    return None


def _none(*_: object, **__: object) -> tuple[()]:
    return ()


_Replacement = tuple[Callable[..., Any], Callable[..., Any]]
# heuristics of reading pages, and what stands in for each
HEURISTICS: tuple[_Replacement, ...] = (
    (hidden.remove_hidden, _nothing),
    (main_text._without_title, _same),
    (main_text._without_crumbs, _same),
    (main_text.without_boilerplate, lambda found, *_: tuple(found)),
    (main_text.repaired_parts, lambda found, *_: tuple((text,) for text in found)),
    (layouts.read_with_template, _nothing),
    (article._put_in_place, _nothing),
    (metadata._searched_day, lambda *_: ""),
    (metadata._day_in_address, _nothing),
    (metadata._without_site, _same),
    (bylines._visible_authors, lambda *_: []),
)


def of_extraction(corpus: Path) -> Iterator[Effect]:
    """Each heuristic of reading pages, by the mean of a page's scores: F1 of its text, and whether
    day, title and authors are right.
    """
    gold = [page for name in _GOLD for page in list(gold_pages(corpus / "pages" / name))[1::2]]
    values = [page_score(page) for page in gold]
    for original, other in HEURISTICS:
        with replaced(original, other):
            without = [page_score(page) for page in gold]
        yield effect("extraction", original.__name__.strip("_"), original, values, without)


# rules that write without a model, and what stands in for each
RULES: tuple[_Replacement, ...] = (
    (dated_duties, _none),
    (implications, _none),
    (timeline, _none),
    (roles_of, _none),
)


def of_rules(database: str, config: Path) -> Iterator[Effect]:
    """Each rule that writes without a model, by the share of stories that are told otherwise."""
    stories = [story for story in choosing.stories_of(database, config) if story.members][1::2]
    told = [choosing.draft_of(story) for story in stories]
    for original, other in RULES:
        with replaced(original, other):
            same = [
                float(choosing.draft_of(story) == before)
                for story, before in zip(stories, told, strict=True)
            ]
        name = original.__name__
        yield effect("rules", name, original, [1.0] * len(same), same)


AREAS: dict[str, Callable[[Path], Iterator[Effect]]] = {
    "gates": of_gates,
    "ranking": of_ranking,
    "extraction": of_extraction,
}


def main() -> int:
    """Prints a line for each rule."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=(*AREAS, "rules"), default="")
    parser.add_argument("--database", default="", help="its address, such as sqlite:///FILE")
    parser.add_argument("--config", type=Path, help="the file of its sources")
    parser.add_argument("--json", action="store_true", help="print JSON, a line for each rule")
    given = parser.parse_args()
    for area, measure in AREAS.items():
        if given.only in ("", area):
            _print(measure(given.data), given.json)
    if given.database and given.only in ("", "rules"):
        _print(of_rules(given.database, given.config), given.json)
    return 0


def _print(effects: Iterator[Effect], is_json: bool) -> None:
    for found in effects:
        interval = f"[{found.low:+.4f}, {found.high:+.4f}]"
        print(
            json.dumps(asdict(found))
            if is_json
            else f"{found.area:<11}{found.rule:<58}{found.module:<34}{found.tokens:>6}"
            f"{found.with_it:>8.4f}{found.lost:>+9.4f} {interval}"
            f"{'' if found.shows else '  no effect'}",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
