"""Whose word a report passes on."""

from __future__ import annotations

import pytest

from aggregator.english.speech_acts import cited_by, is_credited


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("According to Reuters, Vexel will cut 1,200 jobs.", "Reuters"),
        (
            "Vexel will cut 1,200 jobs, according to a report by the Financial Times.",
            "Financial Times",
        ),
        (
            "Vexel will cut 1,200 jobs, the paper wrote, citing the Bank of Norway.",
            "Bank of Norway",
        ),
        ("The New York Times reported that Vexel will cut 1,200 jobs.", "New York Times"),
        ("According to The Daily, Vexel will cut 1,200 jobs.", ""),
        ("According to the company, Vexel will cut 1,200 jobs.", ""),
        ("According to Monday figures, Vexel will cut 1,200 jobs.", ""),
        ("According to Norwegian state media, Vexel will cut 1,200 jobs.", ""),
        ("According to U.S. officials, Vexel will cut 1,200 jobs.", ""),
        ("Vexel will cut 1,200 jobs, according to Reuters on Monday.", "Reuters"),
        ("Vexel reported revenue of 2 billion dollars.", ""),
    ],
)
def test_a_report_passes_on_the_word_of_whom_it_names_and_never_its_own(
    sentence: str, name: str
) -> None:
    assert cited_by(sentence, "The Daily") == name


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("Vexel cut 1,200 jobs, according to The Daily.", True, id="by its name"),
        pytest.param("Vexel cut 1,200 jobs, according to Daily.", True, id="by part of it"),
        pytest.param("Vexel cut 1,200 jobs, according to Reuters.", False, id="another"),
        pytest.param("Vexel bought The Daily.", False, id="as a party"),
    ],
)
def test_a_sentence_credits_a_source_that_it_says_it_follows(sentence: str, expected: bool) -> None:
    assert is_credited(sentence, "The Daily, citing Reuters") is expected
