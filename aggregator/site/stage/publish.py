"""The stage that publishes the site if anything of it changed, and the one that then notifies a
WebSub hub of the feeds that changed.

Whether anything changed is all that is checked here, and this module imports no more than that
needs: most builds of a quiet hour end here. `site.stage.build` builds what changed.

What was reported to the hub is in the store: a feed is announced once for each change, also one
that a build or an edition wrote, and after a failure the next refresh tries again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from aggregator.crawl.stage.source_status import followed, source_statuses
from aggregator.domain.ids import digest_of, id_in
from aggregator.domain.publishing.page import CardRenderer, PublishResult
from aggregator.domain.publishing.palette import LIGHT
from aggregator.domain.wording import counted
from aggregator.errors import PublishError, RefusedError, WebError
from aggregator.hooks.plugins import plugins
from aggregator.log import log
from aggregator.ports import Request
from aggregator.services import Services, Watch
from aggregator.site.head import absolute, subscribe_url
from aggregator.site.publish.added import PAGES, added_links
from aggregator.site.publish.assets import rendition_digest
from aggregator.site.publish.folder import is_whole
from aggregator.store.database import Connection
from aggregator.store.news import newsletters, stories, tombstones
from aggregator.store.news import sources as stored_sources
from aggregator.store.publishing import lines, pages
from aggregator.store.rows import batches
from aggregator.store.writing.models import newest_score
from aggregator.templating.theme import Theme, load_theme


def publish_stage(
    services: Services, watch: Watch, *, full: bool, force: bool = False
) -> PublishResult:
    """Writes the pages that changed. The site depends on the database alone, not on the clock or
    this run.

    If the fingerprint of all inputs is the one last published and the folder is complete, nothing
    is built. Raises PublishError where the site is not this database's, without `force`.
    """
    card_renderer = _themed(
        next(iter(plugins().all("card_renderers")), None), load_theme(services.settings.site.theme)
    )
    output = services.settings.site.output
    with services.database.reading() as connection:
        rendition = _rendition(connection, services, card_renderer)
        own = dict(lines.own_digests(connection, rendition))
        fingerprint = _fingerprint(connection, services, rendition, own)
        is_same = not full and fingerprint == pages.fingerprint(connection, output)
        if is_same and is_whole(Path(output), pages.published(connection)):
            return PublishResult(written=0, unchanged=pages.count(connection), removed=0)
    if not force:
        demand_own_site(services)
    # a quarter of a second that a build without news does without
    from aggregator.site.stage.build import build_site  # noqa: PLC0415

    return build_site(
        services,
        watch,
        card_renderer,
        own,
        rendition=rendition,
        fingerprint=fingerprint,
        full=full,
    )


def demand_own_site(services: Services) -> None:
    """Raises PublishError where the site has stories that an emptied or new database would wipe off
    the front page.

    What an operator forgets or drops keeps its row, so a database that lost all rows was emptied by
    something else; one that never published to the folder must know every story there.
    """
    output = services.settings.site.output
    with services.database.reading() as connection:
        known = frozenset(stories.story_ids(connection))
        is_new = pages.fingerprint(connection, output) is None
        if known and not is_new:
            return
        published = (
            _stories_in(Path(output)) if is_new else pages.owners_with_files(connection, "story")
        )
        unknown = sum(id_in(name) not in known for name in published)
    if unknown:
        name, folder = services.database.name, services.settings.retention.folder
        is_empty = "" if known else " (it has no story at all)"
        raise PublishError(
            f"site not changed: {output} shows {counted(unknown, 'story', 'stories')} that the"
            f" database {name} does not have{is_empty}; publishing would take them off the front"
            " page. If the database was lost or emptied, restore it: `aggregator db restore --force"
            f" {folder}/NEWEST.db`. If database.url or site.output names the wrong place, correct"
            " it. To start over with what the database has: `aggregator refresh --force`, or"
            " `aggregator build --force`"
        )


def _stories_in(output: Path) -> Iterator[str]:
    """The folders of the story pages in a site."""
    return (page.parent.name for page in (output / "story").glob("*/index.html"))


def _themed(renderer: CardRenderer | None, theme: Theme) -> CardRenderer | None:
    """What draws cards, in the colours of the theme."""
    if renderer is None or theme.light == LIGHT:
        return renderer
    draw, kit = renderer.draw, f"{renderer.kit} {theme.light}"
    return replace(renderer, draw=lambda card: draw(replace(card, palette=theme.light)), kit=kit)


def _rendition(
    connection: Connection, services: Services, card_renderer: CardRenderer | None
) -> str:
    """Everything that decides how a stored story looks: code, templates, settings, links, names of
    sources and topics.
    """
    settings = services.settings
    named = [
        (
            *(source.key, source.name, source.family, source.lane, source.weight, source.url),
            source.quoting,
        )
        for source in settings.sources
    ]
    analysis = settings.analysis
    shares = (
        *(analysis.quote_share, analysis.quote_least),
        *(analysis.quote_context, analysis.quote_opened),
    )
    return repr(
        (
            rendition_digest(settings.site),
            added_links(connection, services),
            card_renderer.kit if card_renderer else "",
            named,
            shares,
            services.registry_digest,
        )
    )


def _fingerprint(
    connection: Connection, services: Services, rendition: str, own: Mapping[str, str]
) -> str:
    """The digest of all inputs of the site: its rendition, its stories and their context."""
    settings = services.settings
    context = (
        (
            settings.edition,
            settings.schedule,
            settings.site.timezone,
            subscribe_url(settings),
        ),
        source_statuses(connection, followed(connection, settings.sources)),
        stored_sources.events(connection),
        stories.redirects(connection),
        newsletters.retired_stories(connection),
        (tombstones.removed_paths(connection), tombstones.tombstones(connection)),
        pages.editions_digest(connection),
        tuple(_added_states(connection)),
        newest_score(connection) if settings.site.evaluation else None,
    )
    return digest_of(rendition, repr(context), *own.values())


def _added_states(connection: Connection) -> Iterator[object]:
    """What decides, besides stories, how the pages of plugins look."""
    for plugin, page in plugins().each(PAGES):
        if page.state:
            with plugins().guarded(plugin, PAGES):
                yield page.state(connection)


async def announce_stage(services: Services) -> None:
    """Notifies the hub of `site.hub` of the feeds that changed since the last time, in one request
    for up to 500; a failure is a warning.
    """
    site = services.settings.site
    with services.database.reading() as connection:
        changed = pages.unannounced(connection)
    for batch in batches(list(changed)):
        # WebSub leaves this request to the hubs (W3C WebSub §6); they take that of PubSubHubbub 0.4
        urls = (("hub.url", absolute(site, path)) for path in batch)
        form = (("hub.mode", "publish"), *urls)
        if problem := await _problem(services, Request(url=site.hub, form=form)):
            log().warning("the WebSub hub was not notified", hub=site.hub, reason=problem)
            return
        with services.database.writing() as connection:
            pages.save_announced(connection, {path: changed[path] for path in batch})


async def _problem(services: Services, request: Request) -> str:
    """Why the hub did not take it; empty where it did."""
    try:
        answer = await services.web.fetch(request)
    except (WebError, RefusedError) as error:
        return str(error)
    return "" if 200 <= answer.status < 300 else f"http {answer.status}"
