"""The texts of notifications. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregator.domain.ids import stable_id
from aggregator.domain.operation.health import AlertChanges
from aggregator.domain.operation.notification import FollowedFact, Notification, shortened
from aggregator.domain.publishing.edition import Edition
from aggregator.domain.settings import SiteSettings

_LINES = 3  # of an edition
_MOST_LINE = 160  # characters
_MOST_NAMES = 3


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
            f"{more} more are not listed, because no more messages are sent today"
            f" (notify.most_a_day): {site.base_url}"
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
