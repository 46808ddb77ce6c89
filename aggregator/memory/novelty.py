"""Novelty: the specific details of a sentence that no text before it has.

Specific is what a reader could look up: a figure with its unit, a version, a date, a name, a
quotation. A sentence that has none of these adds nothing new however it is worded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from aggregator.domain.dates import Precision, date_mentions
from aggregator.english.lexical import content_words
from aggregator.english.text import sentences, word_count
from aggregator.verify.figures import Figure, figures, stated_units, unstated_figures
from aggregator.verify.names import missing_names, name_spans
from aggregator.verify.quotes import missing_quotations
from aggregator.verify.versions import missing_versions

# of a sentence's content words in one earlier sentence, from which on it says the same;
# test_novelty would notice
_SAME_SHARE = 0.6
_FEW = 12  # a bare number up to here counts what any report counts: "two people", "three models"
_QUOTATION = 6  # words from which on a quotation is a statement and not a term


class KnownText:
    """The texts that readers have seen so far; it finds what a sentence adds. Texts are added in
    the order in which they were learnt.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._stated: list[Mapping[Decimal, frozenset[str]]] = []
        self._figures: dict[str, list[Figure]] = defaultdict(list)
        self._days: set[tuple[date, Precision]] = set()
        self._sizes: list[int] = []
        self._sentences_with: dict[str, list[int]] = defaultdict(list)

    def add(self, text: str, published: date) -> None:
        """Takes in a text; `published` is the day against which its dates are read."""
        self._texts.append(text)
        for line in text.split("\n\n"):
            self._stated.append(stated_units(line))
            for figure in figures(line):
                self._figures[figure.unit].append(figure)
            self._days |= {
                (mention.day, mention.precision) for mention in date_mentions(line, published)
            }
            for sentence in sentences(line):
                found = content_words(sentence)
                for word in found:
                    self._sentences_with[word].append(len(self._sizes))
                self._sizes.append(len(found))

    def new_details(self, sentence: str, published: date) -> tuple[str, ...]:
        """What is specific and new in a sentence, as it words it.

        A date or a name by itself is no news where an earlier sentence has the rest: another outlet
        says "on Sunday" and names its own witness.
        """
        found = tuple(self._exact_details(sentence))
        beside = (*self._dates(sentence, published), *self._names(sentence))
        return (*found, *beside) if found or (beside and not self._is_stated(sentence)) else ()

    def new_figures(self, sentence: str) -> tuple[Figure, ...]:
        """The figures of a sentence that are new, no rounding of an earlier one, and more than a
        small count.
        """
        return tuple(
            figure
            for figure in unstated_figures(sentence, self._stated)
            if _is_significant(figure)
            and not any(figure.rounds_to(other) for other in self._figures[figure.unit])
        )

    def _exact_details(self, sentence: str) -> Iterator[str]:
        yield from (figure.text for figure in self.new_figures(sentence))
        yield from missing_versions(sentence, self._texts)
        yield from (
            quotation
            for quotation in missing_quotations(sentence, self._texts)
            if word_count(quotation) >= _QUOTATION
        )

    def _dates(self, sentence: str, published: date) -> Iterator[str]:
        """New dates but the day of the report and bare years."""
        for mention in date_mentions(sentence, published):
            is_news = mention.precision is not Precision.YEAR and mention.day != published
            if is_news and (mention.day, mention.precision) not in self._days:
                yield sentence[mention.start : mention.end]

    def _names(self, sentence: str) -> Iterator[str]:
        """New names within the sentence: at its beginning a capital says little."""
        within = {sentence[start:end] for start, end in name_spans(sentence) if start}
        yield from (name for name in missing_names(sentence, self._texts) if name in within)

    def _is_stated(self, sentence: str) -> bool:
        """Whether one earlier sentence holds most of the content."""
        own = content_words(sentence)
        shared = Counter(place for word in own for place in self._sentences_with.get(word, ()))
        return any(count >= _SAME_SHARE * len(own) for count in shared.values())


def _is_significant(figure: Figure) -> bool:
    return figure.unit != "ordinal" and (
        bool(figure.unit) or figure.factor > 1 or figure.value > _FEW
    )
