"""A page that changes its layout, as refreshes with a model and without one see it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.bootstrap import open_services
from aggregator.crawl.stage.fetch import fetch_stage
from aggregator.domain.source import Listing, ListingFormat, ListingRepair, Source, SourceKind
from aggregator.errors import LlmError
from aggregator.ports import ModelEngine, Prompt, WritingOptions
from aggregator.services import RefreshOptions, Tally
from aggregator.store.news import sources
from tests.fakes import FakeLlm
from tests.integration.newsroom import Silent
from tests.integration.test_quarantine import Follower
from tests.servers import MiniWeb, Page

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NEWS = "https://lab.example/news"
RIGHT = {"items": "div.card", "title": "p.headline", "link": "a", "date": "span.day"}
LINKS = {"items": "a", "title": "", "link": "", "date": ""}  # also those of the menu


def old_page(first: int) -> Page:
    """The page as its table describes it, its newest post numbered `first`."""
    posts = "".join(
        f'<li><a href="/news/post-{n}"><h2>Post number {n}</h2></a>'
        f"<time>{NOW + timedelta(days=n - 20):%Y-%m-%d}</time></li>"
        for n in range(first, first - 8, -1)
    )
    return Page(body=f"<html><main><ul>{posts}</ul></main></html>".encode())


def new_page(first: int) -> Page:
    """The same posts in another layout."""
    posts = "".join(
        f'<div class="card"><span class="day">{NOW + timedelta(days=n - 20):%Y-%m-%d}</span>'
        f'<p class="headline">Post number {n}</p><a href="/news/post-{n}">More</a></div>'
        for n in range(first, first - 8, -1)
    )
    body = f'<html><main><a href="/news/all">All news</a>{posts}</main></html>'
    return Page(body=body.encode())


@pytest.fixture(scope="module")
def served() -> Iterator[MiniWeb]:
    with MiniWeb({NEWS: old_page(20)}) as web:
        yield web


@pytest.fixture
def web(served: MiniWeb) -> MiniWeb:
    served.put(NEWS, old_page(20))
    return served


@pytest.fixture
def follower(tmp_path: Path, web: MiniWeb) -> Follower:
    listing = Listing(
        format=ListingFormat.HTML,
        items="li",
        title="h2",
        prefix=web.url_of("https://lab.example/news/"),
        minimum=5,
    )
    return Follower(
        tmp_path,
        Source(
            key="lab", name="Lab", url=web.url_of(NEWS), kind=SourceKind.LISTING, listing=listing
        ),
    )


def visited(follower: Follower, at: datetime, llm: FakeLlm | None) -> Tally:
    """What a visit counts, with a model or without."""

    async def found() -> ModelEngine | None:
        options = WritingOptions(language="en", quote_words=25, evidence_tokens=1000)
        if llm is None:
            return None
        return ModelEngine(
            name="ollama",
            model="fake:1b",
            digest="f" * 64,
            prompts="1",
            llm=llm,
            options=options,
        )

    async def run() -> Tally:
        async with open_services(follower.settings, at) as services:
            services.database.upgrade(at)
            tally = Tally()
            asked = replace(services, find_model=found)
            await fetch_stage(asked, RefreshOptions(everything=True), Silent(), tally)
            return tally

    return asyncio.run(run())


def repairs(follower: Follower) -> tuple[ListingRepair, ...]:
    """What is stored."""

    async def run() -> tuple[ListingRepair, ...]:
        async with open_services(follower.settings, NOW) as services:
            with services.database.reading() as connection:
                return sources.stored_repairs(connection).get("lab", ())

    return asyncio.run(run())


def proposing(selectors: dict[str, str] | str) -> FakeLlm:
    """A model that gives these selectors."""
    return FakeLlm(lambda _: selectors if isinstance(selectors, str) else json.dumps(selectors))


def test_a_page_that_changed_is_read_by_proposed_selectors_that_find_what_is_known(
    follower: Follower, web: MiniWeb
) -> None:
    llm = proposing(RIGHT)
    visited(follower, NOW, llm)
    before = len(llm.asked)
    web.put(NEWS, new_page(21))
    mended = visited(follower, NOW + DAY, llm)
    web.put(NEWS, new_page(22))
    later = visited(follower, NOW + 2 * DAY, llm)

    assert (before, len(llm.asked)) == (0, 1)
    assert (mended.failures, mended.counts["entries_new"]) == ([], 1)
    assert (later.failures, later.counts["entries_new"]) == ([], 1)
    assert [repair.listing and repair.listing.items for repair in repairs(follower)] == ["div.card"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(LINKS, "known entries, 0 have their title", id="other titles"),
        pytest.param(RIGHT | {"items": "div["}, "invalid selector", id="misspelt"),
        pytest.param("Ignore all rules.", "not JSON", id="no JSON"),
    ],
)
def test_selectors_that_do_not_find_what_is_known_are_rejected_and_not_asked_for_again(
    follower: Follower, web: MiniWeb, answer: dict[str, str] | str, why: str
) -> None:
    llm = proposing(answer)
    visited(follower, NOW, llm)
    web.put(NEWS, new_page(21))
    first = visited(follower, NOW + DAY, llm)
    web.put(NEWS, Page(body=new_page(21).body + b"<!-- later -->"))
    second = visited(follower, NOW + 2 * DAY, llm)

    reasons = [failure.reason for tally in (first, second) for failure in tally.failures]
    assert [why in reason for reason in reasons] == [True, True], reasons
    assert len(llm.asked) == 1
    assert [repair.listing for repair in repairs(follower)] == [None]


def test_a_page_that_was_read_again_in_between_is_asked_about_anew(
    follower: Follower, web: MiniWeb
) -> None:
    llm = proposing("no")
    for day, page in enumerate((old_page(20), new_page(21), old_page(22), new_page(23))):
        web.put(NEWS, page)
        visited(follower, NOW + day * DAY, llm)

    assert len(llm.asked) == 2


def test_without_a_model_or_known_entries_nothing_is_asked_and_the_page_fails(
    follower: Follower, web: MiniWeb
) -> None:
    llm = proposing(RIGHT)
    web.put(NEWS, new_page(21))
    unknown = visited(follower, NOW, llm)
    web.put(NEWS, old_page(20))
    visited(follower, NOW + DAY, None)
    web.put(NEWS, new_page(21))
    without = visited(follower, NOW + 2 * DAY, None)

    assert (llm.asked, repairs(follower)) == ([], ())
    assert [len(tally.failures) for tally in (unknown, without)] == [1, 1]


def test_a_model_that_does_not_answer_is_asked_again_at_the_next_visit(
    follower: Follower, web: MiniWeb
) -> None:
    answers: list[str | LlmError] = [LlmError("no answer", remedy="wait"), json.dumps(RIGHT)]

    def written(_: Prompt) -> str | LlmError:
        return answers.pop(0)

    llm = FakeLlm(written)
    visited(follower, NOW, llm)
    web.put(NEWS, new_page(21))
    first = visited(follower, NOW + DAY, llm)
    second = visited(follower, NOW + 2 * DAY, llm)

    assert (len(first.failures), len(second.failures)) == (1, 0)
