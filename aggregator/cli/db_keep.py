"""`db prune`, and the nightly work of `run`: copies of the database, and what is forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.context import Invocation, pass_invocation

if TYPE_CHECKING:
    from aggregator.domain.settings import Settings


@click.command()
@pass_invocation
def prune(invocation: Invocation) -> None:
    """Forget what [retention] does not keep. Stories, claims, quotes and editions stay."""
    from aggregator.cli.progress import set_up_log

    settings = invocation.settings()
    set_up_log(verbose=invocation.verbose)
    forgotten = pruned(settings)
    told = ", ".join(f"{count} {what}" for what, count in forgotten.items())
    invocation.result({"forgotten": forgotten}, f"Forgotten: {told}.")


def pruned(settings: Settings) -> dict[str, int]:
    """What was forgotten, by rule, under the lock of a run. Raises RunningError, DatabaseError."""
    from aggregator.adapters.clock import SystemClock
    from aggregator.bootstrap import open_database, run_lock
    from aggregator.ops.retention import retention_stage

    clock = SystemClock()
    with open_database(settings.database) as database, run_lock(settings.database):
        database.upgrade(clock.now())
        return retention_stage(database, settings.retention, clock)


def backed_up(settings: Settings) -> Path:
    """The copy of the database that was made. Raises DatabaseError."""
    from aggregator.adapters.clock import SystemClock
    from aggregator.bootstrap import open_database
    from aggregator.ops.backup import backup_stage

    with open_database(settings.database) as database:
        return backup_stage(
            database, Path(settings.retention.folder), settings.retention.backups, SystemClock()
        )
