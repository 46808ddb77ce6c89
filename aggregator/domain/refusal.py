"""Why a claim may not be printed, for code that counts and for the writer who is to fix it."""

from __future__ import annotations

from aggregator.domain.claim import Rejection
from aggregator.domain.frozen import frozen


@frozen
class Refusal:
    """The reason in a word and in a sentence, and the words of the claim that it is about, if it is
    about some.
    """

    reason: Rejection
    because: str = ""
    words: tuple[str, ...] = ()
