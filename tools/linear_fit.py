"""Fits the linear models of reports: labels that hold a hash of an address only, the reports that
they are about, reports that we made up, logistic regression with L2, and the file of weights.

The reports come from a folder like `../shared/corpus/digests/flyryan-ai-news` and from the SQLite
databases of refreshes of the captured web; several, as what is left out as old or off topic
differs.

`report_examples.csv` holds reports that we made up, with invented names, for words that few
labelled reports have ("snaps up", "sides with"), and for words of several meanings ("actor",
"foundry"): a kind of event, a section and topics, each empty where we did not decide it; topics are
`none` where it is about none. No score is taken on them.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain, combinations
from math import sqrt
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from aggregator.domain.frozen import frozen
from aggregator.extract.markup import plain

EXAMPLES = Path(__file__).with_name("report_examples.csv")
_LEAST = 2  # a feature stands in so many of the reports
_NEVER_ZERO = 1e-12
_STEPS = 80
_COMMON_HEADLINES = 4
_LOOPBACK_PORT = re.compile(r"(?<=//127)((?:\.\d+){3}):\d+")


@frozen
class Fit:
    """The place of each feature, the weights (features by labels), and the bias of each label."""

    places: Mapping[str, int]
    weights: Any
    bias: Any

    def totals(self, features: Sequence[Mapping[str, float]]) -> Any:
        """What the features of each report speak for each label."""
        return _matrix(features, self.places) @ self.weights + self.bias


def arguments(name: str) -> argparse.ArgumentParser:
    """A parser of where the reports are, and of `--check`."""
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--digests", type=Path, required=True)
    parser.add_argument("--database", type=Path, required=True, nargs="+")
    parser.add_argument("--check", action="store_true")
    return parser


def examples(column: str) -> list[dict[str, str]]:
    """The reports that we made up whose kind, section or topics, by the name of the column, are
    known.
    """
    with EXAMPLES.open(encoding="utf-8") as lines:
        return [row for row in csv.DictReader(lines) if row[column]]


def reports(digests: Path, databases: Sequence[Path]) -> dict[str, tuple[str, str, str]]:
    """Address, headline and text of each report, by the hash that its label names."""
    found: dict[str, tuple[str, str, str]] = {}
    for report in chain(_of_digests(digests), *map(_of_database, databases)):
        found.setdefault(report_key(report[0]), report)
    return found


def report_key(url: str) -> str:
    """The hash by which a label names a report, whatever the port of a web on this machine."""
    return hashlib.sha256(_LOOPBACK_PORT.sub(r"\1", url).encode()).hexdigest()[:16]


def publishers(found: Mapping[str, tuple[str, str, str]]) -> dict[str, str]:
    """The publisher of each report by its hash: a host, or the first of those that have four
    headlines in common, as a publisher has one in the digests and another in the captured web.
    """
    hosts = {key: urlsplit(url).netloc.partition(":")[0] for key, (url, _, _) in found.items()}
    beside: dict[str, set[str]] = {}
    for key, (_, headline, _) in found.items():
        beside.setdefault(headline.lower(), set()).add(hosts[key])
    common = Counter(pair for some in beside.values() for pair in combinations(sorted(some), 2))
    first: dict[str, str] = {}
    for (one, other), count in sorted(common.items()):
        if count >= _COMMON_HEADLINES:
            first[other] = first.get(one, one)
    return {key: first.get(host, host) for key, host in hosts.items()}


def even_weights(publisher_of: Sequence[str]) -> list[float]:
    """How much each report counts, 1 on average: as much less as its publisher has more of them,
    by the square root, as the words of a publisher with many are its own.
    """
    counts = Counter(publisher_of)
    rare = [1 / sqrt(counts[publisher]) for publisher in publisher_of]
    return [weight * len(rare) / sum(rare) for weight in rare]


def _of_digests(folder: Path) -> Iterator[tuple[str, str, str]]:
    for file in sorted(folder.glob("*-00.jsonl.gz")):
        if file.name.split("-")[0] in ("news", "research", "reddit"):
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                for item in map(json.loads, lines):
                    yield item["url"], item["title"], plain(item["text"])


def _of_database(file: Path) -> Iterator[tuple[str, str, str]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        passages: dict[str, list[str]] = {}
        for article, text in database.execute(
            "select article_id, text from passages where n between 1 and 3 order by article_id, n"
        ):
            passages.setdefault(article, []).append(text)
        for key, url, title in database.execute("select id, url, title from articles"):
            yield url, title, " ".join(passages.get(key, ()))


def fitted(
    whole: Sequence[Mapping[str, float]],
    headlines: Sequence[Mapping[str, float]],
    wanted: Any,
    *,
    counted: Sequence[float],
    shares: Callable[[Any], Any],
    l2: float,
    given: Any = 0.0,
) -> Fit:
    """Logistic regression over the features of each report, once of the whole and once of its
    headline only, as many are read so. `wanted` has ones for the labels of a report, `counted` says
    how much it counts, `given` what else speaks for each label: of all wholes, then of all
    headlines.
    """
    counts = Counter(chain.from_iterable(whole))
    wanted = np.vstack([wanted, wanted])
    weight = np.tile(counted, 2)[:, np.newaxis]
    names = sorted(name for name, count in counts.items() if count >= _LEAST)
    places = {name: place for place, name in enumerate(names)}
    matrix = _matrix((*whole, *headlines), places)
    size, labels = len(names) * wanted.shape[1], wanted.shape[1]

    def loss(flat: Any) -> tuple[float, Any]:
        weights, bias = flat[:size].reshape(-1, labels), flat[size:]
        found = shares(matrix @ weights + bias + given)
        likely = wanted * np.log(found + _NEVER_ZERO)
        if shares is independent:
            likely = likely + (1.0 - wanted) * np.log(1.0 - found + _NEVER_ZERO)
        gap = weight * (found - wanted)
        slope = np.concatenate([(matrix.T @ gap + l2 * weights).ravel(), gap.sum(axis=0)])
        return float(l2 / 2 * (weights**2).sum() - (weight * likely).sum()), slope

    start = np.zeros(size + labels)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    return Fit(places=places, weights=best[:size].reshape(-1, labels), bias=best[size:])


def exclusive(totals: Any) -> Any:
    """The shares of labels of which each report has one."""
    powers = np.exp(totals - totals.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def independent(totals: Any) -> Any:
    """The shares of labels of which a report has none, one or more."""
    return 1.0 / (1.0 + np.exp(-totals))


def _matrix(features: Sequence[Mapping[str, float]], places: Mapping[str, int]) -> Any:
    rows, columns, values = [], [], []
    for row, some in enumerate(features):
        for feature in sorted(some.keys() & places.keys()):
            rows.append(row)
            columns.append(places[feature])
            values.append(some[feature])
    return csr_matrix((values, (rows, columns)), shape=(len(features), len(places)))


def write_model(
    file: Path, fit: Fit, labels: Sequence[str], smallest: float, scale: Callable[[str], float]
) -> None:
    """Writes the weights that are not below the smallest, each times the scale of its feature; a
    line for each feature, so that a diff can be read.
    """
    features: dict[str, dict[str, float]] = {}
    for name, place in fit.places.items():
        scaled = fit.weights[place] * scale(name)
        kept = {
            label: round(float(weight), 2)
            for label, weight in zip(labels, scaled, strict=True)
            if abs(weight) >= smallest
        }
        if kept:
            features[name] = kept
    bias = {label: round(float(value), 3) for label, value in zip(labels, fit.bias, strict=True)}
    data = {"bias": bias, "features": features}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("},", "},\n")
    file.write_text(text + "\n", "utf-8")
