"""Which section of the news a report belongs in, by a linear model over the words of its headline
and lede, the shares of the kinds of event, and how strongly it is about each topic.

The weights are data, `section_weights.json`, fitted by `python -m tools.news_sections` on labels of
ours. A topic that the model does not know, such as an operator's own, says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path

from aggregator.cluster.topics import weighted_words
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.publishing.newsroom import subject
from aggregator.english.event_kind import LEDE_WORDS, EventKind, event_kinds
from aggregator.english.linear_model import linear_model

_FILE = Path(__file__).with_name("section_weights.json")
_CERTAIN = 2.0  # what a kind or a topic that is certain says beside a word of the headline


def section_shares(
    headline: str, text: str, address: str, topics: Mapping[str, float]
) -> dict[NewsSection, float]:
    """The probability of each section for a report at an address. The strengths of its topics are 1
    where it may be about one, 2 where it certainly is.
    """
    lede = " ".join(text.split()[:LEDE_WORDS])
    kinds = event_kinds(headline, lede, address)
    shares = linear_model(_FILE).shares(section_features(headline, lede, kinds, topics))
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
    """The section of a story from the shares of its reports: the best on average of those of
    the subject."""
    if not reports:
        return NewsSection.OTHER
    return max(subject().sections, key=lambda section: sum(shares[section] for shares in reports))
