"""The scores below which a test fails, read from the tests that hold them."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass

from tests.quality import (
    test_claims,
    test_clusters,
    test_entities,
    test_extraction,
    test_grounding,
    test_newsletters,
    test_ranking,
    test_relevance,
    test_search,
)

_JUDGES = {
    "yes": "anchors alone",
    "oracle": "with a perfect judge",
    "noisy": "with a judge that errs",
    "none": "without a judge",
}

_LEVELS = {
    "event": "events",
    "daily": "events, day by day",
    "without_grok": "events without the longest affair",
    "storyline": "storylines",
    "storyline_by_affair": "storylines by affair",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A bound on one score on one set of labelled data, and the command that measures it."""

    what: str
    data: str
    bound: str
    command: str


def floors() -> Iterator[Floor]:
    """All floors, in the order of the pipeline."""
    yield from _floors("extraction", _extraction())
    yield from _floors("feeds", _feeds())
    yield from _floors("clusters", _clusters())
    yield from _floors("entities", _entities())
    yield from _floors("newsletters", _newsletters())
    yield from _floors("ranking", _ranking())
    yield from _floors("claims", _claims())
    yield from _floors("grounding", _grounding())
    yield from _floors("search", [("first results shared with SQLite FTS5", "", test_search.FLOOR)])
    for name, least in (
        ("precision", test_relevance.LEAST_PRECISION),
        ("recall", test_relevance.LEAST_RECALL),
    ):
        what = f"entries about AI in general sources: {name}"
        yield Floor(what=what, data="", bound=f"{least:g}", command="tools.relevance")


def _floors(kind: str, rows: Iterator[_Row] | list[_Row]) -> Iterator[Floor]:
    for what, data, bound in rows:
        shown = bound if isinstance(bound, str) else f"{bound:g}"
        yield Floor(what=what, data=data, bound=shown, command=f"tests.quality.{kind}")


_Row = tuple[str, str, float | str]


def _extraction() -> Iterator[_Row]:
    for name, above in test_extraction.ABOVE.items():
        yield "article text: F1", name, f"trafilatura's + {above:g}"


def _feeds() -> Iterator[_Row]:
    for name, floor in test_extraction.FEEDS.items():
        yield "entries read as feedparser reads them", name, floor


def _clusters() -> Iterator[_Row]:
    for name, scores in test_clusters.FLOORS.items():
        for (level, score), floor in scores.items():
            yield f"clustering, {_LEVELS[level]}: {_words(score)}", name, floor


def _entities() -> Iterator[_Row]:
    for (kind, match, score), floor in test_entities.FLOORS.items():
        yield f"tags: {kind}, {score} ({match})", "smol-ainews", floor


def _newsletters() -> Iterator[_Row]:
    yield "newsletter items split rightly", "40 issues", test_newsletters.ITEMS_FLOOR
    yield "votes to the right story", "40 issues", test_newsletters.VOTES_FLOOR


def _ranking() -> Iterator[_Row]:
    for score, floor in test_ranking.FLOORS.items():
        yield f"importance against a peer's ratings: {_words(score)}", "flyryan-ai-news", floor


def _claims() -> Iterator[_Row]:
    for data, judge, path, holds, floor in test_claims.FLOORS:
        bound = f"{floor:g}" if holds is operator.ge else f"at most {floor:g}"
        yield f"labelled claims, {_JUDGES[judge]}: {', '.join(map(_words, path))}", data, bound


def _grounding() -> Iterator[_Row]:
    for path, floor in test_grounding.FLOORS.items():
        yield f"judged claims, anchors alone: {_words(path[-1])}", path[-2], floor


def _words(key: str) -> str:
    return (
        key.replace("_", " ")
        .replace("f1", "F1")
        .replace("ndcg", "nDCG")
        .replace("b cubed", "B-cubed")
    )
