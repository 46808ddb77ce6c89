"""Which words two tellings share."""

from __future__ import annotations

import pytest

from aggregator.english.lexical import content_words, overlap, stem


@pytest.mark.parametrize(
    "forms",
    [
        "announce announced announces announcing announcement",
        "cut cuts cutting",
        "company companies",
        "train trained training",
        "operate operated operates operation",
        "rise rises rose risen rising",
        "acquire acquired acquisition",
        "pay paid payment",
        "comment comments commented",
        "process processes processing",
    ],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("price", "prince"), ("model", "modest"), ("police", "polls")]
)
def test_different_words_have_two(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_content_is_what_is_left_without_function_words() -> None:
    assert content_words("The company's models are not in it.") == {"company", "model"}


def test_overlap_is_the_share_of_the_smaller_set() -> None:
    assert overlap(frozenset("ab"), frozenset("bcd")) == 0.5
    assert overlap(frozenset(), frozenset("a")) == 0.0
