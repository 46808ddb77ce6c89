"""What every Judge port keeps: the adapters for Ollama and for OpenAI's API against a server, and
the fake.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

import pytest

from aggregator.adapters.judge import ModelJudge, ollama_judge, openai_judge
from aggregator.domain.settings import OllamaSettings, OpenAiSettings
from aggregator.errors import LlmError
from aggregator.ports import Judge
from tests.fakes import FakeJudge
from tests.ollama_api import CERTAINTY, Trouble
from tests.ollama_models import Schema
from tests.ollama_server import OllamaServer

PREMISE = "Lab One, 2 March 2026: Model A is here\nModel A costs $3."
TRUE, FALSE, STRANGE = "Model A costs $3.", "Model A costs $5.", "Is it?"
TIMEOUT_S = 2.0  # a busy machine lets a server wait for a second
Result = TypeVar("Result")


def judging(system: str, prompt: str, schema: Schema | None) -> str:
    """A model that says yes where the claim stands in the premise as well."""
    if STRANGE in prompt:
        return "Perhaps"
    return "Yes" if prompt.count(TRUE) > 1 else "No"


def guarding(system: str, prompt: str, schema: Schema | None) -> str:
    """The same as a guardian answers: yes to the risk."""
    return "No" if prompt.count(TRUE) > 1 else "Yes"


def in_tags(system: str, prompt: str, schema: Schema | None) -> str:
    """As its later builds do."""
    return f"<score> {guarding(system, prompt, schema).lower()} </score>"


@dataclass(frozen=True)
class Ported:
    """A port that is opened for each use, and its server where it has one."""

    opened: Callable[[], AbstractAsyncContextManager[Judge]]
    server: OllamaServer | None = None

    def run(self, asking: Callable[[Judge], Awaitable[Result]]) -> Result:
        """What a use of the port gives."""

        async def ran() -> Result:
            async with self.opened() as judge:
                return await asking(judge)

        return asyncio.run(ran())

    def judged(self, claim: str, premise: str = PREMISE) -> float:
        """The probability of one claim."""
        return self.run(lambda judge: judge.supports(premise, claim))

    def refusal(self, claim: str = TRUE, premise: str = PREMISE) -> LlmError:
        """The error of one claim."""
        with pytest.raises(LlmError) as caught:
            self.judged(claim, premise)
        return caught.value


def at_ollama(
    server: OllamaServer, model: str = "auto", writer: str = "qwen3:4b-instruct"
) -> Ported:
    settings = OllamaSettings(host=server.url, model=writer, timeout_s=TIMEOUT_S)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Judge]:
        async with await ollama_judge(settings, model) as judge:
            yield judge

    return Ported(opened, server)


def at_openai(server: OllamaServer) -> Ported:
    settings = OpenAiSettings(base_url=server.openai_url, timeout_s=TIMEOUT_S)
    return Ported(lambda: openai_judge(settings, "auto"), server)


def _ollama() -> Iterator[Ported]:
    with OllamaServer(judging) as server:
        yield at_ollama(server)


def _guardian() -> Iterator[Ported]:
    with OllamaServer(guarding, name="granite3-guardian:2b") as server:
        yield at_ollama(server)


def _later_guardian() -> Iterator[Ported]:
    with OllamaServer(in_tags, name="granite4.1-guardian:8b") as server:
        yield at_ollama(server)


def _openai() -> Iterator[Ported]:
    with OllamaServer(judging) as server:
        yield at_openai(server)


def _fake() -> Iterator[Ported]:
    yield Ported(
        lambda: nullcontext(
            FakeJudge(lambda premise, claim: CERTAINTY if claim in premise else 1 - CERTAINTY)
        )
    )


@pytest.fixture(
    params=[_ollama, _guardian, _later_guardian, _openai, _fake],
    ids=["ollama", "guardian", "later guardian", "openai", "fake"],
)
def port(request: pytest.FixtureRequest) -> Iterator[Ported]:
    yield from request.param()


@pytest.fixture(params=[_ollama, _openai], ids=["ollama", "openai"])
def served(request: pytest.FixtureRequest) -> Iterator[Ported]:
    yield from request.param()


def test_a_claim_that_the_premise_states_is_likely(port: Ported) -> None:
    assert port.judged(TRUE) == pytest.approx(CERTAINTY)


def test_a_claim_that_the_premise_does_not_state_is_unlikely(port: Ported) -> None:
    assert port.judged(FALSE) == pytest.approx(1 - CERTAINTY)


def test_facts_name_the_model_and_its_build(port: Ported) -> None:
    facts = port.run(lambda judge: judge.facts())

    assert (":" in facts.model, len(facts.digest)) == (True, 64)


def test_a_judge_counts_the_tokens_that_it_spent(port: Ported) -> None:
    async def spent(judge: Judge) -> tuple[int, int]:
        before = judge.spent_tokens
        await judge.supports(PREMISE, TRUE)
        return before, judge.spent_tokens

    before, after = port.run(spent)
    assert (before, after > 15) == (0, True)


def test_a_premise_that_would_not_fit_is_refused(port: Ported) -> None:
    error = port.refusal(premise="Model A costs $3. " * 3000)

    assert ("the prompt needs about" in error.reason, "the context has" in error.reason) == (
        True,
        True,
    )


def test_without_log_probabilities_the_word_counts(served: Ported) -> None:
    assert served.server is not None
    served.server.misbehave(Trouble.NO_LOGPROBS)

    assert (served.judged(TRUE), served.judged(FALSE)) == (1.0, 0.0)


def test_a_server_that_refuses_log_probabilities_is_asked_for_them_once() -> None:
    async def twice(judge: Judge) -> None:
        await judge.supports(PREMISE, TRUE)
        await judge.supports(PREMISE, FALSE)

    with OllamaServer(judging) as server:
        server.misbehave(Trouble.NO_LOGPROBS)
        at_openai(server).run(twice)

        assert server.asked.count("POST /v1/chat/completions") == 3


def test_an_answer_that_is_neither_yes_nor_no_is_an_error_with_a_remedy(served: Ported) -> None:
    error = served.refusal(STRANGE)

    assert (
        "neither yes nor no: Perhaps" in error.reason,
        "analysis.judge.model" in error.remedy,
    ) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.HUNG,
        Trouble.SERVER_ERROR,
        Trouble.BUSY,
        Trouble.GARBAGE,
        Trouble.HUGE,
        Trouble.EMPTY,
    ],
)
def test_what_a_server_does_wrong_is_an_error_of_ours(served: Ported, trouble: Trouble) -> None:
    assert served.server is not None
    served.server.misbehave(trouble)

    assert served.refusal().remedy


def test_a_question_asks_for_a_word_and_the_likeliest_others(served: Ported) -> None:
    assert served.server is not None
    served.judged(TRUE)

    request = served.server.calls[0].request
    most = request.get("max_tokens") or request["options"]["num_predict"]
    assert (request["logprobs"], request["top_logprobs"], most, "format" in request) == (
        True,
        20,
        4,
        False,
    )


def test_a_guardian_gets_premise_and_claim_in_roles_of_its_own() -> None:
    with OllamaServer(in_tags, name="granite4.1-guardian:8b") as server:
        at_ollama(server).judged(TRUE)

        messages = server.calls[0].request["messages"]
    assert [(message["role"], message["content"]) for message in messages] == [
        ("system", "groundedness"),
        ("document", PREMISE),
        ("assistant", TRUE),
    ]


@pytest.mark.parametrize(
    ("installed", "model", "chosen"),
    [
        pytest.param("granite3-guardian:2b", "auto", "granite3-guardian:2b", id="a fact checker"),
        pytest.param("qwen3:4b-instruct", "auto", "qwen3:4b-instruct", id="else the writer"),
        pytest.param("mistral:7b", "mistral:7b", "mistral:7b", id="by name"),
    ],
)
def test_auto_takes_a_fact_checking_model_else_the_writer(
    installed: str, model: str, chosen: str
) -> None:
    with OllamaServer(judging, name=installed) as server:
        facts = at_ollama(server, model).run(lambda judge: judge.facts())

    assert facts.model == chosen


def test_a_judge_of_a_name_that_no_server_has_is_refused_with_the_remedy() -> None:
    with OllamaServer(judging) as server:
        error = at_ollama(server, "bespoke-minicheck").refusal()

    assert ("has no model bespoke-minicheck" in error.reason, "pull" in error.remedy) == (
        True,
        True,
    )


def test_claims_are_judged_on_several_servers_at_once() -> None:
    async def many(judge: Judge) -> None:
        await asyncio.gather(*(judge.supports(f"{PREMISE} {number}", TRUE) for number in range(6)))

    with OllamaServer(judging) as one, OllamaServer(judging) as other:
        settings = OllamaSettings(host=(one.url, other.url), timeout_s=TIMEOUT_S)

        async def ran() -> None:
            async with await ollama_judge(settings, "auto") as judge:
                await many(judge)

        asyncio.run(ran())

        assert (len(one.calls) > 0, len(other.calls) > 0, len(one.calls) + len(other.calls)) == (
            True,
            True,
            6,
        )


def test_a_judge_of_openai_is_the_model_of_the_settings_unless_named() -> None:
    with OllamaServer(judging) as server:
        settings = OpenAiSettings(base_url=server.openai_url, timeout_s=TIMEOUT_S)

        async def model(judge: ModelJudge) -> str:
            async with judge:
                return (await judge.facts()).model

        named = asyncio.run(model(openai_judge(settings, "qwen3:4b-instruct")))
        auto = asyncio.run(model(openai_judge(settings, "auto")))
    assert (named, auto) == ("qwen3:4b-instruct", "qwen3:4b-instruct")
