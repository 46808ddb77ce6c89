"""Numbered passages: bounded, normalised, and nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain.article import Passage
from aggregator.english.text import normalised
from aggregator.extract.page.assemble import (
    MAX_CHARACTERS,
    MAX_PASSAGES,
    PASSAGE_CHARACTERS,
    passages,
    text_digest,
)


def test_the_headline_is_passage_0_and_each_paragraph_one_more() -> None:
    assert passages("id", 2, "A  headline", ["One.", " ", "Two\u200b three."]) == (
        Passage(article_id="id", version=2, n=0, text="A headline"),
        Passage(article_id="id", version=2, n=1, text="One."),
        Passage(article_id="id", version=2, n=2, text="Two three."),
    )


@pytest.mark.parametrize(
    ("paragraph", "kept"),
    [
        pytest.param(
            "**Northwind** opened **Tern 2**, its model.",
            "Northwind opened Tern 2, its model.",
            id="emphasis",
        ),
        pytest.param(
            "The [weights](https://northwind.example/tern) are free.",
            "The weights are free.",
            id="a link",
        ),
        pytest.param("def power(**options): 2**10", "def power(**options): 2**10", id="code"),
        pytest.param(
            "A footnote [1](see below) stays.", "A footnote [1](see below) stays.", id="no"
        ),
    ],
)
def test_marks_of_markdown_are_not_text(paragraph: str, kept: str) -> None:
    assert passages("id", 1, "T", [paragraph])[1].text == kept


def test_a_long_paragraph_is_cut_between_sentences_into_even_parts() -> None:
    paragraph = " ".join(
        f"Sentence number {n} says one more thing about the model." for n in range(25)
    )
    found = [passage.text for passage in passages("id", 1, "T", [paragraph])[1:]]

    assert " ".join(found) == paragraph
    assert [text.endswith(".") and 300 < len(text) <= PASSAGE_CHARACTERS for text in found] == [
        True
    ] * len(found)


def test_an_article_is_bounded() -> None:
    many, long = (
        passages("id", 1, "T", [paragraph] * 5_000) for paragraph in ("Word.", "Sentence. " * 55)
    )

    assert len(many) == MAX_PASSAGES
    assert MAX_CHARACTERS - 600 < sum(len(passage.text) for passage in long) <= MAX_CHARACTERS


@given(st.lists(st.text(alphabet="ab. \u200bé", max_size=3_000), max_size=4))
def test_passages_hold_the_whole_text_in_pieces_of_readable_size(paragraphs: list[str]) -> None:
    found = [passage.text for passage in passages("id", 1, "T", paragraphs)[1:]]

    assert "".join("".join(found).split()) == "".join(normalised(" ".join(paragraphs)).split())
    assert [
        text for text in found if normalised(text) != text or len(text) > 1.5 * PASSAGE_CHARACTERS
    ] == []


def test_a_digest_tells_a_changed_text_from_one_that_only_looks_different() -> None:
    first = text_digest("T", ["One.", "Two."])

    assert (
        text_digest("T ", ["One.\u200b", "", "Two."]) == first,
        text_digest("T", ["One.", "Two!"]) == first,
    ) == (True, False)
