"""Made-up pages of every kind, for a look at a theme before anything is published: each is made
from the types of its record alone.

A full one has something at every place, a bare one only what is always there.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import partial
from itertools import count
from typing import Any

from aggregator.domain.publishing.page import PagePart
from aggregator.domain.settings import SiteSettings
from aggregator.resources import TEMPLATES
from aggregator.site.edition.records import EditionPage, EditionsPage
from aggregator.site.lists.about import AboutPage
from aggregator.site.lists.errata import ErrataPage
from aggregator.site.lists.front import FrontPage
from aggregator.site.lists.indexes import IndexPage
from aggregator.site.lists.notices import (
    BarePage,
    FollowingPage,
    RedirectPage,
    RemovedPage,
    SubscribePage,
)
from aggregator.site.lists.sources import SourcePage, SourcesPage
from aggregator.site.lists.subject_page import ListingPage
from aggregator.site.lists.week import ArchivePage, WeekPage
from aggregator.site.publish.assets import static_assets
from aggregator.site.search.pages import SearchPage
from aggregator.site.story.records import StoryPage
from aggregator.templating.environment import renderer
from aggregator.templating.theme import Theme, load_theme

# The pages of the site, by their templates: what each knows as `page`.
PAGES: Mapping[str, type] = {
    "about.html": AboutPage,
    "archive.html": ArchivePage,
    "edition.html": EditionPage,
    "editions.html": EditionsPage,
    "errata.html": ErrataPage,
    "follow.html": SubscribePage,
    "following.html": FollowingPage,
    "front.html": FrontPage,
    "listing.html": ListingPage,
    "listings.html": IndexPage,
    "lost.html": BarePage,
    "redirect.html": RedirectPage,
    "removed.html": RemovedPage,
    "search.html": SearchPage,
    "source.html": SourcePage,
    "sources.html": SourcesPage,
    "story.html": StoryPage,
    "week.html": WeekPage,
    "week-empty.html": BarePage,
}
_NEVER_EMPTY = frozenset({"origins"})  # somebody reports every story
_DEEPEST = 12  # records within records
_MOMENT = datetime(2026, 7, 6, 6, tzinfo=UTC)


def themed_pages(theme: Theme, site: SiteSettings) -> Iterator[str]:
    """Renders every kind of page with a theme, full and bare; the templates as they are done.
    Raises ThemeError.
    """
    static = {asset.name: asset.path for asset in static_assets(theme)}
    render = renderer(
        TEMPLATES / "site", site.timezone, site.language, theme=theme, site=site, static=static
    )
    numbers = count()
    for template, record in PAGES.items():
        for is_full in (True, False):
            render(template, page=specimen(record, numbers, is_full=is_full), root="../")
        yield template


def demand_theme(site: SiteSettings) -> None:
    """Raises ThemeError where a template of the theme fails on some kind of page."""
    theme = load_theme(site.theme)
    if theme.templates:
        for _ in themed_pages(theme, site):
            pass


def specimen(kind: Any, numbers: Iterator[int], *, is_full: bool, depth: int = 0) -> Any:
    """A value of a type; `numbers` make texts differ."""
    inner = partial(specimen, numbers=numbers, is_full=is_full, depth=depth + 1)
    origin, of = typing.get_origin(kind), typing.get_args(kind)
    is_more = is_full and depth < _DEEPEST
    if origin in (types.UnionType, typing.Union):
        return inner(of[0]) if is_more or type(None) not in of else None
    if origin is tuple and of[-1] is not ...:
        return tuple(map(inner, of))
    if origin in (tuple, list) or (isinstance(origin, type) and issubclass(origin, Set)):
        is_more = is_more and of[0] is not PagePart  # plugins have templates of their own
        return tuple(inner(of[0]) for _ in range(2 * is_more))
    if origin is not None and issubclass(origin, Mapping):
        return {inner(of[0]): inner(of[1])} if is_more else {}
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        full, bare = partial(inner, is_full=True), partial(inner, is_full=False)
        made = dict.fromkeys(_NEVER_EMPTY, full) | {"template": bare}  # only plugins name one
        record: Any = kind
        return record(
            **{each.name: made.get(each.name, inner)(hints[each.name]) for each in fields(kind)}
        )
    return _plain(kind, next(numbers), is_full=is_full)


def _plain(kind: Any, number: int, *, is_full: bool) -> Any:
    if issubclass(kind, Enum):
        return list(kind)[number % len(kind)]
    if issubclass(kind, datetime):
        return _MOMENT
    if issubclass(kind, date):
        return _MOMENT.date()
    if issubclass(kind, str) or kind is object:
        return f"words-{number:05}/" if is_full else ""
    return kind(is_full and number)
