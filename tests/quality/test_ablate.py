"""The ablation: what it calls an effect, and that what it switches off is back afterwards."""

from __future__ import annotations

import pytest

from aggregator.domain.article import PageText
from aggregator.extract.page import main_text
from aggregator.extract.page.article import read_page
from aggregator.verify import gates
from tests.quality.ablate import HEURISTICS, RULES, effect, replaced

PAGE = b"""<html><head><title>A model is out | News</title></head><body><article>
<h1>A model is out</h1><p>The company released a model on Monday, and said what it costs.</p>
<p>It is sold to companies in Europe from May, and to everybody else from June on.</p>
<p>Subscribe to our newsletter</p></article></body></html>"""


def text_of(page: bytes) -> str:
    found = read_page(page, url="https://news.example/a", content_type="text/html")
    assert isinstance(found, PageText)
    return found.text


@pytest.mark.parametrize(
    ("without", "lost", "shows"),
    [
        pytest.param([0.9, 0.8, 0.7, 1.0], 0.0, False, id="nothing changes"),
        pytest.param([0.8, 0.7, 0.6, 0.9], 0.1, True, id="each story loses as much"),
        pytest.param([0.9, 0.8, 0.8, 0.9], 0.0, False, id="one gains what another loses"),
        pytest.param([1.0, 0.9, 0.8, 1.1], -0.1, True, id="each story gains"),
    ],
)
def test_an_effect_is_a_loss_that_is_more_than_chance(
    without: list[float], lost: float, shows: bool
) -> None:
    found = effect("gates", "a rule", gates, [0.9, 0.8, 0.7, 1.0], without)

    assert (found.with_it, round(found.lost, 4), found.shows) == (0.85, lost, shows)
    assert (found.module, found.tokens > 1_000) == ("verify/gates.py", True)


def test_a_heuristic_that_is_switched_off_is_back_afterwards() -> None:
    before = text_of(PAGE)
    with replaced(main_text._without_title, lambda blocks, title: blocks):
        without = text_of(PAGE)

    assert "A model is out" in without
    assert "A model is out" not in before
    assert text_of(PAGE) == before


def test_a_page_has_its_joined_lines_where_their_repair_is_switched_off() -> None:
    joined = PAGE.replace(b"costs.</p>\n<p>It is", b"costs.It is")
    repairs = [each for each in HEURISTICS if each[0].__name__.startswith("repaired")]
    with replaced(*repairs[0]):
        without = text_of(joined)

    assert ("costs.It is" in without, "costs. It is" in text_of(joined)) == (True, True)


@pytest.mark.parametrize("original", [original for original, _ in (*HEURISTICS, *RULES)])
def test_each_function_that_is_switched_off_is_used_by_the_program(original: object) -> None:
    with replaced(original, None):
        pass
