"""Fits the weights of `aggregator.cluster.topics` on labels of ours.

    python -m tools.topics --digests FOLDER --database FILE...           writes the weights
    python -m tools.topics --digests FOLDER --database FILE... --check   scores them

FOLDER and FILE are those of `tools.linear_fit`. `topic_labels.csv` holds the labels without a word
of the texts: a hash of the address, a half, and up to three topics that the report is about. All
reports of a publisher are in one half. A logistic regression with L2 for each topic over the
features of `topic_features`, beside the points of the registry. Names of the registry that are one
word are no features, as who is in the news changes.

`--check` fits on each half and scores the other: at the share from which on the product takes a
topic, at the one that the fitted half would choose (the least at which, five-fold over its reports,
four of five topics are right), and by the points of the registry alone.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.cluster import topics
from aggregator.cluster.entities import entities_in, gazetteer, tokens_of
from aggregator.cluster.stage.tag import LEAD_WORDS
from aggregator.cluster.topics import (
    LEAST_POINTS,
    LEAST_SHARE,
    MOST_TOPICS,
    points_worth,
    topic_cues,
    topic_features,
    topic_points,
)
from aggregator.config.registry_file import load_registry
from aggregator.domain.frozen import frozen
from aggregator.english.event_kind import LEDE_WORDS, EventKind, event_kinds
from aggregator.english.linear_model import model_words
from aggregator.resources import DEFAULT_REGISTRY
from tools.linear_fit import (
    Fit,
    arguments,
    examples,
    fitted,
    independent,
    reports,
    write_model,
)

LABELS = Path(__file__).with_name("topic_labels.csv")
_OUT = Path(topics.__file__).with_name("topic_weights.json")
_REGISTRY = load_registry(DEFAULT_REGISTRY)
_TOPICS = tuple(_REGISTRY.topic)
_CUES, _NAMES = topic_cues(_REGISTRY), gazetteer(_REGISTRY)
_L2 = 0.6  # of 0.6 to 1.4 within one point of each other
_SMALLEST = (
    0.24  # a weight below this is left out: the file stays below three quarters of a megabyte
)
_FOLDS = 5
_WANTED_PRECISION = 0.8
_SHARES = tuple(round(0.05 * step, 2) for step in range(2, 17))


@frozen
class Known:
    """A report whose topics are known; the half of one that we made up is empty."""

    topics: frozenset[str]
    half: str
    fold: int
    whole: Mapping[str, float]
    headline: Mapping[str, float]
    points: Mapping[str, float]
    headline_points: Mapping[str, float]


def labelled(found: Mapping[str, tuple[str, str, str]]) -> list[Known]:
    """The labelled ones of these reports, by hash."""
    with LABELS.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["report"] in found]
    return [
        _known(*found[row["report"]][1:], row["topics"], row["half"], int(row["report"], 16))
        for row in rows
    ]


def made_up() -> list[Known]:
    """The reports that we made up."""
    return [_known(row["headline"], row["lede"], row["topics"]) for row in examples("topics")]


def _known(headline: str, lede: str, topics: str, half: str = "", number: int = 0) -> Known:
    points, headline_points = _points(headline, lede), _points(headline, "")
    beginning = " ".join(lede.split()[:LEDE_WORDS])
    return Known(
        topics=frozenset(topics.split()) - {"none"},
        half=half,
        fold=number % _FOLDS,
        whole=nameless(
            topic_features(headline, lede, points, event_kinds(headline, beginning, ""))
        ),
        headline=nameless(
            topic_features(headline, "", headline_points, event_kinds(headline, "", ""))
        ),
        points=points,
        headline_points=headline_points,
    )


def _points(headline: str, lede: str) -> dict[str, float]:
    title, lead = tokens_of(headline), tokens_of(" ".join(lede.split()[:LEAD_WORDS]))
    return topic_points(title, lead, entities_in(title, _NAMES), entities_in(lead, _NAMES), _CUES)


def _single_names() -> frozenset[str]:
    """The names of the registry that are one word."""
    names = (
        model_words(name)
        for entities in _REGISTRY.entities.values()
        for entity in entities.values()
        for name in (entity.name, *entity.aliases)
    )
    return frozenset(words[0] for words in names if len(words) == 1)


_SINGLE_NAMES = _single_names()


def nameless(features: Mapping[str, float]) -> dict[str, float]:
    """The features in which no name of one word stands."""
    return {
        feature: worth
        for feature, worth in features.items()
        if _SINGLE_NAMES.isdisjoint(feature.split())
    }


def fit(found: Mapping[str, tuple[str, str, str]]) -> Fit:
    """The weights by the labelled ones of these reports, and by those that we made up."""
    return _fit([*labelled(found), *made_up()])


def strengths(
    by: Fit, headline: str, lede: str, kinds: Mapping[EventKind, float]
) -> dict[str, float]:
    """How strongly a report is about each topic, by these weights: from 1 on it is about it."""
    points = _points(headline, lede)
    features = nameless(topic_features(headline, lede, points, kinds))
    found = independent(by.totals([features]) + _worths([points]))[0]
    return {topic: float(share) / LEAST_SHARE for topic, share in zip(_TOPICS, found, strict=True)}


def _fit(seen: Sequence[Known]) -> Fit:
    found = fitted(
        [one.whole for one in seen],
        [one.headline for one in seen],
        _wanted(seen),
        counted=[1.0] * len(seen),
        shares=independent,
        l2=_L2,
        given=_worths([*(one.points for one in seen), *(one.headline_points for one in seen)]),
    )
    found.weights[np.abs(found.weights) < _SMALLEST] = 0.0
    return found


def _wanted(some: Sequence[Known]) -> Any:
    return np.array([[float(topic in one.topics) for topic in _TOPICS] for one in some])


def _worths(points: Sequence[Mapping[str, float]]) -> Any:
    return np.array([[points_worth(one.get(topic, 0.0)) for topic in _TOPICS] for one in points])


def _shares(by: Fit, some: Sequence[Known]) -> Any:
    worths = _worths([one.points for one in some])
    return independent(by.totals([one.whole for one in some]) + worths)


def check(known: Sequence[Known]) -> dict[str, Any]:
    """Precision and recall on each half by what is fitted on the other, over all its topics."""
    chosen: dict[str, list[tuple[Known, Collection[str]]]] = {"model": [], "chosen": [], "cues": []}
    least = {}
    for half in "ab":
        seen = [one for one in known if one.half == half]
        unseen = [one for one in known if one.half != half]
        least[half] = _least_share(seen)
        shares = _shares(_fit([*seen, *made_up()]), unseen)
        chosen["model"] += zip(unseen, (_above(row, LEAST_SHARE) for row in shares), strict=True)
        chosen["chosen"] += zip(unseen, (_above(row, least[half]) for row in shares), strict=True)
        chosen["cues"] += ((one, _by_points(one.points)) for one in unseen)
    return {
        "reports": len(known),
        "least_share": least,
        **{name: _scores(pairs) for name, pairs in chosen.items()},
        "halves": {
            half: {
                name: _scores([pair for pair in pairs if pair[0].half == half])
                for name, pairs in chosen.items()
            }
            for half in "ab"
        },
        "topics": {
            topic: {
                name: _scores([(one, found) for one, found in pairs], topic)
                for name, pairs in chosen.items()
                if name != "chosen"
            }
            for topic in _TOPICS
        },
    }


def _least_share(seen: Sequence[Known]) -> float:
    """The least share with the wanted precision, five-fold over these reports."""
    rows: list[tuple[Known, Any]] = []
    for fold in range(_FOLDS):
        unseen = [one for one in seen if one.fold == fold]
        others = _fit([*(one for one in seen if one.fold != fold), *made_up()])
        rows += zip(unseen, _shares(others, unseen), strict=True)
    precise = (
        share
        for share in _SHARES
        if _scores([(one, _above(row, share)) for one, row in rows])["precision"]
        >= _WANTED_PRECISION
    )
    return next(precise, _SHARES[-1])


def _above(shares: Any, least: float) -> list[str]:
    ranked = np.argsort(-shares)[:MOST_TOPICS]
    return [_TOPICS[place] for place in ranked if shares[place] >= least]


def _by_points(points: Mapping[str, float]) -> list[str]:
    ranked = sorted(points, key=lambda topic: -points[topic])[:MOST_TOPICS]
    best = points[ranked[0]] if ranked else 0.0
    return [topic for topic in ranked if points[topic] >= max(LEAST_POINTS, best / 2)]


def _scores(pairs: Sequence[tuple[Known, Collection[str]]], only: str = "") -> dict[str, float]:
    topics = {only} if only else set(_TOPICS)
    right = sum(len(topics & one.topics & set(found)) for one, found in pairs)
    found = sum(len(topics & set(found)) for _, found in pairs)
    there = sum(len(topics & one.topics) for one, _ in pairs)
    return {
        "precision": round(right / found, 3) if found else 0.0,
        "recall": round(right / there, 3) if there else 0.0,
        "f1": round(2 * right / (found + there), 3) if found + there else 0.0,
        "found": found,
        "there": there,
    }


def main() -> None:
    """Fits and writes the weights, or scores them."""
    given = arguments("tools.topics").parse_args()
    known = labelled(reports(given.digests, given.database))
    if given.check:
        sys.stdout.write(json.dumps(check(known), indent=2) + "\n")
    else:
        write_model(_OUT, _fit([*known, *made_up()]), _TOPICS, _SMALLEST, lambda _: 1.0)


if __name__ == "__main__":
    main()
