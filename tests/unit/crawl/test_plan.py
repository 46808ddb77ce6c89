"""Who is asked now: due, named, barred, moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.crawl.plan import ACCEPT_FEED, DueSources, due_sources, is_page
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.source import Listing, ListingFormat, Source, SourceKind
from aggregator.ports import Request

pytestmark = pytest.mark.clock

NOW = datetime(2026, 7, 6, 6, 0, tzinfo=UTC)
LAB = Source(key="lab", name="Lab", url="https://lab.example/feed")
WIRE = Source(key="wire", name="Wire", url="https://wire.example/feed")
STATE = FetchState(source_key="lab", url=LAB.url, etag='W/"1"', last_modified="yesterday")


def _keys(due: DueSources) -> tuple[list[str], list[str]]:
    return [ask.source.key for ask in due.asked], [source.key for source in due.not_due]


def test_a_source_never_asked_is_asked_without_validators() -> None:
    due = due_sources([LAB], {}, NOW)

    assert [(ask.state, ask.request) for ask in due.asked] == [
        (None, Request(url=LAB.url, accept=ACCEPT_FEED))
    ]


@pytest.mark.parametrize(
    ("format", "accepted", "is_of_readers"),
    [
        pytest.param(ListingFormat.HTML, "text/html", True, id="page"),
        pytest.param(ListingFormat.NEXTJS, "text/html", True, id="page with data in it"),
        pytest.param(ListingFormat.JSON, "application/json", False, id="JSON"),
        pytest.param(ListingFormat.SITEMAP, "application/xml", False, id="sitemap"),
        pytest.param(ListingFormat.HACKERNEWS, "application/json", False, id="service"),
        pytest.param(
            ListingFormat.ARXIV,
            "application/atom+xml",
            False,
            id="service that answers with a feed",
        ),
    ],
)
def test_a_listing_is_asked_for_what_it_is(
    format: ListingFormat, accepted: str, *, is_of_readers: bool
) -> None:
    source = replace(LAB, kind=SourceKind.LISTING, listing=Listing(format=format))

    (ask,) = due_sources([source], {}, NOW).asked

    assert (ask.request.accept.partition(",")[0], is_page(ask.source)) == (accepted, is_of_readers)


def test_a_page_with_json_in_a_script_is_made_for_readers() -> None:
    pages = [
        replace(LAB, listing=Listing(format=ListingFormat.JSON, script=script))
        for script in ("", "#data")
    ]

    assert [is_page(page) for page in pages] == [False, True]


def test_validators_go_out_exactly_as_they_came_in() -> None:
    due = due_sources([LAB], {"lab": STATE}, NOW)

    assert [ask.request for ask in due.asked] == [
        Request(url=LAB.url, accept=ACCEPT_FEED, etag='W/"1"', last_modified="yesterday")
    ]


def test_a_source_that_moved_starts_afresh() -> None:
    moved = replace(STATE, url="https://lab.example/old", due=NOW + timedelta(hours=1))

    due = due_sources([LAB], {"lab": moved}, NOW)

    assert [(ask.state, ask.request.etag) for ask in due.asked] == [(None, None)]


def test_a_source_that_moved_for_good_is_asked_where_it_went() -> None:
    due = due_sources([LAB], {"lab": replace(STATE, ask_url="https://lab.example/new")}, NOW)

    assert [(ask.request.url, ask.request.etag) for ask in due.asked] == [
        ("https://lab.example/new", 'W/"1"')
    ]


LATER, EARLIER = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "everything", "only", "expected"),
    [
        pytest.param(
            replace(STATE, due=EARLIER), False, (), (["lab", "wire"], []), id="its time has come"
        ),
        pytest.param(
            replace(STATE, due=NOW), False, (), (["lab", "wire"], []), id="its time is now"
        ),
        pytest.param(replace(STATE, due=LATER), False, (), (["wire"], ["lab"]), id="not due"),
        pytest.param(
            replace(STATE, due=LATER), True, (), (["lab", "wire"], []), id="all are wanted"
        ),
        pytest.param(replace(STATE, due=LATER), False, {"lab"}, (["lab"], []), id="named"),
        pytest.param(
            replace(STATE, barred_until=LATER),
            True,
            (),
            (["wire"], ["lab"]),
            id="barred, all wanted",
        ),
        pytest.param(
            replace(STATE, barred_until=LATER), False, {"lab"}, ([], ["lab"]), id="barred, named"
        ),
        pytest.param(
            replace(STATE, due=EARLIER, skip_hours=(6,)),
            False,
            (),
            (["wire"], ["lab"]),
            id="its hour of rest",
        ),
        pytest.param(
            replace(STATE, due=EARLIER, skip_hours=(6,)),
            True,
            (),
            (["lab", "wire"], []),
            id="its rest, all wanted",
        ),
        pytest.param(replace(STATE, retired=EARLIER), True, (), (["wire"], []), id="retired"),
        pytest.param(
            replace(STATE, retired=EARLIER), False, {"lab"}, (["lab"], []), id="retired, named"
        ),
        pytest.param(
            replace(STATE, last_tried=NOW + timedelta(days=400), due=NOW + timedelta(days=401)),
            False,
            (),
            (["lab", "wire"], []),
            id="asked by a clock that was ahead",
        ),
        pytest.param(
            replace(STATE, last_tried=NOW + timedelta(minutes=5), due=LATER),
            False,
            (),
            (["wire"], ["lab"]),
            id="asked by a clock a few minutes ahead",
        ),
        pytest.param(
            replace(STATE, barred_until=NOW + timedelta(days=400)),
            True,
            (),
            (["lab", "wire"], []),
            id="barred by such a clock",
        ),
        pytest.param(
            replace(STATE, barred_until=EARLIER),
            False,
            (),
            (["lab", "wire"], []),
            id="no longer barred",
        ),
    ],
)
def test_who_is_asked(
    state: FetchState, everything: bool, only: set[str], expected: tuple[list[str], list[str]]
) -> None:
    due = due_sources([LAB, WIRE], {"lab": state}, NOW, everything=everything, only=only)

    assert _keys(due) == expected


def test_a_source_that_is_off_is_neither_asked_nor_waited_for() -> None:
    due = due_sources([replace(LAB, enabled=False)], {}, NOW, everything=True, only={"lab"})

    assert due == DueSources(asked=(), not_due=())
