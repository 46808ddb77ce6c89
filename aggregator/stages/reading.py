"""Stage two: pending entries become articles with passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from datetime import datetime

from aggregator.domain.article import Article, PageText, Read
from aggregator.domain.entry import SeenEntry
from aggregator.domain.report import Failure
from aggregator.domain.source import SourceDay
from aggregator.extract.assemble import FeedText, article_from_feed, article_from_page, closed, feed_text
from aggregator.extract.reading import Unreadable
from aggregator.fetch.outcome import PageAsk, PageClosed, PageFailed, PageFetched, PageOutcome, unreadable_page
from aggregator.fetch.robots import RobotsRules
from aggregator.fetch.run import ask_pages, reservations
from aggregator.stages.services import Services, Tally, Watch
from aggregator.store import articles, entries, robots, sources
from aggregator.store.articles import KnownArticle

_FEED_BATCH = 100  # articles from feed texts in one transaction


async def read_stage(services: Services, watch: Watch, tally: Tally) -> None:
    """Turns pending entries into articles: from the feed where it carries the text, else from the page, else an excerpt."""
    now, fetch = services.clock.now(), services.settings.fetch
    with services.database.reading() as connection:
        rules = RobotsRules(services.web, fetch.user_agent, now, robots.robots_files(connection))
        failures = dict(articles.pages_due(connection, now))
        wanted = {each.article_id for each in entries.pending_entries(connection)} | failures.keys()
        known = articles.known_articles(connection, sorted(wanted))
        texts = {each.seen.article_id: each for each in _feed_texts(entries.entries_of(connection, sorted(wanted)))}
    settled = {key for key, text in texts.items() if _is_settled(text, known.get(key))}
    open_ = {key: text for key, text in texts.items() if key not in settled}
    waiting = {key for key, text in open_.items() if not text.text.full and key in known and not known[key].may_ask(now)}
    from_feed = [text for key, text in open_.items() if text.text.full or key in waiting]
    asks = [
        PageAsk(article_id=key, url=text.seen.entry.url, failures=failures.get(key, 0))
        for key, text in open_.items()
        if not text.text.full and key not in waiting
    ]
    watch.stage("articles", len(from_feed) + len(asks))
    _mark_settled(services, settled)
    closing = await reservations(rules, {each.seen.entry.url for each in from_feed}) if fetch.respect_robots else {}
    _save_feed_texts(services, from_feed, known, closing, watch, tally)
    await _read_pages(services, rules, asks, texts, known.keys(), watch, tally)
    with services.database.writing() as connection:
        robots.save_robots(connection, rules.files())


def _feed_texts(seen: Sequence[SeenEntry]) -> tuple[FeedText, ...]:
    grouped: dict[str, list[SeenEntry]] = {}
    for each in seen:
        grouped.setdefault(each.article_id, []).append(each)
    return tuple(feed_text(several) for several in grouped.values())


def _is_settled(text: FeedText, known: KnownArticle | None) -> bool:
    """A full article is read again only where the feed that it came from tells its text anew."""
    return (
        known is not None and known.read is Read.FULL and not (text.text.full and text.seen.entry.source_key == known.source_key)
    )


def _mark_settled(services: Services, settled: set[str]) -> None:
    if settled:
        with services.database.writing() as connection:
            for article_id in sorted(settled):
                entries.mark_read(connection, article_id)


def _save_feed_texts(
    services: Services,
    texts: Sequence[FeedText],
    known: Mapping[str, KnownArticle],
    closing: Mapping[str, str],
    watch: Watch,
    tally: Tally,
) -> None:
    """Stores what the feeds tell; an excerpt whose page is not to be asked yet keeps its reason and its next try.

    `closing` are the words by which the texts at some addresses are closed to AI systems: of those the headline is kept.
    """
    now = services.clock.now()
    for start in range(0, len(texts), _FEED_BATCH):
        with services.database.writing() as connection:
            for text in texts[start : start + _FEED_BATCH]:
                before = None if text.text.full else known.get(text.seen.article_id)
                article, digest = article_from_feed(text, shortfall=before.shortfall if before else None, now=now)
                due, failures = (before.page_due, before.page_failures) if before else (None, 0)
                if word := closing.get(text.seen.entry.url):
                    article, digest = closed(article, word)
                    entries.forget_texts(connection, article.id)
                new = articles.save_article(connection, article, digest=digest, now=now, page_due=due, page_failures=failures)
                entries.mark_read(connection, article.id)
                tally.counts["articles_new"] += new
                watch.step(article.title)


async def _read_pages(
    services: Services,
    rules: RobotsRules,
    asks: Sequence[PageAsk],
    texts: Mapping[str, FeedText],
    known: Set[str],
    watch: Watch,
    tally: Tally,
) -> None:
    now, fetch = services.clock.now(), services.settings.fetch
    asked, walled = Counter[str](), Counter[str]()
    async for outcome in ask_pages(services.web, rules, asks, now, respect_robots=fetch.respect_robots):
        feed = texts[outcome.article_id]
        read = await _page_read(services, outcome, now)
        asked[feed.seen.entry.source_key] += 1
        walled[feed.seen.entry.source_key] += not isinstance(read, PageClosed) and read.is_walled
        if isinstance(read, PageClosed):
            _save_closed(services, feed, read.reserved, now, tally)
        elif isinstance(read, PageFailed):
            _save_without_page(services, feed, read, now, tally, is_known=read.article_id in known)
        else:
            _save_article(services, *article_from_page(feed, read, now=now), now, tally)
        watch.step(feed.seen.entry.title)
    with services.database.writing() as connection:
        days = [SourceDay(source_key=key, day=now.date(), pages=asked[key], walled=walled[key]) for key in sorted(asked)]
        sources.add_to_days(connection, days)
    for (source, reason), count in sorted(tally.page_failures.items()):
        tally.failures.append(Failure(source=source, stage="page", reason=reason, pages=count))


async def _page_read(services: Services, outcome: PageOutcome, now: datetime) -> PageText | PageFailed | PageClosed:
    if not isinstance(outcome, PageFetched):
        return outcome
    response = outcome.response
    page = await services.parsers.page(response.body, url=response.url, content_type=response.content_type)
    if isinstance(page, Unreadable):
        return unreadable_page(outcome, page.reason, now)
    return PageClosed(article_id=outcome.article_id, reserved=page.reserved) if page.reserved else page


def _save_without_page(
    services: Services, feed: FeedText, failed: PageFailed, now: datetime, tally: Tally, *, is_known: bool
) -> None:
    """A page that cannot be had leaves what the feed gave, marked so, and is asked again at its own next try."""
    tally.counts["articles_failed"] += 1
    tally.page_failures[feed.seen.entry.source_key, failed.reason] += 1
    with services.database.writing() as connection:
        if is_known:
            articles.retry_page(connection, failed.article_id, page_due=failed.next_try, page_failures=failed.failures)
        else:
            article, digest = article_from_feed(feed, shortfall=failed.shortfall, now=now)
            tally.counts["articles_new"] += articles.save_article(
                connection, article, digest=digest, now=now, page_due=failed.next_try, page_failures=failed.failures
            )
        entries.mark_read(connection, failed.article_id)


def _save_closed(services: Services, feed: FeedText, word: str, now: datetime, tally: Tally) -> None:
    """Of a page that is closed to AI systems, headline and link are kept, and nothing that a feed told of its text."""
    article, digest = closed(article_from_feed(feed, shortfall=None, now=now)[0], word)
    with services.database.writing() as connection:
        entries.forget_texts(connection, article.id)
    _save_article(services, article, digest, now, tally)


def _save_article(services: Services, article: Article, digest: str, now: datetime, tally: Tally) -> None:
    with services.database.writing() as connection:
        new = articles.save_article(connection, article, digest=digest, now=now, page_due=None, page_failures=0)
        entries.mark_read(connection, article.id)
    tally.counts["articles_new"] += new
