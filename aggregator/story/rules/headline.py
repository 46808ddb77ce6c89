"""How much of a headline a sentence has: names, figures and verbs, whatever form they take in
it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from aggregator.english.lexical import stems

_GENERIC = frozenset({"ai"})  # is in every headline
_JOINTS = re.compile(r"[-–—/]")
_SHORTEST = 4  # letters in common of "Iran" and "Iranian"


def shared_words(headline: str, text: str) -> int:
    """How many of the content words of a headline stand in a text, in any form."""
    parts = _parts(text)
    return sum(any(_is_akin(word, part) for part in parts) for word in _parts(headline))


def shared_part(headline: str, text: str) -> float:
    """The share of them that do."""
    return shared_words(headline, text) / (len(_parts(headline)) or 1)


@lru_cache(maxsize=512)
def _parts(text: str) -> frozenset[str]:
    """The stems of its content words, of compounds those of each part."""
    return stems(_JOINTS.sub(" ", text)) - _GENERIC


def _is_akin(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _SHORTEST and longer.startswith(shorter))
