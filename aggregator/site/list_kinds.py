"""The kinds of lists: weeks, sources, topics, roles and entities, and the pages that list all
topics, roles and entities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.source_status import SourceStatus
from aggregator.domain.publishing.artwork import Artwork
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.publishing.page import CardRenderer, ListId, Page, PagePart, list_page
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Source
from aggregator.domain.story import Entity
from aggregator.site.cards import with_card
from aggregator.site.edition.page import edition_line
from aggregator.site.feeds import feed_page, listing_feed
from aggregator.site.line_cache import ENTITY, ROLE, SOURCE, TOPIC, WEEK, LineCache
from aggregator.site.lists.entity import (
    UNKNOWN,
    KnownEntity,
    chronicled,
    entity_pages,
    products_of,
)
from aggregator.site.lists.indexes import (
    entities_page,
    role_line,
    roles_page,
    topic_line,
    topics_page,
    tops,
)
from aggregator.site.lists.lines import StoryLine
from aggregator.site.lists.side_lists import ListNames
from aggregator.site.lists.sources import SourceLine, source_line, source_pages
from aggregator.site.lists.standing import LatestRow
from aggregator.site.lists.subject_page import (
    ENTITIES,
    FEWEST_STORIES,
    MOST_LISTED,
    ROLES,
    TOPICS,
    ListingPage,
    subject_pages,
)
from aggregator.site.lists.week import (
    WeekPage,
    week_line,
    week_link,
    week_pages,
)
from aggregator.site.publish.added import page_parts
from aggregator.site.record_json import record_from_json, record_json
from aggregator.templating.translation import Translations, translations


@frozen
class ListKind:
    """A kind of lists: the number of stories in each by key, and how some of them are built.

    `extras` is everything that a list shows besides its stories and the names of their entities: if
    any of it changes, the list is rebuilt. `pages` returns the pages of some lists, by their keys,
    each with a summary for other lists.
    """

    kind: str
    counts: Mapping[str, int]
    extras: Callable[[str], object]
    pages: Callable[[Sequence[str]], Iterable[tuple[Iterable[Page], str]]]


def listed_entities(entities: Iterable[Entity]) -> dict[str, Entity]:
    """The entities that have a page, by key, from those of all stories: named in two at least."""
    counts, found = Counter[str](), dict[str, Entity]()
    for entity in entities:
        counts[entity.key] += 1
        found.setdefault(entity.key, entity)
    return {key: found[key] for key in sorted(found) if counts[key] >= FEWEST_STORIES}


def weeks(
    editions: Sequence[StoredEdition],
    cache: LineCache,
    site: SiteSettings,
    parts: Mapping[tuple[str, str], tuple[PagePart, ...]],
) -> ListKind:
    """The draft or full list of each week, and `week/` with the newest one, unless that has its
    edition there: an address that the menu of every page can keep.
    """
    counts, words = cache.counts(WEEK), translations(site.language)
    newest_first = sorted(counts, reverse=True)
    place = {week: number for number, week in enumerate(newest_first)}
    of_week = {edition.edition.period: edition_line(edition, words) for edition in editions}

    def extras(week: str) -> tuple[object, ...]:
        earlier, later = (
            newest_first[place[week] + 1 : place[week] + 2],
            newest_first[max(place[week] - 1, 0) : place[week]],
        )
        of_plugins = parts.get(("period", week), ())
        return of_week.get(week), earlier, later, place[week] == 0, *of_plugins

    def pages(week: str) -> tuple[Iterable[Page], str]:
        lines = cache.lines(ListId(kind=WEEK, key=week))
        line = week_line(week, lines, words)
        at, is_newest = place[week], place[week] == 0
        earlier = week_link(newest_first[at + 1], words) if at + 1 < len(newest_first) else None
        later = week_link(newest_first[at - 1], words) if at else None
        found = week_pages(
            lines,
            line,
            edition=of_week.get(week),
            earlier=earlier,
            later=later,
            site=site,
        )
        if own := parts.get(("period", week)):
            (path, first), *further = found
            found = ((path, replace(first, parts=own)), *further)
        week_files = [
            list_page(path, "week.html", _in_archive(page, is_newest=is_newest))
            for path, page in found
        ]
        return (
            [list_page("week/", "week.html", found[0][1]), *week_files]
            if is_newest and week not in of_week
            else week_files
        ), record_json(line)

    return ListKind(kind=WEEK, counts=counts, extras=extras, pages=partial(map, pages))


def sources(statuses: Sequence[SourceStatus], cache: LineCache, site: SiteSettings) -> ListKind:
    """The pages of the sources."""
    counts = cache.counts(SOURCE)
    lines = source_lines(statuses, cache, translations(site.language))

    def pages(key: str) -> tuple[Iterable[Page], str]:
        found = source_pages(
            lines[key], cache.lines(ListId(kind=SOURCE, key=key), MOST_LISTED), site
        )
        return [list_page(path, "source.html", page) for path, page in found], ""

    return ListKind(
        kind=SOURCE,
        counts={key: counts.get(key, 0) for key in sorted(lines)},
        extras=lambda key: lines[key],
        pages=partial(map, pages),
    )


def source_lines(
    statuses: Sequence[SourceStatus], cache: LineCache, words: Translations
) -> dict[str, SourceLine]:
    """Every source by key: those of the configuration that are on, and those that were switched
    off or left it and still have articles or issues.
    """
    counts = cache.counts(SOURCE)
    found = {
        status.source.key: source_line(
            status,
            counts.get(status.source.key, 0),
            followed=status.source.enabled,
            words=words,
        )
        for status in statuses
        if status.source.enabled or status.articles or status.issues
    }
    for key in sorted(counts.keys() - found.keys()):
        founded = next(iter(cache.best(ListId(kind=SOURCE, key=key), 1)))
        member = next(
            member for member in founded.story.members if member.article.source_key == key
        )
        gone = SourceStatus(
            source=Source(key=key, name=member.source_name, url="", lane=member.lane)
        )
        found[key] = source_line(gone, counts[key], followed=False, words=words)
    return found


def subjects(
    kind: str,
    listings: Mapping[str, ListingPage],
    cache: LineCache,
    names: ListNames,
    site: SiteSettings,
    card_renderer: CardRenderer | None,
    parts: Mapping[tuple[str, str], tuple[PagePart, ...]],
) -> ListKind:
    """The topics or the roles: every one that there is, also those that no story has yet; `parts`
    are those that plugins stored.
    """
    counts, newest_week = cache.counts(kind), max(cache.counts(WEEK), default="")

    def pages(key: str) -> tuple[Iterable[Page], str]:
        lines = cache.lines(ListId(kind=kind, key=key), MOST_LISTED)
        (path, first), *further = subject_pages(
            listings[key], lines, names, site, counts.get(key, 0), newest_week
        )
        first = replace(first, parts=(*first.parts, *parts.get(("list", f"{kind}/{key}"), ())))
        found = ((path, first), *further)
        return _with_feed(found, lines, site, card_renderer), record_json(tops(lines))

    known = {key: counts.get(key, 0) for key in listings}
    return ListKind(
        kind=kind,
        counts=known,
        extras=lambda key: (
            *(key, known[key], newest_week),
            *parts.get(("list", f"{kind}/{key}"), ()),
        ),
        pages=partial(map, pages),
    )


def entities(
    cache: LineCache,
    names: ListNames,
    known: Mapping[str, KnownEntity],
    site: SiteSettings,
    stated: Mapping[str, tuple[LatestRow, ...]],
    card_renderer: CardRenderer | None,
    parts: Mapping[tuple[str, str], tuple[PagePart, ...]],
) -> ListKind:
    """The entities that have a page; `known` is what the registry says of them, `stated` how things
    stand with them by plugins, by key, `parts` are those that plugins stored.
    """
    counts = cache.counts(ENTITY)
    products = products_of(known, names.entities.values())

    def own_parts(key: str) -> tuple[PagePart, ...]:
        return (*parts.get((ENTITY, key), ()), *parts.get(("list", f"{ENTITY}/{key}"), ()))

    def pages(keys: Sequence[str]) -> Iterator[tuple[Iterable[Page], str]]:
        """Stories of all timelines are read together: a query a list would be most of the work."""
        lists = []
        for key in keys:
            entity = names.entities[key]
            of_entity = replace(
                known.get(key, UNKNOWN),
                products=products.get(key, ()),
                stated=stated.get(key, ()),
            )
            lines = cache.lines(ListId(kind=ENTITY, key=key), MOST_LISTED)
            lists.append((entity, lines, of_entity, chronicled(entity, lines, of_entity)))
        chosen = sorted({story_id for *_, several in lists for story_id in several})
        archive = {story.story.id: story for story in cache.stories(chosen)}
        for entity, lines, of_entity, several in lists:
            found = entity_pages(
                entity,
                lines,
                [archive[story_id] for story_id in several if story_id in archive],
                of_entity,
                total=counts[entity.key],
                names=names,
                site=site,
            )
            (path, first), *further = found
            first = replace(first, parts=(*own_parts(entity.key), *first.parts))
            yield _with_feed(((path, first), *further), lines, site, card_renderer), ""

    def extras(key: str) -> tuple[object, ...]:
        return (
            counts[key],
            names.entities[key],
            names.entities.get(known.get(key, UNKNOWN).maker),
            products.get(key, ()),
            stated.get(key, ()),
            *own_parts(key),
        )

    paged = {key: counts[key] for key in names.entities}
    return ListKind(kind=ENTITY, counts=paged, extras=extras, pages=pages)


def index_pages(
    cache: LineCache,
    names: ListNames,
    summaries: Mapping[str, Mapping[str, str]],
    site: SiteSettings,
) -> Iterator[Page]:
    """The pages of all topics, roles and entities; `summaries` are those of the lists, by kind and
    key.
    """
    words = translations(site.language)
    of_topic, of_role, of_entity = (cache.counts(kind) for kind in (TOPIC, ROLE, ENTITY))
    found = {key: _tops(summaries[TOPIC][key]) for key in names.topics}
    topic_lines = (
        topic_line(key, name, of_topic.get(key, 0), found[key], words)
        for key, name in names.topics.items()
    )
    coverage = cache.coverage().items()
    by_week = {(week, names.topics[key]): n for (week, key), n in coverage if key in names.topics}
    parts = page_parts("topics", by_week, site)
    yield list_page(TOPICS, "listings.html", topics_page(topic_lines, site, parts))
    role_lines = (
        role_line(role, of_role.get(role, 0), _tops(summaries[ROLE][role]), site)
        for role in all_roles()
    )
    yield list_page(ROLES, "listings.html", roles_page(role_lines, site))
    with_a_page = ((entity, of_entity[key]) for key, entity in names.entities.items())
    yield list_page(ENTITIES, "listings.html", entities_page(with_a_page, site))


def _with_feed(
    pages: Sequence[tuple[str, ListingPage]],
    lines: Sequence[StoryLine],
    site: SiteSettings,
    card_renderer: CardRenderer | None,
) -> list[Page]:
    """The pages of a list, its card and its feed."""
    (path, first), *further = pages
    first, cards = with_card(first, Artwork(section=first.section), site, card_renderer)
    carded = card_renderer is not None
    feed = feed_page(listing_feed(path, first.title, lines, site, carded=carded))
    listed = ((path, first), *further)
    return [
        *cards,
        *(list_page(page_path, "listing.html", record) for page_path, record in listed),
        feed,
    ]


def _tops(summary: str) -> Sequence[StoryLine]:
    return record_from_json(tuple[StoryLine, ...], summary or "[]")


def _in_archive(page: WeekPage, *, is_newest: bool) -> WeekPage:
    """A past week is under the archive in the menu."""
    return page if is_newest else replace(page, head=replace(page.head, place="archive"))
