"""Learns which words tell that an entry is about artificial intelligence, and how much they count.

    python -m tools.relevance --data ../shared/corpus          measures on sources left out
    python -m tools.relevance --data ../shared/corpus --write  writes relevance.toml

Words are learnt from the captured feeds: how much oftener sources about AI use one than sources of
other subjects do, each source counting as one. Names of models, products and companies are those of
registry.toml. The weights are fitted on the items in tests/quality/relevance.jsonl, which says of
each, by the hash of its address, whether it is about AI; what the share of a source counts, on
points of sources that the words were not learnt from. A source is either learnt from or measured
on, never both: `half` learns from one half of the sources and measures on the other, and the other
way round; `sixth` leaves out a sixth at a time, which is nearer to the model that is written, as
that has learnt from all. `as_run` counts what is kept of all sources, of which those that are about
AI by their own entries are not filtered; `general` the others alone; `reliability` how many items
of each tenth of the probabilities are about AI.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from aggregator.config.layers import json_lines
from aggregator.config.registry_file import load_registry
from aggregator.crawl.relevance import (
    FEATURES,
    GENERAL_BELOW,
    LEAST_ENTRIES,
    RelevanceModel,
    features,
    terms_of,
)
from aggregator.domain.entry import Entry, Feed
from aggregator.domain.story import EntityKind
from aggregator.english.lexical import stem
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.markup import plain

_ROOT = Path(__file__).resolve().parents[1]
_LABELS = _ROOT / "tests" / "quality" / "relevance.jsonl"
_MODEL = _ROOT / "aggregator" / "crawl" / "relevance.toml"
_ABOUT_AI = frozenset(
    "feed_the_batch r/LocalLLaMA r/ClaudeAI r/StableDiffusion feed_anthropic_news feed_claude"
    " feed_openai_research feed_windsurf_blog feed_pinecone r/ChatGPT feed_ai_first_podcast"
    " r/OpenAI feed_far_ai feed_ollama r/MachineLearning feed_xainews feed_goodfire r/artificial"
    " aibusiness r/deeplearning anthropic_engineering feed_groq MarkTechPost feed_openai_developer"
    " r/ChatGPTPro huggingface_daily_papers bytedance_seed_research deeplearning_ai_batch"
    " r/accelerate".split()
) | {
    "AI (artificial intelligence) | The Guardian",
    "Analytics India Magazine",
    "Feed: Artificial Intelligence Latest",
    "AI News",
}
_OTHER = frozenset(
    "uci 960551eca5b5db81 9f9555d69283aeda feed_paulgraham 9e0834333e854116 3d13901a267083a8"
    " 5739ef9f30ed2331 e44e7aea7e34bb52 16dc10cf98d1ee82 49ea3c9d52b08d80 08f1ee71883dbcde"
    " 5532f16828c3b094 3597ad3b5fc7ebdd 705749c3b1bd02d8 0c56ade1367017c8 db8e17e910bb4b0e"
    " 4ff3ebfb6b00e813 e8fa5b64a4b41322 4179e7a13df0f120 2b2c3f5ac3d2e836 ab1814a7b8c94975"
    " e8203fee50c570d8 feed_dagster".split()
)
_MOST_WORDS_OF = 6_000  # characters of a text that is not about AI: what it uses is no sign of AI
_LEAST_LIFT = 1.0
_LEAST_ITEMS, _LEAST_SOURCES_ITEMS = 6, 5
_SMALL = 0.002
_L2, _PRIOR_L2 = 1.0, 0.1
_FOLDS = 5  # of the sources learnt from, for points of sources that were not
_PRECISION = 0.92  # over all sources, where the threshold is chosen: general ones have more
_NAMED = {EntityKind.MODEL: 0.85, EntityKind.PRODUCT: 0.8, EntityKind.COMPANY: 0.45}
_AS_GOOD_AS = 3  # items: how much the shares of _NAMED count against those read


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a captured source; `label` is None where nobody read it."""

    source: str
    entry: Entry
    label: bool | None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A read item, how probably it is about AI, whether it is kept where its source is filtered,
    and whether it is.
    """

    item: Item
    probability: float
    is_kept: bool
    is_general: bool


def items(data: Path) -> Iterator[Item]:
    """The entries of all captured sources, each address once."""
    rows = json_lines(_LABELS.read_text("utf-8"))
    labels = {row["item"]: row for row in rows}
    seen: set[str] = set()
    for source, entry in _entries(data):
        key = hashlib.sha256(entry.url.encode()).hexdigest()[:16]
        if key in seen:
            continue
        seen.add(key)
        row = labels.get(key)
        yield Item(
            source.partition("-")[0] if source.startswith("uci-") else source,
            entry,
            row["about_ai"] if row else None,
            bool(row and row["doubtful"]),
        )


def _entries(data: Path) -> Iterator[tuple[str, Entry]]:
    for path in sorted((data / "feeds").glob("*/*.xml*")):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        key = path.name.split(".")[0]
        found = read_feed(
            body, url="https://feeds.example/feed.xml", content_type="", source_key=key
        )
        yield from ((key, entry) for entry in (found.entries if isinstance(found, Feed) else ()))
    for name in ("news", "research-blogs", "reddit"):
        with gzip.open(data / f"digests/flyryan-ai-news/{name}-00.jsonl.gz", "rt") as lines:
            for row in map(json.loads, lines):
                yield row["source"], _entry(row["url"], row["title"], row.get("text") or "")
    with (data / "clusters/uci-news-aggregator/headlines.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            yield f"uci-{row['CATEGORY']}", _entry(row["URL"], row["TITLE"])


def _entry(url: str, title: str, text: str = "") -> Entry:
    return Entry(source_key="x", guid=url, url=url, title=title or "", summary=text)


def learnt(known: Sequence[Item]) -> RelevanceModel:
    """The model learnt from these items: words from all, weights from those that were read."""
    model, unseen = _own(known), []
    for fold in range(_FOLDS):
        other = _own([item for item in known if _part(f"fold {item.source}", _FOLDS) != fold])
        unseen += _placed(other, [i for i in known if _part(f"fold {i.source}", _FOLDS) == fold])
    read = [(points, share, item) for points, share, item in unseen if item.label is not None]
    values = np.array([(points, math.log(share / (1 - share))) for points, share, _ in read])
    labels = np.array([float(bool(item.label)) for *_, item in read])
    prior = _fitted(values, labels, _PRIOR_L2)
    certain = 1 / (1 + np.exp(-(values @ prior[:-1] + prior[-1])))
    own, of_source, one = (round(float(weight), 3) for weight in prior)
    return replace(model, prior=(own, of_source, one), threshold=_threshold(certain, labels))


def _own(known: Sequence[Item]) -> RelevanceModel:
    """The model of an entry's own words, its source unknown."""
    words, names = _words(known), _names(known)
    read = [item for item in known if item.label is not None]
    values = np.array([features(item.entry, words, names) for item in read])
    found = _fitted(values, np.array([float(bool(item.label)) for item in read]), _L2)
    return RelevanceModel(
        words=words,
        names=names,
        weights=tuple(round(float(weight), 3) for weight in found[:-1]),
        bias=round(float(found[-1]), 3),
    )


def _fitted(values: np.ndarray, labels: np.ndarray, l2: float) -> np.ndarray:
    """The weights, and the bias last, of a logistic regression."""

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        points = values @ point[:-1] + point[-1]
        wrong = 1 / (1 + np.exp(-points)) - labels
        value = np.logaddexp(0, -points * (2 * labels - 1)).sum()
        value += l2 / 2 * point[:-1] @ point[:-1]
        return float(value), np.append(values.T @ wrong + l2 * point[:-1], wrong.sum())

    start = np.zeros(values.shape[1] + 1)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def _placed(model: RelevanceModel, some: Sequence[Item]) -> list[tuple[float, float, Item]]:
    """Each item with its points and the share of its source, by this model."""
    of_source: dict[str, list[Entry]] = defaultdict(list)
    for item in some:
        of_source[item.source].append(item.entry)
    shares = {key: model.topic_share(several) for key, several in of_source.items()}
    return [(model.points(item.entry), shares[item.source], item) for item in some]


def _threshold(certain: np.ndarray, labels: np.ndarray) -> float:
    """The lowest probability from which on the precision is what is aimed at."""
    order = np.argsort(-certain, kind="stable")
    precision = np.cumsum(labels[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= _PRECISION)
    return round(float(certain[order][enough[-1]]), 3) if len(enough) else 0.5


def _names(known: Sequence[Item]) -> dict[str, float]:
    """How the names of registry.toml speak for AI: the log odds of items with one, those of its
    kind assumed. Left out are names that are ordinary words, or others' too.
    """
    kind_of: dict[str, tuple[EntityKind, str]] = {}
    for kind, entities in load_registry(_ROOT / "none").entities.items():
        for key, entity in entities.items() if kind in _NAMED else ():
            for name in (entity.name, *entity.aliases, *entity.alone):
                stems = [stem(word) for word in re.findall(r"[^\W\d_]+", name.lower())]
                if entity.needs or not 1 + entity.cased <= len(stems) <= 2:
                    continue
                kind_of.setdefault(" ".join(stems), (kind, key))
    named: Counter[str] = Counter()
    about: Counter[str] = Counter()
    for item in known:
        if item.label is None:
            continue
        title, summary, _ = terms_of(item.entry)
        keys = {kind_of[term][1] for term in {*title, *summary} if term in kind_of}
        named.update(keys)
        about.update(keys if item.label else ())
    found = {}
    for term, (kind, key) in sorted(kind_of.items()):
        share = (about[key] + _AS_GOOD_AS * _NAMED[kind]) / (named[key] + _AS_GOOD_AS)
        if share > 0.5:
            found[term] = round(math.log(share / (1 - share)), 2)
    return found


def _words(known: Sequence[Item]) -> dict[str, float]:
    """What AI sources say oftener: the logarithm of how much, by stem or pair of stems."""
    using: dict[bool, dict[str, Counter[str]]] = {True: defaultdict(Counter), False: {}}
    using[False] = defaultdict(Counter)
    total: Counter[tuple[bool, str]] = Counter()
    for item in known:
        about = item.label if item.label is not None else item.source in _ABOUT_AI
        title, summary, _ = terms_of(item.entry)
        terms = set(title) | set(summary)
        if not about and item.source in _OTHER:
            whole = Entry(
                source_key="x",
                guid="",
                url="",
                title=plain((item.entry.content or item.entry.summary)[:20_000])[:_MOST_WORDS_OF],
            )
            terms |= set(terms_of(whole)[0])
        using[about][item.source].update(terms)
        total[about, item.source] += 1
    ai = [source for source in using[True] if total[True, source] >= 5]
    other = [source for source in using[False] if total[False, source] >= 8]
    lifts: dict[str, float] = {}
    for word in {word for source in ai for word in using[True][source]}:
        counts = [using[True][source][word] for source in ai]
        if len(word) < 2 or sum(counts) < _LEAST_ITEMS or np.count_nonzero(counts) < 4:
            continue
        here = np.mean([n / (total[True, s] + 3) for n, s in zip(counts, ai, strict=True)])
        there = sorted(using[False][s][word] / (total[False, s] + 3) for s in other)
        rate = max(float(np.mean(there)), 0.34 * there[-2])
        lift = min(float(np.log((here + _SMALL / 4) / (rate + _SMALL))), 3.0)
        if lift > _LEAST_LIFT:
            lifts[word] = round(lift, 2)
    return {
        word: lift
        for word, lift in sorted(lifts.items())
        if " " not in word or lift > max(lifts.get(part, 0) for part in word.split()) + 0.3
    }


def measured(every: Sequence[Item], parts: int) -> list[Judged]:
    """Each read item as a model judges it that has not seen its source."""
    found = []
    for part in range(parts):
        known = [item for item in every if _part(item.source, parts) != part and _is_known(item)]
        model = learnt(known)
        unseen = [item for item in every if _part(item.source, parts) == part]
        counts = Counter(item.source for item in unseen)
        for _, share, item in _placed(model, unseen):
            if item.label is not None:
                probability = model.probability(item.entry, share)
                is_kept = probability >= model.threshold
                is_general = share < GENERAL_BELOW and counts[item.source] >= LEAST_ENTRIES
                found.append(Judged(item, probability, is_kept, is_general))
    return found


def _part(source: str, parts: int) -> int:
    return int(hashlib.sha256(source.encode()).hexdigest(), 16) % parts


def _is_known(item: Item) -> bool:
    return item.label is not None or item.source in _ABOUT_AI | _OTHER


def scores(found: Sequence[Judged], *, as_run: bool = False) -> dict[str, Any]:
    """Precision and recall of what is kept, each with its 95 % interval over the items; `as_run`:
    sources that are not general are kept whole.
    """
    truth = np.array([bool(judged.item.label) for judged in found])
    kept = np.array(
        [judged.is_kept or (as_run and not judged.is_general) for judged in found], dtype=bool
    )
    chance = np.random.default_rng(0)
    drawn = []
    for _ in range(1000):
        some = chance.integers(0, len(truth), len(truth))
        drawn.append(_precision_recall(truth[some], kept[some]))
    precision, recall = _precision_recall(truth, kept)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return {
        "items": len(found),
        "about_ai": int(truth.sum()),
        "precision": [round(float(value), 3) for value in (precision, low[0], high[0])],
        "recall": [round(float(value), 3) for value in (recall, low[1], high[1])],
    }


def reliability(found: Sequence[Judged]) -> list[list[float]]:
    """For each tenth of the probabilities: their mean, the share of its items that are about AI,
    and how many those are; tenths without an item are left out.
    """
    tenths: dict[int, list[Judged]] = defaultdict(list)
    for judged in found:
        tenths[min(int(judged.probability * 10), 9)].append(judged)
    return [
        [
            round(sum(judged.probability for judged in some) / len(some), 2),
            round(sum(bool(judged.item.label) for judged in some) / len(some), 2),
            len(some),
        ]
        for _, some in sorted(tenths.items())
    ]


def _precision_recall(truth: np.ndarray, kept: np.ndarray) -> tuple[float, float]:
    right = float((truth & kept).sum())
    return right / max(float(kept.sum()), 1), right / max(float(truth.sum()), 1)


def _toml(model: RelevanceModel) -> str:
    weights = "\n".join(
        f'"{name}" = {weight}' for name, weight in zip(FEATURES, model.weights, strict=True)
    )
    words, names = (
        "\n".join(f'"{word}" = {lift}' for word, lift in lifts.items())
        for lifts in (model.words, model.names)
    )
    return (
        "# Written by `python -m tools.relevance --write`: see there.\n"
        f"bias = {model.bias}\nprior = {list(model.prior)}\nthreshold = {model.threshold}\n\n"
        f"[weights]\n{weights}\n\n[words]\n{words}\n\n[names]\n{names}\n"
    )


def main() -> None:
    """Measures, and writes the model where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    every = list(items(asked.data))
    for name, parts in (("half", 2), ("sixth", 6)):
        found = measured(every, parts)
        clear = [judged for judged in found if not judged.item.doubtful]
        rows = {
            "all": scores(found),
            "without_doubtful": scores(clear),
            "as_run": scores(found, as_run=True),
            "as_run_without_doubtful": scores(clear, as_run=True),
            "general": scores([judged for judged in found if judged.is_general]),
            "general_without_doubtful": scores([one for one in clear if one.is_general]),
        }
        for row, scored in rows.items():
            sys.stdout.write(json.dumps({"by": name, "of": row, **scored}) + "\n")
        curve = {"by": name, "of": "reliability", "tenths": reliability(found)}
        sys.stdout.write(json.dumps(curve) + "\n")
    if asked.write:
        _MODEL.write_text(_toml(learnt([item for item in every if _is_known(item)])), "utf-8")


if __name__ == "__main__":
    main()
