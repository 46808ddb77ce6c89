"""OpenAI's chat API, as llama.cpp's server, vLLM and LM Studio speak it: what is asked, what its
answers say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any

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
from aggregator.domain.ids import sha256_of
from aggregator.domain.settings import OpenAiSettings
from aggregator.ports import ModelFacts, Prompt, Question

ANY_MODEL = "default"  # the setting's default: whatever the server serves


class OpenAiDialect:
    """OpenAI's API, for one server."""

    kind, table, secret = "OpenAI-compatible", "analysis.openai", "AGGREGATOR_OPENAI_API_KEY"
    address_key, context_key = "analysis.openai.base_url", "analysis.openai.context"
    start = ""
    check = (
        "check that analysis.openai.base_url is an OpenAI-compatible API, with its version part"
        " (/v1)"
    )
    more_context = "start the server"
    chat_path = "/chat/completions"
    warning = ""

    def __init__(self, settings: OpenAiSettings) -> None:
        self._settings, self.context = settings, settings.context
        self._id = settings.model  # of the model, as the server lists it

    def base_url(self, address: str) -> str:
        """The address before all paths."""
        return address.rstrip("/")

    async def facts(self, server: ModelServer) -> ModelFacts:
        """The model as the server describes it. Servers of this kind do not state their version.
        Raises `LlmError`.
        """
        entries, wanted = await _entries(server), self._settings.model
        model = next((entry for entry in entries if wanted in (entry["id"], ANY_MODEL)), None)
        if model is None:
            ids = ", ".join(brief(entry["id"]) for entry in entries[:5]) or "none"
            raise UnfitError(
                f"{server.address} has no model {wanted}",
                remedy=f"set analysis.openai.model to one that it lists: {ids}",
            )
        self._id = model["id"]
        # what the server was started with, as vLLM and llama.cpp list it
        started = (model.get("max_model_len"), object_of(model.get("meta")).get("n_ctx"))
        return ModelFacts(
            model=_shown(self._id),
            digest=_digest(model),
            context=min([self.context, *(count for said in started if (count := count_of(said)))]),
            server=server.address,
            version=brief(str(model.get("owned_by") or "unknown")),
        )

    async def models(self, server: ModelServer) -> tuple[InstalledModel, ...]:
        """The models that the server lists. Raises `LlmError`."""
        return tuple(
            InstalledModel(name=brief(entry["id"]), size_bytes=None, digest=_digest(entry))
            for entry in await _entries(server)
        )

    def question(
        self, asked: Prompt | Question, *, is_streamed: bool, with_logprobs: bool
    ) -> dict[str, Any]:
        """What is sent to /chat/completions."""
        question = {
            "model": self._id,
            "messages": messages(asked),
            "max_tokens": asked.most_tokens,
            "temperature": 0.0,
            "seed": SEED,
            "stream": is_streamed,
        }
        if isinstance(asked, Prompt):
            schema = {"name": "answer", "schema": asked.schema, "strict": True}
            question["response_format"] = {"type": "json_schema", "json_schema": schema}
        if is_streamed:
            question["stream_options"] = {"include_usage": True}
        if with_logprobs:
            question |= {"logprobs": True, "top_logprobs": LIKELIEST}
        return question

    def completion(self, body: Mapping[str, Any]) -> Completion:
        """What an answer says, or an event of a streamed one. Raises ValueError."""
        match body:
            case {"choices": [{"message": dict(said)} | {"delta": dict(said)} as choice, *_]}:
                pass
            case {"choices": [], "usage": _}:  # the last event of a stream
                said, choice = {}, {}
            case _:
                raise ValueError("no answer")
        usage = object_of(body.get("usage"))
        prompt_tokens = count_of(usage.get("prompt_tokens"))
        return Completion(
            text=str(said.get("content") or ""),
            finish=choice.get("finish_reason"),
            prompt_tokens=prompt_tokens,
            completion_tokens=count_of(usage.get("completion_tokens")),
            cached_tokens=_cached(prompt_tokens or 0, usage, object_of(body.get("timings"))),
            tokens=tokens_of(object_of(choice.get("logprobs")).get("content")),
        )


def openai_client(settings: OpenAiSettings, *, api_key: str | None = None) -> ModelClient:
    """A model at `settings.base_url`, not asked yet. Raises `LlmError` where that is no
    address.
    """
    return ModelClient(
        [
            ModelServer(
                settings.base_url,
                OpenAiDialect(settings),
                api_key=api_key,
                timeout_s=settings.timeout_s,
                concurrency=settings.concurrency,
            )
        ]
    )


async def _entries(server: ModelServer) -> list[dict[str, Any]]:
    """The server's list of models, each with its id. Raises `LlmError`."""
    match await server.request("/models"):
        case {"data": [*entries]} if all(
            isinstance(entry, dict) and isinstance(entry.get("id"), str) for entry in entries
        ):
            return entries
        case _:
            raise ValueError("no list of models")


def _shown(model_id: str) -> str:
    """The name of a model for readers: of a file, as llama.cpp lists its model, not where it lies
    on the operator's machine.
    """
    path = PureWindowsPath(model_id)  # reads both kinds of slashes
    return brief(path.name if path.root else model_id)


def _digest(model: dict[str, Any]) -> str:
    """A digest that sets one build of a model apart from the next, of what the server says of it
    and lasts.

    `created` is no help: llama.cpp and vLLM put the time of the request there.
    """
    lasting = {key: model[key] for key in ("id", "root", "parent") if model.get(key) is not None}
    lasting["meta"] = {
        key: value for key, value in object_of(model.get("meta")).items() if key != "n_ctx"
    }
    return sha256_of(json.dumps(lasting, sort_keys=True))


def _cached(prompt_tokens: int, usage: dict[str, Any], timings: dict[str, Any]) -> int:
    """Tokens of the prompt that were not evaluated again; llama.cpp's own count is exact, so goes
    first.
    """
    evaluated = count_of(timings.get("prompt_n"))
    if evaluated is not None:
        return max(0, prompt_tokens - evaluated)
    return min(
        prompt_tokens,
        count_of(object_of(usage.get("prompt_tokens_details")).get("cached_tokens")) or 0,
    )
