"""The judge of what a model writes: found, calibrated where there is time, and asked of each
sentence.

Without a judge that is calibrated and good enough, no written sentences are printed: a page is
quotations, chosen by the model's facts, and what rules choose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aggregator.domain.claim import Claim, ClaimKind, Rejection
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import Calibration, JudgeRates, WrittenDraft
from aggregator.domain.operation.report import Failure, Note
from aggregator.domain.story import Story
from aggregator.errors import LlmError
from aggregator.log import log
from aggregator.ports import JudgeSeat, ModelEngine
from aggregator.services import Services, Tally, Watch
from aggregator.store.writing.drafts import keep_drafts
from aggregator.story.stage.canary import fit_model, judges_flaw
from aggregator.verify.gates import Refusal
from aggregator.verify.judge.premise import premise_of
from aggregator.verify.stage import (
    Bench,
    alarm_text,
    calibrated,
    decided,
    standing,
    under_way,
)

_SOURCE = "judge"  # of the notes on a run
_WRITTEN = (ClaimKind.WRITTEN, ClaimKind.INFERRED)
_CALIBRATING_SHARE = 0.2  # of a run's time budget, on top of it
_REFUSAL = Refusal(reason=Rejection.JUDGED)


@frozen
class SentenceJudge:
    """The judge of a run. `threshold` is that of statements, None where no written sentences are
    printed, and `why` says the reason; `inferred` is that of inferences, None where none is.
    `alarm` says why both are stricter than what is assumed of the writer asks for, if they are.
    """

    bench: Bench | None = None
    threshold: float | None = None
    inferred: float | None = None
    rates: JudgeRates | None = None
    why: str = ""
    alarm: str = ""
    writer: ModelEngine | None = None  # whose drafts are kept as they come

    @property
    def key(self) -> str:
        """Which judge lets sentences pass and from which score on: part of an analysis's digest."""
        if self.bench is None or self.threshold is None:
            return "quotations"
        thresholds = " ".join(f"{each:.6g}" for each in (self.threshold, self.inferred) if each)
        return f"{self.bench.seat.key} {thresholds}"

    @property
    def model(self) -> str:
        """Which model lets written sentences be printed; empty where none is printed."""
        return self.bench.seat.model if self.bench and self.threshold is not None else ""

    @property
    def spent_tokens(self) -> int:
        """Tokens of all its questions and answers so far."""
        return self.bench.seat.judge.spent_tokens if self.bench else 0

    def may_be_asked(self, story: Story, claims: Sequence[Claim]) -> bool:
        """Whether a question would be put to the model that judges."""
        return (
            self.bench is not None
            and self.threshold is not None
            and not all(
                self.bench.is_kept(
                    premise_of(story, claim), claim.text, is_inferred=_is_inferred(claim)
                )
                for claim in claims
                if claim.kind in _WRITTEN
            )
        )

    async def refused(self, story: Story, claims: Sequence[Claim]) -> dict[Claim, Refusal]:
        """The written claims that may not be printed. Raises LlmError.

        Those that rest on the same sources are asked one after the other: a server that remembers
        the beginning of its last question need not read them again.
        """
        found = [(premise_of(story, claim), claim) for claim in claims if claim.kind in _WRITTEN]
        found.sort(key=lambda pair: pair[0])
        scores = {claim: await self._score(premise, claim) for premise, claim in found}
        self._keep(story, scores)
        return {
            claim: _REFUSAL for claim, score in scores.items() if not self._passes(claim, score)
        }

    async def _score(self, premise: str, claim: Claim) -> float | None:
        """The probability of a claim; None where no score lets such a one pass."""
        if self.bench is None or self._threshold(claim) is None:
            return None
        return await self.bench.supports(premise, claim.text, is_inferred=_is_inferred(claim))

    def _passes(self, claim: Claim, score: float | None) -> bool:
        threshold = self._threshold(claim)
        return threshold is not None and score is not None and score >= threshold

    def _threshold(self, claim: Claim) -> float | None:
        return self.inferred if _is_inferred(claim) else self.threshold

    def _keep(self, story: Story, scores: Mapping[Claim, float | None]) -> None:
        """Keeps the drafts of the writer, whatever became of them."""
        if self.bench is None or self.writer is None:
            return
        seat, engine = self.bench.seat, self.writer
        several = [
            WrittenDraft(
                story_id=story.id,
                text=claim.text,
                cited=tuple(each.passage for each in claim.citations),
                is_inferred=_is_inferred(claim),
                score=score,
            )
            for claim, score in scores.items()
        ]
        now = self.bench.clock.now()
        with self.bench.database.writing() as connection:
            keep_drafts(connection, engine.writer, engine.model, seat.key, several, now)


def _is_inferred(claim: Claim) -> bool:
    return claim.kind is ClaimKind.INFERRED


async def sentence_judge(
    services: Services,
    watch: Watch | None = None,
    tally: Tally | None = None,
    writer: ModelEngine | None = None,
) -> SentenceJudge:
    """The judge of the settings with its thresholds for a writer, whose drafts it keeps. With a
    `watch` its calibration goes on first, where that is not finished; `tally` gets a note of why
    nothing is printed.
    """
    found = replace(await _found(services, watch, writer), writer=writer)
    if tally is not None:
        tally.counts["tokens_judged"] += found.spent_tokens
    if found.alarm and tally is not None:
        log().warning("the judge rejects too many drafts", reason=found.alarm)
        tally.notes.append(Note(source=_SOURCE, text=found.alarm))
    if found.threshold is None and tally is not None:
        log().info("no written sentences are printed", reason=found.why)
        text = f"No written sentences are printed: {found.why}"
        tally.notes.append(Note(source=_SOURCE, text=text))
    return found


async def judged_engine(
    services: Services, watch: Watch | None = None, tally: Tally | None = None
) -> ModelEngine | Failure | None:
    """What `find_model` finds, if its answers are of use, with the judge behind it: a story is
    analysed again when that changes. With a `watch` both are tried out first where they were not.
    """
    found = await fit_model(services, tally or Tally(), may_ask=watch is not None)
    if not isinstance(found, ModelEngine):
        return found
    judge = await sentence_judge(services, watch, tally, found)
    return replace(found, judge=judge.key)


async def _found(
    services: Services, watch: Watch | None, writer: ModelEngine | None
) -> SentenceJudge:
    settings = services.settings.analysis.judge
    seat = await services.find_judge()
    if not isinstance(seat, JudgeSeat):
        return SentenceJudge(why=seat.reason if seat else "analysis.judge.model is empty")
    bench = Bench(seat=seat, database=services.database, clock=services.clock)
    own = settings.threshold or None
    try:
        if flaw := await judges_flaw(services, seat, may_ask=watch is not None):
            return SentenceJudge(bench=bench, why=flaw)
        calibration = await _calibration(services, bench, watch if own is None else None)
    except LlmError as error:
        return SentenceJudge(bench=bench, why=str(error))
    if calibration is None or calibration.left:
        why = (
            under_way(calibration)
            if calibration
            else f"{seat.model} is not calibrated; the next run begins with it"
        )
        return SentenceJudge(bench=bench, threshold=own, inferred=own, why="" if own else why)
    with services.database.reading() as connection:
        name, labelled = writer.writer if writer else "", services.find_labelled()
        found = decided(connection, calibration, name, labelled, settings)
    # numpy and scipy take longer to load than a refresh without news to run
    from aggregator.verify.judge.policy import rates  # noqa: PLC0415

    return SentenceJudge(
        bench=bench,
        threshold=found.threshold,
        inferred=found.inferred,
        rates=rates(calibration, found),
        why=found.why,
        alarm=alarm_text(seat.model, found.prior),
    )


async def _calibration(services: Services, bench: Bench, watch: Watch | None) -> Calibration | None:
    """The calibration of a judge, begun or continued where claims are left. Raises LlmError."""
    labelled = services.find_labelled()
    found = standing(bench, labelled)
    if watch is None or (found is not None and found.is_whole):
        return found
    budget_s = _CALIBRATING_SHARE * services.settings.analysis.time_budget_s

    def expected(claims: int, seconds: float) -> None:
        log().info("calibrating the judge", claims=claims, seconds=round(seconds))

    return await calibrated(bench, labelled, watch, expected, budget_s, goes_further=True)
