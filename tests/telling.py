"""The stages that tell stale stories, without those before and after."""

from __future__ import annotations

from itertools import dropwhile

from aggregator.pipeline import STAGES, Mode, Work
from aggregator.services import Services, Tally, Watch


async def tell_stale(services: Services, watch: Watch, tally: Tally | None = None) -> None:
    """Tells the stale stories as a refresh does: by the model that answers, then by rules."""
    work = Work(services=services, watch=watch, tally=tally or Tally())
    for stage in dropwhile(lambda stage: stage.name != "outdate", STAGES):
        if stage.reported == "analyse" and Mode.REFRESH in stage.modes:
            await stage.run(work)
