"""Assigns articles to stories and storylines: copies follow their origin, the rest joins the most
similar.

A story holds the reports of one event, a storyline the stories that one affair makes over weeks.
Both are clusters of the same pairs, cut at two heights. A storyline drifts from one thing to the
next, so what a page calls a step is only another story that is surely of one affair with it. New
articles are clustered together with the storylines that they touch, whose articles are clustered
again, so a late article can join two stories or part them, and the order of arrival hardly matters.
A story keeps its id as long as the article that founded it, and what is older than `lookback_days`
stays as it is.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np

from aggregator.cluster.affairs import marks_of_affairs
from aggregator.cluster.members import Assignment, ClusterItem
from aggregator.cluster.same_event import (
    BorderlinePair,
    borderline_pairs,
    with_judgements,
)
from aggregator.cluster.similarity.copies import copies
from aggregator.cluster.similarity.event_similarity import (
    AFFAIR,
    EVENT,
    EmbeddingBlend,
    Level,
    copy_reasons,
    event_and_affair_pairs,
    similarity_reasons,
    with_embeddings,
)
from aggregator.cluster.similarity.features import with_terms
from aggregator.cluster.similarity.lexicon import Ints
from aggregator.cluster.similarity.linkage import linked_clusters, mergeable_stories
from aggregator.cluster.similarity.vectors import (
    Pairs,
    similar_pairs,
    touched,
    vectors,
)
from aggregator.domain.article import Judgement
from aggregator.domain.ids import stable_id
from aggregator.domain.settings import ClusterSettings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _FreePairs:
    """Rows that stay apart, and the pairs of them that need not."""

    founders: Ints
    pairs: tuple[Ints, Ints]


_NO_ROWS = np.array([], dtype=np.int64)
_ALL_FREE = _FreePairs(founders=_NO_ROWS, pairs=(_NO_ROWS, _NO_ROWS))

# a storyline is clustered again if one of its articles is this similar to a new one, faded to a
# third in a week; from 0.12 on, the order of arrival matters
_TOUCH, _DECAY_DAYS = 0.1, 7.0
_AT_ONCE = 8_192  # articles clustered together, which bounds the memory; more come in slices

_Spot = tuple[str, str, tuple[str, ...], str | None]  # story, storyline, affairs, origin
_FOUNDER = "first report"
_SEEN_AS_COPY = "origin of a copy that was here before it"


def assignments(
    pending: Sequence[ClusterItem],
    placed: Sequence[ClusterItem],
    settings: ClusterSettings,
    blend: EmbeddingBlend | None = None,
    judgements: Sequence[Judgement] = (),
) -> tuple[Assignment, ...]:
    """One assignment for each pending article, and one for each placed article that moves or turns
    out a copy; by date.

    `blend` is how the articles' vectors are used, None if they are not; `judgements` are a model's
    answers about undecided pairs.
    """
    window = timedelta(days=settings.lookback_days)
    here = {item.article_id: item for item in with_terms(placed)}
    arrived = _new_items(with_terms(pending), here)
    decided: dict[str, Assignment] = {}
    for start in range(0, len(arrived), _AT_ONCE):
        some = arrived[start : start + _AT_ONCE]
        near = [
            item
            for item in here.values()
            if some[0].published - window <= item.published <= some[-1].published + window
        ]
        for assignment in _assignments(
            _clustering(some, near, float(settings.lookback_days), blend, judgements), judgements
        ):
            decided[assignment.article_id] = assignment
        is_last = start + _AT_ONCE >= len(arrived)
        for item in () if is_last else (*some, *near):
            if known := decided.get(item.article_id):
                here[item.article_id] = replace(
                    item,
                    story_id=known.story_id,
                    storyline=known.storyline,
                    affairs=known.affairs,
                    copy_of=known.copy_of,
                )
    there = {item.article_id: item.published for item in (*placed, *arrived)}
    dates = {article_id: (there[article_id], article_id) for article_id in decided}
    return tuple(decided[article_id] for article_id in sorted(decided, key=dates.__getitem__))


def undecided_pairs(
    pending: Sequence[ClusterItem],
    placed: Sequence[ClusterItem],
    settings: ClusterSettings,
    judgements: Sequence[Judgement] = (),
) -> tuple[BorderlinePair, ...]:
    """Pairs of articles that their words leave undecided and that nobody judged, the most similar
    stories first.

    None for a backlog of thousands, which is left to words alone.
    """
    window = timedelta(days=settings.lookback_days)
    arrived = _new_items(pending, {item.article_id for item in placed})
    if not 0 < len(arrived) <= _AT_ONCE:
        return ()
    near = [
        item
        for item in placed
        if arrived[0].published - window <= item.published <= arrived[-1].published + window
    ]
    clustering = _clustering(arrived, near, float(settings.lookback_days), None, judgements)
    stories = [clustering.story_of[item.article_id] for item in clustering.items]
    known = {(judgement.one, judgement.other) for judgement in judgements}
    return tuple(
        pair
        for pair in borderline_pairs(clustering.items, stories, clustering.pairs)
        if (pair.one, pair.other) not in known
    )


def _new_items(pending: Sequence[ClusterItem], here: Container[str]) -> list[ClusterItem]:
    return sorted((item for item in pending if item.article_id not in here), key=_by_date)


@lru_cache(maxsize=32_768)
def _own_story(article_id: str) -> str:
    """The id of the story that an article founds."""
    return stable_id("story", article_id)


def _by_date(item: ClusterItem) -> tuple[datetime, str]:
    return item.published, item.article_id


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Clustering:
    """The articles that are clustered together, with the story and storyline of all, and the pairs
    of `items` that decided.

    `origin_of` are all copies, `found` those that were found now.
    """

    everything: list[ClusterItem]
    found: dict[str, str]
    origin_of: dict[str, str]
    items: list[ClusterItem]
    pairs: Pairs
    story_of: dict[str, str]
    storyline_of: dict[str, str]
    affairs_of: dict[str, tuple[str, ...]]


def _clustering(
    arrived: Sequence[ClusterItem],
    placed: Sequence[ClusterItem],
    window_days: float,
    blend: EmbeddingBlend | None,
    judgements: Sequence[Judgement],
) -> _Clustering:
    everything = sorted((*placed, *arrived), key=_by_date)
    found = copies(arrived, placed)
    origin_of = {item.article_id: item.copy_of for item in placed if item.copy_of} | found
    originals = [item for item in everything if item.article_id not in origin_of]
    story_of = _known_stories(placed, origin_of)
    storyline_of = {
        item.story_id: item.storyline or item.story_id for item in placed if item.story_id
    }
    items, events, affairs = _clustered_items(originals, story_of, storyline_of, window_days, blend)
    events = with_judgements(events, items, judgements)
    story_of |= _stories(items, story_of, events)
    storyline_of |= _storylines(items, story_of, storyline_of, affairs)
    return _Clustering(
        everything=everything,
        found=found,
        origin_of=origin_of,
        items=items,
        pairs=events,
        story_of=story_of,
        storyline_of=storyline_of,
        affairs_of=marks_of_affairs(items, story_of, affairs),
    )


def _assignments(clustering: _Clustering, judgements: Sequence[Judgement]) -> list[Assignment]:
    """The assignment of each article that is new, moves, or turns out a copy."""
    decided = {item.article_id: _decision(item, clustering) for item in clustering.everything}
    news = [
        item
        for item in clustering.everything
        if decided[item.article_id]
        != (item.story_id, item.storyline or item.story_id, item.affairs, item.copy_of)
    ]
    judge_of = {
        (judgement.one, judgement.other): judgement.by for judgement in judgements if judgement.same
    }
    alike = similarity_reasons(
        clustering.items,
        {item.article_id for item in news},
        clustering.story_of,
        clustering.pairs,
        judge_of,
    )
    reasons = alike | copy_reasons(clustering.everything, clustering.found)
    return [_assignment(item.article_id, decided[item.article_id], reasons) for item in news]


def _known_stories(placed: Sequence[ClusterItem], origin_of: Mapping[str, str]) -> dict[str, str]:
    """The story of each placed article, and of an origin whose copy was placed before it."""
    settled = {item.article_id: item.story_id for item in placed if item.story_id}
    for item in sorted(placed, key=_by_date):
        if item.story_id and item.article_id in origin_of:
            settled.setdefault(origin_of[item.article_id], item.story_id)
    return settled


def _clustered_items(
    originals: Sequence[ClusterItem],
    story_of: Mapping[str, str],
    storyline_of: Mapping[str, str],
    window_days: float,
    blend: EmbeddingBlend | None,
) -> tuple[list[ClusterItem], Pairs, Pairs]:
    """The new originals with the articles of all storylines that they touch, and the pairs among
    them as reports of one event and as stories of one affair.
    """
    found = vectors(originals, window_days)
    storyline = [storyline_of.get(story_of.get(item.article_id, "")) for item in originals]
    new = np.array([row for row, line in enumerate(storyline) if line is None], dtype=np.int64)
    is_touched = touched(found, new, window_days, _DECAY_DAYS, _TOUCH)
    lines = {storyline[row] for row in np.flatnonzero(is_touched).tolist()}
    rows = np.array(
        [row for row, line in enumerate(storyline) if line is None or line in lines], dtype=np.int64
    )
    items = [originals[row] for row in rows.tolist()]
    among = found.of(rows)
    alike = similar_pairs(among, np.arange(len(rows)), window_days)
    event, affair = event_and_affair_pairs(alike, among, items)
    return items, event, with_embeddings(affair, items, blend)


def _stories(
    items: Sequence[ClusterItem], story_of: Mapping[str, str], pairs: Pairs
) -> dict[str, str]:
    """The story of each article."""
    homes = [story_of.get(item.article_id) for item in items]
    own = [_own_story(item.article_id) for item in items]
    free = _free_pairs(homes, own, pairs)
    units = [(None, row) for row in range(len(items))]
    named = _clustered(homes, own, units, pairs, EVENT, free)
    return {item.article_id: name for item, name in zip(items, named, strict=True)}


def _free_pairs(homes: Sequence[str | None], own: Sequence[str], pairs: Pairs) -> _FreePairs:
    """The founders of existing stories, and which pairs of them may merge."""
    founders = {name: row for row, name in enumerate(own) if homes[row] == name}
    numbers = {name: number for number, name in enumerate(founders)}
    rows = np.fromiter(founders.values(), dtype=np.int64, count=len(founders))
    known_stories = np.array([numbers.get(home or "", -1) for home in homes], dtype=np.int64)
    one, other = mergeable_stories(pairs, known_stories, EVENT.threshold)
    return _FreePairs(founders=rows, pairs=(rows[one], rows[other]))


def _storylines(
    items: Sequence[ClusterItem],
    story_of: Mapping[str, str],
    storyline_of: Mapping[str, str],
    pairs: Pairs,
) -> dict[str, str]:
    """The storyline of each story, which is in it as a whole."""
    stories = [story_of[item.article_id] for item in items]
    homes = [storyline_of.get(story) for story in stories]
    units = [(story, 0) for story in stories]
    named = _clustered(homes, stories, units, pairs, AFFAIR, _ALL_FREE)
    return dict(zip(stories, named, strict=True))


def _clustered(
    homes: Sequence[str | None],
    own: Sequence[str],
    units: Sequence[tuple[str | None, int]],
    pairs: Pairs,
    level: Level,
    free: _FreePairs,
) -> list[str]:
    """The name of each row's cluster. `homes` are the names that rows had, `own` those that they
    would found.

    Rows of one unit stay together. So do those of a home whose founder is not among the rows: too
    much of it is out of sight to be clustered again, and two such homes never join; nor do
    `free.founders`, but for its pairs.
    """
    if not own:
        return []
    founders = {name: row for row, name in reversed([*enumerate(own)])}
    whole = {home for home in homes if home and home not in founders}
    starts: dict[tuple[str | None, int], int] = {}
    seats = {home: number for number, home in enumerate(sorted(whole))}
    for home, unit in zip(homes, units, strict=True):
        if home in seats:
            starts.setdefault(unit, seats[home])
    for unit in units:
        starts.setdefault(unit, len(seats) + len(starts))
    numbers = {start: number for number, start in enumerate(sorted(set(starts.values())))}
    seeds = np.array([numbers[starts[unit]] for unit in units], dtype=np.int64)
    fixed = np.array([start < len(seats) for start in numbers], dtype=bool)
    fixed[seeds[free.founders]] = True
    clusters = linked_clusters(
        pairs,
        seeds,
        fixed,
        level.threshold,
        (seeds[free.pairs[0]], seeds[free.pairs[1]]),
        level.floor,
    ).tolist()
    name: dict[int, str] = {}
    for cluster, home in zip(clusters, homes, strict=True):
        if home in whole:
            name.setdefault(cluster, home)
    taken = set(homes)
    for cluster, own_name in zip(clusters, own, strict=True):
        if own_name in taken:
            name.setdefault(cluster, own_name)
    for cluster, own_name in zip(clusters, own, strict=True):
        name.setdefault(cluster, own_name)
    return [name[cluster] for cluster in clusters]


def _decision(item: ClusterItem, clustering: _Clustering) -> _Spot:
    """Where an article goes: a copy where its origin goes."""
    origin = clustering.origin_of.get(item.article_id)
    story_of = clustering.story_of
    story = story_of.get(origin or item.article_id) or story_of[item.article_id]
    affairs = clustering.affairs_of.get(story, item.affairs)
    return story, clustering.storyline_of.get(story, story), affairs, origin


def _assignment(
    article_id: str, spot: _Spot, reasons: Mapping[str, tuple[float, str]]
) -> Assignment:
    story, storyline, affairs, origin = spot
    is_founder = story == _own_story(article_id)
    similarity, reason = (
        (0.0, _FOUNDER) if is_founder else reasons.get(article_id, (1.0, _SEEN_AS_COPY))
    )
    return Assignment(
        article_id=article_id,
        story_id=story,
        storyline=storyline,
        similarity=round(similarity, 3),
        reason=reason,
        affairs=affairs,
        copy_of=origin,
    )
