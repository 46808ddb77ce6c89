"""The closed list of topics and the registry of entities, as the data file has them. What they
match: `cluster.entities`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from aggregator.domain.frozen import config_table, frozen
from aggregator.domain.publishing.newsroom import Newsroom, shipped_newsroom
from aggregator.domain.story import EntityKind


@config_table
class RegistryEntity:
    """An entity: its name, how else it is written, and what tells it from others of the name.

    `cased`: it must be written with exactly these capitals. `needs`: one of these words must stand
    in the text too. `decoys` are phrases with the name in them that mean somebody else. The rest is
    for models: `versions` are the letters that may stand before a number, `variants` words that
    belong to the name of a version, `alone` those that name the model without its family; with
    `bare` off it is the model only where a number follows; `form` is how a version is written.
    `prominence`: of how many widely covered stories it counts as the subject before the archive
    knows any.
    """

    name: str
    aliases: tuple[str, ...] = ()
    cased: bool = False
    needs: tuple[str, ...] = ()
    decoys: tuple[str, ...] = ()
    maker: str = ""
    versions: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    bare: bool = True
    form: str = "{name} {version} {variant}"
    prominence: int = 0
    off: bool = False


@config_table
class Topic:
    """A topic: terms that name it outright, hints that speak for it, and keys of entities that do
    so.

    `versions`: whether a headline that names a version of a model names the topic, as a term does.
    """

    name: str
    terms: tuple[str, ...]
    hints: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    versions: bool = False
    off: bool = False


@frozen
class Registry:
    """All topics, roles and entities by key; a key is one entity's, of whatever kind. `digest`
    changes with whatever tags depend on.
    """

    newsroom: Newsroom = field(default_factory=shipped_newsroom)
    topic: Mapping[str, Topic] = field(default_factory=dict)
    entities: Mapping[EntityKind, Mapping[str, RegistryEntity]] = field(default_factory=dict)
    digest: str = ""

    def prominence(self) -> dict[str, int]:
        """The prominence of each entity that has one, by key."""
        return {
            key: entry.prominence
            for entries in self.entities.values()
            for key, entry in entries.items()
            if entry.prominence
        }

    def topic_names(self) -> dict[str, str]:
        """What each topic is called, in the order of the list."""
        return {key: topic.name for key, topic in self.topic.items()}
