"""Recognises orders, and text that addresses a machine, by their form.

It covers every language that a site can have and the commonest others of the web. The rules are the
same for all; the words are data, one file per language in `languages/`: comma-separated words and
phrases in named fields, with `*` for any ending.

A sentence is an order if it begins with a word of `verbs` (after words of `soft`, a heading, or a
clause that `clauses` opens), or with one of `noun_verbs` before one of `objects`, or if it ends
with one of `endings`; `no_order` and `subject_verbs` are exceptions. A text addresses a machine if

- it sets aside (`disregard`) a machine's instructions (`told`; English lists exceptions in
  `spared`), in this order, or also in reverse where verbs come last (`verb_last`);
- its heading (`heads`) names (`call`) `machines`, it says what they do (`at_work`) or asks whether
  the reader is one (`conditions`), or it speaks as one (`as_machine`, `myself`);
- it says who the reader is from now on, or what the only answer is (`mode`), or dictates an answer
  (`say`, `exactly`).

A sentence may be meant for a machine if it mentions `your` `answers` or `rules` (in polite form,
`addressed`), or says what answers about this text (`here`) must contain. Diacritics, case and
letter width make no difference.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from aggregator.english.text import words

_FILES = Path(__file__).with_name("languages")
_UNSPACED = frozenset({"ja", "zh"})  # written without spaces, so words have no boundaries
_NEAR = r"[^.!?。！？\n]{0,40}?"
_FEW = r"(?:\s+[\w'-]+){0,2}?"
_BEFORE = r"[^\w\"“'‘]*"  # an opening quotation is not the writer's own words
_WORD = re.compile(r"\w+")
_UNMARKED = re.compile("[\\x00-\\x7f“”‘–—]*")  # what most English text consists of
_LETTERS = 4  # of a word, used as an index to the patterns that a text may match
_BEYOND_LATIN = re.compile("[Ͱ-῿⺀-￯]")
_SCRIPTS = {
    name: re.compile(f"[{letters}]")
    for name, letters in {
        "kana": "぀-ヿ", "han": "㐀-鿿", "cyrillic": "Ѐ-ӿ", "hangul": "가-힣", "greek": "Ͱ-Ͽ",
        "hebrew": "֐-׿", "arabic": "؀-ۿ", "indic": "ऀ-෿", "thai": "฀-๿",
    }.items()
}  # fmt: skip
_LEAST_OF_SCRIPT = 0.2  # of the letters: names and terms are in Latin letters in every language
_LEAST_KANA = 0.05


@lru_cache(maxsize=512)
def folded_marks(text: str) -> str:
    """The text without diacritics and wide letters, case kept: "désactivé" becomes "desactive"."""
    straight = text.replace("’", "'")
    if _UNMARKED.fullmatch(straight):
        return straight
    bare = unicodedata.normalize("NFKD", straight)
    return "".join(
        char
        for char in bare
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )


def is_ordering(sentence: str) -> bool:
    """Whether a sentence gives an order."""
    return _rules().orders.has(folded_marks(sentence))


def is_requesting(sentence: str) -> bool:
    """Whether a sentence begins as a request does: "can you"."""
    return _rules().requests.has(folded_marks(sentence))


def is_setting_aside(sentence: str) -> bool:
    """Whether a sentence speaks of setting a machine's instructions aside, as orders and reports
    do.
    """
    return _rules().set_aside.has(folded_marks(sentence))


def is_to_machine(sentence: str) -> bool:
    """Whether a sentence addresses a machine."""
    return _rules().machine.has(folded_marks(sentence))


def is_on_answers(sentence: str) -> bool:
    """Whether a sentence is about the reader's answer, or about every answer on this text."""
    return _rules().answers.has(folded_marks(sentence))


def is_on_rules(sentence: str) -> bool:
    """Whether a sentence is about the instructions that the reader was given."""
    return _rules().rules.has(folded_marks(sentence))


@lru_cache(maxsize=512)
def common_words(text: str) -> Mapping[str, int]:
    """How many of each language's commonest words a text contains; languages without any are left
    out.
    """
    index = _by_common_word()
    return Counter(name for word in words(text.lower()) for name in index.get(word, ()))


@lru_cache(maxsize=512)
def script_of(text: str) -> str:
    """The script of a text: Latin unless a fifth of its letters belong to another; none without
    letters.
    """
    letters = sum(map(str.isalpha, text))
    if not letters or _BEYOND_LATIN.search(text) is None:
        return "latin" if letters else ""
    share = {name: len(pattern.findall(text)) / letters for name, pattern in _SCRIPTS.items()}
    if share["kana"] >= _LEAST_KANA and share["kana"] + share["han"] >= _LEAST_OF_SCRIPT:
        return "kana"
    return next((name for name, part in share.items() if part >= _LEAST_OF_SCRIPT), "latin")


def script_of_language(language: str) -> str:
    """The script of a language; empty if we have no rules for it."""
    return str(_languages()[language].get("script", "latin")) if language in _languages() else ""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern, and the word beginnings of which every matching text has one; none where words
    have no boundaries.
    """

    needs: frozenset[str]
    text: str


class _Patterns:
    """Patterns of all languages, since a text may give orders in another one. Only those whose
    words it contains are tried.
    """

    def __init__(self, several: Iterable[_Pattern]) -> None:
        self._unspaced: list[str] = []
        self._spaced: dict[str, list[str]] = {}
        for pattern in several:
            if not pattern.needs:
                self._unspaced.append(pattern.text)
            for beginning in pattern.needs:
                self._spaced.setdefault(beginning, []).append(pattern.text)

    def has(self, text: str) -> bool:
        """Whether a text matches one of the patterns."""
        tried = {
            pattern
            for key in _beginnings(text) & self._spaced.keys()
            for pattern in self._spaced[key]
        }
        unspaced = () if text.isascii() else self._unspaced
        return any(_compiled(pattern).search(text) for pattern in (*tried, *unspaced))


@lru_cache(maxsize=64)
def _beginnings(text: str) -> frozenset[str]:
    """The first letters of each word, lower case: each sentence is tried for five kinds of
    patterns.
    """
    return frozenset(word[:_LETTERS] for word in _WORD.findall(text.lower()))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled on first use: most languages never occur."""
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rules:
    orders: _Patterns
    requests: _Patterns
    set_aside: _Patterns
    machine: _Patterns
    answers: _Patterns
    rules: _Patterns


@cache
def _languages() -> Mapping[str, Mapping[str, Any]]:
    return {
        path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(_FILES.glob("*.toml"))
    }


@cache
def _by_common_word() -> Mapping[str, Sequence[str]]:
    """The languages in which a word is among the commonest."""
    index: dict[str, list[str]] = {}
    for name, of in _languages().items():
        for word in _items(of["common"]):
            index.setdefault(word, []).append(name)
    return index


@cache
def _rules() -> _Rules:
    every = [_Language(name, of) for name, of in _languages().items()]
    return _Rules(
        orders=_Patterns(pattern for language in every for pattern in language.orders()),
        requests=_Patterns(pattern for language in every for pattern in language.requests()),
        set_aside=_Patterns(pattern for language in every for pattern in language.set_aside()),
        machine=_Patterns(pattern for language in every for pattern in language.machine()),
        answers=_Patterns(pattern for language in every for pattern in language.on_answers()),
        rules=_Patterns(pattern for language in every for pattern in language.on_rules()),
    )


def language_words(
    fields: Iterable[str],
) -> Mapping[str, tuple[Mapping[str, Sequence[str]], bool]]:
    """The words and phrases of these fields by language, folded, and whether the language is
    written with spaces.
    """
    return {
        name: (
            {field: [*map(folded_marks, _items(of.get(field, "")))] for field in fields},
            name not in _UNSPACED,
        )
        for name, of in _languages().items()
    }


def _items(text: str) -> Sequence[str]:
    return [item for part in text.split(",") if (item := " ".join(part.split()))]


class _Language:
    """The patterns of one language."""

    def __init__(self, name: str, of: Mapping[str, Any]) -> None:
        self._of = of
        self._is_spaced = name not in _UNSPACED
        self._gap = r"[\s,:]+" if self._is_spaced else r"\s*"
        self._few = _FEW if self._is_spaced else r"\w{0,4}?"

    def _words(self, field: str) -> Sequence[str]:
        return sorted(
            map(folded_marks, _items(self._of.get(field, ""))), key=lambda word: (-len(word), word)
        )

    def _any(self, field: str) -> str:
        """Matches any whole word or phrase of a field."""
        alternatives = "|".join(
            r"[\s,]+".join(map(re.escape, word.split())).replace(r"\*", r"\w*")
            for word in self._words(field)
        )
        if not alternatives:
            return "(?!)"
        return rf"(?<![\w-])(?:{alternatives})(?!\w)" if self._is_spaced else f"(?:{alternatives})"

    def _pattern(self, needed: str, pattern: str) -> Iterator[_Pattern]:
        """A pattern that needs a word of one of the fields; none if the language has no such
        words.
        """
        found = [word for field in needed.split() for word in self._words(field)]
        needs = (
            (_WORD.findall(phrase.lower())[0][:_LETTERS] for phrase in found)
            if self._is_spaced
            else ()
        )
        if found:
            yield _Pattern(frozenset(needs), pattern)

    def orders(self) -> Iterator[_Pattern]:
        """Sentences that begin or end as an order does."""
        verbs, soft = self._any("verbs"), self._any("soft")
        verb = (
            rf"(?!{self._any('no_order')})(?:{verbs}(?!['-])(?!\s+{self._any('subject_verbs')})|"
            rf"{self._any('noun_verbs')}\s+(?:{self._any('objects')}|[\"“'‘]|www\.|https?:|\[|"
            rf"[a-z]+_[a-z_]+(?!\w)))"
        )
        softened = rf"(?:(?:{soft}|stop\.)[,:]?\s+)*"
        label = rf"(?:[\w \-]{{1,40}}:\s+)?{_BEFORE}"  # "IMPORTANT: please ignore …"
        yield from self._pattern(
            "verbs noun_verbs", rf"^{_BEFORE}{label if self._is_spaced else ''}{softened}{verb}"
        )
        clause = rf"^{_BEFORE}{self._any('clauses')}\s[^.!?]{{2,120}}?,\s+(?-i:{softened}{verb})"
        yield from self._pattern("clauses", clause)
        yield from self._pattern("endings", rf"{self._any('endings')}[\W_]*$")

    def requests(self) -> Iterator[_Pattern]:
        """Sentences that begin as a request does, or end so where verbs come last."""
        place = "" if "endings" in self._of else r"^\W*"
        yield from self._pattern("requests", rf"{place}{self._any('requests')}")

    def set_aside(self) -> Iterator[_Pattern]:
        """Texts about setting instructions aside."""
        ignore, instructions = map(self._any, ("disregard", "told"))
        spared = rf"\s+{self._any('spared')}" if "spared" in self._of else ""
        yield from self._pattern("disregard", rf"{ignore}{spared}{_NEAR}{instructions}")
        if "verb_last" in self._of:
            yield from self._pattern("disregard", rf"{instructions}{_NEAR}{ignore}")

    def machine(self) -> Iterator[_Pattern]:
        """Texts that address a machine."""
        machines, gap = self._any("machines"), self._gap
        yield from self._pattern(
            "heads", rf"{self._any('heads')}{gap}{self._any('call')}{self._few}{gap}{machines}"
        )
        yield from self._pattern(
            "conditions", rf"{self._any('conditions')}{self._few}\s*{machines}"
        )
        yield from self._pattern("mode", self._any("mode"))
        yield from self._pattern(
            "as_machine", rf"{self._any('as_machine')}{_NEAR}{self._any('myself')}"
        )
        yield from self._pattern("at_work", rf"{machines}\s+{self._any('at_work')}")
        asked = rf"{self._any('to_you')}{self._few}\s+{self._any('answers')}\s+{self._any('you')}"
        yield from self._pattern("to_you", asked)
        begins = rf"^\W*(?:{self._any('soft')}[,:]?\s+)*" if self._is_spaced else ""
        near = rf"{self._few}[\s:]+" if self._is_spaced else _NEAR
        yield from self._pattern("say", rf"{begins}{self._any('say')}{near}{self._any('exactly')}")

    def on_answers(self) -> Iterator[_Pattern]:
        """Texts about the reader's answer, or about all answers on this text."""
        answers = self._any("answers")
        yield from self._pattern("your", rf"{self._any('your')}{self._few}\s*{answers}")
        yield from self._pattern("addressed", self._any("addressed"))
        yield from self._pattern("answers", rf"{answers}{_NEAR}{self._any('here')}")

    def on_rules(self) -> Iterator[_Pattern]:
        """Texts about the instructions that the reader was given."""
        yield from self._pattern("your", rf"{self._any('your')}{self._few}\s*{self._any('rules')}")
