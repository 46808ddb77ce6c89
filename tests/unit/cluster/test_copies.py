from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.cluster.members import ClusterItem
from aggregator.cluster.similarity.copies import copies, shingles
from tests.unit.cluster.makers import item


def prose(start: int, words: int) -> str:
    """Made-up prose that repeats no run of five words."""
    return " ".join(f"w{n * 7919 % 10007}x" for n in range(start, start + words))


LONG = prose(0, 400)
ORIGINAL = item("a", "Acme opens a plant in Turin", text=LONG)
TITLE = "Acme opens a plant in Turin after long delay"
LEAD = "The maker of robots said on Friday that the first line would start in spring, a year late."


def reprint(article_id: str, **changes: object) -> ClusterItem:
    made = item(
        article_id,
        "Robots: Turin gets its plant",
        hours=5,
        text=prose(0, 150) + " This text was supplied by a partner.",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_shortened_reprint_with_a_line_of_its_own_is_a_copy() -> None:
    assert copies([reprint("b"), ORIGINAL], []) == {"b": "a"}


def test_a_copy_of_a_copy_points_at_the_origin() -> None:
    shorter = reprint(
        "c", shingles=shingles(prose(0, 90)), published=reprint("b").published.replace(hour=20)
    )

    assert copies([shorter, reprint("b"), ORIGINAL], []) == {"b": "a", "c": "a"}


def test_of_two_published_at_once_the_longer_is_the_origin() -> None:
    assert copies([ORIGINAL, reprint("0", published=ORIGINAL.published)], []) == {"0": "a"}


def test_reports_that_share_a_quotation_are_no_copies() -> None:
    other = item("b", "Turin waits for Acme", hours=1, text=prose(2000, 300) + " " + prose(100, 40))

    assert copies([ORIGINAL, other], []) == {}


def test_the_furniture_of_a_source_makes_no_copies() -> None:
    furniture = prose(5000, 600)
    subjects = ("mail", "search", "maps", "music", "games")
    pages = [
        item(
            subject,
            f"How customers use our platform: {subject}",
            text=prose(n * 80, 80) + furniture,
            source="blog",
        )
        for n, subject in enumerate(subjects)
    ]

    assert copies(pages, []) == {}


def test_notes_of_two_versions_are_no_copies() -> None:
    assert (
        copies(
            [item("a", "Engine v0.5.1", text=LONG), item("b", "Engine v0.5.2", hours=9, text=LONG)],
            [],
        )
        == {}
    )


def test_a_round_up_that_holds_an_article_is_no_copy_of_it() -> None:
    assert (
        copies(
            [ORIGINAL, item("b", "Weekly digest", hours=9, text=LONG + " " + prose(4000, 900))], []
        )
        == {}
    )


def test_a_follow_up_that_reuses_paragraphs_of_its_own_source_is_no_copy() -> None:
    first = item("a", "Acme opens a plant in Turin", text=prose(0, 200), source="daily")
    follow_up = item(
        "b",
        "Acme opens its plant at last",
        hours=30,
        text=prose(0, 150) + " " + prose(3000, 60),
        source="daily",
    )
    elsewhere = replace(follow_up, source_key="other", family="other")

    assert (copies([first, follow_up], []), copies([first, elsewhere], [])) == ({}, {"b": "a"})


def test_a_text_with_one_word_in_ten_reworded_is_a_copy() -> None:
    words = LONG.split()
    reworded = " ".join(f"other{at}" if at % 10 == 5 else word for at, word in enumerate(words))

    assert copies([ORIGINAL, item("b", "Robots at last", hours=2, text=reworded)], []) == {"b": "a"}


def test_the_same_address_is_the_same_article() -> None:
    one, other = (
        item("a", "Acme", url="https://acme.example/x"),
        item("b", "Else", hours=1, url="https://acme.example/x"),
    )

    assert copies([one, other], []) == {"b": "a"}


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        pytest.param(LEAD, {"b": "a"}, id="the same lead"),
        pytest.param(LEAD[:40], {"b": "a"}, id="a lead cut short"),
        pytest.param("", {"b": "a"}, id="a headline only"),
        pytest.param(
            "Workers in the city have other worries, our reporter found when she went there.",
            {},
            id="another lead",
        ),
    ],
)
def test_of_excerpts_with_one_title_the_lead_decides(lead: str, expected: dict[str, str]) -> None:
    assert copies([item("a", TITLE, LEAD), item("b", TITLE + ".", lead, hours=3)], []) == expected


def test_a_lead_under_another_headline_is_a_copy_if_another_source_has_it() -> None:
    one, other = (
        item("a", TITLE, LEAD, source="x"),
        item("b", "Robots for Turin", LEAD, hours=1, source="y"),
    )

    assert (copies([one, other], []), copies([one, replace(other, source_key="x")], [])) == (
        {"b": "a"},
        {},
    )


@pytest.mark.parametrize("title", ["Weekly update", "Introducing Forge", "v1.2.3"])
def test_short_titles_alone_make_no_copies(title: str) -> None:
    assert copies([item("a", title), item("b", title, hours=1)], []) == {}


def test_a_pending_reprint_points_at_the_placed_origin() -> None:
    assert copies([reprint("b")], [replace(ORIGINAL, story_id="s")]) == {"b": "a"}


def test_a_reprint_of_a_placed_copy_points_at_its_origin_even_when_that_is_out_of_sight() -> None:
    assert copies([reprint("c")], [replace(reprint("b"), story_id="s", copy_of="gone")]) == {
        "c": "gone"
    }


def test_an_original_that_comes_in_late_takes_over_its_copies() -> None:
    placed = [
        reprint("b", story_id="s"),
        reprint("c", story_id="s", copy_of="b", published=ORIGINAL.published.replace(hour=21)),
    ]

    assert copies([ORIGINAL], placed) == {"b": "a", "c": "a"}


def test_what_is_known_is_not_told_again() -> None:
    assert (
        copies([], [replace(ORIGINAL, story_id="s"), reprint("b", story_id="s", copy_of="a")]) == {}
    )


def test_thirty_reprints_have_one_origin_whatever_the_order() -> None:
    many = [
        reprint(f"b{n:02}", published=ORIGINAL.published.replace(hour=13, minute=n))
        for n in range(30)
    ]

    assert set(copies([*reversed(many), ORIGINAL], []).items()) == {
        (copy.article_id, "a") for copy in many
    }


def test_nothing_has_no_copies() -> None:
    assert copies([], []) == {}
