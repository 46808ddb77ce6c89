"""Versions: products with the number that tells one from the next, which must match exactly.

"GPT-5.2" is not "GPT-5", and a "3.1" that belongs to another product says nothing of Llama 3.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from aggregator.english.text import sentences
from aggregator.english.vocabulary import DATE_WORDS, FUNCTION_WORDS
from aggregator.verify.wording import is_title_case, wording

Span = tuple[int, int]

# letters that make a number a quantity and no version: "7B", "80GB", "3x", "30s", "4th"
QUANTITY = (
    r"(?:st|nd|rd|th|[kmbt]|[mbt]n|trn|mln|bln|x|s|h|w|ms|secs?|mins?|hrs?|yrs?|[kmgtp]i?b"
    r"|[kmgt]?wh?|[kmgt]?hz|[nmck]m|kg|bps|pp|pc"
    r"|fold|million|billion|trillion|thousand|percent|tokens?|params?)"
)
_COUNTED = (  # words that make the number before them a count: "Nvidia 5 times", "March 5"
    r"(?:%|percent|per\s+cent|hundred|thousand|million|billion|trillion|bn|mn|tn"
    r"|times|years?|months?|weeks?|days?|hours?|minutes?"
    r"|seconds?|dollars|euros|pounds|tokens|parameters|users|people|points?|[KMGTkmgt]B|[kMG]W)\b"
)
_LETTERS_FIRST = re.compile(r"(?<![\w$€£@/.])[^\W\d_]\w*(?:[-‑]\w+|[.,]\d\w*)*")
_DIGITS_FIRST = re.compile(
    rf"(?<![\w$€£¥.,-])\d+(?:[.,]\d+)*(?!{QUANTITY}\b)[^\W\d_]\w*|(?<![\w.])\d+(?:\.\d+){{2,}}\w*",
    re.I,
)
_PRODUCT = re.compile(
    rf"(?<![\w.])(?P<word>[^\W\d_a-z][^\W\d_]*|[a-z]+[A-Z]\w*|[Vv]ersion)"
    rf"\s(?P<number>v?\d{{1,3}}(?:\.\d+)*[a-z]?)"
    rf"(?![\w%]|[.,:]\d|\s?[-–]\s?(?:\d|{_COUNTED})|\s(?:{_COUNTED}|to\s\d))"
)
_DIGIT = re.compile(r"\d")
_MONEY = re.compile(r"(?:Rs|USD|EUR|GBP|JPY|CNY|RMB|INR|KRW|CHF|AUD|CAD)\.?\d")
_PREFIX = re.compile(
    r"(?:top|pre|post|mid|sub|under|over|non|multi|plus|roughly|nearly|about|almost|near|around"
    r"|ultra|single|double|day|week"
    r"|round|past|last|next|first|early|late|all|a|an|the|and|or|to)[-‑](?=\w)"
)
_SUFFIX = re.compile(
    r"(?:[-‑](?:powered|based|class|level|style|era|like|generation|compatible|enabled"
    r"|equipped|driven|only|trained|related"
    r"|ready|native|sized|family|series|first|plus|and|or|to|type|year|old|day))+$"
)
NO_PRODUCT = DATE_WORDS.union("rs usd eur gbp jpy cny rmb inr krw chf aud cad".split())


@lru_cache(maxsize=512)
def version_spans(text: str) -> tuple[Span, ...]:
    """Where versions stand in a text, in order; each span covers the product's word where the
    number needs it.
    """
    products = set(_products(text))
    numbers = {end for _, end in products}  # "v3" of "DeepSea v3" is judged with its product
    tokens = {*_letters_first(text), *(match.span() for match in _DIGITS_FIRST.finditer(text))}
    return tuple(sorted(products | {token for token in tokens if token[1] not in numbers}))


def missing_versions(claim_text: str, evidence_texts: Sequence[str]) -> tuple[str, ...]:
    """The versions of a claim that no evidence has, word for word and digit for digit."""
    evidence = [wording(text) for text in evidence_texts]
    return tuple(
        claim_text[start:end]
        for start, end in version_spans(claim_text)
        if not any(wording(claim_text[start:end]) in passage for passage in evidence)
    )


def _letters_first(text: str) -> Iterator[Span]:
    """Tokens such as "GPT-5.2", "H100" or "Llama-3.1-8B", without an ordinary word tied to them
    ("GPT-5-powered").
    """
    for token in _LETTERS_FIRST.finditer(text):
        if not _DIGIT.search(token[0]) or _MONEY.match(token[0]):
            continue
        prefix = _PREFIX.match(token[0])
        suffix = _SUFFIX.search(token[0])
        start = token.start() + (prefix.end() if prefix else 0)
        end = token.start() + (suffix.start() if suffix else len(token[0]))
        if start < end and not text[start].isdigit() and _DIGIT.search(text, start, end):
            yield start, end


def _products(text: str) -> Iterator[Span]:
    """A product's word and the number behind it, "Claude Opus 4.5": whole numbers not in titles
    ("Meta Hires 50"). The capital that begins a sentence makes no product of its word where the
    number says enough by itself ("Installing 2.4.0").
    """
    place = 0
    for sentence in sentences(
        text
    ):  # one at a time, so that it reads the same within a passage and alone
        place = text.index(sentence, place)
        in_title = is_title_case(sentence)
        for match in _PRODUCT.finditer(sentence):
            first = not match.start() and match["number"].count(".") > 1
            if not first and _is_product(match["word"].lower(), match["number"], in_title):
                yield place + match.start(), place + match.end()
        place += len(sentence)


def _is_product(word: str, number: str, in_title: bool) -> bool:
    if word == "version":
        return True
    return word not in FUNCTION_WORDS and word not in NO_PRODUCT and (not in_title or "." in number)
