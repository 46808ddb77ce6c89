"""The `Llm` port over any server that speaks OpenAI's chat API: llama.cpp's, vLLM, LM Studio. Plain
HTTP, no library.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import PureWindowsPath
from typing import Any, Self

import httpx

from aggregator.adapters.model_server import (
    LIKELIEST,
    BoundedTransport,
    SlowError,
    Stopping,
    brief,
    estimated_prompt_tokens,
    exposure,
    is_exposed,
    is_suspiciously_short,
    messages,
    named,
    refuse_too_long,
    refuse_truncated,
    timeouts,
)
from aggregator.domain.ids import sha256_of
from aggregator.domain.settings import OpenAiSettings
from aggregator.domain.web.address import Address
from aggregator.english.text import CHAT_TOKENS, estimated_tokens
from aggregator.errors import LlmError
from aggregator.ports import Answered, FinishReason, ModelFacts, Prompt, Question, Reply, Token

LOOK_TIMEOUT_S = 10.0  # for the list of models
MOST_TIMEOUTS = 3  # in a row, until the server is given up for this run
SEED = 7  # makes a repeated answer likelier, no more
ANY_MODEL = "default"  # the setting's default: whatever the server serves

_FAILURES = (OSError, TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError)
_FINISHES = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}
_STREAMED = {"stream": True, "stream_options": {"include_usage": True}}
_LONGER = "start the server with a longer context and raise analysis.openai.context"
_ADDRESS = (
    "check that analysis.openai.base_url is an OpenAI-compatible API, with its version part (/v1)"
)


class OpenAiLlm:
    """A model at `settings.base_url`. `api_key` comes from the environment
    (AGGREGATOR_OPENAI_API_KEY), if there is one.
    """

    def __init__(self, settings: OpenAiSettings, *, api_key: str | None = None) -> None:
        self._settings = settings
        self._url = Address(settings.base_url).unmasked().rstrip("/")
        self._address = _named(self._url)
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.AsyncClient(
            headers=headers, timeout=timeouts(settings.timeout_s), transport=BoundedTransport()
        )
        self._places = asyncio.Semaphore(max(1, settings.concurrency))
        self._looking = asyncio.Lock()
        self._facts: ModelFacts | None = None
        self._id = settings.model  # of the model, as the server lists it
        self._timeouts = 0
        self._given_up: LlmError | None = None
        self._logarithms: dict[str, Any] = {"logprobs": True, "top_logprobs": LIKELIEST}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections to the server."""
        await self._client.aclose()

    async def facts(self) -> ModelFacts:
        """The model as the server describes it, asked again. Servers of this kind do not state
        their version. Raises `LlmError`.
        """
        self._timeouts, self._given_up = 0, None
        model = self._listed(await self._entries())
        self._id = str(model["id"])
        self._facts = ModelFacts(
            model=_shown(self._id),
            digest=_digest(model),
            context=min([self._settings.context, *_started_context(model)]),
            server=self._address,
            version=brief(str(model.get("owned_by") or "unknown")),
        )
        return self._facts

    async def models(self) -> dict[str, str]:
        """The digest of each model that the server lists, by name. Raises `LlmError`."""
        return {brief(entry["id"]): _digest(entry) for entry in await self._entries()}

    async def answer(self, prompt: Prompt) -> Reply:
        """The answer. Its time does not begin before it has a place. Raises `LlmError`."""
        facts = await self._known()
        refuse_too_long(prompt, facts.context, _LONGER)
        async with self._place():
            return await self._answered(prompt, facts)

    async def answered(self, question: Question) -> Answered:
        """The answer to a question of one word, with log-probabilities where the server gives
        them. Raises `LlmError`.
        """
        facts = await self._known()
        refuse_too_long(question, facts.context, _LONGER)
        async with self._place():
            return await self._worded(question, facts)

    def warnings(self) -> tuple[str, ...]:
        """What an operator should know of the server, though it stops nothing."""
        return (exposure(self._url),) if is_exposed(self._url) else ()

    async def _known(self) -> ModelFacts:
        async with self._looking:
            return self._facts or await self.facts()

    @asynccontextmanager
    async def _place(self) -> AsyncGenerator[None, None]:
        async with self._places:
            if self._given_up is not None:
                raise LlmError(self._given_up.reason, remedy=self._given_up.remedy, is_final=True)
            yield

    async def _answered(self, prompt: Prompt, facts: ModelFacts) -> Reply:
        began = asyncio.get_running_loop().time()
        question = _question(prompt, self._id) | _schema(prompt)
        body = await self._completion(question, prompt.stop_when)
        reply = self._reply(body, prompt, asyncio.get_running_loop().time() - began)
        refuse_truncated(prompt, reply.prompt_tokens, facts.context, _LONGER)
        if is_suspiciously_short(prompt, reply.prompt_tokens):
            raise LlmError(
                f"{self._address} truncated the prompt silently to {reply.prompt_tokens} tokens",
                remedy=_LONGER,
            )
        return reply

    async def _worded(self, question: Question, facts: ModelFacts) -> Answered:
        """The answer; a server that refuses log-probabilities is not asked for them again."""
        wanted = _question(question, self._id)
        try:
            body = await self._completion({**wanted, **self._logarithms})
        except LlmError as error:
            if not self._logarithms or "logprob" not in error.reason:
                raise
            self._logarithms = {}
            body = await self._completion(wanted)
        return self._word(body, question, facts.context)

    async def _completion(
        self, question: dict[str, Any], stop_when: Callable[[str], bool] | None = None
    ) -> Any:
        """The JSON of an answer. Raises `LlmError`."""
        try:
            body = await self._asked(
                "POST", "/chat/completions", question, self._settings.timeout_s, stop_when
            )
        except SlowError as error:
            self._timeouts += 1
            self._given_up = error if self._timeouts >= MOST_TIMEOUTS else None
            raise
        self._timeouts = 0
        return body

    async def _streamed(
        self, question: dict[str, Any], stop_when: Callable[[str], bool]
    ) -> httpx.Response:
        """The same for an answer that is read as it is written, and ended where it is to stop; of a
        server that does not stream, the answer whole.
        """
        stopping = Stopping(stop_when, self._settings.timeout_s)
        found: dict[str, Any] = {"usage": None, "timings": None}
        reason: str | None = None
        async with self._client.stream(
            "POST", f"{self._url}/chat/completions", json={**question, **_STREAMED}
        ) as answer:
            if "text/event-stream" not in answer.headers.get("content-type", ""):
                await answer.aread()
                return answer
            async for line in answer.aiter_lines():
                chunk = _chunk(line)
                found.update({key: chunk[key] for key in found if chunk.get(key)})
                choice: dict[str, Any] = next(iter(chunk.get("choices") or ()), {})
                reason = choice.get("finish_reason") or reason
                if not stopping.takes(_object(choice.get("delta")).get("content") or ""):
                    reason = "length"
                    break
        message = {"content": stopping.text}
        choices = [{"message": message, "finish_reason": reason}]
        return httpx.Response(answer.status_code, json={"choices": choices, **found})

    async def _asked(
        self,
        method: str,
        path: str,
        question: dict[str, Any] | None,
        timeout_s: float,
        stop_when: Callable[[str], bool] | None = None,
    ) -> Any:
        """The answer's JSON, all within the time. Raises `LlmError`."""

        async def once() -> httpx.Response:
            if question and stop_when:
                return await self._streamed(question, stop_when)
            return await self._client.request(method, self._url + path, json=question)

        with self._explained(timeout_s):
            async with asyncio.timeout(timeout_s):
                answer = await once()
                if answer.status_code == 500:  # a crashed runner is often started again
                    answer = await once()
                if answer.status_code == 200:
                    return answer.json()
        raise self._refused(answer.status_code, _words(answer))

    def _listed(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        """The entry of our model in the server's list; of the first where any is welcome."""
        wanted = self._settings.model
        for entry in entries:
            if wanted in (entry["id"], ANY_MODEL):
                return entry
        ids = ", ".join(brief(entry["id"]) for entry in entries[:5]) or "none"
        remedy = f"set analysis.openai.model to one that it lists: {ids}"
        raise LlmError(f"{self._address} has no model {wanted}", remedy=remedy, is_final=True)

    async def _entries(self) -> list[dict[str, Any]]:
        """The server's list of models, each with its id. Raises `LlmError`."""
        timeout_s = min(LOOK_TIMEOUT_S, self._settings.timeout_s)
        match await self._asked("GET", "/models", None, timeout_s):
            case {"data": [*entries]} if all(
                isinstance(entry, dict) and isinstance(entry.get("id"), str) for entry in entries
            ):
                return entries
            case _:
                raise self._strange()

    def _reply(self, body: Any, prompt: Prompt, seconds: float) -> Reply:
        match body:
            case {
                "choices": [
                    {"message": {"content": str() | None as content}, "finish_reason": reason},
                    *_,
                ]
            }:
                pass
            case _:
                raise self._strange()
        finish = _FINISHES.get(str(reason))
        if finish is None:
            reason = (
                f"the model at {self._address} stopped without an answer (finish_reason"
                f" {brief(str(reason))})"
            )
            raise LlmError(reason, remedy="try again; if it persists, check the server's log")
        if not (content or "").strip():
            remedy = "set analysis.openai.model to one that can answer without reasoning"
            raise LlmError(f"the model at {self._address} returned an empty answer", remedy=remedy)
        usage, timings = _object(body.get("usage")), _object(body.get("timings"))
        asked = estimated_prompt_tokens(messages(prompt)) + CHAT_TOKENS
        prompt_tokens = _count(usage.get("prompt_tokens"))
        return Reply(
            text=content or "",
            finish=finish,
            prompt_tokens=(
                asked if prompt_tokens is None else prompt_tokens
            ),  # the estimate where nothing is said
            completion_tokens=_count(usage.get("completion_tokens"))
            or estimated_tokens(content or ""),
            seconds=seconds,
            cached_tokens=_cached(prompt_tokens or 0, usage, timings),
        )

    def _word(self, body: Any, question: Question, context: int) -> Answered:
        match body:
            case {"choices": [{"message": {"content": str(content)}} as choice, *_]}:
                pass
            case _:
                raise self._strange()
        if not content.strip():
            remedy = "set analysis.judge.model to one that answers in one word"
            raise LlmError(f"the model at {self._address} returned an empty answer", remedy=remedy)
        usage = _object(body.get("usage"))
        counted = _count(usage.get("prompt_tokens"))
        prompt_tokens = counted or estimated_prompt_tokens(messages(question))
        refuse_truncated(question, prompt_tokens, context, _LONGER)
        return Answered(
            text=content,
            tokens=_tokens(_object(choice.get("logprobs")).get("content")),
            prompt_tokens=prompt_tokens,
            completion_tokens=_count(usage.get("completion_tokens")) or estimated_tokens(content),
        )

    @contextmanager
    def _explained(self, timeout_s: float) -> Iterator[None]:
        try:
            yield
        except _FAILURES as error:
            raise self._in_our_words(error, timeout_s) from error

    def _in_our_words(self, error: Exception, timeout_s: float) -> LlmError:
        """httpx's error in our words, most particular first."""
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout():
                remedy = "start the server, or set analysis.openai.base_url"
                return LlmError(
                    f"no model server answers at {self._address}", remedy=remedy, is_final=True
                )
            case TimeoutError() | httpx.TimeoutException():
                remedy = "raise analysis.openai.timeout_s, or serve a smaller model"
                return SlowError(
                    f"the server at {self._address} did not answer within {timeout_s:g} s",
                    remedy=remedy,
                )
            case httpx.UnsupportedProtocol() | httpx.InvalidURL():
                return LlmError(
                    "analysis.openai.base_url is not an address", remedy=_ADDRESS, is_final=True
                )
            case httpx.HTTPError() | OSError():
                reason = f"the response of {self._address} cannot be used: {brief(str(error))}"
                return LlmError(
                    reason, remedy="check the server's log; it may have run out of memory"
                )
            case _:
                return self._strange()

    def _refused(self, status: int, words: str) -> LlmError:
        match status:
            case 404:
                reason = f"{self._address} has no such address or model (http 404)"
                return LlmError(
                    reason, remedy=f"{_ADDRESS}; or set analysis.openai.model", is_final=True
                )
            case 401 | 403:
                reason = f"{self._address} denied access (http {status})"
                return LlmError(
                    reason, remedy="set AGGREGATOR_OPENAI_API_KEY in the environment", is_final=True
                )
            case 429 | 503:
                remedy = "wait until it has loaded its model, or lower analysis.openai.concurrency"
                return LlmError(f"{self._address} is busy (http {status})", remedy=remedy)
            case 400 | 413 if "context" in words:
                return LlmError(
                    f"{self._address} refuses the prompt as too long: {words}", remedy=_LONGER
                )
            case _:
                return LlmError(
                    f"{self._address} failed (http {status}): {words}",
                    remedy="check the server's log",
                )

    def _strange(self) -> LlmError:
        return LlmError(
            f"the server at {self._address} does not answer like OpenAI's API", remedy=_ADDRESS
        )


def _named(url: str) -> str:
    try:
        return named(url)
    except ValueError as error:
        raise LlmError(
            "analysis.openai.base_url is not an address", remedy=_ADDRESS, is_final=True
        ) from error


def _question(asked: Prompt | Question, model: str) -> dict[str, Any]:
    return {
        "model": model,
        "messages": messages(asked),
        "max_tokens": asked.most_tokens,
        "temperature": 0.0,
        "seed": SEED,
        "stream": False,
    }


def _schema(prompt: Prompt) -> dict[str, Any]:
    schema = {"name": "answer", "schema": prompt.schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _chunk(line: str) -> dict[str, Any]:
    """What one line of a stream of server-sent events holds."""
    data = line.removeprefix("data:").strip()
    is_event = line.startswith("data:") and data != "[DONE]"
    return _object(json.loads(data)) if is_event else {}


def _tokens(found: Any) -> tuple[Token, ...]:
    """The tokens with their log-probabilities; none where the server says none, or says them
    otherwise.
    """
    entries = found if isinstance(found, list) else []
    return tuple(
        Token(
            text=str(entry["token"]),
            likeliest=tuple(
                (str(other["token"]), float(other["logprob"]))
                for other in entry.get("top_logprobs") or [entry]
                if _is_token(other)
            ),
        )
        for entry in entries
        if _is_token(entry)
    )


def _is_token(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("logprob"), int | float)


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
        key: value for key, value in _object(model.get("meta")).items() if key != "n_ctx"
    }
    return sha256_of(json.dumps(lasting, sort_keys=True))


def _started_context(model: dict[str, Any]) -> list[int]:
    """The context that the server was started with, as vLLM and llama.cpp list it; nothing where it
    is not said.
    """
    counts = (_count(model.get("max_model_len")), _count(_object(model.get("meta")).get("n_ctx")))
    return [count for count in counts if count]


def _cached(prompt_tokens: int, usage: dict[str, Any], timings: dict[str, Any]) -> int:
    """Tokens of the prompt that were not evaluated again; llama.cpp's own count is exact, so goes
    first.
    """
    evaluated = _count(timings.get("prompt_n"))
    if evaluated is not None:
        return max(0, prompt_tokens - evaluated)
    return min(
        prompt_tokens, _count(_object(usage.get("prompt_tokens_details")).get("cached_tokens")) or 0
    )


def _words(answer: httpx.Response) -> str:
    """What the server says of an error: the message in its JSON, else all of it."""
    try:
        error = _object(answer.json()).get("error")
    except (ValueError, RecursionError):
        error = None
    return brief(str(_object(error).get("message") or error or answer.text))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
