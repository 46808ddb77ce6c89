"""Fits the weights of `aggregator.english.event_kind` on labels of ours.

    python -m tools.event_kinds --digests FOLDER --database FILE...           writes the weights
    python -m tools.event_kinds --digests FOLDER --database FILE... --check   scores them, five-fold

FOLDER and FILE are those of `tools.linear_fit`. `event_kind_labels.csv` holds the labels without a
word of the texts: a hash of the address, the kind as labelled twice, or once, and as settled. The
reports that we made up, at least sixty of a kind, count half. Multinomial logistic regression with
L2 over the features of `event_features`; those of the lede count half.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.domain.frozen import frozen
from aggregator.english import event_kind
from aggregator.english.event_kind import EventKind, event_features
from tools.linear_fit import (
    Fit,
    arguments,
    examples,
    exclusive,
    fitted,
    reports,
    write_model,
)

LABELS = Path(__file__).with_name("event_kind_labels.csv")
_OUT = Path(event_kind.__file__).with_name("event_kinds.json")
_KINDS = [kind.value for kind in EventKind]
_L2 = 1.0  # of 0.3, 0.5, 1 and 3 within one point of each other, five-fold
_LEDE = 0.5
_EXAMPLE = 0.5
_BESIDE = ("lede ", "/")  # features that are not the headline's
SURE = 0.8  # from which share on pages name the kind
_SMALLEST = 0.12  # a weight below this is left out: a third of the file for no point of accuracy


@frozen
class Labelled:
    """A report whose kind is known; `fold` is one of five, by its hash, -1 for one made up."""

    features: frozenset[str]
    kind: int
    fold: int

    @property
    def weight(self) -> float:
        """How much it counts."""
        return _EXAMPLE if self.fold < 0 else 1.0


def labelled(found: Mapping[str, tuple[str, str, str]]) -> list[Labelled]:
    """The labelled ones of these reports, by hash."""
    with LABELS.open(encoding="utf-8") as lines:
        kinds = {row["report"]: row["settled"] for row in csv.DictReader(lines)}
    return [
        Labelled(
            features=event_features(found[key][1], found[key][2], found[key][0]),
            kind=_KINDS.index(kinds[key]),
            fold=int(key, 16) % 5,
        )
        for key in sorted(kinds.keys() & found.keys())
    ]


def made_up() -> list[Labelled]:
    """The reports that we made up."""
    return [
        Labelled(
            features=event_features(row["headline"], row["lede"], ""),
            kind=_KINDS.index(row["kind"]),
            fold=-1,
        )
        for row in examples("kind")
    ]


def fit(found: Mapping[str, tuple[str, str, str]]) -> Fit:
    """The weights by the labelled ones of these reports, and by those that we made up."""
    return _fit([*labelled(found), *made_up()])


def shares(by: Fit, headline: str, lede: str, address: str) -> dict[EventKind, float]:
    """The probability of each kind for a report, by these weights."""
    totals = by.totals([_worths(event_features(headline, lede, address))])
    return dict(zip(EventKind, map(float, exclusive(totals)[0]), strict=True))


def _fit(seen: Sequence[Labelled]) -> Fit:
    return fitted(
        [_worths(report.features) for report in seen],
        [
            _worths(name for name in report.features if not name.startswith(_BESIDE))
            for report in seen
        ],
        np.eye(len(_KINDS))[[report.kind for report in seen]],
        counted=[report.weight for report in seen],
        shares=exclusive,
        l2=_L2,
    )


def _worths(features: Iterable[str]) -> dict[str, float]:
    return {name: _scale(name) for name in features}


def _scale(feature: str) -> float:
    return _LEDE if feature.startswith("lede ") else 1.0


def five_fold(known: Sequence[Labelled]) -> dict[str, Any]:
    """Accuracy on the unseen folds, with precision and recall of each kind."""
    wanted: list[int] = []
    guessed: list[int] = []
    sure: list[bool] = []
    invented = made_up()
    for fold in range(5):
        seen = [report for report in known if report.fold != fold]
        unseen = [report for report in known if report.fold == fold]
        totals = _fit([*seen, *invented]).totals([_worths(report.features) for report in unseen])
        found_shares = exclusive(totals)
        guessed += list(found_shares.argmax(axis=1))
        sure += list(found_shares.max(axis=1) >= SURE)
        wanted += [report.kind for report in unseen]
    right = Counter(one for one, other in zip(wanted, guessed, strict=True) if one == other)
    there, found = Counter(wanted), Counter(guessed)
    return {
        "reports": len(known),
        "accuracy": round(sum(right.values()) / len(wanted), 3),
        "sure": {
            "share": round(sum(sure) / len(sure), 3),
            "accuracy": round(_accuracy(wanted, guessed, sure), 3),
        },
        "kinds": {
            name: {
                "reports": there[place],
                "recall": round(right[place] / there[place], 2) if there[place] else None,
                "precision": round(right[place] / found[place], 2) if found[place] else None,
            }
            for place, name in enumerate(_KINDS)
        },
    }


def _accuracy(wanted: Sequence[int], guessed: Sequence[int], chosen: Sequence[bool]) -> float:
    rows = zip(wanted, guessed, chosen, strict=True)
    hits = [one == other for one, other, is_chosen in rows if is_chosen]
    return sum(hits) / len(hits) if hits else 0.0


def main() -> None:
    """Fits and writes the weights, or scores them."""
    given = arguments("tools.event_kinds").parse_args()
    known = labelled(reports(given.digests, given.database))
    if given.check:
        sys.stdout.write(json.dumps(five_fold(known), indent=2) + "\n")
    else:
        write_model(_OUT, _fit([*known, *made_up()]), _KINDS, _SMALLEST, _scale)


if __name__ == "__main__":
    main()
