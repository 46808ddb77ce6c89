"""Words that turn a statement round when one stands for the other: opposites, and relations with
two ends, by table.

The rows are data: `antonyms.txt` has those that were written for the gates, `opposites.txt` and
`kindred.txt` those of WordNet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from aggregator.english.lexical import stem
from aggregator.verify.wording import FUNCTION_WORDS

Sides = Mapping[str, tuple[tuple[int, int], ...]]

_UNINFLECTED = ("er", "est", "ly", "ahead", "behind", "best", "more", "less")


def sides(word: str, root: str, name: str) -> tuple[tuple[int, int], ...]:
    """The axes that a word lies on in a table, each with its direction, 1 or -1."""
    found = table(name)
    return found.get(word) or found.get(f"{root}-", ())


def contrary_of(word: str, root: str) -> frozenset[tuple[str, int, int]]:
    """What a word would have to be, by any table, to stand for its opposite: compare with `side_of`
    the other word.
    """
    return frozenset((name, axis, -sign) for name, axis, sign in side_of(word, root))


@lru_cache(maxsize=4096)
def side_of(word: str, root: str) -> frozenset[tuple[str, int, int]]:
    """The directions of a word by every table: its name, the axis there, and which end."""
    names = (*_IN_PLACE, "common") if root else _IN_PLACE
    return frozenset((name, *side) for name in names for side in sides(word, root, name))


def exclude_each_other(one: str, other: str) -> bool:
    """Whether two words are different ones of a list that is complete: two weekdays, "millions" and
    "billions".
    """
    places = _exclusive()
    return any(
        row == row_ and place != place_
        for row, place in places.get(one, ())
        for row_, place_ in places.get(other, ())
    )


@cache
def _exclusive() -> Mapping[str, Sequence[tuple[int, int]]]:
    """The rows on which a word stands, and where."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row, several in enumerate(_written()["exclusive"]):
        for place, words in enumerate(several):
            for word in words.split():
                places[word].append((row, place))
    return places


@lru_cache(maxsize=4096)
def are_opposed(one: str, other: str) -> bool:
    """Whether two words are opposites by any table, by the kin of such, or by a syllable that one
    has before or behind it.

    Enough only where a single word took the other's place: "wild" has forty kin.
    """
    names = (*_IN_PLACE, "common", *(() if FUNCTION_WORDS & {one, other} else ("kindred",)))
    return _is_formed_against(one, other) or any(
        (axis, -sign) in sides(other, stem(other), name)
        for name in names
        for axis, sign in sides(one, stem(one), name)
    )


def _is_formed_against(one: str, other: str) -> bool:
    """Whether a word is the other denied ("misused", "careless"), or one begins as the other's
    opposite does.
    """
    short, long = sorted((one, other), key=len)
    root = short.removesuffix("ful")
    return len(root) >= _SHORTEST_ROOT and (
        long in {f"{start}{short}" for start in _DENYING}
        or long == f"{root}less"
        or any(
            {f"{first}{end}", f"{second}{end}"} == {one, other}
            for first, second, end in _begun(short)
        )
    )


def _begun(word: str) -> Iterator[tuple[str, str, str]]:
    """The pairs of syllables of which a word begins with either, and how it goes on."""
    return (
        (*pair, word.removeprefix(each))
        for pair in _BEGINNINGS
        for each in pair
        if word.startswith(each)
    )


def table(name: str) -> Sides:
    """A table by its name: a section of `antonyms.txt`, or one of the two of WordNet.

    "Common" are the opposites of ordinary words: too many senses to refuse a claim by, enough to
    doubt it. "Kindred" are words whose meanings are opposed, with those like them.
    """
    return _tables()[name]


@cache
def _tables() -> Mapping[str, Sides]:
    common = _sides(line.split(" ") for line in _lines("opposites.txt"))
    kindred = _sides(
        (line.split("|") for line in _lines("kindred.txt")), uninflected=("ly",)
    )  # no comparatives there
    written = {name: _sides(rows) for name, rows in _written().items() if name != "exclusive"}
    return written | {"common": common, "kindred": kindred}


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


def _sides(rows: Iterable[Sequence[str]], uninflected: tuple[str, ...] = _UNINFLECTED) -> Sides:
    """Every word as it stands, and the stem of those that are inflected, marked by a hyphen."""
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for axis, row in enumerate(rows):
        for sign, words in zip((1, -1), row, strict=True):
            for word in words.split():
                keys = (
                    {word}
                    if word.endswith(uninflected) and word not in _VERBS
                    else {word, f"{stem(word)}-"}
                )
                for key in keys:
                    found[key] = (*found.get(key, ()), (axis, sign))
    return found


_IN_PLACE = ("opposites", "pointers", "turning", "contrary")
_DENYING = ("un", "non", "dis", "mis", "in", "im", "il", "ir", "de", "anti", "counter")
_BEGINNINGS = (
    ("over", "under"),
    ("up", "down"),
    ("pro", "anti"),
    ("pre", "post"),
    ("in", "out"),
    ("in", "de"),
    ("in", "ex"),
)
_SHORTEST_ROOT = 4  # letters
_VERBS = frozenset(
    "lower enter discover recover arrest invest divest order hinder hamper deter buyer customer"
    " seller lender creditor borrower attacker employer partner father brother mother daughter"
    " sister oppose surrender".split()
)
