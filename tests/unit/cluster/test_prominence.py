from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.cluster.rank import MOST, REACH, Prominence, week_start

WEDNESDAY = datetime(2026, 7, 8, 12, tzinfo=UTC)


def covered(*days: float, origins: int = 2) -> Prominence:
    """The prominence of Northwind by stories so many days before."""
    found = Prominence({})
    for some in days:
        found.add(["northwind"], WEDNESDAY - timedelta(days=some), origins)
    return found


def level(found: Prominence, key: str = "northwind") -> int:
    return found.best([key], WEDNESDAY)[0]


def test_each_doubling_of_earlier_coverage_is_a_level() -> None:
    assert [level(covered(*[7] * count)) for count in (0, 1, 3, 7, 1000)] == [0, 1, 2, 3, MOST]


def test_stories_of_the_same_week_or_later_change_nothing() -> None:
    assert level(covered(0, 2, -7)) == 0
    assert level(covered(3)) == 1  # the Sunday before


def test_coverage_of_long_ago_and_by_one_source_does_not_count() -> None:
    assert level(covered((REACH + timedelta(days=7)).days)) == 0
    assert level(covered(7, 7, 7, origins=1)) == 0


def test_a_version_of_a_model_has_the_seed_of_its_line() -> None:
    found = Prominence({"gpt": 7, "claude": 1})

    assert (level(found, "gpt-5-1"), level(found, "claude"), level(found, "grok")) == (3, 1, 0)


def test_the_best_of_several_subjects_counts_and_equals_go_by_key() -> None:
    found = Prominence({"gpt": 7, "claude": 7, "grok": 1})

    assert found.best(["grok", "gpt", "claude"], WEDNESDAY) == (3, "claude")
    assert found.best([], WEDNESDAY) == (0, "")


def test_a_week_begins_on_monday() -> None:
    assert week_start(WEDNESDAY) == datetime(2026, 7, 6, tzinfo=UTC)
