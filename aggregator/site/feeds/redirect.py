"""The page at an address whose story has none any more, as it was merged, is an issue or has only
its headline left: it redirects, and no list shows it.
"""

from __future__ import annotations

import json
from dataclasses import replace

from aggregator.domain.frozen import frozen
from aggregator.domain.settings import SiteSettings
from aggregator.site.edition.page import old_edition_path
from aggregator.site.edition.records import EditionLine
from aggregator.site.head import Head, absolute
from aggregator.site.lists.lines import StoryLine
from aggregator.site.story.markdown import link
from aggregator.templating.translation import Translations, translations


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
    description = words(
        "The edition of %(week)s has moved to the page of its week.", week=line.name
    )
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
        return words("The edition of %(week)s has moved to the page of its week.", week=to) + "\n"
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
