"""What a model predicts, as far as it can be judged: a day that is ahead and near,
and something that happens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from aggregator.domain.claim import Implication, Rejection
from aggregator.domain.dates import date_mentions
from aggregator.english.lexical import content_words, overlap
from aggregator.english.text import sentences
from aggregator.story.rules.commitment import is_led, last_day, looks_ahead

_MOST = 2  # of one story
_FARTHEST = timedelta(days=3 * 366)  # who predicts more than three years guesses
# share of content words that a prediction has in common with the sentence that gives its day
_SAME_MATTER = 0.5
_ALIKE = 0.6  # share of content words from which on two sentences predict the same
_SPECIFIC = re.compile(r"(?<!^)\b[A-Z]|\d")
_VAGUE = re.compile(
    r"\b(?:increasing\w*|more and more|growing\w*|continu\w+|evolv\w+|over time|sooner or later|"
    r"in (?:the )?(?:near |long )?(?:future|term|run)|trends?|likely|potential\w*|may|might|"
    r"could|further|improv\w+|enhanc\w+|impact\w*|shape\w*|influenc\w+)\b",
    re.IGNORECASE,
)


def grounded(implication: Implication, cited: Sequence[tuple[str, date]]) -> Implication | None:
    """The prediction with the last day that its sources' own date can mean; None where no sentence
    of theirs has one.

    `cited` are the passages that it cites, each with the day of its report. The date must stand in
    a sentence that looks ahead and speaks of the same: a model takes the day from the next
    sentence, or invents one, and would be held against nobody's word.
    """
    text = implication.claim.text
    own = {
        last_day(text, mention)
        for _, published in cited
        for mention in date_mentions(text, published)
    }
    ahead = [
        (mention.day, last_day(sentence, mention))
        for passage, published in cited
        for sentence in sentences(passage)
        if looks_ahead(sentence)
        and overlap(content_words(text), content_words(sentence)) >= _SAME_MATTER
        for mention in date_mentions(sentence, published)
        if is_led(sentence, mention) and mention.day > published
    ]
    named = [last for _, last in ahead if last in own] or [
        last for first, last in ahead if first <= implication.horizon <= last
    ]
    days = named or ([] if own else [last for _, last in ahead])
    return replace(implication, horizon=days[0]) if len(set(days)) == 1 else None


def unfalsifiable(implication: Implication, reported: date) -> Rejection | None:
    """Why a prediction cannot be held against anybody: no day ahead of the last report, or nothing
    that happens, with a name or a figure in it or in its sign.
    """
    if not reported < implication.horizon <= reported + _FARTHEST:
        return Rejection.DATE
    text, sign = implication.claim.text, implication.sign
    is_specific = _SPECIFIC.search(text) or _SPECIFIC.search(sign)
    return Rejection.PHRASE if _VAGUE.search(text) or not is_specific else None


def joined(own: Sequence[Implication], by_rules: Sequence[Implication]) -> tuple[Implication, ...]:
    """What the sources predict, then what a model does that they do not, at most two."""
    kept = list(by_rules)
    for implication in own:
        words = content_words(implication.claim.text)
        if not any(overlap(words, content_words(other.claim.text)) >= _ALIKE for other in kept):
            kept.append(implication)
    return tuple(kept[:_MOST])
