"""Which facts are news about what the operator follows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.domain.claim import Claim, ClaimKind
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.notification import (
    Follow,
    FollowedFact,
    FollowKind,
    has_words,
    shortened,
)
from aggregator.domain.story import HistoryEntry, HistoryKind, PublishedStory

FRESH = timedelta(days=2)  # what we learnt before is no news: a first run does not send the archive
_PUBLISHED = timedelta(days=4)  # nor is an old report that we only found now
_ADDED_AGAIN = timedelta(days=1)  # a running story adds something every hour
_MOST_FACT = 280  # characters
_MOST_HEADLINE = 120


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
    by_id = {member.article.id: member for member in (*story.background, *story.members)}
    for citation in claim.citations:
        if member := by_id.get(citation.article_id):
            yield member.source_name, member.article.url


def _story_key(published: PublishedStory) -> str:
    return f"story:{published.story.id}"


def _key(published: PublishedStory, entry: HistoryEntry) -> str:
    """The words and where they stand: each analysis numbers its facts again."""
    return f"fact:{published.story.id}:{stable_id(entry.passage, entry.text)}"
