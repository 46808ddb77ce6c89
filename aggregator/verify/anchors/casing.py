"""How an archive writes a word inside its sentences: capital or small.

A capital at the start of a sentence tells nothing; what the same word looks like elsewhere does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from aggregator.english.text import sentences
from aggregator.verify.wording import is_title_case

Casing = Mapping[str, tuple[int, int]]  # a word in lower case: times written capital, times small

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")


def casing_of(texts: Iterable[str]) -> dict[str, tuple[int, int]]:
    """How often the texts write each word capital and small, first words of sentences and titles
    in title case left out.
    """
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for sentence in (sentence for text in texts for sentence in sentences(text)):
        if is_title_case(sentence):
            continue
        for word in _WORD.findall(sentence)[1:]:
            counts = capital if word[0].isupper() else small
            counts[_POSSESSIVE.sub("", word).lower()] += 1
    return {word: (capital[word], small[word]) for word in capital.keys() | small.keys()}


def is_written_as_name(word: str, *tables: Casing) -> bool:
    """Whether the tables together write a word capital inside sentences, and oftener than small."""
    counts = [table.get(word.lower(), (0, 0)) for table in tables]
    return sum(capital for capital, _ in counts) > sum(small for _, small in counts)
