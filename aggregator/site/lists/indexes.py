"""The pages that list all topics, all roles and all entities with a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from aggregator.domain.dates import local_day
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.news_section import topic_section
from aggregator.domain.publishing.newsroom import role_name
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Entity
from aggregator.english.text import slug
from aggregator.site.head import Head, absolute
from aggregator.site.lists.actions import RoleAction, role_actions
from aggregator.site.lists.leads import freshest_first, last_published
from aggregator.site.lists.lines import StoryLine, by_importance
from aggregator.site.lists.subject_page import ENTITIES, ROLES, TOPICS, role_section
from aggregator.site.paths import entity_path, role_path, topic_path
from aggregator.site.story.tags import KIND_NAMES
from aggregator.templating.translation import IN_ENGLISH, Translations, translations

_MOST_NAMED = 12  # entities above the list by kind, if that is at least three times as long
_MOST_TOPS = 10  # of a listing; the others before it may show nine of them


@frozen
class IndexLine:
    """A listing in the list of all. `path` is empty before it has a page, `tops` are its best
    stories; the page shows the first that no other listing shows, `section` the one whose colour
    it has, if any, `action` the first of what a role could do next.
    """

    name: str
    path: str
    stories: str
    tops: tuple[StoryLine, ...] = ()
    section: str = ""
    action: RoleAction | None = None


@frozen
class IndexGroup:
    """Listings of one kind; `name` is empty where there is one kind only."""

    name: str
    anchor: str
    lines: tuple[IndexLine, ...]


@frozen
class IndexPage:
    """All topics, roles or entities. `parts` are those of plugins."""

    head: Head
    title: str
    note: str
    empty: str
    groups: tuple[IndexGroup, ...]
    parts: tuple[PagePart, ...] = ()


def topic_line(
    key: str,
    name: str,
    total: int,
    tops: Sequence[StoryLine],
    words: Translations = IN_ENGLISH,
    *,
    has_page: bool = True,
) -> IndexLine:
    """A topic in the list of all, with its best story."""
    return IndexLine(
        name=name,
        path=topic_path(key) if has_page else "",
        stories=_stories(total, words),
        tops=tuple(tops),
        section=topic_section(key),
    )


def role_line(
    role: str, total: int, tops: Sequence[StoryLine], site: SiteSettings, *, has_page: bool = True
) -> IndexLine:
    """A role in the list of all, with its best story and the first of what to do next."""
    words = translations(site.language)
    newest = local_day(last_published(tops), site.zone) if tops else date.min
    actions = role_actions(tops, newest, site.zone, words)
    return IndexLine(
        name=words(role_name(role)),
        path=role_path(role) if has_page else "",
        stories=_stories(total, words),
        tops=tuple(tops),
        section=role_section(role),
        action=next((action for action in actions if action.todo.role == role), None),
    )


def topics_page(
    lines: Iterable[IndexLine], site: SiteSettings, parts: tuple[PagePart, ...] = ()
) -> IndexPage:
    """The list of all topics, in the order of the registry."""
    words = translations(site.language)
    return IndexPage(
        head=_head(
            words("Topics"), words("All topics, each with one of its top stories."), TOPICS, site
        ),
        title=words("Topics"),
        note=words(
            "Each topic with one of its top stories. Topics are assigned automatically"
            " from the wording of the articles."
        ),
        empty=words(
            "No topics are configured. The list comes with the program and can be changed"
            " in registry.toml."
        ),
        groups=_alone(lines, words),
        parts=parts,
    )


def roles_page(lines: Iterable[IndexLine], site: SiteSettings) -> IndexPage:
    """The list of all roles."""
    words = translations(site.language)
    return IndexPage(
        head=_head(
            words("By role"),
            words("The stories that concern each role."),
            ROLES,
            site,
        ),
        title=words("By role"),
        note=words(
            "A story is listed under the roles that its page names; if it names none, under"
            " those of its section."
        ),
        empty=words("No roles are configured."),
        groups=_alone(lines, words),
    )


def entities_page(stories: Iterable[tuple[Entity, int]], site: SiteSettings) -> IndexPage:
    """The list of all entities with a page, each with the number of its stories: those with the
    most where there are many, then all by kind and name.
    """
    words = translations(site.language)
    named = sorted(stories, key=lambda entity: (entity[0].name.casefold(), entity[0].key))
    most = sorted(named, key=lambda entity: -entity[1])[:_MOST_NAMED]
    groups = (
        _named(words("In the most stories"), most if len(named) >= 3 * _MOST_NAMED else (), words),
        *(
            _named(words(name), (entity for entity in named if entity[0].kind is kind), words)
            for kind, name in KIND_NAMES.items()
        ),
    )
    return IndexPage(
        head=_head(
            words("Names in the news"),
            words("Companies, models, products, people and laws in the news."),
            ENTITIES,
            site,
        ),
        title=words("Names in the news"),
        note=words("Names in the news, and how many stories each has."),
        empty=words(
            "Every company, model, product, person and law that three stories mention will be"
            " listed here."
        ),
        groups=tuple(group for group in groups if group.lines),
    )


def _named(name: str, stories: Iterable[tuple[Entity, int]], words: Translations) -> IndexGroup:
    return IndexGroup(
        name=name,
        anchor=slug(name),
        lines=tuple(
            IndexLine(name=entity.name, path=entity_path(entity.key), stories=words.number(number))
            for entity, number in stories
        ),
    )


def _alone(lines: Iterable[IndexLine], words: Translations) -> tuple[IndexGroup, ...]:
    """Those with stories, each with the best that none before it shows, or else its best; then the
    others.
    """
    shown: set[str] = set()
    shown_lines = []
    for line in lines:
        tops = ([top for top in line.tops if top.id not in shown] or line.tops)[:1]
        shown.update(top.id for top in tops)
        shown_lines.append(replace(line, tops=tuple(tops)))
    told = tuple(line for line in shown_lines if line.stories)
    bare = tuple(line for line in shown_lines if not line.stories)
    groups = (
        IndexGroup(name="", anchor="", lines=told),
        IndexGroup(name=words("No story yet"), anchor="none", lines=bare),
    )
    return tuple(group for group in groups if group.lines)


def _stories(total: int, words: Translations) -> str:
    return words.counted(total, "%s story", "%s stories") if total else ""


def tops(lines: Iterable[StoryLine]) -> tuple[StoryLine, ...]:
    """The best stories of a list: those that may lead first, of these those of the last month."""
    ranked = by_importance(lines)
    may_lead = [line for line in ranked if line.leads]
    others = [line for line in ranked if not line.leads]
    return (*freshest_first(may_lead, last_published(ranked)), *others)[:_MOST_TOPS]


def _head(title: str, description: str, path: str, site: SiteSettings) -> Head:
    return Head(title=title, description=description, url=absolute(site, path), place="topic")
