"""`notify test|list`."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.context import (
    Invocation,
    Printed,
    awaited,
    moment,
    pass_invocation,
    pass_settings,
    table,
)
from aggregator.errors import AggregatorError, NotifyError
from aggregator.hooks.plugins import plugins
from aggregator.templating.shape import shape

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings
    from aggregator.plugins.notifications.receivers import Receiver
    from aggregator.plugins.notifications.records import NotificationRecord, NotificationState

_record_object = shape("changed receiver kind state of=key reason", changed=datetime.isoformat)
_NOBODY = "no receivers: set notify.to or alerts.to"
_SHOWN = 20  # rows of the list


@click.group()
def notify() -> None:
    """Send short messages to chats, phones and webhooks."""


@notify.command("test")
@pass_invocation
def test_receivers(invocation: Invocation) -> None:
    """Send a test message to each receiver and show the outcome.

    Exit code 1 if any message was not sent.
    """
    from aggregator.plugins.notifications.messages import trial_message
    from aggregator.plugins.notifications.receivers import receivers

    settings = invocation.settings()
    now = moment()
    others = plugins().all("notifiers", settings=settings)
    found = receivers(settings, os.environ, now, others)
    if not found:
        raise AggregatorError(_NOBODY)
    message = trial_message(settings.site, now)
    rows = [_tried(receiver, message) for receiver in found]
    text = table(("receiver", "result", "why"), [tuple(row.values()) for row in rows])
    invocation.result({"receivers": rows}, text)
    if failed := [row["receiver"] for row in rows if row["result"] != "sent"]:
        raise AggregatorError(f"not sent: {', '.join(failed)}; see docs/notifications.md")


@notify.command("list")
@pass_settings
def list_notifications(settings: Settings) -> Printed:
    """List receivers and recent notifications, with outcomes."""
    from aggregator.bootstrap import open_stored
    from aggregator.plugins.notifications import store
    from aggregator.plugins.notifications.receivers import receivers

    others = plugins().all("notifiers", settings=settings)
    found = receivers(settings, os.environ, moment(), others)
    records: tuple[NotificationRecord, ...] = ()
    counted: dict[str, dict[NotificationState, int]] = {}
    with open_stored(settings.database) as connection:
        if connection:
            records = store.recent(connection)
            counted = store.counts(connection)
    names = list(dict.fromkeys((*(receiver.name for receiver in found), *counted)))
    problems = {receiver.name: receiver.problem for receiver in found}
    listed: list[dict[str, Any]] = [
        {
            "receiver": name,
            "problem": problems.get(name, "not in the settings any more"),
            **{state.value: count for state, count in counted.get(name, {}).items()},
        }
        for name in names
    ]
    newest = [*map(_record_object, records)]
    return {"receivers": listed, "notifications": newest}, _text(listed, newest)


def _tried(receiver: Receiver, message: Any) -> dict[str, str]:
    if receiver.notifier is None:
        return {"receiver": receiver.name, "result": "not usable", "why": receiver.problem}
    try:
        awaited(receiver.notifier.send(message))
    except NotifyError as error:
        result = "refused" if error.is_certain else "in doubt"
        return {"receiver": receiver.name, "result": result, "why": error.reason}
    return {"receiver": receiver.name, "result": "sent", "why": ""}


def _text(listed: list[dict[str, Any]], newest: list[dict[str, str]]) -> str:
    if not listed:
        return f"{_NOBODY.capitalize()}."
    states = ("sent", "sending", "refused", "failed", "doubt")
    head = table(
        ("receiver", *states, "problem"),
        [
            (row["receiver"], *(str(row.get(state, 0)) for state in states), row["problem"])
            for row in listed
        ],
    )
    if not newest:
        return f"{head}\n\nNo notification yet; test messages are not recorded."
    rows = [tuple(row.values()) for row in newest[:_SHOWN]]
    return f"{head}\n\n{table(('changed', 'receiver', 'kind', 'state', 'of', 'reason'), rows)}"
