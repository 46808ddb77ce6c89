"""How many stories a model writes on a day, and how deep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from aggregator.domain.operation.rules import Depth
from aggregator.services import Services
from aggregator.store.news import stories
from aggregator.store.schema import stories as rows
from aggregator.store.writing import analyses
from aggregator.store.writing.models import kept_speed
from aggregator.story.stage.places import DailyPlaces, EveryPlace, depth_of
from tests import builders
from tests.fakes import FixedClock
from tests.integration.newsroom import (
    BEST,
    KilledError,
    Newsroom,
    killed_at,
    taking_time,
)
from tests.integration.stored import NOW, article, keep, with_texts
from tests.ollama_api import Trouble
from tests.ollama_models import shortening_writer
from tests.ollama_runner import Call
from tests.ollama_server import DIGEST, OllamaServer

ONE_EACH: dict[str, Any] = {"in_depth": 1, "in_brief": 1}
DEEP, BRIEF = Depth.IN_DEPTH, Depth.IN_BRIEF


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(shortening_writer) as serving:
        yield serving


def depths(room: Newsroom) -> list[Depth | None]:
    """How deep a model wrote each story, the most important first."""
    with room.database.reading() as connection:
        made = analyses.analysis_origins(connection)
        ranked = connection.scalars(select(rows.id).order_by(rows.score.desc()))
        return [depth_of(made.get(story)) for story in ranked]


def written(calls: Iterable[Call]) -> list[Call]:
    """The questions about stories: a model of another build is tried out first."""
    return [call for call in calls if "text" not in (call.schema or {})["properties"]]


def on_day(days: int) -> Callable[[Services], Services]:
    clock = FixedClock(NOW + timedelta(days=days, hours=3))
    return lambda services: replace(services, clock=clock)


def test_the_most_important_story_is_written_in_depth_the_next_in_brief_the_rest_by_rules(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url, **ONE_EACH)

    asked = [[*(call.schema or {})["properties"]] for call in server.calls]
    assert (depths(room), room.is_sound()) == ([DEEP, BRIEF, None], True)
    pages = [names for names in asked if not {"text", "sentence_1"} & {*names}]  # no repairs
    assert pages[2:] == [["hook", "what_changed"]]


def test_a_question_in_brief_costs_less_than_half(bare: Newsroom, server: OllamaServer) -> None:
    bare.refreshed(server.url, in_depth=1, in_brief=0)
    in_depth = sum(call.prompt_tokens for call in written(server.calls))
    with OllamaServer(shortening_writer, digest="0" * 64) as other:
        bare.refreshed(other.url, in_depth=0, in_brief=2)
        in_brief = sum(call.prompt_tokens for call in written(other.calls))

    assert 0 < in_brief < in_depth / 2  # the one of the other two that has no page in depth


def test_places_count_by_day_across_runs_and_another_day_has_places_of_its_own(
    bare: Newsroom, server: OllamaServer
) -> None:
    seen = []
    for days in (0, 0, 1, 1, 2):
        before = len(server.calls)
        bare.refreshed(server.url, on_day(days), **ONE_EACH)
        seen.append((depths(bare), len(server.calls) > before))

    assert seen == [
        ([DEEP, BRIEF, None], True),
        ([DEEP, BRIEF, None], False),
        ([DEEP, DEEP, BRIEF], True),
        ([DEEP, DEEP, BRIEF], False),
        ([DEEP, DEEP, DEEP], True),
    ]


@pytest.mark.parametrize("question", [1, 2])
def test_a_story_that_was_begun_when_the_run_was_killed_keeps_its_place(
    bare: Newsroom, server: OllamaServer, question: int
) -> None:
    with pytest.raises(KilledError):
        bare.refreshed(server.url, killed_at(question), **ONE_EACH)
    bare.refreshed(server.url, **ONE_EACH)

    assert depths(bare) == [DEEP, BRIEF, None]


def test_a_story_that_the_model_failed_on_leaves_its_place_to_the_next(
    bare: Newsroom, server: OllamaServer
) -> None:
    server.misbehave(Trouble.SERVER_ERROR, times=3)
    bare.refreshed(server.url, **ONE_EACH)

    assert depths(bare) == [None, DEEP, BRIEF]


def test_a_place_that_a_story_gives_back_goes_to_the_next_when_stories_are_written_again(
    bare: Newsroom,
) -> None:
    one, other, _ = bare.ids
    day = DailyPlaces(
        database=bare.database,
        day=NOW.date(),
        most={DEEP: 1, BRIEF: 0},
        ranked={one: DEEP, other: DEEP},
    )
    places = EveryPlace(day)
    taken = [places.take(story, None) for story in (one, other)]
    places.give_back(one)

    assert (taken, places.take(other, None)) == ([DEEP, None], DEEP)


def test_where_places_have_no_limit_there_is_none_to_give_back(bare: Newsroom) -> None:
    places = EveryPlace()
    one, *_ = bare.ids
    before = places.take(one, None)
    places.give_back(one)

    assert (before, places.take(one, None)) == (DEEP, DEEP)


def test_a_page_that_a_model_wrote_in_depth_is_never_written_shallower(
    bare: Newsroom, server: OllamaServer
) -> None:
    bare.refreshed(server.url, in_depth=3)
    with OllamaServer(shortening_writer, digest="0" * 64) as other:
        bare.refreshed(other.url, on_day(1), in_depth=0, in_brief=3)

        assert (depths(bare), written(other.calls)) == ([DEEP] * 3, [])


def test_what_a_run_cost_is_kept_for_the_price_of_the_next_and_fades(
    bare: Newsroom, server: OllamaServer
) -> None:
    report = bare.refreshed(server.url, taking_time(10))
    with bare.database.reading() as connection:
        spent = kept_speed(connection, DIGEST)

    assert spent is not None
    assert (spent.prompt_tokens, spent.completion_tokens) == (
        report.tokens_prompt,
        report.tokens_completion,
    )
    assert spent.seconds == 10 * len(server.calls)


def joined(room: Newsroom) -> None:
    """Gives the most important story a second report."""
    first = with_texts(article(BEST[0], key="a"), *BEST)
    second = with_texts(
        article("Northwind gives its second model away", key="e"),
        "Northwind gives its second model away",
        "Northwind gave its second model away on Saturday, for anybody to run.",
    )
    with room.database.writing() as connection:
        keep(connection, second)
        both = builders.story([builders.member(first), builders.member(second)])
        stories.save_story(connection, replace(both, score=3.0))


@pytest.mark.parametrize(
    ("change", "teller"),
    [
        pytest.param(joined, "ollama", id="another report joined"),
        pytest.param(Newsroom.change_best_story, "extractive", id="its report was changed"),
    ],
)
def test_without_a_place_a_model_page_stays_as_long_as_what_it_cites_is_unchanged(
    bare: Newsroom, server: OllamaServer, change: Callable[[Newsroom], None], teller: str
) -> None:
    bare.refreshed(server.url)
    change(bare)
    asked = len(server.calls)
    bare.refreshed(server.url, on_day(1), in_depth=0, in_brief=0)

    assert (bare.tellers()[0], len(server.calls) - asked) == (teller, 0)
