"""Scores the reading of pages on public gold: `python -m tests.quality.extraction --data FOLDER
[--peers] [--json]`.

Whole texts are compared as bags of four-word shingles and averaged over pages, as the article
extraction benchmark of Scrapinghub does; sets that give only pieces of text count the pieces found,
as trafilatura's own evaluation does. What is compared is the whole main text; `stored_f1` is that
of the paragraphs alone, which are what is kept to be quoted. With `--peers` trafilatura reads the
same pages in the same run, with its metadata: with its defaults, and without readers' comments,
which no gold counts as text (as it is run in the benchmark).
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from aggregator.domain.article import PageText
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.english.text import normalised
from aggregator.extract.page.article import read_page
from tests.quality.gold_pages import GoldPage, gold_pages

_SHINGLE = 4
_WORD = re.compile(r"\w+")


def report(folder: Path, *, peers: bool = False) -> dict[str, Any]:
    """Counts, scores and seconds of the product on a folder; a score is null where the set has no
    gold for it.
    """
    gold = list(gold_pages(folder))
    started = time.process_time()
    read = [read_page(page.body, url=page.url, content_type="text/html") for page in gold]
    seconds = time.process_time() - started
    found = [page if isinstance(page, PageText) else PageText() for page in read]
    stored = [replace(page, text="\n".join(page.paragraphs)) for page in found]
    return {
        "data": folder.name,
        "pages": len(gold),
        "unreadable": sum(not isinstance(page, PageText) for page in read),
        **scores(gold, found),
        "stored_f1": text_scores(gold, stored)["f1"],
        "seconds": round(seconds, 3),
        **({"peers": _peers(gold)} if peers else {}),
    }


def _peers(gold: Sequence[GoldPage]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, comments in (("trafilatura", True), ("trafilatura without comments", False)):
        started = time.process_time()
        found = [by_trafilatura(page, comments=comments) for page in gold]
        told[name] = {**scores(gold, found), "seconds": round(time.process_time() - started, 3)}
    return told


def by_trafilatura(page: GoldPage, *, comments: bool) -> PageText:
    """What trafilatura makes of a page, in our words."""
    found: Any = bare_extraction(
        page.body, url=page.url, with_metadata=True, include_comments=comments
    )
    if found is None:
        return PageText()
    text = "\n".join(filter(None, (found.text, found.comments)))
    day = (
        EntryDate(at=datetime.fromisoformat(found.date).replace(tzinfo=UTC), origin=DateOrigin.PAGE)
        if found.date
        else None
    )
    return PageText(
        title=found.title or "",
        text=text,
        byline=(found.author or "").replace("; ", ", "),
        published=day,
    )


def scores(gold: Sequence[GoldPage], found: Sequence[PageText]) -> dict[str, float | None]:
    """Text, day, title and authors against the gold."""
    pairs = list(zip(gold, found, strict=True))
    return {
        **text_scores(gold, found),
        "date_f1": date_f1(gold, found),
        "title": _share([_folded(page.title) == _folded(g.title) for g, page in pairs if g.title]),
        "author": _share([_same_people(g.authors, page.byline) for g, page in pairs if g.authors]),
    }


def page_score(gold: GoldPage) -> float:
    """The mean of what is known of one page: F1 of its text, and whether day, title and authors are
    right.
    """
    read = read_page(gold.body, url=gold.url, content_type="text/html")
    page = read if isinstance(read, PageText) else PageText()
    parts: list[float] = []
    if gold.text:
        precision, recall = shingle_scores(gold.text, page.text)
        both = (precision or 0.0) + recall
        parts.append(2 * (precision or 0.0) * recall / both if both else 0.0)
    if gold.day:
        day = page.published.at.date().isoformat() if page.published else ""
        parts.append(gold.day == day)
    if gold.title:
        parts.append(_folded(page.title) == _folded(gold.title))
    if gold.authors:
        parts.append(_same_people(gold.authors, page.byline))
    return sum(parts) / len(parts) if parts else 0.0


def text_scores(gold: Sequence[GoldPage], found: Sequence[PageText]) -> dict[str, float | None]:
    """Precision, recall and F1 of the main text."""
    texts = [page.text for page in found]
    whole = [shingle_scores(g.text, text) for g, text in zip(gold, texts, strict=True) if g.text]
    if whole:
        precisions = [precision for precision, _ in whole if precision is not None]
        return _rounded(
            sum(precisions) / max(1, len(precisions)),
            sum(recall for _, recall in whole) / len(whole),
        )
    kept = [
        _folded(piece) in _folded(text)
        for g, text in zip(gold, texts, strict=True)
        for piece in g.inside
    ]
    stray = [
        _folded(piece) in _folded(text)
        for g, text in zip(gold, texts, strict=True)
        for piece in g.outside
    ]
    if not kept:
        return {"f1": None, "precision": None, "recall": None}
    precision = sum(kept) / (sum(kept) + sum(stray)) if sum(kept) else 0.0
    return _rounded(precision, sum(kept) / len(kept))


def date_f1(gold: Sequence[GoldPage], found: Sequence[PageText]) -> float | None:
    """F1 of the day of publication; a time near midnight may fall on the day before or after in UTC
    and counts as wrong.
    """
    pairs = [
        (g.day, page.published.at.date().isoformat() if page.published else None)
        for g, page in zip(gold, found, strict=True)
        if g.day
    ]
    right, given = (
        sum(day == said for day, said in pairs),
        sum(said is not None for _, said in pairs),
    )
    return round(2 * right / (given + len(pairs)), 4) if pairs else None


def main() -> None:
    """Prints the report of one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with pages and their gold")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object (the default is the same, indented)"
    )
    parser.add_argument(
        "--peers", action="store_true", help="trafilatura's scores on the same pages, too"
    )
    options = parser.parse_args()
    print(json.dumps(report(options.data, peers=options.peers), indent=None if options.json else 1))


def shingle_scores(gold: str, text: str) -> tuple[float | None, float]:
    """Precision and recall of one text, as the benchmark's `evaluate.py` has them: a page without
    text has no precision.
    """
    truth, found = _shingles(gold), _shingles(text)
    both = sum((truth & found).values())
    return both / sum(found.values()) if found else None, both / max(1, sum(truth.values()))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[n : n + _SHINGLE]) for n in range(max(1, len(words) - _SHINGLE + 1)))


def _rounded(precision: float, recall: float) -> dict[str, float | None]:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"f1": round(f1, 4), "precision": round(precision, 4), "recall": round(recall, 4)}


def _folded(text: str | None) -> str:
    return normalised(text or "").casefold()


def _same_people(authors: Sequence[str], byline: str) -> bool:
    return all(_folded(name).removeprefix("by ") in _folded(byline) for name in authors)


def _share(right: Sequence[bool]) -> float | None:
    return round(sum(right) / len(right), 4) if right else None


if __name__ == "__main__":
    main()
