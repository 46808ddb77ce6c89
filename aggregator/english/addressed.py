"""How likely a sentence is addressed to whoever reads or summarises its text: it asks or tells
somebody to do something with the text, its summary or answer, or gives the reader's software a
role or a task.

A linear model decides, over features of mood (does it order, oblige, report?), addressee and
object, whose words are the fields of `languages/`. A report of such an order is a statement like
any other. `tests.quality.admission fit` writes the weights and the threshold, `addressed.json`,
by orders whose verbs are in `languages/`; other verbs in their place are read like them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, combinations
from math import exp
from pathlib import Path

from aggregator.english.lexical import PAST_FORMS
from aggregator.english.orders import (
    common_words,
    folded_marks,
    is_on_answers,
    is_on_rules,
    is_ordering,
    is_requesting,
    is_setting_aside,
    is_to_machine,
    language_words,
    script_of,
)
from aggregator.english.speech_acts import QUOTED
from aggregator.english.vocabulary import FUNCTION_WORDS, SAYING

FILE = Path(__file__).with_suffix(".json")
_FIELDS = (
    "answers", "conditions", "disregard", "exactly", "handlers", "heads", "here", "machines",
    "must", "rules", "say", "texts", "told", "wishes", "your",
)  # fmt: skip
_CROSSED = (
    "orders", "orders later", "must", "wishes", "your", "machines", "handlers", "answers", "texts",
    "told", "here", "any", "sets instructions aside", "says", "first verb past",
    "first verb third", "first verb must",
)  # fmt: skip
_MOST_WORDS = 4  # of a phrase
_BESIDE = 0.7
_SURE = 0.9
_FIRST = 3  # words at the beginning
_PIECE = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CLAUSE = re.compile(r"[:;,—–] (?:and |but |so |then |now )?|\band |(?<=[.!?。]) ")
_BEHIND = re.compile(r"(?:[;:—–]|(?<=[.!?。])) (?:and |but |so |then |now )?")
_SPLICED = re.compile(r"(?<=[a-z]) (?=([A-Z][a-z]+) [a-z])")  # "The notes are To finish, call"
_TOOL = re.compile(r"\b[a-z]+_[a-z_]+\b|`[^`]+`")
_COMMAND = re.compile(r"`[^`]+`|\b[a-z]+ (?:install|pull|run|update|upgrade) \S|\b\d+\.\d+\.\d+\b")
_PARTICIPLE = r"(?! (?:by|on|in|from|at|for|to)\b)"  # "answers based on …" has no verb yet
_OBJECT = (
    r"(?= (?:the|an?|that|to|how|whether|its|their|every|all|no|on|for|with|into|each|your|new|\d))"
)
_VERB = re.compile(
    r"\b(?:(?P<must>must|should|shall|ought to|(?:has|have|is|are|needs?) to"
    r"|(?:is|are) (?:required|expected|asked) to)"
    rf"|(?P<past>{PAST_FORMS}|[a-z]{{2,}}ed{_PARTICIPLE})"
    r"|(?P<third>is|are|has|have|can|could|may|might|will|would|does|do"
    rf"|[a-z]{{3,}}s{_OBJECT}))\b"
)
_SAYS = re.compile(rf"\b(?:{SAYING}|shows?|asks?|according to|in which|by which)\b")
_ANY = re.compile(r"\b(?:any|every|each|all|whatever|whoever|no) ")
_BARE = re.compile(
    r"\W*(?:(?:and|but|so|then|now|please|just|also|always|never|do not|don't) )*"
    r"(?P<verb>[a-z]{3,}?)(?<!s)(?<!ed)(?<!ing)(?<!ly)"
    r" (?:the|an?|any|all|every|each|no|only|it|this|these|that|those|them|your|its|his|her) "
)
_HEAD = re.compile(r"^[^.:：!?]{3,60}[:：]")


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The phrases of all languages, and the beginnings of words, each with its languages and
    fields. Those of languages written with spaces are under their first word, the `unspaced` are
    looked for in the text.
    """

    spaced: Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]
    beginnings: Mapping[str, Sequence[tuple[str, str]]]
    unspaced: Mapping[str, Sequence[tuple[str, str]]]
    lengths: Sequence[int]  # of the beginnings
    latin: Sequence[str]  # the languages of this script

    def found(self, text: str) -> Mapping[str, set[tuple[int, str]]]:
        """The fields that occur in a text, by language, with the number of the word at which each
        does.
        """
        found = defaultdict[str, set[tuple[int, str]]](set)
        pieces = _PIECE.findall(text)
        for place, word in enumerate(pieces):
            several = [_begun(word)]
            if phrases := self.spaced.get(word):
                several += (
                    phrases.get(" ".join(pieces[place : place + many]), ())
                    for many in range(1, min(_MOST_WORDS, len(pieces) - place) + 1)
                )
            for language, field in chain.from_iterable(several):
                found[language].add((place, field))
        for phrase, of in self.unspaced.items() if not text.isascii() else ():
            if (at := text.find(phrase)) >= 0:
                for language, field in of:
                    found[language].add((at // 2, field))
        return found


@lru_cache(maxsize=8192)
def _begun(word: str) -> Sequence[tuple[str, str]]:
    """The languages and fields of the beginnings that a word has."""
    of = _lexicon()
    return [*chain.from_iterable(of.beginnings.get(word[:length], ()) for length in of.lengths)]


@cache
def _lexicon() -> _Lexicon:
    spaced = defaultdict[str, dict[str, list[tuple[str, str]]]](dict)
    beginnings, unspaced = (defaultdict[str, list[tuple[str, str]]](list) for _ in range(2))
    of_languages = language_words(_FIELDS)
    for language, (fields, is_spaced) in of_languages.items():
        for field, phrases in fields.items():
            for phrase in map(str.lower, phrases):
                if phrase[-1] == "*":
                    of = beginnings[phrase[:-1]]
                elif is_spaced:
                    of = spaced[_PIECE.findall(phrase)[0]].setdefault(phrase, [])
                else:
                    of = unspaced[phrase]
                of.append((language, field))
    lengths = sorted({*map(len, beginnings)})
    return _Lexicon(
        spaced, beginnings, unspaced, lengths, sorted({*of_languages} - {"ja", "zh", "ru"})
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """A sentence as it is read in every language: its folded words outside quotations, the fields
    of those and of the quoted ones, what stands before its first colon, and the features that need
    no lexicon.
    """

    outside: str
    fields: Mapping[str, set[tuple[int, str]]]
    quoted: Mapping[str, set[tuple[int, str]]]
    head: int  # words
    found: frozenset[str]


@lru_cache(maxsize=64)
def _form(sentence: str) -> _Form:
    whole = _inner(sentence)
    quotations = QUOTED.findall(whole)
    outside = QUOTED.sub(" _ ", whole) if quotations else whole
    low = folded_marks(outside).lower()
    head = _HEAD.match(low)
    clauses = [part for part in _CLAUSE.split(outside)[1:] if len(part) > 5]
    orders = is_ordering(outside)
    tests = {
        "orders": orders,
        "orders later": any(map(is_ordering, clauses)),
        "orders in a quotation": any(is_ordering(part[1:-1]) for part in quotations),
        "opens with a quotation": bool(quotations) and not whole[0].isalnum(),
        "requests": is_requesting(outside),
        "sets instructions aside": is_setting_aside(outside),
        "speaks to a machine": is_to_machine(outside),
        "says what answers are": is_on_answers(outside),
        "is about your rules": is_on_rules(outside),
        "tool": bool(_TOOL.search(outside)),
        "any": bool(_ANY.search(low)),
        "says": bool(_SAYS.search(low)),
    }
    found = {name for name, holds in tests.items() if holds}
    if not orders:
        verb = _VERB.search(low)
        found.add(f"first verb {verb.lastgroup if verb else 'none'}")
    return _Form(
        outside=low,
        fields=_lexicon().found(low),
        quoted=_lexicon().found(folded_marks(" ".join(quotations)).lower()),
        head=len(head[0].split()) if head else 0,
        found=frozenset(found),
    )


def features(sentence: str, language: str) -> frozenset[str]:
    """What a sentence, read in a language, has of mood, addressee and object."""
    form = _form(sentence)
    found = set(form.found)
    for place, field in form.fields.get(language, ()):
        found.add(field)
        if place < _FIRST and field in ("machines", "heads", "handlers", "conditions", "answers"):
            found.add(f"{field} first")
        if place < form.head and field in ("machines", "handlers"):
            found.add("addressee before a colon")
    quoted = {field for _, field in form.quoted.get(language, ())}
    found |= {f"{field} quoted" for field in quoted & {"answers", "here", "told", "texts"}}
    return frozenset(found)


def crossed(found: frozenset[str]) -> Iterator[str]:
    """The features of a sentence and their pairs, by name."""
    yield from found
    for one, other in combinations([name for name in _CROSSED if name in found], 2):
        yield f"{one} + {other}"


def is_addressed_beside(sentence: str) -> bool:
    """Whether a sentence is addressed to who reads it, given that another of its passage is."""
    return probability(sentence) >= _BESIDE * _model()[2]


def is_surely_addressed(sentence: str) -> bool:
    """Whether a sentence is so clearly addressed to the reader that its whole passage is, too."""
    return probability(sentence) >= _SURE


def names_command(sentence: str) -> bool:
    """Whether a sentence names a command or a version, as instructions for readers do."""
    return bool(_COMMAND.search(sentence))


@cache
def _model() -> tuple[float, Mapping[str, float], float]:
    kept = json.loads(FILE.read_text("utf-8"))
    return kept["bias"], kept["weights"], kept["threshold"]


def is_addressed(sentence: str) -> bool:
    """Whether a sentence is addressed to whoever reads or summarises its text."""
    return probability(sentence) >= _model()[2]


@lru_cache(maxsize=1024)
def probability(sentence: str) -> float:
    """How likely it is: the highest of the languages that the sentence may be in, and of its
    clauses that may be orders: "It opened on Monday; call it the best."
    """
    bias, weights, _ = _model()
    read = {
        found
        for part in (sentence, *clauses_behind(sentence))
        for language in languages_of(part)
        for found in _readings(part, language)
        if "orders" in found or part == sentence
    }
    totals = (bias + sum(weights.get(name, 0.0) for name in crossed(found)) for found in read)
    return 1 / (1 + exp(-max(totals)))


def _readings(part: str, language: str) -> Iterator[frozenset[str]]:
    """The features of a sentence or clause; and, where it has no finite verb but begins as an order
    does, with what may be a verb and its object, those of an order.
    """
    yield (found := features(part, language))
    text = _form(part).outside
    begun = _BARE.match(text) if language == "en" else None
    if begun and begun["verb"] not in FUNCTION_WORDS and not _VERB.search(text, 1):
        yield found - {"first verb none"} | {"orders"}


def clauses_behind(sentence: str) -> Sequence[str]:
    """What stands in a sentence behind a semicolon, a colon, a dash or a point, and what begins in
    its midst with a capital and with no name.
    """
    spliced = (
        sentence[found.end() :]
        for found in _SPLICED.finditer(sentence)
        if common_words(found[1].lower())
    )
    return (*_BEHIND.split(sentence)[1:], *spliced)


def forget_model() -> None:
    """Drops the weights that were read, so that new ones are used."""
    _model.cache_clear()
    probability.cache_clear()


def languages_of(sentence: str) -> Sequence[str]:
    """The languages that a sentence may be in: those with most common words, of its script."""
    script = script_of(sentence)
    counts = common_words(sentence)
    of_script = {"kana": ("ja",), "han": ("zh", "ja"), "cyrillic": ("ru",)}.get(script)
    if of_script:
        return of_script
    most = max(counts.values(), default=0)
    found = [name for name, count in counts.items() if count == most] if most else []
    return found or _lexicon().latin


def _inner(sentence: str) -> str:
    """A sentence that is one quotation without its marks."""
    found = re.fullmatch(r"\W{0,2}[\"“‘„«「](?P<own>[^\"“”„«»「」]*)[\"”’“»」]\W{0,2}", sentence)
    return found["own"] if found else sentence
