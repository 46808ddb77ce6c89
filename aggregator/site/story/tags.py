"""The tags of a story, as pages show them: topics, then entities by kind, each with the address of
its page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from aggregator.domain.frozen import frozen
from aggregator.domain.story import Entity, EntityKind, Story
from aggregator.domain.wording import N_
from aggregator.site.head import Link
from aggregator.site.paths import entity_path, topic_path
from aggregator.templating.translation import Translations

KIND_NAMES: dict[EntityKind, str] = {
    EntityKind.COMPANY: N_("Companies and organisations"),
    EntityKind.MODEL: N_("Models"),
    EntityKind.PRODUCT: N_("Products"),
    EntityKind.PERSON: N_("People"),
    EntityKind.REGULATION: N_("Laws and rules"),
    EntityKind.DATASET: N_("Benchmarks and data sets"),
    EntityKind.VENUE: N_("Conferences and journals"),
}


@frozen
class TagGroup:
    """Tags of one kind, by name; their addresses are from the root of the site, empty for a tag
    without a page.
    """

    name: str
    tags: tuple[Link, ...]


@frozen
class PageTags:
    """The keys of a story's topics, its entities, and the tag groups of both."""

    topics: tuple[str, ...]
    entities: tuple[Entity, ...]
    groups: tuple[TagGroup, ...]

    @property
    def topic_links(self) -> tuple[Link, ...]:
        """The topics by name."""
        return next((group.tags for group in self.groups[:1] if self.topics), ())


def page_tags(
    story: Story,
    topic_names: Mapping[str, str],
    listed: Collection[str],
    words: Translations,
) -> PageTags:
    """The tags of a story; a topic that left the list is not shown. `listed` are the keys of the
    entities with a page.
    """
    topics = tuple(key for key in story.topics if key in topic_names)
    groups = [
        TagGroup(
            name=words("Topics"),
            tags=tuple(Link(name=topic_names[key], url=topic_path(key)) for key in topics),
        )
    ]
    for kind, name in KIND_NAMES.items():
        tags = (
            Link(name=entity.name, url=entity_path(entity.key) if entity.key in listed else "")
            for entity in story.entities
            if entity.kind is kind
        )
        groups.append(TagGroup(name=words(name), tags=tuple(tags)))
    return PageTags(
        topics=topics,
        entities=story.entities,
        groups=tuple(group for group in groups if group.tags),
    )
