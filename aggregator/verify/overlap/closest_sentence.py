"""Retelling: the sentence that a claim follows most closely, and where it leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from aggregator.verify.alignment import Sentence, Token

TIGHT = 3  # words on either side of a change that is still one
_SHORT = 8  # words that a change takes the place of and all of which may be meant
_CLOSEST = 2  # sentences that are compared word by word


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Words of a claim (`own`) that stand where the evidence has others (`other`); either may be
    empty.

    `around` are those others with the words next to them. `is_single` says that few words changed
    between some that did not. `starts` and `ends` say whether what stands before and behind it did
    not change.
    """

    own: tuple[Token, ...]
    other: tuple[Token, ...]
    around: tuple[Token, ...]
    is_single: bool
    starts: bool
    ends: bool

    def pairs(self) -> Iterator[tuple[Token, Token]]:
        """Each word of the claim with those in whose place it stands: all of a short change, else
        those as near to its edge.
        """
        for place, token in enumerate(self.own):
            behind = len(self.own) - 1 - place
            for n, other in enumerate(self.other):
                is_near = (self.starts and abs(n - place) <= TIGHT) or (
                    self.ends and abs(len(self.other) - 1 - n - behind) <= TIGHT
                )
                if is_near or len(self.other) <= _SHORT:
                    yield token, other


def changes(own: Sentence, evidence: Sequence[Sentence]) -> tuple[Change, ...]:
    """Where a sentence leaves the one of the evidence, or the three around it, that it follows most
    closely.
    """
    return _changes(own, tuple(evidence))


@lru_cache(maxsize=64)  # a gate and the traits ask the same one after the other
def _changes(own: Sentence, evidence: tuple[Sentence, ...]) -> tuple[Change, ...]:
    mine = plain(own)
    matcher, words = _followed(own, evidence)
    blocks = matcher.get_opcodes()
    return tuple(
        Change(
            own=mine[start:end],
            other=tuple(words[first:last]),
            around=tuple(words[max(0, first - TIGHT) : last + TIGHT]),
            is_single=_is_single(blocks, place),
            starts=place > 0,
            ends=place + 1 < len(blocks),
        )
        for place, (tag, start, end, first, last) in enumerate(blocks)
        if tag != "equal"
    )


@lru_cache(maxsize=1024)
def plain(sentence: Sentence) -> tuple[Token, ...]:
    """The tokens that are no marks."""
    return tuple(token for token in sentence.tokens if token.word[0].isalnum())


def _followed(
    own: Sentence, evidence: Sequence[Sentence]
) -> tuple[SequenceMatcher[str], list[Token]]:
    """How a sentence matches what it follows, and the words of that; none where there is no
    evidence.
    """
    best: tuple[SequenceMatcher[str], list[Token]] = (
        SequenceMatcher(None, _stems(own), (), autojunk=False),
        [],
    )
    most = -1
    ranked = sorted(
        range(len(evidence)),
        key=lambda n: (-len(own.content & evidence[n].content), len(evidence[n].content), n),
    )
    for n in ranked[:_CLOSEST]:
        for near in (evidence[n : n + 1], evidence[max(0, n - 1) : n + 2]):
            words = [token for sentence in near for token in plain(sentence)]
            matcher = SequenceMatcher(
                None, _stems(own), [token.stem or token.word for token in words], autojunk=False
            )
            matched = sum(block.size for block in matcher.get_matching_blocks())
            if matched > most:
                best, most = (matcher, words), matched
    return best


def _is_single(blocks: Sequence[tuple[str, int, int, int, int]], place: int) -> bool:
    _, start, end, first, last = blocks[place]
    sides = [
        blocks[n][2] - blocks[n][1] if 0 <= n < len(blocks) else 2 for n in (place - 1, place + 1)
    ]
    return end - start <= TIGHT and last - first <= TIGHT and sum(sides) >= TIGHT


@lru_cache(maxsize=1024)
def _stems(sentence: Sentence) -> tuple[str, ...]:
    return tuple(token.stem or token.word for token in plain(sentence))
