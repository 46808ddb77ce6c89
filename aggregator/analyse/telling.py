"""How a story is to be told by a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The language, the longest quotation in words, the room for evidence in tokens.

    `question_share` bounds what a model is asked: all questions of a story together have at most so
    many tokens for each token of its evidence. So a short story is asked for little, and the rules
    tell the rest. With `entailment_vote` the model is asked about claims that their passages carry
    by little.
    """

    language: str
    quote_words: int
    evidence_tokens: int
    question_share: float = 0.4
    entailment_vote: bool = False
