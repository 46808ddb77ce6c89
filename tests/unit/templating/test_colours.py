"""Colours that follow from two."""

from __future__ import annotations

import itertools
from dataclasses import fields

import pytest

from aggregator.domain.publishing.palette import LIGHT
from aggregator.templating.colours import AA, contrast, dark_palette, light_palette

PAPERS = ("#ffffff", "#faf8f3", "#fff4e8", "#eef6ee", "#e4e9ff", "#ffe0f0")
ACCENTS = ("#0b5a61", "#7a1f4b", "#1c5c2e", "#0000cc", "#000000", "#8b0000")
GROUNDS = {"paper", "paper_2", "paper_3", "line", "edge"}


def test_contrast_is_that_of_the_standard() -> None:
    assert [contrast("#000000", "#ffffff"), contrast("#777777", "#777777")] == [21, 1]
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(("paper", "accent"), [*itertools.product(PAPERS, ACCENTS)])
def test_text_can_be_read_in_both_schemes(paper: str, accent: str) -> None:
    for scheme in (light_palette(paper, accent), dark_palette(paper, accent)):
        text = {field.name for field in fields(LIGHT)} - GROUNDS
        least = min(
            contrast(getattr(scheme, name), ground)
            for name in text
            for ground in (scheme.paper, scheme.paper_2)
        )
        selected = min(contrast(ink, scheme.paper_3) for ink in (scheme.ink, scheme.ink_3))

        assert (least >= AA, selected >= AA, contrast(scheme.edge, scheme.paper) >= 3) == (
            True,
            True,
            True,
        )


def test_the_colour_that_an_error_names_can_be_used() -> None:
    for pair in (("#ffffff", "#ffee00"), ("#777777", "#000000")):
        with pytest.raises(ValueError, match="try #") as error:
            light_palette(*pair)
        better = str(error.value).rpartition(" ")[2]
        is_paper = str(error.value).startswith("paper")

        light_palette(better if is_paper else pair[0], pair[1] if is_paper else better)
