"""Stage three with what belongs to it: articles get their stories, the operator's overrides are
replayed, topics are named.
"""

from __future__ import annotations

from aggregator.domain.report import Note
from aggregator.stages.overriding import override_stage
from aggregator.stages.services import Services, Tally, Watch
from aggregator.stages.tagging import tag_stage
from aggregator.store import articles


async def place_stage(
    services: Services, watch: Watch, tally: Tally, *, may_ask: bool = True
) -> None:
    """Gives every article its story. `may_ask`: see `cluster_stage`."""
    with services.database.reading() as connection:
        number = articles.unplaced_count(connection)
    if number:
        from aggregator.stages.clustering import cluster_stage  # noqa: PLC0415 - NumPy and SciPy, which a run without news needs not

        await cluster_stage(services, watch, tally, may_ask=may_ask)
    tally.notes += [Note(source="overrides", told=each) for each in override_stage(services)]
    tag_stage(services)
