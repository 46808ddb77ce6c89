"""The hooks of `notifications`: its command, and the messages after a run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aggregator.domain.settings import Settings
from aggregator.hooks.specifications import hook


@hook
def commands() -> Iterable[Any]:
    """`notify`."""
    from aggregator.plugins.notifications.command import notify

    return (notify,)


@hook
def after_run(settings: Settings, now: datetime) -> None:
    """Sends what there is to send to the receivers."""
    from aggregator.plugins.notifications.notifications import notify

    notify(settings, now)
