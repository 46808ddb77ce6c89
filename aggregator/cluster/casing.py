"""Which words are names, learned from how the articles at hand write them.

A title in title case tells nothing, but the same word inside a sentence does: what is never written small is a name
("truecasing" after Lita et al. 2003). So no list of companies grows old here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.cluster.background import RATES
from aggregator.cluster.terms import content_terms, stem, tokens

MOSTLY = 4  # a name is written capital this many times as often as small

_SENTENCE_END = re.compile(r"""[.!?:;|…]["'”’)\]]*\s|[-–—•]\s""")
_NO_NAMES = frozenset("ai ml llm api ceo cto cfo ipo us usa uk eu gpu cpu pc app ui ux it agi faq q&a tv arr pr vs id".split())


def cased(title: str, lead: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms written capital and those written small, each as often as it is, where case tells something."""
    capital = [*_subject(title)]
    small = []
    words = list(_inner_words(title))
    shouting = sum(map(_is_capital, words)) > len(words) / 2
    for word in words:
        if not _is_capital(word):
            small.append(stem(word))
        elif not shouting or _has_inner_capital(word):
            capital.append(stem(word))
    for word in _inner_words(lead):
        (capital if _is_capital(word) else small).append(stem(word))
    return tuple(term for term in capital if term not in _NO_NAMES), tuple(small)


def _subject(title: str) -> tuple[str, ...]:
    """The first word of a title, where most name who acts, unless it is a common word."""
    return tuple(term for term in content_terms(" ".join(title.split()[:1])) if term not in RATES)


def _inner_words(text: str) -> Iterator[str]:
    """The words of a text that do not begin a sentence."""
    for sentence in _SENTENCE_END.split(text):
        for word in tokens(sentence)[1:]:
            if "-" in word:
                yield from (part for part in word.split("-") if part[:1].isalpha())
            elif word[0].isalpha():
                yield word


def _is_capital(word: str) -> bool:
    return word[0].isupper() or _has_inner_capital(word)


def _has_inner_capital(word: str) -> bool:
    return not word.islower() and not word.isupper() and any(map(str.isupper, word[1:]))
