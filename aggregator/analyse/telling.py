"""How a story is to be told by a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The language, the longest quotation in words, the room for evidence in tokens."""

    language: str
    quote_words: int
    evidence_tokens: int
