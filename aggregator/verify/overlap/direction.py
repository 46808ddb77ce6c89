"""Direction: whether a claim turns round what its evidence says: up for down, before for after, or
who did it to whom.

A word with an opposite is judged by the words around it: it is an error where the evidence has the
opposite in that company, and its own side in less of it. A relation between two names is judged by
who stands at which end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregator.verify.alignment import (
    ALIGNED,
    Sentence,
    Token,
    aligned,
    clause,
    read,
    read_all,
)
from aggregator.verify.names import name_spans
from aggregator.verify.overlap.antonyms import (
    are_opposed,
    contrary_of,
    exclude_each_other,
    side_of,
    sides,
)
from aggregator.verify.overlap.closest_sentence import Change, changes
from aggregator.verify.overlap.polarity import negated
from aggregator.verify.versions import NO_PRODUCT, version_spans
from aggregator.verify.wording import wording


@dataclass(frozen=True, slots=True)
class Turn:
    """A word with an opposite: its axis, which of the two directions it says, and the content
    around it.
    """

    axis: str
    sign: int
    company: frozenset[str]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between named ends: `sign` says whether the left has more of it, or does the
    deed.
    """

    axis: str
    sign: int
    left: tuple[str, ...]
    right: tuple[str, ...]


def is_turned_round(claim_text: str, evidence_texts: Sequence[str]) -> bool:
    """Whether a sentence of the claim says the opposite direction of the evidence, or swaps who did
    what to whom.
    """
    evidence = read_all(evidence_texts)
    return any(_is_turned(own, evidence) for own in read(claim_text))


def opposed(own: Sentence, evidence: Sequence[Sentence]) -> tuple[int, int]:
    """How many words of a sentence have, in any sentence of the evidence, their opposite in their
    place.

    First those of the tables that the gate goes by, then those with so many senses that nothing is
    refused for them.
    """
    return _opposed(own, evidence, _turns), _opposed(own, evidence, _loose_turns)


_NEAR = 5  # words on each side that make the company of a word
_COMPANY = 2  # words of it that a word and its opposite must share before one stands for the other
# share of the claim's content above which the sentence is so surely the one retold that less
# company will do
_CLOSE = 0.7
_CLOSE_COMPANY = 1
_SPAN = 7  # words from "from" within which its "to" is looked for
_ENDS = {"from": "to", "to": "from"}
_TIMES = {"after": 1, "following": 1, "before": -1}
_AHEAD = 3  # content words that a pointer points at
_BE = frozenset("is are was were be been being gets got".split())
_FAR = 7  # words from a passive verb within which its "by" is looked for
_BOUND = {
    "more": 1,
    "over": 1,
    "above": 1,
    "least": 1,
    "exceeding": 1,
    "exceeds": 1,
    "less": -1,
    "fewer": -1,
    "under": -1,
}
_NUMBERS = frozenset(
    "a half one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty"
    " forty fifty sixty seventy eighty ninety hundred thousand million hundreds thousands millions"
    " dozens".split()
)
_BOUND |= {"below": -1, "nearly": -1, "almost": -1, "most": -1}


def _is_turned(own: Sentence, evidence: Sequence[Sentence]) -> bool:
    ways = _all_ways(own, evidence, _relations)
    if any(-1 in way and 1 not in way for way in (*ways, *_all_ways(own, evidence, _orders))):
        return True
    is_told = any(
        1 in way for way in ways
    )  # "slower than Gemma 3" for what was "faster than Kestrel 5"
    return not is_told and (
        _says_the_opposite(own, evidence) or _has_opposite_in_place(own, evidence)
    )


def _says_the_opposite(own: Sentence, evidence: Sequence[Sentence]) -> bool:
    turns = _turns(own)
    found = [each for each in aligned(own, evidence) if each.share >= ALIGNED] if turns else []
    retold = [turn for each in found for turn in _turns(each.sentence)]
    company = _CLOSE_COMPANY if found and found[0].share >= _CLOSE else _COMPANY
    return any(_is_opposed(turn, retold, company) for turn in turns)


def _has_opposite_in_place(own: Sentence, evidence: Sequence[Sentence]) -> bool:
    """Whether a word of any table stands where the evidence has its opposite, in its company, and
    nowhere in more of it.
    """
    denied = _denied([own, *evidence])
    return any(
        _took_its_place(own, change, token, other, evidence)
        or (
            side_of(other.word, other.stem) & contrary_of(token.word, token.stem)
            and _is_against(own, token, other, evidence)
        )
        for change in changes(own, evidence)
        for token, other in change.pairs()
        if not denied.intersection((token, other))
    )


def _took_its_place(
    own: Sentence, change: Change, token: Token, other: Token, evidence: Sequence[Sentence]
) -> bool:
    """Whether all that a claim changes at a place is a word for its opposite, and nothing has its
    own word in as much company.

    Next to words that all stayed, an opposite with many senses, or one by its syllables, will do.
    """
    is_other = change.is_single and (are_opposed(token.word, other.word) or _is_another(change))
    if not is_other or any(each.word == other.word for each in own.tokens):
        return False
    company = _company(own, token)
    return _kept(company, evidence, other.__eq__) > _kept(
        company, evidence, lambda each: each.word == token.word
    )


def _is_another(change: Change) -> bool:
    """Whether one word of a complete list stands for one: "a year" may be "twelve months"."""
    return len(change.own) == len(change.other) == 1 and exclude_each_other(
        change.own[0].word, change.other[0].word
    )


def _is_against(own: Sentence, token: Token, opposite: Token, evidence: Sequence[Sentence]) -> bool:
    """Whether the opposite of a word of the claim keeps its company, more of it than any word of
    its own side does.
    """
    company, sides_of_it = _company(own, token), side_of(token.word, token.stem)
    against = _kept(company, evidence, opposite.__eq__)
    return against >= min(_COMPANY, len(company)) and against > _kept(
        company,
        evidence,
        lambda each: each.word == token.word or bool(sides_of_it & side_of(each.word, each.stem)),
    )


def _kept(
    company: frozenset[str], evidence: Sequence[Sentence], is_meant: Callable[[Token], bool]
) -> int:
    """The most that a word of the evidence has of a company, -1 where there is no such word."""
    found = (
        (sentence, token) for sentence in evidence for token in sentence.tokens if is_meant(token)
    )
    return max((len(company & _company(each, token)) for each, token in found), default=-1)


def _company(sentence: Sentence, token: Token) -> frozenset[str]:
    return _around(sentence.tokens, sentence.tokens.index(token))


def _denied(sentences: Sequence[Sentence]) -> frozenset[Token]:
    return frozenset(
        sentence.tokens[place] for sentence in sentences for place in negated(sentence.tokens)
    )


def _opposed(
    own: Sentence, evidence: Sequence[Sentence], turns: Callable[[Sentence], tuple[Turn, ...]]
) -> int:
    others = [turn for sentence in evidence for turn in turns(sentence)]
    return sum(_is_opposed(turn, others, 1) for turn in turns(own))


def _is_opposed(turn: Turn, others: Sequence[Turn], company: int) -> bool:
    along = [other for other in others if other.axis == turn.axis]
    same = max(
        (len(turn.company & other.company) for other in along if other.sign == turn.sign), default=0
    )
    opposite = max(
        (len(turn.company & other.company) for other in along if other.sign != turn.sign), default=0
    )
    return opposite >= min(company, len(turn.company) or 1) and opposite > same


@lru_cache(maxsize=512)
def _turns(sentence: Sentence) -> tuple[Turn, ...]:
    """The turns of a sentence; negated ones are left to the gate of polarity."""
    tokens, denied = sentence.tokens, negated(sentence.tokens)
    found: list[Turn] = []
    for place, token in enumerate(tokens):
        if place not in denied:
            found.extend(_word_turns(tokens, place, token))
    return tuple(found)


@lru_cache(maxsize=512)
def _loose_turns(sentence: Sentence) -> tuple[Turn, ...]:
    tokens, denied = sentence.tokens, negated(sentence.tokens)
    found: list[Turn] = []
    for place, token in enumerate(tokens):
        if place in denied or sides(token.word, token.stem, "opposites"):
            continue
        found += (
            Turn(f"common {axis}", sign, _around(tokens, place)) for axis, sign in _common(token)
        )
        found += (
            Turn(f"turning {axis}", sign, _behind(tokens, place))
            for axis, sign in sides(token.word, token.stem, "turning")
        )
    return tuple(found)


def _common(token: Token) -> tuple[tuple[int, int], ...]:
    return sides(token.word, token.stem, "common") if token.stem else ()


def _word_turns(tokens: Sequence[Token], place: int, token: Token) -> Iterator[Turn]:
    for axis, sign in sides(token.word, token.stem, "opposites"):
        yield Turn(f"opposite {axis}", sign, _around(tokens, place))
    for axis, sign in sides(token.word, token.stem, "pointers"):
        yield Turn(f"pointer {axis}", sign, _behind(tokens, place))
    if bound := _bound(tokens, place):
        yield bound


def _around(tokens: Sequence[Token], place: int) -> frozenset[str]:
    near = tokens[max(0, place - _NEAR) : place + _NEAR + 1]
    return frozenset(token.stem for token in near if token.stem and token is not tokens[place])


def _behind(tokens: Sequence[Token], place: int) -> frozenset[str]:
    _, end = clause(tokens, place)
    return frozenset([token.stem for token in tokens[place + 1 : end] if token.stem][:_AHEAD])


def _bound(tokens: Sequence[Token], place: int) -> Turn | None:
    """A bound on a number: "more than 40", "under 40", "at least 40", "nearly 40"; "no more than
    40" is the other side.
    """
    sign = _BOUND.get(tokens[place].word, 0)
    before = tokens[place - 1].word if place else ""
    following = (
        place + 2 if place + 1 < len(tokens) and tokens[place + 1].word == "than" else place + 1
    )
    if not sign or following >= len(tokens) or not _is_number(tokens[following].word):
        return None
    if tokens[place].word in {"least", "most"} and before != "at":
        return None
    counted = frozenset(token.stem or token.word for token in tokens[following : following + 3])
    return Turn("bound", -sign if before in {"no", "not"} else sign, counted)


def _is_number(word: str) -> bool:
    return word[0].isdigit() or word in _NUMBERS


def _all_ways(
    own: Sentence,
    evidence: Sequence[Sentence],
    relations: Callable[[Sentence], tuple[Relation, ...]],
) -> list[frozenset[int]]:
    stated = [relation for sentence in evidence for relation in relations(sentence)]
    return [_ways(claimed, stated) for claimed in relations(own)]


def _ways(claimed: Relation, stated: Sequence[Relation]) -> frozenset[int]:
    """How the evidence states a relation: 1 for the way it is claimed, -1 for the other way
    round.
    """
    return frozenset(
        claimed.sign * other.sign * _order(claimed, other)
        for other in stated
        if other.axis == claimed.axis
    )


def _order(one: Relation, other: Relation) -> int:
    """1 where the ends stand in the same order, -1 where they are swapped, 0 where neither is
    plain.
    """
    same = _meet(one.left, other.left), _meet(one.right, other.right)
    crossed = _meet(one.left, other.right), _meet(one.right, other.left)
    if all(crossed) and not any(same):
        return -1
    return 1 if all(same) and not any(crossed) else 0


def _meet(ends: Sequence[str], others: Sequence[str]) -> bool:
    return any(end in other or other in end for end in ends for other in others)


@lru_cache(maxsize=512)
def _relations(sentence: Sentence) -> tuple[Relation, ...]:
    tokens, denied = sentence.tokens, negated(sentence.tokens)
    spans = _entities(sentence.text)
    if len(spans) < 2:
        return ()
    found: list[Relation] = []
    for place, token in enumerate(tokens):
        if place in denied or any(start <= token.start < end for start, end in spans):
            continue
        for axis, sign in _relating(tokens, place):
            left = tuple(
                wording(sentence.text[start:end]) for start, end in spans if end <= token.start
            )
            right = tuple(
                wording(sentence.text[start:end]) for start, end in spans if start > token.start
            )
            if left and right:
                found.append(
                    Relation(axis, -sign if _is_passive(tokens, place) else sign, left, right)
                )
    return tuple(found)


@lru_cache(maxsize=512)
def _orders(sentence: Sentence) -> tuple[Relation, ...]:
    """What comes first and what then: "from 3 to 5", "to 5 from 3"; what was before and what after,
    told by content words.
    """
    tokens, denied = sentence.tokens, negated(sentence.tokens)
    words = [token.word for token in tokens]
    found: list[Relation] = []
    for place, word in enumerate(words):
        if place in denied:
            continue
        if word in {"from", "to"}:
            other = next(
                (
                    n
                    for n in range(place + 2, min(place + _SPAN, len(words)))
                    if words[n] == _ENDS[word]
                ),
                None,
            )
            figures = (
                [_figures(words[place + 1 : other]), _figures(words[other + 1 : other + 4])]
                if other
                else [(), ()]
            )
            if all(figures):
                found.append(Relation("span", 1 if word == "from" else -1, *figures))
        elif word in _TIMES and (ends := _events(tokens, place)):
            found.append(Relation("time", _TIMES[word], *ends))
    return tuple(found)


def _figures(words: Sequence[str]) -> tuple[str, ...]:
    """The first figure of a stretch, spaced as `_meet` compares it."""
    return tuple(f" {word} " for word in words if _is_number(word))[:1]


def _events(tokens: Sequence[Token], place: int) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """What happened, and what the word of time relates it to: the rest of its clause. "After X, Y"
    has X behind it too.
    """
    start, end = clause(tokens, place)
    related = [f" {token.stem} " for token in tokens[place + 1 : end] if token.stem][:_NEAR]
    told = tokens[end:] if place == start else tokens[:place]
    event = [f" {token.stem} " for token in told if token.stem]
    event = event[:_NEAR] if place == start else event[-_NEAR:]
    return (tuple(event), tuple(related)) if min(len(event), len(related)) >= _COMPANY else None


def _relating(tokens: Sequence[Token], place: int) -> Iterator[tuple[str, int]]:
    token = tokens[place]
    for _, sign in sides(token.word, token.stem, "ranks"):
        yield "rank", sign
    for axis, sign in sides(token.word, token.stem, "deeds"):
        yield f"deed {axis}", sign
    if any(token.word == "than" for token in tokens[place + 1 : place + 5]):
        for axis, sign in sides(token.word, token.stem, "comparisons"):
            yield f"compared {axis}", sign


def _is_passive(tokens: Sequence[Token], place: int) -> bool:
    """Whether the deed is told from the other end: "acquired by Halden", "was sued in June by
    Halden"; not "beaten by 5".
    """
    _, end = clause(tokens, place)
    is_done_to = any(token.word in _BE for token in tokens[max(0, place - 3) : place])
    reach = min(end, place + (_FAR if is_done_to else 2))
    by = next((n for n in range(place + 1, reach) if tokens[n].word == "by"), None)
    return by is not None and by + 1 < len(tokens) and not tokens[by + 1].word[0].isdigit()


@lru_cache(maxsize=512)
def _entities(text: str) -> tuple[tuple[int, int], ...]:
    """Where names and versions stand, those that touch or overlap as one: "Gemma" and "Gemma 3"."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted({*name_spans(text), *version_spans(text)}):
        if text[start:end].lower() in NO_PRODUCT:  # a month is no end of a relation
            continue
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
