"""The content words of a sentence, folded so that two wordings can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

from aggregator.english.stemming import stem
from aggregator.english.text import words
from aggregator.english.vocabulary import FUNCTION_WORDS

_NO_CONTENT = FUNCTION_WORDS | {"", "said", "says"}
_AS_FULL = 0.75  # of the words that the fullest text has of a statement: it reports the same
_Word = TypeVar("_Word")  # a word, or the hash of one

# The past forms that no ending shows, as a pattern. `trimming` takes fewer for the verb of a
# clause.
PAST_FORMS = "|".join(
    "was were had did said told became began bought broke brought built came chose cut drew drove"
    " fell flew fought found gave got grew held hit kept knew led left let lost made met paid put"
    " ran rose saw sent set shot shut sold spent spoke stole stood struck taught threw took went"
    " withdrew won wrote".split()
)


@lru_cache(maxsize=2048)
def content_words(text: str) -> frozenset[str]:
    """The words of a text without function words, lower-case, without possessive or plural s (a
    crude stem).
    """
    return frozenset(_folded(word) for word in words(text)) - _NO_CONTENT


@lru_cache(maxsize=2048)
def stems(text: str) -> frozenset[str]:
    """The stems of a text's content words."""
    return frozenset(map(stem, content_words(text)))


def subject_stems(text: str) -> frozenset[str]:
    """The stems of a text's content words without those that hold a figure."""
    return frozenset(stem(word) for word in content_words(text) if not any(map(str.isdigit, word)))


def overlap(left: frozenset[_Word], right: frozenset[_Word]) -> float:
    """Overlap coefficient: the share of the smaller set that the larger holds."""
    smaller = min(len(left), len(right))
    return len(left & right) / smaller if smaller else 0.0


def carrying(own: frozenset[_Word], parts: Mapping[int, frozenset[_Word]]) -> list[int]:
    """Of some texts, by their words, the numbers of those that carry a statement with these own
    words, the fullest first: what has a word of it that the fuller ones lack, and what has nearly
    as much of it as the fullest, so reports the same. What has no word of it is left out.
    """
    shared = {number: own & parts[number] for number in parts}
    kept: list[int] = []
    for number in sorted(shared, key=lambda each: -len(shared[each])):
        is_more = shared[number].difference(*(shared[each] for each in kept))
        if is_more or len(shared[number]) >= max(1, _AS_FULL * len(shared[(kept or [number])[0]])):
            kept.append(number)
    return kept


def _folded(word: str) -> str:
    plain = word.lower().removesuffix("'s").removesuffix("’s")
    return (
        plain[:-1] if len(plain) > 4 and plain.endswith("s") and not plain.endswith("ss") else plain
    )
