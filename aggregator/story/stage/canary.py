"""Tries writer and judge out before the first story of a run: once for each build and each version
of the server, as either may change how answers come.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aggregator.domain.operation.report import Failure
from aggregator.errors import LlmError
from aggregator.log import log
from aggregator.ports import JudgeSeat, ModelEngine
from aggregator.services import Services, Tally
from aggregator.store.writing.models import keep_flaw, kept_flaw
from aggregator.story.model.canary import canary, flaw

WRITING = "statement"  # the question that writers are tried with
_PREMISE = (
    "Lab One, 2 March 2026: Lab One releases Model A\n"
    "Lab One released Model A on Monday. Its weights may be used by anyone."
)
_TRUE, _FALSE = "Lab One released Model A on Monday.", "Lab One withdrew Model A on Tuesday."


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
