"""Repetition: a claim that tells what one before it told."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.domain.lexical import content_words

_TOLD = 0.7  # share of a claim's content words in one earlier claim above which it adds nothing; test_repetition would notice


def is_repeated(text: str, told: Sequence[str]) -> bool:
    """Whether one of the earlier texts has nearly all the content of this one. A longer telling of the same may add to it."""
    own = content_words(text)
    return bool(own) and any(len(own & content_words(each)) >= _TOLD * len(own) for each in told)
