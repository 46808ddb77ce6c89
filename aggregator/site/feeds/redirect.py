"""The page of a story that was merged into another: it redirects, and no list shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.domain.settings import SiteSettings
from aggregator.site.head import Head, absolute
from aggregator.site.story.markdown import link
from aggregator.templating.translation import IN_ENGLISH, Translations, translations


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectPage:
    """A permalink whose story was merged. `to` is the path of the story that took its articles."""

    head: Head
    path: str
    to: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectsFile:
    """The content of `_redirects`: the old and the new path of each story, below the site's own."""

    base_path: str
    pages: tuple[RedirectPage, ...]


def redirect_pages(
    redirects: Mapping[str, str],
    paths: Mapping[str, str],
    headlines: Mapping[str, str],
    site: SiteSettings,
) -> tuple[RedirectPage, ...]:
    """A page for each old path whose new story is published. `redirects` maps paths to ids of
    stories, `paths` and `headlines` are those of the stories by id.
    """
    words = translations(site.language)
    return tuple(
        RedirectPage(
            head=Head(
                title=headlines[into],
                description=words("This story went into “%(headline)s”.", headline=headlines[into]),
                url=absolute(site, paths[into]),
            ),
            path=path,
            to=paths[into],
            headline=headlines[into],
        )
        for path, into in sorted(redirects.items())
        if into in paths
    )


def redirect_json_text(page: RedirectPage) -> str:
    """The text of `index.json`."""
    return json.dumps({"moved_to": f"{page.head.url}index.json", "url": page.head.url}) + "\n"


def redirect_markdown(page: RedirectPage, words: Translations = IN_ENGLISH) -> str:
    """The text of `index.md`."""
    return words("This story went into %(link)s.", link=link(page.headline, page.head.url)) + "\n"
