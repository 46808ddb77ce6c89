"""Publishes the site: writes what changed, in the order assets, stories, lists, feeds; removals
come last.

Pages link each other in circles, so no order alone keeps every link valid. A new file is put in
place at once: nothing links to it yet. A changed one waits beside the old one until all new files
are there.

It has no clock and writes nothing of a single run: killed anywhere and run again, it ends with the
same folder.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache, partial
from operator import attrgetter, methodcaller
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aggregator.domain.frozen import frozen
from aggregator.domain.ids import sha256_of
from aggregator.domain.publishing.page import Page, PageFile, PublishedFile, file_page
from aggregator.domain.settings import SiteSettings
from aggregator.errors import PublishError
from aggregator.hooks.plugins import plugins
from aggregator.resources import TEMPLATES
from aggregator.site.publish import folder
from aggregator.site.publish.assets import rendition_digest, static_assets
from aggregator.templating.environment import Render, renderer
from aggregator.templating.theme import load_theme
from aggregator.templating.translation import translations

WAITING = (
    -1
)  # the size of a file that is not in its place yet: where a run dies then, it counts as damaged


@frozen
class _OutputFile:
    """A file to be written: the digest of its inputs, and the function that returns its bytes; of a
    page of a plugin with the name of this.
    """

    path: str
    inputs: str
    body: Callable[[], bytes]
    plugin: str = ""


class Publisher:
    """Writes pages into a site folder; it holds the templates and the assets for all of them, and
    counts what it wrote.

    `links` are those to the pages of plugins. `full` rebuilds every file; `damaged` are the paths
    that differ from what was published. A new file is put in place at once, since nothing links to
    it. A changed one waits beside the old until `settle`, so that no reader meets a link to a page
    that is not there yet; until then its size is `WAITING`, which no file has.
    """

    def __init__(
        self,
        output: Path,
        site: SiteSettings,
        *,
        links: Sequence[tuple[str, str]],
        full: bool,
        damaged: Container[str],
        on_page: Callable[[str], None] | None,
    ) -> None:
        self._output, self._full, self._damaged, self._on_page = output, full, damaged, on_page
        self.written = 0  # files whose bytes changed
        self._waiting: dict[str, int] = {}
        self._own: set[str] = set()  # folders that are no links
        theme = load_theme(site.theme)
        self._assets = static_assets(theme)
        static = {asset.name: asset.path for asset in self._assets}
        words = translations(site.language)
        self._render = renderer(
            TEMPLATES / "site",
            site.timezone,
            site.language,
            theme=theme,
            site=site,
            static=static,
            added_links=[(path, words(name)) for path, name in links],
        )
        self.rendition = f"{rendition_digest(site)}{links!r}"
        self._base_path = urlsplit(site.base_url).path.rstrip("/") + "/"

    def assets(self) -> Iterator[Page]:
        """The files under `static/`."""
        return (file_page(asset.path, asset.body) for asset in self._assets)

    def pages(
        self, pages: Iterable[Page], known: Mapping[str, PublishedFile], owner: str = ""
    ) -> dict[str, PublishedFile]:
        """Writes the pages of an owner; `known` are files as they were last published. Returns them
        as they are in the folder now. Raises `PublishError`.

        An undamaged file with the same inputs is not rebuilt; one with the same bytes is not
        written.
        """
        done: dict[str, PublishedFile] = {}
        for file in (made for page in pages for made in self._output_files(page)):
            if not folder.is_inside(file.path):
                raise PublishError(
                    f"page leads out of the site folder: {file.path!r}; check the keys of the"
                    " sources"
                )
            before = known.get(file.path)
            if (
                before
                and not self._full
                and before.inputs == file.inputs
                and file.path not in self._damaged
            ):
                done[file.path] = before if before.owner == owner else replace(before, owner=owner)
            elif (body := _made(file)) is None:  # by a plugin whose template failed
                done |= {file.path: before} if before else {}
            else:
                done[file.path] = self._put(file, body, owner)
            if self._on_page:
                self._on_page(file.path)
        return done

    def _output_files(self, page: Page) -> Iterator[_OutputFile]:
        record = "" if page.digest else _encoder.encode(page.record)
        inputs = page.digest or _inputs(self.rendition, record)
        for file in page.files:
            root = self._base_path if file.rooted else _root(file.path)
            made_of = _inputs(file.kit, record) if file.image else inputs
            yield _OutputFile(
                path=file.path,
                inputs=made_of,
                body=partial(_body, file, page.record, root, self._render),
                plugin=file.plugin,
            )

    def settle(self) -> Mapping[str, int]:
        """Puts the waiting files in place; returns their sizes by path. Raises `PublishError`."""
        sizes, self._waiting = self._waiting, {}
        for path in sizes:
            folder.put_in_place(self._output / path)
        return sizes

    def _put(self, file: _OutputFile, body: bytes, owner: str) -> PublishedFile:
        """Writes a file if its bytes changed."""
        target, parent = self._output / file.path, posixpath.dirname(file.path)
        if parent not in self._own:
            folder.own_folder(self._output, parent)
            self._own.add(parent)
        on_disk = folder.read_file(target)
        size = len(body)
        if on_disk is None:
            folder.write_file(target, body)
        elif on_disk != body:
            folder.write_beside(target, body)
            self._waiting[file.path], size = size, WAITING
        self.written += on_disk != body
        digest = hashlib.sha256(body).hexdigest()
        return PublishedFile(
            path=file.path, digest=digest, inputs=file.inputs, bytes=size, owner=owner
        )


def damaged_files(output: Path, published: Iterable[tuple[str, int]]) -> frozenset[str]:
    """The paths that are not in the folder with their published size; both sides are walked in the
    order of paths.
    """
    found = set()
    on_disk = folder.walked(output) if output.is_dir() else iter(())
    here = next(on_disk, None)
    for path, size in published:
        while here is not None and here[0] < path:
            here = next(on_disk, None)
        if here != (path, size):
            found.add(path)
    for _ in on_disk:  # what a killed run left half written is removed on the way
        pass
    return frozenset(found)


def _inputs(kit: str, record: str) -> str:
    return sha256_of(f"{kit}\n{record}")


def _made(file: _OutputFile) -> bytes | None:
    """The bytes of a file; None where a plugin should make it and fails."""
    if not file.plugin:
        return file.body()
    with plugins().guarded(file.plugin, "templates"):
        return file.body()
    return None


def _body(file: PageFile, record: object, root: str, render: Render) -> bytes:
    if file.image:
        return file.image()
    text = file.text() if file.text else render(file.template, page=record, root=root)
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def _root(path: str) -> str:
    """The path from a page to the top of the site: relative, so that it works under any path of any
    host.
    """
    return "../" * path.count("/") or "./"


def _plain(value: Any) -> object:
    return _values_of(value.__class__)(value)


_encoder = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"))


@cache
def _values_of(kind: Any) -> Callable[[Any], object]:
    """The function that returns a record's fields, at the speed of C: a page has a hundred
    records.
    """
    if issubclass(kind, date):
        return methodcaller("isoformat")
    if is_dataclass(kind):
        return attrgetter(*(field.name for field in fields(kind)))
    raise TypeError(f"not a plain value: {kind.__name__}")
