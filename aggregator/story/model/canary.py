"""The question that a model is tried with before its first story, and what an answer says of it.

The model need not be right. Its answer must have the shape that was asked for and hold no
reasoning; that a prompt was cut shows by the server's own count, and is an `LlmError` before. Pure.
"""

from __future__ import annotations

import json
from typing import Any

from aggregator.domain.tokens import estimated_tokens
from aggregator.ports import Prompt, Reply

# about 1,000 tokens: more than a server that cuts leaves, and read within a minute on a slow CPU
LINES = 40
MOST_TOKENS = 700  # of an answer: what a section gets
_THINKING_TOKENS = (
    64  # more than a short answer's text has on any tokenizer; a thought has hundreds
)
_SYSTEM = "You report what the numbered passages say, as JSON."
_TASK = "Say in one sentence what passage 37 says, and name its number."
STATEMENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "passages": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["text", "passages"],
    "additionalProperties": False,
}


def canary() -> Prompt:
    """The question: one sentence of a long prompt, in the schema of a statement."""
    return question(numbered_lines("Trial"), _TASK, STATEMENT, MOST_TOKENS)


def question(prefix: str, task: str, schema: dict[str, Any], most_tokens: int) -> Prompt:
    """A question about numbered passages."""
    return Prompt(system=_SYSTEM, prefix=prefix, task=task, schema=schema, most_tokens=most_tokens)


def numbered_lines(title: str) -> str:
    """Numbered passages under a title, enough of them to fill a short context."""
    lines = (
        f"[{n}] On day {n} of the trial the counter in hall {n} stood at {n * 37} of 2000."
        for n in range(1, LINES + 1)
    )
    return "\n".join((title, *lines))


def flaw(reply: Reply) -> str:
    """Why a model that answered so is of no use; empty where it is."""
    if thinks_aloud(reply):
        return f"it reasons before answering ({reply.completion_tokens} tokens for a sentence)"
    return "" if has_shape(reply) else "its answer does not follow the schema"


def has_shape(reply: Reply) -> bool:
    """Whether an answer is a statement and nothing else."""
    try:
        answer: Any = json.loads(reply.text)
    except (ValueError, RecursionError):
        return False
    match answer:
        case {"text": str(), "passages": [*numbers], **more} if not more:
            return all(
                isinstance(number, int) and not isinstance(number, bool) for number in numbers
            )
        case _:
            return False


def thinks_aloud(reply: Reply) -> bool:
    """Whether an answer has reasoning: in its text, or in tokens that its text does not need."""
    hidden = reply.completion_tokens - 3 * estimated_tokens(reply.text)
    return "<think" in reply.text or "</think" in reply.text or hidden > _THINKING_TOKENS
