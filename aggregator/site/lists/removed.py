"""What answers at the address of a story that was removed at its publisher's request: that it was,
and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.domain.publishing.page import Page
from aggregator.domain.settings import SiteSettings
from aggregator.site.head import Head, absolute
from aggregator.site.kinds import page_with_exports
from aggregator.templating.translation import translations

_WHY = "removed at the publisher’s request"  # for programs


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedPage:
    """The page at a permalink whose story is gone for good."""

    head: Head
    path: str


def removed_pages(paths: Iterable[str], site: SiteSettings) -> Iterator[Page]:
    """A page for each path, with its twins; they stand in no list."""
    words = translations(site.language)
    why = words("This page was removed at the publisher’s request.")
    for path in paths:
        page = RemovedPage(
            head=Head(title=words("Removed"), description=why, url=absolute(site, path)), path=path
        )
        yield page_with_exports(path, "removed.html", page, _json_text, _markdown)


def _json_text(page: RemovedPage) -> str:
    return json.dumps({"url": page.head.url, "removed": _WHY}, ensure_ascii=False) + "\n"


def _markdown(page: RemovedPage) -> str:
    return f"{page.head.description}\n"
