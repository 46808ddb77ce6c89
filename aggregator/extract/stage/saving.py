"""Saves what became of reading an article: its text, what its feed has of it, or its headline.

Issues of newsletters are told from reports as they are saved; what they list is kept, and pages
that nobody else lists are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.crawl.page_outcome import PageFailed
from aggregator.domain.article import Article, NewsletterItem, PageText, Read
from aggregator.domain.entry import DateOrigin, Entry, EntryState, SeenEntry
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.tombstone import is_barred
from aggregator.domain.page_template import Sighting
from aggregator.domain.source import Lane
from aggregator.domain.web.urls import canonical_url, host
from aggregator.extract.page.assemble import (
    FeedText,
    article_from_feed,
    article_from_page,
    without_text,
)
from aggregator.extract.stage.readmission import admit
from aggregator.hooks.plugins import plugins
from aggregator.services import Services, Tally
from aggregator.store.database import Connection
from aggregator.store.news import articles, entries, newsletters, sources, tombstones
from aggregator.store.news.articles import KnownArticle
from aggregator.store.rows import batches

MOST_LINKED = 12  # pages of one issue that are read because it links to them
MOST_LINKED_A_RUN = 60
_MOST_AGE = timedelta(days=10)  # of an issue whose links are followed, and of a page before it
_SAME_HOST = 3  # links of one issue to one host; more is where it reads, not what it reports


@frozen
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
            sources.add_sighting(connection, *sighted, now.date())


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
    article = replace(article, is_issue=bool(items), is_linked=bool(feed.seen.issue_id))
    article = admit(services, article)
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


def issue_listing(
    services: Services, article: Article, seen: SeenEntry, page_items: Sequence[NewsletterItem] = ()
) -> tuple[NewsletterItem, ...]:
    """What an article lists, by its page or else by its entry, if it is an issue of a newsletter;
    nothing if it is none.
    """
    source = services.sources().get(article.source_key)
    markup = max(seen.entry.content, seen.entry.summary, key=len) or article.text
    if article.reserved:
        markup, page_items = "", ()
    return plugins().all(
        "issue_items",
        article=article,
        lane=source.lane if source else Lane.NEWS,
        markup=markup,
        items=page_items,
    )


def save_issue(
    connection: Connection, article: Article, items: Sequence[NewsletterItem], now: datetime
) -> None:
    """Keeps what an issue lists, and has the pages read that it links to and nobody lists."""
    newsletters.save_items(connection, article.id, items)
    if article.backlog or now - article.published.at > _MOST_AGE:
        return
    links = _links_to_follow(items, host(article.url))
    known = newsletters.articles_at(connection, links)
    barred = tombstones.barred_hosts(connection)
    new = [link for link in links if link not in known and not is_barred(link, barred)][
        :MOST_LINKED
    ]
    left = MOST_LINKED_A_RUN - entries.pending_links(connection)
    entries.save_entries(
        connection, [_linked(article, link, links[link], now) for link in new[: max(left, 0)]]
    )


def look_back(services: Services) -> None:
    """Decides of the articles that were stored before anybody looked whether they are issues."""
    with services.database.reading() as connection:
        waiting = newsletters.articles_not_looked_at(connection)
    for some in batches(waiting):
        with services.database.writing() as connection:
            found = articles.articles_with_text(connection, some)
            seen: dict[str, SeenEntry] = {}
            for entry in entries.entries_of(connection, some):
                best = seen.setdefault(entry.article_id, entry)
                if len(entry.entry.content) > len(best.entry.content):
                    seen[entry.article_id] = entry
            issues = {}
            for article in found:
                if article.id in seen and (
                    items := issue_listing(services, article, seen[article.id])
                ):
                    issues[article.id] = items
            for issue_id, items in issues.items():
                newsletters.save_items(connection, issue_id, items)
            newsletters.mark_issues(connection, issues, is_issue=True)
            newsletters.mark_issues(connection, set(some) - issues.keys(), is_issue=False)


def can_be_report(article: Article, issue_published: datetime) -> bool:
    """Whether a page that an issue links to may be what the issue reports: it says when it was
    published, and that is not long before the issue.
    """
    is_dated = article.published.origin is not DateOrigin.FIRST_SEEN
    return is_dated and article.published.at >= issue_published - _MOST_AGE


def _links_to_follow(items: Sequence[NewsletterItem], own: str) -> dict[str, str]:
    """The addresses that items link to first, with the titles of the items, in reading order."""
    first = {link: item.title for item in reversed(items) for link in item.links[:1]}
    hosts = Counter(host(link) for item in items for link in item.links)
    return {
        link: first[link]
        for item in items
        for link in item.links[:1]
        if hosts[host(link)] <= _SAME_HOST and host(link) != own
    }


def _linked(issue: Article, link: str, title: str, now: datetime) -> SeenEntry:
    address = canonical_url(link) or link
    return SeenEntry(
        entry=Entry(source_key=issue.source_key, guid=f"linked:{address}", url=link, title=title),
        article_id=stable_id("article", address),
        first_seen=now,
        state=EntryState.PENDING,
        issue_id=issue.id,
    )


def titled_by_page(seen: SeenEntry, title: str) -> SeenEntry:
    """A linked entry with the title of its page in place of the newsletter's words."""
    return replace(seen, entry=replace(seen.entry, title=title or seen.entry.title))
