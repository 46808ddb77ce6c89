"""The kinds of lists: weeks, sources, topics, roles and entities, and the pages that list all
topics, roles and entities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.source_status import SourceStatus
from aggregator.domain.publishing.artwork import Artwork
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.publishing.page import ListId, Page, PagePart, list_page
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Source
from aggregator.domain.story import Entity
from aggregator.site.cards import with_card
from aggregator.site.content import SiteContent
from aggregator.site.edition.page import edition_line
from aggregator.site.feeds import feed_page, listing_feed
from aggregator.site.line_cache import ENTITY, ROLE, SOURCE, TOPIC, WEEK, LineCache
from aggregator.site.lists.entity import UNKNOWN, chronicled, entity_pages, products_of
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
from aggregator.site.lists.subject_page import (
    ENTITIES,
    FEWEST_STORIES,
    MOST_LISTED,
    ROLES,
    TOPICS,
    ListingPage,
    role_listing,
    subject_pages,
    topic_listing,
)
from aggregator.site.lists.week import week_line, week_link, week_pages
from aggregator.site.publish.added import page_parts
from aggregator.site.record_json import record_from_json, record_json
from aggregator.templating.translation import Translations, translations

PagesOf = Callable[[Sequence[str]], Iterable[tuple[Iterable[Page], str]]]


@frozen
class ListKind:
    """A kind of lists. `shown` is, by key, everything that a list shows besides its stories and the
    names of their entities: if any of it changes, the list is rebuilt. `pages` returns the pages of
    some lists, by their keys, each with a summary for other lists.
    """

    kind: str
    shown: Mapping[str, object]
    pages: PagesOf


def list_kinds(content: SiteContent, cache: LineCache, site: SiteSettings) -> Iterator[ListKind]:
    """The kinds of lists, in the order they are published."""
    for made in (_weeks, _sources, _topics, _roles, _entities):
        yield made(content, cache, site)


def list_names(
    entities: Iterable[Entity],
    topics: Mapping[str, str],
    counts: Callable[[str], Mapping[str, int]],
    *,
    kept: Collection[str] = (),
    stated: Collection[str] = (),
    fewest: int = FEWEST_STORIES,
) -> ListNames:
    """What has a page, of all topics and of the entities of all stories: topics and roles with a
    story, by the `counts` of their kind, entities with the `fewest` stories or with something
    `stated` of them, and what is `kept`.
    """
    named, found = Counter[str](), dict[str, Entity]()
    for entity in entities:
        named[entity.key] += 1
        found.setdefault(entity.key, entity)
    of_topic, of_role = counts(TOPIC), counts(ROLE)
    return ListNames(
        topics={
            key: name
            for key, name in topics.items()
            if key in of_topic or _is_kept(TOPIC, key, kept)
        },
        entities={
            key: found[key]
            for key in sorted(found)
            if named[key] >= fewest or key in stated or _is_kept(ENTITY, key, kept)
        },
        roles=tuple(role for role in all_roles() if role in of_role or _is_kept(ROLE, role, kept)),
    )


def _is_kept(kind: str, key: str, kept: Collection[str]) -> bool:
    """Whether a list had a page before, or somebody follows it."""
    return f"{kind}/{key}/index.html" in kept


def _weeks(content: SiteContent, cache: LineCache, site: SiteSettings) -> ListKind:
    """The draft or full list of each week, and `week/` with the newest one, unless that has its
    edition there: an address that the menu of every page can keep.
    """
    weeks, words = sorted(cache.counts(WEEK)), translations(site.language)
    links = [None, *(week_link(week, words) for week in weeks), None]
    beside = dict(zip(weeks, zip(links, links[2:], strict=False), strict=True))
    of_week = {edition.edition.period: edition_line(edition, words) for edition in content.editions}

    def pages(week: str) -> tuple[Iterable[Page], str]:
        lines, (earlier, later) = cache.lines(ListId(kind=WEEK, key=week)), beside[week]
        line = week_line(week, lines, words)
        found = week_pages(
            lines,
            line,
            edition=of_week.get(week),
            earlier=earlier,
            later=later,
            parts=content.parts.get(("period", week), ()),
            site=site,
        )
        if later is None and week not in of_week:
            found = (("week/", found[0][1]), *found)
        return [list_page(path, "week.html", page) for path, page in found], record_json(line)

    return ListKind(
        kind=WEEK,
        shown={
            week: (of_week.get(week), beside[week], *content.parts.get(("period", week), ()))
            for week in weeks
        },
        pages=partial(map, pages),
    )


def _sources(content: SiteContent, cache: LineCache, site: SiteSettings) -> ListKind:
    """The pages of the sources."""
    every = source_lines(content.statuses, cache, translations(site.language), content.kept)
    lines = {key: line for key, line in every.items() if line.path}

    def pages(key: str) -> tuple[Iterable[Page], str]:
        stories = cache.lines(ListId(kind=SOURCE, key=key), MOST_LISTED)
        found = source_pages(lines[key], stories, site)
        return [list_page(path, "source.html", page) for path, page in found], ""

    return ListKind(kind=SOURCE, shown=lines, pages=partial(map, pages))


def source_lines(
    statuses: Sequence[SourceStatus],
    cache: LineCache,
    words: Translations,
    kept: Collection[str] = (),
) -> dict[str, SourceLine]:
    """Every source by key: those of the configuration that are on, and those that were switched
    off or left it and still have articles or issues. One that never had any has no page.
    """
    counts = cache.counts(SOURCE)
    found = {
        status.source.key: source_line(
            status,
            counts.get(status.source.key, 0),
            followed=status.source.enabled,
            has_page=bool(status.articles or status.issues)
            or _is_kept(SOURCE, status.source.key, kept),
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


def _topics(content: SiteContent, cache: LineCache, site: SiteSettings) -> ListKind:
    words = translations(site.language)
    listings = {key: topic_listing(key, content.names, words) for key in content.names.topics}
    return _subjects(TOPIC, listings, content, cache, site)


def _roles(content: SiteContent, cache: LineCache, site: SiteSettings) -> ListKind:
    words = translations(site.language)
    listings = {role: role_listing(role, words) for role in content.names.roles}
    return _subjects(ROLE, listings, content, cache, site)


def _subjects(
    kind: str,
    listings: Mapping[str, ListingPage],
    content: SiteContent,
    cache: LineCache,
    site: SiteSettings,
) -> ListKind:
    """The topics or the roles."""
    counts, newest_week = cache.counts(kind), max(cache.counts(WEEK), default="")

    def pages(key: str) -> tuple[Iterable[Page], str]:
        lines = cache.lines(ListId(kind=kind, key=key), MOST_LISTED)
        (path, first), *further = subject_pages(
            listings[key], lines, content.names, site, counts.get(key, 0), newest_week
        )
        first = replace(first, parts=(*first.parts, *_parts(content, kind, key)))
        return _with_feed(((path, first), *further), lines, content, site), record_json(tops(lines))

    return ListKind(
        kind=kind,
        shown={
            key: (key, counts.get(key, 0), newest_week, *_parts(content, kind, key))
            for key in listings
        },
        pages=partial(map, pages),
    )


def _entities(content: SiteContent, cache: LineCache, site: SiteSettings) -> ListKind:
    """The entities that have a page."""
    counts, names = cache.counts(ENTITY), content.names
    products = products_of(content.known, names.entities.values())
    known = {
        key: replace(
            content.known.get(key, UNKNOWN),
            products=products.get(key, ()),
            stated=content.stated.get(key, ()),
        )
        for key in names.entities
    }
    parts = {
        key: (*content.parts.get((ENTITY, key), ()), *_parts(content, ENTITY, key))
        for key in names.entities
    }

    def pages(keys: Sequence[str]) -> Iterator[tuple[Iterable[Page], str]]:
        """Stories of all timelines are read together: a query a list would be most of the work."""
        lines = {key: cache.lines(ListId(kind=ENTITY, key=key), MOST_LISTED) for key in keys}
        told = {key: chronicled(names.entities[key], lines[key], known[key]) for key in keys}
        chosen = sorted({story_id for several in told.values() for story_id in several})
        archive = {story.story.id: story for story in cache.stories(chosen)}
        for key in keys:
            (path, first), *further = entity_pages(
                names.entities[key],
                lines[key],
                [archive[story_id] for story_id in told[key] if story_id in archive],
                known[key],
                total=counts[key],
                names=names,
                site=site,
            )
            first = replace(first, parts=(*parts[key], *first.parts))
            yield _with_feed(((path, first), *further), lines[key], content, site), ""

    return ListKind(
        kind=ENTITY,
        shown={
            key: (entity, counts[key], known[key], names.entities.get(known[key].maker), parts[key])
            for key, entity in names.entities.items()
        },
        pages=pages,
    )


def index_pages(
    cache: LineCache,
    content: SiteContent,
    summaries: Mapping[str, Mapping[str, str]],
    site: SiteSettings,
) -> Iterator[Page]:
    """The pages of all topics, roles and entities; `summaries` are those of the lists, by kind and
    key.
    """
    words, names = translations(site.language), content.names
    of_topic, of_role, of_entity = (cache.counts(kind) for kind in (TOPIC, ROLE, ENTITY))
    told = summaries[TOPIC], summaries[ROLE]
    topic_lines = (
        topic_line(
            key,
            name,
            of_topic.get(key, 0),
            _tops(told[0], key),
            words,
            has_page=key in names.topics,
        )
        for key, name in content.topic_names.items()
    )
    coverage = cache.coverage().items()
    by_week = {(week, names.topics[key]): n for (week, key), n in coverage if key in names.topics}
    parts = page_parts("topics", by_week, site)
    yield list_page(TOPICS, "listings.html", topics_page(topic_lines, site, parts))
    role_lines = (
        role_line(
            role, of_role.get(role, 0), _tops(told[1], role), site, has_page=role in names.roles
        )
        for role in all_roles()
    )
    yield list_page(ROLES, "listings.html", roles_page(role_lines, site))
    with_a_page = ((entity, of_entity[key]) for key, entity in names.entities.items())
    yield list_page(ENTITIES, "listings.html", entities_page(with_a_page, site))


def _with_feed(
    pages: Sequence[tuple[str, ListingPage]],
    lines: Sequence[StoryLine],
    content: SiteContent,
    site: SiteSettings,
) -> list[Page]:
    """The pages of a list, its card and its feed."""
    (path, first), *further = pages
    artwork, renderer = Artwork(section=first.section), content.card_renderer
    first, cards = with_card(first, artwork, site, renderer, content.kept)
    feed = feed_page(listing_feed(path, first.title, lines, site, content.has_card))
    listed = ((path, first), *further)
    return [
        *cards,
        *(list_page(page_path, "listing.html", record) for page_path, record in listed),
        feed,
    ]


def _parts(content: SiteContent, kind: str, key: str) -> tuple[PagePart, ...]:
    """The parts that plugins stored for a list."""
    return content.parts.get(("list", f"{kind}/{key}"), ())


def _tops(summaries: Mapping[str, str], key: str) -> Sequence[StoryLine]:
    return record_from_json(tuple[StoryLine, ...], summaries.get(key) or "[]")
