"""Which names of catalogues are those of models, and which of them are one model's. Pure.

Catalogues that are read off pages take words for names ("parameter", "provided") and glue two names
together. A name counts if another catalogue has it, or if it has the name of a family of ours and
nothing else but numbers and words that names in our registry have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from aggregator.domain.frozen import frozen
from aggregator.domain.registry import Registry, RegistryEntity
from aggregator.domain.story import EntityKind

NAME_PIECES = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_DAY = re.compile(r"-(?:20\d{6}|20\d\d-\d\d-\d\d)(?=-|$)|-latest$")
_GLUED = re.compile(r"\d[a-z]{4,}")  # "gemini-embedding-exp-03-07model"
_SEPARATORS = re.compile(r"[^a-z0-9]+")


@frozen
class KnownNames:
    """What our registry knows: the families of models, and the words that names are made of."""

    families: frozenset[tuple[str, ...]]
    vocabulary: frozenset[str]

    def knows(self, name: str) -> bool:
        """Whether a name is one of ours."""
        pieces = name_pieces(name)
        words = {piece for piece in pieces if piece.isalpha() and len(piece) > 1}
        found = Counter(
            family
            for start in range(len(pieces))
            for length in (1, 2, 3)
            if (family := pieces[start : start + length]) in self.families
        )
        is_one = max(found.values(), default=0) == 1 and "," not in name
        return is_one and words <= self.vocabulary and not _GLUED.search(name.lower())


def known_names(registry: Registry) -> KnownNames:
    """The names of a registry."""
    models = registry.entities.get(EntityKind.MODEL, {})
    others = (EntityKind.COMPANY, EntityKind.PRODUCT)
    entries = [entry for kind in others for entry in registry.entities.get(kind, {}).values()]
    families = [name_pieces(name) for name in _written(models)]
    words = {piece for entry in entries for piece in name_pieces(entry.name)}
    words |= {
        piece
        for entry in models.values()
        for name in (entry.name, *entry.aliases, *entry.variants)
        for piece in name_pieces(name)
    }
    return KnownNames(families=frozenset(families) - {()}, vocabulary=frozenset(words))


def _written(models: Mapping[str, RegistryEntity]) -> Collection[str]:
    return [name for entry in models.values() for name in (entry.name, *entry.aliases)]


def subject_of(key: str) -> str:
    """What one model is called in several catalogues: its id in small letters and hyphens."""
    return _SEPARATORS.sub("-", key.lower().rpartition("/")[2]).strip("-")


def name_pieces(name: str) -> tuple[str, ...]:
    """The words and numbers of a name, without whose it is: "anthropic/claude-3-5-haiku"."""
    return tuple(NAME_PIECES.findall(name.lower().rpartition("/")[2]))


def model_key(name: str) -> tuple[str, ...]:
    """What tells a model from others, however it is written, without the day of its version:
    "Claude Haiku 3.5" is claude-3-5-haiku-20241022.
    """
    return tuple(sorted(name_pieces(_DAY.sub("", name.lower()))))
