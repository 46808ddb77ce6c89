"""What a sentence does: whether it states, asks, orders, is in code, or attributes its news to
another source ("according to Reuters").

The first three are decided by form, in every language for which `orders` has words. A publisher
that attributes its news vouches only for the report, and could name anybody: so the publisher is
named first, and the other source as cited by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aggregator.english.orders import is_ordering, is_requesting
from aggregator.english.text import folded, sentences, words
from aggregator.english.vocabulary import MONTHS, WEEKDAYS

# words with digits among their letters make a text a cipher; a single one may be a name such as
# "gpt4o"
_FEWEST_CIPHERED = 4
_LEAST_CIPHERED = 0.4
_FEWEST_MIXED = 2  # words that mix lookalike letters of two scripts: "іgnоre"
_QUESTION = re.compile(r"[?？][^\w.!…]*$")
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|„[^“”]*[“”]|«[^»]*»|「[^」]*」")
_ENCLOSED = re.compile(r"^[\"“'‘]([^\"“”]*)[\"”'’]$")
_CLAUSES = re.compile(r"(?:, (?:and|but|or|so|then)|[;:—–]) +")
_CODE = re.compile(r"[!-~]{46,}")  # without a space for so long, it is at best an address
_MARKS = re.compile(  # by which chats with models tell who speaks
    r"^\W*(?:system|assistant|user|developer|human)(?: message)? ?:|<[|｜]|[|｜]>|\[/?inst\]"
    r"|\((?:assistant|system|user|developer)\)\s*:|<</?sys>>|^\#{2,} ?end of\b"
    r"|</?(?:article|context|system|instructions?|user|assistant|prompt)>"
)
_ENCODED = re.compile(
    r"(?:%[0-9a-f]{2}[^%]{0,20}){4}|(?:\\u[0-9a-f]{4}){4}|(?:[.-]{1,6}[ /]+){10}"
    r"|(?:\b[01]{8}\ ?){4}"
)
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_MIXED = re.compile(r"[a-z]\d|\d[a-z]", re.IGNORECASE)
_TWO_SCRIPTS = re.compile(r"[a-z][а-яіјѕԁο-ω]|[а-яіјѕԁο-ω][a-z]", re.IGNORECASE)
_CAPITAL = r"[A-ZÀ-Þ][\w&.-]*\w"
_NAME = rf"{_CAPITAL}(?: (?:of |and |& |for )?{_CAPITAL}){{0,4}}(?!['’]s\b)"
# Not "Iranian state media": a name before another noun only describes it.
_ENDS = r"(?=\W*$|[,;:!?)\"”’—–]| [—–(]| (?:on|in|at|as|from|and|or|which|who|that)\b)"
_CITING = re.compile(
    r"\b(?:[Aa]ccording to|[Cc]iting) (?:an? |the )?(?:reports? (?:by|from|in) )?(?:the"
    rf" )?(?P<to>{_NAME}){_ENDS}"
    rf"|(?:\b[Tt]he )?(?P<by>{_NAME}) (?:first )?report(?:s|ed) that\b"
)
_DATES = {*WEEKDAYS, *MONTHS}


def is_question(sentence: str) -> bool:
    """Whether a sentence asks."""
    return bool(_QUESTION.search(sentence)) or is_requesting(sentence)


def is_order(sentence: str) -> bool:
    """Whether a sentence is in the imperative mood (Quirk et al. 1985, 11.24): a bare verb with
    nobody as its subject.
    """
    return is_ordering(_ENCLOSED.sub(r"\1", sentence))


def is_statement(claim: str, names: Iterable[str] = ()) -> bool:
    """Whether every clause of a sentence of ours makes a statement: none orders, none asks.

    One of `names` at its beginning is a subject, so “Compute Ledger found …” orders nothing.
    """
    subjects = tuple(f"{name} " for name in names)
    clauses = (
        part for sentence in sentences(claim) for part in (sentence, *_CLAUSES.split(sentence)[1:])
    )
    return not any(
        is_question(clause) or (is_order(clause) and not clause.startswith(subjects))
        for clause in clauses
    )


def is_ciphered(text: str) -> bool:
    """Whether a text is written in code: a cipher, the marks of a chat with a model, or letters of
    two scripts mixed in words.
    """
    bare = _ADDRESS.sub(" ", text)
    tokens = words(bare)
    mixed = sum(bool(_MIXED.search(token)) for token in tokens) if _MIXED.search(bare) else 0
    is_disguised = not text.isascii() and len(_TWO_SCRIPTS.findall(bare)) >= _FEWEST_MIXED
    return (
        bool(_CODE.search(bare))
        or bool(_ENCODED.search(bare.lower()))
        or bool(_MARKS.search(text.lower()))
        or is_disguised
        or (mixed >= _FEWEST_CIPHERED and mixed >= _LEAST_CIPHERED * len(tokens))
    )


def is_credited(sentence: str, source: str) -> bool:
    """Whether a sentence attributes its news to a source by its name, or by part of it:
    "according to Vexel" to "Vexel News".
    """
    own = folded(source.partition(",")[0])  # "The Daily, citing Reuters" is The Daily
    names = (folded(found["to"] or found["by"]) for found in _CITING.finditer(sentence))
    return any(name in own or own in name for name in names)


def cited_by(sentence: str, source: str) -> str:
    """The other source that a sentence attributes its news to; empty if it names none, or only the
    source itself.
    """
    for found in _CITING.finditer(sentence):
        name = found["to"] or found["by"]
        own, other = folded(source), folded(name)
        if not ({*name.split()} & _DATES or own in other or other in own):
            return name
    return ""
