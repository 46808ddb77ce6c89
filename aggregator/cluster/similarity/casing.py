"""Recognises names by how the articles at hand write them.

The case of a word in a title means nothing, inside a sentence it does: a word that is never written
small is a name ("truecasing" after Lita et al. 2003). So no list of companies grows old here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from aggregator.cluster.similarity.terms import tokens
from aggregator.english.stemming import uninflected

MIN_CAPITAL_SHARE = 4  # a name is written capital this many times as often as small

_SENTENCE_END = re.compile(r"""(?:[.!?:;|…]["'”’)\]]*|[-–—•])\Z""")
NO_NAMES = frozenset(
    (
        "ai ml llm api ceo cto cfo ipo us usa uk eu gpu cpu pc app ui ux it agi faq q&a "
        "tv arr pr vs id"
    ).split()
)


class WordCase(NamedTuple):
    """The terms of a word inside a sentence that are written capital, those of them with capitals
    not only at their heads, and those written small. `loudness` is by how many more of its parts
    are written capital than small, abbreviations that are no names ("AI") included.
    """

    capital: tuple[str, ...]
    inside: tuple[str, ...]
    small: tuple[str, ...]
    loudness: int


def sentence_tokens(text: str) -> list[list[str]]:
    """The words of a text, sentence by sentence."""
    sentences: list[list[str]] = [[]]
    for words, is_last in map(run_tokens, text.split()):
        sentences[-1].extend(words)
        if is_last:
            sentences.append([])
    return sentences


def run_tokens(run: str) -> tuple[tuple[str, ...], bool]:
    """The words of a run of characters without white space, and whether a sentence ends with it."""
    return tokens(run), bool(_SENTENCE_END.search(run))


def word_case(word: str) -> WordCase:
    """How a word inside a sentence is written."""
    parts = _parts(word)
    capital = [(term, is_inside) for term, is_capital, is_inside in parts if is_capital]
    names = [(term, is_inside) for term, is_inside in capital if term not in NO_NAMES]
    return WordCase(
        capital=tuple(term for term, _ in names),
        inside=tuple(term for term, is_inside in names if is_inside),
        small=tuple(term for term, is_capital, _ in parts if not is_capital),
        loudness=2 * len(capital) - len(parts),
    )


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
