"""Fits the weights of importance, `aggregator/cluster/importance.toml`, on a peer's ratings.

    python -m tools.importance --data FOLDER

What each addend is worth on weeks left out: `python -m tests.quality.ablate --only ranking`.

FOLDER is like `../shared/corpus/digests/flyryan-ai-news`: its news and blogs are clustered by the
product's code, and the rating of a story is the highest of its items. Ridge regression on points
from 0 to 10, in which the best items stand apart: one weight for each kind of event and one for
each other addend. Issues of newsletters are no news and are not fitted on; weights that no label
tells (newsletters, communities, sources, how much was read) stay as they are in the file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from aggregator.cluster.assign import assignments
from aggregator.cluster.entities import (
    Gazetteer,
    entities_in,
    gazetteer,
    makers_in,
    tokens_of,
)
from aggregator.cluster.members import ClusterItem, members
from aggregator.cluster.rank import (
    WEIGHTS,
    Prominence,
    Standing,
    Weights,
    features,
    ranking,
    shipped_weights,
    story_signals,
)
from aggregator.cluster.similarity.copies import shingles
from aggregator.cluster.similarity.features import LEAD_WORDS
from aggregator.cluster.stage.tag import LEAD_WORDS as TAGGED_WORDS
from aggregator.cluster.topics import TopicCues, topic_cues, topic_points
from aggregator.config.registry_file import load_registry
from aggregator.domain.article import Article, Passage, Read
from aggregator.domain.dates import iso_week
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import ClusterSettings
from aggregator.domain.source import Lane, Source
from aggregator.domain.story import Entity, Member, Signals
from aggregator.domain.web.urls import host
from aggregator.english.event_kind import NO_NEWS, EventKind
from aggregator.extract.markup import plain
from aggregator.resources import DEFAULT_REGISTRY

FILES = ("news", "research-blogs")
_LANES = {
    "LessWrong": Lane.COMMUNITY,
    "Last Week in AI": Lane.LETTER,
    "Latent.Space": Lane.LETTER,
    "Hugging Face - Blog": Lane.LAB,
    "Google DeepMind News": Lane.LAB,
    "LangChain Blog": Lane.LAB,
}
_CITED = re.compile(r"#item-([0-9a-f]+)")
_L2 = 50.0  # of 8, 20 and 50 the best on the weeks left out
_STEEPNESS = 40.0  # ratings that double what an item is worth: the top of a list counts most
_NO_NEWS = ("kinds", "no news")
_EVENT_SPREAD = 0.25  # of the shares of all kinds: a rare kind must not gain by being rare
_MOST = 10.0  # points of an item rated 100; one rated 0 has none
_SET = "newsletters community source read announcement".split()
FITTED = "event actor magnitude subject origins".split()


@frozen
class RatedStory:
    """A story of a folder of digests: what the product knows of it, the highest rating of its
    items, and whether a digest's executive summary cites one of them.
    """

    id: str
    week: str
    headline: str
    members: tuple[Member, ...]
    signals: Signals
    standing: Standing
    rating: float
    is_cited: bool


def rated_stories(folder: Path) -> tuple[RatedStory, ...]:
    """The stories of a folder, by id."""
    items = _items(folder)
    cited = _cited(folder)
    sources = {name: _source(name) for name in sorted({item["source"] for item in items})}
    keys = {name: source.key for name, source in sources.items()}
    articles = {item["id"]: _article(item, keys[item["source"]]) for item in items}
    by_key = {source.key: source for source in sources.values()}
    placed = _clustered(tuple(articles.values()), by_key)
    registry = load_registry(DEFAULT_REGISTRY)
    reader = _Reader(gazetteer(registry), topic_cues(registry))
    rating = {item["id"]: float(item["peer_importance"]) for item in items}
    week = {item["id"]: iso_week(_day(item["day"]), ZoneInfo("UTC")) for item in items}
    grouped: dict[str, list[ClusterItem]] = defaultdict(list)
    for item in placed.values():
        grouped[item.story_id or item.article_id].append(item)
    signals, of_story = {}, {}
    prominence = Prominence(registry.prominence())
    for story_id, several in grouped.items():
        of_story[story_id] = members(
            [(articles[one.article_id], one.copy_of) for one in several], by_key
        )
        signals[story_id] = reader.signals([member.article for member in of_story[story_id]])
        prominence.add(
            signals[story_id].subjects,
            of_story[story_id][0].article.published.at,
            len({member.family for member in of_story[story_id]}),
        )
    found = []
    for story_id, several in sorted(grouped.items()):
        founder = of_story[story_id][0].article
        level, actor = prominence.best(signals[story_id].subjects, founder.published.at)
        found.append(
            RatedStory(
                id=story_id,
                week=week[founder.id],
                headline=founder.title,
                members=of_story[story_id],
                signals=signals[story_id],
                standing=Standing(level=level, actor=actor),
                rating=max(rating[one.article_id] for one in several),
                is_cited=any(one.article_id in cited for one in several),
            )
        )
    return tuple(found)


def rated_pools(folder: Path, grades: Mapping[str, float]) -> list[tuple[RatedStory, ...]]:
    """The graded items of each pool of a folder, each as a story of its own with its grade."""
    registry = load_registry(DEFAULT_REGISTRY)
    reader = _Reader(gazetteer(registry), topic_cues(registry))
    prominence = Prominence(registry.prominence())
    pools = []
    for file in sorted((folder / "groundtruth").glob("*.json")):
        labels = json.loads(file.read_text("utf-8"))["labels"]
        pool = json.loads((folder / "fixtures" / file.name).read_text("utf-8"))["pool"]
        by_id = {item["rawItemId"]: item for item in pool}
        pools.append(
            tuple(
                _graded(by_id[label["rawItemId"]], grades[label["tier"]], reader, prominence)
                for label in labels
                if label["rawItemId"] in by_id
            )
        )
    return pools


def _graded(
    item: Mapping[str, Any], grade: float, reader: _Reader, prominence: Prominence
) -> RatedStory:
    kind = item["sourceType"]
    lane = Lane.COMMUNITY if kind in ("reddit", "hackernews", "hn") else Lane.NEWS
    source = Source(key="pool", name=host(item["url"]), url=item["url"], lane=lane)
    linked = item.get("enrichedLink") or {}
    title = item["title"]
    if title.startswith("http") and linked.get("title"):
        title = linked["title"]
    article = _article(
        {
            "id": stable_id(item["url"]),
            "title": title,
            "url": item["url"],
            "text": item.get("content") or linked.get("markdown") or "",
            "published": item.get("publishedAt") or "2026-05-20T12:00:00+00:00",
            "day": "2026-05-20",
        },
        source.key,
    )
    signals = reader.signals([article])
    engagement = item.get("engagement") or {}
    signals = replace(
        signals, votes=engagement.get("points", 0) + engagement.get("commentCount", 0)
    )
    level, actor = prominence.best(signals.subjects, article.published.at)
    return RatedStory(
        id=article.id,
        week="",
        headline=title,
        members=members([(article, None)], {source.key: source}),
        signals=signals,
        standing=Standing(level=level, actor=actor),
        rating=grade,
        is_cited=False,
    )


class _Reader:
    """Reads the signals of articles as the tag stage does."""

    def __init__(self, names: Gazetteer, about: TopicCues) -> None:
        self._names, self._about = names, about

    def signals(self, articles: Sequence[Article]) -> Signals:
        titled: list[tuple[Entity, ...]] = []
        points = []
        for article in articles:
            title = tokens_of(article.title)
            lead = tokens_of(" ".join(article.text.split()[:TAGGED_WORDS]))
            in_title, in_lead = entities_in(title, self._names), entities_in(lead, self._names)
            titled.append((*in_title, *makers_in(title, self._names)))
            points.append(topic_points(title, lead, in_title, in_lead, self._about))
        return story_signals(articles, titled, points)


def importances(stories: Sequence[RatedStory], weights: Weights) -> Any:
    """The importance of each story by these weights, in order."""
    return np.array(
        [
            ranking(story.members, story.signals, story.standing, weights).importance
            for story in stories
        ]
    )


def fitted(stories: Sequence[RatedStory], without: str = "") -> Weights:
    """The shipped weights with those fitted on these stories in their place; those of the table
    `without` are 0.
    """
    weights: dict[str, dict[str, float]] = {
        table: dict(values) for table, values in shipped_weights().items()
    }
    stories = [story for story in stories if story.members[0].lane is not Lane.LETTER]
    rows = [features(story.members, story.signals, story.standing) for story in stories]
    names = [("event", kind.value) for kind in EventKind]
    names += sorted({name for row in rows for name in row} - set(names))
    names = [name for name in names if name[0] != without]
    matrix = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    # what is no news has a weight in common: of some kinds, as promotion, a digest has hardly any
    is_no_news = np.array([table == "event" and key in NO_NEWS for table, key in names])
    names.append(_NO_NEWS)
    matrix = np.column_stack([matrix, matrix[:, is_no_news].sum(axis=1)])
    ratings = np.array([story.rating for story in stories])
    wanted = _MOST * (2 ** (ratings / _STEEPNESS) - 1) / (2 ** (100 / _STEEPNESS) - 1)
    mean = wanted.mean()
    spread = matrix.std(axis=0) + 1e-9
    is_event = np.array([name[0] in ("event", _NO_NEWS[0]) for name in names])
    spread[is_event] = _EVENT_SPREAD
    scaled = matrix / spread
    centred = scaled - scaled.mean(axis=0)
    gram = centred.T @ centred + _L2 * np.eye(len(names))
    solved = np.linalg.solve(gram, centred.T @ (wanted - mean)) / spread
    base = mean - matrix.mean(axis=0) @ solved
    for table in FITTED:
        weights[table] = {}
    common = float(solved[-1])
    for (table, key), weight in zip(names[:-1], solved[:-1] + common * is_no_news, strict=True):
        # the shares of the kinds add up to 1, so the constant is part of each of them
        weights[table][key] = round(float(weight + (base if table == "event" else 0.0)), 3)
    for table, key in (("actor", "doubling"), ("magnitude", "tenfold"), ("subject", "doubling"),
                       ("origins", "doubling")):  # fmt: skip
        weights[table].setdefault(key, 0.0)
    for kind in EventKind:
        weights["event"].setdefault(kind.value, round(float(base), 3))
    return weights


def cross_fitted(
    stories: Sequence[RatedStory], fit: Callable[[Sequence[RatedStory]], Weights] = fitted
) -> Any:
    """The importance of each story by weights fitted without its week."""
    found = np.zeros(len(stories))
    weeks = np.array([story.week for story in stories])
    for week in sorted(set(weeks)):
        weights = fit([story for story in stories if story.week != week])
        found[weeks == week] = importances(
            [story for story in stories if story.week == week], weights
        )
    return found


def _items(folder: Path) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in FILES:
        for file in sorted(folder.glob(f"{name}-*.jsonl.gz")):
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                for item in map(json.loads, lines):
                    found.setdefault(item["id"], item)
    return [item for _, item in sorted(found.items())]


def _cited(folder: Path) -> frozenset[str]:
    """The items that an executive summary cites."""
    with (folder / "daily_summaries.jsonl").open(encoding="utf-8") as lines:
        summaries = [json.loads(line)["executive_summary"] for line in lines]
    return frozenset(key for summary in summaries for key in _CITED.findall(summary))


def _source(name: str) -> Source:
    key = stable_id("source", name)
    return Source(
        key=key,
        name=name,
        url=f"https://{key}.example/feed",
        lane=_LANES.get(name, Lane.NEWS),
        family=key,
    )


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text[:10]), datetime.min.time(), UTC)


def _article(item: Mapping[str, Any], source_key: str) -> Article:
    text = plain(item["text"])
    published = datetime.fromisoformat(item["published"])
    published = published.replace(tzinfo=UTC) if published.tzinfo is None else published
    day = _day(item["day"])
    key = str(item["id"])
    return Article(
        id=key,
        version=1,
        source_key=source_key,
        url=item["url"],
        canonical_url=item["url"],
        title=plain(item["title"]),
        published=EntryDate(at=published, origin=DateOrigin.FEED),
        first_seen=day,
        read=Read.FULL,
        passages=(
            Passage(article_id=key, version=1, n=0, text=item["title"]),
            Passage(article_id=key, version=1, n=1, text=text),
        ),
        language="en",
    )


def _clustered(
    articles: Sequence[Article], sources: Mapping[str, Source]
) -> dict[str, ClusterItem]:
    """Where the product puts each article, all of them at once."""
    items = tuple(
        ClusterItem(
            article_id=member.article.id,
            title=member.article.title,
            lead=" ".join(member.article.text.split()[:LEAD_WORDS]),
            shingles=shingles(member.article.text),
            published=member.article.published.at,
            source_key=member.article.source_key,
            family=member.family,
            lane=member.lane,
            canonical_url=member.article.canonical_url,
            story_id=None,
            storyline=None,
            copy_of=None,
        )
        for member in members([(article, None) for article in articles], sources)
    )
    spot = {one.article_id: one for one in assignments(items, (), ClusterSettings(), None)}
    return {
        item.article_id: replace(
            item,
            story_id=spot[item.article_id].story_id,
            storyline=spot[item.article_id].storyline,
            copy_of=spot[item.article_id].copy_of,
        )
        for item in items
    }


def write_weights(weights: Weights) -> None:
    """Writes the file of weights, the fitted ones first."""
    lines = [
        "# The weights of importance, in points: 10 for a story that a peer rated 100, 0 for 0.",
        "# Fitted by `python -m tools.importance` on a peer's ratings, as its docstring says:",
    ]
    for table in (*FITTED, *_SET):
        lines += (
            ["# Set, as no label tells them; a newsletter that leads with a story counts twice:"]
            if table == _SET[0]
            else []
        )
        lines.append(f"[{table}]")
        lines += [f"{json.dumps(key)} = {weight}" for key, weight in weights[table].items()]
    WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")
    tomllib.loads(WEIGHTS.read_text("utf-8"))


def main() -> None:
    """Fits the weights on all weeks and writes them."""
    parser = argparse.ArgumentParser(prog="tools.importance")
    parser.add_argument("--data", type=Path, required=True)
    write_weights(fitted(rated_stories(parser.parse_args().data)))


if __name__ == "__main__":
    main()
