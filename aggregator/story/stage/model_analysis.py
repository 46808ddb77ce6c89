"""The model's part of a run, in four phases over all its stories: facts and pages are written,
judged, repaired, and judged again.

So a machine that has room for one model at a time changes between writer and judge once a phase.
Every answer is kept before it is read: a run that was killed asks no answered question again and
ends with the same pages. A story that a phase did not come to keeps its earlier page.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from aggregator.domain.claim import Analysis
from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.report import Failure, Note
from aggregator.domain.operation.rules import Depth
from aggregator.domain.story import Story
from aggregator.english.text import estimated_tokens
from aggregator.errors import BudgetSpentError, GateError, LlmError
from aggregator.hooks.plugins import plugins
from aggregator.log import log
from aggregator.ports import ModelEngine, Prompt, Reply, WritingOptions
from aggregator.services import Services, Tally, Watch
from aggregator.store.news import stories
from aggregator.store.writing import analyses, models
from aggregator.store.writing.analyses import AnalysisOrigin
from aggregator.store.writing.models import Spent, save_answer, stored_answer
from aggregator.story.material import Material
from aggregator.story.page.question import Fitness, Form
from aggregator.story.rules.extractive import page_by_rules
from aggregator.story.run import analysis_of, inputs_digest
from aggregator.story.stage.background import with_background
from aggregator.story.stage.canary import remedy
from aggregator.story.stage.checked import CheckedStory, readable_material
from aggregator.story.stage.gating import Gates, archive_casing, keep, rule_facts, with_texts
from aggregator.story.stage.judging import SentenceJudge, sentence_judge
from aggregator.story.stage.places import Places, depth_of
from aggregator.story.writer import Writer, Written

_MOST_FAILURES = 3  # stories in a row that a model failed on: it is then left alone until next time
_WRITING_SHARE = 0.75  # of a budget: the rest is for repair, without which nothing is finished
_JUDGING_SHARE = 0.25  # of a budget, on top: what is written and not judged was written in vain
_Item = TypeVar("_Item", Story, CheckedStory)
_Made = TypeVar("_Made")


async def model_pass(
    services: Services,
    engine: ModelEngine,
    stale: Sequence[Story],
    places: Places,
    watch: Watch,
    tally: Tally,
) -> None:
    """Has the model write the stale stories that find a place, the first first, until the time is
    spent or the model fails for good.
    """
    watch.stage("model", len(stale))
    run = _Run(
        services, engine, places, tally, watch, await sentence_judge(services, writer=engine)
    )
    written = await run.each(stale, run.write, engine.concurrency)
    judged = await run.each(written, run.judge, run.seats)
    repaired = await run.each(judged, run.repair, engine.concurrency)
    for story in await run.each(repaired, run.judge, run.seats):
        try:
            run.finish(story)
        except GateError as error:
            plugins().note(error, _slug(story))
    tally.counts["tokens_judged"] += run.judged_tokens
    run.keep_speed()
    if run.failed:
        tally.failures.append(Failure(source=engine.name, stage="analysis", reason=run.failed))
    if run.spent:
        left = places.open_count(run.unreached)
        went_on = f"; {left} stories not reached; the next run continues with them"
        text = run.spent + went_on * bool(left)
        tally.notes.append(Note(source=engine.name, text=text))


def _slug(story: Story | CheckedStory) -> str:
    return story.slug if isinstance(story, Story) else story.written.story.slug


def material_for(story: Story, options: WritingOptions) -> Material | None:
    """What a model writes a story from; None where there is nothing that it may read, or so little
    that rules may as well show it.
    """
    material = readable_material(story, options)
    if material is None:
        return None
    own = (each.text for source in material.evidence.sources for each in source.passages)
    return material if sum(map(estimated_tokens, own)) >= options.fewest_tokens else None


class _Run:
    """One run with a model: what it spent, and whether it is over."""

    def __init__(
        self,
        services: Services,
        engine: ModelEngine,
        places: Places,
        tally: Tally,
        watch: Watch,
        judge: SentenceJudge,
    ) -> None:
        self._services, self._engine, self._tally, self._watch = services, engine, tally, watch
        self._places, self._judge = places, judge
        self._depths: dict[str, Depth] = {}
        self._spent_before = self._spent()
        self._began_s, self._failures, self._is_over = services.clock.monotonic_s(), 0, False
        self._share, self._judging_s = _WRITING_SHARE, 0.0
        with services.database.reading() as connection:
            form = models.kept_form(connection, engine.digest)
            self._archive = archive_casing(connection)
        self._fitness = Fitness(form=Form(form)) if form else Fitness()
        self._writer = Writer(self._answer, self._known)
        self.failed: str | None = None  # why the model did not write the last story it failed on
        self.spent = ""  # what says that the time of the run is spent
        self.unreached = set[str]()  # stories that were not written in the time there was

    @property
    def seats(self) -> int:
        """How many questions the judge takes at once."""
        return self._judge.bench.seat.concurrency if self._judge.bench else 1

    @property
    def judged_tokens(self) -> int:
        """What judging cost so far."""
        return self._judge.spent_tokens

    async def each(
        self, items: Sequence[_Item], work: Callable[[_Item], Awaitable[_Made | None]], at_once: int
    ) -> list[_Made]:
        """What the work makes of each item, in their order; those left out that it makes nothing
        of, or does not come to.
        """
        made: dict[int, _Made] = {}
        queue = iter(enumerate(items))

        async def take() -> None:
            while not self._is_over and (following := next(queue, None)):
                place, item = following
                try:
                    found = await work(item)
                except GateError as error:  # its page stays; the next run tries again
                    plugins().note(error, _slug(item))
                    continue
                if found is not None:
                    made[place] = found

        await asyncio.gather(*(take() for _ in range(at_once)))
        self.unreached.update(item.id for _, item in queue if isinstance(item, Story))
        self._share, self._is_over = 1.0, False
        return [made[place] for place in sorted(made)]

    async def write(self, bare: Story) -> CheckedStory | None:
        """The story as the model first has it; None where it is told already, where rules tell it,
        or where the model failed.
        """
        with self._services.database.reading() as connection:
            (story,) = with_texts(connection, self._services, [bare])
            before = analyses.analysis_origins(connection, [story.id]).get(story.id)
        self._watch.step(bare.slug)
        if before is not None and before.inputs == inputs_digest(story, self._engine):
            self._mark_fresh(story)
            return None
        material = material_for(story, self._engine.options)
        if material is None:
            self._by_rules(story)
            return None
        depth = self._place(story, before)
        if depth is None:
            return None
        try:
            written = await self._written(story, material, depth)
            if written.trials.calls == written.trials.unusable:
                raise LlmError(
                    f"{self._engine.model} gave no answer that follows the schema",
                    remedy=remedy(self._engine.name),
                )
        except (LlmError, BudgetSpentError) as error:
            self._failed(story, error)
            return None
        self._failures = 0
        self._learn(written)
        gates = Gates.around(written.story, self._services.settings.analysis, self._archive)
        return CheckedStory(written=written, gates=gates)

    def _place(self, story: Story, before: AnalysisOrigin | None) -> Depth | None:
        """How deep the model writes a story now; None where it has no place, or what it could write
        is written.
        """
        depth = self._places.take(story.id, depth_of(before))
        if depth is None:
            return None
        self._depths[story.id] = depth
        is_made = before is not None and before.inputs == inputs_digest(story, self._by(story))
        return None if is_made else depth

    async def _written(self, story: Story, material: Material, depth: Depth) -> Written:
        if depth is Depth.IN_BRIEF:
            return await self._writer.write_in_brief(story, material)
        with self._services.database.reading() as connection:
            whole = with_background(connection, self._services, story)
        again = material_for(whole, self._engine.options) or material
        return await self._writer.write(whole, again, self._fitness)

    def _by(self, story: Story) -> ModelEngine:
        """The model, as deep as it writes a story."""
        return replace(self._engine, depth=self._depths.get(story.id, Depth.IN_DEPTH))

    async def judge(self, story: CheckedStory) -> CheckedStory | None:
        """The story with what its gates and the judge refuse; None where the judge failed."""
        began_s = self._services.clock.monotonic_s()
        try:
            judged = await story.judged_by(self._judge, self._afford_judging)
        except (LlmError, BudgetSpentError) as error:
            self._failed(story.written.story, error)
            return None
        self._judging_s += self._services.clock.monotonic_s() - began_s
        return judged

    async def repair(self, story: CheckedStory) -> CheckedStory | None:
        """The story with its refused sentences written again; as it is where the budget is spent,
        nothing written is printed or an answer failed, and None where the model failed for good.
        """
        if self._judge.threshold is None:
            return story
        try:
            return replace(story, written=await self._writer.repair(story.written, story.refused))
        except BudgetSpentError as error:
            self._failed(story.written.story, error)
            self._is_over = False
            return story
        except LlmError as error:
            self._failed(story.written.story, error)
            return None if error.is_final else story

    def finish(self, story: CheckedStory) -> None:
        """Keeps what may be printed of a story, and its facts."""
        engine, own = self._by(story.written.story), story.written.story
        result = story.concluded(engine, self._services.clock.now())
        if isinstance(result, Analysis):
            result = replace(result, judge=self._judge.rates)
        with self._services.database.writing() as connection:
            facts = story.written.facts
            if engine.depth is Depth.IN_BRIEF:
                facts = rule_facts(own, self._services.settings.analysis)
            keep(connection, self._services, [(result, facts)], engine.rules, self._tally)
            stories.mark_fresh(connection, [result.story_id])
        self.unreached.discard(result.story_id)

    def _by_rules(self, story: Story) -> None:
        """Keeps the story as rules write it: there is too little to ask a model about."""
        options = self._engine.options
        draft = page_by_rules(
            story,
            language=options.language,
            quote_words=options.quote_words,
            hook_words=options.hook_words,
        )
        gates = Gates.around(story, self._services.settings.analysis, self._archive)
        result = analysis_of(story, self._engine, draft, gates.over, self._services.clock.now())
        if isinstance(result, Analysis):
            result = replace(result, engine=self._services.engine.name, model=None)
        with self._services.database.writing() as connection:
            facts = rule_facts(story, self._services.settings.analysis)
            keep(connection, self._services, [(result, facts)], self._engine.rules, self._tally)
            stories.mark_fresh(connection, [story.id])

    def _mark_fresh(self, story: Story) -> None:
        with self._services.database.writing() as connection:
            stories.mark_fresh(connection, [story.id])

    def _learn(self, written: Written) -> None:
        """Keeps the form that the model gets from now on, where its answers decide on another."""
        before = self._fitness.form
        for form, is_fit in written.outcomes:
            self._fitness = self._fitness.after(form, is_fit=is_fit)
        if self._fitness.form is not before:
            log().warning("model writes in a shorter format", form=self._fitness.form.value)
            with self._services.database.writing() as connection:
                models.keep_form(
                    connection,
                    self._engine.digest,
                    self._fitness.form.value,
                    self._services.clock.now(),
                )

    def _known(self, prompt: Prompt) -> Reply | None:
        with self._services.database.reading() as connection:
            return stored_answer(connection, question_key(self._engine.digest, prompt))

    async def _answer(self, section: str, prompt: Prompt) -> Reply:
        """The kept answer, else the model's, which is kept before it is read. Raises
        BudgetSpentError, LlmError.
        """
        kept = self._known(prompt)
        if kept:
            return kept
        self._afford()
        reply = await self._engine.llm.answer(prompt)
        self._tally.counts["tokens_prompt"] += reply.prompt_tokens
        self._tally.counts["tokens_completion"] += reply.completion_tokens
        key = question_key(self._engine.digest, prompt)
        with self._services.database.writing() as connection:
            save_answer(connection, key, section, reply, self._services.clock.now())
        return reply

    def _afford(self) -> None:
        budget, spent_s = (
            self._services.settings.analysis,
            self._services.clock.monotonic_s() - self._began_s,
        )
        if budget.time_budget_s and spent_s > self._share * budget.time_budget_s:
            raise BudgetSpentError(
                f"the {budget.time_budget_s:g} s of analysis.time_budget_s are used up"
            )

    def _afford_judging(self) -> None:
        budget_s = self._services.settings.analysis.time_budget_s
        if budget_s and self._judging_s > _JUDGING_SHARE * budget_s * self.seats:
            raise BudgetSpentError(
                f"judging took {_JUDGING_SHARE:.0%} of the {budget_s:g} s of analysis.time_budget_s"
            )

    def _failed(self, story: Story, error: LlmError | BudgetSpentError) -> None:
        if isinstance(error, BudgetSpentError):
            self.spent, self._is_over = str(error), True
            self.unreached.add(story.id)
            log().info(
                "time budget used up; the next run continues", story=story.id, reason=str(error)
            )
            return
        self._failures += 1
        self.failed = str(error)
        self._places.give_back(story.id)
        log().warning("model failed", story=story.id, reason=str(error))
        if error.is_final or self._failures >= _MOST_FAILURES:
            self._is_over = True

    def _spent(self) -> Spent:
        """What was spent until now."""
        counts = self._tally.counts
        return Spent(
            prompt_tokens=counts["tokens_prompt"],
            completion_tokens=counts["tokens_completion"],
            judge_tokens=self.judged_tokens,
            seconds=self._services.clock.monotonic_s(),
        )

    def keep_speed(self) -> None:
        """Keeps what this run spent, for the price of the next, if it asked anything."""
        spent = self._spent().less(self._spent_before)
        if spent.prompt_tokens and spent.seconds > 0:
            now = self._services.clock.now()
            with self._services.database.writing() as connection:
                models.keep_speed(connection, self._engine.digest, spent, now)


def question_key(digest: str, prompt: Prompt) -> str:
    """SHA-256 of all that an answer depends on: the build of the model, every word of the prompt,
    the schema, the limit.
    """
    told = json.dumps(
        [digest, prompt.system, prompt.prefix, prompt.task, prompt.schema, prompt.most_tokens],
        sort_keys=True,
    )
    return sha256_of(told)
