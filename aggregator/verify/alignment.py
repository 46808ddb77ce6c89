"""Texts read as sentences of folded words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from aggregator.english.stemming import stem
from aggregator.english.text import sentences
from aggregator.english.vocabulary import FUNCTION_WORDS


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark at `start`: as it stands in lower case, and its stem, empty where it carries
    no content.
    """

    word: str
    stem: str
    start: int


@dataclass(frozen=True, eq=False)
class Sentence:
    """A sentence with its tokens; `before` are the sentences of its text that precede it. Read
    once, so known by identity.
    """

    text: str
    tokens: tuple[Token, ...]
    before: tuple[str, ...] = ()

    @cached_property
    def content(self) -> frozenset[str]:
        """The stems that carry content."""
        return frozenset(token.stem for token in self.tokens if token.stem)


@lru_cache(maxsize=512)
def read(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text with their tokens, in order."""
    found = sentences(text)
    return tuple(
        Sentence(sentence, _tokens(sentence), found[:n]) for n, sentence in enumerate(found)
    )


_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[;:,()—–]|(?<=\s)-+(?=\s)")
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}")


@lru_cache(maxsize=1024)
def _tokens(text: str) -> tuple[Token, ...]:
    plain = _DOTTED.sub(
        lambda match: match[0].replace(".", "").ljust(len(match[0])), text
    )  # places stay what they were
    return tuple(_token(match) for match in _TOKEN.finditer(plain))


def _token(match: re.Match[str]) -> Token:
    word = match[0].casefold().replace("’", "'").removesuffix("'s")
    carries = word[0].isdigit() or (
        word[0].isalpha() and word not in FUNCTION_WORDS and "'" not in word
    )
    return Token(word, stem(word.replace(",", "")) if carries else "", match.start())
