"""The `Llm` port over one or several Ollama servers: which of them is asked. How one is asked
stands in `ollama_host`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Self, TypeVar

import httpx

from aggregator.adapters.model_server import exposure, is_exposed
from aggregator.adapters.ollama_host import InstalledModel, OllamaHost, PullProgress, UnfitError
from aggregator.domain.ids import sha256_of
from aggregator.domain.settings import OllamaSettings
from aggregator.errors import LlmError
from aggregator.ports import Answered, ModelFacts, Prompt, Question, Reply

# stories remembered with their server; one is asked section after section, so few are under way
MOST_PREFIXES = 256
_Answer = TypeVar("_Answer")


class OllamaLlm:
    """A model on the servers of `settings.host`. A story goes to the least busy of them and stays
    there.

    Its sections share their prefix, which that server then has in its prompt cache. A server that
    cannot be reached, is too old or lacks the model is left out until `facts` is asked again.
    `api_key` is for servers behind a proxy that wants one.
    """

    def __init__(self, settings: OllamaSettings, *, api_key: str | None = None) -> None:
        self._model = settings.model
        self._hosts = tuple(host_at(host, settings, api_key) for host in addresses(settings))
        self._host_of: OrderedDict[str, OllamaHost] = OrderedDict()
        self._facts: ModelFacts | None = None
        self._looking = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections to all servers."""
        for host in self._hosts:
            await host.close()

    async def facts(self) -> ModelFacts:
        """What the servers say, asked again: the model as the first fit one has it, the least
        context of all.

        A server with another build of the model is left out, as its answers would be cached under a
        wrong name. Raises `LlmError` where no server is left.
        """
        looked = await asyncio.gather(*(_looked_at(host) for host in self._hosts))
        found = [
            (host, facts)
            for host, facts in zip(self._hosts, looked, strict=True)
            if facts is not None
        ]
        if not found:
            raise self._nobody()
        first = found[0][1]
        for host, facts in found[1:]:
            if facts.digest != first.digest:
                reason = (
                    f"{host.address} has a different build of {self._model} than {first.server}"
                )
                host.unfit = LlmError(reason, remedy=f"`ollama pull {self._model}` on each server")
        self._facts = replace(
            first, context=min(facts.context for host, facts in found if host.unfit is None)
        )
        return self._facts

    async def answer(self, prompt: Prompt) -> Reply:
        """The answer of one server; where that turns out to be of no use, of the next. Raises
        `LlmError` where none gives one.
        """
        return await self._asked(prompt.prefix, lambda host, most: host.answer(prompt, most))

    async def answered(self, question: Question) -> Answered:
        """The answer to a question of one word; where a server turns out to be of no use, of the
        next. Raises `LlmError` where none gives one.
        """
        return await self._asked(question.premise, lambda host, most: host.answered(question, most))

    async def models(self) -> tuple[InstalledModel, ...]:
        """The models of the first server that answers. Raises `LlmError` where none does."""
        for host in self._hosts:
            try:
                return await host.models()
            except LlmError as error:
                host.unfit = error
        raise self._nobody()

    async def pull(self, name: str) -> AsyncGenerator[PullProgress, None]:
        """Lets each server download a model, one after the other. Raises `LlmError` at the first
        that fails.
        """
        for host in self._hosts:
            async with aclosing(host.pull(name)) as lines:
                async for progress in lines:
                    yield progress

    def warnings(self) -> tuple[str, ...]:
        """What an operator should know of the servers, though it stops nothing: exposed ones, ones
        left out, and ones that are too old for a model that can think.
        """
        exposed = [exposure(host.address) for host in self._hosts if is_exposed(host.address)]
        unfit = [str(host.unfit) for host in self._hosts if host.unfit is not None]
        return (*exposed, *unfit, *(host.warning for host in self._hosts if host.warning))

    async def _asked(
        self, prefix: str, asking: Callable[[OllamaHost, int], Awaitable[_Answer]]
    ) -> _Answer:
        context = (await self._known()).context
        while True:
            host = self._chosen(prefix)
            try:
                return await asking(host, context)
            except UnfitError as error:
                host.unfit = error

    async def _known(self) -> ModelFacts:
        async with self._looking:
            return self._facts or await self.facts()

    def _chosen(self, prefix: str) -> OllamaHost:
        """The server that had the prefix before, else the least busy one; where several are, the
        prefix decides.
        """
        fit = [host for host in self._hosts if host.unfit is None]
        if not fit:
            raise self._nobody()
        key = sha256_of(prefix)
        host = self._host_of.get(key)
        if host is None or host not in fit:
            host = min(
                fit,
                key=lambda server: (
                    server.under_way,
                    hashlib.sha256((server.address + key).encode()).digest(),
                ),
            )
        self._host_of[key] = host
        self._host_of.move_to_end(key)
        if len(self._host_of) > MOST_PREFIXES:
            self._host_of.popitem(last=False)
        return host

    def _nobody(self) -> LlmError:
        """Why no server can be asked, with what to do about each."""
        errors = [host.unfit for host in self._hosts if host.unfit is not None]
        if not errors:
            return LlmError(
                "analysis.ollama.host is empty", remedy="set it to an address", is_final=True
            )
        reasons = dict.fromkeys(error.reason for error in errors)
        remedies = dict.fromkeys(error.remedy for error in errors)
        return LlmError("; ".join(reasons), remedy="; ".join(remedies), is_final=True)


def addresses(settings: OllamaSettings) -> tuple[str, ...]:
    """The addresses of the servers, each once."""
    return (
        (settings.host,) if isinstance(settings.host, str) else tuple(dict.fromkeys(settings.host))
    )


def host_at(address: str, settings: OllamaSettings, api_key: str | None) -> OllamaHost:
    """One server, not asked yet. Raises `LlmError` where the address is none."""
    try:
        return OllamaHost(address, settings, api_key)
    except (ValueError, httpx.InvalidURL) as error:
        remedy = "set it to one such as http://127.0.0.1:11434"
        raise LlmError(
            "analysis.ollama.host is not an address", remedy=remedy, is_final=True
        ) from error


async def _looked_at(host: OllamaHost) -> ModelFacts | None:
    """The facts, or nothing where the server is of no use, which is noted."""
    host.unfit = None
    try:
        return await host.facts()
    except LlmError as error:
        host.unfit = error
        return None
