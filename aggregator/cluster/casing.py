"""Which words are names, learned from how the articles at hand write them.

A title in title case tells nothing, but the same word inside a sentence does: what is never written small is a name
("truecasing" after Lita et al. 2003). So no list of companies grows old here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from aggregator.cluster.background import RATES
from aggregator.cluster.terms import stem, terms_of, tokens

MOSTLY = 4  # a name is written capital this many times as often as small

_SENTENCE_END = re.compile(r"""[.!?:;|…]["'”’)\]]*\s|[-–—•]\s""")
_NO_NAMES = frozenset("ai ml llm api ceo cto cfo ipo us usa uk eu gpu cpu pc app ui ux it agi faq q&a tv arr pr vs id".split())


def sentences(text: str) -> list[tuple[str, ...]]:
    """The words of a text, sentence by sentence."""
    return [tokens(sentence) for sentence in _SENTENCE_END.split(text)]


def cased(title: Iterable[Sequence[str]], lead: Iterable[Sequence[str]]) -> tuple[list[str], list[str]]:
    """The terms written capital and those written small, each as often as it is, where case tells something.

    Title and lead are given as sentences, whose first words tell nothing; but most titles begin with who acts.
    """
    capital: list[str] = []
    small: list[str] = []
    subject = next((sentence[0] for sentence in title if sentence), "")
    capital += [term for term in terms_of([subject]) if term not in RATES]
    in_title = [part for sentence in title for word in sentence[1:] for part in _parts(word)]
    shouting = sum(is_capital for _, is_capital, _ in in_title) > len(in_title) / 2
    for term, is_capital, is_inside in in_title:
        if not is_capital:
            small.append(term)
        elif not shouting or is_inside:
            capital.append(term)
    told = [written for sentence in lead for written in map(_written, sentence[1:])]
    capital += [term for terms, _ in told for term in terms]
    small += [term for _, terms in told for term in terms]
    return [term for term in capital if term not in _NO_NAMES], small


@lru_cache(maxsize=65_536)
def _written(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms of a word that are written capital, and those written small."""
    parts = _parts(word)
    return tuple(term for term, is_capital, _ in parts if is_capital), tuple(
        term for term, is_capital, _ in parts if not is_capital
    )


@lru_cache(maxsize=65_536)
def _parts(word: str) -> tuple[tuple[str, bool, bool], ...]:
    """The terms of a word, each with whether it is written capital, and whether so not only at its head."""
    found = []
    for part in word.split("-"):
        if part[:1].isalpha():
            is_inside = any(char.isupper() for char in part[1:]) and not part.isupper()
            found.append((stem(part), part[0].isupper() or is_inside, is_inside))
    return tuple(found)
