"""The stage that publishes the site if anything of it changed.

This module only checks whether it did, and imports no more than that needs: most builds of a quiet
hour end here. `site.stage.build` builds what changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aggregator.crawl.stage.source_status import followed, source_statuses
from aggregator.domain.ids import digest_of
from aggregator.domain.publishing.page import CardRenderer, PublishResult, SiteState
from aggregator.services import Services, Watch
from aggregator.site.links import subscribe_url
from aggregator.site.publish.assets import rendition_digest
from aggregator.site.publish.card_kit import installed_renderer
from aggregator.site.publish.folder import is_whole
from aggregator.store.database import Connection
from aggregator.store.news import newsletters, stories, tombstones
from aggregator.store.news import sources as stored_sources
from aggregator.store.publishing import lines, pages
from aggregator.store.writing import predictions


def publish_stage(services: Services, watch: Watch, *, full: bool) -> PublishResult:
    """Writes the pages that changed. The site depends on the database alone, not on the clock or
    this run.

    If the fingerprint of all inputs is the one last published and the folder is complete, nothing
    is built.
    """
    card_renderer, output = installed_renderer(), services.settings.site.output
    rendition = _rendition(services, card_renderer)
    with services.database.reading() as connection:
        own = dict(lines.own_digests(connection, rendition))
        fingerprint = _fingerprint(connection, services, rendition, own)
        is_same = not full and fingerprint == pages.fingerprint(connection, output)
        if is_same and is_whole(Path(output), pages.published(connection)):
            return PublishResult(written=0, unchanged=pages.count(connection), removed=0)
    from aggregator.site.stage.build import (  # noqa: PLC0415 - a quarter of a second that a build without news need not
        build_site,
    )

    return build_site(
        services,
        watch,
        SiteState(own=own, rendition=rendition, fingerprint=fingerprint),
        card_renderer,
        full=full,
    )


def _rendition(services: Services, card_renderer: CardRenderer | None) -> str:
    """Everything that decides how a stored story looks: code, templates, settings, names of sources
    and topics.
    """
    settings = services.settings
    named = [
        (source.key, source.name, source.family, source.lane, source.weight, source.url)
        for source in settings.sources
    ]
    analysis = settings.analysis
    shares = analysis.quote_share, analysis.quote_least, analysis.quote_context
    return repr(
        (
            rendition_digest(settings.site),
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
        predictions.predictions_digest(connection),
    )
    return digest_of(rendition, repr(context), *own.values())
