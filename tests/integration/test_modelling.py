"""The model's part of a refresh: a real database, the real adapter, our own Ollama; what is asked,
kept, told and reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
    taking_time,
    with_model,
)
from tests.messages import named
from tests.ollama_api import Trouble
from tests.ollama_models import Model, shortening_writer
from tests.ollama_runner import Call
from tests.ollama_server import OllamaServer

HEADLINE = re.compile(r"^HEADLINE: .*$", re.MULTILINE)


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(shortening_writer) as serving:
        yield serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A room whose stories the model told, with the report of that and what was asked."""

    room: Newsroom
    report: RunReport
    calls: list[Call]


@pytest.fixture(scope="module")
def first(
    three_stories: tuple[Path, tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """Tests look at it; who changes one takes `told`."""
    with (
        OllamaServer(shortening_writer) as serving,
        Newsroom(tmp_path_factory.mktemp("told"), *three_stories) as made,
    ):
        yield Told(room=made, report=made.refreshed(serving.url), calls=serving.calls)


@pytest.fixture
def told(first: Told, tmp_path: Path) -> Iterator[Newsroom]:
    with first.room.copied(tmp_path) as made:
        yield made


@pytest.fixture
def bare_told(told: Newsroom) -> Newsroom:
    """The same, whose refreshes publish nothing."""
    told.publishes = False
    return told


def questions(calls: list[Call]) -> Counter[str]:
    """How often each kind of question was asked."""
    kinds = {"events": "facts", "headline": "page", "hook": "page", "sentence_1": "repair"}
    firsts = [next(iter((call.schema or {})["properties"])) for call in calls]
    return Counter(kinds.get(first, first) for first in firsts)


def reasons(report: RunReport) -> list[str]:
    """What the report says failed."""
    return [failure.reason for failure in report.failures]


def test_every_story_is_told_by_the_model_and_the_report_names_it(first: Told) -> None:
    report = first.report

    assert (report.engine, report.failures, first.room.tellers()) == (
        f"ollama ({MODEL})",
        (),
        ["ollama"] * 3,
    )
    assert (report.tokens_prompt, report.tokens_completion) == (
        sum(call.prompt_tokens for call in first.calls),
        sum(call.completion_tokens for call in first.calls),
    )
    assert first.room.is_sound()


def test_what_a_model_wrote_is_told_apart_from_what_was_quoted(first: Told) -> None:
    kinds_of_stories = first.room.provenance()

    assert [{"written", "extracted"} <= kinds for kinds in kinds_of_stories].count(
        True
    ) >= 2  # of the first all is quoted


def test_where_nothing_changed_the_model_is_not_asked(told: Newsroom, server: OllamaServer) -> None:
    report = told.refreshed(server.url)

    assert (
        len(server.calls),
        report.tokens_prompt,
        report.analysed,
        report.pages_written,
    ) == (0, 0, 0, 0)


def test_a_question_whose_answer_is_lost_is_the_only_one_asked_again(
    first: Told, bare_told: Newsroom, server: OllamaServer
) -> None:
    bare_told.forget("facts")
    bare_told.refreshed(server.url, with_model(lambda engine: replace(engine, prompts="other")))

    assert questions(server.calls) == Counter(facts=questions(first.calls)["facts"])


def test_other_prompts_with_the_same_words_cost_nothing(
    bare_told: Newsroom, server: OllamaServer
) -> None:
    report = bare_told.refreshed(
        server.url, with_model(lambda engine: replace(engine, prompts="other"))
    )

    assert (len(server.calls), report.analysed) == (0, 3)


def test_another_build_of_the_model_is_asked_everything_again(
    first: Told, bare_told: Newsroom
) -> None:
    with OllamaServer(shortening_writer, digest="0" * 64) as other:
        bare_told.refreshed(other.url)

    trial = Counter(text=1)  # of a build that was never asked before
    assert questions(other.calls) == questions(first.calls) | trial


def test_a_story_that_changed_is_the_only_one_told_again(
    bare_told: Newsroom, server: OllamaServer
) -> None:
    bare_told.change_best_story()
    report = bare_told.refreshed(server.url)

    headlines = {found[0] for call in server.calls if (found := HEADLINE.search(call.prompt))}
    assert (report.analysed, len(headlines), "gift" in server.calls[0].prompt) == (1, 1, True)


def test_the_sections_of_a_story_are_asked_one_after_the_other_so_that_the_cache_serves_them(
    bare: Newsroom,
) -> None:
    def part_by_part(system: str, prompt: str, schema: dict[str, Any] | None) -> str:
        is_whole = schema is not None and "headline" in schema["properties"]
        return "no page" if is_whole else shortening_writer(system, prompt, schema)

    with OllamaServer(part_by_part) as server:
        bare.refreshed(server.url)
        evaluated = sum(call.evaluated_tokens for call in server.calls)

        assert evaluated < 0.6 * sum(call.prompt_tokens for call in server.calls)


def test_a_time_budget_ends_with_the_best_told_by_the_model_and_the_rest_by_rules(
    room: Newsroom, server: OllamaServer
) -> None:
    report = room.refreshed(server.url, taking_time(60), time_budget_s=100.0)

    assert (room.tellers(), room.is_sound()) == (["ollama", "extractive", "extractive"], True)
    assert (reasons(report), [named(note.text) for note in report.notes]) == (
        [],
        [["100", "analysis.time_budget_s", "2"]],
    )
    assert questions(server.calls) == Counter(facts=1, page=1)


def test_what_a_budget_left_over_is_told_in_the_next_run_without_asking_again(
    bare: Newsroom, server: OllamaServer
) -> None:
    bare.refreshed(server.url, taking_time(60), time_budget_s=290.0)
    report = bare.refreshed(server.url)

    asked = [(call.prompt, str(call.schema)) for call in server.calls]
    assert (bare.tellers(), report.failures, len(asked) - len(set(asked))) == (
        ["ollama"] * 3,
        (),
        0,
    )


def test_a_budget_of_nothing_is_no_limit(bare: Newsroom, server: OllamaServer) -> None:
    bare.refreshed(server.url, taking_time(10_000), time_budget_s=0.0)

    assert bare.tellers() == ["ollama"] * 3


@pytest.mark.parametrize("question", [1, 5])
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


@pytest.mark.parametrize(
    ("trouble", "engine", "remedies"),
    [
        (Trouble.HUNG, EngineChoice.OLLAMA, ["analysis.ollama.timeout_s"]),
        (Trouble.SERVER_ERROR, EngineChoice.AUTO, ["check the server's log"]),
        (Trouble.WRONG_SCHEMA, EngineChoice.OLLAMA, ["analysis.ollama.model"]),
        (Trouble.SMALL_CONTEXT, EngineChoice.AUTO, ["analysis.ollama.num_ctx"]),
        (Trouble.OLD_VERSION, EngineChoice.OLLAMA, ["upgrade it"]),
        (Trouble.OLD_VERSION, EngineChoice.AUTO, []),  # with auto, no model is no failure
    ],
    ids=lambda value: value.name.lower() if isinstance(value, Trouble | EngineChoice) else "",
)
def test_whatever_is_wrong_with_the_server_the_stories_are_told_and_the_remedy_with_them(
    room: Newsroom,
    server: OllamaServer,
    trouble: Trouble,
    engine: EngineChoice,
    remedies: list[str],
) -> None:
    server.misbehave(trouble)
    # who answers may take its time on a busy machine
    timeout_s = 0.3 if trouble is Trouble.HUNG else 5.0
    report = room.refreshed(server.url, engine=engine, ollama={"timeout_s": timeout_s})

    told = reasons(report)
    assert [remedy in reason for remedy, reason in zip(remedies, told, strict=True)] == [
        True
    ] * len(told)
    assert (room.tellers(), room.is_sound(), report.seconds < 30) == (
        ["extractive"] * 3,
        True,
        True,
    )


@pytest.mark.parametrize(
    "trouble", [Trouble.SERVER_ERROR, Trouble.WRONG_SCHEMA], ids=["500", "wrong schema"]
)
def test_a_single_story_that_the_model_fails_on_is_reported_too(
    bare_told: Newsroom, server: OllamaServer, trouble: Trouble
) -> None:
    bare_told.change_best_story()
    server.misbehave(trouble)

    assert len(reasons(bare_told.refreshed(server.url))) == 1
    assert bare_told.tellers() == ["extractive", "ollama", "ollama"]


def test_a_server_that_fails_is_left_alone_after_three_stories(
    bare: Newsroom, server: OllamaServer
) -> None:
    bare.add_story()
    server.misbehave(Trouble.GARBAGE)
    bare.refreshed(server.url)

    assert sum(each == "POST /api/chat" for each in server.asked) == 3


def test_a_story_too_short_to_ask_about_is_told_by_rules_and_only_once(
    bare: Newsroom, server: OllamaServer
) -> None:
    bare.add_story()
    first = bare.refreshed(server.url)
    asked = len(server.calls)
    again = bare.refreshed(server.url)

    with bare.database.reading() as connection:
        by = Counter(each.engine for each in analyses.analysis_origins(connection).values())
    assert by == {"ollama": 3, "extractive": 1}
    assert (first.analysed, again.analysed, len(server.calls)) == (4, 0, asked)


def test_a_trouble_that_passes_costs_the_stories_that_it_met(
    bare: Newsroom, server: OllamaServer
) -> None:
    server.misbehave(Trouble.CUT, times=1)
    first = bare.refreshed(server.url)
    met = bare.tellers()
    again = bare.refreshed(server.url)

    assert (met, len(first.failures)) == (["extractive", "ollama", "ollama"], 1)
    assert (bare.tellers(), again.failures) == (["ollama"] * 3, ())


@pytest.mark.parametrize("trouble", [Trouble.GARBAGE, Trouble.SMALL_CONTEXT])
def test_what_was_told_by_rules_while_the_server_was_broken_is_told_by_the_model_when_it_is_mended(
    bare: Newsroom, server: OllamaServer, trouble: Trouble
) -> None:
    server.misbehave(trouble)
    bare.refreshed(server.url)
    server.misbehave(trouble, times=0)
    bare.refreshed(server.url)

    assert bare.tellers() == ["ollama"] * 3


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
    bare: Newsroom, server: OllamaServer, changes: dict[str, Any]
) -> None:
    report = bare.refreshed(server.url, engine=EngineChoice.AUTO, ollama=changes)

    assert (report.engine, report.failures, bare.tellers()) == (
        "extractive",
        (),
        ["extractive"] * 3,
    )


def test_what_was_told_by_rules_is_told_by_the_model_once_it_is_there(
    bare: Newsroom, server: OllamaServer
) -> None:
    bare.refreshed(_NOWHERE, engine=EngineChoice.AUTO)
    bare.refreshed(server.url, engine=EngineChoice.AUTO)

    assert bare.tellers() == ["ollama"] * 3


@pytest.mark.parametrize("engine", [EngineChoice.AUTO, EngineChoice.OLLAMA])
def test_what_a_model_told_stays_while_it_is_away(
    told: Newsroom, server: OllamaServer, engine: EngineChoice
) -> None:
    before = told.provenance()
    told.refreshed(_NOWHERE, engine=engine)
    back = told.refreshed(server.url, engine=engine)

    assert (told.tellers(), told.provenance(), back.analysed) == (["ollama"] * 3, before, 0)


def test_what_a_model_told_gives_way_to_rules_where_its_articles_change_while_it_is_away(
    bare_told: Newsroom, server: OllamaServer
) -> None:
    bare_told.change_best_story()
    report = bare_told.refreshed(_NOWHERE, engine=EngineChoice.AUTO)
    meanwhile = bare_told.tellers()
    bare_told.refreshed(server.url, engine=EngineChoice.AUTO)

    assert (meanwhile, report.analysed) == (["extractive", "ollama", "ollama"], 1)
    assert bare_told.tellers() == ["ollama"] * 3


def test_what_another_build_told_stays_until_the_new_one_comes_to_it(told: Newsroom) -> None:
    before = told.provenance()
    with OllamaServer(shortening_writer, digest="0" * 64) as other:
        report = told.refreshed(other.url, taking_time(60), time_budget_s=1.0)
        stayed = (told.tellers(), told.provenance(), report.analysed)
        again = told.refreshed(other.url)

    assert stayed == (["ollama"] * 3, before, 0)
    assert again.analysed == 3


def test_the_extractive_engine_takes_over_everything_where_it_is_chosen(
    told: Newsroom, server: OllamaServer
) -> None:
    report = told.refreshed(server.url, engine=EngineChoice.EXTRACTIVE)

    assert (told.tellers(), report.engine, len(server.asked)) == (
        ["extractive"] * 3,
        "extractive",
        0,
    )
    assert told.provenance() == [{"extracted"}] * 3


def test_a_change_of_budget_or_address_has_nothing_told_again(
    bare_told: Newsroom, server: OllamaServer
) -> None:
    bare_told.refreshed(
        server.url.replace("127.0.0.1", "localhost"),
        time_budget_s=7.0,
        ollama={"concurrency": 3, "timeout_s": 4.0},
    )

    assert server.calls == []


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
    bare: Newsroom, server: OllamaServer
) -> None:
    report = bare.refreshed(
        server.url,
        engine=EngineChoice.OPENAI,
        openai=OpenAiSettings(base_url=server.openai_url, model=MODEL, timeout_s=5.0),
    )

    assert (report.engine, report.failures, bare.tellers()) == (
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
    bare: Newsroom, model: Model
) -> None:
    with OllamaServer(model) as hopeless:
        report = bare.refreshed(hopeless.url)
        asked = len(hopeless.calls)
        again = bare.refreshed(hopeless.url)

        assert (bare.tellers(), len(report.failures), len(again.failures)) == (
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
