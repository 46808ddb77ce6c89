"""Which topics of the closed list a text is about.

It has points for its words and its entities, headline before lead: a term names the topic outright,
a hint only speaks for it; so do some entities. The topics that `topic_model` knows are judged by it
from these points and the words, an operator's own by the points alone. A story has up to three
topics, or none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from aggregator.cluster.entities import Tokens, tokens_of
from aggregator.cluster.topic_model import topic_shares
from aggregator.domain.frozen import frozen
from aggregator.domain.registry import Registry
from aggregator.domain.story import Entity, EntityKind
from aggregator.english.lexical import uninflected

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
    phrases: dict[str, list[TopicCue]] = {}
    entities: dict[str, list[str]] = {}
    for key, topic in registry.topic.items():
        for is_term, several in ((True, topic.terms), (False, topic.hints)):
            for phrase in several:
                stems = _stems(tokens_of(phrase))
                phrases.setdefault(stems[0], []).append(
                    TopicCue(stems=stems, topic=key, is_term=is_term)
                )
        for entity in topic.entities:
            entities.setdefault(entity, []).append(key)
    return TopicCues(
        phrases={first: tuple(some) for first, some in phrases.items()},
        entities={key: tuple(some) for key, some in entities.items()},
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
