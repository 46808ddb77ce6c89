"""Why an article is assigned to its story, in words: what it copies, or what it is similar to."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import numpy as np

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.vectors import Pairs, shared_words


def similarity_reasons(
    items: Sequence[ClusterItem],
    wanted: Container[str],
    story_of: Mapping[str, str],
    pairs: Pairs,
    judge_of: Mapping[tuple[str, str], str],
) -> dict[str, tuple[float, str]]:
    """For each wanted article that shares its story, its similarity to the nearest other article
    of it, and why: the shared words, or the model that answered.
    """
    number: dict[str, int] = {}
    stories = np.array(
        [number.setdefault(story_of[item.article_id], len(number)) for item in items],
        dtype=np.int64,
    )
    is_wanted = np.array([item.article_id in wanted for item in items], dtype=bool)
    nearest: dict[int, tuple[float, int]] = {}
    for rows, others in ((pairs.later, pairs.earlier), (pairs.earlier, pairs.later)):
        fellows = np.flatnonzero((stories[rows] == stories[others]) & is_wanted[rows])
        for one, other, value in zip(
            *(column[fellows].tolist() for column in (rows, others, pairs.values)), strict=True
        ):
            if value > nearest.get(one, (0.0, 0))[0]:
                nearest[one] = value, other
    near = [(items[one], items[other]) for one, (_, other) in nearest.items()]
    return {
        one.article_id: (value, _similarity_reason(one, other, words, judge_of))
        for (one, other), (value, _), words in zip(
            near, nearest.values(), shared_words(near), strict=True
        )
    }


def _similarity_reason(
    one: ClusterItem,
    other: ClusterItem,
    words: Sequence[str],
    judge_of: Mapping[tuple[str, str], str],
) -> str:
    first, second = sorted((one.article_id, other.article_id))
    if judge := judge_of.get((first, second)):
        return f"of one event with “{other.title}”, as {judge} judged when asked"
    return f"similar to “{other.title}” ({', '.join(words)})"


def copy_reasons(
    everything: Sequence[ClusterItem], found: Mapping[str, str]
) -> dict[str, tuple[float, str]]:
    """For each new copy a similarity of 1, and the title of its origin."""
    titles = {item.article_id: item.title for item in everything}
    return {
        copy: (1.0, f"copy of “{titles.get(origin, origin)}”") for copy, origin in found.items()
    }
