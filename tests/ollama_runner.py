"""What stands behind the tests' Ollama: tokens, a context that cuts silently, a prompt cache, and
the model in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.ollama_models import Model, Schema

DEFAULT_CONTEXT = 4096  # what a server without much video memory gives where num_ctx is not said
Object = dict[str, Any]

STOPPED = (
    "model runner has unexpectedly stopped, this may be due to resource limitations or an internal"
    " error, check ollama server logs for details"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A question to the model, as the model got it (cut, where the context was too small), and what
    came of it.
    """

    request: Object
    system: str
    prompt: str
    schema: Schema | None
    answer: str
    finish: str
    prompt_tokens: int
    evaluated_tokens: int
    completion_tokens: int

    @property
    def cached_tokens(self) -> int:
        """Tokens of the prompt that the cache had."""
        return self.prompt_tokens - self.evaluated_tokens


class Runner:
    """One slot with one model. Tokens are pieces of at most `letters_a_token` letters, single
    figures, single signs.
    """

    def __init__(self, model: Model, *, letters_a_token: int) -> None:
        self._model = model
        self._piece = re.compile(rf"\s*(?:[^\W\d_]{{1,{letters_a_token}}}|\S)|\s+\Z")
        self._slot: list[str] = []
        self.context: int | None = None  # of the model as loaded; nothing before the first call
        self.calls: list[Call] = []

    def pieces(self, text: str) -> list[str]:
        """The tokens of a text."""
        return self._piece.findall(text)

    def called(
        self, request: Object, schema: Schema | None, context: int, most: int, *, may_cut: bool
    ) -> Call | None:
        """Asks the model. A prompt beyond the context loses its beginning, or is refused with
        nothing.
        """
        system, prompt = _texts(request["messages"])
        head, user = self.pieces(f"<|system|>{system}<|user|>"), self.pieces(prompt)
        room = max(0, context - len(head))
        if len(user) > room and not may_cut:
            return None
        user = user[len(user) - min(room, len(user)) :]
        evaluated = self._evaluated((head + user)[:context], context)
        written = self.pieces(self._model(system, "".join(user), schema))
        kept = written[:most] if most >= 0 else written
        call = Call(
            request=request,
            system=system,
            prompt="".join(user),
            schema=schema,
            answer="".join(kept),
            finish="length" if 0 <= most < len(written) else "stop",
            prompt_tokens=min(len(head) + len(user), context),
            evaluated_tokens=evaluated,
            completion_tokens=len(kept),
        )
        self.calls.append(call)
        return call

    def _evaluated(self, tokens: list[str], context: int) -> int:
        """How many tokens the cache left to evaluate: the last one always is."""
        common = next(
            (n for n, (old, new) in enumerate(zip(self._slot, tokens, strict=False)) if old != new),
            None,
        )
        common = min(len(self._slot), len(tokens)) if common is None else common
        self._slot, self.context = tokens, context
        return max(1, len(tokens) - common)


def grammar_error(schema: Any) -> str | None:
    """What the grammar makes of a format, where it cannot take it."""
    if schema in (None, "", "json"):
        return None
    if not isinstance(schema, dict):
        return (
            f'invalid format: {json.dumps(schema)}; expected "json" or a valid JSON Schema object'
        )
    for pattern in _patterns(schema):
        if re.search(r"\\[dws]", pattern):
            return STOPPED
        if not (pattern.startswith("^") and pattern.endswith("$")):
            return "failed to parse grammar: pattern must start with '^' and end with '$'"
    return None


def _texts(messages: list[Object]) -> tuple[str, str]:
    system = [
        str(message.get("content", "")) for message in messages if message.get("role") == "system"
    ]
    others = [
        str(message.get("content", "")) for message in messages if message.get("role") != "system"
    ]
    return "\n".join(system), "\n".join(others)


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for each in schema.values():
            yield from _patterns(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _patterns(each)
