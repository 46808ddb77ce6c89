"""What the generated picture of a story shows: the figure of its headline, else the name of whom it
is about.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.domain.publishing.artwork import Artwork
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.story import Entity, EntityKind
from aggregator.english.amounts import key_figure

_LONGEST = 14  # letters of a name that are shown large: of a longer one the initials


def subject_name(headline: str, entities: Iterable[Entity]) -> str:
    """The name of the entity that a headline names first; empty where it names none."""
    text = headline.casefold()
    found = [
        (place, entity.name)
        for entity in entities
        if entity.kind is not EntityKind.VENUE and (place := text.find(entity.name.casefold())) >= 0
    ]
    return min(found, key=lambda pair: (pair[0], -len(pair[1]), pair[1]), default=(0, ""))[1]


def story_artwork(
    seed: str, section: NewsSection, subject: str, headline: str, hook: str
) -> Artwork:
    """The picture of a story: the figure of its headline or else of its hook with the name of its
    subject, or that name alone. `seed` varies the pattern.
    """
    figure = key_figure(headline) or key_figure(hook)
    if figure:
        return Artwork(
            section=section, seed=seed, large=figure.number, small=figure.unit, name=subject
        )
    return subject_artwork(seed, section, subject)


def subject_artwork(seed: str, section: NewsSection, name: str) -> Artwork:
    """The picture of a name; of a long one its initials stand large."""
    if len(name) <= _LONGEST:
        return Artwork(section=section, seed=seed, large=name)
    return Artwork(section=section, seed=seed, large=initials(name), name=name)


def initials(name: str) -> str:
    """The first letters of a name's first and last word: `MS` of "Meta Superintelligence"."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in dict.fromkeys((*words[:1], *words[-1:])))
