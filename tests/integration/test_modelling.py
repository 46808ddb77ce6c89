"""The model's part of a refresh: a real database, the real adapter, our own Ollama; what is asked,
kept, told and reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain.operation.report import RunReport
from aggregator.domain.settings import EngineChoice, OpenAiSettings
from aggregator.ports import ModelEngine
from aggregator.services import Services
from aggregator.store.writing import analyses
from tests.integration.newsroom import (
    MODEL,
    Counting,
    KilledError,
    Newsroom,
    killed_at,
    stored_stories,
    taking_time,
    with_model,
)
from tests.ollama_api import Trouble
from tests.ollama_models import Model, shortening_writer
from tests.ollama_server import OllamaServer

HEADLINE = re.compile(r"^HEADLINE: .*$", re.MULTILINE)


@pytest.fixture(scope="module")
def stored(
    empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, tuple[str, ...]]:
    """Three stories, made once."""
    return stored_stories(empty_database, tmp_path_factory.mktemp("stories"))


@pytest.fixture
def room(stored: tuple[Path, tuple[str, ...]], tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom(tmp_path, *stored) as made:
        yield made


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(shortening_writer) as serving:
        yield serving


def questions(server: OllamaServer) -> Counter[str]:
    """How often each kind of question was asked."""
    kinds = {"events": "facts", "headline": "page", "hook": "page", "sentence_1": "repair"}
    firsts = [next(iter((call.schema or {})["properties"])) for call in server.calls]
    return Counter(kinds.get(first, first) for first in firsts)


def reasons(report: RunReport) -> list[str]:
    """What the report says failed."""
    return [failure.reason for failure in report.failures]


def test_every_story_is_told_by_the_model_and_the_report_names_it(
    room: Newsroom, server: OllamaServer
) -> None:
    report = room.refreshed(server.url)

    assert (report.engine, report.failures, room.tellers()) == (
        f"ollama ({MODEL})",
        (),
        ["ollama"] * 3,
    )
    assert (report.tokens_prompt, report.tokens_completion) == (
        sum(call.prompt_tokens for call in server.calls),
        sum(call.completion_tokens for call in server.calls),
    )
    assert room.is_sound()


def test_what_a_model_wrote_is_told_apart_from_what_was_quoted(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)

    assert [{"written", "extracted"} <= kinds for kinds in room.provenance()].count(
        True
    ) >= 2  # of the first all is quoted


def test_where_nothing_changed_the_model_is_not_asked(room: Newsroom, server: OllamaServer) -> None:
    room.refreshed(server.url)
    asked = len(server.calls)
    report = room.refreshed(server.url)

    assert (
        len(server.calls) - asked,
        report.tokens_prompt,
        report.analysed,
        report.pages_written,
    ) == (0, 0, 0, 0)


def test_a_question_whose_answer_is_lost_is_the_only_one_asked_again(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)
    before = questions(server)
    room.forget("facts")
    room.refreshed(server.url, with_model(lambda engine: replace(engine, prompts="other")))

    assert questions(server) - before == Counter(facts=before["facts"])


def test_other_prompts_with_the_same_words_cost_nothing(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)
    before = len(server.calls)
    report = room.refreshed(server.url, with_model(lambda engine: replace(engine, prompts="other")))

    assert (len(server.calls) - before, report.analysed) == (0, 3)


def test_another_build_of_the_model_is_asked_everything_again(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)
    with OllamaServer(shortening_writer, digest="0" * 64) as other:
        room.refreshed(other.url)

    assert questions(other) == questions(server)


def test_a_story_that_changed_is_the_only_one_told_again(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)
    asked = len(server.calls)
    room.change_best_story()
    report = room.refreshed(server.url)

    headlines = {
        found[0] for call in server.calls[asked:] if (found := HEADLINE.search(call.prompt))
    }
    assert (report.analysed, len(headlines), "gift" in server.calls[asked].prompt) == (1, 1, True)


def test_the_sections_of_a_story_are_asked_one_after_the_other_so_that_the_cache_serves_them(
    room: Newsroom,
) -> None:
    def part_by_part(system: str, prompt: str, schema: dict[str, Any] | None) -> str:
        is_whole = schema is not None and "headline" in schema["properties"]
        return "no page" if is_whole else shortening_writer(system, prompt, schema)

    with OllamaServer(part_by_part) as server:
        room.refreshed(server.url)
        evaluated = sum(call.evaluated_tokens for call in server.calls)

        assert evaluated < 0.6 * sum(call.prompt_tokens for call in server.calls)


def test_a_time_budget_ends_with_the_best_told_by_the_model_and_the_rest_by_rules(
    room: Newsroom, server: OllamaServer
) -> None:
    report = room.refreshed(server.url, taking_time(60), time_budget_s=100.0)

    assert (room.tellers(), room.is_sound()) == (["ollama", "extractive", "extractive"], True)
    assert (reasons(report), [note.text for note in report.notes]) == (
        [],
        [
            "the 100 s of analysis.time_budget_s are used up; 2 stories not reached; the"
            " next run continues with them"
        ],
    )
    assert questions(server) == Counter(facts=1, page=1)


def test_what_a_budget_left_over_is_told_in_the_next_run_without_asking_again(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url, taking_time(60), time_budget_s=290.0)
    report = room.refreshed(server.url)

    asked = [(call.prompt, str(call.schema)) for call in server.calls]
    assert (room.tellers(), report.failures, len(asked) - len(set(asked))) == (
        ["ollama"] * 3,
        (),
        0,
    )


def test_a_budget_of_nothing_is_no_limit(room: Newsroom, server: OllamaServer) -> None:
    room.refreshed(server.url, taking_time(10_000), time_budget_s=0.0)

    assert room.tellers() == ["ollama"] * 3


@pytest.mark.parametrize("question", [1, 3, 5, 8])
def test_a_run_killed_between_sections_is_resumed_without_asking_anything_twice(
    room: Newsroom, server: OllamaServer, question: int
) -> None:
    with pytest.raises(KilledError):
        room.refreshed(server.url, killed_at(question))
    kept = room.kept_answers().total()
    report = room.refreshed(server.url)

    asked = [(call.prompt, str(call.schema)) for call in server.calls]
    assert (kept, len(asked) - len(set(asked)), report.failures) == (question - 1, 0, ())
    assert (room.tellers(), room.is_sound()) == (["ollama"] * 3, True)


_REMEDIES = {
    Trouble.HUNG: "raise analysis.ollama.timeout_s",
    Trouble.DRIP: "raise analysis.ollama.timeout_s",
    Trouble.SERVER_ERROR: "check the server's log",
    Trouble.BUSY: "lower analysis.ollama.concurrency",
    Trouble.CUT: "check the server's log",
    Trouble.GARBAGE: "check that analysis.ollama.host is an Ollama server",
    Trouble.OTHER_SHAPE: "check that analysis.ollama.host is an Ollama server",
    Trouble.HUGE: "check the server's log",
    Trouble.WRONG_SCHEMA: "set analysis.ollama.model to another",
    Trouble.EMPTY: "set analysis.ollama.model to one that can answer without reasoning",
    Trouble.LOADING: "try again",
    Trouble.OLD_VERSION: "upgrade it",
    Trouble.SMALL_CONTEXT: "analysis.ollama.num_ctx",
}


@pytest.mark.parametrize("engine", [EngineChoice.OLLAMA, EngineChoice.AUTO])
@pytest.mark.parametrize(
    ("trouble", "remedy"), _REMEDIES.items(), ids=[each.name.lower() for each in _REMEDIES]
)
def test_whatever_is_wrong_with_the_server_the_stories_are_told_and_the_remedy_with_them(
    room: Newsroom, server: OllamaServer, trouble: Trouble, remedy: str, engine: EngineChoice
) -> None:
    server.misbehave(trouble)
    timeout_s = (
        0.3 if trouble in (Trouble.HUNG, Trouble.DRIP) else 5.0
    )  # who answers may take its time on a busy machine
    report = room.refreshed(server.url, engine=engine, ollama={"timeout_s": timeout_s})
    is_told = (
        engine is EngineChoice.OLLAMA or trouble is not Trouble.OLD_VERSION
    )  # with auto, no model is no failure

    assert [remedy in reason for reason in reasons(report)] == [True] * is_told
    assert (room.tellers(), room.is_sound(), report.seconds < 30) == (
        ["extractive"] * 3,
        True,
        True,
    )


@pytest.mark.parametrize(
    "trouble", [Trouble.SERVER_ERROR, Trouble.WRONG_SCHEMA], ids=["500", "wrong schema"]
)
def test_a_single_story_that_the_model_fails_on_is_reported_too(
    room: Newsroom, server: OllamaServer, trouble: Trouble
) -> None:
    room.refreshed(server.url)
    room.change_best_story()
    server.misbehave(trouble)

    assert len(reasons(room.refreshed(server.url))) == 1
    assert room.tellers() == ["extractive", "ollama", "ollama"]


def test_a_server_that_fails_is_left_alone_after_three_stories(
    room: Newsroom, server: OllamaServer
) -> None:
    room.add_story()
    server.misbehave(Trouble.GARBAGE)
    room.refreshed(server.url)

    assert sum(each == "POST /api/chat" for each in server.asked) == 3


def test_a_story_too_short_to_ask_about_is_told_by_rules_and_only_once(
    room: Newsroom, server: OllamaServer
) -> None:
    room.add_story()
    first = room.refreshed(server.url)
    asked = len(server.calls)
    again = room.refreshed(server.url)

    with room.database.reading() as connection:
        by = Counter(each.engine for each in analyses.analysis_origins(connection).values())
    assert by == {"ollama": 3, "extractive": 1}
    assert (first.analysed, again.analysed, len(server.calls)) == (4, 0, asked)


def test_a_trouble_that_passes_costs_the_stories_that_it_met(
    room: Newsroom, server: OllamaServer
) -> None:
    server.misbehave(Trouble.CUT, times=1)
    first = room.refreshed(server.url)
    met = room.tellers()
    again = room.refreshed(server.url)

    assert (met, len(first.failures)) == (["extractive", "ollama", "ollama"], 1)
    assert (room.tellers(), again.failures) == (["ollama"] * 3, ())


@pytest.mark.parametrize(
    "trouble",
    [Trouble.GARBAGE, Trouble.SERVER_ERROR, Trouble.EMPTY, Trouble.CUT, Trouble.SMALL_CONTEXT],
)
def test_what_was_told_by_rules_while_the_server_was_broken_is_told_by_the_model_when_it_is_mended(
    room: Newsroom, server: OllamaServer, trouble: Trouble
) -> None:
    server.misbehave(trouble)
    room.refreshed(server.url)
    server.misbehave(trouble, times=0)
    room.refreshed(server.url)

    assert room.tellers() == ["ollama"] * 3


_NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        pytest.param({"host": _NOWHERE}, "start it (`ollama serve`)", id="absent"),
        pytest.param({"model": "nobody:7b"}, "aggregator model pull nobody:7b", id="no such model"),
        pytest.param({"num_ctx": 1024}, "raise analysis.ollama.num_ctx", id="context too small"),
    ],
)
def test_a_model_that_is_demanded_and_cannot_be_had_is_a_failure_with_its_remedy(
    room: Newsroom, server: OllamaServer, changes: dict[str, Any], remedy: str
) -> None:
    report = room.refreshed(server.url, ollama=changes)

    assert [remedy in reason for reason in reasons(report)] == [True]
    assert [(failure.source, failure.stage) for failure in report.failures] == [
        ("ollama", "analysis")
    ]
    assert (room.tellers(), room.is_sound(), len(server.calls)) == (["extractive"] * 3, True, 0)


@pytest.mark.parametrize(
    "changes", [{"host": _NOWHERE}, {"model": "nobody:7b"}], ids=["absent", "no such model"]
)
def test_a_model_that_nobody_demanded_is_not_missed(
    room: Newsroom, server: OllamaServer, changes: dict[str, Any]
) -> None:
    report = room.refreshed(server.url, engine=EngineChoice.AUTO, ollama=changes)

    assert (report.engine, report.failures, room.tellers()) == (
        "extractive",
        (),
        ["extractive"] * 3,
    )


def test_what_was_told_by_rules_is_told_by_the_model_once_it_is_there(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(_NOWHERE, engine=EngineChoice.AUTO)
    room.refreshed(server.url, engine=EngineChoice.AUTO)

    assert room.tellers() == ["ollama"] * 3


@pytest.mark.parametrize("engine", [EngineChoice.AUTO, EngineChoice.OLLAMA])
def test_what_a_model_told_stays_while_it_is_away(
    room: Newsroom, server: OllamaServer, engine: EngineChoice
) -> None:
    room.refreshed(server.url, engine=engine)
    before = room.provenance()
    room.refreshed(_NOWHERE, engine=engine)
    back = room.refreshed(server.url, engine=engine)

    assert (room.tellers(), room.provenance(), back.analysed) == (["ollama"] * 3, before, 0)


def test_what_a_model_told_gives_way_to_rules_where_its_articles_change_while_it_is_away(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url, engine=EngineChoice.AUTO)
    room.change_best_story()
    report = room.refreshed(_NOWHERE, engine=EngineChoice.AUTO)
    meanwhile = room.tellers()
    room.refreshed(server.url, engine=EngineChoice.AUTO)

    assert (meanwhile, report.analysed) == (["extractive", "ollama", "ollama"], 1)
    assert room.tellers() == ["ollama"] * 3


def test_what_another_build_told_stays_until_the_new_one_comes_to_it(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)
    before = room.provenance()
    with OllamaServer(shortening_writer, digest="0" * 64) as other:
        report = room.refreshed(other.url, taking_time(60), time_budget_s=1.0)
        stayed = (room.tellers(), room.provenance(), report.analysed)
        again = room.refreshed(other.url)

    assert stayed == (["ollama"] * 3, before, 0)
    assert again.analysed == 3


def test_the_extractive_engine_takes_over_everything_where_it_is_chosen(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)
    asked = len(server.asked)
    report = room.refreshed(server.url, engine=EngineChoice.EXTRACTIVE)

    assert (room.tellers(), report.engine, len(server.asked) - asked) == (
        ["extractive"] * 3,
        "extractive",
        0,
    )
    assert room.provenance() == [{"extracted"}] * 3


def test_a_change_of_budget_or_address_has_nothing_told_again(
    room: Newsroom, server: OllamaServer
) -> None:
    room.refreshed(server.url)
    asked = len(server.calls)
    room.refreshed(
        server.url.replace("127.0.0.1", "localhost"),
        time_budget_s=7.0,
        ollama={"concurrency": 3, "timeout_s": 4.0},
    )

    assert len(server.calls) == asked


def test_several_stories_are_told_side_by_side_as_one_after_the_other(
    room: Newsroom, server: OllamaServer
) -> None:
    counting: list[Counting] = []

    def counted_model(engine: ModelEngine) -> ModelEngine:
        counting.append(Counting(engine.llm))
        return replace(engine, llm=counting[-1])

    room.refreshed(server.url, with_model(counted_model), ollama={"concurrency": 2})

    assert (room.tellers(), room.is_sound(), [each.most for each in counting]) == (
        ["ollama"] * 3,
        True,
        [2],
    )


def test_a_server_that_speaks_openais_api_tells_the_same(
    room: Newsroom, server: OllamaServer
) -> None:
    report = room.refreshed(
        server.url,
        engine=EngineChoice.OPENAI,
        openai=OpenAiSettings(base_url=server.openai_url, model=MODEL, timeout_s=5.0),
    )

    assert (report.engine, report.failures, room.tellers()) == (
        f"openai ({MODEL})",
        (),
        ["openai"] * 3,
    )


def _chattering(system: str, prompt: str, schema: dict[str, Any] | None) -> str:
    return "Sure! Here is the JSON. " * 40


def _endless(system: str, prompt: str, schema: dict[str, Any] | None) -> str:
    return '{"hook": {"text": "' + "and so on and on " * 2000


@pytest.mark.parametrize("model", [_chattering, _endless], ids=["chatter", "no end"])
def test_a_model_that_cannot_answer_is_reported_and_not_asked_the_same_again(
    room: Newsroom, model: Model
) -> None:
    with OllamaServer(model) as hopeless:
        report = room.refreshed(hopeless.url)
        asked = len(hopeless.calls)
        again = room.refreshed(hopeless.url)

        assert (room.tellers(), len(report.failures), len(again.failures)) == (
            ["extractive"] * 3,
            1,
            1,
        )
        assert len(hopeless.calls) == asked


def test_other_rules_that_tell_the_same_are_no_news(room: Newsroom) -> None:
    def with_rules(rules: str) -> Callable[[Services], Services]:
        return lambda services: replace(
            services, find_engine=lambda: replace(services.engine, rules=rules)
        )

    def times() -> dict[str, datetime]:
        with room.database.reading() as connection:
            return {
                key: each.analysed_at
                for key, each in analyses.analyses_of(connection, room.ids).items()
            }

    room.refreshed("http://127.0.0.1:9", engine=EngineChoice.EXTRACTIVE)
    first, feed = times(), (room.folder / "site/feed.xml").read_bytes()
    report = room.refreshed(
        "http://127.0.0.1:9", with_rules("an upgrade"), engine=EngineChoice.EXTRACTIVE
    )
    same, fed = times(), (room.folder / "site/feed.xml").read_bytes()
    room.change_best_story()
    room.refreshed("http://127.0.0.1:9", engine=EngineChoice.EXTRACTIVE)

    assert (report.analysed, same == first, fed == feed) == (3, True, True)
    assert [key for key, at in times().items() if at != first[key]] == [room.ids[0]]
