"""The memory between stages, on a real database: what is asked, published, read and run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from aggregator.domain.article import Article, Read
from aggregator.domain.claim import Draft
from aggregator.domain.entry import DateOrigin, Entry, EntryDate, EntryState, SeenEntry
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.web.rights import RobotsFile
from aggregator.store import runs
from aggregator.store.news import articles, entries, sources, stories
from aggregator.store.news.articles import KnownArticle, PlacedArticle, Sketch
from aggregator.store.writing import analyses
from tests import builders
from tests.integration.stored import NOW, analysis, article, keep, latest_run, placed, with_texts

# Sources


STATE = FetchState(
    source_key="daily",
    url="https://daily.example/feed",
    etag='W/"1"',
    last_modified="Sat, 04 Jul 2026 12:00:00 GMT",
    body_hash="a" * 64,
    last_tried=NOW,
    last_ok=NOW - timedelta(hours=1),
    due=NOW + timedelta(hours=1),
    barred_until=NOW + timedelta(minutes=2),
    failures=2,
    failing_since=NOW - timedelta(days=1),
    reason="http 503",
)


def test_the_state_of_a_source_comes_back_as_it_was_kept(connection: Connection) -> None:
    sources.save_states(connection, [replace(STATE, failures=9)])
    sources.save_states(connection, [STATE])

    assert sources.fetch_states(connection) == {"daily": STATE}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # it counts what it writes
def test_of_a_known_state_only_what_changed_is_written(connection: Connection) -> None:
    sources.save_states(connection, [STATE, replace(STATE, source_key="lab")])
    moved = replace(STATE, failures=9, due=NOW)
    before = connection.connection.total_changes
    sources.save_states(
        connection,
        [moved, replace(STATE, source_key="lab")],
        {"daily": STATE, "lab": replace(STATE, source_key="lab")},
    )

    assert sources.fetch_states(connection) == {
        "daily": moved,
        "lab": replace(STATE, source_key="lab"),
    }
    assert connection.connection.total_changes - before == 1


def test_an_article_is_found_among_more_ids_than_one_statement_binds(
    connection: Connection,
) -> None:
    one = article("One")
    keep(connection, one)
    unknown = [f"0{n:04}" for n in range(1_200)]  # they sort before it

    assert [*articles.known_articles(connection, [one.id, *unknown])] == [one.id]


def test_a_standing_tells_of_articles_and_failures_in_the_order_of_the_configuration(
    connection: Connection,
) -> None:
    keep(connection, article("One"), article("Two", hours=3), article("Three", key="lab"))
    sources.save_states(connection, [STATE])
    quiet, daily = builders.source("quiet"), builders.source("daily")
    found = sources.source_statuses(connection, [quiet, daily], sources.fetch_states(connection))

    assert [
        (
            standing.source,
            standing.articles,
            standing.newest,
            standing.failing_since,
            standing.reason,
        )
        for standing in found
    ] == [
        (quiet, 0, None, None, None),
        (daily, 2, builders.NOON + timedelta(hours=3), STATE.failing_since, "http 503"),
    ]


# Entries


def seen(
    guid: str = "g1",
    *,
    state: EntryState = EntryState.PENDING,
    article_id: str = "a1",
    **changes: Any,
) -> SeenEntry:
    """An entry with every field set, first seen now."""
    entry = Entry(
        source_key="daily",
        guid=guid,
        url="https://daily.example/1",
        title="Northwind opens a model",
        authors=("Ada Holt", "Bo Li"),
        published=EntryDate(at=NOW - timedelta(days=1), origin=DateOrigin.FEED),
        updated=NOW - timedelta(hours=2),
        summary="<p>Short.</p>",
        content="<p>Long.</p>",
        tags=("models", "open"),
        language="en",
    )
    return SeenEntry(
        entry=replace(entry, **changes), article_id=article_id, first_seen=NOW, state=state
    )


def test_an_entry_comes_back_as_it_was_published(connection: Connection) -> None:
    new = entries.save_entries(connection, [seen()])

    assert (new, entries.pending_entries(connection)) == ({"daily": 1}, (seen(),))


def test_an_undated_entry_comes_back_undated(connection: Connection) -> None:
    entries.save_entries(connection, [seen(published=None, updated=None)])

    assert entries.pending_entries(connection) == (seen(published=None, updated=None),)


def test_of_some_articles_the_entries_that_are_still_to_be_read_come_in_order(
    connection: Connection,
) -> None:
    listed = [seen(f"g{n}", article_id=f"a{n:03}") for n in range(600)]
    entries.save_entries(connection, listed)
    entries.mark_read(connection, "a007")

    assert entries.pending_entries(connection, {"a599", "a007", "a003", "elsewhere"}) == (
        listed[3],
        listed[599],
    )
    assert entries.pending_entries(connection, {entry.article_id for entry in listed}) == tuple(
        listed[:7] + listed[8:]
    )
    assert entries.pending_entries(connection, ()) == ()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # it counts what it writes
def test_an_unchanged_entry_is_not_written_again(connection: Connection) -> None:
    entries.save_entries(connection, [seen()])
    entries.mark_read(connection, "a1")
    before = connection.connection.total_changes
    new = entries.save_entries(
        connection,
        [replace(seen(tags=("other",), updated=None), first_seen=NOW + timedelta(hours=1))],
    )

    assert (
        new,
        connection.connection.total_changes - before,
        entries.pending_entries(connection),
    ) == ({}, 0, ())


def test_an_entry_whose_votes_alone_are_others_is_not_read_again(connection: Connection) -> None:
    counted = [
        seen(summary=f"<p>Points: {votes}</p>", votes=votes, content="") for votes in (12, 40)
    ]
    entries.save_entries(connection, counted[:1])
    entries.mark_read(connection, "a1")
    entries.save_entries(connection, counted[1:])

    assert entries.pending_entries(connection) == ()
    assert entries.votes_of(connection, ["a1"]) == {"a1": 40}


@pytest.mark.parametrize(
    "database", ["sqlite"], indirect=True
)  # it counts the steps of its machine
def test_an_article_is_marked_as_read_without_a_look_at_all_that_is_pending(
    connection: Connection,
) -> None:
    def steps(article_id: str) -> int:
        taken: list[None] = []
        connection.connection.set_progress_handler(lambda: taken.append(None), 1)
        entries.mark_read(connection, article_id)
        connection.connection.set_progress_handler(None, 0)
        return len(taken)

    entries.save_entries(connection, [seen(f"g{n}", article_id=f"a{n}") for n in range(10)])
    of_few = steps("a5")
    entries.save_entries(connection, [seen(f"g{n}", article_id=f"a{n}") for n in range(10, 500)])

    assert steps("a250") <= of_few + 10


@pytest.mark.parametrize(
    "changed",
    [{"title": "x"}, {"summary": "x"}, {"content": "x"}, {"url": "https://daily.example/2"}],
)
def test_a_changed_entry_is_pending_again_and_keeps_its_first_sight(
    connection: Connection, changed: dict[str, Any]
) -> None:
    entries.save_entries(connection, [seen()])
    entries.mark_read(connection, "a1")
    new = entries.save_entries(
        connection, [replace(seen(**changed), first_seen=NOW + timedelta(hours=1))]
    )

    assert (new, entries.pending_entries(connection)) == ({}, (seen(**changed),))


def test_one_guid_of_two_sources_is_two_entries(connection: Connection) -> None:
    entries.save_entries(connection, [seen()])
    new = entries.save_entries(connection, [seen(source_key="lab")])

    assert (new, len(entries.pending_entries(connection))) == ({"lab": 1}, 2)


def test_an_entry_that_was_read_is_read_on_though_its_new_words_are_off_topic(
    connection: Connection,
) -> None:
    entries.save_entries(connection, [seen("g1"), seen("g2", state=EntryState.OFF_TOPIC)])
    entries.mark_read(connection, "a1")
    changed = [seen(guid, title="Other words", state=EntryState.OFF_TOPIC) for guid in ("g1", "g2")]
    entries.save_entries(connection, changed)
    states = {found.entry.guid: found.state for found in entries.entries_of(connection, ["a1"])}

    assert states == {"g1": EntryState.PENDING, "g2": EntryState.OFF_TOPIC}
    first_seen = changed[0].first_seen
    assert entries.off_topic(connection, [changed[0].entry.source_key], first_seen) == 1


def test_only_pending_entries_are_to_be_read_in_a_fixed_order(connection: Connection) -> None:
    pending = [
        seen("g3", article_id="a2"),
        seen("g2", article_id="a1"),
        seen("g1", article_id="a1"),
    ]
    entries.save_entries(
        connection,
        [*pending, seen("g4", state=EntryState.OLD), seen("g5", state=EntryState.FILTERED)],
    )

    assert entries.pending_entries(connection) == (pending[2], pending[1], pending[0])


def test_reading_an_article_settles_its_pending_entries_and_no_others(
    connection: Connection,
) -> None:
    entries.save_entries(
        connection, [seen("g1"), seen("g2", state=EntryState.OLD), seen("g3", article_id="a2")]
    )
    entries.mark_read(connection, "a1")
    states = {
        entry.entry.guid: entry.state for entry in entries.entries_of(connection, ["a1", "a2"])
    }

    assert states == {"g1": EntryState.READ, "g2": EntryState.OLD, "g3": EntryState.PENDING}


def test_no_entries_are_nothing_new(connection: Connection) -> None:
    assert entries.save_entries(connection, []) == {}


def test_more_articles_than_one_statement_takes_are_looked_up(connection: Connection) -> None:
    entries.save_entries(connection, [seen(f"g{n}", article_id=f"a{n:04}") for n in range(1100)])

    assert len(entries.entries_of(connection, [f"a{n:04}" for n in range(1100)])) == 1100


# Articles


def test_an_article_comes_back_with_its_passages(connection: Connection) -> None:
    whole = replace(
        article("One", "First.", "Second."), byline="Ada Holt", shortfall="http 403", language=None
    )

    assert (keep(connection, whole), articles.unplaced_articles(connection)) == ([True], (whole,))


def test_the_same_text_is_no_new_version_but_its_next_try_is_kept(connection: Connection) -> None:
    first, due = article(read=Read.EXCERPT), NOW + timedelta(hours=6)
    keep(connection, first)
    is_new = keep(connection, replace(first, shortfall="http 503"), page_due=due, page_failures=1)
    (stored,) = articles.unplaced_articles(connection)

    assert (is_new, stored) == ([False], replace(first, shortfall="http 503"))
    assert articles.known_articles(connection, [first.id])[first.id] == KnownArticle(
        read=Read.EXCERPT,
        source_key="daily",
        shortfall="http 503",
        page_due=due,
        page_failures=1,
        first_seen=first.first_seen,
    )


@pytest.mark.parametrize(
    ("second", "digest"),
    [
        pytest.param(
            with_texts(article(read=Read.EXCERPT), "Northwind opens a model", "Other words."),
            "other",
            id="other words",
        ),
        pytest.param(article(read=Read.FULL), "same", id="the same words as the full text"),
    ],
)
def test_a_changed_article_is_a_new_version_and_its_story_becomes_stale(
    connection: Connection, second: Article, digest: str
) -> None:
    first = article(read=Read.EXCERPT)
    of = placed(connection, first, digest="same")
    stories.mark_fresh(connection, [of.id])
    is_new = keep(connection, second, digest=digest)
    stored = articles.articles_of(connection, [of.id], passages=True)[of.id]

    assert (is_new, stored) == (
        [True],
        [(with_texts(second, *(passage.text for passage in second.passages), version=2), None)],
    )
    assert [story.id for story in stories.stale_stories(connection)] == [of.id]


def test_the_passages_of_an_older_version_stay_for_the_citations_that_name_them(
    connection: Connection,
) -> None:
    first = article("One", "As it was.")
    of = placed(connection, first)
    keep(connection, with_texts(first, "One", "As it is."))
    analyses.save_analyses(
        connection, [analysis(of, Draft(headline=builders.claim("As it was.", first)))], "1"
    )

    assert (
        analyses.analyses_of(connection, [of.id])[of.id].kept.headline.citations[0].passage
        == f"{first.id}.1.1"
    )


def test_an_article_whose_story_is_not_known_yet_may_change(connection: Connection) -> None:
    first = article("One")
    keep(connection, first)

    assert keep(connection, with_texts(first, "One", "Other words.")) == [True]


def test_unknown_articles_are_left_out(connection: Connection) -> None:
    assert articles.known_articles(connection, ["nobody"]) == {}


@pytest.mark.parametrize(
    ("due", "asked_at", "is_due"),
    [
        pytest.param(NOW, NOW, True, id="at its next try"),
        pytest.param(NOW, NOW - timedelta(seconds=1), False, id="not before"),
        pytest.param(None, NOW, False, id="a page that was had"),
        pytest.param(NOW, builders.NOON + timedelta(days=30), True, id="for a month"),
        pytest.param(NOW, builders.NOON + timedelta(days=31), False, id="then it is let go"),
        pytest.param(NOW + timedelta(days=30), NOW, False, id="a month ahead, as a server may ask"),
        pytest.param(NOW + timedelta(days=365), NOW, True, id="put off by a clock that was wrong"),
    ],
)
def test_a_page_is_due_from_its_next_try_on_for_a_month(
    connection: Connection, due: datetime | None, asked_at: datetime, is_due: bool
) -> None:
    one = article(read=Read.EXCERPT)
    keep(connection, one, page_due=due, page_failures=3)

    assert articles.pages_due(connection, asked_at) == (((one.id, 3),) if is_due else ())


def test_a_page_that_failed_again_is_asked_at_its_new_next_try(connection: Connection) -> None:
    one, later = article(read=Read.EXCERPT), NOW + timedelta(days=1)
    keep(connection, one, page_due=NOW, page_failures=1)
    articles.retry_page(connection, one.id, page_due=later, page_failures=2)

    assert (articles.pages_due(connection, NOW), articles.pages_due(connection, later)) == (
        (),
        ((one.id, 2),),
    )
    assert articles.unplaced_articles(connection) == (one,)


@pytest.mark.parametrize(
    ("due", "may"),
    [(None, True), (NOW, True), (NOW + timedelta(seconds=1), False)],
    ids=["never tried", "due", "not yet"],
)
def test_a_known_page_may_be_asked_from_its_next_try_on(due: datetime | None, may: bool) -> None:
    known = KnownArticle(
        read=Read.EXCERPT,
        source_key="daily",
        shortfall=None,
        page_due=due,
        page_failures=1,
        first_seen=NOW,
    )

    assert known.may_ask(NOW) is may


def test_articles_are_unplaced_until_they_have_a_story(connection: Connection) -> None:
    one, two = sorted((article("One"), article("Two")), key=lambda one: one.id)
    keep(connection, two, one)
    before = (articles.unplaced_count(connection), articles.unplaced_articles(connection))
    stories.save_story(connection, builders.story([builders.member(one)]))
    articles.place_article(connection, one.id, one.id, None)

    assert (
        before,
        articles.unplaced_count(connection),
        articles.unplaced_articles(connection),
    ) == ((2, (one, two)), 1, (two,))


def test_placed_articles_are_found_by_their_date(connection: Connection) -> None:
    early, middle, late = article("Early", hours=-5), article("Middle"), article("Late", hours=5)
    of = placed(connection, early, middle, late, copies={middle.id: early.id})
    keep(connection, article("Unplaced"))
    found = articles.placed_articles(
        connection, builders.NOON - timedelta(hours=1), builders.NOON + timedelta(hours=1)
    )

    assert found == (
        PlacedArticle(
            article=middle,
            story_id=of.id,
            storyline=None,
            affairs=(),
            copy_of=early.id,
            sketch=None,
        ),
    )


def test_a_placed_article_comes_as_its_sketch_as_long_as_that_is_of_its_version(
    connection: Connection,
) -> None:
    one = article("One")
    of = placed(connection, one)
    sketch = Sketch(lead="One, the lab said", shingles=b"\x01\x00\x00\x00", terms=b"\x02")
    articles.save_sketches(connection, [(one, Sketch(lead="old", shingles=b""))])
    articles.save_sketches(connection, [(one, sketch)])
    spans = (builders.NOON - timedelta(hours=1), builders.NOON + timedelta(hours=1))
    stories.set_storyline(connection, of.id, "line", ("one-other",))
    kept = articles.placed_articles(connection, *spans)
    again = replace(one, passages=(*one.passages, replace(one.passages[0], n=9, text="And more.")))
    keep(connection, again)

    assert kept == (
        PlacedArticle(
            article=replace(one, passages=()),
            story_id=of.id,
            storyline="line",
            affairs=("one-other",),
            copy_of=None,
            sketch=sketch,
        ),
    )
    assert [placed.sketch for placed in articles.placed_articles(connection, *spans)] == [None]


def test_the_members_of_a_story_come_oldest_first_with_or_without_text(
    connection: Connection,
) -> None:
    late, early = article("Late", hours=5), article("Early", hours=-5)
    of = placed(connection, late, early, copies={late.id: early.id})
    bare = [(replace(early, passages=()), None), (replace(late, passages=()), early.id)]

    assert articles.articles_of(connection, [of.id, "nobody"], passages=True) == {
        of.id: [(early, None), (late, early.id)],
        "nobody": [],
    }
    assert articles.articles_of(connection, [of.id], passages=False) == {of.id: bare}


# Robots and runs


def test_the_texts_of_the_newest_articles_come_without_their_headlines(
    connection: Connection,
) -> None:
    old, new = article("Old", "An older text.", hours=-1), article("New", "A newer text.")
    later = article("Later", hours=1)
    keep(connection, old, new, replace(later, passages=later.passages[:1]))

    assert list(articles.newest_texts(connection, 1)) == ["A newer text."]


def test_the_newest_robots_file_of_an_origin_is_kept(connection: Connection) -> None:
    old = RobotsFile(
        origin="https://daily.example", fetched=NOW, status=200, body="User-agent: *\nDisallow: /x"
    )
    new = replace(old, fetched=NOW + timedelta(days=1), status=404, body="")
    other = replace(old, origin="http://daily.example:8080")
    sources.save_robots(connection, [old, other])
    sources.save_robots(connection, [new])

    assert sources.robots_files(connection) == {new.origin: new, other.origin: other}


def test_there_is_no_newest_run_before_the_first(connection: Connection) -> None:
    assert latest_run(connection) is None


def test_the_newest_run_is_told_with_its_report_and_without_one_where_it_died(
    connection: Connection,
) -> None:
    runs.start_run(connection, "one", NOW - timedelta(hours=1))
    runs.start_run(connection, "a-later-one", NOW)
    died = latest_run(connection)
    runs.finish_run(connection, "a-later-one", {"run": "x", "failures": [{"source": "daily"}]})

    assert (died, latest_run(connection)) == (
        ("a-later-one", NOW, None),
        ("a-later-one", NOW, {"run": "x", "failures": [{"source": "daily"}]}),
    )


def test_a_run_that_starts_again_with_a_frozen_clock_keeps_its_row(connection: Connection) -> None:
    runs.start_run(connection, "one", NOW)
    runs.start_run(connection, "one", NOW + timedelta(hours=1))

    assert latest_run(connection) == ("one", NOW, None)


def test_merged_stories_are_followed_to_the_last_and_a_circle_has_none() -> None:
    ways = {"first": "second", "second": "third", "one": "other", "other": "one"}

    found = [stories.end_of(each, ways) for each in ("first", "third", "one")]
    assert found == ["third", "third", None]
    assert stories.end_of("first", ways, {"second"}) == "second"
