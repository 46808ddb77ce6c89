"""Differences between readings of a catalogue beside the stories that report them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.bootstrap import open_services
from aggregator.config.configuration import load
from aggregator.plugins.questions.answer import CheckResult
from aggregator.plugins.questions.stage.answering import checked
from tests.acceptance.house import House
from tests.integration.test_catalogue_pages import DAYS, LIST, NEWS, SOURCES, listed
from tests.servers import MiniWeb, Page

AGREES = "OpenAI cuts the price of GPT-5.2 for developers"
DIFFERS = "Norwegian schools count what GPT-5.2 lessons in Oslo cost them"
SILENT = "A hospital in Bergen writes letters to patients with GPT-5.2"
TEXTS = {
    AGREES: "OpenAI has cut the price of GPT-5.2. GPT-5.2 now costs $6 per million output tokens,"
    " instead of $10, the company said.",
    DIFFERS: "Schools in Oslo have taught 4,000 pupils with a tutor that runs on GPT-5.2 since May."
    " GPT-5.2 costs the schools $7 per million output tokens, the city said on Tuesday.",
    SILENT: "The hospital in Bergen has written 12,000 letters to patients with GPT-5.2 since May."
    " Doctors check each of the letters before it is sent, the hospital said on Tuesday.",
}


def feed() -> Page:
    """Three stories that name one of the models; the first and the second state its price."""
    items = "".join(
        f"<item><title>{title}</title><link>https://lab.example/{n}</link>"
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description>"
        f"<pubDate>Tue, 09 Jun 2026 1{n}:00:00 GMT</pubDate></item>"
        for n, (title, text) in enumerate(TEXTS.items())
    )
    channel = f"<title>The Lab</title><link>https://lab.example/</link>{items}"
    body = f'<rss version="2.0"><channel>{channel}</channel></rss>'
    return Page(body=body.encode(), content_type="application/rss+xml")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A price falls between the first reading and the second."""
    with MiniWeb({LIST: listed(), NEWS: feed()}) as web:
        sources = SOURCES.format(news=web.url_of(NEWS), list=web.url_of(LIST))
        made = House(tmp_path_factory.mktemp("joined"), sources)
        made.refreshed("--all", now="2026-06-09T15:00Z")
        web.put(LIST, listed(out=6))
        for now in DAYS[1:]:
            made.refreshed("--all", now=now)
        yield made


def story(house: House, title: str) -> str:
    """What the page of a story has of catalogues."""
    pages = (path.read_text("utf-8") for path in Path(house.site).glob("story/*/index.html"))
    (page,) = (page for page in pages if title in page.partition("</h1>")[0])
    return page.partition('aria-labelledby="catalogues">')[2].partition("</section>")[0]


def test_a_difference_joins_the_story_that_states_its_value(house: House) -> None:
    shown = story(house, AGREES)

    assert "gpt-5.2</a></b>: Output from $10 to $6" in shown
    assert 'href="https://list.example/"' in shown
    assert "differs" not in shown


def test_a_difference_that_an_article_contradicts_is_marked(house: House) -> None:
    shown = story(house, DIFFERS)

    assert re.search(r'differs</span> <a href="[^"]+/1" [^>]*>The Lab</a>: \$7', shown)


def test_a_story_that_states_nothing_of_it_is_left_alone(house: House) -> None:
    assert story(house, SILENT) == ""


def asked(house: House, question: str) -> list[tuple[str, str, str]]:
    """What is listed for a question: its sentence, the line that states it, and where."""
    found = json.loads(house.run("--json", "ask", question).stdout)
    return [
        (line["text"], fact["text"], f"{fact['source']}, {fact['published']}")
        for line in found["sentences"]
        if line["kind"] == "listed"
        for fact in line["citations"]
    ]


def test_a_question_for_a_price_is_answered_by_the_record_with_its_day(house: House) -> None:
    assert asked(house, "What does GPT-5.2 cost?") == [
        (
            "gpt-5.2 (OpenAI): Input $2 for a million tokens",
            "gpt-5.2 · in = 2",
            "The List, 2026-06-09",
        ),
        (
            "gpt-5.2 (OpenAI): Output $6 for a million tokens",
            "gpt-5.2 · out = 6",
            "The List, 2026-06-10",
        ),
    ]


@pytest.mark.parametrize(
    "question",
    [
        "What does GPT-5.2 Pro cost?",
        "What did GPT-5.2 cost to train?",
        "Who uses GPT-5.2?",
        "When is GPT-5.2 switched off?",
    ],
    ids=["longer name", "past", "something else", "not listed"],
)
def test_nothing_is_listed_for_another_question(question: str, house: House) -> None:
    assert asked(house, question) == []


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("GPT-5.2 costs $6 per million output tokens.", "supported"),
        ("GPT-5.2 costs $9 per million output tokens.", "contradicted"),
        (
            "GPT-5.2 costs $2 per million input tokens and $6 per million output tokens.",
            "supported",
        ),
        ("GPT-5.2 has a context window of 400K tokens.", "supported"),
        ("GPT-5.2 has a context window of 1 million tokens.", "contradicted"),
        ("GPT-5.2 costs $9 per million tokens.", "unknown"),
        ("GPT-5.2 Pro costs $9 per million output tokens.", "unknown"),
        ("In May 2026, GPT-5.2 costs $9 per million output tokens.", "unknown"),
    ],
)
def test_a_claim_is_held_against_the_records(
    claim: str, verdict: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(house.folder)
    settings, moment = load(house.folder / "config.toml", {}), datetime(2026, 6, 12, tzinfo=UTC)

    async def check() -> CheckResult:
        async with open_services(settings, moment) as services:
            return await checked(services, claim)

    found = asyncio.run(check())
    decided = found.verdict.value if "read as data" in found.because else "unknown"

    assert decided == verdict
