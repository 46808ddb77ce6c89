"""The stage that notifies a WebSub hub of the feeds that changed, so that its subscribers get them
at once.

What was reported is in the store: a feed is announced once for each change, also one that a build
or an edition wrote, and after a failure the next refresh tries again.
"""

from __future__ import annotations

from aggregator.errors import RefusedError, WebError
from aggregator.log import log
from aggregator.ports import Request
from aggregator.services import Services
from aggregator.site.head import absolute
from aggregator.store.publishing import pages
from aggregator.store.rows import batches


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
