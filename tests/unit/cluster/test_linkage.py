from __future__ import annotations

import numpy as np

from aggregator.cluster.similarity.linkage import linked_clusters
from aggregator.cluster.similarity.vectors import Pairs


def pairs(*triples: tuple[int, int, float]) -> Pairs:
    later, earlier, values = zip(*triples, strict=True)
    return Pairs(
        later=np.array(later), earlier=np.array(earlier), values=np.array(values, dtype=np.float64)
    )


def clusters(
    n: int,
    found: Pairs,
    *,
    seeds: list[int] | None = None,
    fixed: tuple[int, ...] = (),
    free: tuple[tuple[int, int], ...] = (),
) -> list[int]:
    start = np.array(seeds if seeds is not None else range(n), dtype=np.int64)
    flags = np.isin(np.arange(start.max() + 1), fixed)
    both = np.array([*free, *((other, one) for one, other in free)], dtype=np.int64).reshape(-1, 2)
    return [
        int(cluster)
        for cluster in linked_clusters(found, start, flags, 0.5, (both[:, 0], both[:, 1]))
    ]


def test_pairs_that_are_alike_enough_are_joined() -> None:
    assert clusters(4, pairs((1, 0, 0.9), (3, 2, 0.6), (2, 1, 0.2))) == [0, 0, 1, 1]


def test_a_chain_of_neighbours_is_not_one_cluster() -> None:
    assert clusters(4, pairs((1, 0, 0.9), (2, 1, 0.6), (3, 2, 0.9))) == [0, 0, 1, 1]


def test_one_veto_keeps_whole_clusters_apart() -> None:
    assert clusters(
        4, pairs((1, 0, 0.9), (3, 2, 0.9), (2, 0, 0.8), (2, 1, 0.8), (3, 1, 0.8), (3, 0, -1.0))
    ) == [0, 0, 1, 1]


def test_two_fixed_clusters_never_join_and_a_newcomer_joins_the_nearer() -> None:
    found = pairs((1, 0, 0.9), (2, 0, 0.7), (2, 1, 0.8))

    assert clusters(3, found, fixed=(0, 1)) == [0, 1, 1]


def test_a_cluster_that_joined_a_fixed_one_is_fixed() -> None:
    found = pairs((1, 0, 0.95), (2, 1, 0.9), (3, 2, 0.95))

    assert clusters(4, found, fixed=(0, 3)) == [0, 0, 1, 1]


def test_fixed_clusters_join_where_they_are_free_to_each_with_each() -> None:
    found = pairs((1, 0, 0.9), (2, 0, 0.9), (2, 1, 0.9))

    assert clusters(3, found, fixed=(0, 1, 2), free=((0, 1),)) == [0, 0, 1]
    assert clusters(3, found, fixed=(0, 1, 2), free=((0, 1), (0, 2))) == [0, 0, 1]
    assert clusters(3, found, fixed=(0, 1, 2), free=((0, 1), (0, 2), (1, 2))) == [0, 0, 0]


def test_rows_that_start_together_stay_together() -> None:
    assert clusters(3, pairs((2, 0, 0.1)), seeds=[0, 0, 1]) == [0, 0, 1]


def test_ties_are_broken_by_the_smaller_row() -> None:
    assert clusters(3, pairs((1, 0, 0.6), (2, 0, 0.6), (2, 1, 0.0))) == [0, 0, 1]
