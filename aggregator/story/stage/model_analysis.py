"""The model's part of stage four: the best stories first, every answer kept, within the budget of
the run.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.domain.claim import Analysis
from aggregator.domain.operation.report import Failure
from aggregator.domain.settings import AnalysisSettings
from aggregator.domain.story import Story
from aggregator.errors import BudgetSpentError, LlmError
from aggregator.log import log
from aggregator.ports import ModelEngine, Prompt, Reply
from aggregator.services import Services, Tally, Watch
from aggregator.store.news import stories
from aggregator.store.writing import analyses
from aggregator.store.writing.answers import save_answer, stored_answer
from aggregator.story.model.model import Ask, Trials, beyond_doubt, model_draft
from aggregator.story.run import Unanalysed, analysis_of, inputs_digest
from aggregator.story.stage.background import with_background
from aggregator.story.stage.gating import Gates, keep, with_texts
from aggregator.verify.gates import explained

_MOST_FAILURES = (
    3  # stories in a row that a model failed on: after that it is left alone until the next run
)


async def model_pass(
    services: Services, engine: ModelEngine, stale: Sequence[Story], watch: Watch, tally: Tally
) -> None:
    """Has the model tell the stale stories, in order, until the budget is spent or the model fails
    for good.
    """
    watch.stage("model", len(stale))
    telling = _Pass(services, engine, tally)
    queue = iter(stale)

    async def work() -> None:
        for bare in queue:
            if telling.is_over:
                return
            await telling.tell(bare)
            watch.step(bare.slug)

    await asyncio.gather(*(work() for _ in range(engine.concurrency)))
    if telling.failed:
        tally.failures.append(Failure(source=engine.name, stage="analysis", reason=telling.failed))


async def told_by(
    story: Story, engine: ModelEngine, ask: Ask, settings: AnalysisSettings, now: datetime
) -> tuple[Analysis | Unanalysed, Trials]:
    """A story as a model tells it behind the gates, and what happened on the way. Raises what `ask`
    does.
    """
    gates = Gates.around(story, settings)
    doubtful = gates.doubtful if engine.options.entailment_vote else beyond_doubt
    draft, trials = await model_draft(
        story, ask, gates.against, explained, engine.options, doubtful
    )
    return analysis_of(story, engine, draft, gates.over, now, trials.rejected), trials


class _Pass:
    """One run with a model: what it spent, and whether it is over."""

    def __init__(self, services: Services, engine: ModelEngine, tally: Tally) -> None:
        self._services, self._engine, self._tally = services, engine, tally
        self._began_s, self._failures = services.clock.monotonic_s(), 0
        self.is_over = False
        self.failed: str | None = (
            None  # why the model did not tell the last story that it should have told
        )

    async def tell(self, bare: Story) -> None:
        """Tells one story, or leaves it stale for the next run with what was answered so far
        kept.
        """
        with self._services.database.reading() as connection:
            (story,) = with_texts(connection, self._services, [bare])
            before = analyses.analysis_origins(connection, [story.id]).get(story.id)
            is_told = before is not None and before.inputs == inputs_digest(story, self._engine)
            story = story if is_told else with_background(connection, self._services, story)
        if not is_told:
            try:
                await self._told(story)
            except (LlmError, BudgetSpentError) as error:
                self._failed(story, error)
                return
        self._failures = 0
        with self._services.database.writing() as connection:
            stories.mark_fresh(connection, story.id)

    async def _told(self, story: Story) -> None:
        analysis, now = self._services.settings.analysis, self._services.clock.now()
        result, trials = await told_by(story, self._engine, self._answer, analysis, now)
        if 0 < trials.calls == trials.unusable:
            raise LlmError(
                f"{self._engine.model} gave no answer in the schema that was asked for",
                remedy=(
                    "try it with `aggregator model probe`, or set"
                    f" analysis.{self._engine.name}.model to another"
                ),
            )
        if (
            isinstance(result, Analysis) and not trials.calls
        ):  # too short to ask a model about: the rules told it
            result = replace(result, engine=self._services.engine.name, model=None)
        with self._services.database.writing() as connection:
            keep(connection, result, self._engine, self._tally)

    async def _answer(self, section: str, prompt: Prompt) -> Reply:
        """The kept answer, else the model's, which is kept before it is read. Raises
        BudgetSpentError, LlmError.
        """
        key = question_key(self._engine.digest, prompt)
        with self._services.database.reading() as connection:
            kept = stored_answer(connection, key)
        if kept:
            return kept
        self._afford()
        reply = await self._engine.llm.answer(prompt)
        self._tally.counts["tokens_prompt"] += reply.prompt_tokens
        self._tally.counts["tokens_completion"] += reply.completion_tokens
        with self._services.database.writing() as connection:
            save_answer(connection, key, section, reply, self._services.clock.now())
        return reply

    def _afford(self) -> None:
        budget, spent_s = (
            self._services.settings.analysis,
            self._services.clock.monotonic_s() - self._began_s,
        )
        tokens = self._tally.counts["tokens_prompt"] + self._tally.counts["tokens_completion"]
        if budget.time_budget_s and spent_s > budget.time_budget_s:
            raise BudgetSpentError(
                f"the {budget.time_budget_s:g} s of analysis.time_budget_s are spent; the rest is"
                " told next time"
            )
        if budget.token_budget and tokens > budget.token_budget:
            raise BudgetSpentError(
                f"the {budget.token_budget} tokens of analysis.token_budget are spent; the rest is"
                " told next time"
            )

    def _failed(self, story: Story, error: LlmError | BudgetSpentError) -> None:
        self._failures += 1
        self.failed = str(error)
        log().warning("model failed", story=story.id, reason=str(error))
        if (
            isinstance(error, BudgetSpentError)
            or error.is_final
            or self._failures >= _MOST_FAILURES
        ):
            self.is_over = True


def question_key(digest: str, prompt: Prompt) -> str:
    """SHA-256 of all that an answer depends on: the build of the model, every word of the prompt,
    the schema, the limit.
    """
    told = json.dumps(
        [digest, prompt.system, prompt.prefix, prompt.task, prompt.schema, prompt.most_tokens],
        sort_keys=True,
    )
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
