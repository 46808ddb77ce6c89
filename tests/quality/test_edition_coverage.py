"""The coverage of editions counts what is known, shown and shown twice."""

from __future__ import annotations

from tools.edition_coverage import coverage


def test_an_item_is_covered_by_any_story_that_reports_it_and_unknown_ones_do_not_count() -> None:
    items = [{"item": name, "reported": [f"/{name}", f"/{name}2"]} for name in "abcd"]
    stories_at = {f"/{name}{n}": frozenset[str]() for name in "abcd" for n in ("", "2")}
    stories_at |= {"/a": frozenset("1"), "/a2": frozenset("2"), "/b": frozenset("3")}
    stories_at |= {"/c2": frozenset("4")}

    (found,) = coverage(
        [{"name": "Letter", "items": items}], stories_at, [frozenset("12"), frozenset("4")]
    )

    assert found == {
        "newsletter": "Letter",
        "items": 4,
        "known": 3,
        "covered": 2,
        "top": 3,
        "top_covered": 2,
        "missing": ["b"],
        "twice": ["a"],
    }
