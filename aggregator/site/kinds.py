"""What all kinds of lists have in common, and the two shapes that pages have: alone in a folder, or
with twins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from aggregator.domain.publishing.page import Page, PageFile

_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind:
    """A kind of lists: how many stories stand in each by key, and how one of them is made.

    `extras` is everything that a list shows apart from its stories and the names of their entities:
    if any of it changes, the list is rebuilt. `pages` gives its pages and a summary of it for other
    lists. `most` is how many of its newest stories it is made from, None for all of them.
    """

    kind: str
    counts: Mapping[str, int]
    extras: Callable[[str], object]
    pages: Callable[[str], tuple[Iterable[Page], str]]
    most: int | None = None


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
    """A page in a folder of its own, with its twins in JSON and Markdown."""
    twins = (("json", json_text), ("md", markdown))
    files = (
        PageFile(path=f"{path}index.{suffix}", text=partial(text, record)) for suffix, text in twins
    )
    return Page(
        record=record, files=(PageFile(path=f"{path}index.html", template=template), *files)
    )
