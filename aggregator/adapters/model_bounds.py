"""The bounds of what is asked of a model server, and of what comes back. Knows no API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from time import monotonic
from urllib.parse import urlsplit, urlunsplit

import httpx

from aggregator.english.text import CHAT_TOKENS, estimated_tokens, fewest_tokens, normalised
from aggregator.errors import LlmError
from aggregator.ports import Prompt, Question

MOST_BYTES = 1_000_000  # the longest answer we ask for has about 2,000 tokens, 10 kB
_LOOK_EVERY = 48  # characters, about twelve tokens
_READING_SHARE = 0.9  # of the time of a call, in which an answer is read as it is written
_IDLE_S = 2.0  # that a connection is kept for the next question


class TooLargeError(httpx.TransportError):
    """An answer grew beyond what we take."""


class BoundedTransport(httpx.AsyncBaseTransport):
    """Lets bodies through up to the size that a request names, and only plain ones: what is
    compressed may grow a thousandfold. A request whose connection ended before any answer is sent
    once more: servers close those that were idle, llama.cpp's after five seconds, while we send.

    A client with a transport of its own takes no proxy from the environment, which is right here: a
    model server is mostly this machine, and a proxy would be asked for 127.0.0.1.
    """

    def __init__(self) -> None:
        limits = httpx.Limits(keepalive_expiry=_IDLE_S)
        self._inner = httpx.AsyncHTTPTransport(limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer with a body that is counted as it is read. Raises `httpx.HTTPError`, also for
        a compressed body.
        """
        request.headers["Accept-Encoding"] = "identity"
        try:
            answer = await self._inner.handle_async_request(request)
        except httpx.RemoteProtocolError:
            answer = await self._inner.handle_async_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise httpx.DecodingError(
                "the response is compressed although no compression was requested"
            )
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        stream = _BoundedStream(answer.stream, request.extensions["most_bytes"])
        return httpx.Response(
            answer.status_code, headers=answer.headers, stream=stream, extensions=answer.extensions
        )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


class _BoundedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, most_bytes: int) -> None:
        self._inner, self._left = inner, most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._left -= len(chunk)
            if self._left < 0:
                raise TooLargeError("the response is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def messages(asked: Prompt | Question) -> list[dict[str, str]]:
    """The messages of a chat: what prompts share first, as prompt caches serve beginnings."""
    if isinstance(asked, Question):
        said = asked.messages
    else:
        said = (("system", asked.system), ("user", f"{asked.prefix}\n\n{asked.task}"))
    return [{"role": role, "content": text} for role, text in said]


def refuse_too_long(asked: Prompt | Question, context: int, remedy: str) -> None:
    """Raises `LlmError` where what is asked and its answer would not fit: servers cut silently, and
    a cut prompt lies.
    """
    needed = estimated_prompt_tokens(messages(asked)) + CHAT_TOKENS
    if needed + asked.most_tokens > context:
        reason = (
            f"the prompt needs about {needed} tokens and its answer {asked.most_tokens}, the"
            f" context has {context}"
        )
        raise LlmError(reason, remedy=remedy)


def estimated_prompt_tokens(said: Iterable[Mapping[str, str]]) -> int:
    """The tokens of some messages, estimated."""
    return sum(estimated_tokens(message["content"]) for message in said)


def refuse_truncated(
    asked: Prompt | Question, prompt_tokens: int, context: int, remedy: str
) -> None:
    """Raises `LlmError` where the server's own count shows that the prompt filled its context, so
    was cut.
    """
    if prompt_tokens + asked.most_tokens > context:
        raise LlmError(
            "the server truncated the prompt silently: it takes"
            f" {prompt_tokens} of {context} tokens",
            remedy=remedy,
        )


def is_suspiciously_short(asked: Prompt | Question, prompt_tokens: int) -> bool:
    """Whether the server counted fewer tokens than what is asked has words."""
    said = messages(asked)
    return prompt_tokens < sum(fewest_tokens(message["content"]) for message in said)


class Stopping:
    """The text of an answer as it comes, and whether it is to be ended: it repeats itself, or the
    time of the call is nearly over, as what a slow machine wrote until then is worth reading.

    It is looked at every few tokens: a look costs up to a millisecond.
    """

    def __init__(self, stop_when: Callable[[str], bool], timeout_s: float) -> None:
        self._stop_when, self._looked_at = stop_when, 0
        self._ends_s = monotonic() + _READING_SHARE * timeout_s
        self.text = ""

    def takes(self, part: str) -> bool:
        """Adds a part of the answer; says whether more is wanted."""
        self.text += part
        if self.text.strip() and monotonic() > self._ends_s:
            return False
        if len(self.text) - self._looked_at < _LOOK_EVERY:
            return True
        self._looked_at = len(self.text)
        return not self._stop_when(self.text)


def named(address: str) -> str:
    """An address for messages: without user name, password and query."""
    parts = urlsplit(address)
    return urlunsplit(
        (parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", "")
    )


def brief(text: str) -> str:
    """A server's words for a message of ours: one line, no control characters, not long."""
    return normalised(text[:1000])[:160] or "no reason given"
