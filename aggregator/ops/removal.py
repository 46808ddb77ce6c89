"""Forgets a source whose publisher asked for it: its texts, all that rests on them, and the pages
of stories that nobody else reported.

Other stories are analysed again without it. A tombstone stays, so that neither the source nor a
page of its own hosts is read again, whoever links to it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from aggregator.cluster.members import members, story_of_members
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.tombstone import Tombstone, is_barred, own_hosts
from aggregator.domain.publishing.edition import Correction, Edition, redacted
from aggregator.domain.settings import Settings
from aggregator.domain.source import Lane, Source
from aggregator.domain.web.urls import host
from aggregator.services import Services
from aggregator.store.database import Connection
from aggregator.store.news import articles, stories, tombstones
from aggregator.store.news.tombstones import ListedArticle
from aggregator.store.publishing import editions


@frozen
class Removal:
    """What goes with a source: its articles, the stories that only it reported, those that are
    analysed again, editions.

    `hosts` are its publisher's own, at which nothing is read from then on. `handed_over` are
    articles that it brought and others publish or brought too, each with the source that gets it.
    """

    source: Source
    hosts: tuple[str, ...]
    articles: frozenset[str]
    removed: tuple[str, ...]
    reanalysed: tuple[str, ...]
    editions: tuple[str, ...]
    shortened: tuple[Edition, ...]
    handed_over: tuple[tuple[str, str], ...]


def removal(connection: Connection, settings: Settings, key: str) -> Removal:
    """What forgetting a source would remove; a source that left the configuration is known by its
    key.
    """
    source = next(
        (source for source in settings.sources if source.key == key),
        Source(key=key, name=key, url=""),
    )
    others = [source for source in settings.sources if source.key != key]
    listed = tombstones.listed_articles(connection)
    hosts = own_hosts(
        (source.home, *(article.url for article in listed if _is_its(article, source))),
        _hosts_of(others, listed, key),
    )
    gone = [article for article in listed if _goes(article, source, hosts, others)]
    ids = frozenset(article.id for article in gone)
    resting = tombstones.stories_resting_on(connection, ids)
    left = articles.articles_of(connection, resting, passages=False)
    reanalysed = tuple(
        story_id
        for story_id in resting
        if any(article.id not in ids for article, _ in left[story_id])
    )
    removed = tuple(
        sorted({article.story_id for article in gone if article.story_id} - set(reanalysed))
    )
    titles = {article.title for article in gone}
    kept = [edition.edition for edition in editions.stored_editions(connection)]
    pairs = [(edition, redacted(edition, ids, titles, removed)) for edition in kept]
    shortened = tuple(after for before, after in pairs if after != before)
    return Removal(
        source=source,
        hosts=hosts,
        articles=ids,
        removed=removed,
        reanalysed=reanalysed,
        editions=tuple(edition.period for edition in shortened),
        shortened=shortened,
        handed_over=tuple(
            (article.id, _heir(article, others, key))
            for article in listed
            if article.source_key == key and article.id not in ids
        ),
    )


def forget(services: Services, key: str) -> Removal:
    """Removes it, in one transaction, and leaves the tombstone. The site is to be built and the
    file scrubbed after it.
    """
    now = services.clock.now()
    with services.database.writing(durable=True) as connection:
        gone = removal(connection, services.settings, key)
        tombstones.remove(
            connection, key, gone.articles, (*gone.removed, *gone.reanalysed), gone.hosts
        )
        for story_id in gone.removed:
            tombstones.mark_removed(connection, story_id)
        for article_id, heir in gone.handed_over:
            tombstones.hand_over(connection, article_id, heir)
        _remake(connection, services, gone.reanalysed)
        _shorten(connection, gone, now)
        tombstones.save_tombstone(
            connection, Tombstone(key=key, url=gone.source.url, hosts=gone.hosts, since=now)
        )
    return gone


def _is_its(listed: ListedArticle, source: Source) -> bool:
    """Whether an article is a source's own. A community lists what others publish: it owns what
    nobody else brought.
    """
    if source.lane is Lane.COMMUNITY:
        return listed.listed_by == {source.key}
    return source.key in listed.listed_by


def _hosts_of(
    others: Collection[Source], listed: Collection[ListedArticle], key: str
) -> frozenset[str]:
    """The hosts of the other sources, and those at which the articles lie that they alone brought,
    communities apart.
    """
    publishers = {other.key for other in others if other.lane is not Lane.COMMUNITY}
    theirs = (
        article.url
        for article in listed
        if article.source_key in publishers and key not in article.listed_by
    )
    return frozenset(
        name for url in (*(other.home for other in others), *theirs) if (name := host(url))
    )


def _goes(
    listed: ListedArticle, source: Source, hosts: tuple[str, ...], others: Collection[Source]
) -> bool:
    is_of_another = any(
        _is_at(other, listed) for other in others if other.lane is not Lane.COMMUNITY
    )
    return is_barred(listed.url, hosts) or (_is_its(listed, source) and not is_of_another)


def _is_at(source: Source, listed: ListedArticle) -> bool:
    """Whether an article lies at the host of a source."""
    return bool(source.url) and is_barred(listed.url, (host(source.home),))


def _heir(listed: ListedArticle, others: Collection[Source], key: str) -> str:
    """The source that an article which stays goes to: another that lists it, else the one at whose
    host it lies.
    """
    at_home = (other.key for other in others if _is_at(other, listed))
    return next(iter(sorted(listed.listed_by - {key})), None) or next(at_home)


def _remake(connection: Connection, services: Services, story_ids: Collection[str]) -> None:
    """Saves the stories as their other articles make them, to be analysed again."""
    known = {story.id: story for story in stories.stories_by_id(connection, list(story_ids))}
    for story_id, found in articles.articles_of(
        connection, list(story_ids), passages=False
    ).items():
        made = story_of_members(
            story_id, members(found, services.sources()), services.settings.site.timezone
        )
        before = known[story_id]
        again = replace(made, storyline=before.storyline, affairs=before.affairs)
        stories.save_story(connection, again)


def _shorten(connection: Connection, gone: Removal, now: datetime) -> None:
    correction = f"Content based only on {gone.source.name} was removed at its publisher’s request."
    for edition in gone.shortened:
        editions.rewrite_edition(connection, edition)
        editions.append_correction(connection, edition.period, Correction(at=now, text=correction))
