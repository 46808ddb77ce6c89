"""Which stories are surely of one affair: what a page calls a step, before or next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.linkage import cluster_similarities
from aggregator.cluster.similarity.vectors import Pairs

# mean value of the pairs of two stories of one affair, a probability of 0.8: of labelled pairs so
# likely 96 % are of one affair (89 % at 0.7), on the half that nothing was fitted on
_SURE_AFFAIR = 0.627


def marks_of_affairs(
    items: Sequence[ClusterItem], story_of: Mapping[str, str], pairs: Pairs
) -> dict[str, tuple[str, ...]]:
    """Of each story a mark for each other that surely belongs to one affair with it, which both
    have; what it had in common with a story that is out of sight it keeps.
    """
    names = sorted({story_of[item.article_id] for item in items})
    number = {name: place for place, name in enumerate(names)}
    stories = np.array([number[story_of[item.article_id]] for item in items], dtype=np.int64)
    found: dict[str, set[str]] = {name: set() for name in names}
    for one, other, _ in cluster_similarities(pairs, stories, _SURE_AFFAIR):
        if one != other:
            for name in (names[one], names[other]):
                found[name].add(f"{names[one]}-{names[other]}")
    seen = {*names, *(item.story_id for item in items)}
    for item in items:
        name = story_of[item.article_id]
        found[name].update(
            mark for mark in item.affairs if not seen.issuperset({*mark.split("-")} - {name})
        )
    return {name: tuple(sorted(marks)) for name, marks in found.items()}
