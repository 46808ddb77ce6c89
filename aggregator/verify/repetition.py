"""Repetition: a claim that tells what one before it told."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.english.lexical import content_words

# share of a claim's content words in one earlier claim above which it adds nothing; test_repetition
# would notice
_TOLD = 0.7
_WHOLE, _MOSTLY = (
    0.9,
    0.6,
)  # of an earlier claim that stands in this one, and of this one that it makes up


def is_repeated(text: str, before: Sequence[str]) -> bool:
    """Whether one of the earlier texts has nearly all the content of this one, or stands in it
    whole with little added.
    """
    own = content_words(text)
    return bool(own) and any(_tells(own, content_words(earlier)) for earlier in before)


def _tells(own: frozenset[str], before: frozenset[str]) -> bool:
    shared = len(own & before)
    return shared >= _TOLD * len(own) or (
        shared >= _WHOLE * len(before) and shared >= _MOSTLY * len(own)
    )
