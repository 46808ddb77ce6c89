"""The pages without news: how to subscribe, page not found, an empty week, a removed story."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.page import Page, page_with_exports
from aggregator.domain.settings import SiteSettings
from aggregator.site.edition.records import EditionLine
from aggregator.site.head import Head, absolute
from aggregator.templating.translation import translations

_WHY = "removed at the publisher’s request"  # for programs


@frozen
class SubscribePage:
    """How to follow the site. `form` is the address of the form, empty where no mail is sent,
    `rhythm` says how often it comes.

    `newest` is the edition that the last mail carried, `due` says when the first is built.
    """

    head: Head
    form: str
    rhythm: str
    newest: EditionLine | None
    due: str


@frozen
class NotFoundPage:
    """The page for 404."""

    head: Head


@frozen
class EmptyWeekPage:
    """The page of the newest week where there is none yet."""

    head: Head


@frozen
class RemovedPage:
    """The page at a permalink whose story is gone for good."""

    head: Head
    path: str


def subscribe_page(
    form: str, rhythm: str, newest: EditionLine | None, due: str, site: SiteSettings
) -> SubscribePage:
    """How to follow the site by mail and by feed."""
    words = translations(site.language)
    head = Head(
        title=words("Subscribe"),
        description=words("Editions by email, or a feed."),
        url=absolute(site, "subscribe/"),
    )
    return SubscribePage(head=head, form=form, rhythm=rhythm, newest=newest, due=due)


def not_found_page(site: SiteSettings) -> NotFoundPage:
    """The page for 404."""
    title = translations(site.language)("Page not found")
    return NotFoundPage(
        head=Head(title=title, description=site.description, url=absolute(site, "404.html"))
    )


def removed_pages(paths: Iterable[str], site: SiteSettings) -> Iterator[Page]:
    """A page for each path, with its exports; no list has them."""
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
