"""Notifies the receivers: of editions, of new facts about what is followed, and of the health of
the system. What is sent is claimed in the ledger first, so that nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.health import SystemHealth
from aggregator.domain.operation.notification import Notification, follow_of
from aggregator.domain.publishing.edition import StoredEdition, without
from aggregator.domain.settings import Settings
from aggregator.domain.story import PublishedStory
from aggregator.errors import NotifyError
from aggregator.log import log
from aggregator.plugins.notifications import store
from aggregator.plugins.notifications.conditions import conditions
from aggregator.plugins.notifications.messages import (
    FRESH,
    alert_message,
    edition_message,
    fact_keys,
    facts_message,
    followed_facts,
)
from aggregator.plugins.notifications.receivers import EMAIL, Receiver
from aggregator.plugins.notifications.records import (
    AlertChanges,
    FollowedFact,
    NotificationKind,
    NotificationState,
    alert_changes,
)
from aggregator.ports import Notifier
from aggregator.site.head import absolute
from aggregator.site.paths import edition_path, story_path
from aggregator.store.database import Connection, Database
from aggregator.store.news import stories
from aggregator.store.publishing import editions
from aggregator.story.stage.stored import shown_stories

_EDITION_AGE = timedelta(days=4)  # an older edition is no news
_REFUSED_FOR = timedelta(days=1)  # so long a message is tried again
_DAY = timedelta(days=1)
_MOST_FACTS = 5  # in one message
_ALERT_PAUSE = timedelta(hours=1)  # the shortest between two alerts


@frozen
class _Round:
    """One round of sending, which holds the lock of rounds."""

    database: Database
    settings: Settings
    now: datetime
    notifiers: tuple[Notifier, ...]

    def send(
        self,
        notifier: Notifier,
        kind: NotificationKind,
        keys: Mapping[str, str],
        write: Callable[[Collection[str]], Notification],
    ) -> None:
        """Claims the keys, sends the message about those that nobody sent, and records what became
        of it.
        """
        attempt = secrets.token_hex(8)
        with self.database.writing(durable=True) as connection:
            claimed = store.claim(connection, notifier.name, kind, keys, attempt, self.now)
        if not claimed:
            return
        state, reason = _sent(notifier, write(claimed))
        with self.database.writing(durable=True) as connection:
            store.end(connection, notifier.name, attempt, state, reason, self.now)
        if state is NotificationState.SENT:
            log().info("notified", receiver=notifier.name, of=kind.value)
        else:
            log().warning(
                "not notified", receiver=notifier.name, of=kind.value, state=state, reason=reason
            )


def notify_receivers(
    database: Database,
    settings: Settings,
    health: SystemHealth,
    receivers: Sequence[Receiver],
    now: datetime,
) -> None:
    """Sends what there is to send. The caller holds the lock of rounds."""
    for receiver in receivers:
        if receiver.problem:
            log().warning("receiver cannot be used", receiver=receiver.name, why=receiver.problem)
    usable = tuple(receiver.notifier for receiver in receivers if receiver.notifier)
    with database.writing(durable=True) as connection:
        doubtful = store.recover(connection, now, now - _REFUSED_FOR)
    if doubtful:
        log().warning(
            "the program stopped while notifying: see `aggregator notify list`", doubt=doubtful
        )
    current = _Round(database=database, settings=settings, now=now, notifiers=usable)
    _send_health(current, health)
    if settings.notify.edition:
        _send_editions(current)
    if settings.notify.follow:
        _send_facts(current)


def _sent(notifier: Notifier, message: Notification) -> tuple[NotificationState, str]:
    try:
        asyncio.run(notifier.send(message))
    except NotifyError as error:
        refused = NotificationState.REFUSED if error.is_certain else NotificationState.DOUBT
        return refused, error.reason
    return NotificationState.SENT, ""


def _send_health(current: _Round, health: SystemHealth) -> None:
    """Conditions that began or are over; recorded once every receiver has them."""
    settings, database = current.settings, current.database
    with database.reading() as connection:
        known = store.recent_alerts(connection)
    found = alert_changes(conditions(health, settings.alerts), known, health.now, _ALERT_PAUSE)
    if not found.is_any or not current.notifiers:
        return
    ended = {alert.key: alert.ended.isoformat() for alert in reversed(known) if alert.ended}
    begun = {
        f"begun:{condition.key}:{ended.get(condition.key, '')}": condition
        for condition in found.begun
    }
    over = {f"over:{alert.key}:{alert.since.isoformat()}": alert for alert in found.over}
    keys = dict.fromkeys((*begun, *over), "")

    def write(claimed: Collection[str]) -> Notification:
        changes = AlertChanges(
            begun=tuple(item for key, item in begun.items() if key in claimed),
            over=tuple(item for key, item in over.items() if key in claimed),
        )
        return alert_message(changes, settings.site, health.now)

    for notifier in current.notifiers:
        current.send(notifier, NotificationKind.HEALTH, keys, write)
    with database.writing(durable=True) as connection:
        settled = [
            store.settled_keys(connection, notifier.name, list(keys))
            for notifier in current.notifiers
        ]
        done = frozenset.intersection(*settled)
        store.begin_alerts(
            connection, [item for key, item in begun.items() if key in done], health.now
        )
        store.end_alerts(connection, [over[key].key for key in over if key in done], health.now)


def _send_editions(current: _Round) -> None:
    settings = current.settings
    with current.database.reading() as connection:
        dropped = stories.dropped(connection)
        news = [
            without(stored, dropped)
            for stored in editions.stored_editions(connection)
            if stored.edition.published > current.now - _EDITION_AGE
            and editions.approval(connection, stored.edition.period) != "held"
        ]
    for stored in sorted(news, key=lambda stored: stored.edition.published):
        path = edition_path(stored.edition.period)
        if not _is_published(settings, path):
            continue
        for notifier in current.notifiers:
            if notifier.name != EMAIL:  # editions have their own mail
                current.send(
                    notifier,
                    NotificationKind.EDITION,
                    {f"edition:{stored.edition.period}": ""},
                    partial(_edition, stored, path, settings),
                )


def _edition(
    stored: StoredEdition, path: str, settings: Settings, _: Collection[str]
) -> Notification:
    return edition_message(stored.edition, absolute(settings.site, path), settings.site)


def _send_facts(current: _Round) -> None:
    settings, now = current.settings, current.now
    with current.database.reading() as connection:
        ids = store.stories_learnt_since(connection, now - FRESH)
        shown = shown_stories(connection, settings, ids) if ids else ()
        news = [
            (notifier, *_facts(connection, current, notifier, shown))
            for notifier in current.notifiers
        ]
    for notifier, facts, room in news:
        if not facts:
            continue
        if room < 1:
            log().info("facts wait", receiver=notifier.name, facts=len(facts))
            continue
        listed = facts[:_MOST_FACTS]
        # the last message of a day counts what it does not list, so that nothing lapses in silence
        sent = facts if room == 1 else listed
        current.send(
            notifier,
            NotificationKind.FACT,
            {key: fact.story_id for fact in sent for key in fact.keys},
            partial(_message, listed, sent, settings),
        )


def _facts(
    connection: Connection, current: _Round, notifier: Notifier, shown: Sequence[PublishedStory]
) -> tuple[tuple[FollowedFact, ...], int]:
    """What is new to a receiver, and how many messages it may still get today."""
    settings, now = current.settings, current.now
    follows = [follow for entry in settings.notify.follow if (follow := follow_of(entry))]
    paths = {story.story.id: story_path(story.story) for story in shown if story.has_page}
    facts = followed_facts(
        shown,
        follows,
        {
            story_id: absolute(settings.site, path)
            for story_id, path in paths.items()
            if _is_published(settings, path)
        },
        store.last_of_stories(connection, notifier.name, list(paths)),
        store.settled_keys(
            connection, notifier.name, [key for story in shown for key in fact_keys(story)]
        ),
        now,
    )
    used = store.sent_since(connection, notifier.name, now - _DAY)
    return facts, settings.notify.most_a_day - used


def _message(
    listed: Sequence[FollowedFact],
    sent: Sequence[FollowedFact],
    settings: Settings,
    claimed: Collection[str],
) -> Notification:
    shown = [fact for fact in listed if fact.key in claimed]
    more = sum(fact.key in claimed for fact in sent) - len(shown)
    return facts_message(shown, more, settings.site)


def _is_published(settings: Settings, path: str) -> bool:
    """Whether a link leads somewhere: a run may be about to build the page. Where another machine
    has the site's folder, nobody can tell.
    """
    output = Path(settings.site.output)
    return not output.is_dir() or (output / path / "index.html").exists()
