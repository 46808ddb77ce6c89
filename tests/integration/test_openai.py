"""What only the adapter for OpenAI's API does: what it asks, what it takes from llama.cpp's
answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from aggregator.adapters.model_client import ModelClient
from aggregator.adapters.openai import openai_client
from aggregator.domain.settings import OpenAiSettings
from aggregator.errors import LlmError
from aggregator.ports import ModelFacts, Prompt
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer

PROMPT = Prompt(
    system="You write.",
    prefix="[1] Lab One released Model A. " * 9,
    task="Write.",
    schema={"type": "object"},
    most_tokens=100,
)
Result = TypeVar("Result")


def run(settings: OpenAiSettings, asking: Callable[[ModelClient], Awaitable[Result]]) -> Result:
    async def ran() -> Result:
        async with openai_client(settings) as llm:
            return await asking(llm)

    return asyncio.run(ran())


async def facts_of(llm: ModelClient) -> ModelFacts:
    return await llm.facts()


def test_a_question_is_of_the_documented_form(server: OllamaServer) -> None:
    run(OpenAiSettings(base_url=f"{server.openai_url}/"), lambda llm: llm.answer(PROMPT))

    request = server.calls[0].request
    assert {key: value for key, value in request.items() if key != "messages"} == {
        "model": "qwen3:4b-instruct",
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": True},
        },
        "max_tokens": 100,
        "temperature": 0.0,
        "seed": 7,
        "stream": False,
    }
    assert [message["role"] for message in request["messages"]] == ["system", "user"]


def test_what_the_cache_served_is_told(server: OllamaServer) -> None:
    async def cached(llm: ModelClient) -> list[int]:
        return [
            (await llm.answer(replace(PROMPT, task=task))).cached_tokens
            for task in ("Write.", "Explain.")
        ]

    run(OpenAiSettings(base_url=server.openai_url), cached)

    assert [call.cached_tokens > 50 for call in server.calls] == [False, True]


def test_the_replies_count_what_the_server_counted(server: OllamaServer) -> None:
    async def twice(llm: ModelClient) -> list[tuple[int, int, int]]:
        replies = [await llm.answer(PROMPT), await llm.answer(PROMPT)]
        return [
            (reply.prompt_tokens, reply.completion_tokens, reply.cached_tokens) for reply in replies
        ]

    counts = run(OpenAiSettings(base_url=server.openai_url), twice)

    assert counts == [
        (call.prompt_tokens, call.completion_tokens, call.cached_tokens) for call in server.calls
    ]


def test_the_lesser_context_holds() -> None:
    with OllamaServer(extractive_writer, trained_context=2048) as server:
        settings = OpenAiSettings(base_url=server.openai_url)
        contexts = [
            run(replace(settings, context=context), facts_of).context for context in (1024, 8192)
        ]

    assert contexts == [1024, 2048]


@pytest.mark.parametrize(
    ("listed", "shown"),
    [
        ("/home/op/models/small.gguf", "small.gguf"),
        (r"C:\models\small.gguf", "small.gguf"),
        ("Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-7B-Instruct"),
    ],
)
def test_a_model_that_is_listed_as_a_file_is_shown_without_where_it_lies(
    listed: str, shown: str
) -> None:
    with OllamaServer(extractive_writer, name=listed) as server:
        assert run(OpenAiSettings(base_url=server.openai_url), facts_of).model == shown


def test_a_build_is_known_by_its_digest() -> None:
    digests = []
    for build in ("a", "a", "b"):
        with OllamaServer(extractive_writer, digest=build) as server:
            digests.append(run(OpenAiSettings(base_url=server.openai_url), facts_of).digest)

    assert (digests[0] == digests[1], digests[0] == digests[2]) == (True, False)


def test_something_else_at_the_address_is_told(server: OllamaServer) -> None:
    with pytest.raises(LlmError, match="has no such address") as caught:
        run(OpenAiSettings(base_url=server.url), facts_of)

    assert "/v1" in caught.value.remedy


@pytest.mark.parametrize(
    "address", ["localhost:8080/v1", "http://[broken/v1"], ids=["no scheme", "broken"]
)
def test_something_that_is_no_address_is_told(address: str) -> None:
    with pytest.raises(LlmError, match="is not an address"):
        run(OpenAiSettings(base_url=address), facts_of)
