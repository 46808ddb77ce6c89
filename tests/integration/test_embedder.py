"""What every Embedder port keeps: the local vectors, an Ollama server's, and the fake."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest

from aggregator.adapters.embedder import LOCAL_MODEL, LocalEmbedder, OllamaEmbedder, is_installed
from aggregator.domain.settings import OllamaSettings
from aggregator.errors import LlmError
from aggregator.ports import Embedder, Vector
from tests.fakes import FakeEmbedder
from tests.ollama_api import Trouble
from tests.ollama_models import extractive_writer
from tests.ollama_server import OllamaServer

MODEL = "nomic-embed-text"
TEXTS = ("Ofcom opens an investigation of Grok", "", "“Zürich” 🚀 \x00\ud800", "word " * 5_000)
TIMEOUT_S = 3.0  # a busy machine lets a server wait for a second
Result = TypeVar("Result")


@dataclass(frozen=True)
class Ported:
    """A port that is opened for each use, and the name of its model."""

    opened: Callable[[], AbstractAsyncContextManager[Embedder]]
    model: str

    def run(self, asking: Callable[[Embedder], Awaitable[Result]]) -> Result:
        """What a use of the port gives."""

        async def ran() -> Result:
            async with self.opened() as embedder:
                return await asking(embedder)

        return asyncio.run(ran())

    def vectors(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        """The vectors of some texts."""
        return self.run(lambda embedder: embedder.embed(texts))


def _at(server: OllamaServer, model: str = MODEL) -> OllamaEmbedder:
    return OllamaEmbedder(OllamaSettings(host=server.url, timeout_s=TIMEOUT_S), model)


def _ollama() -> Iterator[Ported]:
    with OllamaServer(extractive_writer, name=MODEL) as server:
        yield Ported(lambda: _at(server), MODEL)


def _local() -> Iterator[Ported]:
    if not is_installed():
        pytest.skip("the extra `embed` is not installed")
    yield Ported(LocalEmbedder, LOCAL_MODEL)


def _fake() -> Iterator[Ported]:
    yield Ported(lambda: nullcontext(FakeEmbedder()), "fake")


@pytest.fixture(params=[_ollama, _local, _fake], ids=["ollama", "local", "fake"])
def port(request: pytest.FixtureRequest) -> Iterator[Ported]:
    yield from request.param()


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(extractive_writer, name=MODEL) as opened:
        yield opened


def numbers(vector: Vector) -> tuple[float, ...]:
    return struct.unpack(f"<{len(vector) // 2}e", vector)


def test_each_text_gets_a_vector_of_one_length_and_of_unit_size_or_zero(port: Ported) -> None:
    found = [numbers(vector) for vector in port.vectors(TEXTS)]

    assert len(found) == len(TEXTS)
    assert len({len(each) for each in found}) == 1
    assert all(
        sum(n * n for n in each) == pytest.approx(1.0, abs=0.01) or not any(each) for each in found
    )


def test_the_same_text_has_the_same_vector_whatever_it_is_asked_with(port: Ported) -> None:
    alone = port.vectors(TEXTS[:1])

    assert port.vectors((TEXTS[3], TEXTS[0]))[1:] == alone


def test_no_text_has_no_vector(port: Ported) -> None:
    assert port.vectors(()) == ()


def test_the_model_is_named_with_its_build(port: Ported) -> None:
    assert port.run(lambda embedder: embedder.model()).partition("@")[0] == port.model


@pytest.mark.parametrize(
    ("model", "prefix"),
    [
        ("nomic-embed-text", "clustering: "),
        ("embeddinggemma:300m", "task: clustering | query: "),
        ("somebody/qwen3-embedding:0.6b", "Instruct: Identify the event"),
        ("mxbai-embed-large", ""),
    ],
)
def test_a_text_is_embedded_behind_what_the_card_of_its_model_asks_for(
    model: str, prefix: str
) -> None:
    with OllamaServer(extractive_writer, name=model) as server:

        async def asked() -> str:
            async with _at(server, model) as embedder:
                await embedder.embed(TEXTS[:1])
                return await embedder.model()

        named = asyncio.run(asked())

    (text,) = server.embedded
    assert (text.startswith(prefix), text.endswith(TEXTS[0])) == (True, True)
    assert ("with prefix" in named, text != TEXTS[0]) == (bool(prefix), bool(prefix))


def refusal(embedder: OllamaEmbedder) -> LlmError:
    async def asked() -> None:
        async with embedder:
            await embedder.embed(["Ofcom opens an investigation"])

    with pytest.raises(LlmError) as caught:
        asyncio.run(asked())
    return caught.value


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.HUNG,
        Trouble.SERVER_ERROR,
        Trouble.CUT,
        Trouble.GARBAGE,
        Trouble.OTHER_SHAPE,
        Trouble.DRIP,
    ],
)
def test_a_server_in_trouble_is_an_error_of_ours(server: OllamaServer, trouble: Trouble) -> None:
    server.misbehave(trouble)

    assert refusal(_at(server)).reason


def test_a_missing_model_is_told_with_the_key_that_names_it(server: OllamaServer) -> None:
    found = refusal(_at(server, "mxbai-embed-large"))

    assert (
        "mxbai-embed-large" in found.reason,
        "embedding.model" in found.remedy,
        "analysis." in found.remedy,
    ) == (
        True,
        True,
        False,
    )


def test_the_first_server_that_has_the_model_is_asked(server: OllamaServer) -> None:
    with OllamaServer(extractive_writer, name="qwen3:4b-instruct") as without:
        settings = OllamaSettings(host=(without.url, server.url), timeout_s=TIMEOUT_S)

        async def asked() -> tuple[Vector, ...]:
            async with OllamaEmbedder(settings, MODEL) as embedder:
                return await embedder.embed(["Ofcom"])

        found = asyncio.run(asked())

    assert (len(found), "POST /api/embed" in server.asked, "POST /api/embed" in without.asked) == (
        1,
        True,
        False,
    )


def test_a_list_without_servers_is_told(server: OllamaServer) -> None:
    assert (
        "host is empty" in refusal(OllamaEmbedder(replace(OllamaSettings(), host=()), MODEL)).reason
    )
