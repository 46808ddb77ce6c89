"""What else the stories of a listing mention: its side lists, and the topics beside its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import role_names
from aggregator.domain.story import Entity, EntityKind
from aggregator.site.head import Link
from aggregator.site.lists.lines import StoryLine
from aggregator.site.paths import entity_path, role_path, topic_path
from aggregator.templating.translation import Translations

_COMPANIONS = 8


@frozen
class ListNames:
    """What has a page: the names of topics in the order of the list and the entities by key, and
    the roles.
    """

    topics: Mapping[str, str] = field(default_factory=dict)
    entities: Mapping[str, Entity] = field(default_factory=dict)
    roles: tuple[str, ...] = ()

    @property
    def called(self) -> dict[str, str]:
        """The names of the entities by key."""
        return {key: entity.name for key, entity in self.entities.items()}


@frozen
class NamedCount:
    """How many there are of something, in words; `path` is empty where it has no page."""

    name: str
    number: str
    path: str = ""


@frozen
class CountGroup:
    """How many there are of the parts of something, and in all where that is shown."""

    name: str
    counts: tuple[NamedCount, ...]
    total: str = ""


def topics_shown(
    lines: Iterable[StoryLine], names: Mapping[str, str], but: str = ""
) -> dict[str, str]:
    """The names of the topics of some lines, if still on the list, without `but`."""
    used = {key for line in lines for key in line.topics} - {but}
    return {key: name for key, name in names.items() if key in used}


def counts_of(keys: Iterable[Iterable[str]]) -> Counter[str]:
    """The number of stories by key."""
    return Counter(key for some in keys for key in some)


def entity_side(
    name: str,
    mentions: Counter[str],
    names: ListNames,
    words: Translations,
    *kinds: EntityKind,
    but: str = "",
) -> CountGroup:
    """The entities of some kinds that are mentioned most, if they have a page, without `but`."""
    known = {key: names.entities[key] for key in mentions if key in names.entities and key != but}
    links = {
        key: Link(name=entity.name, url=entity_path(key))
        for key, entity in known.items()
        if entity.kind in kinds
    }
    return _side(name, mentions, links, words)


def topic_side(lines: Iterable[StoryLine], names: ListNames, words: Translations) -> CountGroup:
    """The most frequent topics."""
    mentions = counts_of(line.topics for line in lines)
    links = {key: Link(name=name, url=topic_path(key)) for key, name in names.topics.items()}
    return _side(words("Topics"), mentions, links, words)


def role_side(lines: Iterable[StoryLine], words: Translations) -> CountGroup:
    """The roles that should care most often."""
    mentions = counts_of(line.roles for line in lines)
    links: dict[str, Link] = {
        role: Link(name=words(name), url=role_path(role)) for role, name in role_names().items()
    }
    return _side(words("Who should care"), mentions, links, words)


def _side(
    name: str, mentions: Counter[str], links: Mapping[str, Link], words: Translations
) -> CountGroup:
    ranked = sorted(
        (key for key in mentions if key in links), key=lambda key: (-mentions[key], key)
    )[:_COMPANIONS]
    return CountGroup(
        name=name,
        counts=tuple(
            NamedCount(
                name=links[key].name, number=words.number(mentions[key]), path=links[key].url
            )
            for key in ranked
        ),
    )
