"""Antonyms: which words are opposites where one took the other's place."""

from __future__ import annotations

import pytest

from aggregator.verify.overlap.antonyms import are_opposed, exclude_each_other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("raised", "cut", id="of the gate's own table, in any form"),
        pytest.param("first", "second", id="small words"),
        pytest.param("love", "hate", id="WordNet's"),
        pytest.param("adored", "detested", id="kin of an opposite"),
        pytest.param("used", "misused", id="a syllable before it"),
        pytest.param("careless", "careful", id="a syllable behind it"),
        pytest.param("overstated", "understated", id="one syllable for another"),
    ],
)
def test_opposites_are_opposed_whichever_stands_first(one: str, other: str) -> None:
    assert are_opposed(one, other)
    assert are_opposed(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("raised", "increased", id="synonyms"),
        pytest.param("loathed", "detested", id="kin"),
        pytest.param("is", "has", id="small words have no kin"),
        pytest.param("have", "in", id="a word that is a syllable"),
        pytest.param("lab", "office", id="nothing in common"),
    ],
)
def test_others_are_not(one: str, other: str) -> None:
    assert not are_opposed(one, other)


@pytest.mark.parametrize(
    ("one", "other", "excludes"),
    [
        pytest.param("tuesday", "wednesday", True, id="weekdays"),
        pytest.param("millions", "billion", True, id="magnitudes, in any form"),
        pytest.param("hours", "hour", False, id="forms of one word"),
        pytest.param("tuesday", "million", False, id="of two lists"),
        pytest.param("tuesday", "meeting", False, id="of no list"),
    ],
)
def test_words_of_a_complete_list_exclude_each_other(one: str, other: str, excludes: bool) -> None:
    assert exclude_each_other(one, other) is excludes
