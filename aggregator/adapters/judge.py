"""The `Judge` port over a model server: which model judges, how it is asked, what its answer says.
How a server is spoken to stands in `ollama` and `openai`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from aggregator.adapters.model_bounds import brief
from aggregator.adapters.model_client import ModelClient
from aggregator.adapters.ollama import ollama_client
from aggregator.adapters.openai import openai_client
from aggregator.domain.settings import OllamaSettings, OpenAiSettings
from aggregator.errors import LlmError
from aggregator.ports import ModelFacts
from aggregator.verify.judge.question import fact_checker, form_of, probability, question

AUTO = "auto"  # the setting's default: a fact-checking model if there is one, else the writer


class ModelJudge:
    """A model on a server as a judge, closed with its connections."""

    def __init__(self, client: ModelClient) -> None:
        self._client = client
        self._facts: ModelFacts | None = None
        self._spent_tokens = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    @property
    def spent_tokens(self) -> int:
        """Tokens of all questions and answers so far, by the server's count."""
        return self._spent_tokens

    async def facts(self) -> ModelFacts:
        """What judges, as its server says. Raises `LlmError`."""
        self._facts = await self._client.facts()
        return self._facts

    async def supports(self, premise: str, claim: str, *, is_inferred: bool = False) -> float:
        """The probability that the premise states the claim, or makes an inferred one likely.
        Raises `LlmError`, also where the answer is neither yes nor no.
        """
        model = (self._facts or await self.facts()).model
        form = form_of(model)
        reply = await self._client.answer(question(form, premise, claim, is_inferred=is_inferred))
        self._spent_tokens += reply.prompt_tokens + reply.completion_tokens
        found = probability(reply, form)
        if found is None:
            raise LlmError(
                f"{model} answered neither yes nor no: {brief(reply.text)}",
                remedy="set analysis.judge.model to another",
            )
        return found


async def ollama_judge(
    settings: OllamaSettings, model: str, *, api_key: str | None = None
) -> ModelJudge:
    """The judge of this name at Ollama's servers; for `auto` a fact-checking model if one is
    installed, else the writer. Raises `LlmError` where no server answers.
    """
    name = model
    if model == AUTO:
        async with ollama_client(settings, api_key=api_key) as client:
            installed = await client.models()
        name = fact_checker([found.name for found in installed]) or settings.model
    return ModelJudge(ollama_client(replace(settings, model=name), api_key=api_key))


def openai_judge(settings: OpenAiSettings, model: str, *, api_key: str | None = None) -> ModelJudge:
    """The judge of this name at an OpenAI-compatible server; for `auto` the writer, as such a
    server mostly serves one model.
    """
    chosen = settings if model == AUTO else replace(settings, model=model)
    return ModelJudge(openai_client(chosen, api_key=api_key))
