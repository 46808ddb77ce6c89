"""Text: one normal form, sentences that stay verbatim, words, slugs, and what reads as English."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.english.text import is_english, normalised, sentences, slug, word_count, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("  a\n\tb\u00a0c \u2028 d ", "a b c d", id="white-space"),
        pytest.param("Cafe\u0301", "Caf\u00e9", id="composed"),
        pytest.param("e\u200b\u0301", "\u00e9", id="composed-after-invisible-characters-go"),
        pytest.param(
            "ig\u200bno\u00adre \ufeffthis\u202e",
            "ig\ufffdnore this",
            id="zero-width-soft-hyphen-bidi",
        ),
        pytest.param("a\x00b\x1b[31m", "ab[31m", id="controls"),
        pytest.param("”Quotes” – stay…", "”Quotes” – stay…", id="typography-kept"),
    ],
)
def test_text_has_one_normal_form(text: str, expected: str) -> None:
    assert normalised(text) == expected


@given(st.text())
def test_normalised_text_is_its_own_normal_form(text: str) -> None:
    once = normalised(text)

    assert (normalised(once), unicodedata.is_normalized("NFC", once)) == (once, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("It works. It ships today.", ("It works.", "It ships today."), id="two"),
        pytest.param(
            "It raised $1.5 billion. Done.",
            ("It raised $1.5 billion.", "Done."),
            id="decimal-point",
        ),
        pytest.param(
            "Dr. Ng met Sen. Lee at 5 p.m. Eastern.",
            ("Dr. Ng met Sen. Lee at 5 p.m. Eastern.",),
            id="titles",
        ),
        pytest.param(
            "Rules in the U.S. Senate stalled.",
            ("Rules in the U.S. Senate stalled.",),
            id="abbreviation-inside",
        ),
        pytest.param(
            "It left the U.S. The firm stayed.",
            ("It left the U.S.", "The firm stayed."),
            id="abbreviation-at-the-end",
        ),
        pytest.param(
            "Asked twice, he said no. They left.",
            ("Asked twice, he said no.", "They left."),
            id="the-word-no",
        ),
        pytest.param("It is No. 1 on the list.", ("It is No. 1 on the list.",), id="number-one"),
        pytest.param("George W. Bush spoke.", ("George W. Bush spoke.",), id="initial"),
        pytest.param(
            "It uses plan B. The rest waits.",
            ("It uses plan B.", "The rest waits."),
            id="letter-at-the-end",
        ),
        pytest.param(
            "It launched. xAI said so.", ("It launched.", "xAI said so."), id="name-in-lower-case"
        ),
        pytest.param(
            "“Is it safe?” Musk asked. No.", ("“Is it safe?” Musk asked.", "No."), id="attribution"
        ),
        pytest.param(
            "“Is it safe?” Oslo Mayor Ada Marie Holt asked. No.",
            ("“Is it safe?” Oslo Mayor Ada Marie Holt asked.", "No."),
            id="attribution with a title",
        ),
        pytest.param("“It is.” She left.", ("“It is.”", "She left."), id="closing-quote"),
        pytest.param(
            "1. Install it. 2. Run it.", ("1. Install it.", "2. Run it."), id="list-numbers"
        ),
        pytest.param(
            "Node.js and v1.2.3 are fine.",
            ("Node.js and v1.2.3 are fine.",),
            id="points-inside-words",
        ),
        pytest.param("你好。再见。", ("你好。", "再见。"), id="ideographic-stop"),
        pytest.param("No end", ("No end",), id="unfinished"),
        pytest.param("", (), id="empty"),
    ],
)
def test_a_paragraph_is_cut_between_its_sentences(text: str, expected: tuple[str, ...]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet="abcD .!?\"”'1(。U"))
def test_sentences_stand_verbatim_in_their_paragraph_and_lose_nothing(text: str) -> None:
    found = sentences(text)

    assert ("".join("".join(found).split()), all(sentence in text for sentence in found)) == (
        "".join(text.split()),
        True,
    )


def test_words_keep_their_inner_points_and_hyphens() -> None:
    assert words("GPT-5.1 didn’t cost $1,000.") == ("GPT-5.1", "didn’t", "cost", "1,000")


def test_words_are_counted_by_white_space() -> None:
    assert word_count("GPT-5.1  did not – cost") == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("OpenAI’s “GPT-5.1” is here!", "openais-gpt-5-1-is-here", id="punctuation"),
        pytest.param("Café à la carte", "cafe-a-la-carte", id="accents"),
        pytest.param("one two three four", "one-two-three", id="cut-between-words"),
        pytest.param("日本語", "story", id="nothing-left"),
    ],
)
def test_a_slug_is_short_and_plain(text: str, expected: str) -> None:
    assert slug(text, 30 if "OpenAI" in text else 15) == expected


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        pytest.param("The model was released by the lab on Monday.", None, True, id="english"),
        pytest.param(
            "Das Modell ist von der Firma und nicht für alle.",
            "en",
            False,
            id="german-declared-english",
        ),
        pytest.param("モデルが公開されました", None, False, id="other-script"),
        pytest.param("GPT-5.1", "de-DE", False, id="too-short-the-declaration-counts"),
        pytest.param("GPT-5.1", None, True, id="too-short-and-undeclared"),
    ],
)
def test_english_is_told_by_script_and_function_words(
    text: str, declared: str | None, expected: bool
) -> None:
    assert is_english(text, declared) is expected
