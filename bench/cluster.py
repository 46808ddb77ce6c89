"""Measures the clustering on generated news with known events and planted copies.

    python -m bench.cluster [--articles 100000] [--archives 10000 1000000] [--batch 2000] [--rounds
      3]

Teasers of 30 words, then texts of 160, arrive in time order, `--batch` at a time, each batch judged
against the window before it. A copy is cut to 60–90 %, gets boilerplate, or has one word in ten
reworded. Then 200 more articles go through the stage itself, round after round, with SQLite
archives of both sizes and equal density. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import statistics
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from scipy.sparse import csr_matrix

from aggregator.cli.app import GC_THRESHOLDS
from aggregator.cluster.assign import assignments
from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.copies import shingles_of
from aggregator.cluster.similarity.features import with_terms
from aggregator.domain.settings import ClusterSettings
from bench.archive import spent_on_more
from bench.costs import Meter
from bench.news import LEAD, PER_DAY, TEXT, reports
from tests.quality.clusters import scores

_Found = TypeVar("_Found")
_A_WORD = re.compile(r"\w\w+")
_ALIKE = 0.25  # the cosine of word counts from which on two headlines are best taken for one event


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--archives", type=int, nargs="*", default=[10_000, 1_000_000])
    parser.add_argument("--batch", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(
        json.dumps(
            measured(options.articles, options.archives, options.batch, options.rounds), indent=1
        )
    )


def measured(articles: int, archives: Sequence[int], batch: int, rounds: int) -> dict[str, Any]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        spent = {
            size: alone(spent_on_more, Path(folder) / f"{size}.db", size, rounds)
            for size in archives
        }
    medians = [statistics.median(each) for each in spent.values()]
    return {
        "teasers": alone(stream, articles, LEAD, batch),
        "texts": alone(stream, articles, TEXT, batch),
        "200_more_cpu_s": {
            str(size): [round(each, 2) for each in found] for size, found in spent.items()
        },
        "200_more_ratio": round(medians[-1] / medians[0], 3) if medians else None,
    }


def alone(measure: Callable[..., _Found], *arguments: object) -> _Found:
    """What a measure finds in a process of its own, set up as the command is: its memory is its
    own, and so is the peak.
    """
    with ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=gc.set_threshold, initargs=GC_THRESHOLDS
    ) as process:
        return process.submit(measure, *arguments).result()


def stream(articles: int, words_each: tuple[int, int], batch: int) -> dict[str, Any]:
    """What clustering the arriving articles costs, and how well events and copies are found.

    Of teasers no sketch is made, as the product makes none: their copies are told by title and lead
    alone.
    """
    truth: list[tuple[str, int, str | None, str]] = []
    told: dict[str, tuple[str, str | None]] = {}
    window: dict[str, ClusterItem] = {}
    settings = ClusterSettings()
    cpu_s, peak_mb = 0.0, 0
    arriving = reports(articles, words_each)
    while some := list(islice(arriving, batch)):
        truth += [
            (report.item.article_id, report.event, report.copy_of, report.edit) for report in some
        ]
        meter = Meter()
        since = some[0].item.published - timedelta(days=settings.lookback_days)
        window = {key: item for key, item in window.items() if item.published >= since}
        pending = [report.item for report in some]
        if words_each == TEXT:
            kept = shingles_of([report.text for report in some])
            pending = [
                replace(item, shingles=sketch) for item, sketch in zip(pending, kept, strict=True)
            ]
        pending = with_terms(pending)  # as the stage keeps them with the articles
        decided = assignments(pending, list(window.values()), settings)
        window |= {item.article_id: item for item in pending}
        for assignment in decided:
            item = window[assignment.article_id]
            window[assignment.article_id] = replace(
                item,
                story_id=assignment.story_id,
                storyline=assignment.storyline,
                copy_of=assignment.copy_of,
            )
            told[assignment.article_id] = assignment.story_id, assignment.copy_of
        costs = meter.read()
        cpu_s, peak_mb = cpu_s + costs.cpu_s, costs.main_mb
    return {
        "articles": len(truth),
        "articles_per_cpu_s": round(len(truth) / cpu_s),
        "peak_mb": peak_mb,
        "event": scores(
            [str(event) for _, event, _, _ in truth], [told[key][0] for key, *_ in truth]
        ),
        "copies": _copies(truth, told),
    }


def counted_words(articles: int, words_each: tuple[int, int], batch: int) -> float:
    """The CPU seconds of what a TF-IDF search for like articles takes at the least: to count the
    words of each, weigh them by their rarity, and multiply each batch with the window before it.
    Neither copies nor names and events are told.
    """
    texts = [f"{report.item.title} {report.text}" for report in reports(articles, words_each)]
    days = ClusterSettings().lookback_days
    meter = Meter()
    columns: dict[str, int] = {}
    places, counts, ends = array("i"), array("f"), array("i", [0])
    for text in texts:
        for word, count in Counter(_A_WORD.findall(text.lower())).items():
            places.append(columns.setdefault(word, len(columns)))
            counts.append(count)
        ends.append(len(places))
    rows = csr_matrix((counts, places, ends), shape=(len(texts), len(columns)), dtype=np.float32)
    rarity = np.log(len(texts) / np.bincount(rows.indices, minlength=len(columns)))
    rows.data *= rarity[rows.indices]
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1))
    rows = csr_matrix(rows.multiply(1 / lengths), dtype=np.float32)
    for start in range(0, len(texts), batch):
        window = rows[max(start - days * PER_DAY, 0) : start + batch]
        alike = rows[start : start + batch] @ window.T
        alike.data = alike.data > _ALIKE
        alike.eliminate_zeros()
    return meter.read().cpu_s


def _copies(
    truth: Sequence[tuple[str, int, str | None, str]], told: dict[str, tuple[str, str | None]]
) -> dict[str, Any]:
    planted = {key: (origin, edit) for key, _, origin, edit in truth if origin}
    found = {key: origin for key, (_, origin) in told.items() if origin}
    right = {key for key, origin in found.items() if planted.get(key, ("", ""))[0] == origin}
    by_edit = {
        edit: round(sum(key in right for key in keys) / len(keys), 4)
        for edit in ("cut", "boilerplate", "reworded")
        if (keys := [key for key, (_, each) in planted.items() if each == edit])
    }
    return {
        "planted": len(planted),
        "precision": round(len(right) / len(found), 4) if found else 1.0,
        "recall": round(len(right) / len(planted), 4) if planted else 1.0,
        "recall_by_edit": by_edit,
    }


if __name__ == "__main__":
    main()
