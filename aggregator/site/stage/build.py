"""Builds the parts of the site that changed.

Every file has an owner: a story, a list, an edition, or what every site has once. A story's page is
made from its own rows, from related stories and from those whose dates its timeline shows; a list
from the lines of its stories. The digest of all that each was last made from is stored, so only
what changed is built, in batches: memory does not grow with the archive except for a digest and an
outline a story.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

from aggregator.cluster.entities import gazetteer, makers_in, tokens_of
from aggregator.cluster.related import related_stories
from aggregator.crawl.stage.source_status import followed, source_statuses, with_days
from aggregator.domain.frozen import grouped
from aggregator.domain.ids import digest_of
from aggregator.domain.operation.calibration import Calibration
from aggregator.domain.outline import Outline, Relation
from aggregator.domain.publishing.edition import StoredEdition, without
from aggregator.domain.publishing.page import (
    CardRenderer,
    OwnerState,
    Page,
    PagePart,
    PublishedFile,
    PublishResult,
    edition_owner,
)
from aggregator.domain.registry import Registry
from aggregator.domain.settings import AnalysisSettings, EngineChoice, Settings
from aggregator.domain.story import Entity, PublishedStory
from aggregator.hooks.plugins import plugins
from aggregator.memory.timeline_sources import timeline_sources
from aggregator.services import Services, Watch
from aggregator.site.content import SiteContent
from aggregator.site.edition.records import EditionPage
from aggregator.site.edition.rhythm import due_words, rhythm_words
from aggregator.site.fixed_pages import fixed_pages
from aggregator.site.head import preferences_url, subscribe_url
from aggregator.site.line_cache import ENTITY, ROLE, TOPIC, WEEK, LineCache
from aggregator.site.list_kinds import ListKind, PagesOf, list_kinds, list_names
from aggregator.site.lists.entity import KnownEntity
from aggregator.site.lists.side_lists import ListNames
from aggregator.site.pages import (
    composed_editions,
    edition_groups,
    moved_pages,
    search_group,
    story_files,
)
from aggregator.site.paths import path_of
from aggregator.site.publish.added import added_files, added_links, stored_parts
from aggregator.site.publish.folder import open_folder, remove_pages
from aggregator.site.publish.publisher import Publisher, damaged_files
from aggregator.site.specimens import demand_theme
from aggregator.site.stage.added_pages import PageInputs, added_pages
from aggregator.site.stage.line_cache import (
    MOST_READ,
    ReadStories,
    StoredLineCache,
    update_lines,
)
from aggregator.site.story.page import neighbours_of
from aggregator.site.story.records import Neighbours
from aggregator.store.database import Connection
from aggregator.store.news import articles, newsletters, stories, tombstones
from aggregator.store.publishing import editions, lines, pages, subscribers
from aggregator.store.publishing.outlines import outlines
from aggregator.store.rows import batches
from aggregator.store.writing.models import newest_calibration, newest_score
from aggregator.story.stage.stored import shown_stories
from aggregator.templating.translation import translations
from aggregator.verify.quoted_context import Contexts, cited_passages, quoted_contexts

_FEWEST_STATED = 2  # stories of an entity with a page if a plugin has something to say of it
_LIST_BATCH = 50  # in one transaction: what a kill can cost

_STORY = "story"  # the kind of these owners
# Owners of files, beside stories, lists and editions.
_MOVED, _SEARCH, _SITE, _STATIC, _ADDED = "moved", "search", "site", "static", pages.ADDED


@dataclass(slots=True)
class _Build:
    """One publishing while it runs. `digests` are those of the stories, with the names of their
    entities that have a page; `damaged` are the owners of files that are not as they were
    published, `standing` those that have files still.
    """

    services: Services
    publisher: Publisher
    content: SiteContent
    digests: Mapping[str, str]
    rendition: str
    damaged: frozenset[str]
    full: bool
    standing: set[str]


def build_site(
    services: Services,
    watch: Watch,
    card_renderer: CardRenderer | None,
    own: Mapping[str, str],
    *,
    rendition: str,
    fingerprint: str,
    full: bool,
) -> PublishResult:
    """Writes the pages that changed, removes obsolete files, and records the inputs of the site:
    the digest of each analysed story, what decides how all of it looks, and a digest of the whole.
    Raises ThemeError before anything is written where the theme's templates fail on any kind of
    page.
    """
    site, database = services.settings.site, services.database
    demand_theme(site)
    output, words = Path(site.output), translations(site.language)
    with database.reading() as connection:
        damaged = damaged_files(output, pages.published(connection))
        damaged_owners = frozenset(pages.owner_of(connection, damaged).values())
    open_folder(output)
    topics = words.named(services.registry.topic_names())
    update_lines(database, own, site, topics, _story_reader(services.settings))
    with database.reading() as connection:
        known = list(outlines(connection))
        unpaged = lines.without_page(connection)
        followed_lists = {f"{path}/index.html" for path in subscribers.followed_paths(connection)}
        kept, dropped = pages.kept(connection) | followed_lists, stories.dropped(connection)
        stated = grouped(
            plugins().all("standing", connection=connection, services=services, without=dropped)
        )
        named = [entity for outline in known for entity in outline.entities]
        found = partial(list_names, named, topics, partial(lines.counts, connection), kept=kept)
        candidates = found(stated=stated, fewest=_FEWEST_STATED)
        content = _content(connection, services, candidates, unpaged, dropped, own)
        names = found(stated={*stated, *(key for place, key in content.parts if place == ENTITY)})
        content = replace(
            content,
            names=names,
            topic_names=topics,
            card_renderer=card_renderer,
            kept=kept,
            stated=stated,
        )
    run = _Build(
        services=services,
        publisher=Publisher(
            output, site, links=content.links, full=full, damaged=damaged, on_page=watch.step
        ),
        content=content,
        digests=dict(_with_names(known, own, names)),
        rendition=rendition,
        damaged=damaged_owners,
        full=full,
        standing={_SITE, _ADDED, _MOVED},  # written when the files of others are released
    )
    related, drawn = related_stories(known, words), timeline_sources(known)
    beside = neighbours_of(known, unpaged)
    del known  # frees memory for the pages
    _write(run, _STATIC, run.publisher.assets())
    _write_stories(run, watch, related, drawn, beside)
    _write_lists(run)
    return _finish(run, output, fingerprint)


def _under_way(connection: Connection, settings: AnalysisSettings) -> Calibration | None:
    """The calibration of the judge that is not finished; None where none is under way."""
    found = newest_calibration(connection)
    is_wanted = settings.engine is not EngineChoice.EXTRACTIVE
    return found if found and found.left and is_wanted else None


def _content(
    connection: Connection,
    services: Services,
    names: ListNames,
    unpaged: Mapping[str, str],
    dropped: Collection[str],
    story_ids: Iterable[str],
) -> SiteContent:
    """The content of the site besides its stories, once these have lines, and what gives it lists
    and cards.
    """
    settings = services.settings
    words = translations(settings.site.language)
    removed = [path_of(story_id, slug) for story_id, slug in tombstones.removed_paths(connection)]
    shown_editions = tuple(
        without(edition, dropped) for edition in editions.stored_editions(connection)
    )
    removed += [f"source/{tombstone.key}/" for tombstone in tombstones.tombstones(connection)]
    return SiteContent(
        links=added_links(connection, services),
        statuses=with_days(
            connection, source_statuses(connection, followed(connection, settings.sources), words)
        ),
        engine=_writer_name(lines.engines(connection), services.engine.name),
        judge=lines.newest_judge(connection),
        calibration=_under_way(connection, settings.analysis),
        score=newest_score(connection) if settings.site.evaluation else None,
        editions=shown_editions,
        edition_due=due_words(settings.edition, settings.schedule, settings.site),
        subscribe=subscribe_url(settings),
        preferences=preferences_url(settings, "") if subscribe_url(settings) else "",
        rhythm=(
            rhythm_words(settings.edition, settings.site)
            if settings.email.from_ or settings.serve.public_url
            else ""
        ),
        redirects={
            path_of(redirect.id, redirect.slug): redirect.into
            for redirect in stories.redirects(connection)
            if redirect.had_page
        },
        retired={
            path_of(retired.id, retired.slug): retired.source_key
            for retired in newsletters.retired_stories(connection)
        },
        unpaged={path_of(story_id, slug): story_id for story_id, slug in unpaged.items() if slug},
        names=names,
        known=_known_entities(services.registry, names.entities),
        removed=tuple(removed),
        parts=_stored_parts(connection, services, names, shown_editions, story_ids),
    )


def _stored_parts(
    connection: Connection,
    services: Services,
    names: ListNames,
    shown_editions: Iterable[StoredEdition],
    story_ids: Iterable[str],
) -> dict[tuple[str, str], tuple[PagePart, ...]]:
    """What plugins stored for pages of ours."""
    periods = {edition.edition.period for edition in shown_editions}
    periods |= lines.counts(connection, WEEK).keys()
    keys = {
        "front": {"": ""},
        "period": {period: period for period in sorted(periods)},
        "entity": names.called,
        "list": _lists(names),
        "story": {story_id: story_id for story_id in story_ids},
    }
    return stored_parts(connection, services, keys)


def _lists(names: ListNames) -> dict[str, str]:
    """The names of topics, and those that have a page, by the paths of their lists."""
    of_kinds = (("topic", names.topics), ("entity", names.called))
    return {f"{kind}/{key}": name for kind, named in of_kinds for key, name in named.items()}


def _with_names(
    known: Iterable[Outline], own: Mapping[str, str], names: ListNames
) -> Iterator[tuple[str, str]]:
    """The digest of each story, with the entities that have a page among those that it names."""
    for outline in known:
        named = [names.entities[one.key] for one in outline.entities if one.key in names.entities]
        yield outline.id, digest_of(own[outline.id], repr(named))


def _write_stories(
    run: _Build,
    watch: Watch,
    related: Mapping[str, Sequence[Relation]],
    drawn: Mapping[str, Sequence[str]],
    beside: Mapping[str, Neighbours],
) -> None:
    """Writes the pages of the stories whose content or context changed: the stories that are
    related, those whose dates the timeline shows, the neighbours, which a story without a page has
    not, and what plugins stored for it.
    """
    of = run.digests
    digests = {
        story_id: digest_of(
            of[story_id],
            repr((related[story_id], neighbours, run.content.parts.get((_STORY, story_id)))),
            *(of[relation.story_id] for relation in related[story_id]),
            *(of[other] for other in drawn[story_id]),
        )
        for story_id, neighbours in beside.items()
    }
    due = _due(run, _STORY, digests)
    watch.stage("pages", len(due))
    pages_of = partial(_story_pages, run, digests, related, drawn, beside)
    _write_due(run, _STORY, due, pages_of, MOST_READ)


def _story_pages(
    run: _Build,
    digests: Mapping[str, str],
    related: Mapping[str, Sequence[Relation]],
    drawn: Mapping[str, Sequence[str]],
    beside: Mapping[str, Neighbours],
    batch: Sequence[str],
) -> Iterator[tuple[Iterable[Page], str]]:
    """The pages of some stories, all read together."""
    services = run.services
    wanted = dict.fromkeys(chain(batch, *(drawn[story_id] for story_id in batch)))
    with _reading(run) as (connection, cache):
        published = {
            story.story.id: story
            for story in shown_stories(connection, services.settings, list(wanted))
        }
        near = cache.lines_of(
            sorted({relation.story_id for key in batch for relation in related[key]})
        )
        contexts = _contexts(connection, [published[key] for key in batch], run)
    for story_id in batch:
        *cards, page = story_files(
            published[story_id],
            [published[other] for other in drawn[story_id] if other in published],
            related[story_id],
            near,
            run.content,
            services.settings.site,
            beside[story_id],
            contexts[story_id],
        )
        yield (*cards, replace(page, digest=digests[story_id])), ""


def _contexts(
    connection: Connection, several: Sequence[PublishedStory], run: _Build
) -> dict[str, Contexts]:
    """The words around the quotations of each story."""
    analysis = run.services.settings.analysis
    cited = articles.passages_by_key(connection, chain(*map(cited_passages, several)))
    return {
        story.story.id: quoted_contexts(
            story,
            cited,
            language=analysis.language,
            share=analysis.quote_share,
            least_words=analysis.quote_least,
            most_words=analysis.quote_context,
            opened=analysis.quote_opened,
        )
        for story in several
    }


def _write_lists(run: _Build) -> None:
    """Writes the pages that link to the stories: editions, due lists, and the pages that every site
    has once; then what stands at the addresses of pages that ended.
    """
    site = run.services.settings.site
    with _reading(run) as (connection, cache):
        editions = composed_editions(run.content, cache, site)
        for period, group in edition_groups(editions, run.content, cache, site):
            _write(run, edition_owner(period), group)
        for kind in list_kinds(run.content, cache, site):
            due = _due(run, kind.kind, _list_digests(run, connection, kind))
            _write_due(run, kind.kind, due, kind.pages, _LIST_BATCH)
        _write(run, _SEARCH, search_group(run.content, cache, site))
    with run.services.database.writing() as writing:
        pages.release_others(writing, run.standing)
    with _reading(run) as (connection, cache):
        summaries = _summaries(connection)
        _write(run, _SITE, fixed_pages(run.content, cache, editions, summaries, site))
    with _reading(run) as (connection, cache):
        _write(run, _ADDED, _added(run, connection, cache, editions))
    with _reading(run) as (connection, cache):
        ended = pages.former(connection, _MOVED)
        _write(run, _MOVED, moved_pages(run.content, cache, editions, ended, site))


@contextmanager
def _reading(run: _Build) -> Iterator[tuple[Connection, StoredLineCache]]:
    """The store as it is now, and the lines in it."""
    with run.services.database.reading() as connection:
        yield connection, StoredLineCache(connection, _story_reader(run.services.settings))


def _summaries(connection: Connection) -> dict[str, dict[str, str]]:
    """What other lists show of each list, by kind and key."""
    return {
        kind: {
            owner.partition("/")[2]: state.summary
            for owner, state in pages.states(connection, kind).items()
        }
        for kind in (WEEK, TOPIC, ROLE)
    }


def _list_digests(run: _Build, connection: Connection, kind: ListKind) -> dict[str, str]:
    """The digest of all that each list of a kind shows: its stories, those entities with a page
    that they name, from which its side lists follow, and whatever else.
    """
    rows = groupby(lines.stories_by_list(connection, kind.kind), key=itemgetter(0))
    stories_of = {
        key: digest_of(*(run.digests[story_id] for _, story_id in shown)) for key, shown in rows
    }
    return {
        key: digest_of(repr(shown), run.rendition, stories_of.get(key, ""))
        for key, shown in kind.shown.items()
    }


def _due(run: _Build, kind: str, digests: Mapping[str, str]) -> dict[str, str]:
    """The digests of those owners of a kind that have to be written; all of them stay."""
    with run.services.database.reading() as connection:
        written = pages.states(connection, kind)
    of_owner = {f"{kind}/{key}": key for key in digests}
    run.standing |= of_owner.keys()
    return {
        key: digests[key]
        for owner, key in of_owner.items()
        if run.full
        or owner in run.damaged
        or owner not in written
        or written[owner].digest != digests[key]
    }


def _write_due(
    run: _Build, kind: str, due: Mapping[str, str], pages_of: PagesOf, most: int
) -> None:
    """Writes owners of a kind, each with the digest of all that its pages are made from: `most` at
    once, recorded in one transaction.
    """
    for batch in batches(list(due), most):
        owners = [f"{kind}/{key}" for key in batch]
        before = _files_of(run, owners)
        after: dict[str, PublishedFile] = {}
        states: dict[str, OwnerState] = {}
        for owner, key, (made, summary) in zip(owners, batch, pages_of(batch), strict=True):
            after |= run.publisher.pages(made, before, owner)
            states[owner] = OwnerState(digest=due[key], summary=summary)
        with run.services.database.writing() as connection:
            pages.save_files(connection, before, after)
            pages.save_states(connection, states)


def _write(run: _Build, owner: str, new_pages: Iterable[Page]) -> None:
    """Writes an owner of whose pages nothing is known before they are made."""
    run.standing.add(owner)
    before = _files_of(run, [owner])
    after = run.publisher.pages(new_pages, before, owner)
    if before != after:
        with run.services.database.writing() as connection:
            pages.save_files(connection, before, after)


def _files_of(run: _Build, owners: Sequence[str]) -> dict[str, PublishedFile]:
    with run.services.database.reading() as connection:
        return pages.owned(connection, owners)


def _added(
    run: _Build, connection: Connection, cache: LineCache, editions: Sequence[EditionPage]
) -> Iterator[Page]:
    """The pages and files of plugins."""
    free = pages.owned(connection, [_ADDED, pages.NOBODY]).keys()
    ours = {path for path, _ in pages.published(connection)} - free
    inputs = PageInputs(
        connection=connection, services=run.services, lines=cache, content=run.content
    )
    for page in added_pages(inputs, ours):
        ours |= {file.path for file in page.files}
        yield page
    yield from added_files(
        ours,
        site=run.services.settings.site,
        editions=editions,
        connection=connection,
        lists=_lists(run.content.names),
    )


def _finish(run: _Build, output: Path, fingerprint: str) -> PublishResult:
    """Puts changed files in place, removes obsolete ones, and records that the site is complete."""
    database, written = run.services.database, run.publisher.written
    sizes = run.publisher.settle()
    gone = _files_of(run, [pages.NOBODY])
    with database.writing() as connection:
        pages.save_sizes(connection, sizes)
    removed = remove_pages(output, gone)
    with database.writing() as connection:
        pages.forget_files(connection, gone)
        pages.save_fingerprint(connection, run.services.settings.site.output, fingerprint)
        total = pages.count(connection)
    return PublishResult(written=written, unchanged=total - written, removed=removed)


def _known_entities(registry: Registry, entities: Mapping[str, Entity]) -> dict[str, KnownEntity]:
    """The aliases of the registry's entities, their makers, and what these make; of `entities` that
    it has only by their family, the versions of models, the makers.
    """
    entries = dict(entry for some in registry.entities.values() for entry in some.items())
    makes = grouped((entry.maker, entry.name) for entry in entries.values())
    index = gazetteer(registry)
    makers = {
        key: makers_in(tokens_of(entity.name), index)
        for key, entity in entities.items()
        if key not in entries
    }
    return {key: KnownEntity(maker=found[0].key) for key, found in makers.items() if found} | {
        key: KnownEntity(names=entry.aliases, maker=entry.maker, makes=makes.get(key, ()))
        for key, entry in entries.items()
    }


def _writer_name(engines: Sequence[str], by_rules: str) -> str:
    """What the site names as its writer: a model if one wrote any of its stories, else rules."""
    return next((engine for engine in engines if engine != by_rules), by_rules)


def _story_reader(settings: Settings) -> ReadStories:
    def read_stories(
        connection: Connection, story_ids: Sequence[str]
    ) -> tuple[PublishedStory, ...]:
        return shown_stories(connection, settings, story_ids)

    return read_stories
