"""What headlines and ledes say of a story's importance: its kind of event, who is in its headlines,
the largest amount, and how much of it is about AI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from math import log2

from aggregator.domain.article import Article
from aggregator.domain.story import Entity, Signals
from aggregator.english.amounts import MONEY, PEOPLE, dollars, value
from aggregator.english.event_kind import LEDE_WORDS, EventKind, event_kinds

_LEAST_SHARE = 0.02  # a kind less probable than this is not kept
_MOST_SUBJECTS = 6
_TOPICS_COUNTED = 3
_PERSON = 10.0  # dollars: a million users weigh as much as ten million dollars
_ABOUT = re.compile(
    r"\b(?:AI|A\.I\.|AGI|LLMs?|language models?|neural|machine learning|chatbots?|alignment"
    r"|interpretability|artificial intelligence)\b"
)


def story_signals(
    articles: Sequence[Article],
    subjects: Iterable[Sequence[Entity]],
    topics: Sequence[Mapping[str, float]],
) -> Signals:
    """The signals of a story from its original articles; `subjects` are the entities of each
    headline, `topics` the points of each article's topics. None of a story that lost its articles.
    """
    if not articles:
        return Signals()
    ledes = [" ".join(article.text.split()[:LEDE_WORDS]) for article in articles]
    amount, stated = max(
        (
            _largest(f"{article.title}. {lede}")
            for article, lede in zip(articles, ledes, strict=True)
        ),
        key=lambda found: (found[0], found[1]),
    )
    return Signals(
        kinds=_kinds(
            [
                event_kinds(article.title, lede, article.url)
                for article, lede in zip(articles, ledes, strict=True)
            ]
        ),
        subjects=_subjects(subjects),
        amount=amount,
        stated=stated,
        about=round(
            max(
                _about(f"{article.title} {lede}", points)
                for article, lede, points in zip(articles, ledes, topics, strict=True)
            ),
            2,
        ),
    )


def _kinds(found: Sequence[Mapping[EventKind, float]]) -> tuple[tuple[EventKind, float], ...]:
    """The mean share of each kind over the articles, the highest first."""
    means = {kind: round(sum(one[kind] for one in found) / len(found), 3) for kind in EventKind}
    kept = [(kind, share) for kind, share in means.items() if share >= _LEAST_SHARE]
    return tuple(sorted(kept, key=lambda pair: (-pair[1], pair[0])))


def _subjects(headlines: Iterable[Sequence[Entity]]) -> tuple[str, ...]:
    return tuple(sorted({entity.key for entity in chain.from_iterable(headlines)}))[:_MOST_SUBJECTS]


def _largest(text: str) -> tuple[float, str]:
    """The largest amount of money or number of people in a text, in dollars, as it is written."""
    found = [(dollars(one), one[0].strip()) for one in MONEY.finditer(text)]
    found += [(value(one) * _PERSON, one[0].strip()) for one in PEOPLE.finditer(text)]
    return max(found, default=(0.0, ""))


def _about(text: str, points: Mapping[str, float]) -> float:
    """How much of a report is about AI: its best topics' points and its words for AI, in doublings
    from 0 up to about 4.
    """
    best = sorted(points.values(), reverse=True)[:_TOPICS_COUNTED]
    return log2(1.0 + sum(best) + len(_ABOUT.findall(text)))
