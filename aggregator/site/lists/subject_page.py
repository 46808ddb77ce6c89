"""The pages of a topic, a role and an entity: their stories, best first and then all by date, and
what the stories have in common.

Each is built from the lines of one listing and a few names, so a site of any size is built one
listing at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, tzinfo

from aggregator.domain.dates import local_day
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.news_section import NewsSection, topic_section
from aggregator.domain.publishing.newsroom import all_roles, role_name
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import EntityKind
from aggregator.site.head import Head, Link, absolute
from aggregator.site.lists.actions import RoleAction, role_actions
from aggregator.site.lists.leads import last_published, listing_leads
from aggregator.site.lists.line_groups import (
    LineGroup,
    Pager,
    days,
    months,
    paged,
    pages_of,
    unfolded_first,
)
from aggregator.site.lists.lines import StoryLine, by_importance, by_time, without
from aggregator.site.lists.side_lists import (
    CountGroup,
    ListNames,
    counts_of,
    entity_side,
    role_side,
    topic_side,
    topics_shown,
)
from aggregator.site.lists.standing import LatestRow, latest_events
from aggregator.site.paths import role_path, topic_path
from aggregator.site.publish.added import page_parts
from aggregator.site.story.cited import Footnote, has_sole_source
from aggregator.site.story.records import PageDate
from aggregator.templating.translation import Translations, translations

# newest stories: one page. What is older stands in the archive, week by week, and the search finds
# it
MOST_LISTED = 250
FEWEST_STORIES = 3  # of an entity that gets a page: with fewer it would say what they say
_ACTIONS = 6
_UNFOLDED = 16  # lines of the list in view: the others open by their month or day
_A_DAY = (
    2.5  # stories: from so many on, days are headings, else months with the day beside each line
)

TOPICS, ROLES, ENTITIES = "topic/", "role/", "entity/"  # the pages of all

_UNTITLED = Head(title="", description="", url="")  # until `listing_pages` knows which page it is
_ONE_PAGE = Pager(number=1, last=1, newer="", older="")


@frozen
class Product:
    """What a company makes: `path` leads to its page or the story of its release, `url` to that at
    its source where it has neither.
    """

    name: str
    path: str = ""
    url: str = ""


@frozen
class ListingDays:
    """The days of the stories of a list, without the `undated` ones, whose day no source gives.
    `newest_week` is the newest with any story, empty if that is the list's own; `is_cut`: older
    stories are missing.
    """

    name: str
    days: tuple[date, ...]
    newest_week: str
    is_cut: bool
    undated: int


@frozen
class ListingPage:
    """A listing or a further page of it; only the first page has leads, parts of
    plugins and side lists.

    `index` is the page of all such listings, `section` the one whose colour it has, `kind` the kind
    of an entity, `topic` the key of a topic. `also` are an entity's aliases, `maker` is its maker,
    `products` what it makes, `latest` is how things stand, `timeline` its dates from the archive,
    with `citations`, `actions` are what a role could do next.
    `topics` are the names of the other topics of its lines; `older` counts the stories that are not
    listed any more.
    """

    path: str
    index: Link
    title: str
    section: NewsSection
    kind: str = ""
    empty: str = ""
    topic: str = ""
    role: str | None = None
    also: tuple[str, ...] = ()
    maker: Link | None = None
    products: tuple[Product, ...] = ()
    actions: tuple[RoleAction, ...] = ()
    latest: tuple[LatestRow, ...] = ()
    timeline: tuple[PageDate, ...] = ()
    citations: tuple[Footnote, ...] = ()
    head: Head = _UNTITLED
    facts: str = ""
    leads: tuple[StoryLine, ...] = ()
    parts: tuple[PagePart, ...] = ()
    sides: tuple[CountGroup, ...] = ()
    groups: tuple[LineGroup, ...] = ()
    topics: Mapping[str, str] = field(default_factory=dict)
    pager: Pager = _ONE_PAGE
    older: int = 0

    @property
    def is_sole(self) -> bool:
        """Whether it quotes one source only, so that quotations need not name it."""
        return has_sole_source(self.citations)


def topic_listing(key: str, names: ListNames, words: Translations) -> ListingPage:
    """The empty listing of a topic."""
    return ListingPage(
        path=topic_path(key),
        index=Link(name=words("Topics"), url=TOPICS),
        title=names.topics[key],
        section=topic_section(key),
        empty=words("No story on this topic yet. The first one will appear here."),
        topic=key,
    )


def role_listing(role: str, words: Translations) -> ListingPage:
    """The empty listing of a role."""
    return ListingPage(
        path=role_path(role),
        index=Link(name=words("By role"), url=ROLES),
        title=words(role_name(role)),
        section=role_section(role),
        role=role,
        empty=words(
            "No stories for this role yet. They appear when their sources show why this"
            " role should care."
        ),
    )


def role_section(role: str) -> NewsSection:
    """The section whose colour a role has: the one that it looks at first."""
    return (*all_roles()[role].sections, NewsSection.WORK)[0]


def subject_pages(
    listing: ListingPage,
    lines: Sequence[StoryLine],
    names: ListNames,
    site: SiteSettings,
    total: int = 0,
    newest_week: str = "",
) -> tuple[tuple[str, ListingPage], ...]:
    """The pages of a topic or a role with their paths; `lines` are the newest of `total`, where
    there are more. `newest_week` is the newest with any story: the chart runs to it.
    """
    words = translations(site.language)
    mentions = counts_of(line.entities for line in lines)
    sides = (
        entity_side(
            words("Companies and organisations"), mentions, names, words, EntityKind.COMPANY
        ),
        entity_side(
            words("Models and products"),
            mentions,
            names,
            words,
            EntityKind.MODEL,
            EntityKind.PRODUCT,
        ),
        role_side(lines, words) if listing.topic else topic_side(lines, names, words),
    )
    newest = last_published(lines)
    actions = role_actions(lines, local_day(newest, site.zone), site.zone, words) if lines else ()
    standing = replace(
        listing,
        actions=tuple(action for action in actions if action.todo.role == listing.role)[:_ACTIONS],
        latest=latest_events(lines, newest, site.zone, words),
    )
    return listing_pages(
        standing, by_importance(lines), sides, names, site, total, newest_week=newest_week
    )


def listing_pages(
    listing: ListingPage,
    ranked: Sequence[StoryLine],
    sides: Iterable[CountGroup],
    names: ListNames,
    site: SiteSettings,
    total: int,
    passing: Collection[str] = (),
    newest_week: str = "",
) -> tuple[tuple[str, ListingPage], ...]:
    """The pages of a listing: its leads, then the others by date. `passing` are the ids of stories
    that are about something else.
    """
    leads = listing_leads(ranked, {row.story for row in listing.latest}, passing)
    words = translations(site.language)
    groups = _by_date(without(ranked, leads), site.zone, words)
    facts = words.counted(max(total, len(ranked)), "%s story", "%s stories")
    days = ListingDays(
        name=listing.title,
        days=tuple(local_day(line.published, site.zone) for line in ranked if line.is_dated),
        newest_week=newest_week,
        is_cut=total > len(ranked),
        undated=sum(not line.is_dated for line in ranked),
    )
    first = replace(
        listing,
        facts=facts,
        leads=leads,
        parts=page_parts("listing", days, site),
        sides=tuple(side for side in sides if side.counts),
        older=max(total - len(ranked), 0),
    )
    bare = replace(
        first, leads=(), parts=(), sides=(), actions=(), latest=(), timeline=(), citations=()
    )
    return tuple(
        (
            path,
            replace(
                first if pager.number == 1 else bare,
                head=_head(listing, facts if ranked else "", path, pager, site),
                groups=unfolded_first(page_groups, _UNFOLDED),
                topics=topics_shown(
                    (line for group in page_groups for line in group.lines),
                    names.topics,
                    but=listing.topic,
                ),
                pager=pager,
            ),
        )
        for path, page_groups, pager in pages_of(groups, listing.path)
    )


def _by_date(
    lines: Sequence[StoryLine], zone: tzinfo, words: Translations
) -> tuple[LineGroup, ...]:
    """Groups by day if most days have several stories, else by month; what a list by day folds is
    by month, too.
    """
    told_on = {local_day(line.published, zone) for line in lines}
    by_day = by_time(lines)[: _UNFOLDED if len(lines) >= _A_DAY * max(len(told_on), 1) else 0]
    return (*days(by_day, zone, words), *months(without(lines, by_day), zone, words))


def _head(listing: ListingPage, facts: str, path: str, pager: Pager, site: SiteSettings) -> Head:
    words = translations(site.language)
    return Head(
        title=paged(listing.title, pager, words),
        description=(
            words(
                "%(name)s: %(stories)s, every sentence with its source.",
                name=listing.title,
                stories=facts,
            )
            if facts
            else listing.empty
        ),
        url=absolute(site, path),
        place="topic",
        feeds=Link(name=listing.title, url=listing.path),
    )
