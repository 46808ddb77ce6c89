"""Which topics of the closed list a text is about.

It has points for its words and its entities, headline before lead: a term names the topic outright,
a hint only speaks for it; so do some entities. The topics that a linear model knows are judged by
it from these points and the words, an operator's own by the points alone. A story has up to three
topics, or none. The weights are data, `topic_weights.json`, fitted by `python -m tools.topics` on
labels of ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from math import exp
from pathlib import Path

from aggregator.cluster.entities import Tokens, tokens_of
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.registry import Registry
from aggregator.domain.story import Entity, EntityKind
from aggregator.english.event_kind import LEDE_WORDS, EventKind, event_kinds
from aggregator.english.lexical import uninflected
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


MOST_TOPICS = 3
LEAST_SHARE = 0.5  # the probability from which on a report is about a topic
LEAST_POINTS = 3.0  # a term in the headline, or one in the lead with a hint in the headline
_TERM = (3.0, 2.0)  # points in the headline, and in the lead
_HINT = (1.0, 0.5)
_ENTITY = (2.0, 1.0)
_DIGIT = re.compile(r"\d")
_MOST_HINTS = 2.5  # points that hints can give: without a term or an entity they are not enough


@frozen
class TopicCue:
    """A phrase that speaks for a topic."""

    stems: tuple[str, ...]
    topic: str
    is_term: bool


@frozen
class TopicCues:
    """The phrases of all topics by their first stem, and the topics that entities, and versions of
    models, speak for.
    """

    phrases: Mapping[str, tuple[TopicCue, ...]]
    entities: Mapping[str, tuple[str, ...]]
    versions: tuple[str, ...]
    order: Mapping[str, int]


def topic_cues(registry: Registry) -> TopicCues:
    """The index of a registry's topics."""
    cues = (
        TopicCue(stems=_stems(tokens_of(phrase)), topic=key, is_term=is_term)
        for key, topic in registry.topic.items()
        for is_term, several in ((True, topic.terms), (False, topic.hints))
        for phrase in several
    )
    return TopicCues(
        phrases=grouped((cue.stems[0], cue) for cue in cues),
        entities=grouped(
            (entity, key) for key, topic in registry.topic.items() for entity in topic.entities
        ),
        versions=tuple(key for key, topic in registry.topic.items() if topic.versions),
        order={key: place for place, key in enumerate(registry.topic)},
    )


def topic_points(
    title: Tokens,
    lead: Tokens,
    in_title: Collection[Entity],
    in_lead: Collection[Entity],
    index: TopicCues,
) -> dict[str, float]:
    """The points of each topic that an article is about; `in_title` and `in_lead` are the entities
    of its headline and lead.
    """
    terms: dict[TopicCue, float] = {}
    for place, words in enumerate((title, lead)):
        for cue in _found(words, index):
            terms.setdefault(cue, (_TERM if cue.is_term else _HINT)[place])
    points: dict[str, float] = {}
    hints: dict[str, float] = {}
    for cue, worth in terms.items():
        into = points if cue.is_term else hints
        into[cue.topic] = into.get(cue.topic, 0.0) + worth
    keys = [entity.key for entity in in_title]
    for place, some in enumerate(
        (keys, [entity.key for entity in in_lead if entity.key not in keys])
    ):
        for topic in (topic for key in some for topic in index.entities.get(key, ())):
            points[topic] = points.get(topic, 0.0) + _ENTITY[place]
    named = dict.fromkeys(index.versions if any(map(_is_version, in_title)) else (), _TERM[0])
    total = {
        key: points.get(key, 0.0) + min(hints.get(key, 0.0), _MOST_HINTS)
        for key in {**points, **hints}
    }
    return total | {key: max(worth, total.get(key, 0.0)) for key, worth in named.items()}


def topic_strengths(
    headline: str,
    lede: str,
    points: Mapping[str, float],
    index: TopicCues,
) -> dict[str, float]:
    """How strongly an article with these points is about each topic: from 1 on it is about it."""
    shares = topic_shares(headline, lede, points)
    return {
        key: shares[key] / LEAST_SHARE if key in shares else points.get(key, 0.0) / LEAST_POINTS
        for key in index.order
    }


def story_topics(articles: Sequence[Mapping[str, float]], index: TopicCues) -> tuple[str, ...]:
    """The topics of a story from the strengths of its articles: the best on average, best first."""
    means = {
        key: round(sum(strengths[key] for strengths in articles) / len(articles), 6)
        for key in (index.order if articles else ())
    }
    ranked = sorted(means, key=lambda key: (-means[key], index.order[key]))
    return tuple(key for key in ranked[:MOST_TOPICS] if means[key] >= 1.0)


def _is_version(entity: Entity) -> bool:
    return entity.kind is EntityKind.MODEL and bool(_DIGIT.search(entity.name))


def _stems(words: Tokens) -> tuple[str, ...]:
    return tuple(map(uninflected, words.folded))


def _found(words: Tokens, index: TopicCues) -> Iterator[TopicCue]:
    stems = _stems(words)
    for place, first in enumerate(stems):
        for cue in index.phrases.get(first, ()):
            if cue.stems == stems[place : place + len(cue.stems)]:
                yield cue
