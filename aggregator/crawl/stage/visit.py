"""A visit to a source: what its answer holds, read in a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from aggregator.crawl.outcome import (
    Changed,
    Failed,
    NotModified,
    Outcome,
    state_after_reading,
    unreadable,
)
from aggregator.crawl.routes import of_publisher
from aggregator.crawl.sources.health import with_document
from aggregator.crawl.stage.listings import read_listing_source
from aggregator.domain.entry import Feed, Unreadable, feed_without_secrets
from aggregator.domain.operation.report import Failure
from aggregator.domain.source import FetchState, Source, SourceDay, SourceKind
from aggregator.ports import Response
from aggregator.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceVisit:
    """The result of visiting a source: its state, the count of its day, the document if it has a
    new one, or the failure.
    """

    state: FetchState
    day: SourceDay
    feed: Feed | None = None
    failure: Failure | None = None


async def visit_of(services: Services, outcome: Outcome, now: datetime) -> SourceVisit:
    """The visit for an outcome, with the document read."""
    asked = SourceDay(
        source_key=outcome.ask.source.key,
        day=now.date(),
        asked=1,
        redirected=outcome.was_redirected,
    )
    match outcome:
        case NotModified(state=state):
            return SourceVisit(state=state, day=replace(asked, not_modified=1))
        case Failed(state=state, failure=failure):
            return SourceVisit(state=state, day=replace(asked, failed=1), failure=failure)
        case Changed(ask=ask, response=response):
            feed = await _document(services, ask.source, response)
            if isinstance(feed, Unreadable):
                failed = unreadable(ask, feed.reason, now)
                return SourceVisit(
                    state=failed.state, day=replace(asked, failed=1), failure=failed.failure
                )
            state = with_document(
                state_after_reading(outcome, feed, services.settings.fetch, now),
                feed,
                response.url,
                now,
            )
            day = replace(asked, read=1, items=state.items, dated=state.dated, newest=state.newest)
            return SourceVisit(state=state, day=day, feed=feed)
    assert_never(outcome)


async def _document(services: Services, source: Source, response: Response) -> Feed | Unreadable:
    """The document that a source served, read in a worker."""
    if source.kind in (SourceKind.LISTING, SourceKind.REGISTRY):
        found = await read_listing_source(services, source, response)
    else:
        arguments = {"content_type": response.content_type, "source_key": source.key}
        found = await services.parsers.feed(response.body, url=response.base_url, **arguments)
    if source.kind is SourceKind.MIRROR and not isinstance(found, Unreadable):
        found = of_publisher(found, source)
    if isinstance(found, Unreadable) or source.public_url == source.url:
        return found
    return feed_without_secrets(
        found, (source.url, response.url, response.base_url, *(hop.url for hop in response.hops))
    )
