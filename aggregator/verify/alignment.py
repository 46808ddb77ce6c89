"""Alignment: texts read as sentences of folded words, and the sentence of the evidence that a
claim's sentence retells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from aggregator.english.lexical import stem
from aggregator.english.text import sentences
from aggregator.verify.wording import FUNCTION_WORDS

# share of a claim's content words that a sentence must have to be the one retold; test_polarity
# would notice
ALIGNED = 0.5


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A sentence of the evidence, and the share of the claim's content words that it has."""

    sentence: Sentence
    share: float


@lru_cache(maxsize=512)
def read(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text with their tokens, in order."""
    found = sentences(text)
    return tuple(
        Sentence(sentence, _tokens(sentence), found[:n]) for n, sentence in enumerate(found)
    )


def read_all(texts: Sequence[str]) -> tuple[Sentence, ...]:
    """The sentences of several texts in order."""
    return tuple(sentence for text in texts for sentence in read(text))


def aligned(own: Sentence, evidence: Sequence[Sentence]) -> tuple[Aligned, ...]:
    """The sentences that share content with `own`, the best first; among equals the one with least
    else in it, then the first.
    """
    shares = (
        (share_of(own.content, sentence.content), n, sentence)
        for n, sentence in enumerate(evidence)
    )
    ranked = sorted(
        ((-share, len(sentence.content), n, sentence) for share, n, sentence in shares if share),
        key=lambda sentence: sentence[:3],
    )
    return tuple(Aligned(sentence=sentence, share=-share) for share, _, _, sentence in ranked)


def share_of(own: frozenset[str], other: frozenset[str]) -> float:
    """The share of `own` that `other` holds, 0 where there is nothing to share."""
    return len(own & other) / len(own) if own else 0.0


def clause(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    """The bounds of the clause around a token: between marks, and the conjunctions that turn a
    sentence.
    """
    start = next((n + 1 for n in range(place - 1, -1, -1) if tokens[n].word in _BOUNDS), 0)
    end = next((n for n in range(place + 1, len(tokens)) if tokens[n].word in _BOUNDS), len(tokens))
    return start, end


_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[;:,()—–]|(?<=\s)-+(?=\s)")
_BOUNDS = frozenset(
    {*';:,()—–“”"', "but", "while", "whereas", "although", "though", "because", "despite"}
)
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
