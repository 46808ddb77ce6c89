"""The content words of a sentence, folded so that two wordings can be compared; and what a word
shares with its other forms: with all that are derived from it (`stem`), or with its inflections
alone (`uninflected`). docs/developing/design.md says why it takes both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from aggregator.english.text import words
from aggregator.english.vocabulary import FUNCTION_WORDS

IRREGULAR = {
    form: base
    for base, forms in {
        "acquire": "acquisition acquisitions",
        "begin": "began begun",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "apply": "applies applied applying application applications",
        "buy": "bought",
        "choose": "chose chosen choice",
        "come": "came",
        "decide": "decision decisions",
        "draw": "drew drawn",
        "drive": "drove driven",
        "fall": "fell fallen",
        "feel": "felt",
        "find": "found",
        "fight": "fought",
        "flee": "fled",
        "get": "got gotten",
        "give": "gave given",
        "go": "went gone",
        "grow": "grew grown growth",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lose": "lost loss losses",
        "make": "made",
        "mean": "meant",
        "meet": "met",
        "pay": "paid payment payments",
        "rise": "rose risen",
        "run": "ran",
        "say": "said says",
        "see": "saw seen",
        "sell": "sold sale sales",
        "send": "sent",
        "shoot": "shot",
        "show": "shown",
        "shrink": "shrank shrunk",
        "sink": "sank sunk",
        "speak": "spoke spoken speech",
        "spend": "spent",
        "stand": "stood",
        "steal": "stole stolen theft",
        "sue": "sued sues suing lawsuit lawsuits",
        "take": "took taken",
        "teach": "taught",
        "tell": "told",
        "think": "thought",
        "understand": "understood",
        "use": "used using user users usage",
        "win": "won",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}
_ENDINGS = tuple(
    "ations ation ating ements ement ments ment ated ates ate ities ity ions ion ings ing edly ied"
    " ies ed ers er ors or ly es s".split()
)
_NOUNS = frozenset({"ment", "ments"})  # "shipment", but "comment"
_SHORTEST_STEM = 3
_VOWEL = re.compile(r"[aeiouy]")
_NO_CONTENT = FUNCTION_WORDS | {"", "said", "says"}
_AS_FULL = 0.75  # of the words that the fullest text has of a statement: it reports the same
_Said = TypeVar("_Said")
_Word = TypeVar("_Word")  # a word, or the hash of one

# The past forms that no ending shows, as a pattern. `trimming` takes fewer for the verb of a
# clause.
PAST_FORMS = "|".join(
    "was were had did said told became began bought broke brought built came chose cut drew drove"
    " fell flew fought found gave got grew held hit kept knew led left let lost made met paid put"
    " ran rose saw sent set shot shut sold spent spoke stole stood struck taught threw took went"
    " withdrew won wrote".split()
)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """What a lower-case word shares with its other forms: "announcement", "announces" and
    "announced" are one.

    Lighter than Porter (1980) and cruder: one ending goes, then a doubled consonant and a last e or
    y.
    """
    plain = IRREGULAR.get(word, word)
    for ending in _ENDINGS:
        shortest = _SHORTEST_STEM + (ending in _NOUNS)
        if (
            plain.endswith(ending)
            and not plain.endswith("ss")
            and len(plain) - len(ending) >= shortest
        ):
            plain = plain[: -len(ending)]
            break
    if len(plain) > _SHORTEST_STEM and plain[-1] == plain[-2] and plain[-1] not in "aeiouls":
        plain = plain[:-1]
    return plain[:-1] if len(plain) > _SHORTEST_STEM and plain[-1] in "eyi" else plain


@lru_cache(maxsize=65_536)
def uninflected(word: str) -> str:
    """A lower-case word without its inflection: `releases`, `released` and `releasing` are one
    term.
    """
    word = word.lower().removesuffix("'s").replace("'", "")
    if len(word) < 4 or not word.isalpha() or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("es") and word[:-2].endswith(("s", "x", "z", "ch", "sh")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2 and _VOWEL.search(root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "ls" else root
            break
    return word.removesuffix("e") if len(word) > 4 else word


@lru_cache(maxsize=2048)
def content_words(text: str) -> frozenset[str]:
    """The words of a text without function words, lower-case, without possessive or plural s (a
    crude stem).
    """
    return frozenset(_folded(word) for word in words(text)) - _NO_CONTENT


@lru_cache(maxsize=2048)
def stems(text: str) -> frozenset[str]:
    """The stems of a text's content words."""
    return frozenset(map(stem, content_words(text)))


def subject_stems(text: str) -> frozenset[str]:
    """The stems of a text's content words without those that hold a figure."""
    return frozenset(stem(word) for word in content_words(text) if not any(map(str.isdigit, word)))


def overlap(left: frozenset[_Word], right: frozenset[_Word]) -> float:
    """Overlap coefficient: the share of the smaller set that the larger holds."""
    smaller = min(len(left), len(right))
    return len(left & right) / smaller if smaller else 0.0


def unlike(
    found: Iterable[_Said], before: Iterable[_Said], text: Callable[[_Said], str], alike: float
) -> Iterator[_Said]:
    """Of what is found those whose words overlap less than `alike` with those of all before it."""
    known = [content_words(text(each)) for each in before]
    for each in found:
        own = content_words(text(each))
        if all(overlap(own, other) < alike for other in known):
            known.append(own)
            yield each


def carrying(own: frozenset[_Word], parts: Mapping[int, frozenset[_Word]]) -> list[int]:
    """Of some texts, by their words, the numbers of those that carry a statement with these own
    words, the fullest first: what has a word of it that the fuller ones lack, and what has nearly
    as much of it as the fullest, so reports the same. What has no word of it is left out.
    """
    shared = {number: own & parts[number] for number in parts}
    kept: list[int] = []
    for number in sorted(shared, key=lambda each: -len(shared[each])):
        is_more = shared[number].difference(*(shared[each] for each in kept))
        if is_more or len(shared[number]) >= max(1, _AS_FULL * len(shared[(kept or [number])[0]])):
            kept.append(number)
    return kept


def _folded(word: str) -> str:
    plain = word.lower().removesuffix("'s").removesuffix("’s")
    return (
        plain[:-1] if len(plain) > 4 and plain.endswith("s") and not plain.endswith("ss") else plain
    )
