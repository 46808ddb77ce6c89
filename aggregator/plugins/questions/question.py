"""A question as the archive is searched for it: what it names, and the words that an answer shares
with it; and a sentence of the archive as evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from aggregator.domain.article import Passage
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import DateMention, report_day
from aggregator.domain.frozen import frozen
from aggregator.english.lexical import stem
from aggregator.english.text import normalised, without_surrogates
from aggregator.english.vocabulary import MONTH_NAMES
from aggregator.errors import ArgumentError
from aggregator.plugins.questions.acts import act, beginnings
from aggregator.plugins.questions.asked import (
    Asked,
    interrogative,
    is_beside,
    ordinals,
    told_of,
)
from aggregator.verify.figures import Figure, figures
from aggregator.verify.names import name_spans
from aggregator.verify.versions import version_spans
from aggregator.verify.wording import read

MOST_CHARACTERS = 500
_MOST_WORDS = 16  # of which a passage is searched
_DATED = re.compile(r"\d|" + "|".join(MONTH_NAMES), re.IGNORECASE)  # "the quarter" is no day
_DID_SO = re.compile(r"\b(?:do|does|did) (?:it|so|that)\b")
_WITHOUT = re.compile(r"\bwithout\b[^,;:]*")
_SHORTEST_FORM = 3  # letters: what is shorter is searched as it stands
_DOTTED = re.compile(r"(?:\.(?:[a-z]{2,}|[A-Z]{2,})\b)+")  # "Z.ai", but not "of it.China"
_CASED = 2  # letters: a name this short is another word in lower case, as "X" and "AI" are


@frozen
class Word:
    """A word of a question that carries content: its stem, the strings of which a text that has it
    holds one, and whether it is part of a name.
    """

    stem: str
    forms: tuple[str, ...]
    is_named: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question read: its names (versions and products whole), the words that carry content, its
    figures, its days, and what is asked for.

    `counted` is the stem of what "how many" counts, and `of` how many there are in all. `done` is
    the stem of what `actor` does, or of what is done to a name where there is no actor. `beside`
    are the names that only stand with a preposition, and `longer` those known names that one of the
    question is part of: "Heron 3 Small" to "Heron 3".
    """

    text: str
    names: tuple[str, ...]
    words: tuple[Word, ...]
    figures: tuple[Figure, ...]
    days: tuple[DateMention, ...]
    ordinals: tuple[str, ...]
    asked: Asked
    form_words: frozenset[str] = frozenset()
    counted: str = ""
    of: str = ""
    actor: str = ""
    done: str = ""
    beside: tuple[str, ...] = ()
    longer: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        """The stem of its first word that is no part of a name: what "who" did or is."""
        return next((word.stem for word in self.words if not word.is_named), "")

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words that are no part of a name."""
        return frozenset(word.stem for word in self.words if not word.is_named)


def question_of(text: str, today: date) -> Question:
    """A question as its words say it; `today` is what "last week" is counted from.

    Raises ArgumentError where it is longer than 500 characters or has no words to search for.
    """
    if len(text) > MOST_CHARACTERS:
        raise ArgumentError(f"the question has more than {MOST_CHARACTERS} characters: shorten it")
    plain = normalised(without_surrogates(text))
    days = tuple(
        day for day in date_mentions(plain, today) if _DATED.search(plain[day.start : day.end])
    )
    spans = _named_spans(plain, days)
    form = interrogative(plain)
    words = tuple(_words(plain, spans, form.words))[:_MOST_WORDS]
    named = tuple(dict.fromkeys(plain[start:end] for start, end in spans))
    others = stems_of(" ".join(named))
    told = (
        (name if is_doing else "", done)
        for name in named
        for behind, is_doing in told_of(name, plain)
        for done in [each for each in _stems(behind) if each not in others][:1]
    )
    actor, done = min(told, key=lambda each: not each[0], default=("", ""))
    if not words:
        raise ArgumentError(
            "nothing to search for: name a company, person or product, such as Heron 3"
        )
    return Question(
        text=plain,
        names=named,
        words=words,
        figures=tuple(
            figure
            for figure in figures(plain)
            if figure.text[0].isdigit() and not (figure.in_version or figure.in_date)
        ),
        days=days,
        ordinals=ordinals(plain),
        asked=form.asked,
        form_words=stems_of(" ".join(form.words)),
        counted=act(stem(form.counted)),
        of=form.of,
        actor=actor,
        done=done,
        beside=tuple(plain[start:end] for start, end in spans if is_beside(plain[:start])),
    )


def named_in(name: str, text: str, *, in_title: bool = False, longer: Sequence[str] = ()) -> bool:
    """Whether a text names somebody or something: "Heron 3" is not named by "Heron 3 Small", nor by
    "Heron 3.1", nor where a known `longer` name has it as its part. In a title every word has a
    capital, so what follows says nothing there.
    """
    return any(name_spans_in(name, text, in_title=in_title, longer=longer))


def name_spans_in(
    name: str, text: str, *, in_title: bool = False, longer: Sequence[str] = ()
) -> Iterator[tuple[int, int]]:
    """Where a text has a name that is not part of a longer one."""
    for other in longer:
        if len(other) > len(name):
            pattern = rf"(?<!\w){_spaced(other)}(?!\w)"
            text = re.sub(pattern, lambda found: "…" * len(found[0]), text)
    ends = r"(?!\w)"
    if name[-1].isdigit():
        ends = r"(?![\w]|[.,‑-]\w)" + ("" if in_title else r"(?!\s(?-i:[A-Z])\w)")
    flags = 0 if len(name) <= _CASED else re.IGNORECASE
    yield from (
        found.span() for found in re.finditer(rf"(?<![\w.]){_spaced(name)}{ends}", text, flags)
    )


def short_forms(name: str, question: Question, article: str) -> tuple[str, ...]:
    """The patterns of what an article calls somebody whom it names: "the office", by the last word
    of their name, where it names no other office.
    """
    if not named_in(name, article, longer=question.longer):
        return ()
    known = set(whole_names(article)) | {name}
    whole = {each for each in known if each == name or each.startswith(f"{name} ")}
    heads = {each.split()[-1] for each in whole if " " in each}
    others = {each.split()[-1] for each in known - whole if " " in each and each not in name}
    return tuple(rf"\b[Tt]he {re.escape(head.lower())}\b" for head in sorted(heads - others))


def _spaced(name: str) -> str:
    return r"[\s\u00a0‑-]+".join(map(re.escape, re.split(r"[\s\u00a0‑-]+", name)))


def whole_names(text: str) -> tuple[str, ...]:
    """The names of a text, versions and products whole, in order."""
    return tuple(text[start:end] for start, end in _named_spans(text, ()))


def _named_spans(text: str, days: Sequence[DateMention]) -> list[tuple[int, int]]:
    """Where names and versions stand; those that only a space parts are one: "Auk 4 Mini", and so
    is one with dots: "Wren.ai".
    """
    spans = [
        (start, dotted.end() if (dotted := _DOTTED.match(text, end)) else end)
        for start, end in sorted({*name_spans(text), *version_spans(text)})
    ]
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1] + 1 and not text[joined[-1][1] : start].strip():
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return [
        (start, end)
        for start, end in joined
        if not any(day.start <= start and end <= day.end for day in days)
    ]


def _words(
    text: str, spans: Sequence[tuple[int, int]], said_by_form: frozenset[str]
) -> Iterator[Word]:
    """The words with content, each once, those of names first."""
    found: dict[str, Word] = {}
    place = 0
    for sentence in read(text):
        place = text.index(sentence.text, place)
        for token in sentence.tokens:
            at = place + token.start
            is_named = any(start <= at < end for start, end in spans)
            if token.stem and (is_named or token.word not in said_by_form):
                as_it_stands = token.word in MONTH_NAMES or len(token.stem) < _SHORTEST_FORM
                forms = (token.word,) if is_named or as_it_stands else beginnings(token.word)
                same = act(token.stem)
                found.setdefault(same, Word(stem=same, forms=forms, is_named=is_named))
    yield from sorted(found.values(), key=lambda word: not word.is_named)


def _stems(text: str) -> Iterator[str]:
    return (act(token.stem) for part in read(text) for token in part.tokens if token.stem)


@lru_cache(maxsize=2048)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a text's words with content, of verbs for the same act one."""
    return frozenset(_stems(text))


@frozen
class FoundPassage:
    """A passage with the article that it stands in, and that article's story."""

    passage: Passage
    story_id: str
    source_key: str
    url: str
    title: str
    published: datetime


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A sentence of the archive with the passage it stands in, and what it goes on from: the
    sentences before it there. `article` is the text of what was found of its article.
    """

    text: str
    before: tuple[str, ...]
    found: FoundPassage
    article: str = ""
    score: float = 0.0

    @property
    def is_title(self) -> bool:
        """Whether it is a headline."""
        return self.found.passage.n == 0

    @property
    def day(self) -> date:
        """The day on which it was written."""
        return report_day(self.found.published)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Its own words with content and those that "did it" stands for, but what is missing."""
        meant = self.before[-1:] if _DID_SO.search(self.text) else ()
        return stems_of(" ".join((*meant, _WITHOUT.sub("", self.text))))

    @cached_property
    def stems_around(self) -> frozenset[str]:
        """Those of its passage and of its headline."""
        return stems_of(self.found.passage.text) | stems_of(self.found.title)
