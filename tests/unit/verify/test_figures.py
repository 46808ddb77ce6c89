"""Figures: which numbers mean the same, and which of a claim its evidence does not have."""

from __future__ import annotations

import pytest

from aggregator.verify.figures import figures, stated_units, unstated_figures


def missing_figures(claim: str, evidence: list[str]) -> tuple[str, ...]:
    """The figures of a claim that no evidence has, as it writes them."""
    stated = [stated_units(text) for text in evidence]
    return tuple(figure.text for figure in unstated_figures(claim, stated))


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
    ("claim", "evidence", "missing"),
    [
        pytest.param("4 percent", "4 people", ("4 percent",), id="percent is no count"),
        pytest.param("$4", "€4", ("$4",), id="another currency"),
        pytest.param("$4", "A$4", ("$4",), id="another dollar"),
        pytest.param("5 hours", "5 minutes", ("5 hours",), id="another measure"),
        pytest.param("8 billion parameters", "an 8B model", (), id="a bare number has any measure"),
        pytest.param(
            "8 billion parameters", "Fennec-3.1-8B", (), id="a size within a model's name"
        ),
        pytest.param("5 labs", "Fennec-5", ("5",), id="a version counts nothing"),
        pytest.param("4 labs", "on 4 July", ("4",), id="a day counts nothing"),
        pytest.param("the 2026 budget", "on 4 July 2026", (), id="a year stands for itself"),
        pytest.param("one of the labs", "the labs", (), id="one as a pronoun"),
        pytest.param("one million", "two million", ("one million",), id="one as a number"),
        pytest.param("¥3 billion", "3 billion yuan", (), id="the sign of two currencies"),
        pytest.param(
            "91 months old", "aged 91", ("91 months",), id="a bare number is no number of months"
        ),
        pytest.param("91 years old", "aged 91", (), id="but may be an age in years"),
        pytest.param(
            "after 3 days", "3, not 4 days", (), id="where the text speaks of 4 days, 3 may be days"
        ),
        pytest.param("a 3.4-mile road", "a 3.4 mi road", (), id="a measure shortened"),
    ],
)
def test_a_figure_needs_one_of_the_same_value_and_unit(
    claim: str, evidence: str, missing: tuple[str, ...]
) -> None:
    assert missing_figures(claim, [evidence]) == missing


def test_any_of_the_cited_passages_may_hold_a_figure() -> None:
    assert missing_figures("5 labs and 6 firms", ["5 labs", "6 firms"]) == ()
