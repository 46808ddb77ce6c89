"""Events of the calendar as facts change, and files of them as two other parsers read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream

from aggregator.domain.publishing.dated_fact import DatedFact
from aggregator.domain.settings import SiteSettings
from aggregator.plugins.calendar.calendar_file import calendar_text
from aggregator.plugins.calendar.dated_event import DatedEvent
from aggregator.plugins.calendar.events import updated_events

NOW = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
FACT = DatedFact(
    key="openai/gpt-5.2",
    about="openai/gpt-5.2",
    day=date(2026, 8, 1),
    title="gpt-5.2 is switched off",
    stated="“gpt-5.2 · end = 2026-08-01” (The List)",
    url="entity/gpt-5-2/",
    origin="https://list.example/",
    subjects=("entity/gpt-5-2",),
)


def after(*rounds: Sequence[DatedFact], days: int = 1) -> dict[str, DatedEvent]:
    """The events once these facts were stated, a round each few days."""
    known: dict[str, DatedEvent] = {}
    for number, facts in enumerate(rounds):
        now = NOW + number * timedelta(days=days)
        known |= {event.fact.key: event for event in updated_events(facts, known, now, now.date())}
    return known


def test_what_is_stated_again_is_the_same_event() -> None:
    assert after([FACT], [FACT], [FACT]) == after([FACT])


@pytest.mark.parametrize(
    "changed",
    [
        replace(FACT, day=date(2026, 9, 1)),
        replace(FACT, title="gpt-5.2 ends"),
        replace(FACT, stated="“x” (Y)"),
    ],
    ids=["day", "title", "words"],
)
def test_a_day_or_words_that_change_raise_the_sequence(changed: DatedFact) -> None:
    (event,) = after([FACT], [changed]).values()

    assert (event.sequence, event.is_cancelled) == (1, False)
    assert event.changed == NOW + timedelta(days=1)


def test_what_is_stated_no_more_is_cancelled_and_can_return() -> None:
    (cancelled,) = after([FACT], []).values()
    (back,) = after([FACT], [], [FACT]).values()

    assert (cancelled.sequence, cancelled.is_cancelled) == (1, True)
    assert (back.sequence, back.is_cancelled) == (2, False)


def test_what_has_been_on_its_day_stays_as_it_was() -> None:
    assert after([FACT], [], days=62) == after([FACT])


@pytest.mark.parametrize("days", [1, 62])
def test_of_an_article_that_was_removed_no_word_stays_in_the_calendar(days: int) -> None:
    stated = replace(FACT, article="a1")
    known = after([stated])
    now = NOW + timedelta(days=days)

    kept = list(updated_events([], known, now, now.date(), ["a1"]))
    (gone,) = updated_events([], known, now, now.date(), ["a2"])
    file = calendar_text("News", [gone], SiteSettings()).decode()

    assert [event.fact for event in kept] == [stated] * (days == 1)
    assert (gone.sequence, gone.is_cancelled) == (1, True)
    assert "gpt-5.2" not in file
    assert "list.example" not in file
    assert not [*updated_events([], {FACT.key: gone}, now, now.date(), ["a2"])]


def test_an_event_that_moved_keeps_its_day_when_another_fact_of_the_same_comes() -> None:
    moved = replace(FACT, key="new", day=date(2026, 9, 1))
    other = replace(FACT, key="other", day=date(2026, 8, 15))
    events = after([FACT], [moved], [moved, other])

    assert {key: event.fact.day for key, event in events.items()} == {
        FACT.key: moved.day,
        "other": other.day,
    }


def test_what_is_past_when_it_is_first_stated_is_no_event() -> None:
    assert not after([replace(FACT, day=date(2026, 5, 31))])


def test_another_day_of_the_same_moves_its_event_for_good() -> None:
    plan = replace(FACT, key="s/2026-08-01", about="s")
    moved = replace(plan, key="s/2026-08-08", day=date(2026, 8, 8))
    (event,) = after([plan], [moved], [moved]).values()

    assert (event.fact.key, event.fact.day) == ("s/2026-08-01", date(2026, 8, 8))
    assert event.sequence == 1


def test_another_day_beside_the_first_is_another_event() -> None:
    plan = replace(FACT, key="s/2026-08-01", about="s")
    second = replace(plan, key="s/2026-08-08", day=date(2026, 8, 8))

    assert [event.sequence for event in after([plan], [plan, second]).values()] == [0, 0]


def test_a_list_that_it_belonged_to_keeps_it_without_a_new_version() -> None:
    (event,) = after([FACT], [replace(FACT, subjects=("topic/law",))]).values()

    assert event.subjects == ("entity/gpt-5-2", "topic/law")
    assert event.sequence == 0


HOSTILE = (
    "a\r\nEND:VEVENT\r\nBEGIN:VALARM",
    "nul\x00 bell\x07 line\u2028 turn\u202e",
    "semi;colon, comma \\n back\\slash:",
    "x" * 10_000,
    "é" * 400,
)


@pytest.mark.parametrize("text", HOSTILE, ids=["lines", "controls", "signs", "long", "folded"])
def test_hostile_words_are_bounded_text_in_both_parsers(text: str) -> None:
    fact = replace(FACT, title=text, stated=text, origin=f"https://x.example/{text}")
    made = calendar_text(text, after([fact]).values(), SiteSettings())
    (read,) = IcsCalendarStream.calendar_from_ics(made.decode()).events
    (other,) = vobject.readOne(made.decode()).vevent_list

    assert read.summary == other.summary.value
    assert read.description == other.description.value
    assert len(str(read.summary)) <= 150
    assert str(read.summary).isprintable()
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert made.count(b"\r\nBEGIN:") == 1


def test_events_are_in_the_order_of_their_days() -> None:
    later = replace(FACT, key="b", about="b", day=date(2026, 9, 1))
    made = calendar_text("News", after([later, FACT]).values(), SiteSettings()).decode()

    days = [event.start for event in IcsCalendarStream.calendar_from_ics(made).events]
    assert days == [date(2026, 8, 1), date(2026, 9, 1)]
