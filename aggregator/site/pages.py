"""The pages of stories, editions, lists and the search; those that every site has once are in
`fixed_pages`.

A pure function of the content, without clock or state of a run, so a rebuild without news changes
no byte. A list is built from the line cache alone, so only changed lists are built.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from aggregator.domain.outline import Relation
from aggregator.domain.publishing.page import Page, list_page, page_with_exports
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.site.cards import with_card
from aggregator.site.content import SiteContent
from aggregator.site.edition.exports import edition_json_text
from aggregator.site.edition.page import edition_pages, editions_page
from aggregator.site.edition.records import EditionPage
from aggregator.site.head import absolute
from aggregator.site.line_cache import WEEK, LineCache
from aggregator.site.lists.lines import StoryLine
from aggregator.site.lists.notices import (
    Moved,
    RedirectPage,
    edition_redirect,
    redirect,
    redirect_json_text,
    redirect_markdown,
    removed_page,
)
from aggregator.site.lists.subject_page import ENTITIES, ROLES, TOPICS
from aggregator.site.paths import above, topic_path
from aggregator.site.publish.added import with_added
from aggregator.site.search.pages import search_pages
from aggregator.site.server_files import redirects_page
from aggregator.site.story.json_export import story_json_text
from aggregator.site.story.markdown import edition_markdown, story_markdown
from aggregator.site.story.page import story_page
from aggregator.site.story.records import Neighbours, PageRelated
from aggregator.templating.translation import translations
from aggregator.verify.quoted_context import Contexts

_NO_CONTEXTS: Contexts = MappingProxyType({})


def story_files(
    published: PublishedStory,
    others: Sequence[PublishedStory],
    related: Sequence[Relation],
    lines: Mapping[str, StoryLine],
    content: SiteContent,
    site: SiteSettings,
    neighbours: Neighbours,
    contexts: Contexts = _NO_CONTEXTS,
) -> tuple[Page, ...]:
    """The page of a story with its exports, and its card.

    `others` are the stories whose dates its timeline shows, `lines` those of related stories,
    `contexts` the words around its quotations.
    """
    found = _related(related, lines, site)
    names = content.names
    page = story_page(
        published,
        site,
        others,
        related=found,
        topic_names=names.topics,
        listed=names.entities.keys(),
        contexts=contexts,
        neighbours=neighbours,
    )
    if own := content.parts.get(("story", published.story.id)):
        page = replace(page, parts=(*page.parts, *own))
    page, cards = with_card(page, published.story, site, content.card_renderer, content.kept)
    markdown = partial(story_markdown, words=translations(site.language), zone=site.zone)
    shown = page_with_exports(page.path, "story.html", page, story_json_text, markdown)
    return (*cards, with_added(shown, "story_files", story_json_text(page), site))


def moved_pages(
    content: SiteContent,
    cache: LineCache,
    editions: Sequence[EditionPage],
    former: Sequence[str],
    site: SiteSettings,
) -> Iterator[Page]:
    """What stands at the addresses that have lost their page: redirects, with the file that lists
    them, and notices of removal. `former` are the folders of all pages that ended.
    """
    moved = {page.path: page for page in redirects(content, cache, site)}
    left = [path for path in former if path not in moved and path not in content.removed]
    moved |= {page.path: page for page in _of_ended_lists(left, former, site)}
    for page in moved.values():
        yield _redirect_files(page)
    for path in content.removed:
        yield removed_page(path, site, on_request=True)
    for path in left:
        if path not in moved:
            yield removed_page(path, site, on_request=False)
    weeks = [page.line for page in editions if page.line.kind is PeriodKind.WEEK]
    of_editions = (edition_redirect(line, site) for line in weeks)
    yield redirects_page((*of_editions, *(moved[path] for path in sorted(moved))), site)


def _of_ended_lists(
    paths: Iterable[str], former: Collection[str], site: SiteSettings
) -> Iterator[RedirectPage]:
    """Redirects from ended lists to those that they were a part of."""
    words = translations(site.language)
    names = {
        TOPICS: words("Topics"),
        ROLES: words("By role"),
        ENTITIES: words("Names in the news"),
        "source/": words("Sources"),
        "edition/": words("Editions"),
        "archive/": words("Archive"),
    }
    for path in paths:
        if to := next((other for other in above(path) if other not in former), ""):
            yield redirect(Moved.LIST, path, to, names.get(to) or absolute(site, to), site)


def edition_groups(
    editions: Sequence[EditionPage], content: SiteContent, cache: LineCache, site: SiteSettings
) -> Iterator[tuple[str, Iterable[Page]]]:
    """The pages of each edition by its period, and their list under no period. That of the newest
    week with stories stands at `week/` too, that of the newest day at `day/`.
    """
    newest_week = max(cache.counts(WEEK), default="")
    newest_day = max(
        (edition.line.period for edition in editions if edition.line.kind is PeriodKind.DAY),
        default="",
    )
    markdown = partial(edition_markdown, words=translations(site.language), zone=site.zone)
    for edition in editions:
        shown, cards = with_card(edition, None, site, content.card_renderer)
        shown = replace(shown, parts=content.parts.get(("period", edition.line.period), ()))
        is_newest = edition.line.period in {newest_week, newest_day}
        paths = [shown.line.path, *([f"{edition.line.kind.value}/"] if is_newest else [])]
        pages = [
            with_added(
                page_with_exports(path, "edition.html", shown, edition_json_text, markdown),
                "edition_files",
                edition_json_text(shown),
                site,
            )
            for path in paths
        ]
        if edition.line.kind is PeriodKind.WEEK:
            pages.append(_redirect_files(edition_redirect(edition.line, site)))
        yield edition.line.period, (*cards, *pages)
    yield (
        "",
        (
            list_page(
                "edition/", "editions.html", editions_page(editions, content.edition_due, site)
            ),
        ),
    )


def search_group(content: SiteContent, cache: LineCache, site: SiteSettings) -> Iterator[Page]:
    """The page and the files of the search."""
    return search_pages(
        cache.documents(), site, {key: topic_path(key) for key in content.names.topics}
    )


def redirects(
    content: SiteContent, cache: LineCache, site: SiteSettings
) -> tuple[RedirectPage, ...]:
    """The redirects, by old path: to a story, or to the source of one that has no page."""
    into = {**content.unpaged, **content.redirects}
    lines = cache.lines_of(sorted(set(into.values())))
    names = {status.source.key: status.source.name for status in content.statuses}
    of_issues = {
        path: redirect(Moved.ISSUE, path, f"source/{key}/", names[key], site)
        for path, key in content.retired.items()
        if key in names
    }
    of_stories = {
        path: redirect(Moved.BARE, path, f"source/{line.sources[0]}/", line.source, site)
        if line.url
        else redirect(Moved.STORY, path, line.path, line.headline, site)
        for path, story_id in into.items()
        if (line := lines.get(story_id))
    }
    return tuple(page for _, page in sorted({**of_issues, **of_stories}.items()))


def _redirect_files(page: RedirectPage) -> Page:
    return page_with_exports(
        page.path, "redirect.html", page, redirect_json_text, redirect_markdown
    )


def composed_editions(
    content: SiteContent, cache: LineCache, site: SiteSettings
) -> tuple[EditionPage, ...]:
    """The records of the editions' pages, each kind by period."""
    story_ids = sorted(
        {story.id for edition in content.editions for story in edition.edition.stories()}
    )
    paths_with_page = {line.path for line in cache.lines_of(story_ids).values() if not line.url} | {
        page.path for page in redirects(content, cache, site)
    }
    return edition_pages(
        content.editions, paths_with_page, site, content.topic_names, cache.counts(WEEK).keys()
    )


def _related(
    relations: Sequence[Relation], lines: Mapping[str, StoryLine], site: SiteSettings
) -> tuple[PageRelated, ...]:
    found = (
        (lines[relation.story_id], relation)
        for relation in relations
        if relation.story_id in lines and not lines[relation.story_id].url
    )
    return tuple(
        PageRelated(
            headline=line.headline,
            lang=line.lang,
            path=line.path,
            url=absolute(site, line.path),
            reason=relation.reason,
            about=relation.about,
        )
        for line, relation in found
    )
