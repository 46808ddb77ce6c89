"""The reading stage: turns pending entries into articles with passages."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime

from aggregator.crawl.crawler import fetch_pages, reserved_addresses
from aggregator.crawl.page_outcome import (
    PageClosed,
    PageFailed,
    PageFetched,
    PageOutcome,
    PageRequest,
    unreadable_page,
)
from aggregator.crawl.robots import RobotsRules
from aggregator.domain.article import PageText, Read
from aggregator.domain.entry import Entry, SeenEntry, Unreadable
from aggregator.domain.fetch_state import SourceDay
from aggregator.domain.frozen import grouped
from aggregator.domain.operation.report import Failure
from aggregator.domain.operation.tombstone import REMOVED, is_barred
from aggregator.domain.page_template import Sighting, Template, template
from aggregator.domain.web.address import Address
from aggregator.domain.web.urls import host, origin
from aggregator.domain.wording import N_
from aggregator.extract.feed.wrapped_links import HIDDEN_ADDRESS, hides_address
from aggregator.extract.page.assemble import (
    FeedText,
    article_from_feed,
    best_feed_text,
    without_text,
)
from aggregator.extract.stage.readmission import admit, readmit
from aggregator.extract.stage.saving import (
    Retry,
    look_back,
    save_article,
    save_closed,
    save_page,
    save_without_page,
)
from aggregator.ports import Response
from aggregator.services import Services, Tally, Watch
from aggregator.store.database import Connection
from aggregator.store.news import articles, entries, sources, tombstones
from aggregator.store.news.articles import KnownArticle
from aggregator.store.rows import batches

_NO_LINK = N_("its feed gives no link")
_FEED_BATCH = 100  # articles from feed texts in one transaction


async def read_stage(
    services: Services, watch: Watch, tally: Tally, within: Collection[str] | None = None
) -> None:
    """Turns pending entries into articles: from the feed where it carries the text, else from the
    page, else an excerpt.

    `within` limits it to the articles of one work unit. Pages that issues of newsletters link to
    are read in the same run, but for a work unit, whose pages are all of one domain.
    """
    if within is None:
        look_back(services)
        readmit(services, everything=False)
    await _read(services, watch, tally, within)
    if within is None:
        with services.database.reading() as connection:
            is_any_linked = entries.pending_links(connection) > 0
        if is_any_linked:
            await _read(services, watch, tally, within)


async def _read(
    services: Services, watch: Watch, tally: Tally, within: Collection[str] | None
) -> None:
    now, fetch = services.clock.now(), services.settings.fetch
    with services.database.reading() as connection:
        rules = RobotsRules(services.web, fetch.user_agent, now, sources.robots_files(connection))
        failures = dict(articles.pages_due(connection, now))
        pending = entries.pending_entries(connection, within)
        if within is not None:
            failures = {key: times for key, times in failures.items() if key in within}
        wanted = sorted({entry.article_id for entry in pending} | failures.keys())
        known = articles.known_articles(connection, wanted)
        texts = {
            text.seen.article_id: text
            for text in _feed_texts(entries.entries_of(connection, wanted))
        }
    whole = {key for key, text in texts.items() if _is_whole(text, known.get(key))}
    revised = {
        entry.article_id for entry in pending if _is_revised(entry, known.get(entry.article_id))
    }
    changed = {key for key in whole & (revised | failures.keys()) if not texts[key].text.full}
    settled = {key for key in whole if not (key in changed and known[key].may_ask(now))}
    open_ = {key: text for key, text in texts.items() if key not in settled}
    unasked = {
        key
        for key, text in open_.items()
        if _unasked(text.seen.entry) or not _may_ask(known.get(key), now)
    }
    from_feed = [text for key, text in open_.items() if text.text.full or key in unasked]
    asks = [
        PageRequest(article_id=key, url=text.seen.entry.url, failures=failures.get(key, 0))
        for key, text in open_.items()
        if not text.text.full and key not in unasked
    ]
    watch.stage("articles", len(from_feed) + len(asks))
    _mark_settled(
        services, settled, {key: known[key].next_reading(now) for key in changed & settled}
    )
    _adopt(services, [texts[key] for key in sorted(settled) if known[key].is_linked])
    closing = (
        await reserved_addresses(rules, {text.seen.entry.url for text in from_feed})
        if fetch.respect_robots
        else {}
    )
    _save_feed_texts(services, from_feed, known, closing, watch, tally)
    await _read_pages(services, rules, asks, texts, known, watch, tally)
    with services.database.writing() as connection:
        sources.save_robots(connection, rules.files())


def _feed_texts(seen: Sequence[SeenEntry]) -> tuple[FeedText, ...]:
    of_article = grouped((entry.article_id, entry) for entry in seen)
    return tuple(map(best_feed_text, of_article.values()))


def _is_whole(text: FeedText, known: KnownArticle | None) -> bool:
    """Whether the article is read in full, so that only a change of its page matters; no if its own
    feed carries the text.
    """
    return (
        known is not None
        and known.read is Read.FULL
        and not (text.text.full and text.seen.entry.source_key == known.source_key)
    )


def _is_revised(seen: SeenEntry, known: KnownArticle | None) -> bool:
    """Whether an entry that was known when its page was read has changed since; a new entry of
    another feed is no change.
    """
    return known is not None and known.page_read is not None and seen.first_seen <= known.page_read


def _unasked(entry: Entry) -> str | None:
    """Why the page of an entry is never asked for, whatever is known of it."""
    if entry.is_unlinked:
        return _NO_LINK
    return HIDDEN_ADDRESS if hides_address(entry.url) else None


def _may_ask(known: KnownArticle | None, now: datetime) -> bool:
    return known is None or known.may_ask(now)


def _mark_settled(
    services: Services, settled: set[str], next_readings: Mapping[str, datetime | None]
) -> None:
    """Marks their entries as read, and stores when a page that a feed reports as changed is read
    again.
    """
    if settled:
        with services.database.writing() as connection:
            for article_id in sorted(settled):
                entries.mark_read(connection, article_id)
            for article_id, due in sorted(next_readings.items()):
                articles.retry_page(connection, article_id, page_due=due, page_failures=0)


def _adopt(services: Services, texts: Sequence[FeedText]) -> None:
    """Gives articles that were known from newsletters alone to the sources that list them now."""
    listed = [text.seen for text in texts if not text.seen.issue_id]
    if listed:
        with services.database.writing() as connection:
            titles = {seen.article_id: seen.entry for seen in listed}
            for known in articles.articles_with_text(connection, sorted(titles)):
                entry = titles[known.id]
                _, *text = known.passages
                headline = replace(known.passages[0], text=entry.title, verdicts="")
                own = replace(known, source_key=entry.source_key, title=entry.title)
                own = replace(own, is_labelled=False, passages=(headline, *text))
                articles.adopt(connection, admit(services, own))


def _save_feed_texts(
    services: Services,
    texts: Sequence[FeedText],
    known: Mapping[str, KnownArticle],
    closing: Mapping[str, str],
    watch: Watch,
    tally: Tally,
) -> None:
    """Stores the texts from the feeds; an excerpt whose page is not to be fetched yet keeps its
    reason and its next try.

    `closing` holds the reservation of each address whose text is closed to AI systems: only its
    headline is stored.
    """
    now = services.clock.now()
    for some in batches(texts, _FEED_BATCH):
        with services.database.writing() as connection:
            for text in some:
                before = None if text.text.full else known.get(text.seen.article_id)
                hidden = _unasked(text.seen.entry)
                article, digest = article_from_feed(
                    text, shortfall=before.shortfall if before else hidden, now=now
                )
                due, failures = (before.page_due, before.page_failures) if before else (None, 0)
                if word := closing.get(text.seen.entry.url):
                    article, digest = without_text(article, word)
                    entries.forget_texts(connection, article.id)
                new = save_article(
                    services,
                    connection,
                    text,
                    article,
                    digest,
                    now,
                    retry=Retry(due=due, failures=failures),
                )
                tally.counts["articles_new"] += new
                watch.step(article.title)


async def _read_pages(
    services: Services,
    rules: RobotsRules,
    asks: Sequence[PageRequest],
    texts: Mapping[str, FeedText],
    known: Mapping[str, KnownArticle],
    watch: Watch,
    tally: Tally,
) -> None:
    now, fetch = services.clock.now(), services.settings.fetch
    reader = _PageReader(services, now)
    found = fetch_pages(services.web, rules, asks, now, respect_robots=fetch.respect_robots)
    async with aclosing(found):
        async for outcomes in found:
            pages = await reader.read(outcomes)
            with services.database.writing() as connection:
                sources.add_to_days(
                    connection,
                    [
                        SourceDay(
                            source_key=texts[outcome.article_id].seen.entry.source_key,
                            day=now.date(),
                            pages=1,
                            walled=int(not isinstance(page, PageClosed) and page.is_walled),
                        )
                        for outcome, page in zip(outcomes, pages, strict=True)
                    ],
                )
                for outcome, page in zip(outcomes, pages, strict=True):
                    key = outcome.article_id
                    _save_page(
                        services, connection, texts[key], outcome, page, now, tally, known.get(key)
                    )
            for outcome in outcomes:
                watch.step(texts[outcome.article_id].seen.entry.title)
    for (source, reason), count in sorted(tally.page_failures.items()):
        tally.failures.append(Failure(source=source, stage="page", reason=reason, pages=count))


def _save_page(
    services: Services,
    connection: Connection,
    feed: FeedText,
    outcome: PageOutcome,
    page: PageText | PageFailed | PageClosed,
    now: datetime,
    tally: Tally,
    known: KnownArticle | None,
) -> None:
    if isinstance(page, PageClosed):
        save_closed(services, connection, feed, page.reserved, now, tally)
    elif isinstance(page, PageFailed):
        save_without_page(services, connection, feed, page, now, tally, known)
    else:
        sighted = _sighted(outcome, page)
        save_page(services, connection, feed, page, now, tally, known, sighted)


class _PageReader:
    """Reads fetched pages, each with the layout of its host as it is known when the host is first
    met.
    """

    def __init__(self, services: Services, now: datetime) -> None:
        self._services, self._now = services, now
        self._templates: dict[str, Template | None] = {}

    async def read(
        self, outcomes: Sequence[PageOutcome]
    ) -> list[PageText | PageFailed | PageClosed]:
        """The text of each page, all read at once, or why there is none."""
        fetched = {host(each.response.url) for each in outcomes if isinstance(each, PageFetched)}
        if not fetched:
            return [each for each in outcomes if not isinstance(each, PageFetched)]
        with self._services.database.reading() as connection:
            barred = tombstones.barred_hosts(connection)
            for name in sorted(fetched - self._templates.keys()):
                layout = sources.layout_of(connection, name, self._now.date())
                self._templates[name] = template(layout)
        return await asyncio.gather(*(self._read(each, barred) for each in outcomes))

    async def _read(
        self, outcome: PageOutcome, barred: Collection[str]
    ) -> PageText | PageFailed | PageClosed:
        if not isinstance(outcome, PageFetched):
            return outcome
        response = outcome.response
        if is_barred(response.url, barred):  # a redirect led there
            return PageClosed(article_id=outcome.article_id, reserved=REMOVED)
        page = await self._services.parsers.page(
            response.body,
            url=response.url,
            content_type=response.content_type,
            template=self._templates[host(response.url)],
        )
        if isinstance(page, Unreadable):
            return unreadable_page(outcome, page.reason, self._now)
        if page.reserved:
            return PageClosed(article_id=outcome.article_id, reserved=page.reserved)
        return _found_at(page, response)


def _found_at(page: PageText, response: Response) -> PageText:
    """The page, with the address after redirects as its canonical URL if it names none itself."""
    is_elsewhere = bool(response.hops) and response.url != f"{origin(response.url)}/"
    # With its secrets, since it identifies the article: it is compared, and never shown.
    found = Address(response.url).unmasked()
    return replace(page, canonical_url=found) if is_elsewhere and not page.canonical_url else page


def _sighted(outcome: PageOutcome, page: PageText) -> tuple[str, Sighting] | None:
    """The host and the sighting of its layout; None where the page shows none."""
    is_sighted = page.sighting.pages or page.sighting.odd
    return (
        (host(outcome.response.url), page.sighting)
        if isinstance(outcome, PageFetched) and is_sighted
        else None
    )
