"""The `Embedder` port: static word vectors on this machine (extra `embed`), or a model on an Ollama
server.
"""

from __future__ import annotations

import importlib.util
import math
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from aggregator.adapters.ollama import embed, ollama_client
from aggregator.domain.settings import OllamaSettings
from aggregator.errors import LlmError
from aggregator.ports import Vector

LOCAL_MODEL = "l2_supercat_256"  # what wordllama carries: 256 numbers a text, 16 MB, MIT
MOST_NUMBERS = 4_096  # of a vector: more than any embedder that Ollama's library lists
_MOST_CHARACTERS = 500  # of a text: a headline; models cut at 512 tokens without a word
_LIBRARY = "wordllama"
# What the cards of models want before a text that is grouped with others, by how names begin.
_PREFIXES = {
    "embeddinggemma": "task: clustering | query: ",
    "nomic-embed-text": "clustering: ",
    "qwen3-embedding": "Instruct: Identify the event that a news headline reports\nQuery:",
}


class LocalEmbedder:
    """wordllama: the mean of its words' vectors, 0.03 ms a headline, no network."""

    def __init__(self) -> None:
        self._model: Any = None  # the library has types, but loads what it returns by name

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._model = None

    async def model(self) -> str:
        """The model's name. Raises `LlmError` where the extra is not installed or cannot be
        loaded.
        """
        if self._model is None:
            self._model = _loaded()
        return LOCAL_MODEL

    async def embed(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        """A vector for each text."""
        await self.model()
        if not texts:
            return ()
        found = self._model.embed([_plain(text) for text in texts], norm=False)
        return tuple(_packed(row.tolist()) for row in found)


class OllamaEmbedder:
    """An embedding model on the servers that have it. `api_key` is for servers behind a proxy that
    wants one.
    """

    def __init__(self, settings: OllamaSettings, model: str, *, api_key: str | None = None) -> None:
        self._settings = replace(settings, model=model)
        self._client = ollama_client(self._settings, api_key=api_key)
        self._prefix, self._name = _prefix(model), ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def model(self) -> str:
        """The model's name and, after an @, the beginning of its digest, and whether something is
        put before each text. Raises `LlmError` where no server has it.
        """
        if not self._name:
            try:
                facts = await self._client.facts()
            except LlmError as error:
                raise _of_embedding(error) from error
            build = facts.digest.removeprefix("sha256:")[:12]
            self._name = f"{facts.model}@{build}{' with prefix' if self._prefix else ''}"
        return self._name

    async def embed(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        """A vector for each text. Raises `LlmError` also where the server's vectors are of no
        use.
        """
        await self.model()
        if not texts:
            return ()
        asked = [self._prefix + _plain(text) for text in texts]
        try:
            found = await self._client.ask(
                "", lambda server, _: embed(server, self._settings, asked)
            )
        except LlmError as error:
            raise _of_embedding(error) from error
        lengths = {len(vector) for vector in found}
        if len(found) != len(texts) or len(lengths) != 1 or not 0 < lengths.pop() <= MOST_NUMBERS:
            reason = (
                f"{self._settings.model} did not return vectors of equal length for"
                f" {len(texts)} headlines"
            )
            raise LlmError(reason, remedy="set embedding.model to an embedding model")
        return tuple(_packed(vector) for vector in found)


def is_installed() -> bool:
    """Whether the library of the extra `embed` is there."""
    return importlib.util.find_spec(_LIBRARY) is not None


def _prefix(model: str) -> str:
    name = model.rpartition("/")[2]
    return next((text for known, text in _PREFIXES.items() if name.startswith(known)), "")


def _plain(text: str) -> str:
    """The beginning of a text, never empty and without half characters, which no tokenizer
    takes.
    """
    return text[:_MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8") or " "


def _loaded() -> Any:
    """The model in the library's own folder; its default looks for its tokenizer elsewhere, and
    then on the network.
    """
    if not is_installed():
        reason = f"embedding.engine is local, but its library is not installed ({_LIBRARY})"
        raise LlmError(reason, remedy="pip install 'ai-news-aggregator[embed]'", is_final=True)
    import wordllama  # noqa: PLC0415 - an extra

    try:
        return wordllama.WordLlama.load(
            cache_dir=Path(wordllama.__file__).parent, disable_download=True
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise LlmError(
            f"{_LIBRARY} cannot load its vectors: {error}", remedy="install it again", is_final=True
        ) from error


def _packed(numbers: Sequence[float]) -> Vector:
    """A vector of unit length as half floats; zeros where it has none, which is alike nothing."""
    length = math.sqrt(math.fsum(number * number for number in numbers))
    scale = 1.0 / length if math.isfinite(length) and length > 0 else 0.0
    return struct.pack(
        f"<{len(numbers)}e", *(number * scale if scale else 0.0 for number in numbers)
    )


def _of_embedding(error: LlmError) -> LlmError:
    """The error with the key that names this model."""
    remedy = error.remedy.replace("analysis.ollama.model", "embedding.model")
    return LlmError(error.reason, remedy=remedy, is_final=error.is_final)
