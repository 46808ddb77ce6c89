"""Which stories `runs replay` tells once more, and what of them stays as it was.

Nothing is fetched. A story that comes out the same keeps the time at which it was told, so that no
page changes; answers of a model are taken from those that were kept, as long as the prompt is the
same.
"""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.domain.claim import Analysis
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Run
from aggregator.domain.publishing.page import PublishResult
from aggregator.ports import ModelEngine
from aggregator.services import Services
from aggregator.store.news import stories
from aggregator.store.writing import analyses


@frozen
class Replayed:
    """How many stories came out the same or otherwise, and those left alone because the model that
    told them is away.
    """

    run: str
    same: int
    changed: tuple[str, ...]
    left: int
    published: PublishResult


async def chosen_again(services: Services, past: Run) -> tuple[dict[str, Analysis], int]:
    """The analyses of a past run whose stories are made stale, to be told anew, and the number of
    those left alone because the model that told them is away.
    """
    with services.database.reading() as connection:
        ids = analyses.analysed_between(
            connection, past.started, past.ended or services.clock.now()
        )
        before = analyses.analyses_of(connection, ids)
    has_model = isinstance(await services.find_model(), ModelEngine)
    chosen = {
        key: analysis
        for key, analysis in before.items()
        if has_model or analysis.engine == services.engine.name
    }
    with services.database.writing() as connection:
        analyses.forget_inputs(connection, tuple(chosen))
        stories.mark_stale(connection, tuple(chosen))
    return chosen, len(before) - len(chosen)


def date_unchanged(services: Services, before: Mapping[str, Analysis]) -> tuple[str, ...]:
    """Gives what came out the same the time at which it was first told so; returns the stories that
    did not.
    """
    with services.database.writing() as connection:
        after = analyses.analyses_of(connection, tuple(before))
        same = [
            key
            for key, analysis in before.items()
            if key in after and _is_same(after[key], analysis)
        ]
        for key in same:
            analyses.date_analysis(connection, key, before[key].analysed_at)
    return tuple(sorted(before.keys() - set(same)))


def _is_same(one: Analysis, other: Analysis) -> bool:
    return (one.engine, one.model, one.kept) == (other.engine, other.model, other.kept)
