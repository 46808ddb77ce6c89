"""A linear model over the words of a text, with its weights in a file of JSON, and how such models
read words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

_SHAPES = {"money": "<money>", "version": "<version>", "size": "<size>", "figure": "<figure>"}
_ENDING = re.compile(r"(?<=[a-z]{3})(?:es|s|ed|ing)$")
_TOKEN = re.compile(
    r"(?P<money>[$€£₹]\s?\d[\d,.]*)|(?P<version>[A-Za-z]+[ -]?[A-Z]?\d+(?:\.\d+)*[A-Za-z]?\b)"
    r"|(?P<size>\d+(?:\.\d+)?[BMKT]b?\b)|(?P<figure>\d[\d,.]*)|(?P<word>[^\W\d_]+)|[?!\[\]:|,]"
)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """The labels with the bias of each, and of each feature the labels that it speaks for or
    against, by their place.
    """

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[tuple[int, float], ...]]

    def totals(self, features: Mapping[str, float]) -> list[float]:
        """What the features speak for each label, each feature as much as it says."""
        totals = list(self.bias)
        for feature, worth in features.items():
            for place, weight in self.weights.get(feature, ()):
                totals[place] += worth * weight
        return totals

    def shares(self, features: Mapping[str, float]) -> dict[str, float]:
        """The probability of each label, where a text has exactly one; together they are 1."""
        totals = self.totals(features)
        highest = max(totals)
        powers = [exp(total - highest) for total in totals]
        return {
            label: power / sum(powers) for label, power in zip(self.labels, powers, strict=True)
        }


@cache
def linear_model(file: Path) -> LinearModel:
    """The model of a file that `tools.linear_fit` wrote."""
    kept = json.loads(file.read_text("utf-8"))
    places = {label: place for place, label in enumerate(kept["bias"])}
    return LinearModel(
        labels=tuple(places),
        bias=tuple(kept["bias"].values()),
        weights={
            feature: tuple((places[label], weight) for label, weight in by_label.items())
            for feature, by_label in kept["features"].items()
        },
    )


def model_words(text: str) -> tuple[str, ...]:
    """The words of a text without their endings, and some marks. Figures are `<figure>`, amounts of
    money `<money>`, versions `<version>`.
    """
    found = _TOKEN.finditer(text.replace("’", "'"))
    return tuple(_folded(token.lastgroup or "mark", token[0]) for token in found)


def _folded(group: str, token: str) -> str:
    return _SHAPES.get(group) or _ENDING.sub("", token.lower())
