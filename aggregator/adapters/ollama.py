"""Ollama's own API: what is asked, what its answers say, which versions of it are of use; and what
only Ollama does, downloads and vectors.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

from aggregator.adapters.model_bounds import brief, messages
from aggregator.adapters.model_client import ModelClient
from aggregator.adapters.model_server import (
    LIKELIEST,
    SEED,
    Completion,
    InstalledModel,
    ModelServer,
    UnfitError,
    count_of,
    object_of,
    tokens_of,
)
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import OllamaSettings
from aggregator.errors import LlmError
from aggregator.ports import ModelFacts, Prompt, Question

DEFAULT_PORT = 11434
OLDEST_VERSION = (0, 17, 1)  # CVE-2026-7482: older ones let anyone read the server's memory
# 892e7f6be: older ones drop the schema where a model that can think is told not to
SCHEMA_VERSION = (0, 31, 2)
PULL_IDLE_S = 600.0  # checking the digest of a large model takes minutes without a word
PULL_MOST_BYTES = 64_000_000  # about ten progress lines a second, 150 bytes each, for hours
EMBED_MOST_BYTES = 8_000_000  # 64 vectors of 4,096 numbers, 25 bytes each


@frozen
class PullProgress:
    """How far a download is; `completed` and `total` are bytes of the layer under way, 0 where not
    said.
    """

    server: str
    status: str
    completed: int
    total: int


class OllamaDialect:
    """Ollama's API, for one server."""

    kind, table, secret = "Ollama", "analysis.ollama", "OLLAMA_API_KEY"
    address_key, context_key = "analysis.ollama.host", "analysis.ollama.num_ctx"
    start = " (`ollama serve`)"
    check = "check that analysis.ollama.host is an Ollama server, such as http://127.0.0.1:11434"
    more_context = "set analysis.ollama.model to one"
    chat_path = "/api/chat"

    def __init__(self, settings: OllamaSettings) -> None:
        self._settings, self.context, self.warning = settings, settings.num_ctx, ""

    def base_url(self, address: str) -> str:
        """The server's address as given, or made whole from a host as OLLAMA_HOST has it."""
        return base_url(address)

    async def facts(self, server: ModelServer) -> ModelFacts:
        """What the server says of itself and of the model. Raises `LlmError` also where it is too
        old.
        """
        name = self._settings.model
        version = await _version(server)
        names = (name,) if ":" in name else (name, f"{name}:latest")  # no tag means the latest
        found = [model for model in await self.models(server) if model.name in names]
        if not found:
            raise UnfitError(
                f"Ollama at {server.address} has no model {name}",
                remedy=f"`aggregator model pull {name}` (or `ollama pull {name}`), or set"
                " analysis.ollama.model",
            )
        shown = await server.request("/api/show", {"model": name})
        is_old = _numbers(version) < SCHEMA_VERSION
        self.warning = (
            f"Ollama {version} at {server.address} lets {name}, a reasoning model, ignore the JSON"
            f" schema; upgrade it to {_dotted(SCHEMA_VERSION)} or newer, or use a model without"
            " reasoning"
            if is_old and "thinking" in (shown.get("capabilities") or ())
            else ""
        )
        trained = [  # Ollama never exceeds the context that the model was trained for
            count
            for key, value in object_of(shown.get("model_info")).items()
            if key.endswith(".context_length") and (count := count_of(value))
        ]
        return ModelFacts(
            model=name,
            digest=found[0].digest,
            context=min([self.context, *trained]),
            server=server.address,
            version=version,
        )

    async def models(self, server: ModelServer) -> tuple[InstalledModel, ...]:
        """The models that the server has, by name. Raises `LlmError`."""
        match await server.request("/api/tags"):
            case {"models": [*entries]} if all(isinstance(entry, dict) for entry in entries):
                found = (
                    InstalledModel(
                        name=str(entry.get("model") or ""),
                        size_bytes=count_of(entry.get("size")) or 0,
                        digest=str(entry.get("digest") or "unknown"),
                    )
                    for entry in entries
                )
                return tuple(sorted(found, key=lambda model: model.name))
            case _:
                raise ValueError("no list of models")

    def question(
        self, asked: Prompt | Question, *, is_streamed: bool, with_logprobs: bool
    ) -> dict[str, Any]:
        """What is sent to /api/chat."""
        return {
            "model": self._settings.model,
            "messages": messages(asked),
            "stream": is_streamed,
            "think": False,
            "keep_alive": self._settings.keep_alive,
            "options": {
                "num_ctx": self.context,
                "num_predict": asked.most_tokens,
                "temperature": 0.0,
                "seed": SEED,
            },
            **({"format": asked.schema} if isinstance(asked, Prompt) else {}),
            **({"logprobs": True, "top_logprobs": LIKELIEST} if with_logprobs else {}),
        }

    def completion(self, body: Mapping[str, Any]) -> Completion:
        """What an answer says, or a line of a streamed one. Raises ValueError."""
        match body:
            case {"message": {"content": str(content)}}:
                return Completion(
                    text=content,
                    finish=body.get("done_reason"),
                    prompt_tokens=count_of(body.get("prompt_eval_count")),
                    completion_tokens=count_of(body.get("eval_count")),
                    tokens=tokens_of(body.get("logprobs")),
                )
            case _:
                raise ValueError("no answer")


def ollama_client(settings: OllamaSettings, *, api_key: str | None = None) -> ModelClient:
    """A model on the servers of `settings.host`, not asked yet. `api_key` is for servers behind a
    proxy that wants one. Raises `LlmError` where an address is none.
    """
    hosts = dict.fromkeys(settings.hosts)
    return ModelClient(
        [
            ModelServer(
                host,
                OllamaDialect(settings),
                api_key=api_key,
                timeout_s=settings.timeout_s,
                concurrency=settings.concurrency,
            )
            for host in hosts
        ]
    )


async def pull(client: ModelClient, name: str) -> AsyncGenerator[PullProgress, None]:
    """Lets each server download a model, one after the other; how far it is. Raises `LlmError` at
    the first that fails.
    """
    for server in client.servers:
        status = ""
        lines = server.lines(
            "/api/pull",
            {"model": name, "stream": True},
            idle_s=PULL_IDLE_S,
            most_bytes=PULL_MOST_BYTES,
        )
        async with aclosing(lines):
            async for line in lines:
                status = brief(str(line.get("status")))
                yield PullProgress(
                    server=server.address,
                    status=status,
                    completed=count_of(line.get("completed")) or 0,
                    total=count_of(line.get("total")) or 0,
                )
        if status != "success":
            raise LlmError(
                f"the download of {name} to {server.address} ended early",
                remedy="pull it again; it resumes",
            )


async def embed(
    server: ModelServer, settings: OllamaSettings, texts: Sequence[str]
) -> tuple[tuple[float, ...], ...]:
    """The vectors of some texts as the server gives them, cut where they are too long for it.
    Raises `LlmError`.
    """
    question = {"model": settings.model, "input": texts, "keep_alive": settings.keep_alive}
    answer = await server.request(
        "/api/embed", question, timeout_s=settings.timeout_s, most_bytes=EMBED_MOST_BYTES
    )
    match answer:
        case {"embeddings": [*vectors]} if all(isinstance(vector, list) for vector in vectors):
            pass
        case _:
            vectors = []
    return tuple(
        tuple(float(number) for number in vector if isinstance(number, int | float))
        for vector in vectors
    )


def base_url(host: str) -> str:
    """The server's address as given, or made whole from a host as OLLAMA_HOST has it."""
    if "://" in host:
        return host.rstrip("/")
    port = "" if urlsplit(f"//{host}").port else f":{DEFAULT_PORT}"
    return f"http://{host.rstrip('/')}{port}"


async def _version(server: ModelServer) -> str:
    """The version. Raises `LlmError` where it is too old."""
    version = brief(str((await server.request("/api/version")).get("version")))
    if _numbers(version) < OLDEST_VERSION:
        raise UnfitError(
            f"Ollama {version} at {server.address} is too old",
            remedy=f"upgrade it to {_dotted(OLDEST_VERSION)} or newer: older versions let anyone"
            " read its memory (CVE-2026-7482)",
        )
    return version


def _numbers(version: str) -> tuple[int, ...]:
    """The three numbers of a version. Raises ValueError where it has none."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        raise ValueError("no version")
    return tuple(int(number) for number in found.groups())


def _dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))
