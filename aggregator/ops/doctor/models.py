"""Findings about the engine. A model is only looked for: `aggregator model probe` tests what it can
do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from aggregator.adapters.model_bounds import named
from aggregator.adapters.ollama import base_url
from aggregator.bootstrap import judge_model, language_model, open_database, open_reading
from aggregator.domain.settings import AnalysisSettings, EngineChoice, Settings
from aggregator.errors import DatabaseError, LlmError
from aggregator.ops.doctor.finding import Finding, error, ok, warning
from aggregator.ops.judge_status import CALIBRATE, standing
from aggregator.ports import ModelFacts
from aggregator.store.writing.models import kept_flaw
from aggregator.story.stage.canary import WRITING, remedy
from aggregator.verify.judge.question import form_of, question_digest
from aggregator.verify.stage import alarm_text

MODEL_TIMEOUT_S = 3.0  # a server that is there says what it has at once


def model_findings(whole: Settings) -> Iterator[Finding]:
    """The engine of the settings, and what an operator should know of its server."""
    settings = whole.analysis
    if settings.engine is EngineChoice.EXTRACTIVE:
        yield ok("engine: extractive; sentences are chosen by rules, none is written")
        return
    found, warnings = asyncio.run(_looked_for(settings))
    if isinstance(found, LlmError):
        yield _no_model(settings, found)
    else:
        yield ok(
            f"engine: {settings.engine.value}; {found.model} (digest"
            f" {found.digest.removeprefix('sha256:')[:12]}, {found.context} tokens of context) at"
            f" {found.server}, version {found.version}"
        )
        if flaw := _kept_flaw(whole, WRITING, found):
            what = f"engine: {found.model} is not used: {flaw}"
            yield warning(what, remedy(settings.server.name))
    for text in warnings:
        what, _, way = text.partition("; ")
        yield warning(what, way)


def _kept_flaw(settings: Settings, question: str, facts: ModelFacts) -> str | None:
    """Why runs do not use the model; None where they do, or where the database cannot say."""
    try:
        with open_reading(settings.database) as connection:
            return kept_flaw(connection, question, facts.digest, facts.version)
    except DatabaseError:
        return None  # what is wrong with it is shown where it is looked at


def judge_findings(settings: Settings) -> Iterator[Finding]:
    """The judge of the model's sentences: whether it is calibrated, and its rates. Nothing where
    the settings want none, or where it does not answer: the model's own finding says why.
    """
    facts = asyncio.run(_judge(settings.analysis))
    if facts is None:
        return
    asked = question_digest(form_of(facts.model))
    if flaw := _kept_flaw(settings, asked, facts):
        what = f"judge: {facts.model} does not judge: {flaw}"
        yield warning(what, "set analysis.judge.model to another")
        return
    with open_database(settings.database) as database:
        found = standing(database, facts, settings.analysis.judge)
    if found.decision is None:
        yield ok(f"judge: {found.words}: {CALIBRATE} measures its error rates")
    elif alarm := alarm_text(facts.model, found.decision.prior):
        what, _, way = alarm.partition("; ")
        yield warning(f"judge: {what}", way)
    elif found.decision.threshold is None:
        yield warning(f"judge: {found.words}", "set analysis.judge.model to a stronger one")
    else:
        yield ok(f"judge: {found.words}")


async def _judge(settings: AnalysisSettings) -> ModelFacts | None:
    try:
        async with asyncio.timeout(MODEL_TIMEOUT_S):
            judge = await judge_model(settings)
            if judge is None:
                return None
            async with judge:
                return await judge.facts()
    except (TimeoutError, LlmError):
        return None


def _no_model(settings: AnalysisSettings, problem: LlmError) -> Finding:
    """`auto` does without a model; where one is demanded, its absence is an error."""
    what = f"engine: {settings.engine.value}; {problem.reason}: sentences are chosen by rules"
    way = problem.remedy
    if settings.server is settings.openai:
        return error(what, way)
    if "ollama serve" in way:
        way += f"; then `ollama pull {settings.ollama.model}`"
    if settings.engine is EngineChoice.OLLAMA:
        return error(what, way)
    return warning(what, f"{way}; or set analysis.engine to extractive to silence this warning")


async def _looked_for(settings: AnalysisSettings) -> tuple[ModelFacts | LlmError, tuple[str, ...]]:
    """What the server says of the model, or why nothing is known; and what an operator should know
    of the server.
    """
    exposed: tuple[str, ...] = ()
    try:
        async with language_model(settings) as llm:
            exposed = llm.warnings()
            async with asyncio.timeout(MODEL_TIMEOUT_S):
                return await llm.facts(), llm.warnings()
    except TimeoutError:
        reason = f"{_servers(settings)} did not answer within {MODEL_TIMEOUT_S:g} s"
        return LlmError(reason, remedy="check whether it is busy or the network slow"), exposed
    except LlmError as problem:
        return problem, exposed


def _servers(settings: AnalysisSettings) -> str:
    """The addresses that are asked, without what is secret in them."""
    if settings.server is settings.openai:
        return named(settings.openai.base_url)
    return ", ".join(named(base_url(host)) for host in settings.ollama.hosts)
