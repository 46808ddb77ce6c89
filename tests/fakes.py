"""Hand-written stand-ins for the ports, held to the same contract tests as the real ones."""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.domain.entry import Feed, Unreadable
from aggregator.english.text import estimated_tokens
from aggregator.errors import DnsError, LlmError, MailError, RefusedError, WebError
from aggregator.extract.feed.feed import read_feed
from aggregator.extract.parser_pool import ParserPool
from aggregator.ports import (
    FinishReason,
    Letter,
    ModelFacts,
    Prompt,
    Receipt,
    Reply,
    Request,
    Response,
    Vector,
)


class FakeWeb:
    """A web of a few answers by address; `asked` holds what was asked of it, in order.

    An address without an answer is a 404 where its host has others, and a host without any is not
    found.
    """

    def __init__(self, answers: Mapping[str, Response | WebError]) -> None:
        self.answers = dict(answers)
        self.asked: list[Request] = []

    async def fetch(self, request: Request) -> Response:
        """The answer, or 304 where the request shows that it has it already."""
        self.asked.append(request)
        await asyncio.sleep(0)  # gives way, as everything that waits for a network does
        parts = urlsplit(request.url)
        if parts.scheme not in {"http", "https"}:
            raise RefusedError("not an absolute http:// or https:// URL")
        answer = self.answers.get(request.url)
        if isinstance(answer, WebError):
            raise answer
        if answer is None:
            return self._absent(request.url, parts.netloc)
        if request.etag and request.etag == answer.headers.get("etag"):
            return replace(answer, status=304, body=b"")
        return answer

    def _absent(self, url: str, host: str) -> Response:
        if any(urlsplit(known).netloc == host for known in self.answers):
            return Response(url=url, status=404)
        raise WebError("host name not found", unreachable=True)


class InProcess(ParserPool):
    """Parses in this process, for tests whose feeds are our own: a worker takes a second to
    start.
    """

    async def feed(
        self, body: bytes, *, url: str, content_type: str, source_key: str, location: str = ""
    ) -> Feed | Unreadable:
        """The feed."""
        return read_feed(
            body, url=url, content_type=content_type, source_key=source_key, location=location
        )


class FixedClock:
    """A clock that moves only by `advance`."""

    def __init__(self, at: datetime, *, monotonic_s: float = 0.0) -> None:
        self._at, self._monotonic_s = at, monotonic_s

    def now(self) -> datetime:
        """The moment it stands at."""
        return self._at

    def monotonic_s(self) -> float:
        """Seconds since its start."""
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Moves both clocks on."""
        self._at += timedelta(seconds=seconds)
        self._monotonic_s += seconds


class FakeJudge:
    """A judge that gives what `probability` makes of premise and claim: a number, or an `LlmError`
    that it raises.

    As a real one it refuses what does not fit its context. `asked` holds premise and claim of each
    question, in order.
    """

    def __init__(
        self,
        probability: Callable[[str, str], float | LlmError],
        *,
        context: int = 8192,
        model: str = "fake:1b",
    ) -> None:
        self._probability, self._context, self._model = probability, context, model
        self._spent_tokens = 0
        self.asked: list[tuple[str, str]] = []
        self.inferred: list[str] = []  # of the claims

    @property
    def spent_tokens(self) -> int:
        """Estimated tokens of all questions."""
        return self._spent_tokens

    async def facts(self) -> ModelFacts:
        """Facts that never change."""
        return ModelFacts(
            model=self._model,
            digest="f" * 64,
            context=self._context,
            server="fake",
            version="1.0.0",
        )

    async def supports(self, premise: str, claim: str, *, is_inferred: bool = False) -> float:
        """The probability."""
        self.asked.append((premise, claim))
        self.inferred += [claim] if is_inferred else []
        await asyncio.sleep(0)  # gives way, as everything that waits for a network does
        tokens = estimated_tokens(premise) + estimated_tokens(claim)
        if tokens > self._context:
            reason = f"the prompt needs about {tokens} tokens, the context has {self._context}"
            raise LlmError(reason, remedy="give the fake more context")
        found = self._probability(premise, claim)
        if isinstance(found, LlmError):
            raise found
        self._spent_tokens += tokens
        return found


class FakeLlm:
    """A model that writes what `written` makes of a prompt: a text, or an `LlmError` that it
    raises.

    As a real one it refuses what does not fit its context and cuts at `most_tokens`. `asked` holds
    the prompts, in order.
    """

    def __init__(
        self,
        written: Callable[[Prompt], str | LlmError],
        *,
        context: int = 8192,
        model: str = "fake:1b",
    ) -> None:
        self._written, self._context, self._model = written, context, model
        self._last_prefix: str | None = None
        self.asked: list[Prompt] = []

    async def facts(self) -> ModelFacts:
        """Facts that never change."""
        return ModelFacts(
            model=self._model,
            digest="f" * 64,
            context=self._context,
            server="fake",
            version="1.0.0",
        )

    async def answer(self, prompt: Prompt) -> Reply:
        """The text, cut where it is too long; a prefix just asked is taken from the cache."""
        self.asked.append(prompt)
        await asyncio.sleep(0)  # gives way, as everything that waits for a network does
        prompt_tokens = sum(
            estimated_tokens(text) for text in (prompt.system, prompt.prefix, prompt.task)
        )
        if prompt_tokens + prompt.most_tokens > self._context:
            reason = (
                f"the prompt needs about {prompt_tokens} tokens, the context has {self._context}"
            )
            raise LlmError(reason, remedy="give the fake more context")
        text = self._written(prompt)
        if isinstance(text, LlmError):
            raise text
        if not text.strip():
            raise LlmError(
                "the model returned an empty answer", remedy="let the fake write something"
            )
        cached = (
            estimated_tokens(prompt.system + prompt.prefix)
            if prompt.prefix == self._last_prefix
            else 0
        )
        self._last_prefix = prompt.prefix
        kept = self._cut(text, prompt.most_tokens)
        if prompt.stop_when:
            ends = (end for end in range(48, len(kept), 48) if prompt.stop_when(kept[:end]))
            kept = kept[: next(ends, len(kept))]
        return Reply(
            text=kept,
            finish=FinishReason.STOP if kept == text else FinishReason.LENGTH,
            prompt_tokens=prompt_tokens,
            completion_tokens=estimated_tokens(kept),
            seconds=0.0,
            cached_tokens=min(cached, prompt_tokens - 1),
        )

    def _cut(self, text: str, most_tokens: int) -> str:
        while estimated_tokens(text) > most_tokens:
            text = text[: len(text) * 9 // 10]
        return text


class FakeMailer:
    """A mail server that takes every message, but for the errors it is told, by recipient and in
    order.

    As with a real one, `before_dot` is called unless the error is a refusal of the envelope: those
    with `is_early`.
    """

    def __init__(
        self,
        errors: Mapping[str, Sequence[MailError]] | None = None,
        *,
        is_early: bool = True,
        on_send: Callable[[], None] | None = None,
    ) -> None:
        self._errors = {address: list(listed) for address, listed in (errors or {}).items()}
        self._is_early, self._on_send = is_early, on_send
        self.taken: list[Letter] = []

    async def send(self, letter: Letter, before_dot: Callable[[], None]) -> Receipt:
        """Takes the message, or raises the next error of its recipient."""
        await asyncio.sleep(0)  # gives way, as everything that waits for a network does
        if self._on_send:
            self._on_send()
        error = next(iter(self._errors.get(letter.envelope_to, ())), None)
        if error:
            self._errors[letter.envelope_to].pop(0)
        if error and self._is_early and error.is_certain:
            raise error
        before_dot()
        if error:
            raise error
        self.taken.append(letter)
        return Receipt(reply="250 taken")


class FakeEmbedder:
    """Vectors of what `directions` say of a text: one number each, in their order; a text without
    any is alike nothing.

    `asked` holds the texts, in order. An error is raised instead where one is told.
    """

    def __init__(
        self,
        directions: Callable[[str], Sequence[float]] = lambda text: [float(len(text) % 7), 1.0],
        *,
        error: LlmError | None = None,
    ) -> None:
        self._directions, self._error = directions, error
        self.asked: list[str] = []

    async def model(self) -> str:
        """A name that never changes."""
        return "fake"

    async def embed(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        """The vectors, of unit length."""
        await asyncio.sleep(0)  # gives way, as everything that waits for a network does
        if self._error and texts:
            raise self._error
        self.asked += texts
        return tuple(self._vector(text) for text in texts)

    def _vector(self, text: str) -> Vector:
        found = self._directions(text)
        length = math.sqrt(sum(each * each for each in found)) or 1.0
        return struct.pack(f"<{len(found)}e", *(each / length for each in found))


class FakeNames:
    """A DNS of a few TXT records; `None` in their place is a DNS that does not answer."""

    def __init__(self, records: Mapping[str, Sequence[str]] | None) -> None:
        self.records = records

    async def texts(self, name: str) -> tuple[str, ...]:
        """The records of a name."""
        if self.records is None:
            raise DnsError(f"the DNS query failed for {name}: LifetimeTimeout")
        return tuple(self.records.get(name, ()))
