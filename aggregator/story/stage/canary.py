"""Tries writer and judge out before the first story of a run: once for each build and each version
of the server, as either may change how answers come.

A model need not be right. Its answer must have the shape that was asked for and hold no
reasoning; that a prompt was cut shows by the server's own count, and is an `LlmError` before.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aggregator.domain.operation.report import Failure
from aggregator.english.text import estimated_tokens
from aggregator.errors import LlmError
from aggregator.log import log
from aggregator.ports import JudgeSeat, ModelEngine, Prompt, Reply
from aggregator.services import Services, Tally
from aggregator.store.writing.models import keep_flaw, kept_flaw

# about 1,000 tokens: more than a server that cuts leaves, and read within a minute on a slow CPU
LINES = 40
MOST_TOKENS = 700  # of an answer: what a section gets
# more than a short answer's text has on any tokenizer; a thought has hundreds
_THINKING_TOKENS = 64
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
WRITING = "statement"  # the question that writers are tried with
_PREMISE = (
    "Lab One, 2 March 2026: Lab One releases Model A\n"
    "Lab One released Model A on Monday. Its weights may be used by anyone."
)
_TRUE, _FALSE = "Lab One released Model A on Monday.", "Lab One withdrew Model A on Tuesday."


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


async def fit_model(
    services: Services, tally: Tally, *, may_ask: bool
) -> ModelEngine | Failure | None:
    """What `find_model` finds, a failure where its answers are of no use. It is tried out where it
    was not and may be asked; `tally` counts what that cost.
    """
    engine = await services.find_model()
    if not isinstance(engine, ModelEngine):
        return engine

    async def tried() -> str:
        reply = await engine.llm.answer(canary())
        tally.counts["tokens_prompt"] += reply.prompt_tokens
        tally.counts["tokens_completion"] += reply.completion_tokens
        return flaw(reply)

    try:
        found = await _flaw(services, (WRITING, engine.digest, engine.version), may_ask, tried)
    except LlmError as error:
        found = str(error)
    if not found:
        return engine
    reason = f"{engine.model} is not used: {found}; {remedy(engine.name)}"
    log().warning("the model cannot be used; rules write instead", reason=reason)
    return Failure(source=engine.name, stage="analysis", reason=reason)


def remedy(engine: str) -> str:
    """What an operator can do about a model of no use."""
    return f"check it with `aggregator model probe`, or set analysis.{engine}.model to another"


async def judges_flaw(services: Services, seat: JudgeSeat, *, may_ask: bool) -> str:
    """Why the verdicts of a judge are of no use, empty where they are: what a premise states must
    not be less likely to it than the opposite. Raises LlmError.
    """

    async def tried() -> str:
        true, false = [await seat.judge.supports(_PREMISE, claim) for claim in (_TRUE, _FALSE)]
        return "" if true >= false else "it rates a stated fact as less likely than its opposite"

    found = await _flaw(services, (seat.prompts, seat.digest, seat.version), may_ask, tried)
    return f"{seat.model} does not judge: {found}" if found else ""


async def _flaw(
    services: Services,
    key: tuple[str, str, str],
    may_ask: bool,
    tried: Callable[[], Awaitable[str]],
) -> str:
    with services.database.reading() as connection:
        kept = kept_flaw(connection, *key)
    if kept is not None or not may_ask:
        return kept or ""
    found = await tried()
    with services.database.writing() as connection:
        keep_flaw(connection, *key, found, services.clock.now())
    return found
