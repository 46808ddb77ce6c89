"""The page of an entity: its kind, its timeline from the archive, its stories, and what else they
mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from heapq import nsmallest

from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Entity, EntityKind, PublishedStory
from aggregator.domain.wording import N_
from aggregator.english.lexical import content_words
from aggregator.english.text import folded
from aggregator.memory.timeline import FEWEST_ROWS, archive_timeline, is_subject
from aggregator.site.head import Link
from aggregator.site.lists.lines import StoryLine, by_importance
from aggregator.site.lists.subject_page import (
    ENTITIES,
    ListingPage,
    ListNames,
    counts_of,
    entity_side,
    listing_pages,
    role_side,
    topic_side,
)
from aggregator.site.story.cited import Citations
from aggregator.site.story.page import page_date
from aggregator.site.story.tags import entity_path
from aggregator.templating.translation import translations

_MOST_ROWS = 12
_MOST_TOLD = 16  # stories that a timeline is made of: with two dated facts each more than it shows

_KINDS: dict[EntityKind, str] = {
    EntityKind.COMPANY: N_("Company or body"),
    EntityKind.MODEL: N_("Model"),
    EntityKind.PRODUCT: N_("Product"),
    EntityKind.PERSON: N_("Person"),
    EntityKind.REGULATION: N_("Law or rule"),
    EntityKind.DATASET: N_("Benchmark or data set"),
    EntityKind.VENUE: N_("Conference or journal"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntity:
    """What the registry says of an entity: its aliases, and the key of its maker; empty without an
    entry.
    """

    names: tuple[str, ...] = ()
    maker: str = ""


UNKNOWN = KnownEntity()  # a version of a model: found by its family's entry, and none of its own


def entity_pages(
    entity: Entity,
    lines: Sequence[StoryLine],
    archive: Iterable[PublishedStory],
    known: KnownEntity,
    *,
    names: ListNames,
    site: SiteSettings,
    zone: tzinfo,
    total: int = 0,
) -> tuple[tuple[str, ListingPage], ...]:
    """The pages of an entity with their paths. `archive` are the stories that `chronicled`
    chooses.
    """
    words = translations(site.language)
    rows = archive_timeline(archive, _MOST_ROWS)
    rows = rows if len(rows) >= FEWEST_ROWS else ()
    members = {member.article.id: member for row in rows for member in row.published.story.members}
    cited = Citations((row.row.claim for row in rows), members, site.language)
    maker = names.entities.get(known.maker)
    listing = ListingPage(
        path=entity_path(entity.key),
        kind=words(_KINDS[entity.kind]),
        index=Link(name=words("Companies, models, people, laws"), url=ENTITIES),
        title=entity.name,
        also=_also(entity.name, known.names),
        maker=Link(name=maker.name, url=entity_path(maker.key)) if maker else None,
        timeline=tuple(page_date(row.row, cited, row.published, words) for row in rows),
        citations=cited.all(),
    )
    mentions = counts_of(line.entities for line in lines)
    sides = (
        entity_side(
            words("Told together with"), mentions, names, words, *EntityKind, but=entity.key
        ),
        topic_side(lines, names, words),
        role_side(lines, words),
    )
    ranked = sorted(by_importance(lines), key=lambda line: not _is_about(line, entity))
    return listing_pages(listing, ranked, sides, names, site, zone, total)


def chronicled(entity: Entity, lines: Iterable[StoryLine]) -> tuple[str, ...]:
    """The ids of the stories for an entity's timeline: the most reported with it in the
    headline.
    """
    about = (line for line in lines if _is_about(line, entity))
    best = nsmallest(
        _MOST_TOLD,
        about,
        key=lambda line: (-len(line.families), -line.published.timestamp(), line.id),
    )
    return tuple(line.id for line in best)


def _is_about(line: StoryLine, entity: Entity) -> bool:
    return is_subject(entity.name, content_words(line.headline), line.lane)


def _also(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The other names that differ by more than spaces, capitals and marks."""
    found: dict[str, str] = {folded(name): ""}
    for other in names:
        found.setdefault(folded(other), other)
    return tuple(other for other in found.values() if other)
