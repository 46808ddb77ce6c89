"""What a model foretells, as far as it can be told right or wrong: a day that is ahead and near, and something that happens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from aggregator.domain.claim import Implication, Rejection
from aggregator.domain.lexical import content_words, overlap

_MOST = 3  # of one story
_FARTHEST = timedelta(days=3 * 366)  # who foretells more than three years guesses
_ALIKE = 0.6  # share of content words from which on two sentences foretell the same
_SPECIFIC = re.compile(r"(?<!^)\b[A-Z]|\d")
_VAGUE = re.compile(
    r"\b(?:increasing\w*|more and more|growing\w*|continu\w+|evolv\w+|over time|sooner or later|in (?:the )?(?:near |long )?"
    r"(?:future|term|run)|trends?|likely|potential\w*|may|might|could|further|improv\w+|enhanc\w+|impact\w*|shape\w*|influenc\w+)\b",
    re.IGNORECASE,
)


def unfalsifiable(foretold: Implication, reported: date) -> Rejection | None:
    """Why a prediction cannot be held against anybody: no day ahead of the last report, or nothing that happens."""
    if not reported < foretold.horizon <= reported + _FARTHEST:
        return Rejection.DATE
    text = foretold.claim.text
    return Rejection.PHRASE if _VAGUE.search(text) or not _SPECIFIC.search(text) else None


def joined(own: Sequence[Implication], by_rules: Sequence[Implication]) -> tuple[Implication, ...]:
    """What the sources foretell, then what a model does that they do not, at most three."""
    kept = list(by_rules)
    for each in own:
        words = content_words(each.claim.text)
        if not any(overlap(words, content_words(other.claim.text)) >= _ALIKE for other in kept):
            kept.append(each)
    return tuple(kept[:_MOST])
