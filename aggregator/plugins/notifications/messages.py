"""What is notified: facts that are news about what the operator follows, and the texts of
notifications. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.domain.claim import Claim, ClaimKind
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.notification import Follow, FollowKind, Notification
from aggregator.domain.publishing.edition import Edition
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import HistoryEntry, HistoryKind, PublishedStory, by_article
from aggregator.plugins.notifications.records import (
    AlertChanges,
    FollowedFact,
    has_words,
    shortened,
)

FRESH = timedelta(days=2)  # what we learnt before is no news: a first run does not send the archive
_PUBLISHED = timedelta(days=4)  # nor is an old report that we only found now
_ADDED_AGAIN = timedelta(days=1)  # a running story adds something every hour
_MOST_FACT = 280  # characters
_MOST_HEADLINE = 120
_LINES = 3  # of an edition
_MOST_LINE = 160  # characters
_MOST_NAMES = 3


def followed_facts(
    stories: Sequence[PublishedStory],
    follows: Sequence[Follow],
    pages: Mapping[str, str],
    last: Mapping[str, datetime],
    settled: Collection[str],
    now: datetime,
) -> tuple[FollowedFact, ...]:
    """The new facts, in the order of the stories, at most one a story: what opens its page where
    none of it was sent, else what a later report changed or added.

    `pages` has the URL of each story that has a page, `last` when a fact of it was sent, `settled`
    the keys that are over. What only adds to a story waits for a day after the last.
    """
    found = []
    for published in stories:
        story = published.story
        if story.id not in pages:
            continue
        sent = last.get(story.id)
        fact = (
            _update(published, follows, pages, sent, settled, now)
            if sent or story.first_seen < now - FRESH
            else _opening(published, follows, pages, now)
        )
        if fact and fact.key not in settled:
            found.append(fact)
    return tuple(found)


def fact_keys(published: PublishedStory) -> tuple[str, ...]:
    """The keys by which the ledger knows a story's facts."""
    return (_story_key(published), *(_key(published, entry) for entry in published.story.history))


def _opening(
    published: PublishedStory, follows: Sequence[Follow], pages: Mapping[str, str], now: datetime
) -> FollowedFact | None:
    story, kept = published.story, published.analysis.kept
    claims = [claim for claim in (kept.hook, *kept.what_changed, kept.headline) if claim]
    claim = next((claim for claim in claims if _source(published, claim)), None)
    if claim is None or story.published < now - _PUBLISHED:
        return None
    because = _because(published, follows, claim.text)
    if not because:
        return None
    rest = tuple(_key(published, entry) for entry in story.history)
    return _fact(published, claim, because, pages[story.id], (_story_key(published), *rest))


def _update(
    published: PublishedStory,
    follows: Sequence[Follow],
    pages: Mapping[str, str],
    sent: datetime | None,
    settled: Collection[str],
    now: datetime,
) -> FollowedFact | None:
    entries = [
        entry
        for entry in published.story.news_since(now - FRESH)
        if _key(published, entry) not in settled
    ]
    is_early = sent is not None and now - sent < _ADDED_AGAIN
    told = [
        (entry, because)
        for entry in sorted(entries, key=lambda entry: entry.kind is not HistoryKind.CHANGED)
        if not (is_early and entry.kind is HistoryKind.ADDED)
        and (because := _because(published, follows, entry.text))
        and _source(published, entry.claim)
    ]
    if not told:
        return None
    first, because = told[0]
    keys = [_key(published, first)]
    keys += [_key(published, entry) for entry in entries if entry is not first]
    return _fact(published, first.claim, because, pages[published.story.id], tuple(keys))


def _fact(
    published: PublishedStory, claim: Claim, because: str, page: str, keys: tuple[str, ...]
) -> FollowedFact:
    source, url = next(_sources(published, claim))
    text = shortened(claim.text, _MOST_FACT)
    return FollowedFact(
        key=keys[0],
        story_id=published.story.id,
        because=because,
        headline=shortened(published.headline.text, _MOST_HEADLINE),
        text=f"“{text}”" if claim.kind is ClaimKind.EXTRACTED else text,
        source=source,
        source_url=url,
        page=page,
        rest=keys[1:],
    )


def _because(published: PublishedStory, follows: Sequence[Follow], text: str) -> str:
    """The name of what is followed and this is about; empty if it is about nothing followed."""
    found = (_name(published, follow, text) for follow in follows)
    return next((name for name in found if name), "")


def _name(published: PublishedStory, follow: Follow, text: str) -> str:
    story, shown = published.story, f"{published.headline.text}\n{text}"
    if follow.kind is FollowKind.WORD:
        return follow.value if has_words(shown, follow.value) else ""
    if follow.kind is FollowKind.TOPIC:
        return follow.value if follow.value in story.topics else ""
    entity = next((entity for entity in story.entities if entity.key == follow.value), None)
    # a story names many in passing: it is about the one it names most, and those it opens with
    if entity and (entity is story.entities[0] or has_words(shown, entity.name)):
        return entity.name
    return ""


def _source(published: PublishedStory, claim: Claim) -> tuple[str, str] | None:
    return next(_sources(published, claim), None)


def _sources(published: PublishedStory, claim: Claim) -> Iterator[tuple[str, str]]:
    """Name and URL of the articles that a claim cites."""
    story = published.story
    by_id = by_article((*story.background, *story.members))
    for citation in claim.citations:
        if member := by_id.get(citation.article_id):
            yield member.source_name, member.article.url


def _story_key(published: PublishedStory) -> str:
    return f"story:{published.story.id}"


def _key(published: PublishedStory, entry: HistoryEntry) -> str:
    """The words and where they stand: each analysis numbers its facts again."""
    return f"fact:{published.story.id}:{stable_id(entry.passage, entry.text)}"


def edition_message(edition: Edition, url: str, site: SiteSettings) -> Notification:
    """An edition: its title, three lines, its link."""
    heads = [story.headline for story in edition.stories() if story.headline != edition.title]
    lines = [f"• {shortened(head, _MOST_LINE)}" for head in heads[:_LINES]]
    return Notification(
        id=stable_id("edition", url, edition.published.isoformat()),
        title=f"{site.title}: {shortened(edition.title, _MOST_LINE)}",
        text="\n".join((*lines, url)),
    )


def facts_message(facts: Sequence[FollowedFact], more: int, site: SiteSettings) -> Notification:
    """New facts, each with its source and the page of its story; `more` are counted only."""
    if len(facts) == 1 and not more:
        title = f"{facts[0].because}: {facts[0].headline}"
    else:
        names = list(dict.fromkeys(fact.because for fact in facts))
        others = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        title = f"{len(facts) + more} new facts: {', '.join(names[:_MOST_NAMES])}{others}"
    parts = [
        f"{fact.because}: {fact.text}\n{fact.source}: {fact.source_url}\n{fact.page}"
        for fact in facts
    ]
    if more:
        parts.append(
            f"{more} more are not listed: the daily limit of messages is reached"
            f" (notify.most_a_day). {site.base_url}"
        )
    return Notification(
        id=stable_id("facts", *(fact.key for fact in facts)),
        title=f"{site.title}: {title}",
        text="\n\n".join(parts),
    )


def alert_message(found: AlertChanges, site: SiteSettings, now: datetime) -> Notification:
    """The health of the system: what began and what to do, then what is over."""
    lines = [f"{condition.what}\n  -> {condition.remedy}" for condition in found.begun]
    lines += [
        f"resolved: {alert.what}\n  (since {alert.since:%Y-%m-%d %H:%M} UTC)"
        for alert in found.over
    ]
    return Notification(
        id=stable_id(now.isoformat(), *lines),
        title=f"{site.title}: {_subject(found)}",
        text="\n\n".join((*lines, f"{site.base_url} at {now:%Y-%m-%d %H:%M} UTC\n")),
    )


def trial_message(site: SiteSettings, now: datetime) -> Notification:
    """The message of `notify test`."""
    return Notification(
        id=stable_id("test", now.isoformat()),
        title=f"{site.title}: a test",
        text=f"This receiver is set up. {site.base_url} at {now:%Y-%m-%d %H:%M} UTC\n",
    )


def _subject(found: AlertChanges) -> str:
    first = found.begun[0].what if found.begun else f"resolved: {found.over[0].what}"
    more = len(found.begun) + len(found.over) - 1
    return f"{first} (and {more} more)" if more else first
