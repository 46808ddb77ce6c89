"""Draws and scores labelled pairs of articles: are they reports of one event, or of one affair?

    python -m tools.event_pairs draw --corpus FOLDER     the pairs to be labelled, as text
    python -m tools.event_pairs fit --corpus FOLDER      writes the weights, from half 0
    python -m tools.event_pairs score --corpus FOLDER    the product and plain TF-IDF on the labels

FOLDER is like `../shared/corpus`. `event_pair_labels.csv` holds our labels without a word of the
texts: hashes of two addresses, whether both report one event (`unsure` ones count nowhere), whether
they belong to one affair (deal, case, product line, study), where the pair was drawn (pool, news or
posts, one outlet or two, stratum of TF-IDF), and its half.

Outlets of each pool, by how many articles they have, were dealt to two halves in turn. A pair is of
two articles not more than ten days apart, with different titles and a TF-IDF cosine of at least the
first of `STRATA`; from each stratum so many were drawn by the hash of their addresses. Both
articles are of one half: of half 1, which is frozen, nothing is fitted on; its scores were looked
at nine times while features and thresholds were chosen. Of two small pools pairs of one outlet from
each half were drawn too, as half 2, which is neither fitted on nor frozen; so are earlier labels
(`earlier`) that are not of half 0 alone. One of us labelled by title and lead, before the product's
verdict was seen; of 63 pairs that had been labelled before, 55 got the same label again.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from aggregator.cluster.assign import assignments
from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.copies import shingles
from aggregator.cluster.similarity.event_similarity import (
    FEATURES,
    WEIGHTS,
    comparable_pairs,
    pair_features,
)
from aggregator.cluster.similarity.features import LEAD_WORDS
from aggregator.cluster.similarity.vectors import similar_pairs, vectors
from aggregator.domain.entry import Feed
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import ClusterSettings
from aggregator.domain.source import Lane
from aggregator.domain.web.urls import registrable_domain
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.markup import paragraphs
from tools.linear_fit import report_key

LABELS = Path(__file__).with_name("event_pair_labels.csv")
_DIGESTS = {
    "news": Lane.NEWS,
    "research-blogs": Lane.NEWS,
    "social": Lane.COMMUNITY,
    "reddit": Lane.COMMUNITY,
}
_LANES = {  # of feeds that are not a vendor's own, among those of vendors
    "feed_ai_first_podcast": Lane.NEWS,
    "feed_chanderramesh": Lane.NEWS,
    "feed_paulgraham": Lane.NEWS,
    "feed_the_batch": Lane.NEWS,
    "deeplearning_ai_batch": Lane.NEWS,
    "github_trends_daily": Lane.COMMUNITY,
    "github_trends_weekly": Lane.COMMUNITY,
    "hackernews_best_stories": Lane.COMMUNITY,
    "huggingface_daily_papers": Lane.PAPER,
    "huggingface_trending_datasets": Lane.COMMUNITY,
}
_LABS = ("olshansk-rss-feeds", "ai-news-direct")
_CAPTURES = ("fastfeedparser-captures",)
MOST_DAYS = 10.0
_LEAST_YEAR = 1990  # an earlier date is none
_L2 = 5.0
STRATA = (0.08, 0.12, 0.18, 0.26, 0.4)
_MIXED = 2  # the half of a pair of one outlet of each half: neither fitted on nor frozen
_SMALL = ("digests", "captures")  # pools of which mixed pairs are drawn too
_DRAWN = {False: 30, True: 10}  # pairs of a stratum, of two outlets and of one


def pools(corpus: Path) -> dict[str, tuple[ClusterItem, ...]]:
    """The articles of each pool; those of a pool are clustered together."""
    return {
        "digests": _unique(_of_digests(corpus / "digests" / "flyryan-ai-news")),
        "labs": _unique(_of_feeds([corpus / "feeds" / name for name in _LABS], Lane.LAB)),
        "captures": _unique(_of_feeds([corpus / "feeds" / name for name in _CAPTURES], Lane.NEWS)),
        "headlines": _unique(_of_headlines(corpus / "clusters" / "uci-news-aggregator")),
    }


def _unique(items: Iterator[ClusterItem]) -> tuple[ClusterItem, ...]:
    found: dict[str, ClusterItem] = {}
    for item in items:
        found.setdefault(item.article_id, item)
    return tuple(sorted(found.values(), key=lambda item: (item.published, item.article_id)))


def _of_digests(folder: Path) -> Iterator[ClusterItem]:
    for kind, lane in _DIGESTS.items():
        with gzip.open(folder / f"{kind}-00.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                outlet = row["author"] if kind == "social" else row["source"]
                family = "reddit.com" if kind == "reddit" else outlet
                published = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
                text = row["text"]
                yield _item(row["url"], row["title"], text, published, outlet, family, lane)


def _of_feeds(folders: Sequence[Path], usual: Lane) -> Iterator[ClusterItem]:
    for file in sorted(file for folder in folders for file in folder.glob("*.xml*")):
        body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        feed = read_feed(body, url="https://feeds.example/f.xml", content_type="", source_key="")
        lane = _LANES.get(file.name.partition(".")[0], usual)
        for entry in feed.entries if isinstance(feed, Feed) else ():
            if entry.published and entry.published.at.year > _LEAST_YEAR:
                outlet = registrable_domain(entry.url)
                text = "\n".join(paragraphs(entry.content or entry.summary))
                yield _item(entry.url, entry.title, text, entry.published.at, outlet, outlet, lane)


def _of_headlines(folder: Path) -> Iterator[ClusterItem]:
    with (folder / "headlines.csv").open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            published = datetime.fromtimestamp(int(row["TIMESTAMP"]) / 1000, UTC)
            outlet = row["PUBLISHER"]
            yield _item(row["URL"], row["TITLE"], "", published, outlet, outlet, Lane.NEWS)


def _item(
    url: str, title: str, text: str, published: datetime, outlet: str, family: str, lane: Lane
) -> ClusterItem:
    return ClusterItem(
        article_id=report_key(url),
        title=" ".join(title.split()),
        lead=" ".join(text.split()[:LEAD_WORDS]),
        shingles=shingles(text),
        published=published,
        source_key=outlet,
        family=family,
        lane=lane,
        canonical_url=url,
    )


def halves(items: Sequence[ClusterItem]) -> dict[str, int]:
    """The half of each outlet of a pool: 0 is fitted on, 1 is frozen."""
    counts = Counter((item.lane, item.source_key) for item in items)
    ordered = sorted(counts, key=lambda outlet: (outlet[0], -counts[outlet], outlet[1]))
    return {outlet: place % 2 for place, (_, outlet) in enumerate(ordered)}


def drawn(name: str, items: Sequence[ClusterItem]) -> list[tuple[str, str, str, int]]:
    """The pairs of a pool that are to be labelled: two ids, a stratum, a half."""
    half = halves(items)
    cells: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for (row, other), value in tfidf_pairs(items, STRATA[0]).items():
        one, two = items[row], items[other]
        halved = half[one.source_key]
        if one.title.casefold() == two.title.casefold():
            continue
        if halved != half[two.source_key]:
            halved = _MIXED
        level = sum(value >= bound for bound in STRATA)
        kind = "posts" if Lane.COMMUNITY in (one.lane, two.lane) else "news"
        side = "one" if one.source_key == two.source_key else "two"
        ids = sorted((one.article_id, two.article_id))
        cells.setdefault((halved, f"{name}/{kind}/{side}/{level}"), []).append((ids[0], ids[1]))
    return [
        (*pair, stratum, halved)
        for (halved, stratum), pairs in sorted(cells.items())
        if halved != _MIXED or (name in _SMALL and "/news/" in stratum)
        for pair in sorted(pairs, key=lambda ids: report_key("|".join(ids)))[
            : _DRAWN["/one/" in stratum]
        ]
    ]


def tfidf_pairs(items: Sequence[ClusterItem], least: float) -> dict[tuple[int, int], float]:
    """The plain TF-IDF cosine of titles with leads, by rows, of all pairs not more than
    `MOST_DAYS` apart that have at least so much.
    """
    cosines = _tfidf([f"{item.title} {item.lead}" for item in items])
    times = np.array([item.published.timestamp() / 86_400 for item in items])
    found = {}
    for start in range(0, len(items), 512):
        stop = min(start + 512, len(items))
        cells = (cosines[start:stop] @ cosines.T).tocoo()
        for row, other, value in zip(cells.row + start, cells.col, cells.data, strict=True):
            if other < row and value >= least and times[row] - times[other] <= MOST_DAYS:
                found[int(other), int(row)] = float(value)
    return found


def _tfidf(texts: Sequence[str]) -> Any:
    counted = [Counter(re.findall(r"\w+", text.lower())) for text in texts]
    spread = Counter(word for words in counted for word in words)
    places = {word: place for place, word in enumerate(spread)}
    values = np.array(
        [
            (1.0 + log(count)) * (1.0 + log((1 + len(texts)) / (1 + spread[word])))
            for words in counted
            for word, count in words.items()
        ]
    )
    rows = [row for row, words in enumerate(counted) for _ in words]
    columns = [places[word] for words in counted for word in words]
    norms = np.sqrt(np.bincount(rows, values**2, minlength=len(texts)))
    return sparse.csr_array(
        (values / norms[rows], (rows, columns)), shape=(len(texts), len(places))
    )


@frozen
class LabelledPair:
    """Two articles, by id, and what we said of them."""

    one: str
    other: str
    same: bool
    affair: bool | None
    drawn: str
    half: int

    @property
    def group(self) -> str:
        """What the score counts it as."""
        return "ai" if self.drawn.startswith(("digests", "labs")) else "general"


def labels() -> list[LabelledPair]:
    """Our labels, without those that we were unsure of."""
    with LABELS.open(encoding="utf-8") as lines:
        return [
            LabelledPair(
                one=row["one"],
                other=row["other"],
                same=row["same"] == "yes",
                affair=row["affair"] == "yes" if row["affair"] else None,
                drawn=row["drawn"],
                half=int(row["half"]),
            )
            for row in csv.DictReader(lines)
            if row["same"] != "unsure"
        ]


def stories(items: Sequence[ClusterItem]) -> dict[str, str]:
    """The story that the product gives each article."""
    decided = assignments(items, (), ClusterSettings())
    return {assignment.article_id: assignment.story_id for assignment in decided}


def scores(
    known: Sequence[LabelledPair], is_joined: Callable[[LabelledPair], bool]
) -> dict[str, Any]:
    """Precision, recall, F1, and the interval that 90 % of 1,000 draws of pairs keep."""
    told = [(is_joined(pair), pair.same) for pair in known]
    drawn = random.Random(0)
    draws = sorted(_f1(drawn.choices(told, k=len(told)))[2] for _ in range(1_000))
    precision, recall, f1 = _f1(told)
    return {
        "pairs": len(told),
        "same": sum(same for _, same in told),
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(f1, 3),
        "interval": [round(draws[50], 3), round(draws[949], 3)],
    }


def _f1(told: Sequence[tuple[bool, bool]]) -> tuple[float, float, float]:
    right = sum(joined and same for joined, same in told)
    joined, same = (sum(pair[side] for pair in told) for side in range(2))
    return right / max(joined, 1), right / max(same, 1), 2 * right / max(joined + same, 1)


def report(corpus: Path) -> dict[str, Any]:
    """The scores of the product and of plain TF-IDF by half and group. The threshold of TF-IDF is
    the best one on half 0.
    """
    known = [pair for pair in labels() if "earlier" not in pair.drawn]
    story_of: dict[str, str] = {}
    cosines: dict[frozenset[str], float] = {}
    for items in pools(corpus).values():
        story_of |= stories(items)
        for (row, other), value in tfidf_pairs(items, STRATA[0]).items():
            cosines[frozenset((items[row].article_id, items[other].article_id))] = value

    def at(threshold: float) -> Callable[[LabelledPair], bool]:
        return lambda pair: cosines.get(frozenset((pair.one, pair.other)), 0.0) >= threshold

    seen = [pair for pair in known if pair.half == 0]
    best = max(
        (step / 100 for step in range(10, 60)),
        key=lambda step: _f1([(at(step)(pair), pair.same) for pair in seen])[2],
    )
    told = {
        "product": lambda pair: story_of[pair.one] == story_of[pair.other],
        "tfidf": at(best),
    }
    return {
        f"half {half}, {group}": {
            name: scores(
                [pair for pair in known if pair.half == half and pair.group == group], is_joined
            )
            for name, is_joined in told.items()
        }
        for half in (0, 1, 2)
        for group in ("ai", "general")
    }


def fit(corpus: Path) -> dict[str, dict[str, float]]:
    """The weights of the features for both levels, on the labels of half 0. Two reports of one
    event are of one affair.
    """
    seen = {frozenset((pair.one, pair.other)): pair for pair in labels() if pair.half == 0}
    found: list[Any] = []
    told: list[LabelledPair] = []
    for items in pools(corpus).values():
        rows = vectors(items, MOST_DAYS)
        pairs, _ = comparable_pairs(similar_pairs(rows, np.arange(len(items)), MOST_DAYS), items)
        ids = [item.article_id for item in items]
        known = [
            seen.get(frozenset((ids[later], ids[earlier])))
            for later, earlier in zip(pairs.later.tolist(), pairs.earlier.tolist(), strict=True)
        ]
        at = np.array([n for n, pair in enumerate(known) if pair], dtype=np.int64)
        found.append(pair_features(pairs.of(at), rows, items))
        told += [pair for pair in known if pair]
    features = np.concatenate(found)
    told_affair = np.array([pair.same or pair.affair is not None for pair in told])
    affair = np.array([pair.same or bool(pair.affair) for pair in told])
    return {
        "event": _logistic(features, np.array([pair.same for pair in told])),
        "affair": _logistic(features[told_affair], affair[told_affair]),
    }


def _logistic(features: Any, told: Any) -> dict[str, float]:
    """The weights by logistic regression with L2; how far a feature varies decides nothing."""
    means, spreads = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = (features - means) / spreads

    def loss(flat: Any) -> tuple[float, Any]:
        weights, bias = flat[:-1], flat[-1]
        odds = scaled @ weights + bias
        gap = 1.0 / (1.0 + np.exp(-odds)) - told
        slope = np.append(scaled.T @ gap + _L2 * weights, gap.sum())
        likely = np.logaddexp(0.0, odds) - told * odds
        return float(likely.sum() + _L2 / 2 * (weights**2).sum()), slope

    best = minimize(loss, np.zeros(len(means) + 1), jac=True, method="L-BFGS-B").x
    weights = best[:-1] / spreads
    return {
        "bias": round(float(best[-1] - weights @ means), 3),
        **{name: round(float(weight), 3) for name, weight in zip(FEATURES, weights, strict=True)},
    }


def main() -> None:
    """Prints what is to be labelled or the scores, or writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("draw", "fit", "score"))
    parser.add_argument("--corpus", type=Path, required=True)
    options = parser.parse_args()
    if options.what == "score":
        sys.stdout.write(json.dumps(report(options.corpus), indent=1) + "\n")
        return
    if options.what == "fit":
        WEIGHTS.write_text(json.dumps(fit(options.corpus), indent=1) + "\n", "utf-8")
        return
    for name, items in pools(options.corpus).items():
        shown = {item.article_id: item for item in items}
        for one, other, stratum, half in drawn(name, items):
            sys.stdout.write(f"{stratum} {half}\n{_shown(shown[one])}\n{_shown(shown[other])}\n")


def _shown(item: ClusterItem) -> str:
    day = f"{item.published:%Y-%m-%d}"
    return f"{item.article_id} {item.source_key} {day}: {item.title} | {item.lead[:200]}"


if __name__ == "__main__":
    main()
