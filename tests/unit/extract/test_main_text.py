"""Blocks to the text of an article."""

from __future__ import annotations

import pytest

from aggregator.extract.markup import Block
from aggregator.extract.page.main_text import MainText, main_text

SENTENCE = (
    "The laboratory released two models on Monday and published the weights of both under a free"
    " licence."
)
PROSE = tuple(Block(text=f"{n}. {SENTENCE}", name="p") for n in range(4))


def lines(*blocks: Block) -> tuple[str, ...]:
    """What a reader reads of these blocks."""
    return main_text(blocks, "A title").lines


def test_headings_and_code_are_read_but_not_quoted() -> None:
    blocks = (
        Block(text="A heading", name="head"),
        PROSE[0],
        Block(text="x = f(1)", name="code"),
        PROSE[1],
    )

    assert main_text(blocks, "A title") == MainText(
        lines=tuple(block.text for block in blocks), paragraphs=(PROSE[0].text, PROSE[1].text)
    )


def test_a_repeated_paragraph_is_quoted_once() -> None:
    assert main_text((PROSE[0], PROSE[1], PROSE[0]), "").paragraphs == (
        PROSE[0].text,
        PROSE[1].text,
    )


@pytest.mark.parametrize("again", ["A title", "A TITLE!"])
def test_the_headline_above_the_text_is_not_part_of_it(again: str) -> None:
    assert lines(Block(text=again, name="head"), *PROSE) == lines(*PROSE)


def test_links_behind_the_last_sentence_are_cut_off_with_their_heading() -> None:
    crumbs = (
        Block(text="Related", name="head"),
        Block(text="Ten other models", name="item"),
        Block(text="AI", name="p"),
    )

    assert lines(*PROSE, *crumbs) == lines(*PROSE)


def test_a_long_list_at_the_end_belongs_to_the_article() -> None:
    listed = tuple(Block(text=f"Laboratory {n}", name="item") for n in range(9))

    assert lines(*PROSE, *listed)[len(PROSE) :] == tuple(block.text for block in listed)


def test_a_text_of_short_lines_stays_whole() -> None:
    assert lines(Block(text="Hello there", name="p"), Block(text="Goodbye", name="p")) == (
        "Hello there",
        "Goodbye",
    )


def test_boilerplate_is_dropped_between_paragraphs() -> None:
    assert lines(PROSE[0], Block(text="Advertisement", name="p"), PROSE[1]) == (
        PROSE[0].text,
        PROSE[1].text,
    )


def test_a_seam_inside_a_word_parts_a_paragraph() -> None:
    glued = Block(
        text=f"We asked a chatbotNew research says so. {SENTENCE} The research is new.", name="p"
    )

    assert lines(glued, *PROSE)[0] == "We asked a chatbot"
