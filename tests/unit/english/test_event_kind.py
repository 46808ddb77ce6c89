from __future__ import annotations

import pytest

from aggregator.english.event_kind import EventKind, event_features, event_kinds


@pytest.mark.parametrize(
    ("headline", "kind"),
    [
        ("Northwind Raises $80 Million in Series B", EventKind.FUNDING),
        ("Northwind Releases Aurora-7B: A New Open Reasoning Model", EventKind.MODEL_RELEASE),
        ("How to Build a Retrieval Agent with LangGraph", EventKind.HOW_TO),
        ("Last Week in AI #401 - Chips, robots, a lawsuit", EventKind.ROUNDUP),
        ("I built a local tool to browse my Claude Code history", EventKind.SHOWCASE),
    ],
)
def test_a_plain_headline_has_its_kind(headline: str, kind: EventKind) -> None:
    shares = event_kinds(headline, "", "")

    assert max(shares, key=lambda one: shares[one]) is kind


def test_the_shares_of_all_kinds_add_up_to_one() -> None:
    shares = event_kinds("Northwind opens a laboratory", "It does research there.", "")

    assert set(shares) == set(EventKind)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_figures_versions_and_amounts_are_read_by_their_shape() -> None:
    one = event_features("Northwind raises $4.5bn for Aurora 3.1", "", "")

    assert {"<money>", "<version>", "^northwind"} <= one
    assert not any(word[-1].isdigit() for word in one)


@pytest.mark.parametrize(
    ("address", "folders"),
    [
        (
            "https://status.lab.example/incidents/42/a-long-title?page=2",
            {"/incidents", "//status"},
        ),
        ("https://www.lab.example/customers/northwind", {"/customers"}),
        ("https://lab.example/northwind/", set()),
        ("", set()),
    ],
)
def test_where_a_report_is_filed_is_a_feature_of_it(address: str, folders: set[str]) -> None:
    found = event_features("", "", address)

    assert {one for one in found if one.startswith("/")} == folders
