"""Which words are names, learned from how the articles at hand write them.

A title in title case tells nothing, but the same word inside a sentence does: what is never written small is a name
("truecasing" after Lita et al. 2003). So no list of companies grows old here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from aggregator.cluster.background import RATES
from aggregator.cluster.terms import content_terms, stem, tokens

MOSTLY = 4  # a name is written capital this many times as often as small

_SENTENCE_END = re.compile(r"""[.!?:;|…]["'”’)\]]*\s|[-–—•]\s""")
_NO_NAMES = frozenset("ai ml llm api ceo cto cfo ipo us usa uk eu gpu cpu pc app ui ux it agi faq q&a tv arr pr vs id".split())


def cased(title: str, lead: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms written capital and those written small, each as often as it is, where case tells something."""
    capital = [*_subject(title)]
    small: list[str] = []
    in_title = list(_inner_words(title))
    shouting = sum(is_capital for _, is_capital, _ in in_title) > len(in_title) / 2
    for term, is_capital, is_inside in in_title:
        if not is_capital:
            small.append(term)
        elif not shouting or is_inside:
            capital.append(term)
    for term, is_capital, _ in _inner_words(lead):
        (capital if is_capital else small).append(term)
    return tuple(term for term in capital if term not in _NO_NAMES), tuple(small)


def _subject(title: str) -> tuple[str, ...]:
    """The first word of a title, where most name who acts, unless it is a common word."""
    return tuple(term for term in content_terms(" ".join(title.split()[:1])) if term not in RATES)


def _inner_words(text: str) -> Iterator[tuple[str, bool, bool]]:
    """The words of a text that do not begin a sentence: term, whether written capital, and whether so not only at its head."""
    for sentence in _SENTENCE_END.split(text):
        for word in tokens(sentence)[1:]:
            yield from _parts(word)


@lru_cache(maxsize=65_536)
def _parts(word: str) -> tuple[tuple[str, bool, bool], ...]:
    found = []
    for part in word.split("-"):
        if part[:1].isalpha():
            is_inside = any(char.isupper() for char in part[1:]) and not part.isupper()
            found.append((stem(part), part[0].isupper() or is_inside, is_inside))
    return tuple(found)
