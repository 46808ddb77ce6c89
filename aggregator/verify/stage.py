"""A judge with its memory, which is not asked the same again, and its calibration: it judges the
labelled set, and how it did is kept.

Each verdict is kept as it is given, so a calibration that was stopped goes on where it was.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence

from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.domain.operation.calibration import (
    Calibration,
    LabelledSet,
    Outcome,
    Priors,
    Sample,
)
from aggregator.errors import LlmError
from aggregator.ports import Clock, JudgeSeat
from aggregator.services import Watch
from aggregator.store.database import Connection, Database
from aggregator.store.writing.drafts import samples
from aggregator.store.writing.models import (
    keep_calibration,
    keep_verdict,
    kept_calibration,
    kept_verdict,
)
from aggregator.verify.judge.premise import Case, basis_digest, cases, statements

TIMED = 10  # claims whose judging says how long the rest takes
_MOST_FAILURES = 3  # in a row: after that the judge is left alone


def standing(bench: Bench, labelled: LabelledSet) -> Calibration | None:
    """The kept calibration of a judge, None where this build of it was not calibrated on this set,
    with this question and behind these anchors.
    """
    with bench.database.reading() as connection:
        return kept_calibration(
            connection, bench.seat.digest, bench.seat.prompts, basis_digest(labelled)
        )


def priors_for(
    connection: Connection, writer: str, labelled: LabelledSet, chosen: float = 0.0
) -> Priors:
    """The priors of a writer: what the operator has `chosen`, else by what was checked of its
    drafts before the release and here, else those that are assumed.
    """
    # numpy and scipy take longer to load than a refresh without news to run
    from aggregator.verify.judge.policy import priors_of  # noqa: PLC0415

    shipped = labelled.audits.get(writer, (Sample(), Sample()))
    stated, inferred = map(Sample.joined, shipped, samples(connection, writer))
    return priors_of(chosen, stated, inferred)


async def calibrated(
    bench: Bench, labelled: LabelledSet, watch: Watch, expected: Callable[[int, float], None]
) -> Calibration:
    """The calibration of a judge on all claims of the set, kept. A claim that it fails on counts as
    not supported; raises `LlmError` where it fails for good, and what it gave until then is kept.

    `expected` is called once the first ten are judged, with the number of claims that are left and
    the seconds that they will take.
    """
    found = list(cases(labelled))
    left = sorted(
        (
            case
            for case in found
            if case.premise is not None
            and not bench.is_kept(case.premise, case.claim.text, is_inferred=case.claim.is_inferred)
        ),
        # Claims with one premise one after the other: the server has read it, and its prompt cache
        # saves a third of the work.
        key=lambda case: (case.claim.story, case.premise or ""),
    )
    session = _Session(bench, watch)
    watch.stage("judging", len(left))
    began_s = bench.clock.monotonic_s()
    await session.judge(left[:TIMED])
    if rest := left[TIMED:]:
        expected(len(rest), (bench.clock.monotonic_s() - began_s) / TIMED * len(rest))
    await session.judge(rest)
    calibration = Calibration(
        model=bench.seat.model,
        digest=bench.seat.digest,
        prompts=bench.seat.prompts,
        labelled=basis_digest(labelled),
        made=bench.clock.now(),
        outcomes=tuple([await session.outcome(case) for case in found]),
    )
    with bench.database.writing(durable=True) as connection:
        keep_calibration(connection, calibration)
    return calibration


class _Session:
    """A calibration under way: the claims that the judge failed on, and whether it is over."""

    def __init__(self, bench: Bench, watch: Watch) -> None:
        self._bench, self._watch = bench, watch
        self._failed: set[Case] = set()
        self._in_a_row = 0
        self._fatal: LlmError | None = None

    async def judge(self, some: Sequence[Case]) -> None:
        """Has claims judged, as many at once as the judge takes. Raises `LlmError`."""
        queue = iter(some)

        async def work() -> None:
            for case in queue:
                if self._fatal is not None:
                    return
                await self._judged(case)
                self._watch.step(case.claim.story)

        await asyncio.gather(*(work() for _ in range(self._bench.seat.concurrency)))
        if self._fatal is not None:
            raise self._fatal

    async def outcome(self, case: Case) -> Outcome:
        """What became of a claim that was judged."""
        score = None
        if case.premise is not None:
            score = 0.0 if case in self._failed else await self._supports(case)
        return Outcome(story=case.claim.story, is_true=case.claim.is_true, score=score)

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
