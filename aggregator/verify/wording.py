"""The words of a text, folded so that names and versions can be compared as sequences of words.

"Llama-3.1-8B", "Llama 3.1 8B" and "llama_3.1_8b" fold to one form; "GPT-5.2" and "GPT-5" do not.
For the anchors, texts are read as sentences of folded words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregator.english.lexical import stem
from aggregator.english.text import sentences
from aggregator.english.vocabulary import FUNCTION_WORDS

_DOTTED = re.compile(r"\b[A-Z](?:\.[A-Z])+\b\.?")
_SLUG_VERSION = re.compile(r"(?<=[A-Za-z]-)(\d{1,2})-(\d{1,2})(?![\w.])")
_PLURAL = re.compile(r"(?:(?<=[A-Z]{2})|(?<=\d))s\b")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d[^\W_]*(?:[.,]\d[^\W_]*)*")
_POSSESSIVE = re.compile(r"['’]s(?= )")
_VERSION_MARK = re.compile(r"\b(?:[vV]|[Vv]ersion )(?=\d)")
_TITLE_WORD = re.compile(r"(?<![\w'’])[^\W\d_]{4,}")

# Verbs that begin what a reader should do: no names there, and verbs all the same.
ACTION_VERBS = frozenset(
    "add adopt apply ask audit avoid back backup block budget check choose compare configure"
    " confirm consider contact delete deploy disable download enable ensure evaluate expect explore"
    " file find fix follow hold install investigate join limit measure migrate monitor move pin"
    " plan prepare protect provide read register remove replace request restrict review rotate run"
    " scan set sign start stop subscribe switch test train try update upgrade use validate verify"
    " wait watch".split()
)

Casing = Mapping[str, tuple[int, int]]  # a word in lower case: times written capital, times small

_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OWNED = re.compile(r"['’]s$")


@lru_cache(maxsize=512)
def wording(text: str) -> str:
    """The words in lower case, one space before, between and after them, so that `in` compares
    whole words.

    Letters and the digits behind them are apart ("h 100", "gpt 5.2"), hyphens and punctuation are
    gone, as are possessives, the plural of acronyms, the dots of "U.S." and the mark of a version
    ("v3" is "3").
    """
    plain = _VERSION_MARK.sub(
        "", _PLURAL.sub("", _SLUG_VERSION.sub(r"\1.\2", _DOTTED.sub(_undotted, text)))
    )
    folded = f" {' '.join(_WORD.findall(plain))} ".casefold()
    return _POSSESSIVE.sub("", folded).replace("’", "'")


def is_title_case(text: str) -> bool:
    """Whether the Words of a Text Are Written Like This: there, capitals say nothing about
    names.
    """
    content = [word for word in _TITLE_WORD.findall(text) if word.lower() not in FUNCTION_WORDS]
    return len(content) >= 3 and not any(word.islower() for word in content)


def _undotted(match: re.Match[str]) -> str:
    return match[0].replace(".", "") + " "


def casing_of(texts: Iterable[str]) -> dict[str, tuple[int, int]]:
    """How often the texts write each word capital and small, first words of sentences and titles
    in title case left out.
    """
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for sentence in (sentence for text in texts for sentence in sentences(text)):
        if is_title_case(sentence):
            continue
        for word in _LETTERS.findall(sentence)[1:]:
            counts = capital if word[0].isupper() else small
            counts[_OWNED.sub("", word).lower()] += 1
    return {word: (capital[word], small[word]) for word in capital.keys() | small.keys()}


def is_written_as_name(word: str, *tables: Casing) -> bool:
    """Whether the tables together write a word capital inside sentences, and oftener than small."""
    capital, small = _written(word, tables)
    return capital > small


def is_written_small(word: str, *tables: Casing) -> bool:
    """Whether the tables together write a word small, and oftener than capital."""
    capital, small = _written(word, tables)
    return small > capital


def _written(word: str, tables: Sequence[Casing]) -> tuple[int, int]:
    counts = [table.get(word.lower(), (0, 0)) for table in tables]
    return sum(capital for capital, _ in counts), sum(small for _, small in counts)


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


@lru_cache(maxsize=512)
def read(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text with their tokens, in order."""
    found = sentences(text)
    return tuple(
        Sentence(sentence, _tokens(sentence), found[:n]) for n, sentence in enumerate(found)
    )


_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[;:,()—–]|(?<=\s)-+(?=\s)")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")


@lru_cache(maxsize=1024)
def _tokens(text: str) -> tuple[Token, ...]:
    # places stay what they were
    plain = _INITIALS.sub(lambda match: match[0].replace(".", "").ljust(len(match[0])), text)
    return tuple(_token(match) for match in _TOKEN.finditer(plain))


def _token(match: re.Match[str]) -> Token:
    word = match[0].casefold().replace("’", "'").removesuffix("'s")
    if word[0].isdigit():
        return Token(word, word.replace(",", ""), match.start())
    carries = word[0].isalpha() and word not in FUNCTION_WORDS and "'" not in word
    return Token(word, stem(word) if carries else "", match.start())
