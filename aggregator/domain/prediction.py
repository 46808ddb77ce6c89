"""Predictions and their outcomes, which outlive every analysis."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from aggregator.domain.claim import Citation, Claim, ClaimKind, Implication
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id


class Outcome(StrEnum):
    """The state of a prediction. `due`: its day is over and nobody has recorded an outcome.

    `withdrawn` is one that the operator says should never have been stored; it is shown nowhere.
    """

    OPEN = "open"
    DUE = "due"
    CAME_TRUE = "came_true"
    DID_NOT = "did_not"
    UNDECIDABLE = "undecidable"
    WITHDRAWN = "withdrawn"


SCORED = frozenset({Outcome.CAME_TRUE, Outcome.DID_NOT, Outcome.UNDECIDABLE})


@frozen
class Decision:
    """The outcome that was decided, when, and by what: a passage of a stored article, or an
    address.
    """

    outcome: Outcome
    at: datetime
    citation: Citation | None = None
    url: str = ""
    note: str = ""

    @property
    def claim(self) -> Claim | None:
        """The passage that decided, as a sentence to be shown."""
        if self.citation is None:
            return None
        return Claim(text=self.citation.quote, kind=ClaimKind.EXTRACTED, citations=(self.citation,))


@frozen
class Prediction:
    """An implication as it was stored at `noted`; `story_id` is the story that has its source now.

    `is_due` is as of the last run: pages have no clock.
    """

    id: str
    story_id: str
    noted: datetime
    implication: Implication
    is_due: bool = False
    decision: Decision | None = None

    def citations(self) -> tuple[Citation, ...]:
        """What it rests on, then what decided it."""
        decided = self.decision.citation if self.decision else None
        return (
            (*self.implication.claim.citations, decided)
            if decided
            else self.implication.claim.citations
        )

    @property
    def outcome(self) -> Outcome:
        """How it stands."""
        if self.decision:
            return self.decision.outcome
        return Outcome.DUE if self.is_due else Outcome.OPEN


def without_repeats(predictions: Iterable[Prediction]) -> tuple[Prediction, ...]:
    """The predictions without those of an event that another of their story predicts: what a
    source states and what was inferred from the same passage for the same day. A settled one
    stays, else the first.
    """
    several = tuple(predictions)
    kept: list[Prediction] = []
    for prediction in sorted(several, key=lambda one: one.outcome not in SCORED):
        if not any(_foretell_the_same(prediction, other) for other in kept):
            kept.append(prediction)
    return tuple(prediction for prediction in several if prediction in kept)


def _foretell_the_same(one: Prediction, other: Prediction) -> bool:
    passages = [
        {citation.passage for citation in prediction.implication.claim.citations}
        for prediction in (one, other)
    ]
    kinds = {prediction.implication.claim.kind for prediction in (one, other)}
    return (
        len(kinds) > 1
        and one.story_id == other.story_id
        and one.implication.horizon == other.implication.horizon
        and not passages[0].isdisjoint(passages[1])
    )


def prediction_id(implication: Implication) -> str:
    """The id of an implication: the same for the same words, passages and day, whatever story or
    run it comes from.
    """
    passages = "\n".join(citation.passage for citation in implication.claim.citations)
    return stable_id(f"{passages}\n{implication.claim.text}\n{implication.horizon.isoformat()}")
