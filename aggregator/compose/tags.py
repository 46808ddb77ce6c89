"""What a story is about, as its page shows it: its topics, then its entities by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.domain.story import Entity, EntityKind, Story

_KIND_NAMES: dict[EntityKind, str] = {
    EntityKind.COMPANY: "Companies and bodies",
    EntityKind.MODEL: "Models",
    EntityKind.PRODUCT: "Products",
    EntityKind.PERSON: "People",
    EntityKind.REGULATION: "Laws and rules",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TagGroup:
    """Tags of one kind, by name."""

    name: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTags:
    """The keys of a story's topics, its entities, and both in words."""

    topics: tuple[str, ...]
    entities: tuple[Entity, ...]
    groups: tuple[TagGroup, ...]


def page_tags(story: Story, topic_names: Mapping[str, str]) -> PageTags:
    """The tags of a story; a topic that left the list is not shown."""
    topics = tuple(key for key in story.topics if key in topic_names)
    groups = [TagGroup(name="Topics", tags=tuple(topic_names[key] for key in topics))]
    for kind, name in _KIND_NAMES.items():
        groups.append(TagGroup(name=name, tags=tuple(each.name for each in story.entities if each.kind is kind)))
    return PageTags(topics=topics, entities=story.entities, groups=tuple(group for group in groups if group.tags))
