from __future__ import annotations

import pytest

from aggregator.cluster.similarity.roundups import is_roundup
from aggregator.domain.article import NewsletterItem
from aggregator.domain.source import Lane
from aggregator.plugins.newsletters.recognition import is_issue


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


def listed(*titles: str, linked: bool = True) -> tuple[NewsletterItem, ...]:
    """Items of an issue, each with a link to a publisher of its own."""
    return tuple(
        NewsletterItem(
            position=n,
            title=title,
            text=f"{title}. It said so.",
            links=(f"https://paper-{n}.example/{n}",) if linked else (),
        )
        for n, title in enumerate(titles)
    )


SIX = (
    "Halden opens its model",
    "Tallis recalls its arms",
    "Ferrow cuts its prices",
    "Oslo orders a disclosure",
    "Orkla buys a robot maker",
    "Norway funds a computer",
)
ONE = tuple(f"Halden {title.split(' ', 1)[1]}" for title in SIX)


@pytest.mark.parametrize(
    ("items", "title", "lane", "words", "expected"),
    [
        pytest.param(listed(*SIX), "Nothing new", Lane.NEWS, 400, True, id="six links"),
        pytest.param(
            listed(*SIX[:4]), "Nothing new", Lane.LETTER, 400, True, id="four links of a letter"
        ),
        pytest.param(
            listed(*SIX[:4]), "Nothing new", Lane.NEWS, 400, False, id="four links of a paper"
        ),
        pytest.param(
            listed(*ONE), "Halden and its year", Lane.NEWS, 400, False, id="one subject throughout"
        ),
        pytest.param(
            listed(*SIX, linked=False), "An essay", Lane.LETTER, 400, False, id="no links"
        ),
        pytest.param(
            listed(*SIX[:3], linked=False), "Weekly digest", Lane.NEWS, 400, True, id="a series"
        ),
        pytest.param(
            listed("Halden Opens A Model", "Tallis Recalls Arms", "Ferrow Cuts Prices"),
            "Halden Opens A Model, Tallis Recalls Arms, Ferrow Cuts Prices",
            Lane.NEWS,
            20,
            True,
            id="a title that lists three",
        ),
    ],
)
def test_an_issue_is_known_by_what_it_lists(
    items: tuple[NewsletterItem, ...], title: str, lane: Lane, words: int, expected: bool
) -> None:
    url = "https://letter.example/12"

    assert is_issue(items, title=title, url=url, lane=lane, words=words) is expected
