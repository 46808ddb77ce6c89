"""Articles to stories: copies follow their origin, the rest joins the story whose articles it is most like.

What is placed stays where it is, and two stories never become one here. Articles that come in together are judged
together, so the order in which sources answered decides nothing. Only stories whose newest article is at most
`lookback_days` older can take an article.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from aggregator.cluster.copies import copies
from aggregator.cluster.evidence import weighed
from aggregator.cluster.item import Assignment, ClusterItem
from aggregator.cluster.linkage import linked
from aggregator.cluster.similarity import Pairs, alike_pairs, days, shared_words, term_vectors
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import ClusterSettings

THRESHOLD = 0.27  # of centroids; precision first: 1.00 of the pairs on ai-events are right (tests/quality would notice)

_FOUNDER = "first report"
_SEEN_AS_COPY = "origin of a copy that was here before it"


def assigned(pending: Sequence[ClusterItem], placed: Sequence[ClusterItem], settings: ClusterSettings) -> tuple[Assignment, ...]:
    """One assignment for each pending article, by date. A new story's id is made from its earliest article's, the founder."""
    known = {item.article_id for item in placed}
    arrived = [item for item in pending if item.article_id not in known]
    everything = sorted((*placed, *arrived), key=_by_date)
    found = copies(pending, placed)
    origin_of = {item.article_id: item.copy_of for item in placed if item.copy_of} | found
    originals = [item for item in everything if item.article_id not in origin_of]
    settled = _settled(placed, origin_of)
    pairs = _pairs(originals, float(settings.lookback_days))
    story_of = settled | _stories(originals, settled, pairs)
    reasons = _likeness(originals, story_of, pairs) | _copying(everything, found)
    return tuple(_assignment(item, story_of, origin_of, reasons) for item in sorted(arrived, key=_by_date))


def recredited(pending: Sequence[ClusterItem], placed: Sequence[ClusterItem]) -> tuple[Assignment, ...]:
    """The placed articles that turn out to be copies because an earlier original came in late; their stories stay."""
    reasons = _copying((*pending, *placed), found := copies(pending, placed))
    return tuple(
        _assignment(item, {}, found, reasons)
        for item in sorted(placed, key=_by_date)
        if item.article_id in found and item.story_id
    )


def _by_date(item: ClusterItem) -> tuple[datetime, str]:
    return item.published, item.article_id


def _settled(placed: Sequence[ClusterItem], origin_of: Mapping[str, str]) -> dict[str, str]:
    """The story of each placed article, and of an origin whose copy was placed before it."""
    settled = {item.article_id: item.story_id for item in placed if item.story_id}
    for item in sorted(placed, key=_by_date):
        if item.story_id and item.article_id in origin_of:
            settled.setdefault(origin_of[item.article_id], item.story_id)
    return settled


def _pairs(originals: Sequence[ClusterItem], window_days: float) -> Pairs:
    vectors = term_vectors(originals, window_days)
    return weighed(alike_pairs(vectors, days(originals), window_days), vectors, originals)


def _stories(originals: Sequence[ClusterItem], settled: Mapping[str, str], pairs: Pairs) -> dict[str, str]:
    """The story of each original: the settled one of its cluster, or a new one named after the cluster's earliest."""
    starts = [settled.get(item.article_id, item.article_id) for item in originals]
    number = {start: each for each, start in enumerate(dict.fromkeys(starts))}
    stories = set(settled.values())
    fixed = np.array([start in stories for start in number], dtype=bool)
    clusters = linked(pairs, np.array([number[start] for start in starts], dtype=np.int64), fixed, THRESHOLD).tolist()
    name: dict[int, str] = {}
    for cluster, item in zip(clusters, originals, strict=True):
        if item.article_id in settled:
            name[cluster] = settled[item.article_id]
        name.setdefault(cluster, stable_id("story", item.article_id))
    return {item.article_id: name[cluster] for cluster, item in zip(clusters, originals, strict=True)}


def _likeness(originals: Sequence[ClusterItem], story_of: Mapping[str, str], pairs: Pairs) -> dict[str, tuple[float, str]]:
    """For each original that shares its story, how like its nearest fellow it is, and by which words."""
    stories = [story_of[item.article_id] for item in originals]
    nearest: dict[int, tuple[float, int]] = {}
    for later, earlier, value in zip(pairs.later.tolist(), pairs.earlier.tolist(), pairs.values.tolist(), strict=True):
        if stories[later] == stories[earlier]:
            for one, other in ((later, earlier), (earlier, later)):
                if value > nearest.get(one, (0.0, 0))[0]:
                    nearest[one] = value, other
    return {
        originals[one].article_id: (value, _alike(originals[one], originals[other])) for one, (value, other) in nearest.items()
    }


def _alike(one: ClusterItem, other: ClusterItem) -> str:
    return f"like “{other.title}” ({', '.join(shared_words(one, other))})"


def _copying(everything: Sequence[ClusterItem], found: Mapping[str, str]) -> dict[str, tuple[float, str]]:
    titles = {item.article_id: item.title for item in everything}
    return {copy: (1.0, f"copy of “{titles.get(origin, origin)}”") for copy, origin in found.items()}


def _assignment(
    item: ClusterItem, story_of: Mapping[str, str], origin_of: Mapping[str, str], reasons: Mapping[str, tuple[float, str]]
) -> Assignment:
    origin = origin_of.get(item.article_id)
    story = item.story_id or story_of[origin or item.article_id]
    founded = story == stable_id("story", item.article_id)
    similarity, reason = (0.0, _FOUNDER) if founded else reasons.get(item.article_id, (1.0, _SEEN_AS_COPY))
    return Assignment(article_id=item.article_id, story_id=story, similarity=round(similarity, 3), reason=reason, copy_of=origin)
