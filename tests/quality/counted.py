"""A model that is counted: it passes each question on and remembers what the answer cost and
whether it fits its schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aggregator.domain.frozen import frozen
from aggregator.ports import Llm, ModelFacts, Prompt, Reply


@frozen
class Call:
    """One question with its answer."""

    prompt: Prompt
    reply: Reply

    @property
    def is_valid(self) -> bool:
        """Whether the answer is JSON of the shape that was asked for."""
        try:
            return fits(json.loads(self.reply.text), self.prompt.schema)
        except (ValueError, RecursionError):
            return False


class Counted:
    """A model behind the port with its calls in order."""

    def __init__(self, llm: Llm) -> None:
        self._llm = llm
        self.calls: list[Call] = []

    async def facts(self) -> ModelFacts:
        """What the model says of itself."""
        return await self._llm.facts()

    async def answer(self, prompt: Prompt) -> Reply:
        """The model's answer."""
        reply = await self._llm.answer(prompt)
        self.calls.append(Call(prompt=prompt, reply=reply))
        return reply


def call_counts(calls: Sequence[Call]) -> dict[str, Any]:
    """Counts over calls. A section is a story's prefix with one schema; its last answer is the one
    after repair.

    Servers count a prompt as a whole: the evidence's tokens are its share of the prompt's
    characters, once a story.
    """
    sections: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        sections.setdefault((call.prompt.prefix, json.dumps(call.prompt.schema)), []).append(call)
    evidence = {call.prompt.prefix: _evidence_tokens(call) for call in reversed(calls)}
    prompt, cached = (
        sum(getattr(call.reply, name) for call in calls)
        for name in ("prompt_tokens", "cached_tokens")
    )
    evidence_tokens = round(sum(evidence.values()))
    return {
        "calls": len(calls),
        "sections": len(sections),
        "schema_valid": _share(
            sum(several[-1].is_valid for several in sections.values()), len(sections)
        ),
        "schema_valid_first": _share(
            sum(several[0].is_valid for several in sections.values()), len(sections)
        ),
        "repaired": sum(len(several) > 1 for several in sections.values()),
        "prompt_tokens": prompt,
        "cached_tokens": cached,
        "evaluated_tokens": prompt - cached,
        "completion_tokens": sum(call.reply.completion_tokens for call in calls),
        "evidence_tokens": evidence_tokens,
        "evaluated_per_evidence": _share(prompt - cached, evidence_tokens),
        "call_seconds": round(sum(call.reply.seconds for call in calls), 1),
    }


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value is of the shape of a schema, as far as our prompts use JSON Schema."""
    if "enum" in schema and value not in schema["enum"]:
        return False
    match schema["type"]:
        case "object":
            wanted = schema["properties"]
            is_whole = (
                isinstance(value, dict) and set(schema["required"]) <= value.keys() <= wanted.keys()
            )
            return is_whole and all(fits(value[name], wanted[name]) for name in value)
        case "array":
            is_list = isinstance(value, list) and len(value) <= schema.get("maxItems", len(value))
            return is_list and all(fits(each, schema["items"]) for each in value)
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case kind:
            raise ValueError(f"a schema of a type that no prompt uses: {kind}")


def _evidence_tokens(call: Call) -> float:
    prompt = call.prompt
    whole = len(prompt.system) + len(prompt.prefix) + len(prompt.task)
    return call.reply.prompt_tokens * len(prompt.prefix) / whole


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
