"""Versions of models and releases that a title names, which distinguish two similar titles.

"GPT-5.1" and "GPT-5.2", "Llama 3" and "Llama 4", "v0.5.1" and "v0.5.2" are different events however
alike the rest of the title. Sums, shares, dates and counts are not versions: outlets round them
differently.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from aggregator.cluster.similarity.terms import tokens
from aggregator.domain.frozen import frozen
from aggregator.english.vocabulary import DATE_WORDS

_JOINED = re.compile(
    r"(?P<name>[a-z][a-z.\-]*?)-?v?(?P<number>\d{1,3}(?:\.\d+)*[a-z]?)(?P<rest>-.*)?"
)
_NUMBER = re.compile(r"v?(?P<number>\d{1,3}(?:\.\d+)*[a-z]?)(?:-.*)?")
_BARE = re.compile(r"v\d+(?:\.\d+)*|\d+(?:\.\d+){2,}")
_MONEY_OR_SHARE = re.compile(r"[$€£¥₹]\s?\d[\d.,]*\s?\w*|\d[\d.,]*\s?%")
_QUANTITIES = frozenset(
    "million billion trillion mn bn tn m b k crore lakh percent pc times years months "
    "weeks days hours minutes people jobs ways things reasons tips tools lessons steps "
    "countries languages".split()
)
_NO_NAMES = DATE_WORDS.union(
    "top best the a an in on of for by to from with at over under and or nearly about just only"
    " some least most than after before no its his her their those these this that all last next"
    " past first".split()
)
_VARIANTS = frozenset(
    "opus sonnet haiku mythos flash lite pro ultra mini nano micro max turbo codex instant thinking"
    " coder vl omni".split()
)


@frozen
class TitleVersions:
    """Which versions (name, number) and which variants of a model line a title names."""

    versions: frozenset[tuple[str, str]]
    variants: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.versions)


@lru_cache(maxsize=32_768)
def title_versions(title: str) -> TitleVersions:
    """The versions and variants that a title names; no number, no version."""
    if not any(map(str.isdigit, title)):
        return TitleVersions(versions=frozenset(), variants=frozenset())
    words = [word.lower() for word in tokens(_MONEY_OR_SHARE.sub(" ", title))]
    parts = {part for word in words for part in word.split("-")}
    return TitleVersions(
        versions=frozenset(_versions(words)), variants=frozenset(parts & _VARIANTS)
    )


def is_other_version(one: TitleVersions, other: TitleVersions) -> bool:
    """Whether two titles name different versions of one thing, or different variants of one
    version.
    """
    if not (one and other):
        return False
    for name in {name for name, _ in one.versions} & {name for name, _ in other.versions}:
        if not _numbers(one, name) & _numbers(other, name):
            return True
    numbers = {number for _, number in one.versions} & {number for _, number in other.versions}
    return bool(numbers and one.variants and other.variants and not one.variants & other.variants)


def _versions(words: list[str]) -> list[tuple[str, str]]:
    found = [
        (found["name"], found["number"])
        for word in words
        if (found := _JOINED.fullmatch(word)) and found["name"] != "v"
    ]
    found += [("", word.removeprefix("v")) for word in words if _BARE.fullmatch(word)]
    for (name, number), after in zip(pairwise(words), (*words[2:], ""), strict=False):
        match = _NUMBER.fullmatch(number)
        if match and name not in _NO_NAMES and after not in _QUANTITIES and not name[-1:].isdigit():
            found.append((name, match["number"]))
    return found


def _numbers(of: TitleVersions, name: str) -> set[str]:
    return {number for named, number in of.versions if named == name}
