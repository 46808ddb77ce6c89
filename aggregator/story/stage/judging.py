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
from aggregator.errors import BudgetSpentError, LlmError
from aggregator.log import log
from aggregator.ports import JudgeSeat, ModelEngine
from aggregator.services import Services, Tally, Watch
from aggregator.store.writing.drafts import keep_drafts
from aggregator.story.stage.canary import fit_model, judges_flaw
from aggregator.verify.gates import Refusal
from aggregator.verify.judge.premise import premise_of
from aggregator.verify.stage import Bench, calibrated, priors_for, standing

_SOURCE = "judge"  # of the notes on a run
_WRITTEN = (ClaimKind.WRITTEN, ClaimKind.INFERRED)
_REFUSAL = Refusal(reason=Rejection.JUDGED)


@frozen
class SentenceJudge:
    """The judge of a run. `threshold` is that of statements, None where no written sentences are
    printed, and `why` says the reason; `inferred` is that of inferences, None where none is.
    """

    bench: Bench | None = None
    threshold: float | None = None
    inferred: float | None = None
    rates: JudgeRates | None = None
    why: str = ""
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
    `watch` it is calibrated first where it was not and the time budget of a run allows; `tally`
    gets a note of why nothing is printed.
    """
    found = replace(await _found(services, watch, writer), writer=writer)
    if tally is not None:
        tally.counts["tokens_judged"] += found.spent_tokens
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
    except (LlmError, BudgetSpentError) as error:
        return SentenceJudge(bench=bench, why=str(error))
    if calibration is None:
        why = f"{seat.model} is not calibrated; run `aggregator model calibrate`"
        return SentenceJudge(bench=bench, threshold=own, inferred=own, why="" if own else why)
    with services.database.reading() as connection:
        priors = priors_for(
            connection, writer.writer if writer else "", services.find_labelled(), settings.prior
        )
    # numpy and scipy take longer to load than a refresh without news to run
    from aggregator.verify.judge.policy import decision, rates  # noqa: PLC0415

    decided = decision(calibration, priors, own)
    return SentenceJudge(
        bench=bench,
        threshold=decided.threshold,
        inferred=decided.inferred,
        rates=rates(calibration, decided),
        why=decided.why,
    )


async def _calibration(services: Services, bench: Bench, watch: Watch | None) -> Calibration | None:
    """The calibration of a judge, made where there is none. Raises LlmError, and BudgetSpentError
    where it would take longer than a run may spend with a model.
    """
    labelled = services.find_labelled()
    found = standing(bench, labelled)
    if found is not None or watch is None:
        return found
    budget_s = services.settings.analysis.time_budget_s

    def expected(claims: int, seconds: float) -> None:
        log().info("calibrating the judge", claims=claims, seconds=round(seconds))
        if 0 < budget_s < seconds:
            raise BudgetSpentError(
                f"calibrating {bench.seat.model} takes about {seconds / 60:.0f} minutes,"
                " more than analysis.time_budget_s; run `aggregator model calibrate`,"
                " which can be stopped and resumed"
            )

    return await calibrated(bench, labelled, watch, expected)
