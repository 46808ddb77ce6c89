"""`python -m tests.quality.subjects --data CORPUS`: how well `aggregator subject fit` tells
subjects other than AI.

On the headlines of the UCI News Aggregator of one week of 2014, whose categories are Google's
(Gasparetti 2016): each category is a subject, learnt from some headlines of one half and judged on
all of the other; then the halves are exchanged. The halves are drawn by headline, as an operator's
examples are from a running site, and by storyline, where the subject must be told by words of other
events. Terms are what an operator would write, chosen before the first run.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from aggregator.crawl.fitting import Example, fitted
from aggregator.domain.entry import Entry
from aggregator.domain.ids import sha256_of
from aggregator.domain.publishing.newsroom import (
    Subject,
    open_newsroom,
    shipped_newsroom,
)

_HEADLINES = Path("clusters/uci-news-aggregator/headlines.csv")
_SUBJECTS = {
    "b": Subject(name="business", terms=("business", "market", "stock", "bank", "economy")),
    "e": Subject(name="entertainment", terms=("film", "movie", "music", "album", "celebrity")),
    "m": Subject(name="health", terms=("health", "disease", "hospital", "patient", "drug")),
    "t": Subject(name="technology", terms=("technology", "phone", "software", "app", "internet")),
}
_COUNTS = (100, 200, 1000)  # examples


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints precision and recall of each subject by how many examples it was learnt from."""
    parser = argparse.ArgumentParser(prog="tests.quality.subjects", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="corpus with the headlines")
    file = parser.parse_args(arguments).data / _HEADLINES
    print("| halves by | subject | examples | precision | recall | judged | about it |")
    print("|---|---|---|---|---|---|---|")
    for column, called in (("URL", "headline"), ("STORY", "storyline")):
        halves = _halves(file, column)
        for category, subject in _SUBJECTS.items():
            open_newsroom(partial(replace, shipped_newsroom(), subject=subject))
            for count in _COUNTS:
                scores = [_scores(category, *pair, count) for pair in (halves, halves[::-1])]
                kept, right, about = map(sum, zip(*scores, strict=True))
                print(
                    f"| {called} | {subject.name} | {count} | {right / max(kept, 1):.2f}"
                    f" | {right / about:.2f} | {sum(map(len, halves)):,} | {about:,} |"
                )


def _halves(file: Path, column: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The headlines in two halves by a column, in an order that says nothing of them; one of those
    that differ in capitals only.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: sha256_of(row["URL"]))
    found: tuple[list[dict[str, str]], list[dict[str, str]]] = ([], [])
    for row in {row["TITLE"].casefold(): row for row in rows}.values():
        found[int(sha256_of(row[column]), 16) % 2].append(row)
    return found


def _scores(
    category: str, learnt: Sequence[dict[str, str]], judged: Sequence[dict[str, str]], count: int
) -> tuple[int, int, int]:
    """How many of the judged are kept, how many of these are about the category, and how many of
    all are.
    """
    model = fitted([_example(row, category) for row in learnt[:count]], [])
    found = [_example(row, category) for row in judged]
    kept = [one for one in found if model.probability(one.entry, 0.5) >= model.threshold]
    return len(kept), sum(one.is_about for one in kept), sum(one.is_about for one in found)


def _example(row: dict[str, str], category: str) -> Example:
    entry = Entry(source_key="", guid=row["URL"], url=row["URL"], title=row["TITLE"], summary="")
    return Example(entry=entry, is_about=row["CATEGORY"] == category)


if __name__ == "__main__":
    main()
