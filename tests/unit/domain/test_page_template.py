"""What is known of a publisher's pages, and when it comes into force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

from aggregator.domain.page_template import LEAST_PAGES, Layout, Sighting, Template, template

DAY, NEXT = date(2026, 1, 5), date(2026, 1, 6)
PATHS = {
    "div.page/main/p": (9, 0),
    "div.page/main/h2": (2, 0),
    "div.page/main/aside/p": (0, 3),
    "div.page/nav/li": (0, 7),
}
PAGE = Sighting(pages=1, paths=PATHS)


def layout(*sightings: Sighting) -> Layout:
    """One that saw these pages in a day."""
    found = Layout(day=DAY)
    for sighting in sightings:
        found = found.seen(sighting)
    return found


def test_pages_of_earlier_days_make_a_template() -> None:
    assert template(layout(*[PAGE] * LEAST_PAGES).on(NEXT)) == Template(
        text=frozenset({"div.page/main/p", "div.page/main/h2"}),
        rest=frozenset({"div.page/main/aside/p", "div.page/nav/li"}),
        empty=frozenset(
            {"div.page/main/aside", "div.page/main/aside/p", "div.page/nav", "div.page/nav/li"}
        ),
        root="div.page/main",
    )


def test_pages_of_the_same_day_do_not_count_yet() -> None:
    assert template(layout(*[PAGE] * LEAST_PAGES).on(DAY)) is None


def test_too_few_pages_make_no_template() -> None:
    assert template(layout(*[PAGE] * (LEAST_PAGES - 1)).on(NEXT)) is None


def test_the_order_of_pages_does_not_matter() -> None:
    pages = (
        PAGE,
        Sighting(odd=1),
        Sighting(pages=1, paths={"div.page/main/p": (1, 1), "ul/li": (0, 1)}),
    )

    assert (
        len(
            {
                repr(sorted(layout(*permutation).on(NEXT).known.paths.items()))
                for permutation in permutations(pages)
            }
        )
        == 1
    )


def test_a_path_that_is_text_here_and_none_there_belongs_to_neither() -> None:
    mixed = replace(PAGE, paths={**PATHS, "div.page/main/nav/li": (1, 1)})
    found = template(layout(*[mixed] * LEAST_PAGES).on(NEXT))

    assert found is not None
    assert [
        paths for paths in (found.text, found.rest, found.empty) if "div.page/main/nav/li" in paths
    ] == []


def test_a_publisher_whose_pages_are_often_odd_is_forgotten() -> None:
    found = layout(*[PAGE] * LEAST_PAGES, *[Sighting(odd=1)] * 4).on(NEXT)

    assert (template(found), found.known) == (None, Sighting())


def test_old_pages_count_less_so_that_a_new_design_can_win() -> None:
    found = layout(*[PAGE] * 600).on(NEXT)

    assert (found.known.pages, found.known.paths["div.page/main/p"]) == (300, (2700, 0))
