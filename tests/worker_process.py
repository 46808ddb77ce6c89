"""`aggregator worker` for tests: one that tells twice a second that it lives, so that its death is
soon known.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from aggregator.cli.progress import Lines
from aggregator.cli.refresh import scheduled_work
from aggregator.config.configuration import load
from aggregator.plugins.workers.run import WorkerOptions, work


def main(arguments: Sequence[str]) -> None:
    """Works until it is stopped."""
    config, heartbeat_s = arguments
    settings = load(Path(config), os.environ)
    asyncio.run(
        work(
            settings,
            WorkerOptions(concurrency=2, heartbeat_s=float(heartbeat_s)),
            scheduled_work(settings),
            Lines(),
        )
    )
