"""What only the Ollama adapter does: options of a call, versions, silent truncation, several
servers, downloads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TypeVar

import pytest

from aggregator.adapters.model_client import ModelClient
from aggregator.adapters.model_server import InstalledModel
from aggregator.adapters.ollama import PullProgress, ollama_client, pull
from aggregator.domain.settings import OllamaSettings
from aggregator.errors import LlmError
from aggregator.ports import ModelFacts, Prompt
from tests.messages import named
from tests.ollama_api import Trouble
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer

PROMPT = Prompt(
    system="You write.",
    prefix="[1] Lab One released Model A.",
    task="Write.",
    schema={"type": "object"},
    most_tokens=100,
)
Result = TypeVar("Result")


@pytest.fixture
def pair() -> Iterator[tuple[OllamaServer, OllamaServer]]:
    with ExitStack() as stack:
        yield (
            stack.enter_context(OllamaServer(extractive_writer)),
            stack.enter_context(OllamaServer(extractive_writer)),
        )


def run(settings: OllamaSettings, asking: Callable[[ModelClient], Awaitable[Result]]) -> Result:
    async def ran() -> Result:
        async with ollama_client(settings) as llm:
            return await asking(llm)

    return asyncio.run(ran())


def refusal(settings: OllamaSettings, prompt: Prompt = PROMPT) -> LlmError:
    with pytest.raises(LlmError) as caught:
        run(settings, lambda llm: llm.answer(prompt))
    return caught.value


def gone() -> str:
    """An address at which nothing listens any more."""
    with OllamaServer(extractive_writer) as server:
        return server.url


def stories(count: int) -> list[Prompt]:
    return [replace(PROMPT, prefix=f"[1] Story {n} has happened.") for n in range(count)]


def test_a_call_sets_context_length_of_answer_and_seed_and_forbids_thinking(
    server: OllamaServer,
) -> None:
    run(
        OllamaSettings(host=server.url, num_ctx=2048, keep_alive="3m"),
        lambda llm: llm.answer(PROMPT),
    )

    request = server.calls[0].request
    assert request["options"] == {
        "num_ctx": 2048,
        "num_predict": 100,
        "temperature": 0.0,
        "seed": 7,
    }
    assert (request["think"], request["stream"], request["keep_alive"]) == (False, False, "3m")


def test_facts_say_version_digest_and_the_lesser_context() -> None:
    with OllamaServer(extractive_writer, digest="d" * 64, trained_context=2048) as server:
        facts = run(OllamaSettings(host=server.url, num_ctx=8192), lambda llm: llm.facts())

    assert facts == ModelFacts(
        model="qwen3:4b-instruct",
        digest="d" * 64,
        context=2048,
        server=server.url,
        version="0.23.0",
    )


def test_a_name_without_a_tag_means_the_latest() -> None:
    with OllamaServer(extractive_writer, name="mistral:latest") as server:
        facts = run(OllamaSettings(host=server.url, model="mistral"), lambda llm: llm.facts())

    assert facts.model == "mistral"


def test_a_version_with_a_known_hole_is_refused(server: OllamaServer) -> None:
    server.misbehave(Trouble.OLD_VERSION)

    error = refusal(OllamaSettings(host=server.url))

    assert named(error.reason) == ["0.6.8", server.url]
    assert ("0.17.1" in error.remedy, "CVE-2026-7482" in error.remedy, error.is_final) == (
        True,
        True,
        True,
    )
    assert server.calls == []


def test_silent_truncation_shows_in_the_count_of_the_server() -> None:
    with OllamaServer(
        extractive_writer, letters_a_token=1
    ) as server:  # far finer than any estimate
        error = refusal(
            OllamaSettings(host=server.url, num_ctx=1024),
            replace(PROMPT, prefix="[1] international " * 100),
        )

    assert named(error.reason) == ["1024", "1024"]
    assert error.remedy == "raise analysis.ollama.num_ctx"


def test_a_model_with_less_context_than_set_is_refused_with_another_remedy() -> None:
    with OllamaServer(extractive_writer, trained_context=512) as server:
        error = refusal(OllamaSettings(host=server.url), replace(PROMPT, prefix="[1] words " * 400))

    assert named(error.remedy) == ["analysis.ollama.model", "512"]


def test_something_else_at_the_address_is_told(server: OllamaServer) -> None:
    error = refusal(OllamaSettings(host=f"{server.url}/blog"))

    assert named(error.reason) == [f"{server.url}/blog"]


def test_one_server_of_two_that_is_down_is_left_out(server: OllamaServer) -> None:
    settings = OllamaSettings(host=(gone(), server.url))

    async def answers(llm: ModelClient) -> tuple[str, ...]:
        await asyncio.gather(*(llm.answer(story) for story in stories(4)))
        return llm.warnings()

    warnings = run(settings, answers)

    assert len(server.calls) == 4
    assert [warning.partition(" answers")[0] for warning in warnings] == ["no Ollama server"]


def test_a_server_that_goes_down_in_between_hands_on_to_the_other() -> None:
    with OllamaServer(extractive_writer) as one, ExitStack() as leaving:
        other = leaving.enter_context(OllamaServer(extractive_writer))
        settings = OllamaSettings(host=(one.url, other.url))

        async def answers(llm: ModelClient) -> None:
            await llm.facts()
            await asyncio.to_thread(leaving.close)
            for story in stories(8):
                await llm.answer(story)

        run(settings, answers)

        assert len(one.calls) == 8


def test_all_servers_that_are_of_no_use_are_told_together(server: OllamaServer) -> None:
    server.misbehave(Trouble.OLD_VERSION)
    down = gone()

    error = refusal(OllamaSettings(host=(down, server.url)))

    assert named(error.reason) == [down, "0.6.8", server.url]
    assert error.is_final


def test_the_sections_of_a_story_stay_on_one_server(
    pair: tuple[OllamaServer, OllamaServer],
) -> None:
    settings = OllamaSettings(host=tuple(server.url for server in pair))

    async def answers(llm: ModelClient) -> None:
        await asyncio.gather(*(llm.answer(story) for story in stories(8)))
        for story in reversed(stories(8)):  # nobody is busy now, so each could go anywhere
            await llm.answer(replace(story, task="Explain."))

    run(settings, answers)

    openings = [{call.prompt.partition("\n")[0] for call in server.calls} for server in pair]
    assert openings[0] & openings[1] == set()


def test_stories_are_shared_out_evenly_and_each_server_keeps_its_bound(
    pair: tuple[OllamaServer, OllamaServer],
) -> None:
    settings = OllamaSettings(host=tuple(server.url for server in pair), concurrency=2)

    async def answers(llm: ModelClient) -> None:
        await asyncio.gather(*(llm.answer(story) for story in stories(8)))

    run(settings, answers)

    assert [len(server.calls) for server in pair] == [4, 4]
    assert all(server.most_under_way <= 2 for server in pair)


def test_calls_wait_for_their_place_without_losing_time(server: OllamaServer) -> None:
    """A call that waits behind others has its whole timeout still to come."""
    settings = OllamaSettings(host=server.url, timeout_s=0.4)
    server.misbehave(Trouble.HUNG, times=2)

    async def answers(llm: ModelClient) -> list[str]:
        results = await asyncio.gather(
            *(llm.answer(PROMPT) for _ in range(3)), return_exceptions=True
        )
        return [type(result).__name__ for result in results]

    assert run(settings, answers) == ["SlowError", "SlowError", "Reply"]


def test_another_build_of_the_model_is_left_out() -> None:
    with (
        OllamaServer(extractive_writer) as one,
        OllamaServer(extractive_writer, digest="0" * 64) as other,
    ):
        settings = OllamaSettings(host=(one.url, other.url))

        async def answers(llm: ModelClient) -> tuple[str, ...]:
            await asyncio.gather(*(llm.answer(story) for story in stories(4)))
            return llm.warnings()

        warnings = run(settings, answers)

        assert (
            len(one.calls),
            len(other.calls),
            "different build of qwen3:4b-instruct" in warnings[0],
        ) == (
            4,
            0,
            True,
        )


def test_facts_asked_anew_find_a_server_that_was_old_before(server: OllamaServer) -> None:
    server.misbehave(Trouble.OLD_VERSION)

    async def versions(llm: ModelClient) -> str:
        with pytest.raises(LlmError):
            await llm.facts()
        server.misbehave(Trouble.OLD_VERSION, times=0)
        return (await llm.facts()).version

    assert run(OllamaSettings(host=server.url), versions) == "0.23.0"


def test_models_are_listed_with_size_and_digest() -> None:
    with OllamaServer(extractive_writer, digest="d" * 64) as server:
        models = run(OllamaSettings(host=(gone(), server.url)), lambda llm: llm.models())

    assert models == (
        InstalledModel(name="qwen3:4b-instruct", size_bytes=2_497_293_931, digest="d" * 64),
    )


async def pulled(llm: ModelClient, name: str) -> list[PullProgress]:
    return [progress async for progress in pull(llm, name)]


def test_a_download_tells_how_far_it_is(server: OllamaServer) -> None:
    progress = run(OllamaSettings(host=server.url), lambda llm: pulled(llm, "qwen3:4b-instruct"))

    assert (progress[0].status, progress[-1].status) == ("pulling manifest", "success")
    assert progress[2] == PullProgress(
        server=server.url,
        status="pulling 3e4cb1417446",
        completed=1_200_000_000,
        total=2_497_280_480,
    )


def test_a_download_that_fails_within_a_good_answer_is_an_error(server: OllamaServer) -> None:
    with pytest.raises(LlmError, match="file does not exist") as caught:
        run(OllamaSettings(host=server.url), lambda llm: pulled(llm, "nope"))

    assert "check the model's name" in caught.value.remedy


def test_no_server_at_all_is_told() -> None:
    assert refusal(OllamaSettings(host=())).reason == "analysis.ollama.host is empty"


def test_something_that_is_no_address_is_told() -> None:
    assert (
        refusal(OllamaSettings(host="http://[broken")).reason
        == "analysis.ollama.host is not an address"
    )
