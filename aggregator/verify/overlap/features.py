"""Traits: what the words of a claim show of how it came from its evidence, as numbers that `doubt`
weighs.

There are two families, since no likeness does the work of both: how much of the claim the evidence
has, in what company and order (support); and where a claim that follows it closely departs from it
(contradiction): a denial or a direction that one side alone has, a figure or small words in the
place of others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from aggregator.verify.alignment import Sentence, Token, read, read_all, share_of
from aggregator.verify.overlap.antonyms import sides
from aggregator.verify.overlap.closest_sentence import TIGHT, changes, plain
from aggregator.verify.overlap.direction import opposed
from aggregator.verify.overlap.polarity import denying
from aggregator.verify.versions import NO_PRODUCT

SUPPORT = ("in_one", "joints")
DEPARTURES = ("denies", "denied", "recounted", "regrammared")
CONTRADICTION = (*DEPARTURES, "opposite", "contrary", "turned", "opposed", "crossed")
NAMES = (*SUPPORT, *CONTRADICTION)

_TOLD = ("opposites", "pointers")  # tables of antonyms that the gate of direction goes by
_LOOSELY_TOLD = ("turning", "common")
_REACH = 5  # words within which two content words belong together

Stems = tuple[str, ...]


def traits(claim_text: str, evidence_texts: Sequence[str]) -> tuple[float, ...]:
    """The numbers of a claim against its evidence, in the order of `NAMES`."""
    pair = _Pair(read(claim_text), read_all(evidence_texts))
    return (*_support(pair), *_contradiction(pair))


@dataclass(frozen=True, eq=False)
class _Pair:
    """A claim and its evidence as sentences, with what several traits ask of them."""

    own: Sequence[Sentence]
    evidence: Sequence[Sentence]

    @cached_property
    def content(self) -> frozenset[str]:
        """The content of the claim."""
        return frozenset().union(*(sentence.content for sentence in self.own))

    @cached_property
    def window(self) -> Sequence[Sentence]:
        """The three sentences in a row that have most of the claim."""
        return _window(self.content, self.evidence)

    @cached_property
    def near(self) -> frozenset[str]:
        """The words of those sentences."""
        return frozenset(
            token.stem or token.word for sentence in self.window for token in plain(sentence)
        )

    @cached_property
    def near_sides(self) -> frozenset[tuple[str, int, int]]:
        """The directions of those of their words that the claim lacks: one that it has is not what
        it turned round.
        """
        own = frozenset(
            token.stem or token.word for sentence in self.own for token in plain(sentence)
        )
        lacking = (
            token
            for sentence in self.window
            for token in plain(sentence)
            if (token.stem or token.word) not in own
        )
        return frozenset().union(*(_sides(token, _TOLD + _LOOSELY_TOLD) for token in lacking))


def _support(pair: _Pair) -> Iterator[float]:
    joints = frozenset().union(*(_joints(sentence) for sentence in pair.evidence))
    yield max((share_of(pair.content, sentence.content) for sentence in pair.evidence), default=0.0)
    yield _share([each in joints for own in pair.own for each in pairwise(_content(own))])


def _contradiction(pair: _Pair) -> Iterator[float]:
    found = Counter(departure for own in pair.own for departure in _departures(own, pair.evidence))
    turns = Counter(_turns(pair))
    yield from (float(found[each]) for each in DEPARTURES)
    yield from (turns[each] for each in ("opposite", "contrary", "turned"))
    turned_round = [opposed(sentence, pair.evidence) for sentence in pair.own]
    yield sum(strictly for strictly, _ in turned_round)
    yield sum(loosely for _, loosely in turned_round)


def _departures(own: Sentence, evidence: Sequence[Sentence]) -> Iterator[str]:
    """Where a sentence leaves the one it follows most closely, by name of the trait."""
    denials, their_denials = _denials([own]), _denials(evidence)
    for each in changes(own, evidence) if evidence else ():
        if denials.intersection(each.own) and not their_denials.intersection(each.around):
            yield "denies"
        if (
            len(each.other) <= TIGHT
            and their_denials.intersection(each.other)
            and not denials.intersection(each.own)
        ):
            yield "denied"
        if each.is_single and (change := _change(each.own, each.other)):
            yield change


def _change(gap: Sequence[Token], other: Sequence[Token]) -> str | None:
    """What took the place of what: a figure of another figure, small words of small words. Dates
    have a gate of their own.
    """
    both = (*gap, *other)
    if not gap or not other or any(token.word in NO_PRODUCT for token in both):
        return None
    if all(any(token.word[0].isdigit() for token in side) for side in (gap, other)):
        return "recounted"
    return None if any(token.stem for token in both) else "regrammared"


def _turns(pair: _Pair) -> Iterator[str]:
    """Words of direction that the claim's surroundings lack: they have the other side of it
    ("opposite", "contrary") or none.
    """
    for token in (token for own in pair.own for token in own.tokens):
        if (token.stem or token.word) in pair.near:
            continue
        told, loosely_told = _sides(token, _TOLD), _sides(token, _LOOSELY_TOLD)
        if pair.near_sides.intersection((n, axis, -sign) for n, axis, sign in told):
            yield "opposite"
        elif pair.near_sides.intersection((n, axis, -sign) for n, axis, sign in loosely_told):
            yield "contrary"
        elif told:
            yield "turned"


def _sides(token: Token, tables: Sequence[str]) -> frozenset[tuple[str, int, int]]:
    """The directions of a word: its table, its axis there, and which end."""
    word, root = token.word, token.stem or token.word
    return frozenset((name, *side) for name in tables for side in sides(word, root, name))


def _window(content: frozenset[str], evidence: Sequence[Sentence]) -> Sequence[Sentence]:
    """The three sentences in a row that have most of some content, the first of several."""
    shares = [
        len(
            content
            & frozenset().union(*(sentence.content for sentence in evidence[max(0, n - 1) : n + 2]))
        )
        for n in range(len(evidence))
    ]
    best = max(range(len(evidence)), key=lambda n: (shares[n], -n), default=0)
    return evidence[max(0, best - 1) : best + 2]


def _denials(sentences: Sequence[Sentence]) -> frozenset[Token]:
    return frozenset(
        sentence.tokens[place] for sentence in sentences for place in denying(sentence.tokens)
    )


@lru_cache(maxsize=1024)
def _joints(sentence: Sentence) -> frozenset[tuple[str, str]]:
    """The pairs of content words that stand together, the first before the second."""
    stems = _content(sentence)
    return frozenset(
        (stem, other) for n, stem in enumerate(stems) for other in stems[n + 1 : n + 1 + _REACH]
    )


def _content(sentence: Sentence) -> Stems:
    return tuple(token.stem for token in sentence.tokens if token.stem)


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 1.0
