"""Fits and scores the linear model that decides whether a source commits itself, and prints what
the rules would write into the ledger.

`python -m tests.quality.predictions fit --database URL --config FILE --corpus FOLDER` writes the
weights of `aggregator/story/rules/commitment.toml` from the labels in `predictions.csv`, those of
one half of the captured web and of the other texts of the corpus, and prints how they do on the
other half. `read` prints every prediction of the captured web with its day and its sign.

The database is that of a refresh over a captured web, FOLDER is like `../shared/corpus`.
`predictions.csv` names a sentence by the address of its article without host, its place in it and
the start of its SHA-256, and has two labels, of two passes: y, a named actor, act or event that can
be found right or wrong on its day; n, anything else. What both passes label y counts.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit
import trafilatura

from aggregator.config.layers import json_lines
from aggregator.english.text import sentences
from aggregator.english.trimming import trimmed
from aggregator.extract.markup import plain
from aggregator.extract.quotable_sentences import (
    extracted_claim,
    quotable_sentences,
    readable_members,
)
from aggregator.story.rules import commitment
from aggregator.story.rules.commitment import LEAST, Ahead, ahead, commits, features, plan_of
from tests.quality.choosing import address, stories_of

LABELS = Path(__file__).with_suffix(".csv")
_DIGESTS = ("social", "reddit", "research-blogs", "news")
_RIDGE = 0.5
_LANGUAGE, _QUOTE_WORDS, _CORPUS_WORDS = "en", 25, 40
_PAGES = (  # folder, its list of pages, and the key of their day
    ("htmldate-mediacloud", "dates.json", "date"),
    ("postlight-parser", "gold.json", "date_published"),
    ("trafilatura-eval", "evaldata.json", "date"),
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence that looks ahead, and whether its source commits itself."""

    found: Ahead
    is_right: bool
    is_held_back: bool
    is_of_web: bool


def labels() -> dict[str, bool]:
    """Whether both passes found a sentence to commit itself, by the start of its SHA-256."""
    with LABELS.open(encoding="utf-8") as lines:
        return {row["hash"]: row["first"] == row["second"] == "y" for row in csv.DictReader(lines)}


def key(sentence: str) -> str:
    """The hash by which a label names a sentence."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:8]


def of_web(database: str, config: Path) -> Iterator[tuple[str, str, Ahead]]:
    """Address, sentence and what it looks ahead to, of every story of a captured web."""
    for story in stories_of(database, config):
        for candidate in quotable_sentences(readable_members(story, _LANGUAGE)):
            claim = extracted_claim(candidate, _QUOTE_WORDS)
            found = plan_of(candidate, claim) if claim else None
            if found:
                yield address(candidate.member), candidate.sentence, found


def of_corpus(corpus: Path) -> Iterator[tuple[str, str, Ahead]]:
    """The same of the other dated texts of a corpus."""
    for place, published, text in _texts(corpus):
        for line in text.split("\n"):
            for sentence in sentences(line):
                quote = trimmed(sentence, _CORPUS_WORDS)
                found = ahead(quote, published) if quote else None
                if found:
                    yield place, sentence, found


def _texts(corpus: Path) -> Iterator[tuple[str, date, str]]:
    for name in _DIGESTS:
        file = corpus / "digests" / "flyryan-ai-news" / f"{name}-00.jsonl.gz"
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for item in map(json.loads, lines):
                if item.get("published"):
                    yield (
                        item["url"],
                        date.fromisoformat(item["published"][:10]),
                        plain(item["text"]),
                    )
    for item in json_lines((corpus / "digests/smol-ainews/issues.jsonl").read_text("utf-8")):
        text = plain(item["tldr"].replace("**", ""))
        yield item["url"], date.fromisoformat(item["date"]), text
    for file in sorted((corpus / "pages/fundus").glob("*/*.json")):
        for page in json.loads(file.read_text("utf-8")).values():
            day, body = str(page.get("publishing_date") or "")[:10], page.get("body")
            if day and body:
                text = "\n".join(one for part in body["sections"] for one in part["paragraphs"])
                yield file.name, date.fromisoformat(day), text
    for folder, listed, day_key in _PAGES:
        pages = json.loads((corpus / "pages" / folder / listed).read_text("utf-8"))
        for place, page in pages.items():
            file, day = corpus / "pages" / folder / "html", str(page.get(day_key) or "")[:10]
            file = file / page.get("file", place)
            if len(day) == 10 and day[:4].isdigit() and file.exists():
                with gzip.open(file, "rt", encoding="utf-8", errors="replace") as html:
                    text = trafilatura.extract(html.read()) or ""
                yield file.name, date.fromisoformat(day), text


def labelled(database: str, config: Path, corpus: Path) -> list[Labelled]:
    """The labelled sentences, each once; half of those of the captured web are held back."""
    wanted, seen, rows = labels(), set[str](), list[Labelled]()
    for is_web, several in ((True, of_web(database, config)), (False, of_corpus(corpus))):
        for place, sentence, found in several:
            name = key(sentence)
            if name in wanted and name not in seen:
                seen.add(name)
                is_held = is_web and hashlib.sha256(place.encode()).digest()[0] % 2 == 1
                rows.append(Labelled(found, wanted[name], is_held, is_web))
    return rows


def fit(rows: Sequence[Labelled]) -> dict[str, Any]:
    """Writes the weights fitted on one half, and tells how they do on the other and on all."""
    names = sorted(features(rows[0].found))
    fitted = [row for row in rows if not row.is_held_back]
    matrix = _matrix(fitted, names)
    wanted = np.array([float(row.is_right) for row in fitted])
    weights = np.zeros(len(names))
    for _ in range(50):  # Newton's method
        shares = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (shares - wanted) + _RIDGE * weights
        bend = (matrix.T * (shares * (1 - shares))) @ matrix + _RIDGE * np.eye(len(names))
        weights = weights - np.linalg.solve(bend, slope)
    written = {name: round(float(value), 2) for name, value in zip(names, weights, strict=True)}
    table = {"weights": {name: weight for name, weight in written.items() if weight}}
    head = "# Written by `python -m tests.quality.predictions fit`.\n"
    commitment.FILE.write_text(head + tomlkit.dumps(table), "utf-8")
    web = [row for row in rows if row.is_of_web]
    return {
        "fitted": _scores(fitted, names, weights),
        "unseen": _scores([row for row in web if row.is_held_back], names, weights),
        "web": _scores(web, names, weights),
    }


def _matrix(rows: Sequence[Labelled], names: Sequence[str]) -> Any:
    placed = [features(row.found) for row in rows]
    return np.array([[row[name] for name in names] for row in placed])


def _scores(rows: Sequence[Labelled], names: Sequence[str], weights: Any) -> Any:
    shares = 1 / (1 + np.exp(-_matrix(rows, names) @ weights))
    right = [row.is_right for row, share in zip(rows, shares, strict=True) if share >= LEAST]
    return {
        "sentences": len(rows),
        "right by label": sum(row.is_right for row in rows),
        "kept": len(right),
        "right of those": sum(right),
    }


def main() -> int:
    """Fits and measures, or prints what is kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", choices=("fit", "read"))
    parser.add_argument("--database", required=True, help="its address, such as sqlite:///FILE")
    parser.add_argument("--config", type=Path, required=True, help="the file of its sources")
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    options = parser.parse_args()
    if options.work == "fit":
        rows = labelled(options.database, options.config, options.corpus)
        print(json.dumps(fit(rows), indent=1))
        return 0
    for place, _, found in of_web(options.database, options.config):
        share = commits(found)
        mark = "+" if share >= LEAST else "-"
        held = "unseen" if hashlib.sha256(place.encode()).digest()[0] % 2 else "fitted"
        print(f"{mark} {share:.2f} {held} {found.horizon} {found.likelihood}: {found.text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
