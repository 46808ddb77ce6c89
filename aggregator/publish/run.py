"""Publishes the site: writes what changed, in the order assets, stories, lists, feeds; removals come last.

Pages link each other in circles, so no order alone keeps every link whole. A file that is new takes its place at once:
nothing leads to it yet. One that changed waits beside the old one until all new files are there.

It asks no clock and writes nothing of a single run: killed anywhere and run again, the folder ends the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache, partial
from operator import attrgetter
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.domain.page import Page, PageFile, PublishedFile
from aggregator.domain.settings import SiteSettings
from aggregator.errors import PublishError
from aggregator.publish import folder
from aggregator.publish.assets import rendition_digest, static_assets
from aggregator.resources import TEMPLATES
from aggregator.templating import Render, renderer


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """How many files were written, left alone and removed, and the manifest to keep for the next time."""

    written: int
    unchanged: int
    removed: int
    manifest: Mapping[str, PublishedFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A file on its way out: what it was made from, and how its bytes are made if that changed."""

    path: str
    inputs: str
    body: Callable[[], bytes]


def publish(
    pages: Iterable[Page],
    output: Path,
    site: SiteSettings,
    manifest: Mapping[str, PublishedFile],
    *,
    full: bool = False,
    on_page: Callable[[str], None] | None = None,
) -> PublishResult:
    """Brings the folder up to date with the pages. `manifest` is what the last publishing returned.

    A file made from the same inputs, still there in its size, is not made again; one that comes out as it lies there
    is not written. `full` makes all again. Only files of the manifest are ever removed. Raises `PublishError`.
    """
    folder.open_folder(output)
    on_disk = folder.sizes(output)
    done: dict[str, PublishedFile] = {}
    changed: list[str] = []
    written = 0
    for made in _made(pages, site):
        if not folder.is_inside(made.path):
            raise PublishError(f"page leads out of the site folder: {made.path!r}; check the keys of the sources")
        known = manifest.get(made.path)
        if known and not full and known.inputs == made.inputs and on_disk.get(made.path) == known.bytes:
            done[made.path] = known
        else:
            is_there = made.path in on_disk
            done[made.path], is_new = _put(made, output, is_there=is_there)
            written += is_new
            changed += [made.path] if is_there and is_new else []
        if on_page:
            on_page(made.path)
    for path in changed:
        folder.put_in_place(output / path)
    removed = sum(folder.remove_page(output, path) for path in sorted(manifest.keys() - done.keys()))
    return PublishResult(written=written, unchanged=len(done) - written, removed=removed, manifest=done)


def is_intact(output: Path, manifest: Mapping[str, PublishedFile]) -> bool:
    """Whether every file of the manifest lies in the folder in its size."""
    on_disk = folder.sizes(output) if output.is_dir() else {}
    return bool(manifest) and all(on_disk.get(path) == file.bytes for path, file in manifest.items())


def _made(pages: Iterable[Page], site: SiteSettings) -> Iterator[_Made]:
    assets = static_assets()
    for asset in assets:
        yield _Made(path=asset.path, inputs=hashlib.sha256(asset.body).hexdigest(), body=partial(bytes, asset.body))
    render = renderer(TEMPLATES / "site", site.timezone, site=site, static={asset.name: asset.path for asset in assets})
    rendition = rendition_digest(site)
    base_path = urlsplit(site.base_url).path.rstrip("/") + "/"
    for page in pages:
        inputs = hashlib.sha256(f"{rendition}\n{_canonical(page.record)}".encode("utf-8", "surrogatepass")).hexdigest()
        for file in page.files:
            root = base_path if file.rooted else _root(file.path)
            yield _Made(path=file.path, inputs=inputs, body=partial(_body, file, page.record, root, render))


def _body(file: PageFile, record: object, root: str, render: Render) -> bytes:
    text = file.text() if file.text else render(file.template, page=record, root=root)
    return text.encode("utf-8", "replace")


def _put(made: _Made, output: Path, *, is_there: bool) -> tuple[PublishedFile, bool]:
    """Makes a file and writes it unless it lies there byte for byte; beside the old one, if there is one."""
    body = made.body()
    target = output / made.path
    is_new = not is_there or folder.read_file(target) != body
    if is_new:
        (folder.write_beside if is_there else folder.write_file)(target, body)
    digest = hashlib.sha256(body).hexdigest()
    return PublishedFile(path=made.path, digest=digest, inputs=made.inputs, bytes=len(body)), is_new


def _root(path: str) -> str:
    """The way from a page to the top of the site: relative, so that it works under any path of any host."""
    return "../" * path.count("/") or "./"


def _canonical(record: object) -> str:
    """A record as JSON: equal records give equal text."""
    return json.dumps(record, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):
        return _values_of(value.__class__)(value)
    raise TypeError(f"not a plain value: {value!r}")


@cache
def _values_of(kind: type) -> Callable[[object], object]:
    """The values of a record's fields, at the speed of C: a page has a hundred records."""
    return attrgetter(*(field.name for field in fields(kind)))
