"""Our own Ollama over HTTP; its model is a Python function. What it answers stands in `ollama_api`.

    with OllamaServer(extractive_writer) as server:
        server.url                                  # for Ollama's own API
        server.openai_url                           # the same model behind OpenAI's API, as
          llama.cpp serves it
        server.misbehave(Trouble.CUT, times=1)
        server.calls[-1].evaluated_tokens           # what the prompt cache left to do

It runs in a thread of its own. As the real one it cuts what does not fit the context without a
word, ends an answer at `num_predict` in the middle of its JSON, and breaks over a `pattern` that
its grammar cannot take.
"""

from __future__ import annotations

import asyncio
import json
import threading
from types import TracebackType
from typing import Any, Self

from tests.listening import listening
from tests.ollama_api import EVENTS, Answer, Api, Asked, Trouble
from tests.ollama_models import Model, Schema
from tests.ollama_runner import Call, Runner

DIGEST = "e55aed6fe643f9368b2f48f8aaa56ec787b75765da69f794c0a0c23bfe7c64b2"  # of qwen3:4b
_FOR_EVER = 1_000_000_000


class OllamaServer:
    """Serves one model while the context lasts, after which nothing listens at its address."""

    def __init__(
        self,
        model: Model,
        *,
        name: str = "qwen3:4b-instruct",
        digest: str = DIGEST,
        trained_context: int = 40960,
        letters_a_token: int = 6,
        api_key: str | None = None,
        can_think: bool = False,
        latency_s: float = 0.0,
    ) -> None:
        self._latency_s = latency_s  # of each question, however many there are at once
        self._model, self._trouble, self._times = model, Trouble.HUNG, 0
        self._runner = Runner(self._written, letters_a_token=letters_a_token)
        self._api = Api(
            self._runner,
            name=name,
            digest=digest,
            trained_context=trained_context,
            api_key=api_key,
            can_think=can_think,
        )
        self._of_model: Trouble | None = None  # the trouble of the question that the model has now
        self._ready = threading.Event()
        self._under_way = 0
        self.most_under_way = 0  # questions to the model at once
        self.asked: list[str] = []  # method and path of every request

    @property
    def url(self) -> str:
        """Where Ollama's API is."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def openai_url(self) -> str:
        """Where OpenAI's API is."""
        return f"{self.url}/v1"

    @property
    def calls(self) -> list[Call]:
        """The questions that the model answered, in order."""
        return self._runner.calls

    @property
    def embedded(self) -> list[str]:
        """The texts that were embedded, in order."""
        return self._api.embedded

    def misbehave(self, trouble: Trouble, *, times: int = _FOR_EVER) -> None:
        """Answers the next `times` questions badly."""
        self._trouble, self._times = trouble, times

    def hold(self) -> None:
        """Keeps questions to the model without an answer from now on."""
        self._loop.call_soon_threadsafe(self._free.clear)

    def release(self) -> None:
        """Answers what was held."""
        self._loop.call_soon_threadsafe(self._free.set)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="OllamaServer", daemon=True
        )
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stop, self._free = (
            asyncio.get_running_loop(),
            asyncio.Event(),
            asyncio.Event(),
        )
        self._free.set()
        async with listening(self._served) as self._port:
            self._ready.set()
            await self._stop.wait()

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchanged(await _read(reader), reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client closed, or the test is over
        finally:
            writer.close()

    async def _exchanged(
        self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection may be used again."""
        self.asked.append(f"{asked.method} {asked.path}")
        if not asked.is_question:
            await _sent(writer, self._api.answer(asked, self._trouble if self._times > 0 else None))
            return True
        self._under_way += 1
        self.most_under_way = max(self.most_under_way, self._under_way)
        try:
            await self._free.wait()
            await asyncio.sleep(self._latency_s)
            return await self._answered(asked, reader, writer)
        finally:
            self._under_way -= 1

    async def _answered(
        self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        trouble = self._trouble if self._times > 0 else None
        self._times -= 1
        if trouble is Trouble.DROPPED:
            return False
        if trouble in (Trouble.HUNG, Trouble.DRIP, Trouble.CUT):
            await self._broken(trouble, reader, writer)
            return False
        self._of_model = trouble
        await _sent(writer, self._api.answer(asked, trouble))
        return True

    def _written(self, system: str, prompt: str, schema: Schema | None) -> str:
        match self._of_model:
            case Trouble.WRONG_SCHEMA:
                return '{"unexpected": ["shape", 1, null]}'
            case Trouble.EMPTY:
                return ""
            case _:
                return self._model(system, prompt, schema)

    async def _broken(
        self, trouble: Trouble, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """The troubles that no complete answer has."""
        if trouble is Trouble.HUNG:
            await reader.read(1)  # comes back when the client has gone
            return
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
        )
        writer.write(b'{"model":"qwen3:4b-instruct","message":{"role":"assist')
        await writer.drain()
        while trouble is Trouble.DRIP and not writer.is_closing():
            await asyncio.sleep(0.02)
            writer.write(b" ")
            await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Asked:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    method, path, _ = first.split(" ", 2)
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method=method, path=path, headers=headers, body=body)


def _content_type(answer: Answer) -> str:
    is_json = answer.lines and answer.content_type != EVENTS
    return "application/x-ndjson" if is_json else answer.content_type


def _line(line: Any, content_type: str) -> bytes:
    text = json.dumps(line).encode()
    return b"data: " + text + b"\n\n" if content_type == EVENTS else text + b"\n"


async def _sent(writer: asyncio.StreamWriter, answer: Answer) -> None:
    """An answer in one piece, or its lines each as a chunk."""
    head = f"HTTP/1.1 {answer.status} Said\r\nContent-Type: {_content_type(answer)}\r\n"
    if answer.lines:
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for line in (*(_line(line, answer.content_type) for line in answer.lines), b""):
            writer.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            await writer.drain()
        return
    body = (
        answer.body.encode() if isinstance(answer.body, str) else json.dumps(answer.body).encode()
    )
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
