"""At which of its addresses a source is read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from aggregator.config.configuration import load
from aggregator.crawl.health import advice
from aggregator.crawl.plan import (
    due_sources,
    is_page,
    of_publisher,
    route_failure,
    route_words,
    same_entries,
    state_on_route,
    state_without_route,
)
from aggregator.domain.entry import Entry, EntryState, Feed, SeenEntry, Unreadable
from aggregator.domain.fetch_state import FetchState, RouteFailure
from aggregator.domain.operation.report import Failure
from aggregator.domain.source import Listing, ListingFormat, Route, Source, SourceKind
from aggregator.extract.feed.feed import read_feed
from aggregator.resources import DEFAULT_CONFIG
from aggregator.templating.translation import translations
from tests.messages import named

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "feeds"
NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED, MIRROR, API = (
    "https://lab.example/feed",
    "https://mirror.example/lab.xml",
    "https://models.example/api?author=lab",
)
LAB = Source(
    key="lab",
    name="Lab",
    url=FEED,
    public_url="https://lab.example/news",
    routes=(
        Route(url=MIRROR, kind=SourceKind.MIRROR, by="a reader"),
        Route(url=API, kind=SourceKind.REGISTRY),
    ),
)
FAILURE = RouteFailure(
    source_key="lab",
    url=FEED,
    reason="http 404 not found",
    last_tried=NOW - HOUR,
    failures=3,
    failing_since=NOW - HOUR,
    next_try=NOW + HOUR,
)


@pytest.mark.parametrize(
    ("failure", "is_named", "asked"),
    [
        pytest.param(None, False, [FEED, MIRROR, API], id="in order"),
        pytest.param(FAILURE, False, [MIRROR, API], id="one rests"),
        pytest.param(FAILURE, True, [FEED, MIRROR, API], id="one rests and the source is named"),
        pytest.param(
            replace(FAILURE, next_try=NOW), False, [FEED, MIRROR, API], id="one has rested"
        ),
        pytest.param(replace(FAILURE, next_try=None), False, [MIRROR, API], id="one is gone"),
        pytest.param(
            replace(FAILURE, barred_until=NOW + HOUR), True, [MIRROR, API], id="one is barred"
        ),
    ],
)
def test_the_addresses_that_a_visit_may_try(
    failure: RouteFailure | None, *, is_named: bool, asked: list[str]
) -> None:
    failures = {"lab": [failure]} if failure else {}
    (ask,) = due_sources([LAB], {}, NOW, everything=is_named, failures=failures).asked

    assert [one.request.url for one in (ask, *ask.rest)] == asked


def test_a_source_all_of_whose_addresses_rest_is_asked_at_all_once_it_is_due() -> None:
    resting = [replace(FAILURE, url=url) for url in (FEED, MIRROR, API)]
    (ask,) = due_sources([LAB], {}, NOW, failures={"lab": resting}).asked

    assert [one.request.url for one in (ask, *ask.rest)] == [FEED, MIRROR, API]


def test_an_address_that_fails_again_counts_its_failures_on() -> None:
    failed = {"lab": [replace(FAILURE, next_try=NOW)]}
    (ask,) = due_sources([LAB], {}, NOW, failures=failed).asked

    assert ask.state is not None
    assert (ask.state.failures, ask.before) == (3, None)


@pytest.mark.parametrize(
    ("before", "since"),
    [
        pytest.param(None, NOW, id="the first failure"),
        pytest.param(NOW - HOUR, NOW - HOUR, id="a further one"),
    ],
)
def test_an_address_and_a_source_without_any_remember_since_when_they_fail(
    before: datetime | None, since: datetime
) -> None:
    state = FetchState(source_key="lab", url=FEED, failing_since=before)
    told = Failure(source="lab", stage="fetch", reason="http 404 not found", next_try=None)
    failure = route_failure(state, told, NOW)
    whole, _ = state_without_route(state, [failure], NOW)

    assert (failure.failing_since, whole.failing_since) == (since, since)


def test_a_quarantine_outlasts_a_change_of_address() -> None:
    before = FetchState(source_key="lab", url=FEED, quarantined=NOW, quarantine_reason="it jumped")
    state = state_on_route(before, FetchState(source_key="lab", url=MIRROR), NOW + HOUR)

    assert (state.quarantined, state.quarantine_reason, state.route_since) == (
        NOW,
        "it jumped",
        NOW + HOUR,
    )


def test_a_mirror_lists_only_what_lies_at_the_publisher_and_without_texts() -> None:
    own = Entry(
        source_key="lab", guid="1", url="https://www.lab.example/a", title="A", summary="Text."
    )
    other = replace(own, guid="2", url="https://else.example/a")

    found = of_publisher(Feed(entries=(own, other)), LAB.ways()[1])
    assert found == Feed(entries=(replace(own, summary=""),), left_out=1)
    refused = of_publisher(Feed(entries=(other,)), LAB.ways()[1])
    assert isinstance(refused, Unreadable)
    assert named(refused.reason) == ["1", "lab.example"]


@pytest.mark.parametrize(
    ("summary", "kept"),
    [pytest.param("", "", id="no text"), pytest.param("Text.", "Text.", id="the text it lacked")],
)
def test_an_article_that_another_address_listed_is_the_same_entry(summary: str, kept: str) -> None:
    stored = Entry(source_key="lab", guid="of the mirror", url="https://lab.example/a", title="A")
    listed = replace(stored, guid="of the feed", summary=summary)
    seen = SeenEntry(entry=listed, article_id="a", first_seen=NOW, state=EntryState.PENDING)
    (same,) = same_entries([seen], {"a": stored})

    assert (same.entry.guid, same.entry.summary) == ("of the mirror", kept)


def test_a_model_registry_needs_no_table_and_a_page_is_made_for_readers() -> None:
    registry = LAB.ways()[2]

    assert registry.reading == Listing(format=ListingFormat.HUGGINGFACE)
    assert not is_page(registry)


def test_articles_lie_at_the_publisher_and_the_registry_and_never_at_a_mirror() -> None:
    assert LAB.hosts == {"lab.example", "models.example"}


def test_readers_are_told_where_a_source_is_read() -> None:
    page = replace(LAB, kind=SourceKind.LISTING)

    own, mirror, registry, listing = (route_words(way) for way in (*LAB.ways(), page))
    assert (own.count("feed"), listing.count("feed"), "list" in listing) == (1, 1, True)
    assert own != listing
    assert mirror.endswith(": a reader")
    assert registry.endswith(" models.example")
    assert "Liste" in route_words(page, translations("de"))


@pytest.mark.parametrize(
    ("reason", "beginning"),
    [
        ("http 403 forbidden", "Its server turns this machine away"),
        ("http 502 bad gateway", "Its server has a fault"),
        ("host name not found", "Nothing answers"),
        ("disallowed by robots.txt", "Its publisher closes this page"),
        ("redirect loop", "It is tried again"),
    ],
)
def test_a_reason_comes_with_what_to_do(reason: str, beginning: str) -> None:
    assert advice(LAB, reason, unreadable=False).startswith(beginning)


@cache
def captured() -> dict[str, Path]:
    """The captures of mirrors by the address at which they are served; none without the corpus."""
    manifests = CORPUS.glob("*/manifest.json")
    rows = [(path.parent, row) for path in manifests for row in json.loads(path.read_text("utf-8"))]
    return {row["url"]: folder / row["file"] for folder, row in rows if "url" in row}


def test_captures_of_the_shipped_mirrors_are_read_and_lie_at_their_publishers() -> None:
    ways = [way for source in load(DEFAULT_CONFIG, {}).sources for way in source.ways()]
    mirrors = [way for way in ways if str(way.url) in captured()]
    if not mirrors:
        pytest.skip("there is no ../shared with captures of mirrors")

    found = {}
    for way in mirrors:
        body = captured()[str(way.url)].read_bytes()
        feed = read_feed(body, url=way.url, content_type="", source_key=way.key)
        assert isinstance(feed, Feed), (way.url, feed)
        own = of_publisher(feed, way)
        assert isinstance(own, Feed), (way.url, own)
        found[way.url] = (len(own.entries), own.left_out)
    assert len(mirrors) == 12
    assert {url: counts for url, counts in found.items() if counts[0] < 5 or counts[1]} == {}
