"""Certainty: whether a claim tells as done, or as so by now, what its evidence says is planned,
possible or still to come.

Whether a text gives an event as a fact is its factuality (Saurí and Pustejovsky 2009, FactBank);
here only two values are told apart. An event is open where a word such as "will", "may" or "plans
to" stands before its verb; it is told as done by a verb in the past, or one with "has". The gate
speaks only where claim and evidence use the same verb.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from aggregator.verify.alignment import Sentence, Token, clause, read, read_all


def is_made_certain(claim_text: str, evidence_texts: Sequence[str]) -> bool:
    """Whether a claim tells as done what all its evidence leaves open, or says "now" or "already"
    where nothing does.
    """
    own, evidence = read(claim_text), read_all(evidence_texts)
    return _is_hurried(own, evidence) or any(_is_early(sentence, evidence) for sentence in own)


_MODALS = frozenset("will won't would wouldn't may might could should shall 'll must".split())
# with "to" behind them: "plans to launch", "is expected to launch", "agreed to buy"
_PROSPECTS = frozenset(
    "plan plans planned planning expect expects expected expecting intend intends intended"
    " intending aim aims aimed aiming want wants wanted wanting hope hopes hoped hoping propose"
    " proposes proposed proposing seek seeks sought seeking set due about likely unlikely ready"
    " agree agrees agreed agreeing promise promises promised pledge pledges pledged vow vows vowed"
    " scheduled slated poised try tries tried trying prepare prepares prepared preparing able going"
    " offer offers offered need needs asked urged threatens threatened considers supposed proposal"
    " deal bid effort attempt".split()
)
_HELPING = frozenset(
    "has have had 've is are was were been".split()
)  # with a participle, or with what somebody or something is
_BEING = frozenset("is are was were".split())
_BETWEEN = frozenset("be have been not also soon then now only even still it to a an the".split())
_NO_TELLING = frozenset(
    "a an the this that its their his her our my your of to".split()
)  # before a noun or an infinitive
_NOW = frozenset("now already currently presently".split())
_PRESENT = _NOW | frozenset("current present today nowadays latest".split())
_SHORT = 4  # letters: "need" and "feed" are no past
_REACH = 4  # tokens from a word that opens an event to its verb
_COMPANY = 2  # content words that the two tellings of an event must share beside it
_NEAR = 8  # tokens on each side that make the company of a verb
_PAST = frozenset(
    "began bought broke brought built came chose drew drove fell found got gave went grew held kept"
    " knew led left lost made met paid rose ran saw sold sent spent took taught told won wrote"
    " withdrew became".split()
)


def _is_hurried(own: Sequence[Sentence], evidence: Sequence[Sentence]) -> bool:
    said = {token.word for sentence in evidence for token in sentence.tokens}
    return any(
        token.word in _NOW for sentence in own for token in sentence.tokens
    ) and said.isdisjoint(_PRESENT)


def _is_early(own: Sentence, evidence: Sequence[Sentence]) -> bool:
    opened = [(sentence, place) for sentence in evidence for place in _open(sentence)]
    told = {sentence.tokens[place].stem for sentence in evidence for place in _told(sentence)}
    return any(
        own.tokens[place].stem == other.tokens[there].stem not in told
        and _is_same(own, place, other, there)
        for place in _done(own)
        for other, there in opened
    )


def _is_same(own: Sentence, place: int, other: Sentence, there: int) -> bool:
    company = _company(own.tokens, place)
    return len(company & _company(other.tokens, there)) >= min(_COMPANY, len(company) or 1)


def _company(tokens: Sequence[Token], place: int) -> frozenset[str]:
    near = tokens[max(0, place - _NEAR) : place + _NEAR + 1]
    return frozenset(token.stem for token in near if token.stem) - {tokens[place].stem}


@lru_cache(maxsize=512)
def _open(sentence: Sentence) -> frozenset[int]:
    """The places of verbs that a sentence leaves open."""
    return frozenset(
        place
        for cue in _cues(sentence.tokens)
        if (place := _verb(sentence.tokens, cue)) is not None
    )


def _cues(tokens: Sequence[Token]) -> Iterator[int]:
    for place, token in enumerate(tokens):
        following = tokens[place + 1].word if place + 1 < len(tokens) else ""
        if token.word in _MODALS:
            yield place
        elif following == "to" and (
            token.word in _PROSPECTS or token.word in _BEING
        ):  # "plans to ban", "is to be banned"
            yield place + 1


def _verb(tokens: Sequence[Token], cue: int) -> int | None:
    """The verb that a cue opens: the next word with content, adverbs left out."""
    _, end = clause(tokens, cue)
    for place in range(cue + 1, min(cue + 1 + _REACH, end)):
        word = tokens[place].word
        if tokens[place].stem and not word.endswith("ly"):
            return place
        if word not in _BETWEEN and not word.endswith("ly"):
            return None
    return None


@lru_cache(maxsize=512)
def _told(sentence: Sentence) -> frozenset[int]:
    """The places of words that are not left open, nouns and infinitives apart: they may tell of the
    event as a fact.
    """
    opened, tokens = _open(sentence), sentence.tokens
    return frozenset(
        place
        for place, token in enumerate(tokens)
        if token.stem
        and place not in opened
        and not (place and tokens[place - 1].word in _NO_TELLING)
    )


@lru_cache(maxsize=512)
def _done(sentence: Sentence) -> frozenset[int]:
    """The places of verbs that a sentence tells as done, and of what it says that somebody or
    something is.

    Behind a word that opens an event, none in its clause is: "could have Vexel fined".
    """
    tokens = sentence.tokens
    opened = {place for cue in _cues(tokens) for place in range(cue, clause(tokens, cue)[1])}
    return frozenset(
        place
        for place, token in enumerate(tokens)
        if token.stem and place not in opened and _is_done(tokens, place)
    )


def _is_done(tokens: Sequence[Token], place: int) -> bool:
    word, before = tokens[place].word, tokens[place - 1].word if place else ""
    if before in _NO_TELLING:
        return False
    if word in _PAST or (word.endswith("ed") and len(word) > _SHORT):
        return True
    near = next(
        (
            token.word
            for token in reversed(tokens[max(0, place - _REACH) : place])
            if token.word not in _BETWEEN
        ),
        "",
    )
    return near in _HELPING and not word.endswith("ing")
