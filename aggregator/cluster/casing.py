"""Which words are names, learned from how the articles at hand write them.

A title in title case tells nothing, but the same word inside a sentence does: what is never written small is a name
("truecasing" after Lita et al. 2003). So no list of companies grows old here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from aggregator.cluster.background import RATES
from aggregator.cluster.terms import content_terms, stem, tokens

_SENTENCE_END = re.compile(r"""[.!?:;|…]["'”’)\]]*$|[-–—•]$""")
_MOSTLY = 4  # times as often capital as small
_NO_NAMES = frozenset("ai ml llm api ceo cto cfo ipo us usa uk eu gpu cpu pc app ui ux it agi faq q&a tv arr pr vs id".split())


def name_terms(titles: Iterable[str], leads: Iterable[str]) -> frozenset[str]:
    """The terms that these texts use as names."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in leads:
        for word in _inner_words(text):
            (capital if _is_capital(word) else small)[stem(word)] += 1
    for title in titles:
        capital.update(_subject(title))
        words = list(_inner_words(title))
        shouting = sum(_is_capital(word) for word in words) > len(words) / 2
        for word in words:
            if not _is_capital(word):
                small[stem(word)] += 1
            elif not shouting or _has_inner_capital(word):
                capital[stem(word)] += 1
    return frozenset(term for term, count in capital.items() if count >= _MOSTLY * small[term] and term not in _NO_NAMES)


def _subject(title: str) -> tuple[str, ...]:
    """The first word of a title, where most name who acts, unless it is a common word."""
    return tuple(term for term in content_terms(" ".join(title.split()[:1])) if term not in RATES)


def _inner_words(text: str) -> Iterator[str]:
    """The words of a text that do not begin a sentence."""
    begins = True
    for piece in text.split():
        for word in tokens(piece):
            if not begins:
                yield from (part for part in word.split("-") if part[:1].isalpha())
            begins = False
        begins = begins or bool(_SENTENCE_END.search(piece))


def _is_capital(word: str) -> bool:
    return word[0].isupper() or _has_inner_capital(word)


def _has_inner_capital(word: str) -> bool:
    return any(char.isupper() for char in word[1:]) and not word.isupper()
