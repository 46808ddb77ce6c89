"""What walks from compose to publish: pages with their files, and cards, the pictures that stand
for pages where they are shared; and what publish remembers of each file it wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

from aggregator.domain.frozen import frozen

CARD_WIDTH, CARD_HEIGHT = 1200, 630  # pixels: 1.91 : 1, what OpenGraph's readers crop nothing of

_Record = TypeVar("_Record")


class ListId(NamedTuple):
    """Which list: its kind (week, topic, role, entity, source) and its key among those of the
    kind.
    """

    kind: str
    key: str


@frozen
class PageFile:
    """One file of a page, made by a template of `templates/site/` from the page's record, by `text`
    or by `image`.

    `rooted`: its links begin at the root of the host, because servers show it at any depth
    (404.html). `kit` names what an image is made with besides the record; templates and settings
    have no part in it, so a change of them does not make it again. `plugin` names the one whose
    template it is.
    """

    path: str
    template: str = ""
    text: Callable[[], str | bytes] | None = None
    rooted: bool = False
    image: Callable[[], bytes] | None = None
    kit: str = ""
    plugin: str = ""


@frozen
class Page:
    """A record (a frozen dataclass of plain values) and the files that show it: nothing else may go
    into them. `digest` is that of all the record was made from, where it is known: the record then
    needs none.
    """

    record: object
    files: tuple[PageFile, ...]
    digest: str = ""


@frozen
class CardRenderer:
    """What gives pages their cards. `card` returns the record of a page's card, whose `path` says
    where it is published, and its description; beside the page it is given what this is about: a
    `Story`, the `Artwork` of a list, or nothing. In place of a page it is given the `NewsSection`
    whose card pages share. `draw` makes the record a picture; `kit` is a digest of all that decides
    its bytes but the record itself.
    """

    card: Callable[[Any, Any, Any], tuple[Any, str]]
    draw: Callable[[Any], bytes]
    kit: str


@frozen
class AddedPage:
    """A page that a plugin adds: its path in the site, ending in "/", its template, and `record`,
    which returns what it shows, None where there is nothing to show and so no page: it is given
    `aggregator.site.stage.added_pages.PageInputs`. Without a template it is the link to a file of
    `site_files`.

    `name` is that of its link at the foot of all pages; without one the page has none there, and is
    not in the sitemap. Two functions are given a connection to the database: `is_there`, given
    `Services` too, says whether there is a page to link to, which without it there always is;
    `state` returns what changes with its record where this is made from more than stories.
    `entries_of` names what the page has an entry for by id, so that stories may link to it.
    """

    path: str
    template: str = ""
    record: Callable[[Any], object] = str
    name: str = ""
    is_there: Callable[[Any, Any], bool] | None = None
    state: Callable[[Any], object] | None = None
    entries_of: str = ""


@frozen
class PagePart:
    """A part that a plugin adds to one of our pages: its template, and the frozen record that this
    knows as `shown`. Whose it is, and its place, is filled in.
    """

    template: str
    record: object
    plugin: str = ""
    place: str = ""


@frozen
class PublishedFile:
    """A file of the site as last published: SHA-256 of its bytes, of what it was made from, its
    size, and whose it is.
    """

    path: str
    digest: str
    inputs: str
    bytes: int
    owner: str = ""


@frozen
class OwnerState:
    """A story or a list as last written: the digest of all that its files were made from, and what
    other lists say of it.
    """

    digest: str
    summary: str = ""


def edition_owner(period: str) -> str:
    """The owner of the files of an edition; of no period: that of the list of editions."""
    return f"edition/{period}"


@frozen
class PublishResult:
    """How many files were written, left alone and removed."""

    written: int
    unchanged: int
    removed: int


def file_page(path: str, body: bytes) -> Page:
    """A file whose bytes are known."""
    file = PageFile(path=path, text=partial(bytes, body))
    return Page(record=None, files=(file,), digest=hashlib.sha256(body).hexdigest())


def list_page(path: str, template: str, record: object) -> Page:
    """A page in a folder of its own."""
    return Page(record=record, files=(PageFile(path=f"{path}index.html", template=template),))


def page_with_exports(
    path: str,
    template: str,
    record: _Record,
    json_text: Callable[[_Record], str],
    markdown: Callable[[_Record], str],
) -> Page:
    """A page in a folder of its own, with its exports in JSON and Markdown."""
    exports = (("json", json_text), ("md", markdown))
    files = (
        PageFile(path=f"{path}index.{suffix}", text=partial(text, record))
        for suffix, text in exports
    )
    return Page(
        record=record, files=(PageFile(path=f"{path}index.html", template=template), *files)
    )
