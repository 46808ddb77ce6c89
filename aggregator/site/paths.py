"""Where the pages of a site are: the folder of each, from the root of the site. An address that was
published never changes.
"""

from __future__ import annotations

from aggregator.domain.publishing.period import period_kind
from aggregator.domain.story import Story

# the list of all pages of a kind, where there is one
_OF_ALL = {kind: (f"{kind}/",) for kind in ("topic", "role", "entity", "source", "edition")} | {
    "week": ("archive/",),
    "archive": ("archive/",),
    "day": ("edition/",),
}


def story_path(story: Story) -> str:
    """The folder of a story's page."""
    return path_of(story.id, story.slug)


def path_of(story_id: str, slug: str) -> str:
    """The folder of a story's page, from its id and slug."""
    return f"story/{slug}-{story_id}/"


def topic_path(key: str) -> str:
    """The folder of a topic's page."""
    return f"topic/{key}/"


def role_path(role: str) -> str:
    """The folder of a role's page."""
    return f"role/{role}/"


def entity_path(key: str) -> str:
    """The folder of an entity's page."""
    return f"entity/{key}/"


def edition_path(period: str) -> str:
    """The folder of an edition's page: that of its week or day."""
    return f"{period_kind(period).value}/{period}/"


def old_edition_path(week: str) -> str:
    """The folder where an edition's page stood before it was that of its week."""
    return f"edition/{week}/"


def above(path: str) -> tuple[str, ...]:
    """Where to look for what stood in a folder: in the lists that it was a part of, the nearest
    first, then in the list of all of its kind.
    """
    kind, *parts = path.strip("/").split("/")
    nearest = ("/".join((kind, *parts[:n])) + "/" for n in range(len(parts) - 1, 0, -1))
    return (*nearest, *_OF_ALL.get(kind, ()))


def list_path(week: str) -> str:
    """The folder of the list of all stories of a week that has an edition."""
    return f"{edition_path(week)}all/"
