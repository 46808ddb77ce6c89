"""Which topics a report is about, and which section of the news it belongs in: linear models over
the words of its headline and lede. Of topics they also weigh the points that the registry's terms,
hints and entities give each; of sections the shares of the kinds of event, and how strongly a
report is about each topic. A topic that the model does not know, such as an operator's own, says
nothing.

The weights are data, `topic_weights.json` and `section_weights.json`, fitted by `python -m
tools.topics` and `python -m tools.news_sections` on labels of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import exp, sqrt
from pathlib import Path

from aggregator.domain.publishing.news_section import NewsSection
from aggregator.english.event_kind import LEDE_WORDS, EventKind, event_kinds
from aggregator.english.linear_model import linear_model, model_words

_TOPICS = Path(__file__).with_name("topic_weights.json")
_LEDE = 0.5  # what a word of the lede says beside one of the headline
_POINT = 1.5  # what a point of the registry adds for its topic: of 0.5 to 1.5 the best
_MOST_POINTS = 4.0
_LEAST_SHARE = 0.1  # of a kind of event that counts


def topic_shares(headline: str, lede: str, points: Mapping[str, float]) -> dict[str, float]:
    """The probability of each topic that the model knows; a report is about none, one or more."""
    model = linear_model(_TOPICS)
    kinds = event_kinds(headline, " ".join(lede.split()[:LEDE_WORDS]), "")
    totals = model.totals(topic_features(headline, lede, points, kinds))
    return {
        topic: 1.0 / (1.0 + exp(-total - points_worth(points.get(topic, 0.0))))
        for topic, total in zip(model.labels, totals, strict=True)
    }


def topic_features(
    headline: str, lede: str, points: Mapping[str, float], kinds: Mapping[EventKind, float]
) -> dict[str, float]:
    """The words and pairs of words of a report. The points of a topic are a feature too: they may
    speak for another one; and so are the shares of the kinds of event.
    """
    return {
        **weighted_words(headline, lede),
        **{f"#{topic}": min(worth, _MOST_POINTS) for topic, worth in points.items()},
        **{f"@{kind}": share for kind, share in kinds.items() if share >= _LEAST_SHARE},
    }


def weighted_words(headline: str, lede: str) -> dict[str, float]:
    """The words and pairs of words of a report, and how much each says: those that only its lede
    has half as much.
    """
    beginning = model_words(" ".join(lede.split()[:LEDE_WORDS]))
    return {
        **dict.fromkeys(_words_and_pairs(beginning), _LEDE),
        **dict.fromkeys(_words_and_pairs(model_words(headline)), 1.0),
    }


def points_worth(points: float) -> float:
    """What a topic's points add to its total."""
    return _POINT * min(points, _MOST_POINTS)


def _words_and_pairs(words: tuple[str, ...]) -> tuple[str, ...]:
    return (*words, *(f"{one} {other}" for one, other in pairwise(words)))


_SECTIONS = Path(__file__).with_name("section_weights.json")
_CERTAIN = 2.0  # what a kind or a topic that is certain says beside a word of the headline


def section_shares(
    headline: str, text: str, address: str, topics: Mapping[str, float]
) -> dict[NewsSection, float]:
    """The probability of each section for a report at an address. The strengths of its topics are 1
    where it may be about one, 2 where it certainly is.
    """
    lede = " ".join(text.split()[:LEDE_WORDS])
    kinds = event_kinds(headline, lede, address)
    shares = linear_model(_SECTIONS).shares(section_features(headline, lede, kinds, topics))
    return {NewsSection(section): share for section, share in shares.items()}


def section_features(
    headline: str, lede: str, kinds: Mapping[EventKind, float], topics: Mapping[str, float]
) -> dict[str, float]:
    """The words of a report, and what it probably is about. Roots of shares, as half a share says
    more than half of what a whole one does.
    """
    return {
        **weighted_words(headline, lede),
        **{f"@{kind}": _CERTAIN * sqrt(share) for kind, share in kinds.items()},
        **{f"#{topic}": _CERTAIN * sqrt(strength / 2) for topic, strength in topics.items()},
    }


def likeliest_section(reports: Sequence[Mapping[NewsSection, float]]) -> NewsSection:
    """The section of a story from the shares of its reports: the best on average."""
    if not reports:
        return NewsSection.OTHER
    return max(NewsSection, key=lambda section: sum(shares[section] for shares in reports))
