"""What an engine is scored on: stories of our own with what a right page states of them, and its
score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator.domain.claim import Claim, ClaimKind, Draft
from aggregator.domain.story import Story

LEAST_VALID = 0.95  # of answers in the schema: each other one costs a repair, or a section
# of proposed claims: of a model that does worse the gates leave more quotations than sentences
LEAST_PASSED = 0.6
MOST_LOST = 0.05  # of the facts, against the rules: the price of sentences in plain words
_OWN = (ClaimKind.WRITTEN, ClaimKind.INFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldFact:
    """What a reader must learn: covered if one claim holds something of each entry of `needs`; `|`
    is between alternatives.
    """

    section: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """What no claim may say, in the same form; `kind` is obeyed, mixed or unknown."""

    kind: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A story with its texts, the facts a page should have, and those it must not have."""

    name: str
    story: Story
    facts: tuple[GoldFact, ...]
    traps: tuple[Trap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score of an engine. Tokens are those that a server evaluated and wrote; `seconds` are
    wall-clock time.

    `calls` are questions, repairs included, `unusable` their answers out of shape. Of the claims
    `proposed`, `refused` did not pass the gates (mere repetition is not counted); `own` are those
    in the engine's own words. `sprung` names the traps, `failures` the stories that it did not
    write.
    """

    engine: str
    model: str
    digest: str
    stories: int
    calls: int
    unusable: int
    proposed: int
    refused: int
    own: int
    facts: int
    facts_told: int
    traps: int
    sprung: tuple[str, ...]
    read_tokens: int
    written_tokens: int
    seconds: float
    failures: tuple[str, ...] = ()

    @property
    def valid_share(self) -> float:
        """The share of answers that were in the schema; 1 where nothing was asked."""
        return 1.0 - self.unusable / self.calls if self.calls else 1.0

    @property
    def passed_share(self) -> float:
        """The share of a model's claims that the gates let pass; 1 where it proposed none."""
        return 1.0 - self.refused / self.proposed if self.proposed else 1.0

    @property
    def coverage(self) -> float:
        """The share of gold facts that some claim states."""
        return self.facts_told / self.facts if self.facts else 1.0


def covered_facts(case: Case, kept: Draft) -> int:
    """How many of a case's facts the claims state."""
    texts = [claim.text for claim in kept.claims()]
    return sum(any(holds(text, fact.needs) for text in texts) for fact in case.facts)


def sprung_traps(case: Case, kept: Draft) -> tuple[str, ...]:
    """The traps that claims spring, each with the claim."""
    claims = list(kept.claims())
    return tuple(
        f"{case.name}: {trap.kind}: {claim.text}"
        for trap in case.traps
        for claim in _first(claims, trap.says)
    )


def own_claims(kept: Draft) -> int:
    """How many claims the engine worded itself."""
    return sum(claim.kind in _OWN for claim in kept.claims())


def ranked(scores: Iterable[Score]) -> tuple[Score, ...]:
    """The scores, the best first: engines that spring no trap and keep the shape and the gates,
    then by coverage.
    """
    return tuple(
        sorted(
            scores,
            key=lambda score: (
                not is_fit(score),
                len(score.sprung),
                -score.coverage,
                -score.own,
                score.engine,
                score.model,
            ),
        )
    )


def is_fit(score: Score) -> bool:
    """Whether an engine may be recommended: no trap, nearly all answers in shape, most claims
    through the gates, all stories written.
    """
    is_sound = not score.sprung and not score.failures
    return is_sound and score.valid_share >= LEAST_VALID and score.passed_share >= LEAST_PASSED


def advice(scores: Sequence[Score]) -> str:
    """One sentence on which engine to take, of those that were scored on the same stories.

    A model words what rules can only quote, so it is taken where it covers about as much as they
    do.
    """
    fit = [score for score in ranked(scores) if is_fit(score)]
    rules = max((score.coverage for score in scores if not score.model), default=0.0)
    models = [score for score in fit if score.model and score.coverage >= rules - MOST_LOST]
    if models:
        best = models[0]
        return (
            f"Take {best.model} ({best.engine}): {best.coverage:.0%} of the facts, {best.own}"
            " sentences of its own, no trap."
        )
    if not any(score.model for score in scores):
        return "Only the rules were scored: name models with --engine and --model."
    if not any(not score.model for score in fit):
        return (
            "None of them may be taken: each springs a trap, fails, or loses too much at the gates."
        )
    return "Stay with the extractive engine: no model that was scored tells as much, safely."


def _first(claims: Sequence[Claim], says: Sequence[str]) -> Sequence[Claim]:
    return [claim for claim in claims if holds(claim.text, says)][:1]


def holds(text: str, needs: Sequence[str]) -> bool:
    """Whether a text holds something of each entry, at the beginning of a word; `|` is between
    alternatives.
    """
    return all(
        re.search(rf"(?<!\w)(?:{'|'.join(map(re.escape, need.split('|')))})", text, re.IGNORECASE)
        for need in needs
    )
