"""All listings of a site, one after the other: topics, roles, entities, and the page of all of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from aggregator.compose.entity import UNKNOWN, KnownAs, chronicled, entity_pages
from aggregator.compose.indexes import IndexPage, entities_page, role_line, roles_page, topic_line, topics_page
from aggregator.compose.lines import StoryLine
from aggregator.compose.listing import ENTITIES, FEWEST_STORIES, ROLES, TOPICS, ListingPage, Names, role_pages, topic_pages
from aggregator.domain.claim import Role
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Entity, ToldStory

Archive = Callable[[Sequence[str]], Iterable[ToldStory]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the listings are called: names as `Names` has them, and what the registry says of entities by key."""

    names: Names
    known: Mapping[str, KnownAs]


def listed_entities(entities: Iterable[Entity]) -> dict[str, Entity]:
    """The entities that have a page, by key, from those of all stories one after the other: two stories tell of each."""
    told, found = Counter[str](), dict[str, Entity]()
    for each in entities:
        told[each.key] += 1
        found.setdefault(each.key, each)
    return {key: found[key] for key in sorted(found) if told[key] >= FEWEST_STORIES}


def listings(
    lines: Iterable[StoryLine], archive: Archive, named: Named, site: SiteSettings, zone: tzinfo
) -> Iterator[tuple[str, ListingPage | IndexPage]]:
    """Every page of the listings with its path. `archive` gives stories by their ids, for the timelines of entities."""
    names = named.names
    of_topic, of_role, of_entity = _listed(lines)
    for key in names.topics:
        yield from topic_pages(key, of_topic[key], names, site, zone)
    yield TOPICS, topics_page((topic_line(key, name, of_topic[key]) for key, name in names.topics.items()), site)
    for role in Role:
        yield from role_pages(role, of_role[role], names, site, zone)
    yield ROLES, roles_page((role_line(role, of_role[role]) for role in Role), site)
    for key, entity in names.entities.items():
        told, known = of_entity[key], named.known.get(key, UNKNOWN)
        yield from entity_pages(entity, told, archive(chronicled(entity, told)), known, names=names, site=site, zone=zone)
    yield ENTITIES, entities_page(((each, len(of_entity[key])) for key, each in names.entities.items()), site)


_Listed = defaultdict[str, list[StoryLine]]


def _listed(lines: Iterable[StoryLine]) -> tuple[_Listed, _Listed, _Listed]:
    """The lines by topic, by role and by entity."""
    of_topic, of_role, of_entity = (defaultdict[str, list[StoryLine]](list) for _ in range(3))
    for line in lines:
        for keys, found in ((line.topics, of_topic), (line.roles, of_role), (line.entities, of_entity)):
            for key in keys:
                found[key].append(line)
    return of_topic, of_role, of_entity
