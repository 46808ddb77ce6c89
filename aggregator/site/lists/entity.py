"""The page of an entity: its kind, its timeline from the archive, its stories, and what else they
mention.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from heapq import nsmallest
from itertools import islice

from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import Entity, EntityKind, PublishedStory
from aggregator.domain.wording import N_
from aggregator.english.event_kind import EventKind
from aggregator.english.lexical import content_words
from aggregator.english.text import folded
from aggregator.memory.timeline import FEWEST_ROWS, StoryRow, archive_timeline
from aggregator.site.head import Link
from aggregator.site.lists.leads import last_published
from aggregator.site.lists.lines import StoryLine, by_importance, by_time
from aggregator.site.lists.side_lists import (
    ListNames,
    counts_of,
    entity_side,
    role_side,
    topic_side,
)
from aggregator.site.lists.standing import MONEY_KINDS, LatestRow, latest_events
from aggregator.site.lists.subject_page import ENTITIES, ListingPage, Product, listing_pages
from aggregator.site.paths import entity_path
from aggregator.site.story.cited import Citations
from aggregator.site.story.dated_rows import page_date
from aggregator.templating.translation import translations

_MOST_ROWS = 12
_MOST_PRODUCTS = 8
_MOST_TOLD = 16  # stories that a timeline is made of: with two dated facts each more than it shows

_OF_MANY = frozenset({Lane.LETTER, Lane.COMMUNITY})
_THINGS = frozenset({EntityKind.MODEL, EntityKind.PRODUCT, EntityKind.REGULATION})

_KINDS: dict[EntityKind, str] = {
    EntityKind.COMPANY: N_("Company or organisation"),
    EntityKind.MODEL: N_("Model"),
    EntityKind.PRODUCT: N_("Product"),
    EntityKind.PERSON: N_("Person"),
    EntityKind.REGULATION: N_("Law or rule"),
    EntityKind.DATASET: N_("Benchmark or data set"),
    EntityKind.VENUE: N_("Conference or journal"),
}

_SECTIONS: dict[EntityKind, NewsSection] = {
    EntityKind.COMPANY: NewsSection.MONEY,
    EntityKind.MODEL: NewsSection.MODELS,
    EntityKind.PRODUCT: NewsSection.PRODUCTS,
    EntityKind.PERSON: NewsSection.WORK,
    EntityKind.REGULATION: NewsSection.LAW,
    EntityKind.DATASET: NewsSection.RESEARCH,
    EntityKind.VENUE: NewsSection.RESEARCH,
}


@frozen
class KnownEntity:
    """What is known of an entity: by the registry its aliases, the key of its maker and the names
    of what it makes, empty without an entry; those `products` that have a page, and by plugins how
    things stand with it.
    """

    names: tuple[str, ...] = ()
    maker: str = ""
    makes: tuple[str, ...] = ()
    products: tuple[Entity, ...] = ()
    stated: tuple[LatestRow, ...] = ()


UNKNOWN = KnownEntity()


def entity_pages(
    entity: Entity,
    lines: Sequence[StoryLine],
    archive: Iterable[PublishedStory],
    known: KnownEntity,
    *,
    names: ListNames,
    site: SiteSettings,
    total: int = 0,
) -> tuple[tuple[str, ListingPage], ...]:
    """The pages of an entity with their paths. `archive` are the stories that `chronicled`
    chooses; the timeline has the newest first.
    """
    words = translations(site.language)
    about = about_entity(entity, lines, known)
    own = (entity.name, *known.names)
    rows = archive_timeline(
        archive, _MOST_ROWS, partial(_rank, entity, own, {o.id for o in about})
    )[::-1]
    rows = rows if len(rows) >= FEWEST_ROWS else ()
    members = {member.article.id: member for row in rows for member in row.published.story.members}
    cited = Citations((row.row.claim for row in rows), members, site.language)
    maker = names.entities.get(known.maker)
    listing = ListingPage(
        path=entity_path(entity.key),
        kind=words(_KINDS[entity.kind]),
        index=Link(name=words("Names in the news"), url=ENTITIES),
        title=entity.name,
        section=_SECTIONS[entity.kind],
        also=_also(entity.name, known.names),
        maker=Link(name=maker.name, url=entity_path(maker.key)) if maker else None,
        products=_in_headlines(known, lines),
        latest=(
            *latest_events(about, last_published(lines), site.zone, words, MONEY_KINDS),
            *known.stated,
        ),
        timeline=tuple(page_date(row, cited, words) for row in rows),
        citations=cited.all(),
    )
    mentions = counts_of(line.entities for line in lines)
    sides = (
        entity_side(
            words("Also appears with"), mentions, names, words, *EntityKind, but=entity.key
        ),
        topic_side(lines, names, words),
        role_side(lines, words),
    )
    passing = {line.id for line in lines} - {line.id for line in about}
    ranked = sorted(by_importance(lines), key=lambda line: line.subject not in own)
    return listing_pages(listing, ranked, sides, names, site, total, passing)


def products_of(
    known: Mapping[str, KnownEntity], entities: Iterable[Entity]
) -> dict[str, tuple[Entity, ...]]:
    """What each maker makes, as far as it has a page, by the maker's key."""
    made = grouped((known.get(entity.key, UNKNOWN).maker, entity) for entity in entities)
    return {maker: some for maker, some in made.items() if maker}


def _in_headlines(known: KnownEntity, lines: Iterable[StoryLine]) -> tuple[Product, ...]:
    """The products that headlines are about, the newest first; a release whose name has no page
    yet leads to its story.
    """
    of_key = {product.key: product for product in known.products}
    paged = {product.name for product in known.products}
    families = [content_words(name) for name in known.makes]
    newest: dict[str, Product] = {}
    for line in by_time(lines):
        for key in line.reported:
            if key in of_key:
                name = of_key[key].name
                newest.setdefault(name, Product(name=name, path=entity_path(key)))
        name = line.subject
        is_release = line.is_kind_sure and line.kind is EventKind.MODEL_RELEASE
        if is_release and name not in paged and _names_any(families, name):
            newest.setdefault(
                name, Product(name=name, path="" if line.url else line.path, url=line.url)
            )
    return tuple(islice(newest.values(), _MOST_PRODUCTS))


def chronicled(
    entity: Entity, lines: Iterable[StoryLine], known: KnownEntity = UNKNOWN
) -> tuple[str, ...]:
    """The ids of the stories for an entity's timeline: the most important that are about it and
    whose source dates them, then of the others, of which only dates that name it belong there.
    """
    about = {line.id for line in about_entity(entity, lines, known)}
    best = nsmallest(
        _MOST_TOLD,
        (line for line in lines if line.lane not in _OF_MANY),
        key=lambda line: (
            line.id not in about,
            not line.is_dated,
            -line.importance,
            -line.published.timestamp(),
            line.id,
        ),
    )
    return tuple(line.id for line in best)


def about_entity(
    entity: Entity, lines: Iterable[StoryLine], known: KnownEntity
) -> tuple[StoryLine, ...]:
    """The stories whose headline has all words of one of the entity's names, or first names what
    it makes, and what a source of its own name announces; of a thing also those that name it most
    and are about it by the headline of an article. One of a letter or a community lists what it is
    full of.
    """
    is_thing = entity.kind in _THINGS
    names = [content_words(name) for name in (entity.name, *known.names)]
    makes = [content_words(name) for name in known.makes]
    return tuple(
        line
        for line in lines
        if line.lane not in _OF_MANY
        and (
            _names_any(names, line.headline)
            or _names_any(makes, line.subject)
            or (line.lane is Lane.LAB and _names_any(names, line.source))
            or (is_thing and line.entities[:1] == (entity.key,) and entity.key in line.reported)
        )
    )


def _rank(
    entity: Entity, names: Sequence[str], about: Collection[str], row: StoryRow
) -> int | None:
    """Dated facts of stories about who bears these names come first, then others that name it.
    A model's page has none that names another model of the story and not this one.
    """
    text, is_about = row.row.claim.text, row.published.story.id in about
    if _names_any(map(content_words, names), text):
        return 0 if is_about else 1
    beside = (
        content_words(other.name)
        for other in row.published.story.entities
        if other.kind is entity.kind is EntityKind.MODEL and other.key != entity.key
    )
    family = content_words(entity.name)  # "Auk 3" on the page of Auk 4
    is_anothers = _names_any((name for name in beside if name.isdisjoint(family)), text)
    return 0 if is_about and not is_anothers else None


def _names_any(names: Iterable[frozenset[str]], text: str) -> bool:
    words = content_words(text)
    return any(name and name <= words for name in names)


def _also(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The other names that differ by more than spaces, capitals and marks."""
    found: dict[str, str] = {folded(name): ""}
    for other in names:
        found.setdefault(folded(other), other)
    return tuple(other for other in found.values() if other)
