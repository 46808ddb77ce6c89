"""What is known of the words that were read, and texts as numbers, so that thousands of them are
worked on together. Each different word is looked at once, however often it stands somewhere: a text
is split at white space, and each run of characters has its number.

The case of a word in a title means nothing, inside a sentence it does: a word that is never written
small is a name ("truecasing" after Lita et al. 2003). So no list of companies grows old here.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from aggregator.cluster.similarity.terms import RATES, token_terms, tokens
from aggregator.english.lexical import uninflected

_STOPS, _CLOSERS, _DASHES = tuple(".!?:;|…"), "\"'”’)]", tuple("-–—•")
NO_NAMES = frozenset(
    (
        "ai ml llm api ceo cto cfo ipo us usa uk eu gpu cpu pc app ui ux it agi faq q&a "
        "tv arr pr vs id"
    ).split()
)
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Values = TypeVar("Values", Flags, Ints)

COLUMNS = 2**20
_MOST_RUNS = 131_072  # that differ; 0.5 kB each


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
    return tokens(run), run.rstrip(_CLOSERS).endswith(_STOPS) or run.endswith(_DASHES)


def word_case(word: str) -> WordCase:
    """How a word inside a sentence is written."""
    capital: list[str] = []
    inside: list[str] = []
    small: list[str] = []
    loudness = 0
    for part in word.split("-"):
        if not part[:1].isalpha():
            continue
        term, is_inside = uninflected(part), part[1:] != part[1:].lower() and not part.isupper()
        if not (part[0].isupper() or is_inside):
            small.append(term)
            loudness -= 1
            continue
        loudness += 1
        if term not in NO_NAMES:
            capital.append(term)
            inside += [term] * is_inside
    return WordCase(
        capital=tuple(capital), inside=tuple(inside), small=tuple(small), loudness=loudness
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbered:
    """The things that texts hold, in order, by number, each with the row of its text. Rows
    ascend.
    """

    numbers: Ints
    rows: Ints

    def where(self, kept: Flags) -> Numbered:
        """Some of the things."""
        return Numbered(numbers=self.numbers[kept], rows=self.rows[kept])


class Parts:
    """The parts that each thing stands for, by the thing's number."""

    def __init__(self) -> None:
        self._starts = self._sizes = self._flat = np.array([], dtype=np.int64)

    def add(self, several: Sequence[Sequence[int]]) -> None:
        """Takes the parts of the things with the next numbers."""
        sizes = np.array([len(parts) for parts in several], dtype=np.int64)
        flat = np.fromiter(chain.from_iterable(several), dtype=np.int64)
        self._starts = np.concatenate((self._starts, len(self._flat) + np.cumsum(sizes) - sizes))
        self._sizes = np.concatenate((self._sizes, sizes))
        self._flat = np.concatenate((self._flat, flat))

    def of(self, held: Numbered) -> Numbered:
        """The parts of things that texts hold."""
        sizes = self._sizes[held.numbers]
        at = spans(self._starts[held.numbers], sizes)
        return Numbered(numbers=self._flat[at], rows=np.repeat(held.rows, sizes))


def spans(starts: Ints, sizes: Ints) -> Ints:
    """The places of many spans, one span after the other."""
    before = np.cumsum(sizes) - sizes
    found: Ints = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
    return found


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
        self.texts: list[str] = []
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
        self._read_runs(_newest(self._runs, len(self._is_last)))
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
        self._read_words(_newest(self._words, len(self.texts)))

    def _read_words(self, words: Sequence[str]) -> None:
        self.texts += words
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
        self.hashes = _grown(self.hashes, [*map(_checksum, map(str.lower, words))])


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
    return _checksum(term) % COLUMNS


def _checksum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def _columns(terms: Iterable[str]) -> list[int]:
    return [*map(column, terms)]


def _is_name(term: str) -> bool:
    """Whether the first word of a title names who acts, as most do."""
    return term not in RATES and term not in NO_NAMES


def _newest(numbers: dict[str, int], known: int) -> list[str]:
    """The texts behind the first ones, found from the end: few of many are new."""
    return [*islice(reversed(numbers), len(numbers) - known)][::-1]


def _grown(known: Values, more: Sequence[int]) -> Values:
    return np.concatenate((known, np.array(more, dtype=known.dtype)))


def _numbers() -> defaultdict[str, int]:
    """Gives each text that is looked up the next number."""
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    return number
