"""The stages that need no network, without the rest: what `build` does before it publishes."""

from __future__ import annotations

from aggregator.stages.overriding import override_stage
from aggregator.stages.services import Services, Watch
from aggregator.stages.tagging import tag_stage
from aggregator.store import attributes, stories


def replay(services: Services, watch: Watch) -> tuple[str, ...]:
    """Puts the operator's hand on what is stored, and tells anew what that changed; returns what
    matches nothing.
    """
    unmatched = override_stage(services)
    tag_stage(services)
    with services.database.reading() as connection:
        is_stale, is_waiting = (
            stories.is_any_stale(connection),
            attributes.is_any_waiting(connection, services.registry_digest),
        )
    if is_waiting:
        from aggregator.stages.noting import note_stage  # noqa: PLC0415 - as below

        note_stage(services)
    if is_stale:
        from aggregator.stages.analysing import retell  # noqa: PLC0415 - a quarter of a second that most builds need not

        retell(services, watch)
    return unmatched
