"""A judge with its memory, which is not asked the same again, and its calibration: it judges a part
of the labelled set, and how it did is kept.

Each verdict is kept as it is given, so a calibration that was stopped goes on where it was, and one
may be spread over several runs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.calibration import (
    Calibration,
    LabelledSet,
    Outcome,
    Prior,
    Priors,
    Sample,
)
from aggregator.domain.settings import JudgeSettings
from aggregator.errors import LlmError
from aggregator.ports import Clock, JudgeSeat
from aggregator.services import Watch
from aggregator.store.database import Connection, Database
from aggregator.store.writing.drafts import judged_drafts, samples
from aggregator.store.writing.models import (
    keep_calibration,
    keep_verdict,
    kept_calibration,
    kept_verdict,
)
from aggregator.verify.judge.premise import Case, basis_digest, cases, statements
from aggregator.verify.judge.slices import further, slices

if TYPE_CHECKING:
    from aggregator.verify.judge.policy import Decision

TIMED = 10  # claims whose judging says how long the rest takes
_MOST_FAILURES = 3  # in a row: after that the judge is left alone


def standing(bench: Bench, labelled: LabelledSet) -> Calibration | None:
    """The kept calibration of a judge, finished or under way, None where that of this build of it
    was not begun on this set, with this question and behind these anchors.
    """
    with bench.database.reading() as connection:
        return kept_calibration(
            connection, bench.seat.digest, bench.seat.prompts, basis_digest(labelled)
        )


def priors_for(
    connection: Connection, writer: str, labelled: LabelledSet, chosen: float = 0.0
) -> Priors:
    """The priors of a writer before its judge says anything: what the operator has `chosen`, else
    by what was checked of its drafts before the release and here, else those that are assumed.
    """
    # numpy and scipy take longer to load than a refresh without news to run
    from aggregator.verify.judge.policy import priors_of  # noqa: PLC0415

    shipped = labelled.audits.get(writer, (Sample(), Sample()))
    stated, inferred = map(Sample.joined, shipped, samples(connection, writer))
    return priors_of(chosen, stated, inferred)


def decided(
    connection: Connection,
    calibration: Calibration,
    writer: str,
    labelled: LabelledSet,
    settings: JudgeSettings,
) -> Decision:
    """What the policy says of a calibrated judge behind a writer, after its verdicts on the drafts
    of this writer.
    """
    # numpy and scipy take longer to load than a refresh without news to run
    from aggregator.verify.judge.alarm import with_alarm  # noqa: PLC0415
    from aggregator.verify.judge.policy import decision  # noqa: PLC0415

    priors = priors_for(connection, writer, labelled, settings.prior)
    drafts = judged_drafts(connection, writer, calibration.key)
    known = (*calibration.outcomes, *calibration.further)
    priors = with_alarm(priors, known, drafts)
    return decision(calibration, priors, settings.threshold or None)


def alarm_text(judge: str, prior: Prior | None) -> str:
    """Why a prior was raised, for people; empty where it was not."""
    if prior is None or not prior.is_raised:
        return ""
    return (
        f"{judge} rejects more drafts of this model than the assumed share of false ones explains:"
        f" {prior.share:.0%} are taken to be false, so fewer sentences are printed; `aggregator"
        " model audit` finds the true share"
    )


def under_way(calibration: Calibration) -> str:
    """How far an unfinished calibration is, for people."""
    runs = calibration.runs_left
    return (
        f"{calibration.model} is being calibrated ({calibration.done:.0%} done, at most"
        f" {runs} more run{'s' if runs > 1 else ''}); then written sentences are printed"
    )


async def calibrated(
    bench: Bench,
    labelled: LabelledSet,
    watch: Watch,
    expected: Callable[[int, float], None],
    budget_s: float = 0.0,
    *,
    goes_further: bool = False,
) -> Calibration:
    """The calibration of a judge, kept: until its threshold is known, or further, as far as a
    budget allows. A claim that it fails on counts as not supported; raises `LlmError` where it
    fails for good, and what it gave until then is kept.

    `expected` is called once the first ten are judged, with the number of claims that may be left
    and the seconds that they will take.
    """
    # numpy and scipy take longer to load than a refresh without news to run
    from aggregator.verify.judge.policy import is_enough  # noqa: PLC0415

    looks = [list(cases(labelled, claims)) for claims in slices(labelled)]
    session = _Session(bench, watch, looks[-1], expected, budget_s)
    for found in looks:
        await session.judge(found)
        waiting = frozenset(session.waiting(found))
        judged = [case for case in found if case.premise and case not in waiting]
        outcomes = tuple([await session.outcome(case) for case in (judged if waiting else found)])
        if waiting or is_enough(outcomes):
            break
    rest = list(cases(labelled, further(labelled, {case.claim for case in found})))
    if goes_further and not waiting:
        await session.judge(rest)
    unasked = frozenset(session.waiting(rest))
    calibration = Calibration(
        model=bench.seat.model,
        digest=bench.seat.digest,
        prompts=bench.seat.prompts,
        labelled=basis_digest(labelled),
        made=bench.clock.now(),
        outcomes=outcomes,
        left=len(session.waiting(looks[-1])) if waiting else 0,
        pace=session.asked if waiting else 0,
        further=tuple([await session.outcome(case) for case in rest if case not in unasked]),
        is_whole=not (waiting or unasked),
    )
    with bench.database.writing(durable=True) as connection:
        keep_calibration(connection, calibration)
    return calibration


class _Session:
    """A calibration under way: how many claims it asked, those that the judge failed on, and
    whether it is over. It asks at most those that wait among `found`.
    """

    def __init__(
        self,
        bench: Bench,
        watch: Watch,
        found: Sequence[Case],
        expected: Callable[[int, float], None],
        budget_s: float,
    ) -> None:
        self._bench, self._watch, self._expected = bench, watch, expected
        self._failed: set[Case] = set()
        self._in_a_row = 0
        self._fatal: LlmError | None = None
        self._began_s, self._budget_s = bench.clock.monotonic_s(), budget_s
        self._most = len(self.waiting(found))
        self.asked = 0
        watch.stage("judging", self._most)

    def waiting(self, found: Sequence[Case]) -> list[Case]:
        """The claims that are still to be asked. Those with one premise stand together: the server
        has read it, and its prompt cache saves a third of the work.
        """
        return sorted(
            (
                case
                for case in found
                if case.premise is not None
                and case not in self._failed
                and not self._bench.is_kept(
                    case.premise, case.claim.text, is_inferred=case.claim.is_inferred
                )
            ),
            key=lambda case: (case.claim.story, case.premise or ""),
        )

    async def judge(self, found: Sequence[Case]) -> None:
        """Has those judged that wait, as many at once as the judge takes, until the time is spent.
        Raises `LlmError`.
        """
        queue = iter(self.waiting(found))

        async def work() -> None:
            while self._fatal is None and not self._is_spent() and (case := next(queue, None)):
                await self._judged(case)
                self.asked += 1
                self._watch.step(case.claim.story)
                if self.asked == TIMED < self._most:
                    left = self._most - TIMED
                    self._expected(left, self._spent_s() / TIMED * left)

        await asyncio.gather(*(work() for _ in range(self._bench.seat.concurrency)))
        if self._fatal is not None:
            raise self._fatal

    def _spent_s(self) -> float:
        return self._bench.clock.monotonic_s() - self._began_s

    def _is_spent(self) -> bool:
        return 0 < self._budget_s <= self._spent_s()

    async def outcome(self, case: Case) -> Outcome:
        """What became of a claim that was judged."""
        score = None
        if case.premise is not None:
            score = 0.0 if case in self._failed else await self._supports(case)
        claim = case.claim
        return Outcome(
            story=claim.story, is_true=claim.is_true, score=score, is_inferred=claim.is_inferred
        )

    async def _supports(self, case: Case) -> float:
        claim = case.claim
        return await self._bench.supports(
            case.premise or "", claim.text, is_inferred=claim.is_inferred
        )

    async def _judged(self, case: Case) -> None:
        try:
            await self._supports(case)
        except LlmError as error:
            self._failed.add(case)
            self._in_a_row += 1
            if error.is_final or self._in_a_row >= _MOST_FAILURES:
                self._fatal = error
            return
        self._in_a_row = 0


@frozen
class Bench:
    """A judge, and where its verdicts are kept, each as soon as it is given."""

    seat: JudgeSeat
    database: Database
    clock: Clock

    async def supports(self, premise: str, claim: str, *, is_inferred: bool = False) -> float:
        """The probability that a premise states a claim, or makes an inferred one plausible: that
        of its least likely statement. Raises `LlmError`.

        A claim without a premise is not supported.
        """
        if not premise:
            return 0.0
        return min(
            [await self._verdict(premise, each, is_inferred) for each in statements(claim)],
            default=0.0,
        )

    def is_kept(self, premise: str, claim: str, *, is_inferred: bool) -> bool:
        """Whether nothing of a claim would have to be asked."""
        with self.database.reading() as connection:
            return all(
                kept_verdict(connection, verdict_key(self.seat, premise, each, is_inferred))
                is not None
                for each in statements(claim)
            )

    async def _verdict(self, premise: str, statement: str, is_inferred: bool) -> float:
        key = verdict_key(self.seat, premise, statement, is_inferred)
        with self.database.reading() as connection:
            kept = kept_verdict(connection, key)
        if kept is not None:
            return kept
        found = await self.seat.judge.supports(premise, statement, is_inferred=is_inferred)
        with self.database.writing() as connection:
            keep_verdict(connection, key, self.seat.model, found, self.clock.now())
        return found


def verdict_key(seat: JudgeSeat, premise: str, statement: str, is_inferred: bool) -> str:
    """SHA-256 of all that a verdict depends on: the build of the model, how it is asked, the
    premise and the statement, and whether that is inferred.
    """
    parts = json.dumps([seat.digest, seat.prompts, premise, statement, is_inferred])
    return sha256_of(parts)
