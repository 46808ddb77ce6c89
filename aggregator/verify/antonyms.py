"""Words that turn a statement round when one stands for the other: opposites, and relations with two ends, by table.

The rows are data: `antonyms.txt` has those that were written for the gates, `opposites.txt` those of WordNet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from aggregator.domain.lexical import stem

Sides = Mapping[str, tuple[tuple[int, int], ...]]


def sides(word: str, root: str, name: str) -> tuple[tuple[int, int], ...]:
    """The axes that a word lies on in a table, each with its direction, 1 or -1."""
    found = table(name)
    return found.get(word) or found.get(f"{root}-", ())


def contrary_of(word: str, root: str) -> frozenset[tuple[str, int, int]]:
    """What a word would have to be, by any table, to stand for its opposite: compare with `side_of` the other word."""
    return frozenset((name, axis, -sign) for name, axis, sign in side_of(word, root))


@lru_cache(maxsize=4096)
def side_of(word: str, root: str) -> frozenset[tuple[str, int, int]]:
    """The directions of a word by every table: its name, the axis there, and which end."""
    names = (*_IN_PLACE, "common") if root else _IN_PLACE
    return frozenset((name, *each) for name in names for each in sides(word, root, name))


def table(name: str) -> Sides:
    """A table by its name: a section of `antonyms.txt`, or "common".

    "Common" are the opposites of ordinary words: too many senses to refuse a claim by, enough to doubt it.
    """
    return _tables()[name]


@cache
def _tables() -> Mapping[str, Sides]:
    common = (line.split(" ") for line in _lines("opposites.txt"))
    return {name: _sides(rows) for name, rows in (_written() | {"common": common}).items()}


def _written() -> dict[str, Iterable[Sequence[str]]]:
    """The rows of `antonyms.txt` by the name of their table."""
    tables: dict[str, list[Sequence[str]]] = {}
    for line in _lines("antonyms.txt"):
        if line.startswith("["):
            tables[line.strip("[]")] = rows = []
        else:
            rows.append(line.split("|"))
    return dict(tables)


def _lines(name: str) -> Iterator[str]:
    text = Path(__file__).with_name(name).read_text("utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def _sides(rows: Iterable[Sequence[str]]) -> Sides:
    """Every word as it stands, and the stem of those that are inflected, marked by a hyphen."""
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for axis, row in enumerate(rows):
        for sign, words in zip((1, -1), row, strict=True):
            for word in words.split():
                keys = {word} if word.endswith(_UNINFLECTED) and word not in _VERBS else {word, f"{stem(word)}-"}
                for key in keys:
                    found[key] = (*found.get(key, ()), (axis, sign))
    return found


_IN_PLACE = ("opposites", "pointers", "turning", "contrary")
_UNINFLECTED = ("er", "est", "ly", "ahead", "behind", "best", "more", "less")
_VERBS = frozenset(
    "lower enter discover recover arrest invest divest order hinder hamper deter buyer customer seller lender creditor borrower "
    "attacker employer partner father brother mother daughter sister oppose surrender".split()
)
