"""A judge with its memory: what it said of a statement before is not asked again."""

from __future__ import annotations

import hashlib
import json

from aggregator.domain.frozen import frozen
from aggregator.ports import Clock, JudgeSeat
from aggregator.store.database import Database
from aggregator.store.writing.models import keep_verdict, kept_verdict
from aggregator.verify.judge.premise import statements


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
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()
