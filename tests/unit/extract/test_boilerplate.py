"""Lines around a text, and lines that only look like them."""

from __future__ import annotations

import pytest

from aggregator.extract.page.main_text import without_boilerplate


@pytest.mark.parametrize(
    "line",
    [
        "By Staff writer · 05 July 2026",
        "By Jane Doe and John Roe, Reuters",
        "Published on March 3, 2026",
        "05 July 2026",
        "2026-07-05",
        "By Daniel Bader last updated",
        "Advertisement",
        "Related Articles",
        "Photo by Ann on Unsplash",
        "Sign up for our newsletter and follow us on X.",
        "Read more: Something else",
        "Continue reading →",
        "[contact-form]",
        "https://a.example/page",
        "Reporting by A; Editing by B",
        "© The Publisher. All rights reserved.",
        "* * *",
        'def f(x): return {"a": [x[0] for x in y], "b": (1 + 2) ** 3}',
        "Your browser does not support the video tag.",
    ],
)
def test_a_line_that_is_no_part_of_the_text_is_dropped(line: str) -> None:
    assert without_boilerplate([line]) == ()


@pytest.mark.parametrize(
    "line",
    [
        "By 2030 the firm will have doubled its spending.",
        "By the numbers, it grew.",
        "I read more about it in May.",
        "The model reads more than its rival.",
        "Related models were tested too.",
        "Comments were closed after a day.",
        "Subscribers to the newsletter rose to 5 million.",
        "Image models improved most of all.",
        "The loss is $L(x) = x^2$, as the paper shows in its second section.",
    ],
)
def test_a_line_that_says_something_stays(line: str) -> None:
    assert without_boilerplate([line]) == (line,)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("It ended. Read more at Site", "It ended."),
        ("It ended. Read full article Comments", "It ended."),
        ("It ended… Continue reading “It ended”", "It ended"),
        ("As shown before. ↩", "As shown before."),
        ("------ What is it? ------", "What is it?"),
    ],
)
def test_a_tail_is_cut_off(line: str, kept: str) -> None:
    assert without_boilerplate([line]) == (kept,)


@pytest.mark.timeout(5)
def test_no_line_takes_long_to_judge() -> None:
    hostile = [
        "By " + "A" * 280 + "!",
        "By " + "A " * 140 + "!",
        "Read more" * 30_000,
        "The post " * 30_000,
        "… " * 100_000,
    ]

    assert len(without_boilerplate(hostile)) <= len(hostile)
