"""The pages that plugins add to the site, and what they are made from."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.page import Page, PageFile
from aggregator.hooks.plugins import plugins
from aggregator.services import Services
from aggregator.site.content import SiteContent
from aggregator.site.line_cache import LineCache
from aggregator.site.publish.added import PAGES, PATH
from aggregator.store.database import Connection


@frozen
class PageInputs:
    """What the page of a plugin is made from: the store, open for reading, with settings and
    sources, the lines of stories, and what the site shows besides.
    """

    connection: Connection
    services: Services
    lines: LineCache
    content: SiteContent


def added_pages(inputs: PageInputs, taken: Collection[str]) -> Iterator[Page]:
    """The pages that plugins add; none may have the path of a page of ours."""
    owners = dict.fromkeys(taken, "the program itself")
    for plugin, page in plugins().each(PAGES):
        if not page.template:
            continue
        path = f"{page.path}index.html"
        if not PATH.fullmatch(path):
            plugins().record(plugin, PAGES, f"{page.path!r} cannot be the path of a page")
        elif path in owners:
            plugins().record(plugin, PAGES, f"{page.path!r} is taken by {owners[path]}")
        else:
            owners[path] = f"the plugin {plugin}"
            with plugins().guarded(plugin, PAGES):
                record = page.record(inputs)
                file = PageFile(path=path, template=page.template, plugin=plugin)
                if record is not None:
                    yield Page(record=record, files=(file,))
