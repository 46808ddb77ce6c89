"""Names in headlines that no registry lists, told by how they are written: capital within a
sentence, or with a capital or figure inside a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from aggregator.cluster.similarity.background import RATES
from aggregator.cluster.similarity.casing import sentence_tokens, word_case
from aggregator.english.stemming import uninflected

_SHORTEST = 4  # letters: shorter ones are abbreviations of many things


def headline_names(headlines: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The names in these headlines as written, in order of the alphabet, but the words in `known`
    and those common in all news. Of a headline that capitalises most of its words only those with
    capitals inside count; a first word never does, nor a compound ("Test-Time").
    """
    barred = {uninflected(word) for word in known}
    found: dict[str, str] = {}
    for headline in headlines:
        for word in _names(headline):
            if uninflected(word) not in barred and uninflected(word) not in RATES:
                found.setdefault(uninflected(word), word)
    return tuple(sorted(found.values()))


def _names(headline: str) -> list[str]:
    words = [word for sentence in sentence_tokens(headline) for word in sentence[1:]]
    capital = [word for word in words if word_case(word)[0]]
    is_shouting = 2 * len(capital) > len(words)
    return [
        word.removesuffix("'s")
        for word in capital
        if len(word) >= _SHORTEST and "-" not in word and (not is_shouting or _is_coined(word))
    ]


def _is_coined(word: str) -> bool:
    """Whether a word is written as no word of the language is: "OpenClaw", "Qwen3"."""
    return word[0].isupper() and not word.isupper() and any(map(str.isupper, word[1:]))
