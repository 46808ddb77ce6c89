"""The items of newsletters' issues."""

from __future__ import annotations

import pytest

from aggregator.plugins.newsletters.items import MOST_ITEMS, issue_items, title_parts

URL = "https://letter.example/12"


def items(markup: str, title: str = "Letter 12") -> list[tuple[str, tuple[str, ...]]]:
    """The titles of an issue's items, with their links."""
    return [(item.title, item.links) for item in issue_items(markup, url=URL, title=title)]


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(
            "<h2>Tools</h2><ul><li><b>Halden opens its model</b>: it is free, says"
            ' <a href="https://a.example/1">a paper</a>.</li><li><b>Tallis recalls its arms</b>:'
            ' 1,800 of them, <a href="https://b.example/2">it says</a>.</li></ul>',
            id="list entries under a label",
        ),
        pytest.param(
            "<h2>Halden opens its model</h2><p>It is free to use, as"
            ' <a href="https://a.example/1">a paper</a> says.</p><h2>Tallis recalls its arms</h2>'
            '<p>There are 1,800 of them, <a href="https://b.example/2">it says</a>.</p>',
            id="headings with text",
        ),
        pytest.param(
            '<p><a href="https://a.example/1">Halden opens its model</a>. It is free to use.</p>'
            '<p><a href="https://b.example/2">Tallis recalls its arms</a>. There are 1,800.</p>',
            id="paragraphs that begin with a link",
        ),
        pytest.param(
            "<p><strong>Halden opens its model</strong> and makes it free, says"
            ' <a href="https://a.example/1">a paper</a>.</p><p><strong>Tallis recalls its arms'
            '</strong>, 1,800 of them, <a href="https://b.example/2">it says</a>.</p>',
            id="paragraphs with a bold beginning",
        ),
    ],
)
def test_an_issue_is_split_into_what_it_lists(markup: str) -> None:
    assert items(markup) == [
        ("Halden opens its model", ("https://a.example/1",)),
        ("Tallis recalls its arms", ("https://b.example/2",)),
    ]


def test_an_entry_within_an_entry_is_part_of_it() -> None:
    markup = (
        '<ul><li><a href="https://a.example/1">Halden opens its model</a>'
        "<ul><li>It runs on one card, a reader says.</li></ul></li>"
        '<li><a href="https://b.example/2">Tallis recalls its arms</a></li></ul>'
    )

    assert [title for title, _ in items(markup)] == [
        "Halden opens its model",
        "Tallis recalls its arms",
    ]


def test_a_story_told_at_length_is_one_item() -> None:
    markup = (
        "<p><b>Top story: Halden opens its second model to all</b></p><h2>What happened</h2>"
        '<p>Halden said so on <a href="https://a.example/1">Monday</a>.</p><h3>Facts</h3>'
        "<ul><li><b>Size:</b> 12 billion parameters</li><li><b>Price:</b> none at all</li></ul>"
        "<p><b>Other news</b></p><ul><li><b>Tallis recalls its arms</b>, 1,800 of them,"
        ' <a href="https://b.example/2">it says</a></li></ul>'
    )

    assert [title for title, _ in items(markup)] == [
        "Top story: Halden opens its second model to all",
        "Tallis recalls its arms",
    ]


def test_a_text_that_lost_its_lines_is_split_where_sentences_are_joined() -> None:
    parts = [
        "Halden opens its model. The model is free to use.",
        "Tallis recalls its arms. There are 1,800 of them.",
        "Ferrow cuts its prices. Its cards cost a third less.",
        "Oslo orders a disclosure. Halden has thirty days for it.",
        "Orkla buys a robot maker. The price is not known yet.",
    ]

    assert [title for title, _ in items("".join(parts))] == [
        part.partition(". ")[0] + "." for part in parts
    ]


def test_a_title_that_lists_subjects_gives_the_items_of_an_issue_without_text() -> None:
    title = "The Letter: Halden Opens Its Model, Tallis Recalls Arms, Ferrow Cuts Prices"

    assert [name for name, _ in items("", title)] == [
        "Halden Opens Its Model",
        "Tallis Recalls Arms",
        "Ferrow Cuts Prices",
    ]


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Led by a Marxist, battered by a storm, an island does better", id="clauses"),
        pytest.param("Introducing our new speech model: Fast, Fluent, Free", id="one subject"),
    ],
)
def test_a_title_with_commas_is_no_list_of_subjects(title: str) -> None:
    assert title_parts(title) == ()


def test_the_first_item_leads_and_so_does_what_the_title_names() -> None:
    entries = "".join(
        f'<li><a href="https://a.example/{n}">{title}</a></li>'
        for n, title in enumerate(
            ("Halden opens its model", "Tallis recalls its arms", "Ferrow cuts its prices")
        )
    )
    found = issue_items(f"<ul>{entries}</ul>", url=URL, title="Halden Model, Ferrow Prices")

    assert [item.is_lead for item in found] == [True, False, True]


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(
            "".join(
                f'<li><a href="https://a.example/{n}">News number {n}</a>' for n in range(9_000)
            ),
            id="many entries",
        ),
        pytest.param("<ul><li>" * 40_000 + "Nested news of Halden", id="deep lists"),
        pytest.param("<p><b>Long news of Halden</b> " + "word " * 90_000, id="a long item"),
    ],
)
def test_hostile_issues_are_bounded(markup: str) -> None:
    found = issue_items(markup, url=URL, title="Letter 12")

    assert len(found) <= MOST_ITEMS
    assert all(len(item.text) <= 1_200 and len(item.links) <= 12 for item in found)
