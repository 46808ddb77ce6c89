"""The picture of a story: its figure, set large. A story without a figure has none.

It follows from the record alone, so pages and cards show the same, and a second build draws it the
same.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.story import Entity, EntityKind
from aggregator.english.amounts import key_figure


@frozen
class Artwork:
    """A picture in the colour of a section: a figure, what it counts, and the `name` of who it is
    about; all three are empty where there is no figure.
    """

    section: NewsSection
    large: str = ""
    small: str = ""
    name: str = ""


def subject_name(headline: str, entities: Iterable[Entity]) -> str:
    """The name of the entity that a headline names first; empty where it names none."""
    text = headline.casefold()
    found = [
        (place, entity.name)
        for entity in entities
        if entity.kind is not EntityKind.VENUE and (place := text.find(entity.name.casefold())) >= 0
    ]
    return min(found, key=lambda pair: (pair[0], -len(pair[1]), pair[1]), default=(0, ""))[1]


def story_artwork(section: NewsSection, subject: str, headline: str, hook: str) -> Artwork:
    """The picture of a story: the figure of its headline or else of its hook, with its subject."""
    figure = key_figure(headline) or key_figure(hook)
    if not figure:
        return Artwork(section=section)
    return Artwork(section=section, large=figure.number, small=figure.unit, name=subject)
