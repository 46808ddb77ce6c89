"""Support: how much of what a claim says stands in what it cites, whatever the order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aggregator.domain.claim import ClaimKind
from aggregator.verify.alignment import read_all

# Share of content words: the coarse gate before `doubt`. Of 967 true claims set on another
# document's passages it turns away 99.8 %, at 0.5 as at 0.6. What is false in few words passes
# here, as it does everywhere for similarity (balanced accuracy 0.5): the other gates are there for
# it.
LEAST_SUPPORT = {
    ClaimKind.EXTRACTED: 0.0,  # copied by code
    ClaimKind.WRITTEN: 0.5,
    ClaimKind.ABSENT: 0.0,  # found by code, on what is not there
    # what follows from passages may be put anew, not added to: at 0.6 a 1.5B model added "market
    # share"
    ClaimKind.INFERRED: 0.7,
}


_FEWEST_WORDS = 4  # content words of a clause that is judged by itself
_LEAST_OF_CLAUSE = (
    0.4  # of these: a clause that adds ("…, which could pose security risks") rides on no other
)
_CLAUSE = re.compile(
    r"[,;:—–]\s+|\s(?=(?:which|that|who|making|enabling|allowing|leading|helping|causing|giving|"
    r"while|because|since|as|so|for|and|but|could|can|may|might|would|will)\s)"
)


def is_unsupported(claim_text: str, evidence_texts: Sequence[str], kind: ClaimKind) -> bool:
    """Whether too few of a claim's content words stand in the evidence, in all or in one of its
    clauses.
    """
    least = LEAST_SUPPORT[kind]
    if support(claim_text, evidence_texts) < least:
        return True
    return least > 0 and any(
        _share(clause, evidence_texts) < _LEAST_OF_CLAUSE for clause in _clauses(claim_text)
    )


def support(claim_text: str, evidence_texts: Sequence[str]) -> float:
    """The share of a claim's content words that the evidence has, by stem; 1 where a claim has
    none.

    Figures count as found: "$1.2bn" is "1,200 million dollars", and the gates of figures and dates
    have judged them.
    """
    return _share(_content(claim_text), evidence_texts)


def _share(own: frozenset[str], evidence_texts: Sequence[str]) -> float:
    stated = frozenset().union(*(sentence.content for sentence in read_all(evidence_texts)))
    found = sum(each in stated or each[0].isdigit() for each in own)
    return found / len(own) if own else 1.0


def _clauses(text: str) -> Iterator[frozenset[str]]:
    """The content of each clause that is long enough to be judged; a text of one clause has been
    judged as a whole.
    """
    parts = [_content(part) for part in _CLAUSE.split(text)] if _CLAUSE.search(text) else []
    return (part for part in parts if len(part) >= _FEWEST_WORDS)


def _content(text: str) -> frozenset[str]:
    return frozenset().union(*(sentence.content for sentence in read_all((text,))))
