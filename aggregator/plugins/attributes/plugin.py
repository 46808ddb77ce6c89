"""The hooks of `attributes`: the stage that notes what articles state of products and companies,
and what pages have of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from aggregator.hooks.specifications import hook


@hook
def stages() -> Iterable[Any]:
    """The stage before stories are written."""
    from aggregator.domain.operation.report import Step
    from aggregator.pipeline import Mode, Stage

    modes = dict.fromkeys(Mode, _may_analyse)
    return (
        Stage(
            name="note",
            run=_note,
            reported="analyse",
            step=Step.CLUSTER,
            after="rank",
            modes=modes,
            takes="articles not yet read for attributes",
            leaves="attributes of entities, insights of stories",
        ),
    )


def _may_analyse(work: Any) -> bool:
    return bool(work.options.analysis)


async def _note(work: Any) -> None:
    from aggregator.plugins.attributes.store import is_any_pending, noting_rules

    services = work.services
    with services.database.reading() as connection:
        rules = noting_rules(services.settings.analysis, services.registry_digest)
        if not is_any_pending(connection, rules):
            return
    from aggregator.plugins.attributes.stage import note_stage

    note_stage(services)


@hook
def sections() -> Iterable[Any]:
    """How something works."""
    from aggregator.plugins.attributes.mechanism import MECHANISM

    return (MECHANISM,)


@hook
def stories_written(
    connection: Any, services: Any, noted: Mapping[str, Sequence[Any]]
) -> Iterable[None]:
    """Reads the articles of stories again of which attributes were noted or forgotten."""
    from aggregator.domain.fact import FactKind
    from aggregator.plugins.attributes.store import unread_among

    unread = unread_among(connection, list(noted))
    for story_id, facts in noted.items():
        if story_id in unread or any(fact.kind is FactKind.ATTRIBUTE for fact in facts):
            from aggregator.plugins.attributes.stage import note_story

            note_story(connection, services, story_id)
    return ()


@hook
def story_tables(connection: Any, story_ids: Sequence[str]) -> Iterable[Any]:
    """What was made of the attributes of their products."""
    from aggregator.plugins.attributes.store import insights_of

    return insights_of(connection, story_ids).items()


@hook
def standing(connection: Any, services: Any, without: Collection[str]) -> Iterable[tuple[str, Any]]:
    """The newest price, licence and the like of the archive."""
    from aggregator.plugins.attributes.stage import stated_rows

    return stated_rows(connection, services, without)
