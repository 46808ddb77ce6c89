"""How many tokens a text has, without any model's tokenizer: never to be too few matters more than
to be exact.

Tokenizers differ, but all begin by cutting a text into words, figures and signs, so both bounds are
counted on these.
"""

from __future__ import annotations

import re

LETTERS_A_TOKEN = (
    4  # most English words are one token; names and compounds are cut about every fourth letter
)
# the marks that a chat template puts around the messages: about 30 in the longest of the common
# ones
CHAT_TOKENS = 64

_PIECE = re.compile(r"[A-Za-z]+|[‐-⁊]|[^\x00-\x7f]|\S|\n")


def estimated_tokens(text: str) -> int:
    """Tokens that the text has at most in all likelihood: a figure or sign each one, foreign
    letters two or more.
    """
    return sum(_tokens(piece) for piece in _PIECE.findall(text))


def fewest_tokens(text: str) -> int:
    """Tokens that the text has at least: no common tokenizer makes one token of two words."""
    return len(text.split())


def _tokens(piece: str) -> int:
    if piece.isascii():
        return -(-len(piece) // LETTERS_A_TOKEN)
    if "‐" <= piece <= "⁊":  # typographic signs have a token of their own
        return 1
    return 2 if piece <= "\uffff" else 4
