"""What plugins add to the site: pages, and files beside those of stories and editions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial

from aggregator.domain.frozen import grouped
from aggregator.domain.publishing.page import AddedPage, Page, PageFile, PagePart, file_page
from aggregator.domain.settings import SiteSettings
from aggregator.hooks.plugins import plugins

_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_NAME, PATH = re.compile(_PART), re.compile(rf"{_PART}(?:/{_PART})*")
PAGES = "site_pages"
_OURS = frozenset({"index.html", "index.json", "index.md"})
_Content = str | bytes | Callable[[], str | bytes]


def with_added(page: Page, hook: str, as_json: str, site: SiteSettings) -> Page:
    """A page with the files that plugins add beside it; `as_json` is what its own JSON has."""
    if not plugins().identity(hook):
        return page
    record = json.loads(as_json)
    given = {hook.removesuffix("_files"): record, "page": page.record, "site": site}
    folder = page.files[0].path.rpartition("/")[0]
    added = _files(hook, _NAME, [file.path.rpartition("/")[2] for file in page.files], given)
    files = [
        PageFile(path=f"{folder}/{name}", text=partial(_made, content), plugin=plugin)
        for plugin, name, content in added
    ]
    return replace(page, files=(*page.files, *files))


def page_parts(place: str, shown: object, site: SiteSettings) -> tuple[PagePart, ...]:
    """The parts that plugins add to a page at a place."""
    parts = plugins().each("page_parts", place=place, shown=shown, site=site)
    return tuple(replace(part, plugin=plugin, place=place) for plugin, part in parts)


def stored_parts(
    connection: object, services: object, keys: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], tuple[PagePart, ...]]:
    """The parts that plugins make from what they stored, by place and key; `keys` are those of
    each place.
    """
    found: list[tuple[tuple[str, str], PagePart]] = []
    for place, several in keys.items():
        given = {"connection": connection, "services": services, "place": place, "keys": several}
        given["named"] = keys["entity"]
        for plugin, (key, part) in plugins().each("stored_parts", **given):
            found.append(((place, key), replace(part, plugin=plugin, place=place)))
    return grouped(found)


def added_links(*stored: object) -> tuple[tuple[str, str], ...]:
    """The links to the pages of plugins that are there, each a path and a name; `stored` are a
    connection and services, without which only those count that always are.
    """
    pages: Iterator[tuple[str, AddedPage]] = plugins().each(PAGES)
    found: list[tuple[str, str]] = []
    for plugin, page in pages:
        with plugins().guarded(plugin, PAGES):
            if page.name and (page.is_there is None or (stored and page.is_there(*stored))):
                found.append((page.path, page.name))
    return tuple(found)


def added_files(taken: Collection[str], **given: object) -> Iterator[Page]:
    """The files that plugins add to the site, by what the hook is given; none may have the path of
    a page of ours.
    """
    for plugin, path, content in _files("site_files", PATH, taken, given):
        with plugins().guarded(plugin, "site_files"):
            made = _made(content)
            as_bytes = made if isinstance(made, bytes) else made.encode("utf-8", "replace")
            yield file_page(path, as_bytes)


def _made(content: _Content) -> str | bytes:
    return content() if callable(content) else content


def _files(
    hook: str, form: re.Pattern[str], taken: Collection[str], arguments: dict[str, object]
) -> Iterator[tuple[str, str, _Content]]:
    """What plugins add through a hook, each with its plugin, without names of files that are ours,
    or that lead elsewhere, which are recorded as failures of their plugin.
    """
    owners = dict.fromkeys((*taken, *_OURS), "the program itself")
    for plugin, item in plugins().each(hook, **arguments):
        name, content = item if isinstance(item, tuple) and len(item) == 2 else (item, None)
        if not (isinstance(name, str) and (isinstance(content, str | bytes) or callable(content))):
            plugins().record(plugin, hook, f"{item!r:.80} is not a name and what is in the file")
        elif not form.fullmatch(name):
            plugins().record(plugin, hook, f"{name!r} cannot name a file of the site")
        elif name in owners:
            plugins().record(plugin, hook, f"{name!r} is taken by {owners[name]}")
        else:
            owners[name] = f"the plugin {plugin}"
            yield plugin, name, content
