"""One model server, whatever API it speaks: its connections, the bounds of what is asked and of
what comes back, its places, and its failures as `LlmError` with a remedy. What its API is stands in
its dialect: `ollama`, `openai`.

An answer mostly comes in one piece: it is then complete or an error, and a slow drip ends with the
total timeout, which a server notices as a closed connection. What streaming would give, a sign of
life between tokens, says nothing while a prompt is read, which on a CPU is most of the time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from time import monotonic
from typing import Any, Protocol

import httpx

from aggregator.adapters.model_bounds import (
    MOST_BYTES,
    BoundedTransport,
    Stopping,
    brief,
    estimated_prompt_tokens,
    is_suspiciously_short,
    messages,
    named,
    refuse_too_long,
    refuse_truncated,
)
from aggregator.domain.frozen import frozen
from aggregator.domain.web.address import Address
from aggregator.english.text import CHAT_TOKENS, estimated_tokens
from aggregator.errors import LlmError
from aggregator.ports import FinishReason, ModelFacts, Prompt, Question, Reply, Token

CONNECT_TIMEOUT_S = 5.0
# for questions that need no model: a server answers them at once, also while it generates
LOOK_TIMEOUT_S = 10.0
MOST_TIMEOUTS = 3  # in a row, until a server is given up for this run
LIKELIEST = 20  # log-probabilities a token: the most that OpenAI's API and Ollama's give
# makes a repeated answer likelier; the prompt cache and parallel slots can still change it
SEED = 7

_FAILURES = (OSError, TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError)
_FINISHES = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}
_STREAMS = ("text/event-stream", "application/x-ndjson")
_LOG = "check the server's log; if it lacks memory, use a smaller model"


class UnfitError(LlmError):
    """This server is of no use in this run; another one may be."""

    def __init__(self, reason: str, *, remedy: str) -> None:
        super().__init__(reason, remedy=remedy, is_final=True)


class SlowError(LlmError):
    """No answer in time."""


@frozen
class InstalledModel:
    """A model that a server has; `size_bytes` is None where the server does not say it."""

    name: str
    size_bytes: int | None
    digest: str


@frozen
class Completion:
    """An answer as its dialect reads it, or a part of one that is read as it is written; None where
    the server does not say.
    """

    text: str = ""
    finish: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int = 0
    tokens: tuple[Token, ...] = ()

    def joined(self, part: Completion) -> Completion:
        """With the next part."""
        return replace(
            self,
            text=self.text + part.text,
            finish=part.finish or self.finish,
            prompt_tokens=part.prompt_tokens or self.prompt_tokens,
            completion_tokens=part.completion_tokens or self.completion_tokens,
            cached_tokens=part.cached_tokens or self.cached_tokens,
        )


class Dialect(Protocol):
    """How one kind of server is spoken to, and what its settings are called. What it reads from
    answers of another shape raises `ValueError`.
    """

    kind: str  # of server, as "Ollama"
    table: str  # of its settings
    address_key: str
    context_key: str
    context: int  # the setting of this name
    secret: str  # the environment variable with its key
    start: str  # how to start it
    check: str  # what to do where something else is at its address
    more_context: str  # how to get a model with more context
    chat_path: str
    warning: str  # what an operator should know, with its remedy after a semicolon

    def base_url(self, address: str) -> str:
        """The address before all paths. Raises ValueError."""

    async def facts(self, server: ModelServer) -> ModelFacts:
        """What the server says of itself and of the model. Raises `LlmError`."""

    async def models(self, server: ModelServer) -> tuple[InstalledModel, ...]:
        """The models that the server lists. Raises `LlmError`."""

    def question(
        self, asked: Prompt | Question, *, is_streamed: bool, with_logprobs: bool
    ) -> dict[str, Any]:
        """What is sent."""

    def completion(self, body: Mapping[str, Any]) -> Completion:
        """What an answer says, or a line of a streamed one."""


class ModelServer:
    """One server. At most `concurrency` calls are under way; `under_way` counts those that wait,
    too. Raises `LlmError` where the address is none.
    """

    def __init__(
        self,
        address: str,
        dialect: Dialect,
        *,
        api_key: str | None,
        timeout_s: float,
        concurrency: int,
    ) -> None:
        self._timeout_s, self.dialect = timeout_s, dialect
        try:
            self._url = dialect.base_url(Address(address).unmasked())
            self.address = named(self._url)
        except ValueError as error:
            raise self._no_address() from error
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            transport=BoundedTransport(),
        )
        self._places = asyncio.Semaphore(max(1, concurrency))
        self._timeouts = 0
        self._gives_logprobs = True
        self.under_way = 0
        self.unfit: LlmError | None = None

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def facts(self) -> ModelFacts | None:
        """What the server says of itself and of the model, asked again; None where it is of no use,
        which is noted.
        """
        self._timeouts, self.unfit = 0, None
        timeout_s = min(LOOK_TIMEOUT_S, self._timeout_s)
        try:
            with self._explained(timeout_s):
                async with asyncio.timeout(timeout_s):
                    return await self.dialect.facts(self)
        except LlmError as error:
            self.unfit = error
            return None

    async def models(self) -> tuple[InstalledModel, ...]:
        """The models that the server has. Raises `LlmError`."""
        with self._explained(LOOK_TIMEOUT_S):
            return await self.dialect.models(self)

    async def answer(self, asked: Prompt | Question, context: int) -> Reply:
        """The answer. Its time does not begin before it has a place. Raises `LlmError`."""
        refuse_too_long(asked, context, self._longer(context))
        async with self._place():
            began = monotonic()
            found = await self._completion(asked)
            return self._reply(found, asked, context, monotonic() - began)

    async def request(
        self,
        path: str,
        question: Mapping[str, Any] | None = None,
        *,
        timeout_s: float = LOOK_TIMEOUT_S,
        most_bytes: int = MOST_BYTES,
    ) -> dict[str, Any]:
        """The object that is the answer to a GET, or to a POST of a question. Raises `LlmError`."""
        with self._explained(timeout_s):
            async with (
                asyncio.timeout(timeout_s),
                self._open(path, question, timeout_s, most_bytes) as answer,
            ):
                return _object_in(await answer.aread())

    async def lines(
        self, path: str, question: Mapping[str, Any], *, idle_s: float, most_bytes: int
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The objects of an answer that is streamed, for as long as there is one each `idle_s`.
        Raises `LlmError`.
        """
        with self._explained(idle_s):
            async with self._open(path, question, idle_s, most_bytes) as answer:
                async for line in self._lines(answer):
                    yield line

    @asynccontextmanager
    async def _open(
        self, path: str, question: Mapping[str, Any] | None, timeout_s: float, most_bytes: int
    ) -> AsyncGenerator[httpx.Response, None]:
        """An answer whose body is not read yet. A crashed runner is started again by the next
        request, so a 500 is worth a second. Raises `LlmError` for any status but 200.
        """
        for is_last in (False, True):
            async with self._http.stream(
                "GET" if question is None else "POST",
                self._url + path,
                json=question,
                timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s)),
                extensions={"most_bytes": most_bytes},
            ) as answer:
                if answer.status_code == 200:
                    yield answer
                    return
                await answer.aread()
                if answer.status_code != 500 or is_last:
                    raise self._refused(answer.status_code, _error_words(answer))

    async def _lines(self, answer: httpx.Response) -> AsyncGenerator[dict[str, Any], None]:
        """The objects of server-sent events, or of lines of JSON."""
        async for line in answer.aiter_lines():
            text = line.removeprefix("data:").strip()
            if text.startswith("{"):
                found = _object_in(text)
                if error := found.get("error"):
                    raise LlmError(
                        f"{self.address}: {brief(str(error))}",
                        remedy="check the model's name and the server's own access to the network",
                    )
                yield found

    @asynccontextmanager
    async def _place(self) -> AsyncGenerator[None, None]:
        """One of the places for calls. Raises `UnfitError` where the server turned out to be of no
        use meanwhile.
        """
        self.under_way += 1
        try:
            async with self._places:
                if self.unfit is not None:
                    raise UnfitError(self.unfit.reason, remedy=self.unfit.remedy)
                yield
        finally:
            self.under_way -= 1

    async def _completion(self, asked: Prompt | Question) -> Completion:
        """The answer; a server that refuses log-probabilities is not asked for them again."""
        with_logprobs = isinstance(asked, Question) and self._gives_logprobs
        try:
            return await self._ask(asked, with_logprobs=with_logprobs)
        except LlmError as error:
            if not with_logprobs or "logprob" not in error.reason:
                raise
        self._gives_logprobs = False
        return await self._ask(asked, with_logprobs=False)

    async def _ask(self, asked: Prompt | Question, *, with_logprobs: bool) -> Completion:
        """The answer within the time of a call; the server is given up after some that took
        longer.
        """
        stop_when = asked.stop_when if isinstance(asked, Prompt) else None
        question = self.dialect.question(
            asked, is_streamed=stop_when is not None, with_logprobs=with_logprobs
        )
        path, timeout_s = self.dialect.chat_path, self._timeout_s
        try:
            with self._explained(timeout_s):
                async with (
                    asyncio.timeout(timeout_s),
                    self._open(path, question, timeout_s, MOST_BYTES) as answer,
                ):
                    if stop_when and answer.headers.get("content-type", "").startswith(_STREAMS):
                        found = await self._read(answer, stop_when)
                    else:
                        found = self.dialect.completion(_object_in(await answer.aread()))
        except SlowError as error:
            self._timeouts += 1
            if self._timeouts >= MOST_TIMEOUTS:
                self.unfit = error
            raise
        self._timeouts = 0
        return found

    async def _read(self, answer: httpx.Response, stop_when: Callable[[str], bool]) -> Completion:
        """An answer as it is written, ended where it is to stop: the server then counts nothing."""
        stopping = Stopping(stop_when, self._timeout_s)
        found = Completion()
        async with aclosing(self._lines(answer)) as lines:
            async for line in lines:
                part = self.dialect.completion(line)
                found = found.joined(part)
                if not stopping.takes(part.text):
                    return replace(found, finish="length")
        return found

    def _reply(
        self, found: Completion, asked: Prompt | Question, context: int, seconds: float
    ) -> Reply:
        """The answer with what it cost, estimated where the server does not say it."""
        finish = _FINISHES.get(found.finish or "")
        if finish is None:
            reason = (
                f"the model at {self.address} stopped without an answer (it says"
                f" {brief(found.finish or 'nothing')})"
            )
            raise LlmError(reason, remedy="try again; if it persists, check the server's log")
        prompt_tokens = found.prompt_tokens
        if prompt_tokens is None:
            prompt_tokens = estimated_prompt_tokens(messages(asked)) + CHAT_TOKENS
        refuse_truncated(asked, prompt_tokens, context, self._longer(context))
        if not found.text.strip():
            remedy = (
                f"set {self.dialect.table}.model to one that can answer without reasoning"
                if isinstance(asked, Prompt)
                else "set analysis.judge.model to one that answers in one word"
            )
            raise LlmError(f"the model at {self.address} returned an empty answer", remedy=remedy)
        if is_suspiciously_short(asked, prompt_tokens):
            raise LlmError(
                f"{self.address} truncated the prompt silently to {prompt_tokens} tokens",
                remedy=self._more_context(),
            )
        return Reply(
            text=found.text,
            finish=finish,
            prompt_tokens=prompt_tokens,
            completion_tokens=found.completion_tokens or estimated_tokens(found.text),
            seconds=seconds,
            cached_tokens=found.cached_tokens,
            tokens=found.tokens,
        )

    def _longer(self, context: int) -> str:
        """What to do where a prompt does not fit the context."""
        if context < self.dialect.context:
            return f"{self.dialect.more_context} with more than {context} tokens of context"
        return f"raise {self.dialect.context_key}"

    def _more_context(self) -> str:
        """What to do where the server gives less context than it was taken to."""
        key = self.dialect.context_key
        return f"raise the server's own limit of context to {key}, or lower {key}"

    @contextmanager
    def _explained(self, timeout_s: float) -> Iterator[None]:
        """Turns what asking raises into an `LlmError`, most particular first."""
        try:
            yield
        except _FAILURES as error:
            raise self._explain(error, timeout_s) from error

    def _explain(self, error: Exception, timeout_s: float) -> LlmError:
        dialect, at = self.dialect, self.address
        match error:
            case ConnectionError() | httpx.ConnectError() | httpx.ConnectTimeout():
                remedy = f"start it{dialect.start}, or set {dialect.address_key}"
                return UnfitError(f"no {dialect.kind} server answers at {at}", remedy=remedy)
            case TimeoutError() | httpx.TimeoutException():
                remedy = f"raise {dialect.table}.timeout_s, or set {dialect.table}.model to a"
                return SlowError(
                    f"the server at {at} did not answer within {timeout_s:g} s",
                    remedy=f"{remedy} smaller one",
                )
            case httpx.UnsupportedProtocol() | httpx.InvalidURL():
                return self._no_address()
            case httpx.HTTPError() | OSError():
                reason = f"the response of {at} cannot be used: {brief(str(error))}"
                return LlmError(reason, remedy=_LOG)
            case _:
                reason = f"the server at {at} does not answer like an {dialect.kind} server"
                return LlmError(reason, remedy=dialect.check)

    def _refused(self, status: int, words: str) -> LlmError:
        dialect, at = self.dialect, self.address
        match status:
            case 404:
                remedy = f"{dialect.check}; or set {dialect.table}.model"
                return UnfitError(f"{at} has no such address or model", remedy=remedy)
            case 401 | 403:
                remedy = f"set {dialect.secret} in the environment"
                return UnfitError(f"{at} denied access (http {status})", remedy=remedy)
            case 429 | 503:
                remedy = f"wait until it has loaded its model, or lower {dialect.table}.concurrency"
                return LlmError(f"{at} is busy (http {status})", remedy=remedy)
            case 400 | 413 if "context" in words:
                reason = f"{at} refuses the prompt as too long: {words}"
                return LlmError(reason, remedy=self._more_context())
            case _:
                return LlmError(f"{at} failed (http {status}): {words}", remedy=_LOG)

    def _no_address(self) -> LlmError:
        return UnfitError(
            f"{self.dialect.address_key} is not an address", remedy=self.dialect.check
        )


def object_of(value: Any) -> dict[str, Any]:
    """A value that is an object; an empty one for any other."""
    return value if isinstance(value, dict) else {}


def count_of(value: Any) -> int | None:
    """A value that is a count; None for any other."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def tokens_of(entries: Any) -> tuple[Token, ...]:
    """The tokens of an answer with their log-probabilities, which both APIs list alike; none where
    the server says none, or says them otherwise.
    """
    return tuple(
        Token(
            text=str(entry["token"]),
            likeliest=tuple(
                (str(other["token"]), float(other["logprob"]))
                for other in entry.get("top_logprobs") or [entry]
                if _is_token(other)
            ),
        )
        for entry in (entries if isinstance(entries, list) else ())
        if _is_token(entry)
    )


def _is_token(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("logprob"), int | float)


def _object_in(body: bytes | str) -> dict[str, Any]:
    """The object that a body is. Raises ValueError."""
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _error_words(answer: httpx.Response) -> str:
    """What the server says of an error: the message in its JSON, else all of it."""
    try:
        error = _object_in(answer.content).get("error")
    except (ValueError, RecursionError):
        error = None
    return brief(str(object_of(error).get("message") or error or answer.text))
