"""Citations: a claim has words, and quotes what the passages that it cites say.

`passages` is keyed as citations write it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aggregator.domain.article import Passage
from aggregator.domain.claim import Claim
from aggregator.english.text import word_count


def is_empty(text: str) -> bool:
    """Whether a text has neither a letter nor a digit."""
    return not any(char.isalnum() for char in text)


def has_unknown_passage(claim: Claim, passages: Mapping[str, Passage]) -> bool:
    """Whether a claim cites a passage that does not exist."""
    return any(citation.passage not in passages for citation in claim.citations)


def has_wrong_quote(claim: Claim, passages: Mapping[str, Passage]) -> bool:
    """Whether a quote is empty or does not stand word for word in its passage."""
    return any(
        not quote.strip() or quote not in passage.text
        for quote, passage in _quoted(claim, passages)
    )


def has_long_quote(claim: Claim, passages: Mapping[str, Passage], quote_words: int) -> bool:
    """Whether a quote has more than `quote_words` words; a headline may be quoted whole."""
    return any(
        word_count(quote) > quote_words
        for quote, passage in _quoted(claim, passages)
        if passage.n > 0
    )


def _quoted(claim: Claim, passages: Mapping[str, Passage]) -> Iterator[tuple[str, Passage]]:
    """Each quote with its passage, as far as there is one."""
    for citation in claim.citations:
        if (passage := passages.get(citation.passage)) is not None:
            yield citation.quote, passage
