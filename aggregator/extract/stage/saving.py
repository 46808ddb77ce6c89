"""Saves what became of reading an article: its text, what its feed has of it, or its headline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.crawl.page_outcome import PageFailed
from aggregator.domain.article import Article, PageText, Read
from aggregator.domain.page_template import Sighting
from aggregator.domain.web.urls import host
from aggregator.extract.page.assemble import (
    FeedText,
    article_from_feed,
    article_from_page,
    without_text,
)
from aggregator.extract.stage.issues import (
    can_be_report,
    issue_listing,
    save_issue,
    titled_by_page,
)
from aggregator.extract.statements import with_safe_headline
from aggregator.services import Services, Tally
from aggregator.store.database import Connection
from aggregator.store.news import articles, entries, layouts
from aggregator.store.news.articles import KnownArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """When the page of an article is asked again, None if it is not, and how often it failed."""

    due: datetime | None = None
    failures: int = 0


_NO_RETRY = Retry()


def save_without_page(
    services: Services,
    connection: Connection,
    feed: FeedText,
    failed: PageFailed,
    now: datetime,
    tally: Tally,
    known: KnownArticle | None,
) -> None:
    """Stores the feed's text for a page that cannot be fetched, with the reason and the next try.

    An article that was read in full before keeps its text.
    """
    if known and known.read is Read.FULL:
        _keep(connection, failed.article_id, now)
        return
    if feed.seen.issue_id:
        entries.give_up(connection, failed.article_id)
        return
    tally.counts["articles_failed"] += 1
    tally.page_failures[feed.seen.entry.source_key, failed.reason] += 1
    if known:
        articles.retry_page(
            connection, failed.article_id, page_due=failed.next_try, page_failures=failed.failures
        )
    else:
        article, digest = article_from_feed(feed, shortfall=failed.shortfall, now=now)
        tally.counts["articles_new"] += save_article(
            services,
            connection,
            feed,
            article,
            digest,
            now,
            retry=Retry(due=failed.next_try, failures=failed.failures),
        )
    entries.mark_read(connection, failed.article_id)


def save_page(
    services: Services,
    connection: Connection,
    feed: FeedText,
    page: PageText,
    now: datetime,
    tally: Tally,
    known: KnownArticle | None,
    sighted: tuple[str, Sighting] | None,
) -> None:
    """Stores the text of the page; a text once read in full is not replaced by less.

    A page that only an issue of a newsletter links to is stored if it can be a report.
    """
    if feed.seen.issue_id:
        feed = replace(feed, seen=titled_by_page(feed.seen, page.title))
    article, digest = article_from_page(feed, page, now=now)
    if known and known.read is Read.FULL and article.read is not Read.FULL:
        _keep(connection, article.id, now)
    elif feed.seen.issue_id and not _is_report(connection, feed, article):
        entries.give_up(connection, article.id)
    else:
        tally.counts["articles_new"] += save_article(
            services, connection, feed, article, digest, now, page=page
        )
        if sighted:
            layouts.add_sighting(connection, *sighted, now.date())


def save_closed(
    services: Services,
    connection: Connection,
    feed: FeedText,
    word: str,
    now: datetime,
    tally: Tally,
) -> None:
    """Stores headline and link of a page that is closed to AI systems, and no text, not even the
    feed's.
    """
    if feed.seen.issue_id:
        entries.give_up(connection, feed.seen.article_id)
        return
    article, digest = without_text(article_from_feed(feed, shortfall=None, now=now)[0], word)
    entries.forget_texts(connection, article.id)
    tally.counts["articles_new"] += save_article(
        services, connection, feed, article, digest, now, page=PageText()
    )


def save_article(
    services: Services,
    connection: Connection,
    feed: FeedText,
    article: Article,
    digest: str,
    now: datetime,
    *,
    page: PageText | None = None,
    retry: Retry = _NO_RETRY,
) -> bool:
    """Stores an article, with what it lists if it is an issue; returns whether it is new text."""
    items = issue_listing(services, article, feed.seen, page.items if page else ())
    article = replace(
        _named(services, article), is_issue=bool(items), is_linked=bool(feed.seen.issue_id)
    )
    is_new = articles.save_article(
        connection,
        article,
        digest=digest,
        now=now,
        page_due=retry.due,
        page_failures=retry.failures,
        page_read=now if page else None,
    )
    entries.mark_read(connection, article.id)
    if items:
        save_issue(connection, article, items, now)
    return is_new


def _is_report(connection: Connection, feed: FeedText, article: Article) -> bool:
    issue = articles.articles_by_id(connection, [feed.seen.issue_id]).get(feed.seen.issue_id)
    return (
        issue is not None
        and article.read is Read.FULL
        and can_be_report(article, issue[0].published.at)
    )


def _keep(connection: Connection, article_id: str, now: datetime) -> None:
    articles.keep_text(connection, article_id, now)
    entries.mark_read(connection, article_id)


def _named(services: Services, article: Article) -> Article:
    """The article with a headline that may be shown; its digest stays that of the published one."""
    source = services.sources().get(article.source_key)
    return with_safe_headline(
        article, source.shown_name if source else host(article.url), services.settings.site.language
    )
