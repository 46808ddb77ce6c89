"""The pages of a topic, a role and an entity: their stories, best first and then all by date, and
what the stories have in common.

Each is built from the lines of one listing and a few names, so a site of any size is built one
listing at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from itertools import groupby

from aggregator.domain.claim import ROLE_NAMES, Role
from aggregator.domain.dates import local_day
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.news_section import ROLE_SECTIONS, NewsSection, topic_section
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import SIDE_LANES
from aggregator.domain.story import Entity, EntityKind
from aggregator.domain.wording import N_
from aggregator.english.amounts import sums_of_money
from aggregator.english.event_kind import NO_NEWS, EventKind
from aggregator.site.head import Head, Link, absolute
from aggregator.site.lists.actions import RoleAction, role_actions
from aggregator.site.lists.lines import (
    LineGroup,
    Pager,
    StoryLine,
    by_importance,
    by_score,
    by_time,
    days,
    months,
    paged,
    pages_of,
    summarised_first,
    unfolded_first,
    varied,
    without,
)
from aggregator.site.story.bars_chart import BarsChart, activity_chart
from aggregator.site.story.cited import PageCitation
from aggregator.site.story.records import PageDate
from aggregator.site.story.tags import entity_path, role_path, topic_path
from aggregator.templating.translation import Translations, translations

# newest stories: one page. What is older stands in the archive, week by week, and the search finds
# it
MOST_LISTED = 250
FEWEST_STORIES = (
    2  # of an entity that has a page: one of a single story would say what the story says
)
_LEADS = 4
_COMPANIONS = 8
_ACTIONS = 6
_UNFOLDED = 16  # lines of the list in view: the others open by their month or day
_A_DAY = (
    2.5  # stories: from so many on, days are headings, else months with the day beside each line
)

TOPICS, ROLES, ENTITIES = "topic/", "role/", "entity/"  # the pages of all

_STALE = timedelta(days=120)  # before the newest story: the last release then is no news
_LASTING = timedelta(days=365)  # what is large stays so for longer: a round of last autumn
_RECENT = timedelta(days=30)  # a launch is not past because a lesser one followed
_NEW = timedelta(days=7)  # what is going on: it leads over greater news of the weeks before
# kinds of events that are one row, those of the first group before those of the second
MONEY_KINDS = frozenset({EventKind.FUNDING, EventKind.ACQUISITION})
_LATEST: dict[str, tuple[frozenset[EventKind], ...]] = {
    N_("Product news"): (
        frozenset({EventKind.MODEL_RELEASE}),
        frozenset({EventKind.PRODUCT}),
    ),
    N_("Money"): (MONEY_KINDS,),
    N_("Law and disputes"): (frozenset({EventKind.LAW}),),
    N_("Incident"): (frozenset({EventKind.INCIDENT, EventKind.OUTAGE}),),
    N_("People"): (frozenset({EventKind.PEOPLE}),),
}

_UNTITLED = Head(title="", description="", url="")  # until `listing_pages` knows which page it is
_ONE_PAGE = Pager(number=1, last=1, newer="", older="")


@frozen
class ListNames:
    """The names of topics in the order of the list, and the entities that have a page, by key."""

    topics: Mapping[str, str] = field(default_factory=dict)
    entities: Mapping[str, Entity] = field(default_factory=dict)


@frozen
class Companion:
    """Something else that the stories of a listing mention, and in how many of them."""

    link: Link
    stories: str


@frozen
class SideList:
    """Companions of one kind, the most mentioned first."""

    name: str
    companions: tuple[Companion, ...]


@frozen
class LatestRow:
    """The newest of one kind that is known of an entity: what it is, in words of its source, and
    since when. `path` leads to a story of ours, `url` to the source; `story` is its id, if any.
    """

    name: str
    text: str
    lang: str
    path: str
    url: str
    source: str
    day: str
    machine: str
    story: str = ""


@frozen
class Product:
    """What a company makes: `path` leads to its page or the story of its release, `url` to that at
    its source where it has neither.
    """

    name: str
    path: str = ""
    url: str = ""


@frozen
class ListingPage:
    """A listing or a further page of it; only the first page has leads, chart and side lists.

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
    role: Role | None = None
    also: tuple[str, ...] = ()
    maker: Link | None = None
    products: tuple[Product, ...] = ()
    actions: tuple[RoleAction, ...] = ()
    latest: tuple[LatestRow, ...] = ()
    timeline: tuple[PageDate, ...] = ()
    citations: tuple[PageCitation, ...] = ()
    head: Head = _UNTITLED
    facts: str = ""
    leads: tuple[StoryLine, ...] = ()
    chart: BarsChart | None = None
    sides: tuple[SideList, ...] = ()
    groups: tuple[LineGroup, ...] = ()
    topics: Mapping[str, str] = field(default_factory=dict)
    pager: Pager = _ONE_PAGE
    older: int = 0


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


def role_listing(role: Role, words: Translations) -> ListingPage:
    """The empty listing of a role."""
    return ListingPage(
        path=role_path(role),
        index=Link(name=words("By role"), url=ROLES),
        title=words(ROLE_NAMES[role]),
        section=role_section(role),
        role=role,
        empty=words(
            "No stories for this role yet. They appear when their sources show why this"
            " role should care."
        ),
    )


def role_section(role: Role) -> NewsSection:
    """The section whose colour a role has: the one that it looks at first."""
    return ROLE_SECTIONS.get(role, (NewsSection.WORK,))[0]


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
        actions=tuple(action for action in actions if action.role is listing.role)[:_ACTIONS],
        latest=latest_events(lines, newest, site.zone, words),
    )
    return listing_pages(
        standing, by_importance(lines), sides, names, site, total, newest_week=newest_week
    )


def latest_events(
    lines: Iterable[StoryLine],
    newest: datetime,
    zone: tzinfo,
    words: Translations,
    lasting: frozenset[EventKind] = frozenset(),
) -> tuple[LatestRow, ...]:
    """Of each kind of event the last story that surely is of that kind, if it is of the months
    before `newest`, the last story of the page; of `lasting` kinds that of a year with the largest
    sum of money.
    """
    sure = [line for line in lines if line.is_kind_sure and newest - line.published <= _LASTING]
    of_months = [line for line in sure if newest - line.published <= _STALE]
    rows = (
        (words(name), _largest(sure, kinds[0]) if kinds[0] <= lasting else _last(of_months, kinds))
        for name, kinds in _LATEST.items()
    )
    return tuple(
        LatestRow(
            name=name,
            text=line.headline,
            lang=line.lang,
            path="" if line.url else line.path,
            url=line.url,
            source=line.source,
            day=words.day(local_day(line.published, zone)),
            machine=local_day(line.published, zone).isoformat(),
            story=line.id,
        )
        for name, line in rows
        if line
    )


def last_published(lines: Iterable[StoryLine]) -> datetime:
    """When the newest of some stories was published; the first of all days without any."""
    return max((line.published for line in lines), default=datetime.min.replace(tzinfo=UTC))


def freshest_first(
    lines: Sequence[StoryLine], newest: datetime, passing: Collection[str] = ()
) -> list[StoryLine]:
    """What the operator pinned and the lines of the last week, then those of the last month and of
    the months before, then those about something else, then older ones; each in the order given,
    with those that have a summary before the others near them.
    """
    place = partial(_place, newest, passing)
    spans = groupby(sorted(lines, key=place), key=place)
    return [line for _, span in spans for line in summarised_first(list(span), _LEADS)]


def _place(newest: datetime, passing: Collection[str], line: StoryLine) -> tuple[bool, ...]:
    """Before which others a line stands: its span of time, and whether it is about the subject."""
    age = timedelta() if line.pinned else newest - line.published
    return age > _STALE, line.id in passing and not line.pinned, age > _RECENT, age > _NEW


def _last(lines: Iterable[StoryLine], kinds: Sequence[Collection[EventKind]]) -> StoryLine | None:
    """Of the newest month that has any of these kinds, one of the first group that it has: the most
    important and fresh.
    """
    of_kind = [line for line in lines if any(line.kind in group for group in kinds)]
    newest = max((line.published for line in of_kind), default=None)
    recent = [line for line in of_kind if newest and newest - line.published <= _RECENT]
    ranked = by_score(recent)
    return next((line for group in kinds for line in ranked if line.kind in group), None)


def _largest(lines: Iterable[StoryLine], kinds: Collection[EventKind]) -> StoryLine | None:
    """Of these kinds the one with the largest sum in its headline; equals as by score."""
    of_kind = by_score(line for line in lines if line.kind in kinds)
    return max(
        of_kind, key=lambda line: min(sums_of_money(line.headline), default=0.0), default=None
    )


def _best_first(
    leads: Sequence[StoryLine], newest: datetime, passing: Collection[str]
) -> tuple[StoryLine, ...]:
    """Of leads given best first the first one of the latest week or, without one, of two, of a
    month one with a summary, then the others, newest first.
    """

    def place(line: StoryLine) -> tuple[bool, ...]:
        *longer, is_old = _place(newest, passing, line)
        is_older = not line.pinned and newest - line.published > 2 * _NEW
        return *longer, line.hook is None, is_old, is_older

    best = sorted(leads, key=place)[:1]
    return (*best, *by_time(without(leads, best)))


def listing_pages(
    listing: ListingPage,
    ranked: Sequence[StoryLine],
    sides: Iterable[SideList],
    names: ListNames,
    site: SiteSettings,
    total: int,
    passing: Collection[str] = (),
    newest_week: str = "",
) -> tuple[tuple[str, ListingPage], ...]:
    """The pages of a listing: the best of the last week lead, then those of the month and of the
    months before, and none that stands at a glance or, beside those, an older one; where they are
    few, papers and releases with a sentence follow them. The others follow by date. `passing` are
    the ids of stories that are about something else.
    """
    standing = {row.story for row in listing.latest}
    may_lead = [line for line in ranked if line.leads] or [line for line in ranked if line.hook]
    newest = last_published(ranked)
    fresh = freshest_first(
        [line for line in may_lead if line.id not in standing] or may_lead, newest, passing
    )
    various = varied(fresh, _LEADS)
    papers = [
        line
        for line in without(ranked, fresh)
        if line.hook and line.lane in SIDE_LANES and line.kind not in NO_NEWS
    ]
    beside = freshest_first([line for line in papers if line.id not in standing], newest, passing)
    chosen = (*various, *without(fresh, various), *beside)[:_LEADS]
    of_months = [line for line in chosen if line.pinned or newest - line.published <= _STALE]
    leads = _best_first(of_months or chosen, newest, passing)
    words = translations(site.language)
    groups = _by_date(without(ranked, leads), site.zone, words)
    facts = words.counted(max(total, len(ranked)), "%s story", "%s stories")
    first = replace(
        listing,
        facts=facts,
        leads=leads,
        chart=activity_chart(
            listing.title,
            (local_day(line.published, site.zone) for line in ranked if line.is_dated),
            words,
            newest_week,
            is_cut=total > len(ranked),
            undated=sum(not line.is_dated for line in ranked),
        ),
        sides=tuple(side for side in sides if side.companions),
        older=max(total - len(ranked), 0),
    )
    bare = replace(
        first, leads=(), chart=None, sides=(), actions=(), latest=(), timeline=(), citations=()
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


def topics_shown(
    lines: Iterable[StoryLine], names: Mapping[str, str], but: str = ""
) -> dict[str, str]:
    """The names of the topics of some lines, if still on the list, without `but`."""
    used = {key for line in lines for key in line.topics} - {but}
    return {key: name for key, name in names.items() if key in used}


def counts_of(keys: Iterable[Iterable[str]]) -> Counter[str]:
    """The number of stories by key."""
    return Counter(key for some in keys for key in some)


def entity_side(
    name: str,
    mentions: Counter[str],
    names: ListNames,
    words: Translations,
    *kinds: EntityKind,
    but: str = "",
) -> SideList:
    """The entities of some kinds that are mentioned most, if they have a page, without `but`."""
    known = {key: names.entities[key] for key in mentions if key in names.entities and key != but}
    links = {
        key: Link(name=entity.name, url=entity_path(key))
        for key, entity in known.items()
        if entity.kind in kinds
    }
    return _side(name, mentions, links, words)


def topic_side(lines: Iterable[StoryLine], names: ListNames, words: Translations) -> SideList:
    """The most frequent topics."""
    mentions = counts_of(line.topics for line in lines)
    links = {key: Link(name=name, url=topic_path(key)) for key, name in names.topics.items()}
    return _side(words("Topics"), mentions, links, words)


def role_side(lines: Iterable[StoryLine], words: Translations) -> SideList:
    """The roles that should care most often."""
    mentions = counts_of(line.roles for line in lines)
    links: dict[str, Link] = {
        role: Link(name=words(name), url=role_path(role)) for role, name in ROLE_NAMES.items()
    }
    return _side(words("Who should care"), mentions, links, words)


def _side(
    name: str, mentions: Counter[str], links: Mapping[str, Link], words: Translations
) -> SideList:
    ranked = sorted(
        (key for key in mentions if key in links), key=lambda key: (-mentions[key], key)
    )[:_COMPANIONS]
    return SideList(
        name=name,
        companions=tuple(
            Companion(link=links[key], stories=words.number(mentions[key])) for key in ranked
        ),
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
