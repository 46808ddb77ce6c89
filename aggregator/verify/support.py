"""Support: how much of what a claim says stands in what it cites, whatever the order."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.domain.claim import ClaimKind
from aggregator.verify.alignment import read_all

# Share of content words. On true claims of SummEdits, QAGS and FaithBench, by halves of their documents, 0.6 keeps 97.8 % and
# 96.2 %; claims set on another document's passages are turned away to 99.8 % at 0.6, to 98.6 % at 0.35. What is false in
# few words passes here as it does everywhere for similarity (balanced accuracy 0.5): the other gates are there for it.
LEAST_SUPPORT = {
    ClaimKind.EXTRACTED: 0.0,  # copied by code
    ClaimKind.WRITTEN: 0.6,
    ClaimKind.INFERRED: 0.7,  # what follows from passages may be put anew, not added to: at 0.6 a 1.5B model added "market share"
}


def is_unsupported(claim_text: str, evidence_texts: Sequence[str], kind: ClaimKind) -> bool:
    """Whether too few of a claim's content words stand in the evidence for a claim of its kind."""
    return support(claim_text, evidence_texts) < LEAST_SUPPORT[kind]


def support(claim_text: str, evidence_texts: Sequence[str]) -> float:
    """The share of a claim's content words that the evidence has, by stem; 1 where a claim has none.

    Figures count as found: "$1.2bn" is "1,200 million dollars", and the gates of figures and dates have judged them.
    """
    own = frozenset().union(*(each.content for each in read_all((claim_text,))))
    stated = frozenset().union(*(each.content for each in read_all(evidence_texts)))
    found = sum(each in stated or each[0].isdigit() for each in own)
    return found / len(own) if own else 1.0
