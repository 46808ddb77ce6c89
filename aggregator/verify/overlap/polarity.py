"""Polarity: whether a claim says no where its evidence says yes, or the reverse.

A negation is told by its cue and by the words of its clause. It is compared with what the
best-aligned sentences of the evidence say of the same words; where nothing is aligned, nothing is
judged here, and the support gate speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from aggregator.verify.alignment import (
    ALIGNED,
    Aligned,
    Sentence,
    Token,
    aligned,
    clause,
    read,
    read_all,
)


def has_other_polarity(claim_text: str, evidence_texts: Sequence[str]) -> bool:
    """Whether a sentence of the claim denies what the evidence affirms, or affirms what it
    denies.
    """
    evidence = read_all(evidence_texts)
    return any(_is_turned(own, aligned(own, evidence)) for own in read(claim_text))


def negated(tokens: Sequence[Token]) -> frozenset[int]:
    """The places of words that a negation before them in their clause covers, at most four words
    away.
    """
    return frozenset(
        place
        for cue in denying(tokens)
        for place in range(cue + 1, min(cue + 5, clause(tokens, cue)[1]))
    )


_CUES = frozenset(
    "not cannot never no none nobody nothing neither nor without unlikely unable decline declines"
    " declined declining refuse refuses refused refusing refusal deny denies denied denying fail"
    " fails failed failing failure lack lacks lacked lacking hardly scarcely rarely seldom".split()
)
# Other ways of saying no: they excuse a negation on the other side, and are no error by themselves.
_NEGATIVE = re.compile(
    r"un(?:able|aware|available|clear|known|changed|affected|harmed|hurt|willing|success|lawful|"
    r"fair|safe|support|confirm|verif|true|test|necess|relat|paid|sold|solv|resolv|releas|"
    r"disclos|likely|touch|finish|answer|reported|authori|approv|identif)\w*|non\w+|"
    r"in(?:eligible|capable|valid|complete|accurate|active|ability)\w*|im(?:possible|proper)\w*|"
    r"il(?:legal|licit)\w*|ir(?:relevant|responsible)\w*|dis(?:agree|allow|approv|continu|miss|"
    r"prov|regard)\w*|(?:stop|bann|block|prohibit|forbid|forbad|avoid|reject|cancel|halt|withdr|"
    r"prevent|drop|scrap|ceas|refrain|exclud|remov|oppos|doubt|abandon|delay|postpon|paus|"
    r"suspend|miss|withh|secret|resist|escap|void|revok|rescind|spar|skip|omit|ignor|absen|"
    r"neglect|hid|bar|scant|exempt)\w*|ban|few|little|barely|except|false\w*|wrong\w*|yet|free|"
    r"only|unless|until|instead|rather|ends?|ended|ending|kept|ruled|less|zero|against|nowhere|"
    r"otherwise"
)
_NOT_MEANT = re.compile(  # cues that deny nothing: "not only", "no more than", "No. 1"
    r"\bnot (?:only|just|least|merely|simply|to mention)\b|\bno"
    r" (?:more|fewer|less|later|sooner|earlier|doubt|matter|\d)"
    r"|\bno\. ?\d|\bwhether or not\b|\bif not\b|\bnothing but\b|\bnot (?:more|fewer|less)"
    r" than\b|\bwhy not\b|\bnever before\b"
    r"|\bnever-before\b|\bno-brainer\b|\bnon-?stop\b|\bcan(?:no|')t wait\b|\bnot unlike\b|\bwithout"
    r" (?:doubt|question)\b",
    re.IGNORECASE,
)
_HEAD = 3  # content words behind a cue that name what it denies
_HEAD_SHARE = 0.6  # of which a sentence must have this much to speak of the same
_REACH = 4  # words from a word such as "stopped" or "only" to what it denies
_PLAIN = frozenset({"not", "no", "never", "cannot"})
# a sentence as well aligned, to within this share, that affirms the claim outweighs one that denies
# it
_RIVAL = 0.1


def _is_turned(own: Sentence, found: Sequence[Aligned]) -> bool:
    if not found or found[0].share < ALIGNED:
        return False
    return _adds_a_negation(own, found) or _drops_a_negation(own, found)


def _adds_a_negation(own: Sentence, found: Sequence[Aligned]) -> bool:
    """Whether a word that the claim denies is affirmed: no sentence retold says no near it.

    Where none has any of the words denied, one that says no anywhere is taken for the same in other
    words.
    """
    retold = [each.sentence for each in found if each.share >= ALIGNED]
    spared = _denials(own)
    for cue, head in _denied(own):
        near = [each.sentence for each in found if _may_tell(each, head)]
        if not any(_says_no(sentence, head, spared - {cue}) for sentence in near or retold[:1]):
            return True
    return False


def _may_tell(each: Aligned, head: Sequence[str]) -> bool:
    """Whether a sentence tells of what is denied: some of it if it is retold, most of it if it
    lends only that.
    """
    return (
        not each.sentence.content.isdisjoint(head)
        if each.share >= ALIGNED
        else _speaks_of(each.sentence, head)
    )


def _says_no(sentence: Sentence, head: Sequence[str], spared: frozenset[str]) -> bool:
    """Whether a sentence says no of the first word of `head` that it has, or anywhere if it has
    none.

    A word that the claim has as well ("a ban", "a failed bid") is no answer to its negation.
    """
    tokens, cues = sentence.tokens, set(denying(sentence.tokens))
    first = next((stem for stem in head if stem in sentence.content), None)
    for place, token in enumerate(tokens):
        is_cue = place in cues
        if token.word in spared or not (
            is_cue or (_is_negative(token.word) and _is_meant(tokens, place))
        ):
            continue
        start, end = clause(tokens, place)
        if not is_cue:
            start, end = max(start, place - _REACH), min(end, place + _REACH + 1)
        if first is None or any(token.stem == first for token in tokens[start:end]):
            return True
    return False


def _denials(sentence: Sentence) -> frozenset[str]:
    """The words by which a sentence denies, plain "not" apart: they may be part of what it
    tells.
    """
    cues = set(denying(sentence.tokens))
    words = {
        each.word
        for place, each in enumerate(sentence.tokens)
        if place in cues or _is_negative(each.word)
    }
    return frozenset(word for word in words if word not in _PLAIN and not word.endswith("n't"))


def _drops_a_negation(own: Sentence, found: Sequence[Aligned]) -> bool:
    """Whether the sentence retold denies what the claim says without any word of denial of its
    own.
    """
    best = found[0]
    if any(token.word in _PLAIN or token.word.endswith("n't") for token in own.tokens):
        return False
    if any(word not in {token.word for token in best.sentence.tokens} for word in _denials(own)):
        return False
    own_words = {token.word for token in own.tokens}
    said = [
        head
        for cue, head in _denied(best.sentence)
        if cue not in own_words and head[0] in own.content
    ]
    denied = [head for head in said if _speaks_of(own, head)]
    rivals = [each.sentence for each in found[1:] if each.share >= best.share - _RIVAL]
    return any(
        not any(_speaks_of(rival, head) and not _denies(rival, head) for rival in rivals)
        for head in denied
    )


def _speaks_of(sentence: Sentence, head: Sequence[str]) -> bool:
    return sum(stem in sentence.content for stem in head) >= _HEAD_SHARE * len(head)


def _denies(sentence: Sentence, head: Sequence[str]) -> bool:
    return any(stem in other for stem in head for _, other in _denied(sentence))


def _denied(sentence: Sentence) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each cue of a sentence with what it denies: the next content words of its clause, if there
    are any.
    """
    for cue in denying(sentence.tokens):
        _, end = clause(sentence.tokens, cue)
        scope = [token.stem for token in sentence.tokens[cue + 1 : end] if token.stem]
        if scope:
            yield sentence.tokens[cue].word, tuple(scope[:_HEAD])


def denying(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of the words that deny, idioms left out."""
    for place, token in enumerate(tokens):
        if (
            (token.word in _CUES or token.word.endswith("n't"))
            and _is_meant(tokens, place)
            and not _is_event(tokens, place)
        ):
            yield place


def _is_event(tokens: Sequence[Token], place: int) -> bool:
    """Whether a failure is one of a thing, "a mine failure", and nobody's to do something."""
    following = tokens[place + 1].word if place + 1 < len(tokens) else ""
    return tokens[place].word == "failure" and following not in {"to", "of"}


def _is_meant(tokens: Sequence[Token], place: int) -> bool:
    return not _NOT_MEANT.search(
        " ".join(token.word for token in tokens[max(0, place - 2) : place + 3])
    )


@lru_cache(maxsize=1024)
def _is_negative(word: str) -> bool:
    return bool(_NEGATIVE.fullmatch(word))
