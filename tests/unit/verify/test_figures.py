"""Figures: which numbers mean the same, which a text states, and which say how much."""

from __future__ import annotations

import pytest

from aggregator.verify.figures import figures, stated_values


def read(text: str) -> list[tuple[float, str]]:
    """Value and unit of each figure, versions and dates left out."""
    return [
        (float(figure.value), figure.unit)
        for figure in figures(text)
        if not (figure.in_version or figure.in_date)
    ]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        pytest.param("1,200 and 1200 and 1.2 thousand", [(1200, "")] * 3, id="thousands"),
        pytest.param(
            "$4tn, US$4 trillion and 4 trillion dollars",
            [(4e12, "USD")] * 3,
            id="currency before and after",
        ),
        pytest.param("60%, 60 percent, 60 per cent", [(60, "%")] * 3, id="percent"),
        pytest.param("7B and 7 billion", [(7e9, "")] * 2, id="letters for magnitudes"),
        pytest.param("12 hours, a 12-hour run, 12h", [(12, "hour")] * 3, id="measures"),
        pytest.param("3x, 3 times, 3-fold", [(3, "times")] * 3, id="factors"),
        pytest.param(
            "five, a dozen, twenty-five, half a million",
            [(5, ""), (12, ""), (25, ""), (5e5, "")],
            id="words",
        ),
        pytest.param("third and 3rd", [(3, "ordinal")] * 2, id="ordinals"),
        pytest.param("third-party code", [], id="third-party is no ordinal"),
        pytest.param("$5-7 billion", [(5e9, "USD"), (7e9, "USD")], id="range with one magnitude"),
        pytest.param("between five and 7 percent", [(5, "%"), (7, "%")], id="range with one unit"),
        pytest.param(
            "200 million to 1 billion", [(2e8, ""), (1e9, "")], id="range with two magnitudes"
        ),
        pytest.param(
            "Rs 500 crore, 1,00,000 rupees", [(5e9, "INR"), (1e5, "INR")], id="Indian numbers"
        ),
        pytest.param("of the five won", [(5, "")], id="a verb is no currency"),
        pytest.param("the 1990s", [(1990, "")], id="a decade is no number of seconds"),
        pytest.param("It cost $1.", [(1, "USD")], id="a full stop is no decimal point"),
        pytest.param("GPX-5.2, Fennec 3.1, v0.5.1, H100s", [], id="versions are not figures"),
        pytest.param("on 4 July 2026", [], id="dates are not figures"),
    ],
)
def test_a_figure_is_a_value_and_a_unit(text: str, meaning: list[tuple[float, str]]) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("Fennec-3.1-8B", {8e9}, id="a size within a model's name"),
        pytest.param("Fennec-5", set(), id="a version counts nothing"),
        pytest.param("on 4 July", set(), id="a day counts nothing"),
        pytest.param("on 4 July 2026", {2026}, id="a year stands for itself"),
    ],
)
def test_a_text_states_the_values_of_its_figures(text: str, values: set[float]) -> None:
    assert {float(value) for value in stated_values(text)} == values


def test_a_small_count_a_rank_a_year_a_day_and_a_version_are_no_amounts() -> None:
    text = "In the 2026 season, on 4 July, two of 13 labs came third with Fennec 3.1 and 4 percent"

    assert [figure.text for figure in figures(text) if figure.is_amount] == ["13", "4 percent"]
