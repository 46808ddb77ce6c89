"""Scores how well an engine analyses stories whose facts are known: the code of a refresh, without
a database or stored replies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aggregator.domain.claim import Analysis, Rejection
from aggregator.domain.operation.evaluation import (
    Case,
    Score,
    covered_facts,
    own_claims,
    sprung_traps,
)
from aggregator.domain.settings import AnalysisSettings
from aggregator.errors import LlmError
from aggregator.ports import Clock, Engine, ModelEngine, Prompt, Reply
from aggregator.services import Watch
from aggregator.story.run import Unanalysed, analyse
from aggregator.story.stage.gating import Gates
from aggregator.story.stage.model_analysis import written_by

_MOST_FAILURES = 3  # stories in a row: after that the model is left alone


async def engine_score(
    engine: Engine | ModelEngine,
    cases: Sequence[Case],
    settings: AnalysisSettings,
    clock: Clock,
    watch: Watch,
) -> Score:
    """The score of an engine. A story that the model fails on counts as not analysed; raises
    LlmError if it fails for good.
    """
    watch.stage(engine.model or engine.name, len(cases))
    tally = _Evaluation(engine, settings, clock)
    for case in cases:
        await tally.analyse_case(case)
        watch.step(case.name)
    return tally.score(cases)


class _Evaluation:
    """An engine under way."""

    def __init__(
        self, engine: Engine | ModelEngine, settings: AnalysisSettings, clock: Clock
    ) -> None:
        self._engine, self._settings, self._clock = engine, settings, clock
        self._counts: Counter[str] = Counter()
        self._sprung: list[str] = []
        self._failures: list[str] = []
        self._in_a_row = 0
        self._began_s = clock.monotonic_s()

    async def analyse_case(self, case: Case) -> None:
        """Has the engine analyse a case, and counts the result. Raises LlmError when going on is
        useless.
        """
        try:
            result = await self._result(case)
        except LlmError as error:
            self._in_a_row += 1
            if error.is_final or self._in_a_row >= _MOST_FAILURES:
                raise
            self._failures.append(f"{case.name}: {error.reason}")
            return
        self._in_a_row = 0
        if isinstance(result, Analysis):
            self._counts["own"] += own_claims(result.kept)
            self._counts["facts_told"] += covered_facts(case, result.kept)
            self._sprung += sprung_traps(case, result.kept)

    def score(self, cases: Sequence[Case]) -> Score:
        """What was counted."""
        is_model = isinstance(self._engine, ModelEngine)
        return Score(
            engine=self._engine.name,
            model=(self._engine.model or "") if is_model else "",
            digest=self._engine.digest
            if isinstance(self._engine, ModelEngine)
            else self._engine.rules,
            stories=len(cases),
            calls=self._counts["calls"],
            unusable=self._counts["unusable"],
            proposed=self._counts["proposed"],
            refused=self._counts["refused"],
            own=self._counts["own"],
            facts=sum(len(case.facts) for case in cases),
            facts_told=self._counts["facts_told"],
            traps=sum(len(case.traps) for case in cases),
            sprung=tuple(self._sprung),
            read_tokens=self._counts["read"],
            written_tokens=self._counts["written"],
            seconds=round(self._clock.monotonic_s() - self._began_s, 1),
            failures=tuple(self._failures),
        )

    async def _result(self, case: Case) -> Analysis | Unanalysed:
        now = case.story.updated
        if not isinstance(self._engine, ModelEngine):
            return analyse(
                case.story, self._engine, Gates.around(case.story, self._settings).over, now
            )
        result, trials = await written_by(
            case.story, self._engine, self._answer, self._settings, now
        )
        refused = trials.rejected.total() - trials.rejected[Rejection.REPEATED]
        self._counts.update(unusable=trials.unusable, proposed=trials.proposed, refused=refused)
        return result

    async def _answer(self, section: str, prompt: Prompt) -> Reply:
        assert isinstance(self._engine, ModelEngine)
        reply = await self._engine.llm.answer(prompt)
        self._counts.update(
            calls=1, read=reply.prompt_tokens - reply.cached_tokens, written=reply.completion_tokens
        )
        return reply
