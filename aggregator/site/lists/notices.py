"""The pages without lists: how to subscribe, what a browser follows, page not found, an empty week,
a removed story, and the page at an address whose story has none any more, as it was merged, is an
issue or has only its headline left: it redirects.

What a reader follows is known to their browser alone, so its page has all recent stories that one
may follow something of. The front page takes its section "From what you follow" from there too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.page import Page, page_with_exports
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import SIDE_LANES
from aggregator.site.edition.records import EditionLine
from aggregator.site.head import FOLLOWING, Head, absolute
from aggregator.site.lists.leads import last_published
from aggregator.site.lists.lines import StoryLine, by_importance, by_time
from aggregator.site.paths import old_edition_path
from aggregator.site.story.markdown import link
from aggregator.templating.translation import Translations, translations

_WHY = "removed at the publisher’s request"  # for programs
_REACH = timedelta(days=14)  # before the newest story
_MOST = 250  # stories, the most important: some 100 kB, of which a reader fetches 20 compressed


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


@frozen
class FollowingPage:
    """The page of what is followed and kept; `lines` are recent stories, the newest first, and
    `preferences` is the address of a subscriber's choices without their token, or empty.
    """

    head: Head
    lines: tuple[StoryLine, ...]
    preferences: str


def following_page(
    lines: Iterable[StoryLine], preferences: str, site: SiteSettings
) -> FollowingPage:
    """The page, of the lines that the front page knows."""
    some = [line for line in lines if line.about and (line.is_news or line.lane in SIDE_LANES)]
    newest = last_published(some)
    recent = [line for line in some if newest - line.published <= _REACH]
    words = translations(site.language)
    title = words("Following and kept stories")
    return FollowingPage(
        head=Head(title=title, description=title, url=absolute(site, FOLLOWING)),
        lines=tuple(
            replace(line, hook=None, changes=(), matters=None, why="", score=0.0, importance=0.0)
            for line in by_time(by_importance(recent)[:_MOST])
        ),
        preferences=preferences,
    )


@frozen
class RedirectPage:
    """A permalink whose story has no page any more. `to` is the path of the story that took its
    articles, or of the source that is all it has (`is_of_source`) or that it was an issue of
    (`is_of_issue` too), or of the week whose edition stood there (`is_of_edition`), `name` what
    stands there.
    """

    head: Head
    path: str
    to: str
    name: str
    is_of_source: bool = False
    is_of_issue: bool = False
    is_of_edition: bool = False


@frozen
class RedirectsFile:
    """The content of `_redirects`: the old and the new path of each story, below the site's own."""

    base_path: str
    pages: tuple[RedirectPage, ...]


def merged_page(path: str, into: StoryLine, site: SiteSettings) -> RedirectPage:
    """The page at the old path of a story that went into another."""
    words = translations(site.language)
    description = words("This story was merged into “%(headline)s”.", headline=into.headline)
    head = Head(title=into.headline, description=description, url=absolute(site, into.path))
    return RedirectPage(head=head, path=path, to=into.path, name=into.headline)


def source_redirect(path: str, key: str, name: str, site: SiteSettings) -> RedirectPage:
    """The page at the old path of a story without a page: it leads to the page of its source."""
    words, to = translations(site.language), f"source/{key}/"
    description = words(
        "Only the headline of this story can be shown; it is listed under “%(source)s”.",
        source=name,
    )
    head = Head(title=name, description=description, url=absolute(site, to))
    return RedirectPage(head=head, path=path, to=to, name=name, is_of_source=True)


def issue_redirect(path: str, key: str, name: str, site: SiteSettings) -> RedirectPage:
    """The page at the old path of an issue of a newsletter: it leads to the page of its source."""
    words, moved = translations(site.language), source_redirect(path, key, name, site)
    description = words("This newsletter issue is listed under “%(source)s”.", source=name)
    return replace(moved, head=replace(moved.head, description=description), is_of_issue=True)


def edition_redirect(line: EditionLine, site: SiteSettings) -> RedirectPage:
    """The page at the old path of an edition: it leads to the page of its week."""
    words = translations(site.language)
    description = words("The edition of %(week)s has moved to its week’s page.", week=line.name)
    return RedirectPage(
        head=Head(title=line.name, description=description, url=absolute(site, line.path)),
        path=old_edition_path(line.week),
        to=line.path,
        name=line.name,
        is_of_edition=True,
    )


def redirect_json_text(page: RedirectPage) -> str:
    """The text of `index.json`."""
    moved_to = page.head.url if page.is_of_source else f"{page.head.url}index.json"
    return json.dumps({"moved_to": moved_to, "url": page.head.url}) + "\n"


def redirect_markdown(page: RedirectPage, words: Translations) -> str:
    """The text of `index.md`."""
    to = link(page.name, page.head.url)
    if page.is_of_edition:
        return words("The edition of %(week)s has moved to its week’s page.", week=to) + "\n"
    if page.is_of_issue:
        return words("This newsletter issue is listed under %(link)s.", link=to) + "\n"
    if page.is_of_source:
        return (
            words(
                "Only the headline of this story can be shown; it is listed under %(link)s.",
                link=to,
            )
            + "\n"
        )
    return words("This story was merged into %(link)s.", link=to) + "\n"
