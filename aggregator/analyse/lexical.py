"""Which words of a sentence carry its content, folded so that two tellings can be compared."""

from __future__ import annotations

from aggregator.domain.text import words

_FUNCTION_WORDS = frozenset(
    "a about after all also an and any are as at be because been before being but by can could did do does for from had "
    "has have he her his how i if in into is it its just like may might more most much my new no not now of on one only or "
    "other our out over own said says she should so some such than that the their them then there these they this those "
    "through to too under up use used using very was we were what when where which while who will with would you your".split()
)


def content_words(text: str) -> frozenset[str]:
    """The words of a text without function words, lower-case, without possessive or plural s (a crude stem)."""
    return frozenset(_folded(word) for word in words(text)) - _FUNCTION_WORDS - {""}


def _folded(word: str) -> str:
    plain = word.lower().removesuffix("'s").removesuffix("’s")
    return plain[:-1] if len(plain) > 4 and plain.endswith("s") and not plain.endswith("ss") else plain
