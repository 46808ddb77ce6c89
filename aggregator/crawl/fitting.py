"""Learns what tells an entry on the subject of a site from others: words from the site's sources
and from examples, their weights from the examples. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import log

import numpy as np

from aggregator.crawl.relevance import FEATURES, RelevanceModel, features, term_stems, terms_of
from aggregator.domain.entry import Entry
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import subject

LEAST = 20  # examples of each kind
_FOLDS = 5
_LEAST_LIFT, _MOST_LIFT = 1.0, 3.0  # of a word, as a logarithm; a term of the subject has the most
_SMALL = 0.0005  # chosen on 325 headlines that were labelled as on health or not
_L2 = 1.0
_STEPS = 25  # of Newton's method, which needs about eight


@frozen
class Example:
    """An entry, and whether it is about the subject."""

    entry: Entry
    is_about: bool


@frozen
class Scores:
    """What a model keeps of examples that it was not learnt from."""

    examples: int
    about: int
    precision: float
    recall: float


def fitted(examples: Sequence[Example], known: Sequence[Example]) -> RelevanceModel:
    """The model of the examples, and of entries `known` by their source alone, for words."""
    unseen = list(_unseen(examples, known))
    labels = np.array([float(example.is_about) for example, _ in unseen])
    values = np.array([features(example.entry, words, {}) for example, words in unseen])
    found = _weights(values, labels)
    model = RelevanceModel(
        words=_words((*examples, *known)),
        names={},
        weights=tuple(round(float(weight), 3) for weight in found[:-1]),
        bias=round(float(found[-1]), 3),
    )
    certain = 1 / (1 + np.exp(-(values @ found[:-1] + found[-1])))
    return replace(model, threshold=_threshold(certain, labels))


def measured(examples: Sequence[Example], known: Sequence[Example]) -> Scores:
    """How models do on the fifth of the examples that each was not learnt from."""
    right = kept = 0
    for fold in range(_FOLDS):
        model = fitted([one for place, one in enumerate(examples) if place % _FOLDS != fold], known)
        for example in examples[fold::_FOLDS]:
            is_kept = model.probability(example.entry, 0.5) >= model.threshold
            kept += is_kept
            right += is_kept and example.is_about
    about = sum(example.is_about for example in examples)
    return Scores(
        examples=len(examples),
        about=about,
        precision=round(right / max(kept, 1), 3),
        recall=round(right / max(about, 1), 3),
    )


def model_text(model: RelevanceModel) -> str:
    """The model as `relevance_model` reads it."""
    weights = zip(FEATURES, model.weights, strict=True)
    tables = (("weights", weights), ("words", model.words.items()), ("names", model.names.items()))
    head = f"bias = {model.bias}\nprior = {list(model.prior)}\nthreshold = {model.threshold}\n"
    return head + "".join(
        f"\n[{name}]\n" + "".join(f'"{key}" = {value}\n' for key, value in rows)
        for name, rows in tables
    )


def _unseen(
    examples: Sequence[Example], known: Sequence[Example]
) -> Iterator[tuple[Example, Mapping[str, float]]]:
    """Each example with the words of all but a fifth that it is in: words of its own would seem to
    say more than they do.
    """
    for fold in range(_FOLDS):
        others = [one for place, one in enumerate(examples) if place % _FOLDS != fold]
        words = _words((*others, *known))
        yield from ((example, words) for example in examples[fold::_FOLDS])


def _words(some: Sequence[Example]) -> dict[str, float]:
    """What entries on the subject say oftener: the logarithm of how much, by stem or pair."""
    using: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    total = Counter(example.is_about for example in some)
    for example in some:
        title, summary, _ = terms_of(example.entry)
        using[example.is_about].update({*title, *summary})
    lifts = dict.fromkeys(term_stems(subject().terms), _MOST_LIFT)
    for word, count in sorted(using[True].items()):
        here, there = count / total[True], using[False][word] / max(total[False], 1)
        lift = min(log((here + _SMALL / 4) / (there + _SMALL)), _MOST_LIFT)
        if len(word) > 1 and lift > _LEAST_LIFT and word not in lifts:
            lifts[word] = round(lift, 2)
    return lifts


def _weights(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The weights, and the bias last, of a logistic regression, by Newton's method."""
    design = np.column_stack([values, np.ones(len(values))])
    penalty = np.diag([*[_L2] * values.shape[1], 1e-6])
    found = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-(design @ found)))
        slope = design.T @ (labels - likely) - penalty @ found
        curve = (design.T * (likely * (1 - likely))) @ design + penalty
        found += np.linalg.solve(curve, slope)
    return found


def _threshold(certain: np.ndarray, labels: np.ndarray) -> float:
    """The probability from which on F1 is highest; in the middle between two examples."""
    order = np.argsort(-certain, kind="stable")
    ranked = np.append(certain[order], 0.0)
    f1 = 2 * np.cumsum(labels[order]) / (np.arange(1, len(order) + 1) + labels.sum())
    best = int(np.argmax(f1))
    return round(float(ranked[best] + ranked[best + 1]) / 2, 3)
