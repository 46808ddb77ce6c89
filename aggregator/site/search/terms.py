"""The terms by which the search finds a text: folded words, whole versions, pairs where a script
has no spaces.

`templates/static/search.js` folds what a reader types by the same rules; a test compares the two
over all of Unicode's plane of common scripts and a list of nasty words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MOST_LETTERS = 32  # of a term: what is longer is an address or noise, and is found by its beginning

# Dropped from texts and queries: they stand in most stories, say nothing, and would be a fifth of
# what a reader loads.
STOP_WORDS = frozenset(
    "a an and are as at be by for from has have in into is it its of on or that the to was were"
    " will with".split()
)

# Han and kana, which are written without spaces. The middle dot between katakana is no letter.
_UNSPACED = (
    "\u3005\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
# Scripts whose vowel signs are marks: Indic, Thai, Lao, Tibetan, Myanmar, Khmer; without their
# punctuation and signs.
_WITH_SIGNS = (
    "\u0900-\u0963\u0966-\u096f\u0971-\u0df3\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e81-\u0edf"
    "\u0f18-\u0f39\u0f3e-\u0f84\u1000-\u1049\u1050-\u109f\u1780-\u17d3"
)
_LETTER = rf"(?:[^\W_{_UNSPACED}]|[{_WITH_SIGNS}])"
# Accents of Latin, Greek and Cyrillic, the points of Hebrew and Arabic, soft hyphens and joiners:
# none is ever typed.
_LEFT_OUT = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u00ad\u200b-\u200d\u2060\ufeff]+"
)
_POSSESSIVE = re.compile(rf"['’‘]s(?!{_LETTER})")
_WORD = re.compile(rf"[{_UNSPACED}]+|{_LETTER}+(?:\.(?=[0-9]){_LETTER}+)*")
# The same for a text in ASCII, in half the time: what is no word becomes space.
_PLAIN_POSSESSIVE = re.compile(r"'[sS](?![A-Za-z0-9])")
_PLAIN_STOP = re.compile(r"\.(?:(?<![A-Za-z0-9]\.)|(?![0-9]))")
_BLANKED = bytes(
    ord(chr(code).lower()) if code < 128 and (chr(code).isalnum() or chr(code) == ".") else 32
    for code in range(256)
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_LETTER_OR_UNSPACED = re.compile(rf"{_LETTER}|[{_UNSPACED}]")
_NO_PLURAL = ("ss", "us", "is", "news")


def terms(text: str) -> list[str]:
    """The terms of a text in their order, stop words included."""
    return [term_of(word) for word in words(text)]


def words(text: str) -> list[str]:
    """The words of a text before their plurals are folded: `term_of` returns the term of each."""
    text = text if text.isascii() else _NOT_ASCII.sub(lambda found: _plain_form(found[0]), text)
    if text.isascii():
        bare = _PLAIN_POSSESSIVE.sub("", text) if "'" in text else text
        bare = _PLAIN_STOP.sub(" ", bare) if "." in bare else bare
        return bare.encode("ascii").translate(_BLANKED).decode("ascii").split()
    lowered = _POSSESSIVE.sub("", _without_accents(text))
    found = _WORD.findall(lowered)
    return (
        [part for word in found for part in _pairs(word)] if _IS_UNSPACED.search(lowered) else found
    )


def term_of(word: str) -> str:
    """A word without the s of its plural, and no longer than a term may be."""
    if word[-1] == "s" and len(word) > 3 and _is_plural(word):
        word = f"{word[:-3]}y" if word[-3:] == "ies" and len(word) > 4 else word[:-1]
    return word[:MOST_LETTERS]


def _is_plural(word: str) -> bool:
    """Whether a word that ends in s may be a plural; "new" is another word than "news", and of GPUs
    there are many.
    """
    return (
        word.isascii()
        and word.isalpha()
        and (word.endswith("pus") or not word.endswith(_NO_PLURAL))
    )


@lru_cache(maxsize=8_192)
def _plain_form(character: str) -> str:
    """The ASCII form of a character that keeps a text from being ASCII, else itself."""
    if character in "‘’":
        return "'"
    folded = _without_accents(character)
    if any(
        map(unicodedata.combining, folded)
    ):  # it changes the letter before it, as the marks of half-width kana do
        return character
    folded = "".join(
        letter if letter.isascii() or _LETTER_OR_UNSPACED.match(letter) else " "
        for letter in folded
    )
    return folded if folded.isascii() else character


def _without_accents(text: str) -> str:
    """The compatibility form without accents, in lower case: `Ｇｅ́ＮＡＩ` is `genai`."""
    bare = _LEFT_OUT.sub("", unicodedata.normalize("NFKD", text))
    lowered = _LEFT_OUT.sub(
        "", unicodedata.normalize("NFKD", bare.lower())
    )  # "İ" in lower case is an i with a dot above
    return unicodedata.normalize("NFC", lowered).replace("ς", "σ")


def _pairs(word: str) -> list[str]:
    """A run of Han or kana as overlapping pairs, so that any part of it is found; another word as
    it is.
    """
    if len(word) == 1 or not _IS_UNSPACED.match(word):
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]
