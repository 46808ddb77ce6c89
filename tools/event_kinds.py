"""Fits the weights of `aggregator.english.event_kind` on labels of ours.

    python -m tools.event_kinds --digests FOLDER --database FILE...           writes the weights
    python -m tools.event_kinds --digests FOLDER --database FILE... --check   scores them, five-fold

FOLDER is like `../shared/corpus/digests/flyryan-ai-news`, each FILE the SQLite database of a
refresh of the captured web; several, as what is left out as old or off topic differs.
`event_kind_labels.csv` holds the labels without a word of the texts: a hash of the address, the
kind as labelled twice, or once, and as settled. `event_kind_examples.csv` holds reports that we
made up, at least sixty of a kind, for words that few labelled reports have ("snaps up", "sides
with"); they count half, and no score is taken on them. Multinomial logistic regression with L2 over
the features of `event_features`; those of the lede count half.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from aggregator.domain.frozen import frozen
from aggregator.english import event_kind
from aggregator.english.event_kind import EventKind, event_features
from aggregator.extract.markup import plain

LABELS = Path(__file__).with_name("event_kind_labels.csv")
EXAMPLES = Path(__file__).with_name("event_kind_examples.csv")
_OUT = Path(event_kind.__file__).with_name("event_kinds.json")
_KINDS = [kind.value for kind in EventKind]
_L2 = 1.0  # of 0.3, 0.5, 1 and 3 within one point of each other, five-fold
_LEAST = 2  # a feature stands in so many of the labelled reports
_LEDE = 0.5
_EXAMPLE = 0.5
_BESIDE = ("lede ", "/")  # features that are not the headline's
_LOOPBACK_PORT = re.compile(r"(?<=//127)((?:\.\d+){3}):\d+")
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


def report_key(url: str) -> str:
    """The hash by which a label names a report, whatever the port of a web on this machine."""
    return hashlib.sha256(_LOOPBACK_PORT.sub(r"\1", url).encode()).hexdigest()[:16]


def reports_of_digests(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Address, headline and text of the items of a folder of digests."""
    for file in sorted(folder.glob("*-00.jsonl.gz")):
        if file.name.split("-")[0] in ("news", "research", "reddit"):
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                for item in map(json.loads, lines):
                    yield item["url"], item["title"], plain(item["text"])


def reports_of_database(file: Path) -> Iterator[tuple[str, str, str]]:
    """Address, headline and first passages of the articles of a database."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        passages: dict[str, list[str]] = {}
        for article, text in database.execute(
            "select article_id, text from passages where n between 1 and 3 order by article_id, n"
        ):
            passages.setdefault(article, []).append(text)
        for key, url, title in database.execute("select id, url, title from articles"):
            yield url, title, " ".join(passages.get(key, ()))


def labelled(digests: Path, databases: Sequence[Path]) -> list[Labelled]:
    """The labelled reports that these hold, by hash."""
    with LABELS.open(encoding="utf-8") as lines:
        kinds = {row["report"]: row["settled"] for row in csv.DictReader(lines)}
    found: dict[str, Labelled] = {}
    for url, title, text in chain(
        reports_of_digests(digests), *map(reports_of_database, databases)
    ):
        key = report_key(url)
        if key in kinds and key not in found:
            found[key] = Labelled(
                features=event_features(title, text, url),
                kind=_KINDS.index(kinds[key]),
                fold=int(key, 16) % 5,
            )
    return [report for _, report in sorted(found.items())]


def examples() -> list[Labelled]:
    """The reports that we made up."""
    with EXAMPLES.open(encoding="utf-8") as lines:
        return [
            Labelled(
                features=event_features(row["headline"], row["lede"], ""),
                kind=_KINDS.index(row["kind"]),
                fold=-1,
            )
            for row in csv.DictReader(lines)
        ]


def _bare(report: Labelled) -> Labelled:
    own = frozenset(name for name in report.features if not name.startswith(_BESIDE))
    return replace(report, features=own)


def _matrix(reports: Sequence[Labelled], places: dict[str, int]) -> Any:
    rows, columns, values = [], [], []
    for row, report in enumerate(reports):
        for feature in sorted(report.features & places.keys()):
            rows.append(row)
            columns.append(places[feature])
            values.append(_LEDE if feature.startswith("lede ") else 1.0)
    return csr_matrix((values, (rows, columns)), shape=(len(reports), len(places)))


def fitted(reports: Sequence[Labelled]) -> tuple[dict[str, int], Any, Any]:
    """The place of each feature, the weights (features by kinds), and the bias of each kind."""
    counts = Counter(feature for report in reports for feature in report.features)
    reports = (*reports, *(_bare(report) for report in reports))  # many are read as headlines only
    names = sorted(feature for feature, count in counts.items() if count >= _LEAST)
    places = {name: place for place, name in enumerate(names)}
    matrix = _matrix(reports, places)
    wanted = np.eye(len(_KINDS))[[report.kind for report in reports]]
    counted = np.array([report.weight for report in reports])[:, np.newaxis]
    size = len(names) * len(_KINDS)

    def loss(flat: Any) -> tuple[float, Any]:
        weights, bias = flat[:size].reshape(len(names), -1), flat[size:]
        shares = _shares(matrix, weights, bias)
        likely = (counted * np.log((shares * wanted).sum(axis=1, keepdims=True) + 1e-12)).sum()
        total = _L2 / 2 * (weights**2).sum() - likely
        gap = counted * (shares - wanted)
        slope = np.concatenate([(matrix.T @ gap + _L2 * weights).ravel(), gap.sum(axis=0)])
        return float(total), slope

    start = np.zeros(size + len(_KINDS))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 80}).x
    return places, best[:size].reshape(len(names), -1), best[size:]


def _shares(matrix: Any, weights: Any, bias: Any) -> Any:
    totals = matrix @ weights + bias
    powers = np.exp(totals - totals.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def five_fold(reports: Sequence[Labelled]) -> dict[str, Any]:
    """Accuracy on the unseen folds, with precision and recall of each kind."""
    wanted: list[int] = []
    guessed: list[int] = []
    sure: list[bool] = []
    made_up = examples()
    for fold in range(5):
        seen = [report for report in reports if report.fold != fold]
        places, weights, bias = fitted([*seen, *made_up])
        unseen = [report for report in reports if report.fold == fold]
        shares = _shares(_matrix(unseen, places), weights, bias)
        guessed += list(shares.argmax(axis=1))
        sure += list(shares.max(axis=1) >= SURE)
        wanted += [report.kind for report in unseen]
    right = Counter(one for one, other in zip(wanted, guessed, strict=True) if one == other)
    there, found = Counter(wanted), Counter(guessed)
    return {
        "reports": len(reports),
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


def _write(reports: Sequence[Labelled]) -> None:
    places, weights, bias = fitted([*reports, *examples()])
    features: dict[str, dict[str, float]] = {}
    for name, place in places.items():
        scale = _LEDE if name.startswith("lede ") else 1.0
        kept = {
            kind: round(float(weight) * scale, 2)
            for kind, weight in zip(_KINDS, weights[place], strict=True)
            if abs(weight) * scale >= _SMALLEST
        }
        if kept:
            features[name] = kept
    data = {
        "bias": {kind: round(float(value), 3) for kind, value in zip(_KINDS, bias, strict=True)},
        "features": features,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("},", "},\n")
    _OUT.write_text(text + "\n", "utf-8")  # a line for each feature, so that a diff can be read


def main() -> None:
    """Fits and writes the weights, or scores them."""
    parser = argparse.ArgumentParser(prog="tools.event_kinds")
    parser.add_argument("--digests", type=Path, required=True)
    parser.add_argument("--database", type=Path, required=True, nargs="+")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    reports = labelled(given.digests, given.database)
    if given.check:
        sys.stdout.write(json.dumps(five_fold(reports), indent=2) + "\n")
    else:
        _write(reports)


if __name__ == "__main__":
    main()
