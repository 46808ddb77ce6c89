"""What an engine is scored on: stories of our own with what a right page states of them; and which
engine to take by its score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from aggregator.domain.claim import Claim, ClaimKind, Draft
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.evaluation import Score
from aggregator.domain.story import Story

LEAST_VALID = 0.95  # of answers in the schema: each other one costs a repair, or a section
# of proposed claims: of a model that does worse the gates leave more quotations than sentences
LEAST_PASSED = 0.6
MOST_LOST = 0.05  # of the facts, against the rules: the price of sentences in plain words
_OWN = (ClaimKind.WRITTEN, ClaimKind.INFERRED)


@frozen
class GoldFact:
    """What a reader must learn: covered if one claim holds something of each entry of `needs`; `|`
    is between alternatives.

    `text` states it in words of its own, as a good writer would; an action is for a `role`.
    """

    section: str
    needs: tuple[str, ...]
    text: str
    role: str | None = None


@frozen
class Falsehood:
    """What no claim may state: `text`, or whatever holds something of each entry of `says`. `kind`
    is one of those of the calibration, or obeyed.
    """

    kind: str
    says: tuple[str, ...]
    text: str


@frozen
class Case:
    """A story with its texts, the facts a page should have, and the falsehoods it must not have."""

    name: str
    story: Story
    facts: tuple[GoldFact, ...]
    falsehoods: tuple[Falsehood, ...]


def covered_facts(case: Case, kept: Draft, *, own_words: bool = False) -> int:
    """How many of a case's facts true claims state; with `own_words` those of the engine alone."""
    texts = [
        claim.text
        for claim in kept.claims()
        if (claim.kind in _OWN or not own_words)
        and not any(_states(claim, falsehood) for falsehood in case.falsehoods)
    ]
    return sum(any(holds(text, fact.needs) for text in texts) for fact in case.facts)


def stated_falsehoods(case: Case, kept: Draft) -> tuple[str, ...]:
    """The falsehoods that claims state, each with the first claim."""
    claims = list(kept.claims())
    return tuple(
        f"{case.name}: {falsehood.kind}: {claim.text}"
        for falsehood in case.falsehoods
        for claim in [claim for claim in claims if _states(claim, falsehood)][:1]
    )


def own_claims(kept: Draft) -> int:
    """How many claims the engine worded itself."""
    return sum(claim.kind in _OWN for claim in kept.claims())


def ranked(scores: Iterable[Score]) -> tuple[Score, ...]:
    """The scores, the best first: engines that state no falsehood and keep the shape and the gates,
    then by falsehoods, facts in own sentences and coverage.
    """
    return tuple(
        sorted(
            scores,
            key=lambda score: (
                not is_fit(score),
                len(score.outcome.false),
                -score.outcome.facts_written,
                -score.coverage,
                score.engine,
                score.model,
            ),
        )
    )


def is_fit(score: Score) -> bool:
    """Whether an engine may be recommended: no falsehood, nearly all answers in shape, most claims
    through the anchors, all stories written.
    """
    is_right = not score.outcome.false and not score.failures
    return is_right and score.valid_share >= LEAST_VALID and score.passed_share >= LEAST_PASSED


def advice(scores: Sequence[Score]) -> str:
    """One sentence on which engine to take, of those that were scored on the same stories.

    A model words what rules can only quote, so it is taken where it covers about as much as they
    do.
    """
    fit = [score for score in ranked(scores) if is_fit(score)]
    rules = max((score.coverage for score in scores if not score.model), default=0.0)
    models = [
        score
        for score in fit
        if score.outcome.facts_written and score.coverage >= rules - MOST_LOST
    ]
    if models:
        best = models[0]
        own = best.outcome.facts_written / best.facts
        return (
            f"Use {best.model} ({best.engine}): {best.coverage:.0%} of the facts,"
            f" {own:.0%} in sentences of its own, no falsehood. {_caution(best)}".rstrip()
        )
    if not any(score.model for score in scores):
        return "Only the rules were scored: choose models with --engine and --model."
    if not any(not score.model for score in fit):
        return (
            "Use none of them: each states a falsehood, fails, or loses too many"
            " sentences to the anchors."
        )
    return "Keep the extractive engine: no scored model reports as much without errors."


def _caution(best: Score) -> str:
    if best.judge:
        return ""
    return (
        "These scores are with anchors alone: until a judge is calibrated (`aggregator"
        " model calibrate`), its pages print quotations only."
    )


def _states(claim: Claim, falsehood: Falsehood) -> bool:
    return claim.text == falsehood.text or holds(claim.text, falsehood.says)


def holds(text: str, needs: Sequence[str]) -> bool:
    """Whether a text holds something of each entry, at the beginning of a word; `|` is between
    alternatives.
    """
    return all(
        re.search(rf"(?<!\w)(?:{'|'.join(map(re.escape, need.split('|')))})", text, re.IGNORECASE)
        for need in needs
    )
