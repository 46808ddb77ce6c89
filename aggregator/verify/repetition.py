"""Repetition: a claim that states what one before it stated."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.english.lexical import content_words

# share of a claim's content words in one earlier claim above which it adds nothing; test_repetition
# would notice
_SAME_SHARE = 0.7
_WHOLE, _MOSTLY = (
    0.9,
    0.6,
)  # of an earlier claim that stands in this one, and of this one that it makes up


def is_repeated(text: str, before: Sequence[str]) -> bool:
    """Whether one of the earlier texts has nearly all the content of this one, or stands in it
    whole with little added.
    """
    own = content_words(text)
    return bool(own) and any(_repeats(own, content_words(earlier)) for earlier in before)


def _repeats(own: frozenset[str], before: frozenset[str]) -> bool:
    shared = len(own & before)
    return shared >= _SAME_SHARE * len(own) or (
        shared >= _WHOLE * len(before) and shared >= _MOSTLY * len(own)
    )
