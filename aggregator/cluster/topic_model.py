"""Which topics a report is about, by a linear model over the words of its headline and lede and the
points that the registry's terms, hints and entities give each topic.

The weights are data, `topic_weights.json`, fitted by `python -m tools.topics` on labels of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import exp
from pathlib import Path

from aggregator.english.event_kind import LEDE_WORDS, EventKind, event_kinds
from aggregator.english.linear_model import linear_model, model_words

_FILE = Path(__file__).with_name("topic_weights.json")
_LEDE = 0.5  # what a word of the lede says beside one of the headline
_POINT = 1.5  # what a point of the registry adds for its topic: of 0.5 to 1.5 the best
_MOST_POINTS = 4.0
_LEAST_SHARE = 0.1  # of a kind of event that counts


def topic_shares(headline: str, lede: str, points: Mapping[str, float]) -> dict[str, float]:
    """The probability of each topic that the model knows; a report is about none, one or more."""
    model = linear_model(_FILE)
    kinds = event_kinds(headline, " ".join(lede.split()[:LEDE_WORDS]), "")
    totals = model.totals(topic_features(headline, lede, points, kinds))
    return {
        topic: 1.0 / (1.0 + exp(-total - points_worth(points.get(topic, 0.0))))
        for topic, total in zip(model.labels, totals, strict=True)
    }


def topic_features(
    headline: str, lede: str, points: Mapping[str, float], kinds: Mapping[EventKind, float]
) -> dict[str, float]:
    """The words and pairs of words of a report. The points of a topic are a feature too: they may
    speak for another one; and so are the shares of the kinds of event.
    """
    return {
        **weighted_words(headline, lede),
        **{f"#{topic}": min(worth, _MOST_POINTS) for topic, worth in points.items()},
        **{f"@{kind}": share for kind, share in kinds.items() if share >= _LEAST_SHARE},
    }


def weighted_words(headline: str, lede: str) -> dict[str, float]:
    """The words and pairs of words of a report, and how much each says: those that only its lede
    has half as much.
    """
    beginning = model_words(" ".join(lede.split()[:LEDE_WORDS]))
    return {
        **dict.fromkeys(_words_and_pairs(beginning), _LEDE),
        **dict.fromkeys(_words_and_pairs(model_words(headline)), 1.0),
    }


def points_worth(points: float) -> float:
    """What a topic's points add to its total."""
    return _POINT * min(points, _MOST_POINTS)


def _words_and_pairs(words: tuple[str, ...]) -> tuple[str, ...]:
    return (*words, *(f"{one} {other}" for one, other in pairwise(words)))
