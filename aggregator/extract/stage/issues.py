"""Tells issues of newsletters from reports as they are read, keeps what they list, and has the
pages read that nobody else lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.domain.article import Article, NewsletterItem
from aggregator.domain.entry import DateOrigin, Entry, EntryState, SeenEntry
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.tombstone import is_barred
from aggregator.domain.source import Lane
from aggregator.domain.web.urls import canonical_url, host
from aggregator.extract.newsletter.items import issue_items
from aggregator.extract.newsletter.recognition import is_issue
from aggregator.services import Services
from aggregator.store.batches import batches
from aggregator.store.database import Connection
from aggregator.store.news import articles, entries, newsletters, tombstones

MOST_LINKED = 12  # pages of one issue that are read because it links to them
MOST_LINKED_A_RUN = 60
_MOST_AGE = timedelta(days=10)  # of an issue whose links are followed, and of a page before it
_SAME_HOST = 3  # links of one issue to one host; more is where it reads, not what it reports


def issue_listing(
    services: Services, article: Article, seen: SeenEntry, page_items: Sequence[NewsletterItem] = ()
) -> tuple[NewsletterItem, ...]:
    """What an article lists, by its page or else by its entry, if it is an issue of a newsletter;
    nothing if it is none.
    """
    source = services.sources().get(article.source_key)
    lane = source.lane if source else Lane.NEWS
    words = sum(len(passage.text.split()) for passage in article.passages if passage.n > 0)
    markup = max(seen.entry.content, seen.entry.summary, key=len) or article.text
    url, title = article.canonical_url, article.title
    if article.reserved:
        markup, page_items = "", ()
    for items in (page_items, issue_items(markup, url=url, title=title)):
        if items and is_issue(items, title=title, url=url, lane=lane, words=words):
            return tuple(items)
    return ()


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
        connection,
        [_linked(article, link, links[link], now) for link in new[: max(left, 0)]],
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
