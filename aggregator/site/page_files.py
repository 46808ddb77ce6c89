"""The files of a page: HTML alone in a folder, or with its exports in JSON and Markdown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from aggregator.domain.publishing.page import Page, PageFile

_Record = TypeVar("_Record")


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
