"""Recognises names by how the articles at hand write them.

The case of a word in a title means nothing, inside a sentence it does: a word that is never written
small is a name ("truecasing" after Lita et al. 2003). So no list of companies grows old here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from aggregator.cluster.similarity.background import RATES
from aggregator.cluster.similarity.terms import terms_of, tokens
from aggregator.english.stemming import uninflected

MIN_CAPITAL_SHARE = 4  # a name is written capital this many times as often as small

_SENTENCE_END = re.compile(r"""[.!?:;|…]["'”’)\]]*\s|[-–—•]\s""")
_NO_NAMES = frozenset(
    (
        "ai ml llm api ceo cto cfo ipo us usa uk eu gpu cpu pc app ui ux it agi faq q&a "
        "tv arr pr vs id"
    ).split()
)


def sentence_tokens(text: str) -> list[tuple[str, ...]]:
    """The words of a text, sentence by sentence."""
    return [tokens(sentence) for sentence in _SENTENCE_END.split(text)]


def title_case(title: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    """The terms of a title's sentences that are written capital, and those written small.

    First words count only because most titles begin with who acts. A title that capitalises most
    of its words says something only of those with capitals inside.
    """
    subject = next((sentence[0] for sentence in title if sentence), "")
    found = [part for sentence in title for word in sentence[1:] for part in _parts(word)]
    shouting = sum(is_capital for _, is_capital, _ in found) > len(found) / 2
    capital = [term for term in terms_of([subject]) if term not in RATES]
    capital += [
        term for term, is_capital, is_inside in found if is_capital and (is_inside or not shouting)
    ]
    return [term for term in capital if term not in _NO_NAMES], [
        term for term, is_capital, _ in found if not is_capital
    ]


def word_case(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms of a word inside a sentence that are written capital, and those written small."""
    capital = tuple(
        term for term, is_capital, _ in _parts(word) if is_capital and term not in _NO_NAMES
    )
    return capital, tuple(term for term, is_capital, _ in _parts(word) if not is_capital)


@lru_cache(maxsize=65_536)
def _parts(word: str) -> tuple[tuple[str, bool, bool], ...]:
    """The terms of a word, each with whether it is written capital, and whether so not only at its
    head.
    """
    found = []
    for part in word.split("-"):
        if part[:1].isalpha():
            is_inside = any(char.isupper() for char in part[1:]) and not part.isupper()
            found.append((uninflected(part), part[0].isupper() or is_inside, is_inside))
    return tuple(found)
