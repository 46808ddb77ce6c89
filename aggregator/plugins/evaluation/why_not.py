"""Explains why an address is not published, from what was stored at the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from aggregator.crawl.relevance import off_topic_word, relevance_model, unwanted
from aggregator.domain.article import Article
from aggregator.domain.entry import Entry, EntryState, SeenEntry
from aggregator.domain.fetch_state import FetchState
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.override import Overrides
from aggregator.domain.publishing.newsroom import subject
from aggregator.domain.settings import Settings
from aggregator.domain.source import Source
from aggregator.domain.web.urls import host
from aggregator.plugins.evaluation import store
from aggregator.plugins.evaluation.explain import (
    IN_LISTS,
    ON_SITE,
    StoryExplanation,
    story_explanation,
)
from aggregator.site.labels import READ_NAMES
from aggregator.store.database import Connection
from aggregator.store.news import articles, entries, placements
from aggregator.store.news import sources as stored_sources

_MOST_NAMED = 5  # sources in one sentence


@frozen
class AddressExplanation:
    """What became of an address, step by step up to where it stopped; `story` is the one that has
    it, if any.
    """

    url: str
    found: bool
    steps: tuple[str, ...]
    remedy: str
    story: StoryExplanation | None


def address_explanation(
    connection: Connection, settings: Settings, overrides: Overrides, url: str, now: datetime
) -> AddressExplanation:
    """What became of an address: known or not, read or not, and its story with the place there."""
    sources = {source.key: source for source in settings.sources}
    article_id = placements.article_at(connection, url)
    seen = entries.entries_at(connection, url, article_id)
    known = articles.articles_by_id(connection, [article_id]) if article_id else {}
    states = stored_sources.fetch_states(connection)
    shares = _shares(connection, seen)
    steps = [_listed(entry, sources, states, shares) for entry in seen]
    if not known:
        near = [source for source in settings.sources if host(url) in source.hosts]
        return AddressExplanation(
            url=url,
            found=bool(seen),
            steps=tuple(steps) or (_never_listed(near),),
            remedy=_remedy(seen, near),
            story=None,
        )
    ((article, _),) = known.values()
    steps.append(_read(article))
    story_id = store.story_of(connection, article.id)
    story = story_explanation(connection, settings, overrides, story_id, now) if story_id else None
    if story is None:
        is_dropped = any(
            placements.article_at(connection, drop.url) == article.id
            for drop in overrides.drop
            if drop.url
        )
        why, remedy = _without_story(article, is_dropped=is_dropped)
        return AddressExplanation(
            url=url, found=True, steps=(*steps, why), remedy=remedy, story=None
        )
    return AddressExplanation(
        url=url,
        found=True,
        steps=(*steps, _place(story, article)),
        remedy=_advice(article, story),
        story=story,
    )


def _without_story(article: Article, *, is_dropped: bool) -> tuple[str, str]:
    """Why an article is in no story, and what to do about it."""
    if article.is_issue:
        return (
            "it is a newsletter issue: its items count towards other stories",
            "nothing; its source's page lists it",
        )
    if is_dropped:
        return (
            "overrides.toml drops it",
            "remove the entry from overrides.toml and run `aggregator build`",
        )
    return "it has no story yet; the next refresh assigns one", "run `aggregator refresh`"


def _shares(connection: Connection, seen: Sequence[SeenEntry]) -> dict[str, float]:
    """The share of entries about the subject of the sources that left one out, by key."""
    keys = {found.entry.source_key for found in seen if found.state is EntryState.OFF_TOPIC}
    model = relevance_model()
    return {key: model.topic_share(entries.latest_of(connection, key)) for key in sorted(keys)}


def _listed(
    seen: SeenEntry,
    sources: Mapping[str, Source],
    states: Mapping[str, FetchState],
    shares: Mapping[str, float],
) -> str:
    """What one feed said of the address, and what was made of that."""
    entry, source = seen.entry, sources.get(seen.entry.source_key)
    name = source.name if source else f"{entry.source_key}, which is no longer a source"
    dated = f", dated {entry.published.at:%Y-%m-%d}" if entry.published else ""
    listed = f"listed by {name}, first seen {seen.first_seen:%Y-%m-%d %H:%M} UTC{dated}"
    match seen.state:
        case EntryState.FILTERED:
            return (
                f"{listed}: filtered out, as"
                f" {unwanted(entry, source) if source else 'a rule of the source'}"
            )
        case EntryState.OFF_TOPIC:
            return f"{listed}: left out as off topic: {_off_topic(entry, shares[entry.source_key])}"
        case EntryState.OLD:
            return f"{listed}: recorded but not read: older than fetch.max_age_days when first seen"
        case EntryState.HELD:
            state = states.get(entry.source_key)
            return (
                f"{listed}: held back: the source is in quarantine"
                f" ({state.quarantine_reason if state else 'no reason recorded'})"
            )
        case EntryState.PENDING:
            return f"{listed}: waiting to be read"
        case EntryState.READ:
            return f"{listed}: read"


def _never_listed(near: Sequence[Source]) -> str:
    names = [source.name if source.enabled else f"{source.name} (off)" for source in near]
    if len(names) > _MOST_NAMED:
        names[_MOST_NAMED:] = [f"{len(names) - _MOST_NAMED} more"]
    return f"no feed listed it; sources at its host: {', '.join(names) or 'none'}"


def _off_topic(entry: Entry, share: float) -> str:
    """Why an entry counts as about something else."""
    if word := off_topic_word(entry):
        return f"it has “{word}”, one of the subject's `off_topic` words in registry.toml"
    about, probability = subject().name, relevance_model().probability(entry, share)
    return (
        f"the probability that its title and summary are about {about} is {probability:.0%}; about"
        f" {about} in this source's list: {share:.0%} is"
    )


def _remedy(seen: Sequence[SeenEntry], near: Sequence[Source]) -> str:
    states = {entry.state for entry in seen}
    if not seen:
        off = [source.key for source in near if not source.enabled]
        switch = f"switch one on: `aggregator sources enable {off[0]}`; or " if off else ""
        return f"{switch}add a source that lists it: `aggregator sources add URL`"
    if EntryState.PENDING in states:
        return "run `aggregator refresh`"
    if EntryState.HELD in states:
        return (
            "check the source with `aggregator sources check`; held entries are read when"
            " it recovers"
        )
    if EntryState.OFF_TOPIC in states:
        return (
            'set `scope = "subject"` for the source to read everything from now on; entries left'
            " out before stay out"
        )
    if EntryState.FILTERED in states:
        return (
            "change include, exclude, categories or languages of the source; entries"
            " filtered before stay out"
        )
    return "raise fetch.max_age_days before the source is fetched for the first time"


def _read(article: Article) -> str:
    closed = (
        f"; closed to AI systems by its publisher ({article.reserved}): only headline and link are"
        " kept"
        if article.reserved
        else ""
    )
    walled = "; the rest is behind a paywall" if article.is_walled else ""
    shortfall = f", because of {article.shortfall}" if article.shortfall else ""
    return f"{READ_NAMES[article.read]}{shortfall}{closed}{walled}"


def _place(story: StoryExplanation, article: Article) -> str:
    member = next(member for member in story.members if member.url == article.url)
    copied = f" as a copy of {member.copy_of}" if member.copy_of else ""
    return (
        f"in the story “{story.headline}” ({story.id}){copied}:"
        f" {member.because or 'no reason recorded'}; {story.standing}"
    )


def _advice(article: Article, story: StoryExplanation) -> str:
    if story.standing not in {ON_SITE, IN_LISTS}:
        return (
            "`overrides.toml` and `aggregator explain` say what to do about the story"
            if story.overrides
            else "run `aggregator refresh`"
        )
    if article.reserved:
        return "nothing: its publisher does not allow it"
    if story.standing == IN_LISTS:
        return "nothing; it gets a page once more than its headline can be shown"
    return (
        f"it is on the site: {story.url}. To keep it at the top of lists and in editions,"
        " use [[pin]] in overrides.toml"
    )
