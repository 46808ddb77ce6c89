"""The pages without lists: how to subscribe, what a browser follows, page not found, an empty week,
and what stands at an address that has lost its page. That redirects, as its story was merged, is an
issue or has only its headline left, or as its list ended; or it says that it was removed.

What a reader follows is known to their browser alone, so its page has all recent stories that one
may follow something of. The front page takes its section "From what you follow" from there too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import subject
from aggregator.domain.publishing.page import Page, page_with_exports
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import SIDE_LANES
from aggregator.domain.wording import N_
from aggregator.site.edition.records import EditionLine
from aggregator.site.head import FOLLOWING, Head, absolute
from aggregator.site.lists.leads import last_published
from aggregator.site.lists.lines import StoryLine, by_importance, by_time
from aggregator.site.paths import old_edition_path
from aggregator.site.story.markdown import link
from aggregator.templating.translation import translations

_ON_REQUEST, _REMOVED = "removed at the publisher’s request", "removed"  # for programs
_REACH = timedelta(days=14)  # before the newest story
_MOST = 250  # stories, the most important: some 100 kB, of which a reader fetches 20 compressed


class Moved(StrEnum):
    """What stands at an old address no more, and why it leads elsewhere."""

    STORY = "story"  # went into another
    BARE = "bare"  # a story of which only the headline is left: to its source
    ISSUE = "issue"  # of a newsletter, once a story: to its source
    EDITION = "edition"  # to its week
    LIST = "list"  # ended: to what is nearest


# the title, and what is said of it to readers and in Markdown
_MOVES: dict[Moved, tuple[str, str, str]] = {
    Moved.STORY: (
        N_("This story was merged into another"),
        N_("This story was merged into “%(name)s”."),
        N_("This story was merged into %(name)s."),
    ),
    Moved.BARE: (
        N_("Only the headline of this story can be shown"),
        N_("Only the headline of this story can be shown; it is listed under “%(name)s”."),
        N_("Only the headline of this story can be shown; it is listed under %(name)s."),
    ),
    Moved.ISSUE: (
        N_("This newsletter is listed under its source"),
        N_("This newsletter issue is listed under “%(name)s”."),
        N_("This newsletter issue is listed under %(name)s."),
    ),
    Moved.EDITION: (
        N_("This edition has moved to its week’s page"),
        N_("The edition of %(name)s has moved to its week’s page."),
        N_("The edition of %(name)s has moved to its week’s page."),
    ),
    Moved.LIST: (
        N_("This page no longer exists"),
        N_("This page no longer exists; see “%(name)s”."),
        N_("This page no longer exists; see %(name)s."),
    ),
}


@frozen
class SubscribePage:
    """How to follow the site. `form` is the address of the form, empty where there is none,
    `rhythm` says how often it comes, empty where no mail is sent, `within` what it is about.

    `newest` is the edition that the last mail carried, `due` says when the first is built.
    """

    head: Head
    form: str
    rhythm: str
    within: str
    newest: EditionLine | None
    due: str


@frozen
class BarePage:
    """A page that says the same on every site: for 404, or the newest week where there is none."""

    head: Head


@frozen
class RemovedPage:
    """The page at a permalink where nothing is left, `on_request` because its publisher asked for
    it.
    """

    head: Head
    path: str
    on_request: bool


def subscribe_page(
    form: str, rhythm: str, newest: EditionLine | None, due: str, site: SiteSettings
) -> SubscribePage:
    """How to follow the site by mail and by feed."""
    words = translations(site.language)
    within = subject().worded(words)["within"]
    head = Head(
        title=words("Subscribe"),
        description=words("Editions by email, or a feed."),
        url=absolute(site, "subscribe/"),
    )
    return SubscribePage(head=head, form=form, rhythm=rhythm, within=within, newest=newest, due=due)


def not_found_page(site: SiteSettings) -> BarePage:
    """The page for 404."""
    title = translations(site.language)("Page not found")
    return BarePage(
        head=Head(title=title, description=site.description, url=absolute(site, "404.html"))
    )


def removed_page(path: str, site: SiteSettings, *, on_request: bool) -> Page:
    """The page for a path where nothing is left, with its exports; no list has it."""
    words = translations(site.language)
    why = (
        words("This page was removed at the publisher’s request.")
        if on_request
        else words("This page was removed.")
    )
    page = RemovedPage(
        head=Head(title=words("Removed"), description=why, url=absolute(site, path)),
        path=path,
        on_request=on_request,
    )
    return page_with_exports(path, "removed.html", page, _json_text, _markdown)


def _json_text(page: RemovedPage) -> str:
    why = _ON_REQUEST if page.on_request else _REMOVED
    return json.dumps({"url": page.head.url, "removed": why}, ensure_ascii=False) + "\n"


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
    """A permalink without a page of its own any more. `to` is the path that it leads to and `name`
    what stands there; `title` and `markdown` say why. What `has_exports` leads to has JSON, too;
    what `may_return` may have its page again.
    """

    head: Head
    path: str
    to: str
    name: str
    title: str
    markdown: str
    has_exports: bool = False
    may_return: bool = False


def redirect(moved: Moved, path: str, to: str, name: str, site: SiteSettings) -> RedirectPage:
    """The page at an old path: it leads to what stands at `to` under this name."""
    words = translations(site.language)
    title, said, linked = _MOVES[moved]
    url = absolute(site, to)
    return RedirectPage(
        head=Head(title=name, description=words(said, name=name), url=url),
        path=path,
        to=to,
        name=name,
        title=words(title),
        markdown=words(linked, name=link(name, url)),
        has_exports=moved in {Moved.STORY, Moved.EDITION},
        may_return=moved is Moved.LIST,
    )


def edition_redirect(line: EditionLine, site: SiteSettings) -> RedirectPage:
    """The page at the old path of an edition: it leads to the page of its week."""
    return redirect(Moved.EDITION, old_edition_path(line.week), line.path, line.name, site)


def redirect_json_text(page: RedirectPage) -> str:
    """The text of `index.json`."""
    moved_to = f"{page.head.url}index.json" if page.has_exports else page.head.url
    return json.dumps({"moved_to": moved_to, "url": page.head.url}) + "\n"


def redirect_markdown(page: RedirectPage) -> str:
    """The text of `index.md`."""
    return f"{page.markdown}\n"
