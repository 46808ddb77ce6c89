"""What is known of the words that were read. Each different word is looked at once, however often
it stands somewhere: a text is split at white space, and each run of characters has its number.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import TypeVar

import numpy as np

from aggregator.cluster.similarity.background import RATES
from aggregator.cluster.similarity.casing import NO_NAMES, run_tokens, word_case
from aggregator.cluster.similarity.numbered import Flags, Ints, Numbered, Parts
from aggregator.cluster.similarity.terms import token_terms

Values = TypeVar("Values", Flags, Ints)

COLUMNS = 2**20
_MOST_RUNS = 131_072  # that differ; 0.5 kB each


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words(Numbered):
    """Words, and which of them begin a sentence."""

    begins: Flags


class Lexicon:
    """The runs and words of all texts that were read, by number, and what the words stand for:
    the columns of their terms, of those that name who acts where they begin a title, and of those
    written capital, with capitals inside, and small. `loudness` is as `WordCase` has it, `hashes`
    are of the words in small letters.
    """

    def __init__(self) -> None:
        self._runs, self._words = _numbers(), _numbers()
        self._words_of, self._is_last = Parts(), np.array([], dtype=bool)
        self.names: list[str] = []
        self.numbers: list[str] = []
        self.has_name = self.is_number = np.array([], dtype=bool)
        self.columns, self.subjects = Parts(), Parts()
        self.capital, self.inside, self.small = Parts(), Parts(), Parts()
        self.loudness = self.hashes = np.array([], dtype=np.int64)

    def __len__(self) -> int:
        return len(self._runs)

    def words(self, texts: Sequence[Sequence[str]]) -> Words:
        """The words of texts, which are given as runs of characters without white space."""
        numbers = np.fromiter(
            map(self._runs.__getitem__, chain.from_iterable(texts)), dtype=np.int64
        )
        self._read_runs(list(islice(self._runs, len(self._is_last), None)))
        rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        begins = np.diff(rows, prepend=-1) > 0
        begins[1:] |= self._is_last[numbers[:-1]]
        sentences = Numbered(numbers=numbers, rows=np.cumsum(begins) - 1)
        words = self._words_of.of(sentences)
        return Words(
            numbers=words.numbers,
            rows=rows[begins][words.rows],
            begins=np.diff(words.rows, prepend=-1) > 0,
        )

    def _read_runs(self, runs: Sequence[str]) -> None:
        read = [run_tokens(run) for run in runs]
        self._words_of.add([[*map(self._words.__getitem__, words)] for words, _ in read])
        self._is_last = _grown(self._is_last, [is_last for _, is_last in read])
        self._read_words(list(islice(self._words, len(self.names), None)))

    def _read_words(self, words: Sequence[str]) -> None:
        read = [token_terms(word) for word in words]
        self.names += [name for _, name, _ in read]
        self.numbers += [number for _, _, number in read]
        self.has_name = _grown(self.has_name, [bool(name) for _, name, _ in read])
        self.is_number = _grown(self.is_number, [bool(number) for _, _, number in read])
        self.columns.add([_columns(terms) for terms, _, _ in read])
        self.subjects.add([_columns(filter(_is_name, terms)) for terms, _, _ in read])
        cases = [word_case(word) for word in words]
        self.capital.add([_columns(case.capital) for case in cases])
        self.inside.add([_columns(case.inside) for case in cases])
        self.small.add([_columns(case.small) for case in cases])
        self.loudness = _grown(self.loudness, [case.loudness for case in cases])
        self.hashes = _grown(self.hashes, [hash(word.lower()) for word in words])


def lexicon() -> Lexicon:
    """The lexicon of this process, started again when it has grown too large."""
    if len(_lexicon()) > _MOST_RUNS:
        _lexicon.cache_clear()
    return _lexicon()


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return Lexicon()


def column(term: str) -> int:
    """The number by which a term is known."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass")) % COLUMNS


def _columns(terms: Iterable[str]) -> list[int]:
    return [*map(column, terms)]


def _is_name(term: str) -> bool:
    """Whether the first word of a title names who acts, as most do."""
    return term not in RATES and term not in NO_NAMES


def _grown(known: Values, more: Sequence[int]) -> Values:
    return np.concatenate((known, np.array(more, dtype=known.dtype)))


def _numbers() -> defaultdict[str, int]:
    """Gives each text that is looked up the next number."""
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    return number
