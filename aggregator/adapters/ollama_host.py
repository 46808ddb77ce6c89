"""One Ollama, asked through the official client: its API, its answers as records, its failures as
`LlmError`.

Answers come in one piece, not streamed: a body is then complete or an error, there is no end
without `done` and no error in mid-stream to look for, and a slow drip ends with the total timeout,
which Ollama notices as a closed connection and stops to generate. What streaming would give, a sign
of life between tokens, says nothing while a prompt is read, which on a CPU is most of the time.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing, asynccontextmanager, contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import ollama

from aggregator.adapters.model_server import (
    LIKELIEST,
    BoundedTransport,
    SlowError,
    Stopping,
    brief,
    estimated_prompt_tokens,
    is_suspiciously_short,
    messages,
    named,
    refuse_too_long,
    refuse_truncated,
    timeouts,
)
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import OllamaSettings
from aggregator.domain.web.address import Address
from aggregator.english.text import estimated_tokens
from aggregator.errors import LlmError
from aggregator.ports import Answered, FinishReason, ModelFacts, Prompt, Question, Reply, Token

DEFAULT_PORT = 11434
OLDEST_VERSION = (0, 17, 1)  # CVE-2026-7482: older ones let anyone read the server's memory
# 892e7f6be: older ones drop the schema where a model that can think is told not to
SCHEMA_VERSION = (0, 31, 2)
# for questions that need no model: Ollama answers them at once, also while it generates
LOOK_TIMEOUT_S = 10.0
MOST_TIMEOUTS = 3  # in a row, until a server is given up for this run
PULL_IDLE_S = 600.0  # checking the digest of a large model takes minutes without a word
PULL_MOST_BYTES = 64_000_000  # about ten progress lines a second, 150 bytes each, for hours
EMBED_MOST_BYTES = 8_000_000  # 64 vectors of 4,096 numbers, 25 bytes each
# makes a repeated answer likelier; the prompt cache and parallel slots can still change it
SEED = 7

# What asking may raise: the client lets json's and pydantic's errors (both ValueError) and those of
# an unexpected shape through, and its ResponseError stumbles with an AttributeError over an error
# body that is JSON but no object.
_FAILURES = (
    OSError,
    TimeoutError,
    httpx.HTTPError,
    ollama.ResponseError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
)


_Asking = Callable[[], Awaitable[ollama.ChatResponse]]


class UnfitError(LlmError):
    """This server is of no use in this run; another one may be."""


@frozen
class InstalledModel:
    """A model that a server has."""

    name: str
    size_bytes: int
    digest: str


@frozen
class PullProgress:
    """How far a download is; `completed` and `total` are bytes of the layer under way, 0 where not
    said.
    """

    server: str
    status: str
    completed: int
    total: int


class OllamaHost:
    """One server. At most `settings.concurrency` calls are under way; `under_way` counts those that
    wait, too.
    """

    def __init__(self, host: str, settings: OllamaSettings, api_key: str | None = None) -> None:
        self._settings = settings
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._url = base_url(Address(host).unmasked())
        self.address = named(self._url)
        self._http = httpx.AsyncClient(
            base_url=self._url,
            headers=self._headers,
            timeout=timeouts(LOOK_TIMEOUT_S),
            transport=BoundedTransport(),
        )
        self._client = self._ollama(BoundedTransport(), timeouts(settings.timeout_s))
        self._places = asyncio.Semaphore(max(1, settings.concurrency))
        self._timeouts = 0
        self.under_way = 0
        self.unfit: LlmError | None = None
        self.warning = ""  # what an operator should know, with its remedy after a semicolon

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()
        await self._client.close()  # type: ignore[no-untyped-call]  # lacks "-> None"

    async def facts(self) -> ModelFacts:
        """What the server says of itself and of the model. Raises `UnfitError`, as nothing works
        without.
        """
        timeout_s = min(LOOK_TIMEOUT_S, self._settings.timeout_s)
        try:
            with self._explained(timeout_s):
                async with asyncio.timeout(timeout_s):
                    return await self._looked_at()
        except LlmError as error:
            raise UnfitError(error.reason, remedy=error.remedy, is_final=True) from error

    async def answer(self, prompt: Prompt, context: int) -> Reply:
        """The answer. Its time does not begin before it has a place. Raises `LlmError`."""
        refuse_too_long(prompt, context, self._longer_context(context))
        async with self._place():
            return await self._answered(prompt, context)

    async def answered(self, question: Question, context: int) -> Answered:
        """The answer to a question, with log-probabilities where the server gives them. Raises
        `LlmError`.
        """
        refuse_too_long(question, context, self._longer_context(context))
        async with self._place():
            return await self._worded(question, context)

    async def models(self) -> tuple[InstalledModel, ...]:
        """The models that the server has, by name. Raises `LlmError`."""
        with self._explained(LOOK_TIMEOUT_S):
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                answer = await self._client.list()
        found = (
            InstalledModel(name=m.model or "", size_bytes=int(m.size or 0), digest=m.digest or "")
            for m in answer.models
        )
        return tuple(sorted(found, key=lambda model: model.name))

    async def pull(self, name: str) -> AsyncGenerator[PullProgress, None]:
        """Lets the server download a model; how far it is, until it is done. Raises `LlmError`."""
        status = ""
        with self._explained(PULL_IDLE_S):
            async with self._ollama(
                BoundedTransport(PULL_MOST_BYTES), timeouts(PULL_IDLE_S)
            ) as client:
                lines = await client.pull(name, stream=True)
                assert hasattr(lines, "aclose")  # it is a generator, typed as an iterator
                async with aclosing(lines):
                    async for line in lines:
                        status = line.status or ""
                        yield PullProgress(
                            server=self.address,
                            status=brief(status),
                            completed=line.completed or 0,
                            total=line.total or 0,
                        )
        if status != "success":
            raise LlmError(
                f"the download of {name} to {self.address} ended early",
                remedy="pull it again; it resumes",
            )

    async def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """The vectors of some texts as the server gives them, cut where they are too long for it.
        Raises `LlmError`.
        """
        timeout_s = self._settings.timeout_s
        with self._explained(timeout_s):
            async with (
                asyncio.timeout(timeout_s),
                self._ollama(BoundedTransport(EMBED_MOST_BYTES), timeouts(timeout_s)) as client,
            ):
                answer = await client.embed(
                    self._settings.model, list(texts), keep_alive=self._settings.keep_alive
                )
                return tuple(
                    tuple(float(number) for number in embedding) for embedding in answer.embeddings
                )

    def _ollama(self, transport: BoundedTransport, timeout: httpx.Timeout) -> ollama.AsyncClient:
        return ollama.AsyncClient(
            self._url,
            headers=self._headers,
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
        )

    async def _looked_at(self) -> ModelFacts:
        version = await self._version()
        digest = _digest(await self._client.list(), self._settings.model)
        if digest is None:
            raise self._no_model()
        shown = await self._client.show(self._settings.model)
        is_old = _numbers(version) < SCHEMA_VERSION
        self.warning = (
            f"Ollama {version} at {self.address} lets {self._settings.model}, a reasoning"
            f" model, ignore the JSON schema; upgrade it to {_dotted(SCHEMA_VERSION)} or"
            " newer, or use a model without reasoning"
            if is_old and "thinking" in (shown.capabilities or ())
            else ""
        )
        context = min([self._settings.num_ctx, *_trained_context(shown)])
        return ModelFacts(
            model=self._settings.model,
            digest=digest,
            context=context,
            server=self.address,
            version=version,
        )

    async def _version(self) -> str:
        """The version, which the client has no call for. Raises `LlmError` where it is too old."""
        answer = await self._http.get("/api/version")
        if answer.status_code in (401, 403):
            raise self._refused(answer.status_code, "")
        if answer.status_code != 200:
            raise ValueError("no version")
        version = str(answer.json()["version"])
        if _numbers(version) < OLDEST_VERSION:
            remedy = (
                f"upgrade it to {_dotted(OLDEST_VERSION)} or newer: older versions let"
                " anyone read its memory (CVE-2026-7482)"
            )
            raise LlmError(f"Ollama {brief(version)} at {self.address} is too old", remedy=remedy)
        return brief(version)

    @asynccontextmanager
    async def _place(self) -> AsyncGenerator[None, None]:
        """One of the places for calls. Raises `UnfitError` where the server turned out to be of no
        use meanwhile.
        """
        self.under_way += 1
        try:
            async with self._places:
                if self.unfit is not None:
                    raise UnfitError(self.unfit.reason, remedy=self.unfit.remedy, is_final=True)
                yield
        finally:
            self.under_way -= 1

    async def _answered(self, prompt: Prompt, context: int) -> Reply:
        began = asyncio.get_running_loop().time()
        answer = await self._in_time(
            partial(self._chat, prompt, stop_when=prompt.stop_when, format=prompt.schema)
        )
        seconds = asyncio.get_running_loop().time() - began
        reply = self._reply(answer, prompt, context, seconds)
        if is_suspiciously_short(prompt, reply.prompt_tokens):
            await self._check_loaded_context(context)
        return reply

    async def _worded(self, question: Question, context: int) -> Answered:
        answer = await self._in_time(
            partial(self._chat, question, logprobs=True, top_logprobs=LIKELIEST)
        )
        if answer.prompt_eval_count is None or not (answer.message.content or "").strip():
            reason = f"{self._settings.model} at {self.address} returned an empty answer"
            raise LlmError(
                reason, remedy="set analysis.judge.model to one that answers in one word"
            )
        refuse_truncated(question, answer.prompt_eval_count, context, self._longer_context(context))
        return Answered(
            text=answer.message.content or "",
            tokens=tuple(
                Token(
                    text=found.token,
                    likeliest=tuple(
                        (each.token, each.logprob) for each in found.top_logprobs or (found,)
                    ),
                )
                for found in answer.logprobs or ()
            ),
            prompt_tokens=answer.prompt_eval_count,
            completion_tokens=answer.eval_count or 0,
        )

    async def _in_time(self, asking: _Asking) -> ollama.ChatResponse:
        """The server's answer within the time of a call. Raises `LlmError`."""
        try:
            with self._explained(self._settings.timeout_s):
                async with asyncio.timeout(self._settings.timeout_s):
                    answer = await asking()
        except SlowError as error:
            self._timeouts += 1
            if self._timeouts >= MOST_TIMEOUTS:
                self.unfit = error
            raise
        self._timeouts = 0
        return answer

    async def _chat(
        self,
        prompt: Prompt | Question,
        *,
        is_second: bool = False,
        stop_when: Callable[[str], bool] | None = None,
        **wanted: Any,
    ) -> ollama.ChatResponse:
        """The server's answer. A crashed runner is started again by the next request, so a 500 is
        worth a second.
        """
        said = messages(prompt)
        asked: dict[str, Any] = wanted | {
            "think": False,
            "keep_alive": self._settings.keep_alive,
            "options": {
                "num_ctx": self._settings.num_ctx,
                "num_predict": prompt.most_tokens,
                "temperature": 0.0,
                "seed": SEED,
            },
        }
        try:
            if stop_when is None:
                answer: ollama.ChatResponse = await self._client.chat(
                    self._settings.model, said, **asked
                )
                return answer
            lines = await self._client.chat(self._settings.model, said, stream=True, **asked)
            return await self._read(lines, stop_when, said)
        except ollama.ResponseError as error:
            if error.status_code != 500 or is_second:
                raise
        return await self._chat(prompt, is_second=True, stop_when=stop_when, **wanted)

    async def _read(
        self,
        lines: AsyncIterator[ollama.ChatResponse],
        stop_when: Callable[[str], bool],
        said: Sequence[Mapping[str, str]],
    ) -> ollama.ChatResponse:
        """An answer as it is written, ended where it is to stop: the server then counts nothing, so
        its tokens are estimated.
        """
        stopping = Stopping(stop_when, self._settings.timeout_s)
        assert isinstance(lines, AsyncGenerator)  # typed as an iterator
        line: ollama.ChatResponse
        async with aclosing(lines):
            async for line in lines:
                is_wanted = stopping.takes(line.message.content or "")
                message = ollama.Message(role="assistant", content=stopping.text)
                if line.done:
                    whole: ollama.ChatResponse = line.model_copy(update={"message": message})
                    return whole
                if not is_wanted:
                    return ollama.ChatResponse(
                        message=message,
                        done=True,
                        done_reason="length",
                        prompt_eval_count=estimated_prompt_tokens(said),
                        eval_count=estimated_tokens(stopping.text),
                    )
        raise ollama.ResponseError("the answer ended early", -1)

    def _reply(
        self, answer: ollama.ChatResponse, prompt: Prompt, context: int, seconds: float
    ) -> Reply:
        finish = _FINISHES.get(answer.done_reason or "")
        if finish is None or answer.prompt_eval_count is None:
            reason = (
                f"Ollama at {self.address} stopped without an answer (done_reason"
                f" {brief(answer.done_reason or 'missing')})"
            )
            raise LlmError(reason, remedy="try again; if it persists, check the server's log")
        refuse_truncated(prompt, answer.prompt_eval_count, context, self._longer_context(context))
        if not (answer.message.content or "").strip():
            reason = f"{self._settings.model} at {self.address} returned an empty answer"
            raise LlmError(
                reason, remedy="set analysis.ollama.model to one that can answer without reasoning"
            )
        return Reply(
            text=answer.message.content or "",
            finish=finish,
            prompt_tokens=answer.prompt_eval_count,
            completion_tokens=answer.eval_count or 0,
            seconds=seconds,
        )

    async def _check_loaded_context(self, context: int) -> None:
        """Raises `LlmError` where the model was loaded with less context than was asked for, so
        that the prompt was cut.
        """
        with self._explained(LOOK_TIMEOUT_S):
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                running = await self._client.ps()
        for model in running.models:
            if (
                model.model in _names(self._settings.model)
                and (model.context_length or context) < context
            ):
                reason = (
                    "the server truncated the prompt silently:"
                    f" {self.address} gave {model.context_length}"
                    " tokens of context"
                )
                raise LlmError(
                    f"{reason} where {context} were requested",
                    remedy="raise its limit to analysis.ollama.num_ctx, or lower that setting",
                )

    def _longer_context(self, context: int) -> str:
        if context < self._settings.num_ctx:
            return f"set analysis.ollama.model to one with more than {context} tokens of context"
        return "raise analysis.ollama.num_ctx"

    def _no_model(self) -> LlmError:
        name = self._settings.model
        remedy = (
            f"`aggregator model pull {name}` (or `ollama pull {name}`), or set"
            " analysis.ollama.model"
        )
        return UnfitError(
            f"Ollama at {self.address} has no model {name}", remedy=remedy, is_final=True
        )

    @contextmanager
    def _explained(self, timeout_s: float) -> Iterator[None]:
        """Turns what the client raises into an `LlmError`."""
        try:
            yield
        except _FAILURES as error:
            raise self._in_our_words(error, timeout_s) from error

    def _in_our_words(self, error: Exception, timeout_s: float) -> LlmError:
        """The client's error in our words, most particular first."""
        match error:
            case ConnectionError() | httpx.ConnectError() | httpx.ConnectTimeout():
                remedy = "start it (`ollama serve`), or set analysis.ollama.host"
                return UnfitError(
                    f"no Ollama server answers at {self.address}", remedy=remedy, is_final=True
                )
            case TimeoutError() | httpx.TimeoutException():
                remedy = (
                    "raise analysis.ollama.timeout_s, or set analysis.ollama.model to a smaller one"
                )
                return SlowError(
                    f"Ollama at {self.address} did not answer within {timeout_s:g} s", remedy=remedy
                )
            case ollama.ResponseError():
                return self._refused(error.status_code, brief(str(error.error)))
            case httpx.HTTPError() | OSError():
                reason = (
                    f"the response of Ollama at {self.address} cannot be used: {brief(str(error))}"
                )
                return LlmError(
                    reason, remedy="check the server's log; it may have run out of memory"
                )
            case _:
                remedy = "check that analysis.ollama.host is an Ollama server"
                return LlmError(
                    f"the server at {self.address} does not answer like Ollama", remedy=remedy
                )

    def _refused(self, status: int, words: str) -> LlmError:
        match status:
            case 404:
                return self._no_model()
            case 401 | 403:
                reason = f"Ollama at {self.address} denied access (http {status})"
                return UnfitError(
                    reason, remedy="set OLLAMA_API_KEY in the environment", is_final=True
                )
            case 503:
                remedy = "lower analysis.ollama.concurrency, or raise the server's OLLAMA_MAX_QUEUE"
                return LlmError(f"Ollama at {self.address} is busy", remedy=remedy)
            case 400 if "context length" in words:
                return LlmError(
                    f"Ollama at {self.address}: {words}",
                    remedy=self._longer_context(self._settings.num_ctx),
                )
            case -1:  # the client's number for an error within a stream
                remedy = "check the model's name and the server's own access to the network"
                return LlmError(f"Ollama at {self.address}: {words}", remedy=remedy)
            case _:
                remedy = (
                    "check the server's log; if it lacks memory, use a smaller model or"
                    " lower analysis.ollama.num_ctx"
                )
                return LlmError(
                    f"Ollama at {self.address} failed (http {status}): {words}", remedy=remedy
                )


_FINISHES = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}


def base_url(host: str) -> str:
    """The server's address as given, or made whole from a host as OLLAMA_HOST has it."""
    if "://" in host:
        return host.rstrip("/")
    port = "" if urlsplit(f"//{host}").port else f":{DEFAULT_PORT}"
    return f"http://{host.rstrip('/')}{port}"


def _numbers(version: str) -> tuple[int, ...]:
    """The three numbers of a version. Raises ValueError where it has none."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        raise ValueError("no version")
    return tuple(int(number) for number in found.groups())


def _dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))


def _names(model: str) -> tuple[str, ...]:
    """How a server may list a model: a name without a tag means the latest."""
    return (model,) if ":" in model else (model, f"{model}:latest")


def _digest(models: ollama.ListResponse, model: str) -> str | None:
    """The digest of a model, or nothing where the server does not have it."""
    return next(
        (
            installed.digest or "unknown"
            for installed in models.models
            if installed.model in _names(model)
        ),
        None,
    )


def _trained_context(shown: ollama.ShowResponse) -> list[int]:
    """The context that the model was trained for, which Ollama never exceeds; nothing where it is
    not said.
    """
    facts = shown.modelinfo or {}
    return [
        value
        for key, value in facts.items()
        if key.endswith(".context_length") and isinstance(value, int) and value > 0
    ]
