from __future__ import annotations

import pytest

from aggregator.cluster.roundups import is_roundup
from aggregator.domain.source import Lane


@pytest.mark.parametrize(
    "title",
    [
        "Last Week in AI #330 - Groq and Nvidia, ChatGPT apps",
        "[AINews] not much happened today",
        "not much happened today",
        "Import AI 400: a long title",
        "Weekly update",
        "The Download: robots and chips",
        "Podcast Episode 12: agents",
        "10 AI predictions for 2026",
        "Top 10 models of the year",
        "Changelog",
        "Best of 2025",
        "Day 2 recap: agents everywhere",
    ],
)
def test_series_and_lists_are_roundups(title: str) -> None:
    assert is_roundup(title, Lane.NEWS)


@pytest.mark.parametrize(
    "title",
    [
        "OpenAI to test ads in ChatGPT",
        "OpenAI, Google and Meta sign a pledge, and others follow",
        "Mistral raises €2 billion in series C",
        "The New York Times sues an AI firm",
        "No 10 condemns limits on an image tool",
        "UPDATE 1-Central bank to reveal hurdles",
        "Titanfall review roundup",
    ],
)
def test_reports_of_one_event_are_not(title: str) -> None:
    assert not is_roundup(title, Lane.NEWS)


def test_a_letter_with_three_subjects_in_its_title_is_a_roundup() -> None:
    title = "Governments against Grok, Meta buys agents, Chatbots for health"

    assert (is_roundup(title, Lane.LETTER), is_roundup(title, Lane.NEWS)) == (True, False)
