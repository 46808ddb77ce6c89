"""Fits and scores the linear model that decides whether a sentence is addressed to who reads it.

`python -m tests.quality.admission fit` writes the weights of `aggregator/english/addressed.json`
from one half of `admission.csv` and prints how they do on the other; `score` only prints.
`--corpus FOLDER`, like `../shared/corpus`, adds what nobody fitted: BIPIA, BastionCorpus, and the
sentences and titles of a month of news.

`admission.csv` holds sentences of ours: true reports on prompt injection, jailbreaks, system
prompts, agents and memory; other sentences of news, headlines, instructions for readers and
quotations; and orders in twelve languages, each by carrier (how it is brought in) and kind (what it
wants). The halves are frozen. No carrier of an order is in both, and no kind but `memory` of a
report; kinds of orders differ too. Of other sentences every second one is in either half, but
those added after the first fit are all fitted. The attacks of `attacks.jsonl`, which are older, are
fitted too.

The threshold is the lowest at which at most one in fifty of the fitted half's reports, and four in
a hundred of its other sentences, are refused.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.config.layers import json_lines
from aggregator.english import addressed
from aggregator.english.addressed import crossed, features, probability
from aggregator.english.presentable import is_presentable
from aggregator.english.text import sentences
from aggregator.extract.markup import plain
from tests.quality.attacked import ATTACKS

LABELS = Path(__file__).with_suffix(".csv")
_RIDGE = 1.0
_LEAST = 2  # a feature stands in so many sentences
_STEPS = 40
_REPORTS_REFUSED, _OTHERS_REFUSED = 0.02, 0.04
_MOST = 2500  # sentences of news


@dataclass(frozen=True)
class Labelled:
    """A sentence with its label, and how it is brought in."""

    half: str
    label: str
    carrier: str
    kind: str
    language: str
    text: str

    @property
    def is_order(self) -> bool:
        """Whether it is labelled as addressed to who reads it."""
        return self.label == "addressed"

    @cached_property
    def own(self) -> frozenset[str]:
        """Its features in its own language."""
        return frozenset(crossed(features(self.text, self.language)))


def labelled() -> list[Labelled]:
    """The sentences in the order of the files."""
    attacks = json_lines(ATTACKS.read_text("utf-8"))
    earlier = [
        Labelled("fit", "addressed", "earlier", "earlier", row["language"], row["text"])
        for row in attacks
    ]
    with LABELS.open(encoding="utf-8") as lines:
        return [*(Labelled(**row) for row in csv.DictReader(lines)), *earlier]


def fit(rows: Sequence[Labelled]) -> dict[str, Any]:
    """Bias, weights and threshold by the sentences of a half."""
    known: dict[str, int] = {}
    for row in rows:
        for name in row.own:
            known[name] = known.get(name, 0) + 1
    names = sorted(name for name, count in known.items() if count >= _LEAST)
    matrix = np.array([[1.0, *(float(name in row.own) for name in names)] for row in rows])
    wanted = np.array([float(row.is_order) for row in rows])
    ridge = np.diag([0.01, *[_RIDGE] * len(names)])
    weights = np.zeros(len(names) + 1)
    for _ in range(_STEPS):  # Newton's method
        shares = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (shares - wanted) + ridge @ weights
        bend = (matrix.T * (shares * (1 - shares))) @ matrix + ridge
        weights = weights - np.linalg.solve(bend, slope)
    shares = 1 / (1 + np.exp(-matrix @ weights))
    kept = {
        name: round(float(weight), 2)
        for name, weight in zip(names, weights[1:], strict=True)
        if abs(weight) >= 0.005
    }
    return {
        "bias": round(float(weights[0]), 2),
        "threshold": _threshold(rows, shares),
        "weights": kept,
    }


def _threshold(rows: Sequence[Labelled], shares: Any) -> float:
    for threshold in np.arange(0.30, 0.95, 0.01):
        refused = [row for row, share in zip(rows, shares, strict=True) if share >= threshold]
        if all(
            sum(_is(row, carrier) for row in refused)
            <= most * sum(_is(row, carrier) for row in rows)
            for carrier, most in (("report", _REPORTS_REFUSED), ("ordinary", _OTHERS_REFUSED))
        ):
            return round(float(threshold), 2)
    raise ValueError("no threshold keeps enough true sentences")


def _is(row: Labelled, carrier: str) -> bool:
    return row.carrier == carrier and not row.is_order


def scores(rows: Iterable[Labelled]) -> dict[str, str]:
    """Of each part how many sentences are refused, as by the kept weights."""
    parts: dict[str, list[bool]] = {}
    for row in rows:
        refused = addressed.is_addressed(row.text)
        own = ["orders"] if row.is_order else [row.carrier, f"{row.carrier}: {row.kind}"]
        if row.is_order:
            own += [f"orders: {row.carrier}", "orders in " + row.language]
        for part in own:
            parts.setdefault(part, []).append(refused)
    return {part: f"{sum(found)} of {len(found)}" for part, found in sorted(parts.items())}


def of_corpus(corpus: Path) -> Iterator[Labelled]:
    """What nobody fitted."""
    hostile = corpus / "hostile" / "prompt-injection"
    for row in json_lines((hostile / "bastioncorpus_injections.jsonl").read_text("utf-8")):
        if row["label"] == "malicious":
            yield from _in("addressed", "bastion", row["text"])
    several = json.loads((hostile / "bipia" / "text_attack_train.json").read_text("utf-8"))
    for text in (text for group in several.values() for text in group):
        yield from _in("addressed", "bipia", text)
    file, left = corpus / "digests" / "flyryan-ai-news" / "news-00.jsonl.gz", _MOST
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for item in map(json.loads, lines):
            yield Labelled("", "evidence", "titles", "", "en", item["title"])
            for line in plain(item["text"]).split("\n"):
                for sentence in filter(is_presentable, sentences(line)):
                    left -= 1
                    if left > 0:
                        yield Labelled("", "evidence", "news", "", "en", sentence)


def _in(label: str, carrier: str, text: str) -> Iterator[Labelled]:
    worst = max(sentences(text) or (text,), key=probability)
    yield Labelled("", label, carrier, "", "en", worst)


def main() -> int:
    """Fits, or scores alone."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", choices=("fit", "score"))
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    rows = labelled()
    if options.work == "fit":
        model = fit([row for row in rows if row.half == "fit"])
        written = json.dumps(model, indent=1, sort_keys=True, ensure_ascii=False)
        addressed.FILE.write_text(written + "\n", "utf-8")
        addressed.forget_model()
    told = {half: scores(row for row in rows if row.half == half) for half in ("fit", "test")}
    if options.corpus:
        told["corpus"] = scores(of_corpus(options.corpus))
    print(json.dumps(told, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
