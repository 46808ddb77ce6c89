"""Whether an entry is about artificial intelligence, by a linear model over its words: asked for
sources of all subjects only.

The words and weights in relevance.toml were learnt by `python -m tools.relevance`, which says from
what, and how well they do on sources that they were not learnt from.
"""

from __future__ import annotations

import html
import math
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from aggregator.domain.entry import Entry
from aggregator.english.lexical import stem

FEATURES = (
    "best word of the title",
    "second word of the title",
    "words of the title",
    "best word of the summary",
    "second word of the summary",
    "words of the summary",
    "best word of the categories",
    "no summary",
)
_MODEL = Path(__file__).with_name("relevance.toml")
_MOST_READ = 400  # characters of the summary: a long text names AI in passing
_MOST_COUNTED = 5  # words of one part
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelevanceModel:
    """What the words of an entry speak for. `words` are stems, and pairs of stems, with how much
    oftener AI sources use them, as a logarithm; `weights` are those of FEATURES.
    """

    words: Mapping[str, float]
    weights: tuple[float, ...]
    bias: float

    def probability(self, entry: Entry) -> float:
        """The probability, 0 to 1, that an entry is about AI."""
        values = features(entry, self.words)
        points = self.bias + sum(map(float.__mul__, self.weights, values))
        return 1 / (1 + math.exp(-points))


@cache
def shipped_model() -> RelevanceModel:
    """The model in relevance.toml."""
    kept = tomllib.loads(_MODEL.read_text("utf-8"))
    weights = tuple(kept["weights"][name] for name in FEATURES)
    return RelevanceModel(words=kept["words"], weights=weights, bias=kept["bias"])


def is_about_ai(entry: Entry) -> bool:
    """Whether an entry is more likely about AI than not."""
    return shipped_model().probability(entry) >= 0.5


def features(entry: Entry, words: Mapping[str, float]) -> tuple[float, ...]:
    """The values of FEATURES: the logarithms of words, and counts of them."""
    title, summary, tags = terms_of(entry)
    return (
        *_best(title, words),
        *_best(summary, words),
        _best(tags, words)[0],
        float(not summary),
    )


def terms_of(entry: Entry) -> tuple[Collection[str], Collection[str], Collection[str]]:
    """The stems, and pairs of neighbours, of title, beginning of the summary, and categories."""
    summary = html.unescape(_TAG.sub(" ", entry.summary or entry.content))
    return (
        _terms(entry.title),
        _terms(" ".join(summary.split())[:_MOST_READ]),
        _terms(" . ".join(entry.tags)),
    )


def _terms(text: str) -> frozenset[str]:
    stems = [stem(word) for word in _WORD.findall(text.lower())]
    return frozenset(stems) | {f"{one} {other}" for one, other in pairwise(stems)}


def _best(terms: Collection[str], words: Mapping[str, float]) -> tuple[float, float, float]:
    """The two highest of a part's known words, and their number."""
    found = sorted((words[term] for term in terms if term in words), reverse=True)
    first, second = [*found, 0.0, 0.0][:2]
    return first, second, float(min(len(found), _MOST_COUNTED))
