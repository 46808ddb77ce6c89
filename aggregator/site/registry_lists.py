"""The lists of topics, roles and entities, and the page of all of each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from aggregator.domain.claim import Role
from aggregator.domain.publishing.page import ListId, Page
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Entity
from aggregator.site.feeds.feeds import feed_page, listing_feed
from aggregator.site.kinds import ListKind, list_page
from aggregator.site.line_cache import ENTITY, ROLE, TOPIC, LineCache
from aggregator.site.lists.entity import UNKNOWN, KnownEntity, chronicled, entity_pages
from aggregator.site.lists.indexes import (
    entities_page,
    role_line,
    roles_page,
    topic_line,
    topics_page,
    tops,
)
from aggregator.site.lists.lines import StoryLine, line_from_json, line_json
from aggregator.site.lists.listing import (
    ENTITIES,
    FEWEST_STORIES,
    MOST_LISTED,
    ROLES,
    TOPICS,
    ListingPage,
    ListNames,
    role_pages,
    topic_pages,
)
from aggregator.site.story.charts import coverage_chart
from aggregator.templating.translation import translations


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryNames:
    """The names of the lists, and what the registry says of entities by key."""

    names: ListNames
    known: Mapping[str, KnownEntity]


def listed_entities(entities: Iterable[Entity]) -> dict[str, Entity]:
    """The entities that have a page, by key, from those of all stories one after the other: two
    stories tell of each.
    """
    counts, found = Counter[str](), dict[str, Entity]()
    for entity in entities:
        counts[entity.key] += 1
        found.setdefault(entity.key, entity)
    return {key: found[key] for key in sorted(found) if counts[key] >= FEWEST_STORIES}


def topics(cache: LineCache, named: RegistryNames, site: SiteSettings, zone: tzinfo) -> ListKind:
    """Every topic of the closed list, also those that no story has yet."""
    counts, names = cache.counts(TOPIC), named.names

    def pages(key: str) -> tuple[Iterable[Page], str]:
        lines = cache.lines(ListId(kind=TOPIC, key=key), MOST_LISTED)
        return _made(
            topic_pages(key, lines, names, site, zone, counts.get(key, 0)), lines, site
        ), _summary(lines)

    known = {key: counts.get(key, 0) for key in names.topics}
    return ListKind(
        kind=TOPIC,
        counts=known,
        extras=lambda key: (key, known[key]),
        pages=pages,
        most=MOST_LISTED,
    )


def roles(cache: LineCache, named: RegistryNames, site: SiteSettings, zone: tzinfo) -> ListKind:
    """Every role, also those that no story names yet."""
    counts = cache.counts(ROLE)

    def pages(key: str) -> tuple[Iterable[Page], str]:
        lines = cache.lines(ListId(kind=ROLE, key=key), MOST_LISTED)
        return _made(
            role_pages(Role(key), lines, named.names, site, zone, counts.get(key, 0)), lines, site
        ), _summary(lines)

    known = {role.value: counts.get(role.value, 0) for role in Role}
    return ListKind(
        kind=ROLE, counts=known, extras=lambda key: (key, known[key]), pages=pages, most=MOST_LISTED
    )


def entities(cache: LineCache, named: RegistryNames, site: SiteSettings, zone: tzinfo) -> ListKind:
    """The entities that have a page."""
    counts, names = cache.counts(ENTITY), named.names

    def pages(key: str) -> tuple[Iterable[Page], str]:
        entity, known = names.entities[key], named.known.get(key, UNKNOWN)
        lines = cache.lines(ListId(kind=ENTITY, key=key), MOST_LISTED)
        archive = cache.stories(chronicled(entity, lines))
        found = entity_pages(
            entity, lines, archive, known, total=counts[key], names=names, site=site, zone=zone
        )
        return _made(found, lines, site), ""

    def beside(key: str) -> tuple[object, ...]:
        return (
            counts[key],
            names.entities[key],
            names.entities.get(named.known.get(key, UNKNOWN).maker),
        )

    known = {key: counts[key] for key in names.entities}
    return ListKind(kind=ENTITY, counts=known, extras=beside, pages=pages, most=MOST_LISTED)


def index_pages(
    cache: LineCache,
    named: RegistryNames,
    summaries: Mapping[str, Mapping[str, str]],
    site: SiteSettings,
) -> Iterator[Page]:
    """The pages of all topics, roles and entities; `summaries` are those of the lists, by kind and
    key.
    """
    words = translations(site.language)
    of_topic, of_role, of_entity = (cache.counts(kind) for kind in (TOPIC, ROLE, ENTITY))
    found = {key: _tops(summaries[TOPIC][key]) for key in named.names.topics}
    topic_lines = (
        topic_line(key, name, of_topic.get(key, 0), found[key], words)
        for key, name in named.names.topics.items()
    )
    coverage = cache.coverage().items()
    chart = coverage_chart(
        {
            (week, named.names.topics[key]): n
            for (week, key), n in coverage
            if key in named.names.topics
        },
        words,
    )
    yield list_page(TOPICS, "listings.html", topics_page(topic_lines, site, chart))
    role_lines = (
        role_line(role, of_role.get(role, 0), _tops(summaries[ROLE][role]), words) for role in Role
    )
    yield list_page(ROLES, "listings.html", roles_page(role_lines, site))
    with_a_page = ((entity, of_entity[key]) for key, entity in named.names.entities.items())
    yield list_page(ENTITIES, "listings.html", entities_page(with_a_page, site))


def _made(
    pages: Sequence[tuple[str, ListingPage]], lines: Sequence[StoryLine], site: SiteSettings
) -> list[Page]:
    """The pages of a list, and its feed."""
    path, first = pages[0]
    feed = feed_page(listing_feed(path, first.title, first.head.description, lines, site))
    return [*(list_page(page_path, "listing.html", record) for page_path, record in pages), feed]


def _summary(lines: Iterable[StoryLine]) -> str:
    return json.dumps([line_json(line) for line in tops(lines)], ensure_ascii=False)


def _tops(summary: str) -> Sequence[StoryLine]:
    return [line_from_json(text) for text in json.loads(summary or "[]")]
