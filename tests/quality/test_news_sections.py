"""How sections are scored, and that no publisher is on both sides of a fold."""

from __future__ import annotations

import csv

import pytest

from aggregator.config.registry_file import load_registry
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.english.event_kind import EventKind
from aggregator.resources import DEFAULT_REGISTRY
from tools.linear_fit import even_weights, examples, publishers
from tools.news_sections import LABELS, Labelled, scores


def of(*sections: str) -> Labelled:
    return Labelled(sections=sections, fold=0, whole={}, headline={})


def test_the_second_section_of_a_report_is_as_right_as_the_first() -> None:
    found = scores(
        [
            (of("law", "money"), "money"),
            (of("law"), "law"),
            (of("law"), "work"),
            (of("work"), "work"),
        ]
    )

    assert found["accuracy"] == 0.75
    assert found["sections"]["law"] == {
        "reports": 3,
        "precision": 1.0,
        "recall": 0.667,
        "wrongly in": {"work": 1},
    }
    assert found["sections"]["work"]["precision"] == 0.5
    assert found["sections"]["models"]["recall"] is None


def test_hosts_with_four_headlines_in_common_are_one_publisher() -> None:
    found = {
        f"{host} {number}": (f"https://{host}/{number}", f"Report {number}", "")
        for host, last in (("a.example", 4), ("b.example:80", 4), ("c.example", 3))
        for number in range(last)
    }
    publisher_of = publishers(found)

    assert publisher_of["a.example 0"] == publisher_of["b.example:80 3"]
    assert publisher_of["c.example 0"] == "c.example"


def test_all_labels_are_sections() -> None:
    known = set(NewsSection)
    with LABELS.open(encoding="utf-8") as lines:
        labels = [(row["section"], row["second"]) for row in csv.DictReader(lines)]

    assert {first for first, _ in labels} <= known
    assert {second for _, second in labels} <= known | {""}
    assert all(first != second for first, second in labels)


def test_all_labels_of_examples_are_known() -> None:
    kinds = {row["kind"] for row in examples("kind")}
    sections = {row["section"] for row in examples("section")}
    about = {topic for row in examples("topics") for topic in row["topics"].split()}

    assert kinds == set(EventKind)
    assert sections == set(NewsSection)
    assert about == {*load_registry(DEFAULT_REGISTRY).topic, "none"}


def test_a_report_counts_less_if_its_publisher_has_more_of_them() -> None:
    weights = even_weights([*["often.example"] * 4, "rare.example"])

    assert weights == pytest.approx([5 / 6, 5 / 6, 5 / 6, 5 / 6, 5 / 3])
