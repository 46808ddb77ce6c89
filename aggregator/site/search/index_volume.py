"""A volume of the search: some weeks of stories, as the files that a browser asks for.

Postings are BM25 (Robertson and Zaragoza 2009): what a story contributes for a term is stored in
one byte, what the term is worth is reckoned by the reader, who knows how many volumes there are.
The files are `terms.json` (the first term of each shard), `t<n>.bin` (shards of postings, by term,
so that the beginning of a word finds its neighbours) and `r<n>.json` (what is shown of each sixteen
stories). A shard is a row of entries:

    letters shared with the term before | letters of its own | those, in UTF-8 | stories | their
      numbers, as differences |
    for a word, not for a label: a byte for each story

where each count is a varint (LEB128) and letters are counted in bytes.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aggregator.domain.frozen import frozen, grouped
from aggregator.site.search.terms import STOP_WORDS, term_of, words

RESULTS_PER_FILE = (
    16  # ten results from as many files are 20 kB; half as many a file would be twice the files
)
STORIES_PER_SHARD = 24  # makes shards of some 4 kB
LABEL = "#"  # begins the terms of topics, roles, companies and weeks; no word has it
_K1, _B = 1.2, 0.75  # as in SQLite's FTS5 and Lucene
_HEADLINE = 3  # a word of the headline counts as three of the text
_MOST_HOOK = 320  # characters shown of a hook
_SMALL = tuple(bytes([value]) for value in range(128))


@frozen
class Label:
    """A topic, role or company by its key, and what readers call it."""

    key: str
    name: str


@frozen
class SearchDocument:
    """A story for the search. `text` is its TL;DR; `day` and `origins` are shown with `headline`
    and `hook`: 0 for a single source, 1 for an announcement and one report.
    """

    id: str
    path: str
    headline: str
    lang: str
    hook: str
    text: str
    topics: tuple[Label, ...]
    roles: tuple[Label, ...]
    companies: tuple[Label, ...]
    week: str
    day: date
    origins: int

    @property
    def order(self) -> tuple[str, date, str]:
        """Oldest first; a volume numbers its stories so."""
        return (self.week, self.day, self.id)


class Volume:
    """The files of some documents, built when the first is asked for: an unchanged volume costs
    nothing.
    """

    def __init__(self, documents: Sequence[SearchDocument]) -> None:
        self._documents = documents

    @property
    def shards(self) -> int:
        """How many shards it has."""
        return -(-len(self._documents) // STORIES_PER_SHARD)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files, known before they are built."""
        shards = (f"t{number}.bin" for number in range(self.shards))
        results = (
            f"r{number}.json" for number in range(-(-len(self._documents) // RESULTS_PER_FILE))
        )
        return ("terms.json", *shards, *results)

    def body(self, name: str) -> Callable[[], bytes]:
        """The function that returns the bytes of a file."""
        if name == "terms.json":
            return lambda: _json([start for start, _ in self._sharded])
        kind, number = name[0], int(name[1:].partition(".")[0])
        return (
            (lambda: self._sharded[number][1]) if kind == "t" else (lambda: self._results(number))
        )

    def _results(self, number: int) -> bytes:
        some = self._documents[number * RESULTS_PER_FILE : (number + 1) * RESULTS_PER_FILE]
        return _json(
            [
                [
                    document.path,
                    document.headline,
                    document.lang,
                    document.hook
                    if len(document.hook) <= _MOST_HOOK
                    else document.hook[:_MOST_HOOK].rsplit(" ", 1)[0] + " …",
                    document.day.isoformat(),
                    document.origins,
                ]
                for document in some
            ]
        )

    @cached_property
    def _sharded(self) -> list[tuple[str, bytes]]:
        """The first term of each shard, shortened to what differs from the term before, and its
        bytes: each label and term with its postings, in the order in which JavaScript compares
        texts.
        """
        entries = [*_label_entries(self._documents), *_term_entries(self._documents)]
        return _in_shards(entries, self.shards)


def labels(document: SearchDocument) -> dict[str, str]:
    """The names of a document's labels by filter and key: `topic:law`."""
    named = {f"topic:{topic.key}": topic.name for topic in document.topics}
    for kind, some in (("role", document.roles), ("company", document.companies)):
        for label in some:
            named[f"{kind}:{label.key}"] = label.name
    named[f"week:{document.week}"] = document.week
    return named


def _label_entries(documents: Sequence[SearchDocument]) -> Iterator[tuple[str, bytes]]:
    found = grouped(
        (f"{LABEL}{label}", number)
        for number, document in enumerate(documents)
        for label in labels(document)
    )
    for term in sorted(found, key=_order):
        numbers = np.array(found[term])
        gaps, _ = _varints(np.diff(numbers, prepend=-1) - 1)
        yield term, _varint(len(numbers)) + gaps.tobytes()


def _term_entries(documents: Sequence[SearchDocument]) -> Iterator[tuple[str, bytes]]:
    """The postings of all words at once, as arrays: a loop over half a million of them would be
    most of the work.
    """
    tokens = _tokens(documents)
    if not tokens.vocabulary:
        return
    keys = np.sort((tokens.terms * len(documents) + tokens.documents) * 2 + tokens.in_headline)
    pairs = keys >> 1
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    times = np.add.reduceat(1 + (keys & 1) * (_HEADLINE - 1), first)
    term, document = np.divmod(pairs[first], len(documents))
    damping = _K1 * (1 - _B + _B * tokens.lengths / max(1.0, float(tokens.lengths.mean())))
    worths = (
        np.maximum(1, np.rint(255 * times / (times + damping[document]))).astype(np.uint8).tobytes()
    )
    begins = np.flatnonzero(np.diff(term, prepend=-1))
    gaps = np.diff(document, prepend=-1) - 1
    gaps[begins] = document[begins]
    packed, ends = _varints(gaps)
    gap_bytes, ends_at = packed.tobytes(), [0, *ends[[*(begins[1:] - 1), len(gaps) - 1]].tolist()]
    bounds = [*begins.tolist(), len(gaps)]
    for at, number in enumerate(term[begins].tolist()):
        start, end = bounds[at], bounds[at + 1]
        yield (
            tokens.vocabulary[number],
            _varint(end - start) + gap_bytes[ends_at[at] : ends_at[at + 1]] + worths[start:end],
        )


@frozen
class _Tokens:
    """Every word of some documents except stop words: its term, as an index of the vocabulary, and
    its place.

    `lengths` are the words of each document, stop words included.
    """

    vocabulary: list[str]
    terms: NDArray[np.int64]
    documents: NDArray[np.int64]
    in_headline: NDArray[np.int64]
    lengths: NDArray[np.int64]


def _tokens(documents: Sequence[SearchDocument]) -> _Tokens:
    known: defaultdict[str, int] = defaultdict()
    known.default_factory = known.__len__  # a new word gets the next number
    number_of = known.__getitem__
    numbers, spans = array("q"), array("q")
    for document in documents:
        for text in (document.headline, f"{document.hook}\n{document.text}"):
            before = len(numbers)
            numbers.extend(map(number_of, words(text)))
            spans.append(len(numbers) - before)
    term_of_word = [term_of(word) for word in known]
    vocabulary = sorted(set(term_of_word) - STOP_WORDS, key=_order)
    places = {term: place for place, term in enumerate(vocabulary)}
    place_of_word = np.array([places.get(term, -1) for term in term_of_word], dtype=np.int64)
    of_word = (
        place_of_word[np.frombuffer(numbers, dtype=np.int64)]
        if numbers
        else np.empty(0, dtype=np.int64)
    )
    fields = np.frombuffer(spans, dtype=np.int64)
    field = np.repeat(np.arange(len(fields)), fields)
    kept = of_word >= 0
    return _Tokens(
        vocabulary=vocabulary,
        terms=of_word[kept],
        documents=(field >> 1)[kept],
        in_headline=1 - (field & 1)[kept],
        lengths=fields.reshape(-1, 2).sum(axis=1),
    )


def _order(term: str) -> bytes:
    return term.encode("utf-16-be")


def _in_shards(entries: Sequence[tuple[str, bytes]], count: int) -> list[tuple[str, bytes]]:
    """The entries in `count` shards of about the same size; an entry is never split, so a shard may
    be empty.
    """
    in_all = sum(len(postings) for _, postings in entries)
    shards: list[tuple[str, bytes]] = []
    body, start, before, done, last = bytearray(), "", b"", 0, ""
    for term, postings in entries:
        while len(shards) < count - 1 and done * count >= in_all * (len(shards) + 1):
            shards.append((start, bytes(body)))
            body, start, before = bytearray(), _between(last, term), b""
        encoded = term.encode()
        body += _named(before, encoded)
        body += postings
        before, last, done = encoded, term, done + len(postings)
    shards.append((start, bytes(body)))
    return shards + [("\uffff", b"")] * (count - len(shards))


def _between(before: str, term: str) -> str:
    """The shortest beginning of a term that sorts after the term before; the whole term if there is
    none.
    """
    return term[: _shared(before, term) + 1] if before else term


def _named(before: bytes, term: bytes) -> bytes:
    shared = _shared(before, term)
    return _varint(shared) + _varint(len(term) - shared) + term[shared:]


def _shared(before: str | bytes, after: str | bytes) -> int:
    """How many letters two terms begin with alike."""
    shared = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        shared += 1
    return shared


def _varint(value: int) -> bytes:
    """LEB128: seven bits a byte, the lowest first; the eighth says that more follow."""
    if value < 128:
        return _SMALL[value]
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _varints(values: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Many of them in a row, none above two million, and where each ends."""
    sizes = 1 + (values > 127) + (values > 16_383)
    ends = np.cumsum(sizes)
    encoded = np.empty(int(ends[-1]), dtype=np.uint8)
    for place in range(3):
        longer = sizes > place
        more = (sizes[longer] > place + 1) << 7
        encoded[(ends - sizes)[longer] + place] = (values[longer] >> 7 * place) & 127 | more
    return encoded, ends


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
