"""Lines that a publisher joined without a space."""

from __future__ import annotations

import pytest

from aggregator.extract.page.main_text import repaired_lines


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        pytest.param(
            "It takes notes.For the past week.",
            ("It takes notes. For the past week.",),
            id="sentences",
        ),
        pytest.param(
            "It runs System.Console and the U.S.Senate.",
            ("It runs System.Console and the U.S.Senate.",),
            id="names",
        ),
        pytest.param(
            "a new chatbotNew research here",
            ("a new chatbot", "New research here"),
            id="known-half",
        ),
        pytest.param(
            "its run rate this yearThe firm says",
            ("its run rate this year", "The firm says"),
            id="a-sentence-begins",
        ),
        pytest.param(
            "since late 2025Follow our blog", ("since late 2025", "Follow our blog"), id="year"
        ),
        pytest.param(
            "for Siri by SiriApple at Apple today",
            ("for Siri by Siri", "Apple at Apple today"),
            id="two-names",
        ),
        pytest.param(
            "DeepMind and LinkedIn use localStorage on visionOS now",
            ("DeepMind and LinkedIn use localStorage on visionOS now",),
            id="real-names",
        ),
        pytest.param(
            "It leads its staffMarkets live: updatesMcNab asks for more.It is known.",
            ("It leads its staff", "Markets live: updates", "McNab asks for more. It is known."),
            id="sentences-joined-too",
        ),
        pytest.param(
            "the chatbotNew and chatbotNew is new",
            ("the chatbotNew and chatbotNew is new",),
            id="used-twice",
        ),
    ],
)
def test_a_seam_is_opened_and_a_name_is_not(paragraph: str, expected: tuple[str, ...]) -> None:
    assert repaired_lines([paragraph]) == expected


def test_the_title_tells_which_words_there_are() -> None:
    assert repaired_lines(["it plans moreAnthropic is raising"], "Anthropic raises") == (
        "it plans more",
        "Anthropic is raising",
    )
