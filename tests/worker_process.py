"""`aggregator worker` for tests: one that tells twice a second that it lives, so that its death is
soon known.

`python -m tests.worker_process CONFIG HEARTBEAT_S`
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from aggregator.cli.progress import Lines
from aggregator.cli.refresh import scheduled_work
from aggregator.config.configuration import load
from aggregator.workers.run import WorkerOptions, work


def main() -> None:
    """Works until it is stopped."""
    settings = load(Path(sys.argv[1]), os.environ)
    asyncio.run(
        work(
            settings,
            WorkerOptions(concurrency=2, heartbeat_s=float(sys.argv[2])),
            scheduled_work(settings),
            Lines(),
        )
    )


if __name__ == "__main__":
    main()
