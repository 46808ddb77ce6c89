"""What every Llm port keeps: the adapters for Ollama and for OpenAI's API against a server, and the
fake.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pytest

from aggregator.adapters.ollama import ollama_client
from aggregator.adapters.openai import openai_client
from aggregator.domain.settings import OllamaSettings, OpenAiSettings
from aggregator.errors import LlmError
from aggregator.ports import FinishReason, Llm, Prompt
from tests.fakes import FakeLlm
from tests.ollama_api import Trouble
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer

CLAIM = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "passage": {"type": "integer"}},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"claims": {"type": "array", "maxItems": 2, "items": CLAIM}},
}
PROMPT = Prompt(
    system="You write claims.",
    prefix="[1] Lab One released Model A on Monday.\n[2] It costs $3 per million tokens.",
    task="Write what changed.",
    schema=SCHEMA,
    most_tokens=200,
)
CLAIMS = [
    {"text": "Lab One released Model A on Monday.", "passage": 1},
    {"text": "It costs $3 per million tokens.", "passage": 2},
]
TIMEOUT_S = 2.0  # a busy machine lets a server wait for a second
Result = TypeVar("Result")


@dataclass(frozen=True)
class Ported:
    """A port that is opened for each use, and its server where it has one."""

    opened: Callable[[], AbstractAsyncContextManager[Llm]]
    server: OllamaServer | None = None

    def run(self, asking: Callable[[Llm], Awaitable[Result]]) -> Result:
        """What a use of the port gives."""

        async def ran() -> Result:
            async with self.opened() as llm:
                return await asking(llm)

        return asyncio.run(ran())


def _ollama() -> Iterator[Ported]:
    with OllamaServer(extractive_writer) as server:
        yield Ported(
            lambda: ollama_client(OllamaSettings(host=server.url, timeout_s=TIMEOUT_S)), server
        )


def _openai() -> Iterator[Ported]:
    with OllamaServer(extractive_writer) as server:
        yield Ported(
            lambda: openai_client(OpenAiSettings(base_url=server.openai_url, timeout_s=TIMEOUT_S)),
            server,
        )


def _fake() -> Iterator[Ported]:
    yield Ported(
        lambda: nullcontext(
            FakeLlm(lambda prompt: extractive_writer(prompt.system, prompt.prefix, prompt.schema))
        )
    )


@pytest.fixture(params=[_ollama, _openai, _fake], ids=["ollama", "openai", "fake"])
def port(request: pytest.FixtureRequest) -> Iterator[Ported]:
    yield from request.param()


@pytest.fixture(params=[_ollama, _openai], ids=["ollama", "openai"])
def served(request: pytest.FixtureRequest) -> Iterator[Ported]:
    yield from request.param()


def server_of(ported: Ported) -> OllamaServer:
    assert ported.server is not None
    return ported.server


def refusal(ported: Ported, prompt: Prompt = PROMPT) -> LlmError:
    with pytest.raises(LlmError) as caught:
        ported.run(lambda llm: llm.answer(prompt))
    return caught.value


def test_an_answer_comes_whole_and_in_the_shape_that_was_asked(port: Ported) -> None:
    reply = port.run(lambda llm: llm.answer(PROMPT))

    assert (json.loads(reply.text), reply.finish) == ({"claims": CLAIMS}, FinishReason.STOP)


def test_an_answer_says_what_it_cost(port: Ported) -> None:
    reply = port.run(lambda llm: llm.answer(PROMPT))

    assert (reply.prompt_tokens > 20, reply.completion_tokens > 20, reply.seconds >= 0) == (
        True,
        True,
        True,
    )


def test_an_answer_that_is_too_long_is_cut_and_says_so(port: Ported) -> None:
    reply = port.run(lambda llm: llm.answer(replace(PROMPT, most_tokens=10)))

    assert (reply.finish, '{"claims"' in reply.text, "}]}" in reply.text) == (
        FinishReason.LENGTH,
        True,
        False,
    )


def test_an_answer_that_is_read_as_it_is_written_is_the_same(port: Ported) -> None:
    whole = port.run(lambda llm: llm.answer(PROMPT))
    streamed = port.run(lambda llm: llm.answer(replace(PROMPT, stop_when=lambda text: False)))

    assert (streamed.text, streamed.finish) == (whole.text, whole.finish)
    assert streamed.prompt_tokens == whole.prompt_tokens
    assert streamed.completion_tokens == whole.completion_tokens


def test_an_answer_ends_where_it_is_to_stop_as_one_that_was_cut(port: Ported) -> None:
    stop = replace(PROMPT, stop_when=lambda text: "released" in text)
    reply = port.run(lambda llm: llm.answer(stop))

    assert (reply.finish, "released" in reply.text, "}]}" in reply.text) == (
        FinishReason.LENGTH,
        True,
        False,
    )
    assert min(reply.prompt_tokens, reply.completion_tokens) > 0


def test_a_prompt_that_would_not_fit_is_refused_with_both_numbers(port: Ported) -> None:
    error = refusal(port, replace(PROMPT, prefix="[1] word " * 5000))

    assert ("the prompt needs about" in error.reason, "the context has 8192" in error.reason) == (
        True,
        True,
    )


def test_facts_name_the_model_its_build_and_its_context(port: Ported) -> None:
    facts = port.run(lambda llm: llm.facts())

    assert (facts.model in ("qwen3:4b-instruct", "fake:1b"), len(facts.digest), facts.context) == (
        True,
        64,
        8192,
    )


def test_facts_of_the_same_model_stay_the_same_over_calls(port: Ported) -> None:
    async def before_and_after(llm: Llm) -> bool:
        before = await llm.facts()
        await llm.answer(PROMPT)
        return before == await llm.facts()

    assert port.run(before_and_after)


def test_a_prompt_that_does_not_fit_is_not_sent(served: Ported) -> None:
    refusal(served, replace(PROMPT, prefix="[1] word " * 5000))

    assert server_of(served).calls == []


def test_the_model_gets_system_prefix_and_task_in_this_order(served: Ported) -> None:
    served.run(lambda llm: llm.answer(PROMPT))

    call = server_of(served).calls[0]
    assert (call.system, call.prompt, call.schema) == (
        PROMPT.system,
        f"{PROMPT.prefix}\n\n{PROMPT.task}",
        SCHEMA,
    )


def test_a_shared_prefix_is_evaluated_once(served: Ported) -> None:
    long = replace(PROMPT, prefix=PROMPT.prefix + " More of it." * 50)

    async def two_sections(llm: Llm) -> None:
        await llm.answer(long)
        await llm.answer(replace(long, task="Say why it matters."))

    served.run(two_sections)

    first, second = server_of(served).calls
    assert (first.evaluated_tokens > 150, second.evaluated_tokens < 10) == (True, True)


@pytest.mark.parametrize(
    ("trouble", "reason", "remedy"),
    [
        (Trouble.HUNG, f"did not answer within {TIMEOUT_S:g} s", ".timeout_s"),
        (Trouble.DRIP, f"did not answer within {TIMEOUT_S:g} s", ".timeout_s"),
        (Trouble.SERVER_ERROR, "model runner has unexpectedly stopped", "log"),
        (Trouble.BUSY, "is busy", ".concurrency"),
        (Trouble.DROPPED, "cannot be used: Server disconnected", "log"),
        (Trouble.CUT, "cannot be used: peer closed connection", "log"),
        (Trouble.GARBAGE, "does not answer like an O", "analysis."),
        (Trouble.OTHER_SHAPE, "does not answer like an O", "analysis."),
        (Trouble.HUGE, "the response is too large", "log"),
        (Trouble.EMPTY, "returned an empty answer", "without reasoning"),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, Trouble) else "",
)
def test_a_failure_is_told_with_its_server_and_a_remedy(
    served: Ported, trouble: Trouble, reason: str, remedy: str
) -> None:
    server_of(served).misbehave(trouble)

    error = refusal(served)

    assert (reason in error.reason, "127.0.0.1" in error.reason, remedy in error.remedy) == (
        True,
        True,
        True,
    )
    assert not error.is_final


def test_a_model_that_is_being_loaded_is_an_error_that_passes(served: Ported) -> None:
    server_of(served).misbehave(Trouble.LOADING)

    error = refusal(served)

    assert (error.remedy != "", error.is_final) == (True, False)


@pytest.mark.parametrize("trouble", [Trouble.HUNG, Trouble.DRIP], ids=["hung", "drip"])
def test_no_answer_takes_longer_than_the_timeout(served: Ported, trouble: Trouble) -> None:
    server_of(served).misbehave(trouble)

    async def seconds(llm: Llm) -> float:
        await llm.facts()
        began = asyncio.get_running_loop().time()
        with pytest.raises(LlmError):
            await llm.answer(PROMPT)
        return asyncio.get_running_loop().time() - began

    assert (
        TIMEOUT_S <= served.run(seconds) < TIMEOUT_S + 30
    )  # a loaded machine may be late, not by the 180 s of a default


def test_a_server_that_answers_late_three_times_is_given_up(served: Ported) -> None:
    server_of(served).misbehave(Trouble.HUNG)

    async def finals(llm: Llm) -> list[bool]:
        errors = await asyncio.gather(
            *(llm.answer(PROMPT) for _ in range(5)), return_exceptions=True
        )
        return [error.is_final for error in errors if isinstance(error, LlmError)]

    assert served.run(finals) == [False, False, False, True, True]
    assert sum("chat" in asked for asked in server_of(served).asked) == 3


def test_one_server_error_is_asked_again(served: Ported) -> None:
    server_of(served).misbehave(Trouble.SERVER_ERROR, times=1)

    assert served.run(lambda llm: llm.answer(PROMPT)).finish is FinishReason.STOP


@pytest.mark.parametrize("stop_when", [None, lambda text: False], ids=["whole", "streamed"])
def test_a_connection_that_is_closed_before_an_answer_is_asked_again(
    served: Ported, stop_when: Callable[[str], bool] | None
) -> None:
    server_of(served).misbehave(Trouble.DROPPED, times=1)
    prompt = replace(PROMPT, stop_when=stop_when)

    assert served.run(lambda llm: llm.answer(prompt)).finish is FinishReason.STOP


def test_an_answer_of_another_shape_is_left_to_whoever_reads_it(served: Ported) -> None:
    server_of(served).misbehave(Trouble.WRONG_SCHEMA)

    assert json.loads(served.run(lambda llm: llm.answer(PROMPT)).text) == {
        "unexpected": ["shape", 1, None]
    }


def test_less_context_than_asked_is_noticed_by_too_small_a_count(served: Ported) -> None:
    server_of(served).misbehave(Trouble.SMALL_CONTEXT)

    error = refusal(served, replace(PROMPT, prefix="[1] It is so. " * 200))

    assert ("truncated the prompt silently" in error.reason, "256" in error.reason) == (True, True)


def test_a_short_prompt_is_not_disturbed_by_a_small_context(served: Ported) -> None:
    server_of(served).misbehave(Trouble.SMALL_CONTEXT)

    assert served.run(lambda llm: llm.answer(PROMPT)).finish is FinishReason.STOP


def test_no_more_calls_are_under_way_than_set(served: Ported) -> None:
    async def four_at_once(llm: Llm) -> None:
        await asyncio.gather(*(llm.answer(replace(PROMPT, task=f"Write {n}.")) for n in range(4)))

    served.run(four_at_once)

    assert (server_of(served).most_under_way, len(server_of(served).calls)) == (1, 4)


def test_a_server_that_is_gone_is_told_with_its_address_and_is_final() -> None:
    with OllamaServer(extractive_writer) as server:
        url, openai_url = server.url, server.openai_url

    ollama = refusal(Ported(lambda: ollama_client(OllamaSettings(host=url))))
    openai = refusal(Ported(lambda: openai_client(OpenAiSettings(base_url=openai_url))))

    assert (ollama.reason.endswith(f" at {url}"), openai.reason.endswith(f" at {openai_url}")) == (
        True,
        True,
    )
    assert (ollama.is_final, openai.is_final) == (True, True)
    assert "ollama serve" in ollama.remedy


def test_a_model_that_is_not_there_is_told_with_the_remedy_and_is_final() -> None:
    with OllamaServer(extractive_writer) as server:
        ollama = refusal(
            Ported(lambda: ollama_client(OllamaSettings(host=server.url, model="nope:1b")))
        )
        openai = refusal(
            Ported(lambda: openai_client(OpenAiSettings(base_url=server.openai_url, model="nope")))
        )

    assert (
        "aggregator model pull nope:1b" in ollama.remedy,
        "it lists: qwen3:4b-instruct" in openai.remedy,
    ) == (True, True)
    assert (ollama.is_final, openai.is_final) == (True, True)


def test_a_key_goes_along_and_its_lack_is_told() -> None:
    with OllamaServer(extractive_writer, api_key="k") as server:
        ollama, openai = OllamaSettings(host=server.url), OpenAiSettings(base_url=server.openai_url)
        locked = [
            refusal(Ported(lambda: ollama_client(ollama))),
            refusal(Ported(lambda: openai_client(openai))),
        ]
        let_in = [
            Ported(lambda: ollama_client(ollama, api_key="k")).run(lambda llm: llm.answer(PROMPT)),
            Ported(lambda: openai_client(openai, api_key="k")).run(lambda llm: llm.answer(PROMPT)),
        ]

    assert ["API_KEY" in error.remedy for error in locked] == [True, True]
    assert [reply.finish for reply in let_in] == [FinishReason.STOP, FinishReason.STOP]
