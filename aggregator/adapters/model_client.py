"""The `Llm` port over one or several model servers: which of them is asked. How one is asked stands
in `model_server`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Self, TypeVar
from urllib.parse import urlsplit

from aggregator.adapters.model_server import InstalledModel, ModelServer, UnfitError
from aggregator.domain.ids import sha256_of
from aggregator.domain.web.urls import is_loopback
from aggregator.errors import LlmError
from aggregator.ports import ModelFacts, Prompt, Question, Reply

# stories remembered with their server; one is asked section after section, so few are under way
MOST_PREFIXES = 256
_Result = TypeVar("_Result")


class ModelClient:
    """A model on some servers. A story goes to the least busy of them and stays there.

    Its sections share their prefix, which that server then has in its prompt cache. A server that
    cannot be reached, is too old or lacks the model is left out until `facts` is asked again.
    """

    def __init__(self, servers: Sequence[ModelServer]) -> None:
        self.servers = tuple(servers)
        self._server_of: OrderedDict[str, ModelServer] = OrderedDict()
        self._facts: ModelFacts | None = None
        self._looking = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections to all servers."""
        for server in self.servers:
            await server.close()

    async def facts(self) -> ModelFacts:
        """What the servers say, asked again: the model as the first fit one has it, the least
        context of all.

        A server with another build of the model is left out, as its answers would be cached under a
        wrong name. Raises `LlmError` where no server is left.
        """
        looked = await asyncio.gather(*(server.facts() for server in self.servers))
        found = [facts for facts in looked if facts is not None]
        if not found:
            raise self._nobody()
        first = found[0]
        for server, facts in zip(self.servers, looked, strict=True):
            if facts is not None and facts.digest != first.digest:
                reason = f"{server.address} has a different build of {first.model} than"
                server.unfit = LlmError(
                    f"{reason} {first.server}",
                    remedy=f"`ollama pull {first.model}` on each server",
                )
        context = min(facts.context for facts in found if facts.digest == first.digest)
        self._facts = replace(first, context=context)
        return self._facts

    async def answer(self, asked: Prompt | Question) -> Reply:
        """The answer of one server, to a question of one word with log-probabilities where it gives
        them. Raises `LlmError`.
        """
        prefix = asked.prefix if isinstance(asked, Prompt) else asked.premise
        return await self.ask(prefix, lambda server, context: server.answer(asked, context))

    async def ask(
        self, prefix: str, asking: Callable[[ModelServer, int], Awaitable[_Result]]
    ) -> _Result:
        """What one server gives; where that turns out to be of no use, the next. Raises `LlmError`
        where none gives anything.
        """
        async with self._looking:
            facts = self._facts or await self.facts()
        while True:
            server = self._chosen(prefix)
            try:
                return await asking(server, facts.context)
            except UnfitError as error:
                server.unfit = error

    async def models(self) -> tuple[InstalledModel, ...]:
        """The models of the first server that answers. Raises `LlmError` where none does."""
        for server in self.servers:
            try:
                return await server.models()
            except LlmError as error:
                server.unfit = error
        raise self._nobody()

    def warnings(self) -> tuple[str, ...]:
        """What an operator should know of the servers, though it stops nothing: exposed ones, ones
        left out, and what their dialect says of them.
        """
        exposed = [
            exposure(server.address) for server in self.servers if is_exposed(server.address)
        ]
        unfit = [str(server.unfit) for server in self.servers if server.unfit is not None]
        return (*exposed, *unfit, *(s.dialect.warning for s in self.servers if s.dialect.warning))

    def _chosen(self, prefix: str) -> ModelServer:
        """The server that had the prefix before, else the least busy one; where several are, the
        prefix decides.
        """
        fit = [server for server in self.servers if server.unfit is None]
        if not fit:
            raise self._nobody()
        key = sha256_of(prefix)
        server = self._server_of.get(key)
        if server is None or server not in fit:
            server = min(
                fit,
                key=lambda server: (
                    server.under_way,
                    hashlib.sha256((server.address + key).encode()).digest(),
                ),
            )
        self._server_of[key] = server
        self._server_of.move_to_end(key)
        if len(self._server_of) > MOST_PREFIXES:
            self._server_of.popitem(last=False)
        return server

    def _nobody(self) -> LlmError:
        """Why no server can be asked, with what to do about each."""
        errors = [server.unfit for server in self.servers if server.unfit is not None]
        if not errors:
            return UnfitError("analysis.ollama.host is empty", remedy="set it to an address")
        reasons = dict.fromkeys(error.reason for error in errors)
        remedies = dict.fromkeys(error.remedy for error in errors)
        return LlmError("; ".join(reasons), remedy="; ".join(remedies), is_final=True)


def is_exposed(address: str) -> bool:
    """Whether what is said to the server crosses a network unencrypted."""
    parts = urlsplit(address)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def exposure(address: str) -> str:
    """The warning to the operator of an exposed server."""
    return (
        f"{address} is contacted without encryption, so its answers can be read and"
        " changed on the way; use https or a tunnel"
    )
