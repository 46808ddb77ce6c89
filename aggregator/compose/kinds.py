"""What all kinds of lists have in common: how many stories stand in each, what surrounds them, and how one is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from aggregator.domain.page import Page, PageFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind:
    """A kind of lists: how many stories stand in each by key, and how one of them is made.

    `extras` is all that a list shows beside its lines: where it changed, the list is made anew. `pages` gives its pages and
    a summary of it for other lists. `most` is how many of its newest lines it is made from, None for all of them.
    """

    kind: str
    counts: Mapping[str, int]
    extras: Callable[[str], object]
    pages: Callable[[str], tuple[Iterable[Page], str]]
    most: int | None = None


def list_page(path: str, template: str, record: object) -> Page:
    """A page in a folder of its own."""
    return Page(record=record, files=(PageFile(path=f"{path}index.html", template=template),))


def file_page(path: str, record: object) -> Page:
    """A file that is made by the template of its name."""
    return Page(record=record, files=(PageFile(path=path, template=path),))
