"""The hooks of `workers`: their command, and the refresh that is handed to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aggregator.domain.settings import Settings
from aggregator.hooks.specifications import hook


@hook
def commands() -> Iterable[Any]:
    """`worker`."""
    from aggregator.plugins.workers.command import worker

    return (worker,)


@hook
def enqueue_refresh(settings: Settings, now: datetime | None, everything: bool) -> Iterable[bool]:
    """Has workers refresh; False where they do already."""
    from aggregator.cli.context import awaited
    from aggregator.plugins.workers.run import start_for

    return (awaited(start_for(settings, now, everything=everything)),)
