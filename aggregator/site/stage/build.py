"""Builds the parts of the site that changed.

A story's page is built from its own rows, from related stories and from those whose dates its
timeline shows; a list from the lines of its stories. Each keeps a digest of its inputs, so only
what changed is built, in batches: memory does not grow with the archive except for a digest and an
outline a story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

from aggregator.cluster.entities import gazetteer, makers_in, tokens_of
from aggregator.cluster.related import related_stories
from aggregator.crawl.stage.source_status import followed, source_statuses, with_days
from aggregator.domain.frozen import grouped
from aggregator.domain.ids import digest_of
from aggregator.domain.operation.calibration import Calibration
from aggregator.domain.outline import Relation
from aggregator.domain.publishing.edition import without
from aggregator.domain.publishing.page import (
    CardRenderer,
    ListId,
    Page,
    PagePart,
    PublishedFile,
    PublishResult,
    SiteState,
    edition_owner,
)
from aggregator.domain.registry import Registry
from aggregator.domain.settings import AnalysisSettings, EngineChoice, Settings
from aggregator.domain.story import Entity, PublishedStory
from aggregator.hooks.plugins import plugins
from aggregator.memory.timeline_sources import timeline_sources
from aggregator.services import Services, Watch
from aggregator.site.edition.records import EditionPage
from aggregator.site.edition.rhythm import due_words, rhythm_words
from aggregator.site.fixed_pages import fixed_pages
from aggregator.site.head import preferences_url, subscribe_url
from aggregator.site.line_cache import WEEK, LineCache
from aggregator.site.list_kinds import ListKind, listed_entities
from aggregator.site.lists.entity import KnownEntity
from aggregator.site.lists.side_lists import ListNames
from aggregator.site.pages import (
    SiteContent,
    composed_editions,
    edition_groups,
    list_kinds,
    moved_pages,
    search_group,
    story_files,
)
from aggregator.site.paths import path_of
from aggregator.site.publish.added import added_files, added_links, stored_parts
from aggregator.site.publish.folder import open_folder, remove_pages
from aggregator.site.publish.publisher import Publisher, WrittenFiles, damaged_files
from aggregator.site.specimens import demand_theme
from aggregator.site.stage.added_pages import PageInputs, added_pages
from aggregator.site.stage.line_cache import (
    LineSettings,
    ReadStories,
    StoredLineCache,
    batches,
    update_lines,
)
from aggregator.site.story.page import neighbours_of
from aggregator.site.story.records import Neighbours
from aggregator.store.database import Connection
from aggregator.store.news import articles, newsletters, stories, tombstones
from aggregator.store.publishing import editions, lines, pages
from aggregator.store.publishing.lines import ListState
from aggregator.store.publishing.outlines import outlines
from aggregator.store.writing.models import newest_calibration, newest_score
from aggregator.story.stage.stored import shown_stories
from aggregator.templating.translation import translations
from aggregator.verify.quoted_context import Contexts, cited_passages, quoted_contexts

_LIST_BATCH = 50  # in one transaction: what a kill can cost

# Owners of files, beside the lists.
_STORY, _MOVED, _EDITION, _SEARCH, _SITE, _STATIC, _ADDED = (
    "story",
    "moved",
    "edition",
    "search",
    "site",
    "static",
    pages.ADDED,
)


@dataclass(slots=True)
class _Build:
    """One publishing while it runs. `own` is the digest of each published story, `named` the
    entities with a page that each mentions, as text; `unpaged` are the stories without a page, by
    id, with the slug of the page that they had.

    `gone` are files that their owner no longer has, by path, with that owner: another may own the
    path now.
    """

    services: Services
    publisher: Publisher
    content: SiteContent
    rendition: str
    own: Mapping[str, str]
    unpaged: Mapping[str, str]
    damaged: frozenset[str]
    full: bool
    written: int = 0
    gone: dict[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)


def build_site(
    services: Services,
    watch: Watch,
    state: SiteState,
    card_renderer: CardRenderer | None,
    *,
    full: bool,
) -> PublishResult:
    """Writes the pages that changed, removes obsolete files, and records the inputs of the site.
    Raises ThemeError before anything is written where the theme's templates fail on any kind of
    page.
    """
    settings, site = services.settings, services.settings.site
    demand_theme(site)
    output, own = Path(site.output), state.own
    with services.database.reading() as connection:
        damaged = damaged_files(output, pages.published(connection))
    open_folder(output)
    names = translations(site.language).named(services.registry.topic_names())
    rendering = LineSettings(site=site, topic_names=names)
    update_lines(services.database, own, rendering, _story_reader(settings))
    with services.database.reading() as connection:
        unpaged = lines.without_page(connection)
        content = _content(connection, services, card_renderer, unpaged)
    publisher = Publisher(
        output, site, links=content.links, full=full, damaged=damaged, on_page=watch.step
    )
    run = _Build(
        services=services,
        publisher=publisher,
        content=content,
        rendition=state.rendition,
        own=own,
        unpaged=unpaged,
        damaged=damaged,
        full=full,
    )
    _write_assets(run)
    _write_stories(run, watch)
    _write_lists(run)
    return _finish(run, output, state.fingerprint)


def _under_way(connection: Connection, settings: AnalysisSettings) -> Calibration | None:
    """The calibration of the judge that is not finished; None where none is under way."""
    found = newest_calibration(connection)
    is_wanted = settings.engine is not EngineChoice.EXTRACTIVE
    return found if found and found.left and is_wanted else None


def _content(
    connection: Connection,
    services: Services,
    card_renderer: CardRenderer | None,
    unpaged: Mapping[str, str],
) -> SiteContent:
    """The content of the site besides its stories, once these have lines."""
    settings, dropped = services.settings, stories.dropped(connection)
    words = translations(settings.site.language)
    removed = [path_of(story_id, slug) for story_id, slug in tombstones.removed_paths(connection)]
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
        editions=tuple(
            without(edition, dropped) for edition in editions.stored_editions(connection)
        ),
        edition_due=due_words(settings.edition, settings.schedule, settings.site),
        subscribe=subscribe_url(settings),
        preferences=preferences_url(settings, "") if subscribe_url(settings) else "",
        rhythm=rhythm_words(settings.edition, settings.site),
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
        topic_names=words.named(services.registry.topic_names()),
        known=_registry_entities(services.registry),
        removed=tuple(removed),
        card_renderer=card_renderer,
        stated=grouped(
            plugins().all("standing", connection=connection, services=services, without=dropped)
        ),
    )


def _write_assets(run: _Build) -> None:
    before = _files_of(run, [_STATIC])
    _record_files(run, _STATIC, before, run.publisher.assets(before, _STATIC))


def _write_stories(run: _Build, watch: Watch) -> None:
    """Writes the pages of the stories whose content or context changed; those without a page only
    have their lists written again.
    """
    database = run.services.database
    with database.reading() as connection:
        known = list(outlines(connection))
        damaged = {
            owner.partition("/")[2]
            for owner in pages.owner_of(connection, run.damaged).values()
            if owner.startswith("story/")
        }
    related, drawn = (
        related_stories(known, translations(run.services.settings.site.language)),
        timeline_sources(known),
    )
    names = ListNames(
        topics=run.content.topic_names,
        entities=listed_entities(one for outline in known for one in outline.entities),
    )
    makers = _makers_of_versions(names.entities, run)
    run.content = replace(run.content, names=names, known={**makers, **run.content.known})
    listed = (
        (outline.id, [one.key for one in outline.entities if one.key in names.entities])
        for outline in known
    )
    run.named = {
        story_id: repr([names.entities[key] for key in keys]) for story_id, keys in listed if keys
    }
    with database.reading() as connection:
        pages_of = {story_id: page for story_id, (_, page) in lines.digests(connection).items()}
        cache = StoredLineCache(connection, _story_reader(run.services.settings))
        run.content = replace(run.content, parts=_stored_parts(run, connection, cache))
    beside = neighbours_of(known, run.unpaged)
    del known  # frees memory for the digests
    changed: dict[str, str] = {}
    for story_id, own in run.own.items():
        named = run.named.get(story_id)
        if story_id in run.unpaged:
            digest = digest_of(own, repr(named))
        else:
            near = [
                (relation.story_id, relation.reason, relation.about, run.own[relation.story_id])
                for relation in related[story_id]
                if relation.story_id in run.own
            ]
            place = (beside[story_id].newer, beside[story_id].older)
            digest = digest_of(
                own,
                repr((near, named, place, run.content.parts.get(("story", story_id)))),
                *(run.own[other] for other in drawn[story_id] if other in run.own),
            )
        if run.full or story_id in damaged or pages_of[story_id] != digest:
            changed[story_id] = digest
    bare = {story_id: changed.pop(story_id) for story_id in run.unpaged if story_id in changed}
    del pages_of  # frees memory for the pages
    with database.writing() as connection:
        lines.save_pages(connection, bare)
    watch.stage("pages", len(changed))
    for batch in batches(list(changed)):
        _write_batch(run, batch, changed, related, drawn, beside)


def _write_batch(
    run: _Build,
    batch: Sequence[str],
    changed: Mapping[str, str],
    related: Mapping[str, Sequence[Relation]],
    drawn: Mapping[str, Sequence[str]],
    beside: Mapping[str, Neighbours],
) -> None:
    site = run.services.settings.site
    wanted = dict.fromkeys(chain(batch, *(drawn[story_id] for story_id in batch)))
    with run.services.database.reading() as connection:
        published = {
            story.story.id: story
            for story in shown_stories(connection, run.services.settings, list(wanted))
        }
        cache = StoredLineCache(connection, _story_reader(run.services.settings))
        near = cache.lines_of(
            sorted({relation.story_id for key in batch for relation in related[key]})
        )
        before = pages.owned(connection, [f"{_STORY}/{story_id}" for story_id in batch])
        contexts = _contexts(connection, [published[key] for key in batch], run)
    after: dict[str, PublishedFile] = {}
    for story_id in batch:
        others = [published[other] for other in drawn[story_id] if other in published]
        *cards, page = story_files(
            published[story_id],
            others,
            related[story_id],
            near,
            run.content,
            site,
            beside[story_id],
            contexts[story_id],
        )
        made_pages = (*cards, replace(page, digest=changed[story_id]))
        done = run.publisher.pages(made_pages, before, f"{_STORY}/{story_id}")
        run.written += done.written
        after |= done.files
    run.gone |= {path: file.owner for path, file in before.items() if path not in after}
    with run.services.database.writing() as connection:
        pages.save_files(connection, before, after)
        lines.save_pages(connection, {story_id: changed[story_id] for story_id in batch})


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
    site, database = run.services.settings.site, run.services.database
    with database.reading() as connection:
        cache = StoredLineCache(connection, _story_reader(run.services.settings))
        damaged = frozenset(pages.owner_of(connection, run.damaged).values())
        editions = composed_editions(run.content, cache, site)
        for period, group in edition_groups(editions, run.content, cache, site):
            _write(run, edition_owner(period), group)
        kinds = list_kinds(run.content, cache, site)
        summaries = {kind.kind: _write_kind(run, kind, connection, damaged) for kind in kinds}
        _write(run, _SEARCH, search_group(run.content, cache, site))
        _write(run, _SITE, fixed_pages(run.content, cache, editions, summaries, site))
        _write(run, _ADDED, _added(run, connection, cache, editions))
        _note_gone(run, connection)
    with database.reading() as connection:
        cache = StoredLineCache(connection, _story_reader(run.services.settings))
        gone = [path for path in _files_without_owner(run, connection) if run.gone[path] != _ADDED]
        ended = pages.former(connection, gone, _MOVED)
        _write(run, _MOVED, moved_pages(run.content, cache, editions, ended, site))


def _stored_parts(
    run: _Build, connection: Connection, cache: LineCache
) -> dict[tuple[str, str], tuple[PagePart, ...]]:
    """What plugins stored for pages of ours."""
    periods = {edition.edition.period for edition in run.content.editions} | {*cache.counts(WEEK)}
    keys = {
        "front": {"": ""},
        "period": {period: period for period in sorted(periods)},
        "entity": run.content.names.called,
        "list": _lists(run),
        "story": {story_id: story_id for story_id in run.own},
    }
    return stored_parts(connection, run.services, keys)


def _lists(run: _Build) -> dict[str, str]:
    """The names of topics, and those that have a page, by the paths of their lists."""
    names = run.content.names
    of_kinds = (("topic", names.topics), ("entity", names.called))
    return {f"{kind}/{key}": name for kind, named in of_kinds for key, name in named.items()}


def _added(
    run: _Build, connection: Connection, cache: LineCache, editions: Sequence[EditionPage]
) -> Iterator[Page]:
    """The pages and files of plugins."""
    before = _files_of(run, [_ADDED, ""]).keys()  # of no owner: what nobody noted
    ours = {path for path, _ in pages.published(connection)} - before - run.gone.keys()
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
        lists=_lists(run),
    )


def _write_kind(
    run: _Build, kind: ListKind, connection: Connection, damaged: frozenset[str]
) -> dict[str, str]:
    """Writes the lists of a kind that are due, and deletes those without stories; returns their
    summaries by key.
    """
    known, digests = lines.list_states(connection, kind.kind), _list_digests(run, connection, kind)
    summaries = {
        key: known[key].summary
        for key, digest in digests.items()
        if key in known and known[key].digest == digest
        if not run.full and f"{kind.kind}/{key}" not in damaged
    }
    due = [key for key in digests if key not in summaries]
    for start in range(0, len(due), _LIST_BATCH):
        batch = due[start : start + _LIST_BATCH]
        summaries |= _write_due(run, kind, {key: digests[key] for key in batch})
    for key in sorted(known.keys() - digests.keys()):
        _write(run, f"{kind.kind}/{key}", ())
        with run.services.database.writing() as writing:
            lines.remove_list(writing, ListId(kind=kind.kind, key=key))
    return summaries


def _list_digests(run: _Build, connection: Connection, kind: ListKind) -> dict[str, str]:
    """The digest of all that each list of a kind shows: its stories, those entities with a page
    that they mention, from which its side lists follow, and whatever else.
    """
    rows = groupby(lines.listed_digests(connection, kind.kind), key=itemgetter(0))
    stories_of = {
        key: digest_of(*(f"{own}{run.named.get(story_id, '')}" for _, story_id, own in shown))
        for key, shown in rows
        if key in kind.counts
    }
    return {
        key: digest_of(repr(kind.extras(key)), run.rendition, stories_of.get(key, ""))
        for key in kind.counts
    }


def _write_due(run: _Build, kind: ListKind, due: Mapping[str, str]) -> dict[str, str]:
    """Writes some lists, each with the digest of what it shows, and records them in one
    transaction; returns their summaries by key.
    """
    keys = list(due)
    before = _files_of(run, [f"{kind.kind}/{key}" for key in keys])
    after: dict[str, PublishedFile] = {}
    summaries: dict[str, str] = {}
    for key, (list_pages, summary) in zip(keys, kind.pages(keys), strict=True):
        done = run.publisher.pages(list_pages, before, f"{kind.kind}/{key}")
        run.written += done.written
        after |= done.files
        summaries[key] = summary
    run.gone |= {path: file.owner for path, file in before.items() if path not in after}
    with run.services.database.writing() as connection:
        pages.save_files(connection, before, after)
        for key, summary in summaries.items():
            state = ListState(digest=due[key], summary=summary)
            lines.save_list(connection, ListId(kind=kind.kind, key=key), state)
    return summaries


def _note_gone(run: _Build, connection: Connection) -> None:
    """Notes the files of stories and editions that are no longer published."""
    kept = {edition_owner(edition.edition.period) for edition in run.content.editions}
    kept.add(edition_owner(""))
    with_page = run.own.keys() - run.unpaged.keys()
    gone = [
        owner
        for owner in pages.owners(connection, _STORY)
        if owner.partition("/")[2] not in with_page
    ]
    gone += [owner for owner in pages.owners(connection, _EDITION) if owner not in kept]
    gone += [""]  # files of a time when nobody noted whose they are
    run.gone |= {path: file.owner for path, file in pages.owned(connection, gone).items()}


def _write(run: _Build, owner: str, new_pages: Iterable[Page]) -> None:
    before = _files_of(run, [owner])
    _record_files(run, owner, before, run.publisher.pages(new_pages, before, owner))


def _files_of(run: _Build, owners: Sequence[str]) -> dict[str, PublishedFile]:
    with run.services.database.reading() as connection:
        return pages.owned(connection, owners)


def _record_files(
    run: _Build, owner: str, before: Mapping[str, PublishedFile], done: WrittenFiles
) -> None:
    """Records the files of an owner where they changed."""
    run.written += done.written
    run.gone |= {path: owner for path in before if path not in done.files}
    if before != done.files:
        with run.services.database.writing() as connection:
            pages.save_files(connection, before, done.files)


def _files_without_owner(run: _Build, connection: Connection) -> list[str]:
    """The files that are no longer published, by whomever."""
    owners = pages.owner_of(connection, run.gone)
    return [path for path, owner in run.gone.items() if owners.get(path) == owner]


def _finish(run: _Build, output: Path, fingerprint: str) -> PublishResult:
    """Puts changed files in place, removes obsolete ones, and records that the site is complete."""
    database = run.services.database
    sizes = run.publisher.settle()
    with database.writing() as connection:
        pages.save_sizes(connection, sizes)
    with database.reading() as connection:
        gone = _files_without_owner(run, connection)
    removed = remove_pages(output, gone)
    with database.writing() as connection:
        pages.forget_files(connection, gone)
        pages.save_fingerprint(connection, run.services.settings.site.output, fingerprint)
        total = pages.count(connection)
    return PublishResult(written=run.written, unchanged=total - run.written, removed=removed)


def _registry_entities(registry: Registry) -> dict[str, KnownEntity]:
    """The aliases of the registry's entities, their makers, and what these make."""
    entries = dict(entry for some in registry.entities.values() for entry in some.items())
    makes: dict[str, list[str]] = {}
    for entry in entries.values():
        makes.setdefault(entry.maker, []).append(entry.name)
    return {
        key: KnownEntity(names=entry.aliases, maker=entry.maker, makes=tuple(makes.get(key, ())))
        for key, entry in entries.items()
    }


def _makers_of_versions(entities: Mapping[str, Entity], run: _Build) -> dict[str, KnownEntity]:
    """The makers of entities that the registry has only by their family: the versions of models."""
    index = gazetteer(run.services.registry)
    found = {
        key: makers_in(tokens_of(entity.name), index)
        for key, entity in entities.items()
        if key not in run.content.known
    }
    return {key: KnownEntity(maker=makers[0].key) for key, makers in found.items() if makers}


def _writer_name(engines: Sequence[str], by_rules: str) -> str:
    """What the site names as its writer: a model if one wrote any of its stories, else rules."""
    return next((engine for engine in engines if engine != by_rules), by_rules)


def _story_reader(settings: Settings) -> ReadStories:
    def read_stories(
        connection: Connection, story_ids: Sequence[str]
    ) -> tuple[PublishedStory, ...]:
        return shown_stories(connection, settings, story_ids)

    return read_stories
