"""A sentence read for the anchors, of a report or of a claim."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date

from aggregator.domain.dates import DateMention, date_mentions
from aggregator.english.stemming import stem
from aggregator.english.vocabulary import FUNCTION_WORDS
from aggregator.verify.alignment import Sentence
from aggregator.verify.figures import Figure, figures
from aggregator.verify.speakers import Attribution, attributions

LONGEST_SAID = 2000  # characters; what is longer is a list, and nobody's statement


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Line:
    """A sentence of a report: its words with their places (counted in words and marks), figures,
    dates and attributions.

    `report` is its place among the reports, `paragraph` counts the paragraphs of the story;
    `starts` is where each word begins, `stems` are the words that carry content.
    """

    text: str
    words: tuple[tuple[int, str], ...]
    figures: tuple[Figure, ...]
    dates: tuple[DateMention, ...]
    starts: tuple[int, ...]
    stems: frozenset[str]
    attributions: tuple[Attribution, ...]
    report: int
    paragraph: int

    def behind(self, end: int) -> str:
        """The first word with content behind a character, empty if the sentence ends before."""
        found = bisect_left(self.words, (self.place(end), ""))
        return self.words[found][1] if found < len(self.words) else ""

    def words_within(self, first: int, last: int) -> tuple[tuple[int, str], ...]:
        """The words from one place up to another."""
        return self.words[
            bisect_left(self.words, (first, "")) : bisect_left(self.words, (last, ""))
        ]

    def figures_within(self, first: int, last: int) -> tuple[Figure, ...]:
        """The figures that begin between two places."""
        here, there = (
            bisect_left(self.figures, place, key=lambda figure: self.place(figure.start))
            for place in (first, last)
        )
        return self.figures[here:there]

    def place(self, start: int) -> int:
        """How many words and marks begin before a character of the sentence."""
        return bisect_left(self.starts, start)


def line_of(sentence: Sentence, day: date, report: int = -1, paragraph: int = -1) -> Line:
    """A sentence read as of a day."""
    text = sentence.text
    found = [
        figure
        for figure in figures(text)
        if not figure.in_version or figure.factor > 1 or figure.unit
    ]
    tokens = [*_WORD.finditer(text)]
    words = [(place, word) for place, token in enumerate(tokens) if (word := _content(token[0]))]
    return Line(
        text=text,
        words=tuple(words),
        figures=tuple(found),
        dates=date_mentions(text, day),
        starts=tuple(token.start() for token in tokens),
        stems=frozenset(word for _, word in words),
        attributions=attributions(sentence) if len(text) <= LONGEST_SAID else (),
        report=report,
        paragraph=paragraph,
    )


_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[,;:()—–]")


def _content(token: str) -> str:
    word = token.casefold().replace("’", "'").removesuffix("'s")
    if not word[0].isalnum():
        return ""  # a mark: it only keeps what stands before it and behind it apart
    if word[0].isdigit():
        return word.replace(",", "")
    return "" if word in FUNCTION_WORDS or "'" in word else stem(word)
